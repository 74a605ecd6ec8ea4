/**
 * SAL_OUTSTOCK made from a sales order by Push.
 *
 * Push has no unique key, so a bill must never be pushed twice. Two rules see to it:
 * - `push` gives the new bill our number at once, in the same step; from then on it is found by it.
 * - Before every push the bills of that order are read. One that bears our number is ours; one that still
 *   bears the site's automatic number and is not submitted was pushed by a call whose answer never came:
 *   it is adopted instead of pushing again. `find` therefore never claims such a bill, it only says that
 *   the step is not done, and the repeated step adopts it. While one push of an order runs in this process,
 *   a second one for the same order waits.
 */
import type {
  Decision,
  FindRequest,
  FindResult,
  Json,
  JsonObject,
  WriteItem,
  WriteRequest,
  WriteResult,
} from '../../kit/index.ts';
import type { Schemas } from '../client.ts';
import { cellText, isIn } from '../query.ts';
import {
  allRows,
  type BillContext,
  done,
  findBills,
  provesSight,
  type Run,
  refusalFor,
  saveBills,
  writeBills,
} from './bills.ts';
import { entryIdOf, linesOf, withAllLines } from './lines.ts';
import { fitToPushed, holdsJust, type PushedEntry } from './pushed-lines.ts';
import { inChunks } from './slices.ts';

interface PushedBill {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly marker: string;
  readonly sources: Set<string>;
}

/** Orders with a push under way in this process. */
const pushing = new Set<string>();

export async function writeOutStock(
  context: BillContext,
  request: WriteRequest,
): Promise<readonly WriteResult[]> {
  if (request.step === 'push') {
    return inChunks(request.items, context.config.pushBatchSize, (items) => push(context, items, request));
  }
  const updates = request.step === 'update' && !request.items.some((item) => isPushed(context, item));
  if (updates) {
    const items = request.items.map((item) =>
      item.remoteNumber === item.key ? item : underTheirs(context, item),
    );
    return writeBills(context, { ...request, items });
  }
  if (request.step !== 'save' && request.step !== 'update') return writeBills(context, request);
  const complete = request.items.map((item) => ({
    ...item,
    body: withAllLines(item.body, context.form.entry, item.lineIds),
  }));
  return inChunks(complete, context.config.batchSize, (items) => save(context, items, request));
}

/** `push` is done when a bill of that order bears our number; every other step goes by the bill's state. */
export async function findOutStock(
  context: BillContext,
  request: FindRequest,
): Promise<readonly FindResult[]> {
  if (request.step !== 'push') return findBills(context, request);
  const bills = await pushedBills(context, request.items.flatMap(parentNumber), request);
  if (bills.length === 0) await provesSight(context, request);
  return request.items.map((item): FindResult => {
    const ours = bills.find((bill) => bearsOurNumber(context, bill, item));
    if (!ours) return { found: false };
    const result = { remoteId: ours.id, remoteNumber: ours.number, remoteStatus: ours.status };
    return { found: true, ...result, answer: { FID: ours.id, FDocumentStatus: ours.status }, stepDone: true };
  });
}

async function push(
  context: BillContext,
  items: readonly WriteItem[],
  run: Run,
): Promise<readonly WriteResult[]> {
  const results = new Map<WriteItem, WriteResult>();
  const mine: WriteItem[] = [];
  for (const item of items) {
    const parent = parentKey(context, item);
    if (!item.parent?.remoteNumber)
      results.set(item, refuse('reject', 'no-parent', 'The order to push from is not known.'));
    else if (pushing.has(parent))
      results.set(item, refuse('retry', 'push-busy', 'Another push of this order is under way.'));
    else {
      pushing.add(parent);
      mine.push(item);
    }
  }
  try {
    if (mine.length > 0)
      for (const [item, result] of await pushOnce(context, mine, run)) results.set(item, result);
  } finally {
    for (const item of mine) pushing.delete(parentKey(context, item));
  }
  return items.map(
    (item) => results.get(item) ?? refuse('unknown', 'no-result', 'Kingdee said nothing about this push.'),
  );
}

