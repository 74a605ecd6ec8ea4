/**
 * Orders (订单) with their lines (订单产品), which are records of their own. An order is made in steps: `create` makes the
 * head, `save` its lines, `activate` sets it in force. Each line carries the order's key and its own, so that a `save`
 * that was cut off goes on with the lines that are missing.
 */
import {
  ConnectorError,
  type Decision,
  fail,
  isJsonObject,
  type Json,
  type JsonObject,
  type WriteItem,
} from '../../kit/index.ts';
import { textOf } from '../client.ts';
import { keyFieldOf } from '../config.ts';
import { idLiteral, isOneOf } from '../query.ts';
import { allRows, type Context, fieldsOf, type Kind, sentFields, shownFields } from './records.ts';

const lineObject = 'orderProduct';
const lineFields = ['id', 'orderId', 'productId', 'quantity', 'unitPrice', 'discount'];

export const order: Kind = {
  object: 'order',
  apiKey: 'order',
  fields: [
    ...['id', 'entityType', 'ownerId', 'createdAt', 'updatedAt'],
    ...['accountId', 'transactionDate', 'amount', 'poStatus'],
  ],
  added: withLines,
  steps: { save: saveLines, activate },
  refuses({ difference, body }) {
    const removed = Object.values(difference?.removed ?? {}).some((ids) => ids.length > 0);
    if (difference?.body._lines === undefined && !removed) return undefined;
    return {
      kind: 'reject',
      code: 'neocrm.lines-fixed',
      message: `The ${linesOf(body).length} lines of an order are written with it and not changed afterwards: change them in the CRM.`,
      field: '_lines',
    };
  },
  async done(context, item, row, step, signal) {
    if (step === 'create') return { stepDone: true };
    if (step !== 'save') return { stepDone: false };
    const written = await writtenLines(context, item, textOf(row.id), signal);
    const ids = lineIdsOf(item, written);
    return { stepDone: Object.keys(ids).length === linesOf(item.body).length, lineIds: ids };
  },
};

/** Makes the lines that are not there yet, in their order. */
async function saveLines(context: Context, item: WriteItem, id: string, signal: AbortSignal) {
  const { client, config } = context;
  const keyField = keyFieldOf(config, lineObject);
  const written = new Map(await writtenLines(context, item, id, signal));
  for (const line of linesOf(item.body)) {
    const key = lineKey(item, line);
    if (written.has(key)) continue;
    const entityType = await context.entityType(linesKind, signal);
    const fields = {
      ...sentFields(config, lineObject, line),
      ...(entityType === undefined ? {} : { entityType }),
      orderId: id,
      [keyField]: key,
    };
    written.set(key, await client.create(lineObject, fields, signal));
  }
  return { ok: true, remoteId: id, lineIds: lineIdsOf(item, written) } as const;
}

/** Lines as records of their own: they need the field for our key, too. */
export const linesKind: Kind = { object: lineObject, apiKey: lineObject, fields: lineFields };

/** Sets the order in force; one that is in force already is fine. */
async function activate({ client }: Context, _item: WriteItem, id: string, signal: AbortSignal) {
  try {
    await client.act('order', 'activation', id, signal);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.decision.code !== 'neocrm.activated') throw error;
  }
  return { ok: true, remoteId: id } as const;
}

/** Our key of a line in the CRM → its id, of the lines an order has there. */
async function writtenLines(
  context: Context,
  item: WriteItem,
  id: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const keyField = keyFieldOf(context.config, lineObject);
  const rows = await allRows(
    context,
    lineObject,
    ['id', keyField],
    [isOneOf('orderId', [idLiteral(id)])],
    signal,
  );
  const ours = new Set(linesOf(item.body).map((line) => lineKey(item, line)));
  return new Map(
    rows.map((row) => [textOf(row[keyField]), textOf(row.id)] as const).filter(([key]) => ours.has(key)),
  );
}

function lineIdsOf(item: WriteItem, written: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    linesOf(item.body).flatMap((line) => {
      const id = written.get(lineKey(item, line));
      return id === undefined ? [] : [[textOf(line._key), id]];
    }),
  );
}

function lineKey(item: WriteItem, line: JsonObject): string {
  const key = textOf(line._key);
  if (key !== '') return `${item.key}#${key}`;
  const decision: Decision = {
    kind: 'reject',
    code: 'neocrm.line-key',
    message: 'A line has no _key: the mapping of orders has to write our key of each line there.',
    field: '_lines._key',
  };
  return fail(decision);
}

/** Lines of a page of orders by few queries. */
async function withLines(
  context: Context,
  rows: readonly JsonObject[],
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  if (rows.length === 0) return [];
  const { config } = context;
  const where = [
    isOneOf(
      'orderId',
      rows.map((row) => idLiteral(textOf(row.id))),
    ),
  ];
  const lines = await allRows(context, lineObject, fieldsOf(config, lineObject, lineFields), where, signal);
  const named = lines.map((line) => shownFields(config, lineObject, line));
  return rows.map((row) => ({
    ...row,
    _lines: named.filter((line) => textOf(line.orderId) === textOf(row.id)),
  }));
}

function linesOf(body: JsonObject): readonly JsonObject[] {
  const { _lines: lines } = body;
  return Array.isArray(lines) ? lines.flatMap((line: Json) => (isJsonObject(line) ? [line] : [])) : [];
}
