/** Save and BatchSave of one model: validation, lines that come and go, amounts, join to the order. */
import { Decimal } from 'decimal.js';
import { isJsonObject, type Json, type JsonObject } from '../../kit/index.ts';
import type { Problem, Success } from './answers.ts';
import type { EntrySpec, FormSpec } from './forms.ts';
import { type Bill, codeIn, type Entry, type Fields, type Store, type Table, textOf } from './store.ts';

export interface SaveOptions {
  readonly deleteEntries: boolean;
  /** Empty: everything sent counts. */
  readonly onlyFields: ReadonlySet<string>;
  readonly returnFields: readonly string[];
  readonly user: string;
  readonly draft: boolean;
}

type Fault = { readonly field?: string; readonly message: string; readonly code: number };

/** Saves one model; answers with its result, never throws for what the model says. */
export function saveOne(
  store: Store,
  table: Table,
  model: JsonObject,
  at: number,
  options: SaveOptions,
): Success | Problem {
  const { spec } = table;
  const id = Number(textOf(model[spec.key]) || 0);
  const old = id > 0 ? table.byId.get(id) : undefined;
  const plan = makePlan(table, model, old, options);
  const fault = id > 0 && !old ? gone(spec, id) : check(store, table, model, old, plan, options);
  if (fault) return { ...fault, index: at };
  const bill = old ?? store.create(spec.id, plan.number || table.nextNumber(), {}, options.user);
  if (old && plan.number && plan.number !== old.number) table.renumber(old, plan.number);
  if (!old) bill.status = options.draft ? 'Z' : 'A';
  bill.fields = plan.fields;
  releaseJoins(bill.entries, plan.entries);
  bill.entries = plan.entries.map((line) => applyLine(store, line, spec.entry));
  bill.fields.FBillAllAmount = bill.entries
    .reduce((total, entry) => total.plus(textOf(entry.fields[spec.entry?.amount ?? '']) || 0), new Decimal(0))
    .toFixed(2);
  bill.modified = store.moment();
  return {
    id: bill.id,
    number: bill.number,
    index: at,
    returned: returnedData(spec, bill, options.returnFields),
  };
}

interface PlannedLine {
  readonly old: Entry | undefined;
  readonly fields: Fields;
}
interface Plan {
  readonly number: string;
  readonly fields: Fields;
  readonly entries: readonly PlannedLine[];
}

function makePlan(table: Table, model: JsonObject, old: Bill | undefined, options: SaveOptions): Plan {
  const { spec } = table;
  const counts = (name: string): boolean => options.onlyFields.size === 0 || options.onlyFields.has(name);
  const fields: Fields = { ...old?.fields };
  for (const [name, value] of Object.entries(model)) {
    if (spec.subHeads.includes(name) && isJsonObject(value)) Object.assign(fields, value);
    else if (isField(spec.fields, name) && counts(name)) fields[name] = value;
  }
  const number = counts(spec.number) ? textOf(model[spec.number]) : '';
  const sent = spec.entry ? model[spec.entry.key] : undefined;
  if (!spec.entry || !Array.isArray(sent)) {
    return {
      number,
      fields,
      entries: (old?.entries ?? []).map((entry) => ({ old: entry, fields: entry.fields })),
    };
  }
  const entries = sent.filter(isJsonObject).map((line: JsonObject): PlannedLine => {
    const entryId = Number(textOf(line.FEntryID) || 0);
    const known = old?.entries.find((entry) => entry.id === entryId);
    const kept: Fields = { ...known?.fields };
    for (const [name, value] of Object.entries(line)) {
      if (isField(spec.entry?.fields ?? [], name) && counts(name)) kept[name] = value;
    }
    return { old: known, fields: kept };
  });
  if (options.deleteEntries || !old) return { number, fields, entries };
  // Lines that are not spoken of stay, and stay where they are.
  const told = new Map(entries.flatMap((line) => (line.old ? [[line.old, line] as const] : [])));
  const kept = old.entries.map((entry) => told.get(entry) ?? { old: entry, fields: entry.fields });
  return { number, fields, entries: [...kept, ...entries.filter((line) => line.old === undefined)] };
}

function check(
  store: Store,
  table: Table,
  model: JsonObject,
  old: Bill | undefined,
  plan: Plan,
  options: SaveOptions,
): Fault | undefined {
  const { spec } = table;
  if (old && store.locked.has(old.number))
    return { message: `${spec.title}${old.number}存在网控冲突`, code: 13 };
  if (old?.status === 'C') return { message: '单据已审核，不允许修改', code: 11 };
  if (old?.status === 'B') return { message: '单据审核中，不允许修改', code: 11 };
  const same = plan.number ? table.byNumber.get(plan.number) : undefined;
  if (same && same !== old)
    return { field: spec.number, message: `单据编号为“${plan.number}”的${spec.title}已存在`, code: 11 };
  if (options.draft) return undefined;
  for (const name of spec.required) {
    if (codeIn(plan.fields[name]) === '') return { field: name, message: `字段“${name}”是必填项`, code: 11 };
  }
  const head = refFault(store, spec.refs, plan.fields);
  if (head) return head;
  if (spec.stockSign && isClosed(store, plan.fields, spec))
    return { field: 'FDate', message: '库存组织已关账，单据日期在关账日期之前', code: 11 };
  if (!spec.entry) return undefined;
  if (plan.entries.length === 0) return { field: spec.entry.key, message: '分录是必填项', code: 11 };
  for (const line of plan.entries) {
    const fault = lineFault(store, spec.entry, line);
    if (fault) return fault;
  }
  return orderFault(spec, model);
}