async function pushOnce(
  context: BillContext,
  items: readonly WriteItem[],
  run: Run,
): Promise<Map<WriteItem, WriteResult>> {
  const results = new Map<WriteItem, WriteResult>();
  const toMark: { item: WriteItem; bill: PushedBill }[] = [];
  const before = await pushedBills(context, items.flatMap(parentNumber), run);
  const byHand = await entriesOf(
    context,
    before.flatMap((bill) => (isByHand(context, bill) ? [bill.id] : [])),
    run,
  );
  const toPush: WriteItem[] = [];
  for (const item of items) {
    const ours = before.find((bill) => bearsOurNumber(context, bill, item));
    const free = before.find(
      (bill) => isFree(context, bill) && bill.sources.has(item.parent?.remoteNumber ?? ''),
    );
    if (ours) results.set(item, done(ours.id, ours.number, ours.status, undefined));
    else if (free) toMark.push({ item, bill: free });
    else {
      const adopted = adopt(context, item, before, byHand);
      if (adopted) results.set(item, adopted);
      else toPush.push(item);
    }
  }
  if (toPush.length > 0) {
    const answer = await context.client.write('Push', 'SAL_SaleOrder', pushOptions(context, toPush), run);
    const made = new Set(answer.made.map((one) => one.id));
    const bills = made.size > 0 ? await pushedBills(context, toPush.flatMap(parentNumber), run) : [];
    toPush.forEach((item, at) => {
      const parent = item.parent?.remoteNumber ?? '';
      const bill = bills.find((one) => made.has(one.id) && one.sources.has(parent));
      if (!bill) results.set(item, notPushed(context, before, parent, refusalFor(answer, at, [parent])));
      else if (bill.sources.size > 1) results.set(item, refuse('fatal', 'push-joined', joinedMessage));
      else toMark.push({ item, bill });
    });
  }
  if (toMark.length > 0)
    for (const [item, result] of await mark(context, toMark, run)) results.set(item, result);
  return results;
}

/**
 * A push takes everything that is open on the order until its bill is saved with the real quantities. So a
 * refusal while another bill of that order is unfinished says nothing about this shipment: try again.
 */
function notPushed(
  context: BillContext,
  before: readonly PushedBill[],
  parent: string,
  decision: Decision,
): WriteResult {
  const others = before.filter((bill) => bill.sources.has(parent) && isByHand(context, bill));
  if (others.length > 0 && decision.kind === 'reject') {
    const numbers = others.map((bill) => bill.number).join(', ');
    return refuse(
      'reject',
      'pushed-otherwise',
      `Somebody has made ${numbers} from this order with other goods or quantities than this shipment, and nothing is left to push: compare both in Kingdee.`,
    );
  }
  const unfinished = before.some((bill) => bill.sources.has(parent) && ['A', 'Z', 'D'].includes(bill.status));
  if (!unfinished || decision.kind === 'unknown') return { ok: false, decision };
  return refuse(
    'retry',
    'push-busy',
    'Another shipment of this order holds its open quantity until it is saved.',
  );
}

/** A bill somebody else has pushed and handed in, and that holds just these goods: it is this shipment. */
function adopt(
  { form }: BillContext,
  item: WriteItem,
  bills: readonly PushedBill[],
  byHand: Map<string, PushedEntry[]>,
): WriteResult | undefined {
  const lines = linesOf(withAllLines(item.body, form.entry), form.entry);
  for (const bill of bills) {
    const entries = byHand.get(bill.id) ?? [];
    if (bill.sources.size !== 1 || !bill.sources.has(item.parent?.remoteNumber ?? '')) continue;
    if (!holdsJust(lines, entries)) continue;
    byHand.delete(bill.id);
    const fit = fitToPushed(lines, entries);
    const result = done(bill.id, bill.number, bill.status, fit.ok ? fit.lineIds : undefined);
    return result.ok ? { ...result, reached: 'save' } : result;
  }
  return undefined;
}

