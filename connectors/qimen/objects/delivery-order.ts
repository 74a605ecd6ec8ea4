import { setMaxListeners } from 'node:events';
import {
  type ConnectionContext,
  ConnectorError,
  chinaTime,
  type Decision,
  type FindResult,
  HalfDone,
  type Json,
  type JsonObject,
  type ObjectFacts,
  type ObjectOperations,
  UnreadableError,
  type WriteItem,
  type WriteResult,
} from '../../kit/index.ts';
import type { Answer, QimenClient } from '../client.ts';
import { anyOf, type Config, type Secrets } from '../config.ts';
import { isObject, listAt, objectAt, textAt } from '../xml.ts';
import { cancellation } from './cancellation.ts';

/**
 * A shipment order for the warehouse (deliveryorder.create). The code is ours and is the key: sent again it
 * is recognised, so an unclear create may be repeated safely. Lateness only delays the look-up.
 */
export const facts: ObjectFacts = {
  payload: 'partial',
  createSafety: 'uniqueKey',
  latenessMs: 5_000,
  searchLagMs: 1_000,
  batchSize: 200,
  writeDeadlineMs: 30_000,
  partialUpdate: false,
  requests: ['cancel'],
};

/** Creates one per call, several in flight; looks up by code. The only step is `create`. */
export function deliveryOrder(
  client: QimenClient,
  context: ConnectionContext<Config, Secrets>,
): ObjectOperations {
  const { config } = context;
  const duplicate = anyOf(config.duplicateTexts);
  const notFound = anyOf(config.notFoundTexts);
  const unsupported = anyOf(config.unsupportedTexts);

  async function create(item: WriteItem, signal: AbortSignal): Promise<WriteResult> {
    const prepared = complete(item.body, config, context.now());
    if ('kind' in prepared) return { ok: false, decision: prepared };
    const answer = await client.call('deliveryorder.create', prepared.body, { write: true, signal });
    if (answer.success || duplicate.test(answer.message)) {
      const known = item.remoteId ?? givenId(answer) ?? (await earlierId(item, answer, signal));
      return created(prepared.code, known);
    }
    return { ok: false, decision: judged(answer, true) };
  }

  /** A known code often comes back without the warehouse's number: then it is asked for, if it can be. */
  async function earlierId(
    item: WriteItem,
    answer: Answer,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (!duplicate.test(answer.message)) return undefined;
    try {
      const found = await look(item, signal);
      return found.found ? found.remoteId : undefined;
    } catch (error) {
      // The order is there, which is what was wanted; our code will do for its name.
      if (error instanceof ConnectorError) return undefined;
      throw error;
    }
  }

  async function look(item: WriteItem, signal: AbortSignal): Promise<FindResult> {
    // Sending the code again is the look-up where the warehouse offers no other.
    if (config.lookup === 'resend') return { found: false };
    const code = textAt(objectAt(item.body, 'deliveryOrder'), 'deliveryOrderCode') ?? item.key;
    const warehouseCode =
      textAt(objectAt(item.body, 'deliveryOrder'), 'warehouseCode') ?? config.warehouseCode;
    const request = {
      ownerCode: config.ownerCode ?? config.customerId,
      ...(warehouseCode === undefined ? {} : { warehouseCode }),
      orderCode: code,
      page: '1',
      pageSize: '1',
    };
    const answer = await client.call('deliveryorder.query', request, { write: false, signal });
    const told = objectAt(answer.body, 'deliveryOrder');
    const toldCode = textAt(told, 'deliveryOrderCode');
    if (answer.success && toldCode === code) {
      const status = textAt(told, 'status');
      return {
        found: true,
        remoteId: item.remoteId ?? textAt(told, 'deliveryOrderId') ?? code,
        remoteNumber: code,
        ...(status === undefined ? {} : { remoteStatus: status }),
        stepDone: true,
      };
    }
    // A success without an order, or the warehouse's own "no such order": it was asked and it has none.
    if (answer.success && toldCode === undefined) return { found: false };
    if (notFound.test(answer.message) || unsupported.test(answer.message)) return { found: false };
    throw new ConnectorError({
      kind: 'retry',
      code: 'qimen.lookup-refused',
      message: `The warehouse system did not answer the look-up of an order: ${judged(answer, false).message} If it has no deliveryorder.query, set lookup: resend.`,
    });
  }

  function judged(answer: Answer, write: boolean): Decision {
    return client.judge({ status: 200, code: answer.code, text: answer.message, write });
  }

  return {
    ...cancellation(client, config),
    write({ step, items, signal }) {
      if (step !== 'create') throw new ConnectorError(noStep(step));
      setMaxListeners(0, signal); // one request's signal, listened to by every call of it
      return inParallel(items, config.parallel, (item) => create(item, signal));
    },
    async find({ items, signal }) {
      setMaxListeners(0, signal);
      const results: FindResult[] = [];
      for (let at = 0; at < items.length; at += config.parallel) {
        const some = items.slice(at, at + config.parallel);
        results.push(...(await Promise.all(some.map((item) => look(item, signal)))));
      }
      return results;
    },
  };
}

/** A warehouse that gives no number is known by our code. */
function created(code: string, warehouseId: string | undefined): WriteResult {
  const remoteId = warehouseId ?? code;
  return {
    ok: true,
    remoteId,
    remoteNumber: code,
    remoteStatus: 'NEW',
    answer: { deliveryOrder: { deliveryOrderCode: code, deliveryOrderId: remoteId } },
  };
}

