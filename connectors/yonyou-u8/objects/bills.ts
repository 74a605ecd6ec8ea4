/** The way every bill goes: add under our own key, wait for the result, verify, and looking it up. */
import { setTimeout as delay } from 'node:timers/promises';
import { textOf } from '../../kit/bill-lines.ts';
import { callsInTurn, inGroups } from '../../kit/calls-in-turn.ts';
import {
  ConnectorError,
  type Decision,
  type FindRequest,
  type FindResult,
  isDecision,
  isJsonObject,
  type JsonObject,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import { refusal, type U8Answer, type U8Client } from '../client.ts';
import type { U8Config } from '../config.ts';
import { decisionOf } from '../errors.ts';
import { completed } from './bodies.ts';
import { type BillKind, saleOrder, stateOf } from './kinds.ts';

export interface BillContext {
  readonly client: U8Client;
  readonly config: U8Config;
  readonly kind: BillKind;
}

/** Queued saves of one batch that are waited for at the same time; waiting takes no place at the relay. */
const savesAtOnce = 10;

const verbs: Readonly<Record<string, { readonly leaves: string; readonly provedBy: string }>> = {
  verify: { leaves: 'Approved', provedBy: 'Approved' },
  unverify: { leaves: 'Opening', provedBy: 'Opening' },
};

/** Steps of a bill: `save` makes it, `verify` and `unverify` decide. Changing one that exists is not offered. */
export function writeBills(context: BillContext, request: WriteRequest): Promise<readonly WriteResult[]> {
  const { step, items, signal } = request;
  const verb = verbs[step];
  if (step !== 'save' && step !== 'create' && !verb) {
    const message = `${context.kind.resource} has no step "${step}" in U8.`;
    throw new ConnectorError({ kind: 'fatal', code: 'yonyou-u8.step', message });
  }
  return callsInTurn(items, inGroups(items, savesAtOnce), 'yonyou-u8.not-sent', async (group) => {
    const ended = await Promise.allSettled(
      group.map((item) => (verb ? operate(context, step, item, signal) : add(context, item, signal))),
    );
    const failures = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    const bug = failures.find((error) => !(error instanceof ConnectorError));
    if (bug !== undefined) throw bug;
    if (failures.length === group.length) throw failures[0];
    return ended.map((one): WriteResult => {
      if (one.status === 'fulfilled') return one.value;
      return { ok: false, decision: (one.reason as ConnectorError).decision };
    });
  });
}

async function add(context: BillContext, item: WriteItem, signal: AbortSignal): Promise<WriteResult> {
  const { client, config, kind } = context;
  const order = item.parent
    ? await billOf({ client, kind: saleOrder }, item.parent.remoteId, signal)
    : undefined;
  if (item.parent && !order) {
    const message = 'The order of this shipment is not in U8 any more.';
    return { ok: false, decision: { kind: 'absent', code: 'yonyou-u8.no-order', message } };
  }
  const made = completed(item, kind, config, order);
  if (!made.ok) return made;
  const answer = await client.call({
    path: `/api/${kind.resource}/add`,
    // Our own key: sent again with it, U8 keeps to the record it stands for. Never together with a tradeid.
    query: { biz_id: item.key, sync: config.sync ? '1' : '0' },
    body: { [kind.resource]: made.bill },
    write: true,
    signal,
  });
  const ended =
    answer.errcode === '0' && textOf(answer.body.id) === '' ? await queued(context, answer, signal) : answer;
  if (ended === undefined) return { ok: false, decision: stillSaving };
  const id = textOf(ended.body.id);
  if (ended.errcode === '0' && id !== '')
    return said(kind, { id, code: textOf(ended.body.code) || id }, 'Opening');
  const { decision } = refusal(ended, true);
  if (decision.code !== 'yonyou-u8.duplicate-number') return { ok: false, decision };
  const there = await numbered(context, item, signal);
  return there
    ? said(kind, there, stateOf(kind, there))
    : { ok: false, decision: { ...decision, kind: 'reject' } };
}

/** The result of a queued save: asked for until it is there; undefined when it is not for too long. */
async function queued(
  { client, config }: BillContext,
  answer: U8Answer,
  signal: AbortSignal,
): Promise<U8Answer | undefined> {
  const { url, requestid, tradeid } = answer.body;
  const id = textOf(requestid) || textOf(tradeid);
  const address = textOf(url) || (id === '' ? '' : `/result?requestid=${encodeURIComponent(id)}`);
  if (address === '') return undefined;
  for (let tries = 0; tries < config.resultTries; tries++) {
    const waited = await delay(config.resultAfterMs, true, { signal }).catch(() => false);
    if (!waited) return undefined;
    try {
      const result = await client.result(address, signal);
      if (!isPending(result)) return result;
    } catch (error) {
      // Not being told is no answer: it is asked for again, and in the end nobody knows.
      if (!isDecision(error, 'retry', 'throttle')) throw error;
    }
  }
  return undefined;
}

/** What an unfinished result looks like is in no source: no id, or words for "wait". */
function isPending({ errcode, errmsg, body }: U8Answer): boolean {
  if (/处理中|执行中|等待|排队|未完成|pending|processing/i.test(errmsg)) return true;
  return errcode === '0' && textOf(body.id) === '';
}

async function operate(
  context: BillContext,
  step: string,
  item: WriteItem,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { client, kind } = context;
  const verb = verbs[step];
  const number = item.remoteNumber ?? item.remoteId ?? '';
  const answer = await client.call({
    path: `/api/${kind.resource}/${step}`,
    body: { [kind.resource]: { voucher_code: number } },
    write: true,
    signal,
  });
  const there = { id: item.remoteId ?? '', code: number };
  if (answer.errcode === '0') return said(kind, there, verb?.leaves ?? '');
  const { decision } = refusal(answer, true);
  if (decision.kind !== 'conflict' && decision.kind !== 'reject') return { ok: false, decision };
  // Refused for its state, the bill may be there already: by our own unanswered call, or by a person.
  const bill = await billOf(context, item.remoteId ?? '', signal);
  if (!bill) return { ok: false, decision };
  const state = stateOf(kind, bill);
  if (state === verb?.provedBy) return said(kind, there, state);
  return { ok: false, decision, remoteStatus: state };
}

/**
 * Looks bills up by id where known, else by our number. When none is there, it is first made sure that U8 can be reached
 * and shows anything at all.
 */
export async function findBills(context: BillContext, request: FindRequest): Promise<readonly FindResult[]> {
  const { kind } = context;
  const found: (JsonObject | undefined)[] = [];
  for (const item of request.items) {
    found.push(
      item.remoteId
        ? await billOf(context, item.remoteId, request.signal)
        : await numbered(context, item, request.signal),
    );
  }
  if (found.every((one) => one === undefined)) await provesSight(context, request.signal);
  return request.items.map((item, at): FindResult => {
    const bill = found[at];
    if (!bill) return { found: false };
    const state = stateOf(kind, bill);
    const code = textOf(bill.code);
    const remoteId = item.remoteId ?? (textOf(bill.id) || code);
    const verb = verbs[request.step];
    return {
      ...{ found: true, remoteId, remoteNumber: code, remoteStatus: state },
      answer: { id: remoteId, code, state },
      stepDone: verb ? state === verb.provedBy : item.remoteId === undefined,
    };
  });
}

/** A bill with its lines; undefined when there is none. */
export async function billOf(
  { client, kind }: Pick<BillContext, 'client' | 'kind'>,
  id: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  try {
    const body = await client.ask({ path: `/api/${kind.resource}/get`, query: { id }, signal });
    const bill = body[kind.resource];
    return isJsonObject(bill) ? bill : undefined;
  } catch (error) {
    if (isDecision(error, 'absent')) return undefined;
    throw error;
  }
}

/** The bill under our number: by its code, or among the bills of its day where U8 numbers by itself. */
async function numbered(
  { client, config, kind }: BillContext,
  item: WriteItem,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const { numberField, pageSize } = config;
  const date = textOf(item.body.date).slice(0, 10);
  const filter =
    numberField === 'code'
      ? { code_begin: item.key, code_end: item.key }
      : date === ''
        ? {}
        : { date_begin: date, date_end: date };
  for (let page = 1; ; page++) {
    const query = { ...filter, page_index: String(page), rows_per_page: String(pageSize) };
    const { rows } = await client.rows({ path: `/api/${kind.list}/batch_get`, query, signal }, kind.list);
    const own = rows.find((row) => textOf(row[numberField]) === item.key);
    if (own || rows.length < pageSize) return own;
  }
}

/** Throws unless U8 shows some bill of this kind or, where there is none yet, some customer. */
async function provesSight({ client, kind }: BillContext, signal: AbortSignal): Promise<void> {
  const query = { page_index: '1', rows_per_page: '1' };
  for (const [path, list] of [
    [`/api/${kind.list}/batch_get`, kind.list],
    ['/api/customer/batch_get', 'customer'],
  ] as const) {
    if ((await client.rows({ path, query, signal }, list)).rows.length > 0) return;
  }
  throw new ConnectorError({
    kind: 'retry',
    code: 'yonyou-u8.blind',
    message: `U8 shows no ${kind.resource} and no customer: check toAccount and dsSequence before anything is written again.`,
  });
}

function said(kind: BillKind, bill: JsonObject, state: string): WriteResult {
  const code = textOf(bill.code);
  const remoteId = textOf(bill.id) || code;
  const number = code === '' ? {} : { remoteNumber: code };
  const answer = { id: remoteId, state, ...(code === '' ? {} : { code }) };
  return {
    ok: true,
    remoteId,
    ...number,
    ...(kind.verifiedBy.length > 0 ? { remoteStatus: state } : {}),
    answer,
  };
}

const stillSaving: Decision = {
  ...decisionOf({ status: 200, text: '超时' }, true),
  code: 'yonyou-u8.still-saving',
  message:
    'U8 has queued this and has not said what became of it; it is looked up before anything is repeated.',
};