const joinedMessage =
  'The conversion rule put several orders into one bill: set pushBatchSize to 1 and undo that bill in Kingdee.';

/**
 * Puts our number on pushed bills, and our date, so that a closed period is met here and not half-way. A bill
 * that refuses stays free: when the step is tried again it is adopted, not pushed again.
 */
async function mark(
  context: BillContext,
  pairs: readonly { item: WriteItem; bill: PushedBill }[],
  run: Run,
): Promise<Map<WriteItem, WriteResult>> {
  const field = markerField(context);
  const answer = await context.client.write(
    'BatchSave',
    context.form.form,
    {
      NeedUpDateFields: [field, 'FDate'],
      NeedReturnFields: ['FBillNo'],
      IsDeleteEntry: 'false',
      Model: pairs.map(({ item, bill }) => ({
        ...{ FID: bill.id, [field]: item.key },
        ...(item.body.FDate === undefined ? {} : { FDate: item.body.FDate }),
      })),
    } satisfies Schemas['SaveOptions'],
    run,
  );
  return new Map(
    pairs.map(({ item, bill }, at): [WriteItem, WriteResult] => {
      const marked = answer.made.some((one) => one.id === bill.id);
      if (!marked) return [item, { ok: false, decision: refusalFor(answer, at, [bill.number, item.key]) }];
      const number = context.config.renumberPushed ? item.key : bill.number;
      return [item, done(bill.id, number, bill.status, undefined)];
    }),
  );
}

/**
 * Saves out-stock bills. A body whose lines carry no entry ids for a bill that exists comes from a push:
 * its lines are matched to the pushed ones by material and the lines not in it are deleted.
 */
async function save(
  context: BillContext,
  items: readonly WriteItem[],
  run: Run,
): Promise<readonly WriteResult[]> {
  const pushed = items.filter((item) => isPushed(context, item));
  const entries = await entriesOf(
    context,
    pushed.flatMap((item) => item.remoteId ?? []),
    run,
  );
  const results = new Map<WriteItem, WriteResult>();
  const bodies = new Map<WriteItem, { body: JsonObject; lineIds?: Record<string, string> }>();
  for (const item of items) {
    if (!isPushed(context, item)) {
      bodies.set(item, { body: item.body });
      continue;
    }
    const fit = fitToPushed(linesOf(item.body, context.form.entry), entries.get(item.remoteId ?? '') ?? []);
    if (!fit.ok) results.set(item, { ok: false, decision: fit.decision });
    else
      bodies.set(item, {
        body: { ...headFor(context, item), [context.form.entry]: fit.lines },
        lineIds: fit.lineIds,
      });
  }
  const sent = [...bodies.keys()];
  if (sent.length > 0) {
    const saved = await saveBills(
      context,
      sent,
      sent.map((item) => bodies.get(item)?.body ?? item.body),
      run,
    );
    sent.forEach((item, at) => {
      const result = saved[at];
      const lineIds = bodies.get(item)?.lineIds;
      if (result) results.set(item, result.ok && lineIds ? { ...result, lineIds } : result);
    });
  }
  return items.map(
    (item) => results.get(item) ?? refuse('unknown', 'no-result', 'Kingdee said nothing about this bill.'),
  );
}

/** Head of a pushed bill: ours, except the number where the site keeps its own. */
function headFor(context: BillContext, item: WriteItem): JsonObject {
  if (context.config.renumberPushed) return item.body;
  const kept = Object.entries(item.body).filter(([name]) => name !== 'FBillNo');
  return { ...Object.fromEntries(kept), [context.config.pushMarkerField]: item.key };
}

/** An update of a bill that keeps the site's own number. */
function underTheirs(context: BillContext, item: WriteItem): WriteItem {
  const { difference, ...rest } = item;
  const { FBillNo: _ours, ...changed } = difference?.body ?? {};
  const known = difference === undefined ? {} : { difference: { ...difference, body: changed } };
  const { FBillNo: _same, ...kept } = item.body;
  const marker = context.config.renumberPushed ? {} : { [context.config.pushMarkerField]: item.key };
  return { ...rest, ...known, body: { ...kept, ...marker } };
}