/** The warehouse's number; of an order it split, the first part's. */
function givenId(answer: Answer): string | undefined {
  const [part] = listAt(answer.body, 'deliveryOrders', 'deliveryOrder');
  return (
    textAt(answer.body, 'deliveryOrderId') ??
    (part === undefined ? undefined : textAt(part, 'deliveryOrderId'))
  );
}

/** Fills in what the settings know and checks what would only come back as a refusal. */
function complete(
  body: JsonObject,
  config: Config,
  now: number,
): { code: string; body: JsonObject } | Decision {
  const head = objectAt(body, 'deliveryOrder');
  const code = textAt(head, 'deliveryOrderCode');
  if (code === undefined) return missing('deliveryOrderCode');
  const lines = listAt(body, 'orderLines', 'orderLine');
  if (lines.length === 0) return missing('orderLines');
  const time = chinaTime(now);
  const warehouseCode = textAt(head, 'warehouseCode') ?? config.warehouseCode;
  if (warehouseCode === undefined) return missing('warehouseCode');
  const orderType = textAt(head, 'orderType') ?? 'JYCK';
  const sender = config.senders[warehouseCode] ?? config.sender;

  const orderLine: Json[] = [];
  for (const line of lines) {
    const planQty = quantity(textAt(line, 'planQty'), config.fractionalQuantities);
    if (planQty === undefined) return badQuantity(code);
    orderLine.push({
      ownerCode: config.ownerCode ?? config.customerId,
      inventoryType: 'ZP',
      ...line,
      planQty,
    });
  }
  return {
    code,
    body: {
      ...body,
      deliveryOrder: {
        createTime: time,
        placeOrderTime: textAt(head, 'createTime') ?? time,
        operateTime: time,
        logisticsCode: config.logisticsCode,
        ...(sender === undefined || isObject(head.senderInfo) ? {} : { senderInfo: told(sender) }),
        ...head,
        warehouseCode,
        orderType: config.orderTypes[orderType] ?? orderType,
      },
      orderLines: { orderLine },
    },
  };
}

function told(sender: NonNullable<Config['sender']>): JsonObject {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(sender)) if (value !== undefined) kept[name] = value;
  return kept;
}

/** `2.000` → `2`; undefined when it is no positive number, or has a fraction where none may be sent. */
function quantity(text: string | undefined, fractions: boolean): string | undefined {
  const match = /^(\d+)(?:\.(\d*?)0*)?$/.exec(text ?? '');
  if (match === null) return undefined;
  const fraction = match[2] ?? '';
  if (fraction !== '') return fractions ? `${match[1]}.${fraction}` : undefined;
  return /^0*$/.test(match[1] ?? '') ? undefined : match[1];
}

function missing(field: string): Decision {
  return {
    kind: 'reject',
    code: 'qimen.incomplete',
    message: `The order for the warehouse has no ${field}. Complete the mapping or the settings.`,
    field,
  };
}

function badQuantity(code: string): Decision {
  return {
    kind: 'reject',
    code: 'qimen.quantity',
    message: `Order ${code} has a quantity the warehouse protocol cannot carry: it must be a whole number above zero (fractionalQuantities: true sends decimals).`,
    field: 'planQty',
  };
}

function noStep(step: string): Decision {
  return {
    kind: 'fatal',
    code: 'qimen.no-such-step',
    message: `A delivery-order has no step ${step}; the mapping's flow may only say create.`,
  };
}

/**
 * Runs `work` with at most `width` at once, results in order. A failure that concerns the whole connection
 * (`fatal`, `throttle`) stops further sending: what was not sent gets the same decision, and when nothing at
 * all went through it is thrown.
 */
async function inParallel(
  items: readonly WriteItem[],
  width: number,
  work: (item: WriteItem) => Promise<WriteResult>,
): Promise<readonly WriteResult[]> {
  const results: (WriteResult | undefined)[] = items.map(() => undefined);
  let next = 0;
  let stopped: ConnectorError | undefined;
  let broken: { readonly cause: unknown } | undefined;

  async function run(): Promise<void> {
    while (stopped === undefined && broken === undefined && next < items.length) {
      const at = next++;
      const item = items[at];
      if (item === undefined) return;
      try {
        results[at] = await work(item);
      } catch (error) {
        if (error instanceof UnreadableError) {
          results[at] = { ok: false, decision: unwritable };
          continue;
        }
        if (!(error instanceof ConnectorError)) {
          broken = { cause: error };
          return;
        }
        results[at] = { ok: false, decision: error.decision };
        if (error.decision.kind === 'fatal' || error.decision.kind === 'throttle') stopped = error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, run));

  const fault = broken as { readonly cause: unknown } | undefined;
  if (fault !== undefined) {
    // Those never begun were not sent; the one at fault, of which nobody knows, is left open.
    const told = results.map(
      (result, at) => result ?? (at < next ? undefined : { ok: false as const, decision: notSent }),
    );
    throw new HalfDone(told, fault.cause);
  }
  const stop = stopped as ConnectorError | undefined;
  if (stop === undefined) return results.map((result) => result ?? { ok: false, decision: notSent });
  const same = (result: WriteResult | undefined) =>
    result === undefined || (!result.ok && result.decision.kind === stop.decision.kind);
  if (results.every(same)) throw stop;
  return results.map((result) => result ?? { ok: false, decision: stop.decision });
}

const unwritable: Decision = {
  kind: 'reject',
  code: 'qimen.unwritable',
  message: 'The order holds a field name that XML cannot carry (look at extendProps in the mapping).',
};

const notSent: Decision = {
  kind: 'retry',
  code: 'qimen.not-sent',
  message: 'The order was not sent. It is sent later.',
};