function lineFault(store: Store, entry: EntrySpec, line: PlannedLine): Fault | undefined {
  for (const name of entry.required) {
    if (codeIn(line.fields[name]) === '') return { field: name, message: `字段“${name}”是必填项`, code: 11 };
  }
  const quantity = decimal(line.fields[entry.quantity]);
  if (quantity.lte(0)) return { field: entry.quantity, message: '数量必须大于0', code: 11 };
  const source = line.old?.source;
  if (source) {
    const others = source.entry.joined.minus(decimal(line.old?.fields[entry.quantity]));
    if (others.plus(quantity).gt(decimal(source.entry.fields.FQty))) {
      return { field: entry.quantity, message: '实发数量超过销售订单可出数量', code: 11 };
    }
  }
  return refFault(store, entry.refs, line.fields);
}

/** Prices that stand before the tax mode are lost: the misleading complaint the vendor gives for it. */
function orderFault(spec: FormSpec, model: JsonObject): Fault | undefined {
  const names = Object.keys(model);
  const lines = names.indexOf(spec.entry?.key ?? '');
  const misplaced = spec.subHeads.some((name) => names.indexOf(name) > lines);
  return lines >= 0 && misplaced
    ? { field: 'FTaxPrice', message: '含税单价不能小于等于0', code: 11 }
    : undefined;
}

function refFault(store: Store, refs: Readonly<Record<string, string>>, fields: Fields): Fault | undefined {
  for (const [name, form] of Object.entries(refs)) {
    const number = codeIn(fields[name]);
    if (number === '') continue;
    const known = store.table(form).byNumber.get(number);
    const title = store.table(form).spec.title;
    if (!known) return { field: name, message: `编码为“${number}”的${title}不存在`, code: 11 };
    if (known.fields.FForbidStatus === 'B')
      return { field: name, message: `编码为“${number}”的${title}已禁用`, code: 11 };
  }
  return undefined;
}

export function isClosed(store: Store, fields: Fields, spec: FormSpec): boolean {
  return store.closedUntil !== '' && textOf(fields[spec.dateField ?? '']).slice(0, 10) <= store.closedUntil;
}

function applyLine(store: Store, line: PlannedLine, spec: EntrySpec | undefined): Entry {
  const entry = line.old ?? store.entry({});
  if (entry.source && spec) {
    const change = decimal(line.fields[spec.quantity]).minus(decimal(entry.fields[spec.quantity]));
    entry.source.entry.joined = entry.source.entry.joined.plus(change);
  }
  entry.fields = line.fields;
  if (spec) {
    const free = line.fields.FIsFree === true || line.fields.FIsFree === 'true';
    const price = free ? new Decimal(0) : decimal(line.fields.FTaxPrice);
    entry.fields[spec.amount] = decimal(line.fields[spec.quantity])
      .times(price)
      .toDecimalPlaces(2)
      .toFixed(2);
  }
  return entry;
}

/** Lines that went give their quantity back to the order. */
function releaseJoins(before: readonly Entry[], after: readonly PlannedLine[]): void {
  const kept = new Set(after.map((line) => line.old));
  for (const entry of before) {
    if (kept.has(entry) || !entry.source) continue;
    entry.source.entry.joined = entry.source.entry.joined.minus(decimal(entry.fields.FRealQty));
  }
}

function returnedData(spec: FormSpec, bill: Bill, wanted: readonly string[]): JsonObject {
  const data: Record<string, Json> = { [spec.key]: bill.id };
  if (wanted.includes(spec.number)) data[spec.number] = bill.number;
  if (wanted.includes('FDocumentStatus')) data.FDocumentStatus = bill.status;
  if (
    spec.entry &&
    wanted.some((name) => name.toLowerCase() === `${spec.entry?.key}.fentryid`.toLowerCase())
  ) {
    data[spec.entry.key] = bill.entries.map((entry) => ({ FEntryID: entry.id }));
  }
  return data;
}

export function decimal(value: Json | undefined): Decimal {
  const text = textOf(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? new Decimal(text) : new Decimal(0);
}

function gone(spec: FormSpec, id: number): Fault {
  return { message: `${spec.title}内码${id}不存在`, code: 10 };
}

function isField(known: readonly string[], name: string): boolean {
  return known.includes(name) || name.startsWith('F_');
}