function isPushed({ form }: BillContext, item: WriteItem): boolean {
  if (!item.remoteId) return false;
  return item.parent !== undefined || linesOf(item.body, form.entry).every((line) => entryIdOf(line) === '');
}

async function entriesOf(
  context: BillContext,
  ids: readonly string[],
  run: Run,
): Promise<Map<string, PushedEntry[]>> {
  const result = new Map<string, PushedEntry[]>();
  if (ids.length === 0) return result;
  const fields = ['FID', 'FEntity_FEntryID', 'FMaterialID.FNumber', 'FMustQty', 'FRealQty'];
  for (const row of await allRows(context, fields, isIn('FID', ids), 'FID ASC, FEntity_FEntryID ASC', run)) {
    const [id = '', entryId = '', material = '', must = '', real = ''] = row.map((cell: Json) =>
      cellText(cell),
    );
    const entry = { entryId, material, quantity: Number(must) > 0 ? must : real, real };
    result.set(id, [...(result.get(id) ?? []), entry]);
  }
  return result;
}

/** Out-stock bills made from these orders, void ones left out. */
async function pushedBills(
  context: BillContext,
  parents: readonly string[],
  run: Run,
): Promise<PushedBill[]> {
  if (parents.length === 0) return [];
  const fields = ['FID', 'FBillNo', 'FDocumentStatus', 'FSrcBillNo'];
  const field = markerField(context);
  if (!fields.includes(field)) fields.push(field);
  const filter = `${isIn('FSrcBillNo', [...new Set(parents)])} AND FCancelStatus <> 'B'`;
  const bills = new Map<string, PushedBill>();
  for (const row of await allRows(context, fields, filter, 'FID ASC', run)) {
    const [id = '', number = '', status = '', source = ''] = row.map((cell: Json) => cellText(cell));
    const bill = bills.get(id) ?? {
      id,
      number,
      status,
      marker: cellText(row[fields.indexOf(field)]),
      sources: new Set(),
    };
    bill.sources.add(source);
    bills.set(id, bill);
  }
  return [...bills.values()];
}

function bearsOurNumber({ config }: BillContext, bill: PushedBill, item: WriteItem): boolean {
  return config.renumberPushed ? bill.number === item.key : bill.marker === item.key;
}

/** Pushed, not yet ours and not yet worked on. */
function isFree({ config }: BillContext, bill: PushedBill): boolean {
  if (bill.status !== 'A' && bill.status !== 'Z') return false;
  return config.renumberPushed ? new RegExp(config.automaticNumbers).test(bill.number) : bill.marker === '';
}

/** Pushed by somebody else, and handed in or audited already: nobody can put our number on it any more. */
function isByHand(context: BillContext, bill: PushedBill): boolean {
  return (bill.status === 'B' || bill.status === 'C') && isFree(context, { ...bill, status: 'A' });
}

function pushOptions({ config, form }: BillContext, items: readonly WriteItem[]) {
  return {
    Numbers: items.flatMap(parentNumber),
    Ids: '',
    TargetFormId: form.form,
    RuleId: config.pushRuleId ?? '',
    IsEnableDefaultRule: config.pushRuleId ? 'false' : 'true',
    IsDraftWhenSaveFail: 'false',
  } satisfies Schemas['PushOptions'];
}

function markerField({ config }: BillContext): string {
  return config.renumberPushed ? 'FBillNo' : config.pushMarkerField;
}

function parentNumber(item: WriteItem): string[] {
  return item.parent?.remoteNumber ? [item.parent.remoteNumber] : [];
}

function parentKey({ config }: BillContext, item: WriteItem): string {
  return `${config.serverUrl} ${config.acctId} ${item.parent?.remoteNumber ?? ''}`;
}

function refuse(kind: Decision['kind'], code: string, message: string): WriteResult {
  return { ok: false, decision: { kind, code: `kingdee.${code}`, message } };
}
