/** The document flow every bill goes through: save, submit, audit, and looking it up. */
import {
  ConnectorError,
  type Decision,
  type FindRequest,
  type FindResult,
  type Json,
  type JsonObject,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import type { Refused, WriteAnswer } from '../answers.ts';
import type { KingdeeClient, Schemas } from '../client.ts';
import type { KingdeeConfig } from '../config.ts';
import { decisionOf } from '../errors.ts';
import { allOf, cellText, isIn, nest } from '../query.ts';
import type { BillForm } from './form.ts';
import { codeOf, idText, linesOf, modelOf, pairLines, withAllLines } from './lines.ts';
import { inCalls, inChunks, slicesOf } from './slices.ts';
import { type Part, partOf } from './updates.ts';

export interface BillContext {
  readonly client: KingdeeClient;
  readonly config: KingdeeConfig;
  readonly form: BillForm;
}

/** One call's worth of context: who runs it and until when. */
export interface Run {
  readonly as?: string | undefined;
  readonly signal: AbortSignal;
}

/** Service operation of a step, and the state that proves the step has taken effect. */
const operations: Readonly<
  Record<string, { operation: string; leaves: string; provedBy: readonly string[] }>
> = {
  submit: { operation: 'Submit', leaves: 'B', provedBy: ['B', 'C'] },
  audit: { operation: 'Audit', leaves: 'C', provedBy: ['C'] },
  unaudit: { operation: 'UnAudit', leaves: 'D', provedBy: ['D'] },
  /** 作废: the bill stays and counts for nothing. */
  cancel: { operation: 'Cancel', leaves: '', provedBy: [] },
  withdraw: { operation: 'CancelAssign', leaves: 'D', provedBy: ['D', 'A'] },
};

/** Steps of a bill made by saving it. */
export async function writeBills(
  context: BillContext,
  request: WriteRequest,
): Promise<readonly WriteResult[]> {
  const size = context.config.batchSize;
  if (request.step === 'update') return updateBills(context, request);
  return inChunks(request.items, size, (items) =>
    request.step === 'save' || request.step === 'create'
      ? saveWhole(context, items, request)
      : operate(context, request.step, items, request),
  );
}

/**
 * Saves bills that exist. Fields of the head and of known lines go out alone; bills of which the same ones differ
 * share a call. Otherwise the whole bill is saved.
 */
async function updateBills(context: BillContext, request: WriteRequest): Promise<readonly WriteResult[]> {
  const { config, form } = context;
  const parts = new Map<WriteItem, Part>();
  const groups = new Map<string, WriteItem[]>();
  for (const item of request.items) {
    const part = config.partialSaves ? partOf(item, form.entry) : undefined;
    if (part) parts.set(item, part);
    const name = part?.only.join(' ') ?? '';
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  const slices = [...groups.values()].flatMap((group) => slicesOf(group, config.batchSize));
  return inCalls(request.items, slices, (items) => {
    const [only] = items.map((item) => parts.get(item)?.only);
    if (only === undefined) return saveWhole(context, items, request);
    const bodies = items.map((item) => parts.get(item)?.body ?? item.body);
    return saveBills(context, items, bodies, request, only);
  });
}

function saveWhole(
  context: BillContext,
  items: readonly WriteItem[],
  run: Run,
): Promise<readonly WriteResult[]> {
  const bodies = items.map((item) => withAllLines(item.body, context.form.entry, item.lineIds));
  return saveBills(context, items, bodies, run);
}

/**
 * BatchSave. `bodies` go out in place of the items' own bodies; an item with a remote id is updated. Each
 * model gets its own result by DIndex; a model the answer does not speak of is `unknown`. With `only`, no other
 * fields are changed, and lines that are not in a body stay.
 */
export async function saveBills(
  context: BillContext,
  items: readonly WriteItem[],
  bodies: readonly JsonObject[],
  run: Run,
  only: readonly string[] = [],
): Promise<readonly WriteResult[]> {
  const { form } = context;
  const models = items.map((item, at) => {
    const body = modelOf(bodies[at] ?? item.body);
    return item.remoteId ? { FID: item.remoteId, ...body } : body;
  });
  const answer = await context.client.write(
    'BatchSave',
    form.form,
    {
      NeedUpDateFields: [...only],
      NeedReturnFields: ['FBillNo', 'FDocumentStatus', `${form.entry}.FEntryID`],
      // A body that holds the whole bill: a line that is not in it is to go.
      IsDeleteEntry: only.length === 0 ? 'true' : 'false',
      IsVerifyBaseDataField: 'true',
      ValidateFlag: 'true',
      NumberSearch: 'true',
      Model: models,
    } satisfies Schemas['SaveOptions'],
    run,
  );
  const results = items.map((item, at): WriteResult => {
    const made = answer.made.find((one) =>
      one.index === undefined ? one.number === item.key : one.index === at,
    );
    if (!made) return { ok: false, decision: refusalFor(answer, at, [item.key, item.remoteNumber]) };
    const returned = returnedFor(answer, made.number, made.id, items.length, at);
    const entries = (returned?.[form.entry] ?? []) as readonly JsonObject[];
    const ids = Array.isArray(entries) ? entries.map((entry) => idText(entry.FEntryID)) : [];
    const lineIds = pairLines(linesOf(bodies[at] ?? item.body, form.entry), ids);
    const status = idText(returned?.FDocumentStatus) || 'A';
    const number = made.number || idText(returned?.FBillNo);
    return done(made.id, number, status, only.length === 0 ? lineIds : undefined);
  });
  return withStatus(context, items, results, run);
}

/** Submit, Audit and their opposites: many bills in one call. */
async function operate(
  context: BillContext,
  step: string,
  items: readonly WriteItem[],
  run: Run,
): Promise<readonly WriteResult[]> {
  const known = operations[step];
  if (!known) {
    const decision: Decision = {
      kind: 'fatal',
      code: 'kingdee.step',
      message: `Kingdee has no step "${step}".`,
    };
    throw new ConnectorError(decision);
  }
  const byNumber = items.every((item) => item.remoteNumber);
  const flags = step === 'audit' && context.config.allowNegativeStock ? 'STK_InvCheckResult' : '';
  const isOwn = step !== 'cancel';
  const answer = await context.client.write(
    isOwn ? known.operation : context.config.excuteSpelling,
    context.form.form,
    {
      Numbers: byNumber ? items.map((item) => item.remoteNumber ?? '') : [],
      Ids: byNumber ? '' : items.map((item) => item.remoteId ?? '').join(','),
      InterationFlags: flags,
      IgnoreInterationFlag: 'true',
    } satisfies Schemas['OperationOptions'],
    { ...run, opNumber: isOwn ? undefined : known.operation },
  );
  const results = items.map((item, at): WriteResult => {
    const made = answer.made.some(
      (one) => one.id === item.remoteId || (one.number && one.number === item.remoteNumber),
    );
    if (made) return done(item.remoteId ?? '', item.remoteNumber, known.leaves, undefined);
    return { ok: false, decision: refusalFor(answer, at, [item.remoteNumber, item.key]) };
  });
  return forgiveDone(context, known.provedBy, items, results, run);
}

/**
 * A step refused for the bill's state may have been done already (by our own unanswered call, or by a
 * person): the bill's state decides, not the refusal.
 */
async function forgiveDone(
  context: BillContext,
  provedBy: readonly string[],
  items: readonly WriteItem[],
  results: readonly WriteResult[],
  run: Run,
): Promise<readonly WriteResult[]> {
  const asked = await withStatus(context, items, results, run);
  return asked.map((result, at) => {
    const item = items[at];
    if (result.ok || result.remoteStatus === undefined || !provedBy.includes(result.remoteStatus))
      return result;
    return done(item?.remoteId ?? '', item?.remoteNumber, result.remoteStatus, undefined);
  });
}

/** Bills refused for their state say which state that is. */
async function withStatus(
  context: BillContext,
  items: readonly WriteItem[],
  results: readonly WriteResult[],
  run: Run,
): Promise<readonly WriteResult[]> {
  const refused = items.flatMap((item, at) => {
    const result = results[at];
    return result && !result.ok && result.decision.kind === 'conflict' ? (item.remoteId ?? []) : [];
  });
  if (refused.length === 0) return results;
  const states = await billsById(context, refused, run);
  return results.map((result, at) => {
    const status = idText(states.get(items[at]?.remoteId ?? '')?.FDocumentStatus);
    return result.ok || result.decision.kind !== 'conflict' || status === ''
      ? result
      : { ...result, remoteStatus: status };
  });
}

/**
 * Looks bills up by id where known, else by our number. When not one of them is there, it is first made
 * sure that this user sees anything at all: a lost data permission looks exactly like an absent bill.
 */
export async function findBills(context: BillContext, request: FindRequest): Promise<readonly FindResult[]> {
  const { form, config } = context;
  const fields = [...form.head, `${form.entry}_FEntryID`, `${form.material}.FNumber`];
  const found = new Map<string, Json[][]>();
  for (const [field, at, values] of [
    ['FID', 0, request.items.flatMap((item) => item.remoteId ?? [])],
    ['FBillNo', 1, request.items.flatMap((item) => (item.remoteId ? [] : item.key))],
  ] as const) {
    for (let from = 0; from < values.length; from += config.batchSize) {
      const filter = isIn(field, values.slice(from, from + config.batchSize));
      for (const row of await allRows(
        context,
        fields,
        filter,
        `FID ASC, ${form.entry}_FEntryID ASC`,
        request,
      )) {
        const key = `${field}/${cellText(row[at])}`;
        found.set(key, [...(found.get(key) ?? []), [...row]]);
      }
    }
  }
  if (found.size === 0) await provesSight(context, request);
  return request.items.map((item): FindResult => {
    const rows = found.get(item.remoteId ? `FID/${item.remoteId}` : `FBillNo/${item.key}`);
    const first = rows?.[0];
    if (!rows || !first) return { found: false };
    const answer = nest(form.head, first);
    const status = idText(answer.FDocumentStatus);
    const lineIds = pairFound(linesOf(withAllLines(item.body, form.entry), form.entry), rows, form);
    return {
      found: true,
      remoteId: idText(answer.FID),
      remoteNumber: idText(answer.FBillNo),
      remoteStatus: status,
      answer,
      ...(lineIds ? { lineIds } : {}),
      stepDone:
        request.step === 'cancel'
          ? answer.FCancelStatus === 'B'
          : stepDone(request.step, status, item.remoteId !== undefined),
    };
  });
}

/** Whether the state of a bill proves a step. An update leaves no trace in the state: it is repeated. */
export function stepDone(step: string, status: string, existed: boolean): boolean {
  const known = operations[step];
  if (known) return known.provedBy.includes(status);
  if (step === 'update') return false;
  if (status === 'B' || status === 'C') return true;
  return !existed && (status === 'A' || status === 'D');
}

/** All rows of a query whose answer may be longer than one page; only for narrow filters in a fixed order. */
export async function allRows(
  context: BillContext,
  fields: readonly string[],
  filter: string,
  order: string,
  run: Run,
): Promise<readonly (readonly Json[])[]> {
  const { client, config, form } = context;
  const rows: (readonly Json[])[] = [];
  for (;;) {
    const page = await client.query({
      ...{ form: form.form, fields, filter, order, start: rows.length, signal: run.signal },
      ...(run.as ? { as: run.as } : {}),
    });
    rows.push(...page);
    // Exactly as many rows as asked for means: maybe more.
    if (page.length < config.queryLimit) return rows;
  }
}

/** Throws unless the user sees some bill of this form, or, in a form still empty, some customer. */
export async function provesSight({ client, form }: BillContext, run: Run): Promise<void> {
  const bills = await client.query({ form: form.form, fields: ['FID'], limit: 1, signal: run.signal });
  if (bills.length > 0) return;
  const customers = await client.query({
    form: 'BD_Customer',
    fields: ['FCUSTID'],
    limit: 1,
    signal: run.signal,
  });
  if (customers.length > 0) return;
  throw new ConnectorError({
    kind: 'retry',
    code: 'kingdee.blind',
    message: `The Kingdee user sees no ${form.form} and no customer: check data permissions before anything is written again.`,
  });
}

/** What the answer says against item `at`; by the number in the text, then by DIndex. */
export function refusalFor(
  answer: WriteAnswer,
  at: number,
  numbers: readonly (string | undefined)[],
): Decision {
  const names = (one: Refused): boolean => numbers.some((number) => number && one.text.includes(number));
  const refusal = answer.refused.find(names) ?? answer.refused.find((one) => one.index === at);
  if (refusal) return decisionOf(refusal, true);
  const whole = answer.refused.length === 1 ? answer.refused[0] : undefined;
  if (whole && answer.made.length === 0 && whole.index === undefined) return decisionOf(whole, true);
  return {
    kind: 'unknown',
    code: 'kingdee.no-result',
    message: 'Kingdee answered without a word about this bill; it is looked up before anything is repeated.',
  };
}

export function done(
  remoteId: string,
  remoteNumber: string | undefined,
  status: string,
  lineIds: Readonly<Record<string, string>> | undefined,
): WriteResult {
  return {
    ok: true,
    remoteId,
    ...(remoteNumber ? { remoteNumber } : {}),
    ...(status ? { remoteStatus: status } : {}),
    answer: {
      FID: remoteId,
      ...(remoteNumber ? { FBillNo: remoteNumber } : {}),
      ...(status ? { FDocumentStatus: status } : { FCancelStatus: 'B' }),
    },
    ...(lineIds ? { lineIds } : {}),
  };
}

/**
 * NeedReturnData of one bill. It comes in the order of the models, but whether refused models keep their
 * place in it is nowhere said: the number decides, the place only where there can be no doubt.
 */
function returnedFor(
  answer: WriteAnswer,
  number: string | undefined,
  id: string,
  count: number,
  at: number,
): JsonObject | undefined {
  const named = answer.returned.find((one) => number !== undefined && idText(one.FBillNo) === number);
  if (named) return named;
  const byId = answer.returned.find((one) => idText(one.FID) === id);
  if (byId) return byId;
  return answer.made.length === count && answer.returned.length === count ? answer.returned[at] : undefined;
}

async function billsById(
  context: BillContext,
  ids: readonly string[],
  run: Run,
): Promise<Map<string, JsonObject>> {
  if (ids.length === 0) return new Map();
  const { client, form } = context;
  const rows = await client.query({
    form: form.form,
    fields: form.head,
    filter: allOf(isIn('FID', ids)),
    signal: run.signal,
  });
  return new Map(rows.map((row) => [cellText(row[0]), nest(form.head, row)]));
}

/** Pairs found entries with our lines: same count, same materials in the same order, or nothing. */
function pairFound(
  lines: readonly JsonObject[],
  rows: readonly (readonly Json[])[],
  form: BillForm,
): Record<string, string> | undefined {
  const width = form.head.length;
  if (lines.length !== rows.length) return undefined;
  const agrees = lines.every((line, at) => codeOf(line[form.material]) === cellText(rows[at]?.[width + 1]));
  const bare = lines.map((line) => ({ ...line, FEntryID: '' }));
  return agrees
    ? pairLines(
        bare,
        rows.map((row) => cellText(row[width])),
      )
    : undefined;
}
