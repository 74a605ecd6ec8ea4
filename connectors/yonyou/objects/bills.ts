/** The way every bill goes: save under a token, submit, audit, and looking it up. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { linesAt, textOf } from '../../kit/bill-lines.ts';
import { callsInTurn, inGroups } from '../../kit/calls-in-turn.ts';
import {
  ConnectorError,
  type Decision,
  type FindRequest,
  type FindResult,
  isDecision,
  type Json,
  type JsonObject,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import { batchOf, rowsOf, savedIn, type YonyouAnswer } from '../answers.ts';
import type { YonyouClient } from '../client.ts';
import type { YonyouConfig } from '../config.ts';
import { decisionOf } from '../errors.ts';
import { completed } from './bodies.ts';
import type { BillKind, Verb } from './kinds.ts';

export interface BillContext {
  readonly client: YonyouClient;
  readonly config: YonyouConfig;
  readonly kind: BillKind;
}

/** Saves of one batch under way at the same time; Yonyou takes one bill per call. */
const savesAtOnce = 4;
/** Asks again for a save that is still running this often before nobody knows. */
const resubmits = 3;

/** Steps of a bill. `save` and `create` make it, `update` writes it anew, the others are verbs. */
export async function writeBills(
  context: BillContext,
  request: WriteRequest,
): Promise<readonly WriteResult[]> {
  const { kind, config } = context;
  if (['save', 'create', 'update'].includes(request.step)) {
    const groups = inGroups(request.items, savesAtOnce);
    return callsInTurn(request.items, groups, 'yonyou.not-sent', (items) =>
      allOf(items, (item) => saveBill(context, item, request.signal)),
    );
  }
  const verb = kind.verbs[request.step];
  if (!verb) {
    const message = `${kind.object} has no step "${request.step}" in Yonyou.`;
    throw new ConnectorError({ kind: 'fatal', code: 'yonyou.step', message });
  }
  const groups = inGroups(request.items, verb.single ? 1 : config.batchSize);
  return callsInTurn(request.items, groups, 'yonyou.not-sent', (items) =>
    operate(context, verb, items, request.signal),
  );
}

/** Several at once, each its own call: one that fails must not hide what became of the others. */
export async function allOf(
  items: readonly WriteItem[],
  run: (item: WriteItem) => Promise<WriteResult>,
): Promise<readonly WriteResult[]> {
  const ended = await Promise.allSettled(items.map(run));
  const failures = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const bug = failures.find((error) => !(error instanceof ConnectorError));
  if (bug !== undefined) throw bug;
  if (failures.length === items.length) throw failures[0];
  return ended.map((one): WriteResult => {
    if (one.status === 'fulfilled') return one.value;
    return { ok: false, decision: (one.reason as ConnectorError).decision };
  });
}

/** Saves one bill; a create goes under a token made of our number, so that sent twice it is made once. */
export async function saveBill(
  context: BillContext,
  item: WriteItem,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { kind, config } = context;
  const made = completed(item, kind, config);
  if (!made.ok) return { ok: false, decision: made.decision };
  const { code: _code, ...unnumbered } = made.data;
  const data = {
    ...unnumbered,
    ...numbered(item, config),
    ...(item.remoteId ? {} : { resubmitCheckKey: tokenOf(kind.object, item.key) }),
  };
  const answer = await submitted(context, kind.save, { data }, signal);
  if (answer.code === '200' || isRepeated(answer)) {
    const saved = savedIn(answer.data);
    const id = textOf(saved?.id) || (item.remoteId ?? '');
    if (saved !== undefined && id !== '') return saidBy(context, item, { ...saved, id }, made.keys);
    return { ok: false, decision: noWord };
  }
  const decision = decisionOf({ status: 200, code: answer.code, text: answer.message }, true);
  if (decision.kind === 'conflict' && item.remoteId) return withStatus(context, item, decision, signal);
  if (decision.code !== 'yonyou.duplicate-number' || item.remoteId) return { ok: false, decision };
  // The number is ours: it was made before the platform forgot our token, or by a call nobody answered.
  const [there] = await rowsWith(context, item.key, signal);
  return there ? saidBy(context, item, there, []) : { ok: false, decision: { ...decision, kind: 'reject' } };
}

/** Sends a save; while it is still running there the same one is sent again under the same token. */
export async function submitted(
  { client, config }: Pick<BillContext, 'client' | 'config'>,
  path: string,
  body: JsonObject,
  signal: AbortSignal,
): Promise<YonyouAnswer> {
  for (let tries = 0; ; tries++) {
    const answer = await client.call({ path, body, write: true, signal });
    const running = answer.code === '202' || answer.code === '310504';
    if (!running || tries >= resubmits) return answer;
    // Stopped meanwhile: the answer so far says that nobody knows.
    const waited = await delay(config.resubmitAfterMs, true, { signal }).catch(() => false);
    if (!waited) return answer;
  }
}

/** The platform says so once it has forgotten the answer, but not the token. Its documents disagree on the number. */
export function isRepeated({ code }: YonyouAnswer): boolean {
  return code === '10004' || code === '100004';
}

/** At most 32 characters; the same for the same object under the same number, in every process and for ever. */
export function tokenOf(object: string, key: string): string {
  return createHash('sha256').update(`${object}/${key}`).digest('hex').slice(0, 32);
}

async function operate(
  context: BillContext,
  verb: Verb,
  items: readonly WriteItem[],
  signal: AbortSignal,
): Promise<readonly WriteResult[]> {
  const { client, kind } = context;
  const ids = items.map((item) => item.remoteId ?? '');
  const answer = await client.call({ path: verb.path, body: verb.body(ids), write: true, signal });
  const wholeCall =
    answer.code === '200'
      ? undefined
      : decisionOf({ status: 200, code: answer.code, text: answer.message }, true);
  if (wholeCall && ['throttle', 'fatal', 'unknown'].includes(wholeCall.kind))
    throw new ConnectorError(wholeCall);
  const batch = batchOf(answer.data);
  const done = new Map(batch.done.map((info) => [textOf(info.id), info]));
  const refused = items.filter((item) => !done.has(item.remoteId ?? ''));
  return Promise.all(
    items.map((item): Promise<WriteResult> | WriteResult => {
      const info = done.get(item.remoteId ?? '');
      if (info || (!wholeCall && batch.whole)) {
        const status = textOf(info?.[kind.status]) || verb.leaves;
        return saidBy(context, item, { ...info, id: item.remoteId ?? '', [kind.status]: status }, []);
      }
      return forgiven(context, verb, item, wholeCall ?? complaintFor(item, refused, batch.messages), signal);
    }),
  );
}

/** The message that names the bill, or the only one there is about the only bill that failed. */
function complaintFor(item: WriteItem, refused: readonly WriteItem[], messages: readonly string[]): Decision {
  const names = [item.remoteNumber, item.remoteId, item.key].filter((name) => name !== undefined);
  const own = messages.find((text) => names.some((name) => text.includes(name)));
  const text = own ?? (refused.length === 1 || new Set(messages).size === 1 ? messages[0] : undefined);
  if (text !== undefined) return decisionOf({ status: 200, code: '999', text }, true);
  return {
    kind: 'conflict',
    code: 'yonyou.no-reason',
    message: `Yonyou did not do this and gave no reason that names the bill: ${messages.join('; ') || 'no reason'}`,
  };
}

/**
 * A step refused for the bill's state may have been done already, by our own unanswered call or by a person: the
 * state decides, not the refusal.
 */
async function forgiven(
  context: BillContext,
  verb: Verb,
  item: WriteItem,
  decision: Decision,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { kind } = context;
  if (decision.kind !== 'conflict' && decision.kind !== 'reject') return { ok: false, decision };
  const detail = await detailOf(context, item.remoteId ?? '', signal);
  const status = textOf(detail?.[kind.status]);
  if (detail && verb.provedBy.includes(status)) return saidBy(context, item, detail, []);
  return { ok: false, decision, ...(status === '' ? {} : { remoteStatus: status }) };
}

async function withStatus(
  context: BillContext,
  item: WriteItem,
  decision: Decision,
  signal: AbortSignal,
): Promise<WriteResult> {
  const detail = await detailOf(context, item.remoteId ?? '', signal);
  const status = textOf(detail?.[context.kind.status]);
  return { ok: false, decision, ...(status === '' ? {} : { remoteStatus: status }) };
}

/**
 * Looks bills up by id where known, else by our number. When none is there, it is first made sure that the app sees
 * anything at all: a lost data permission looks exactly like an absent bill.
 */
export async function findBills(context: BillContext, request: FindRequest): Promise<readonly FindResult[]> {
  const { kind } = context;
  const found: (JsonObject | undefined)[] = [];
  for (const item of request.items) {
    found.push(
      item.remoteId
        ? await detailOf(context, item.remoteId, request.signal)
        : (await rowsWith(context, item.key, request.signal))[0],
    );
  }
  if (found.every((one) => one === undefined)) await provesSight(context, request.signal);
  return request.items.map((item, at): FindResult => {
    const bill = found[at];
    if (!bill) return { found: false };
    const status = textOf(bill[kind.status]);
    const number = textOf(bill.code);
    return {
      found: true,
      remoteId: textOf(bill.id),
      ...(number === '' ? {} : { remoteNumber: number }),
      ...(status === '' ? {} : { remoteStatus: status }),
      answer: shownOf(kind, bill),
      stepDone: stepDone(kind, request.step, status, item.remoteId !== undefined),
    };
  });
}

/** Whether the state of a bill proves a step. An update leaves no trace in the state: it is repeated. */
function stepDone(kind: BillKind, step: string, status: string, existed: boolean): boolean {
  const verb = kind.verbs[step];
  if (verb) return verb.provedBy.includes(status);
  return step !== 'update' && !existed;
}

/** Bills under our number; one row per bill. */
async function rowsWith(
  { client, config, kind }: BillContext,
  key: string,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const filter =
    config.numberField === 'code'
      ? { code: key }
      : { simpleVOs: [{ field: config.numberField, op: 'eq', value1: key }] };
  const body = { pageIndex: 1, pageSize: 10, isSum: true, ...filter };
  const rows = rowsOf(await client.ask({ path: kind.list, body, signal }).catch(onlyThisList));
  // Some filters are known to be ignored in silence: what does not bear our number is not ours.
  return config.numberField === 'code' ? rows.filter((row) => textOf(row.code) === key) : rows;
}

/** A list that does not exist holds up what has to be looked up there, and nothing else of the connection. */
function onlyThisList(error: unknown): never {
  if (!isDecision(error, 'fatal') || error.decision.code !== 'yonyou.no-such-api') throw error;
  const message = 'Yonyou does not list these bills where we look: set returnListPath of the connection.';
  throw new ConnectorError({ kind: 'retry', code: 'yonyou.no-list', message }, error);
}

/** A bill with its lines; undefined when there is none of this id. */
export async function detailOf(
  { client, kind }: Pick<BillContext, 'client' | 'kind'>,
  id: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    return savedIn(await client.ask({ path: kind.detail, query: { id }, signal }));
  } catch (error) {
    if (isDecision(error, 'absent')) return undefined;
    throw error;
  }
}

/** Throws unless the app sees some bill of this kind or, where there is none yet, some customer. */
async function provesSight({ client, kind }: BillContext, signal: AbortSignal): Promise<void> {
  const one = { pageIndex: 1, pageSize: 1 };
  if (rowsOf(await client.ask({ path: kind.list, body: { ...one, isSum: true }, signal })).length > 0) return;
  const answer = await client.call({ path: '/yonbip/digitalModel/merchant/newlist', body: one, signal });
  if (answer.code === '200' && rowsOf(answer.data).length > 0) return;
  throw new ConnectorError({
    kind: 'retry',
    code: 'yonyou.blind',
    message: `The Yonyou app sees no ${kind.object} and no customer: check its data permissions before anything is written again.`,
  });
}

function numbered(item: WriteItem, { numberField }: YonyouConfig): JsonObject {
  if (numberField === 'code') return { code: item.key };
  const [head = '', inner] = numberField.split('.');
  return inner === undefined ? { [head]: item.key } : { [head]: { [inner]: item.key } };
}

function saidBy(
  { kind }: BillContext,
  item: WriteItem,
  bill: JsonObject,
  keys: readonly string[],
): WriteResult {
  const number = textOf(bill.code) || item.remoteNumber;
  const status = textOf(bill[kind.status]);
  const lineIds = pairedLines(linesAt(bill, kind.lines), keys);
  return {
    ok: true,
    remoteId: textOf(bill.id),
    ...(number ? { remoteNumber: number } : {}),
    ...(status === '' ? {} : { remoteStatus: status }),
    answer: shownOf(kind, bill),
    ...(lineIds ? { lineIds } : {}),
  };
}

/** The head of a bill without its lines, single values as texts. */
function shownOf(kind: BillKind, bill: JsonObject): JsonObject {
  const names = ['id', 'code', kind.status, 'nextStatus', 'pubts'];
  const told = names.flatMap((name): [string, Json][] => {
    const text = textOf(bill[name]);
    return text === '' ? [] : [[name, text]];
  });
  return Object.fromEntries(told);
}

/** Lines come back in the order they were sent (assumed); when the counts differ nothing is claimed. */
function pairedLines(
  lines: readonly JsonObject[],
  keys: readonly string[],
): Record<string, string> | undefined {
  if (keys.length === 0 || lines.length !== keys.length) return undefined;
  const pairs = keys.flatMap((key, at): [string, string][] => {
    const id = textOf(lines[at]?.id);
    return key === '' || id === '' ? [] : [[key, id]];
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

const noWord: Decision = {
  kind: 'unknown',
  code: 'yonyou.no-result',
  message: 'Yonyou answered without a word about this bill; it is looked up before anything is repeated.',
};
