/** ExecuteBillQuery: rows by position, one per line as soon as a line field is asked for. */
import { firstRows } from '../../kit/first-rows.ts';
import type { Json, JsonObject } from '../../kit/index.ts';
import { CallRefused } from './answers.ts';
import {
  compareValues,
  type Filter,
  FilterError,
  fieldsOf,
  mustBeIn,
  parseFilter,
  passes,
} from './filter.ts';
import type { FormSpec } from './forms.ts';
import { type Bill, type Entry, type Store, type Table, textOf, timeText } from './store.ts';

interface Column {
  readonly ofLine: boolean;
  read(bill: Bill, entry: Entry | undefined): Json;
}

/** Stands for the lines of a bill nothing is asked of. */
const noLines = [undefined];

type Row = { readonly bill: Bill; readonly entry: Entry | undefined };

/** Runs a query. Throws CallRefused with MsgCode 4 (form, filter), 8 (no fields), 9 (unknown field). */
export function runQuery(store: Store, data: JsonObject, cap: number): Json {
  const table = store.tables.get(textOf(data.FormId));
  if (!table) throw new CallRefused(4, `业务对象${textOf(data.FormId)}不存在`);
  const keys = textOf(data.FieldKeys)
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (keys.length === 0) throw new CallRefused(8, 'FieldKeys不能为空');
  const columns = new Map<string, Column>();
  const column = (field: string): Column => {
    const known = columns.get(field) ?? columnFor(store, table.spec, field);
    columns.set(field, known);
    return known;
  };
  const shown = keys.map(column);
  const filter = readFilter(textOf(data.FilterString));
  const filtered = fieldsOf(filter).map(column);
  const order = readOrder(textOf(data.OrderString)).map(({ field, down }) => ({
    column: column(field),
    down,
  }));

  const perLine = [...shown, ...filtered].some((one) => one.ofLine);
  const start = Number(textOf(data.StartRow)) || 0;
  const limit = Math.min(Number(textOf(data.Limit)) || cap, cap);
  // TopRowCount is an absolute end, not a page size.
  const end = Math.min(start + limit, Number(textOf(data.TopRowCount)) || Number.POSITIVE_INFINITY);
  const rows: Row[] = [];
  // One reader for all rows: a table may be long.
  let current: Row | undefined;
  const read = (field: string): string =>
    current === undefined ? '' : textOf(column(field).read(current.bill, current.entry));
  for (const bill of candidates(table, filter)) {
    for (const entry of perLine ? bill.entries : noLines) {
      current = { bill, entry };
      if (!filter || passes(filter, read)) rows.push(current);
    }
  }
  if (order.length > 0) {
    const inOrder = (a: Row, b: Row): number => {
      for (const { column: one, down } of order) {
        const result = compareValues(textOf(one.read(a.bill, a.entry)), textOf(one.read(b.bill, b.entry)));
        if (result !== 0) return down ? -result : result;
      }
      return 0;
    };
    return page(firstRows(rows, inOrder, end));
  }
  return page(rows);

  function page(all: readonly Row[]): Json {
    const cut = all.slice(start, end);
    return cut.map(({ bill, entry }) => shown.map((one) => one.read(bill, entry)));
  }
}

function columnFor(store: Store, spec: FormSpec, field: string): Column {
  const head = (read: (bill: Bill) => Json): Column => ({ ofLine: false, read: (bill) => read(bill) });
  const [name = '', inner] = field.split('.');
  switch (field) {
    case spec.key:
      return head((bill) => bill.id);
    case spec.number:
      return head((bill) => bill.number);
    case 'FDocumentStatus':
      return head((bill) => bill.status);
    case 'FCloseStatus':
      return head((bill) => (bill.closed ? 'B' : 'A'));
    case 'FCancelStatus':
      return head((bill) => (bill.cancelled ? 'B' : 'A'));
    case 'FCreateDate':
      return head((bill) => timeText(bill.created));
    case 'FModifyDate':
    case 'FUPDATETIME':
      return head((bill) => timeText(bill.modified));
    case 'FApproveDate':
      return head((bill) => (bill.approved === undefined ? null : timeText(bill.approved)));
    case 'FCreatorId.FName':
      return head((bill) => bill.creator);
  }
  const { entry } = spec;
  if (entry && new RegExp(`^${entry.key}_FEntryI[Dd]$`).test(field)) {
    return { ofLine: true, read: (_bill, line) => line?.id ?? null };
  }
  if (entry && field === `${entry.key}_FSEQ`) {
    return { ofLine: true, read: (bill, line) => (line ? bill.entries.indexOf(line) + 1 : null) };
  }
  const part = (value: Json | undefined, form: string | undefined): Json => {
    if (inner === undefined || value === undefined) return plain(value);
    const object = typeof value === 'object' && value !== null ? (value as JsonObject) : { FNumber: value };
    const number = textOf(object.FNumber ?? object.FNUMBER);
    if (inner === 'FName' && form) return store.table(form).byNumber.get(number)?.fields.FName ?? null;
    return inner === 'FNumber' ? number : plain(object[inner]);
  };
  if (entry && (entry.fields.includes(name) || (name.startsWith('F_') && !spec.fields.includes(name)))) {
    return { ofLine: true, read: (_bill, line) => part(line?.fields[name], entry.refs[name]) };
  }
  if (spec.fields.includes(name) || name.startsWith('F_')) {
    return head((bill) => part(bill.fields[name], spec.refs[name]));
  }
  throw new CallRefused(9, `字段${field}不存在`);
}

function plain(value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  // Decimals leave as numbers, as the vendor sends them.
  if (typeof value === 'string' && /^-?\d{1,12}\.\d{1,6}$/.test(value)) return Number(value);
  return typeof value === 'object' ? textOf((value as JsonObject).FNumber) : value;
}

/** Rows a filter can concern, by index where it names numbers, ids, sources or materials. */
function candidates(table: Table, filter: Filter | undefined): Iterable<Bill> {
  const ids = mustBeIn(filter, table.spec.key);
  if (ids) return present([...ids].map((id) => table.byId.get(Number(id))));
  const numbers = mustBeIn(filter, table.spec.number);
  if (numbers) return present([...numbers].map((number) => table.byNumber.get(number)));
  const links = mustBeIn(filter, 'FSrcBillNo') ?? mustBeIn(filter, 'FMaterialId.FNumber');
  if (links && (table.spec.id === 'SAL_OUTSTOCK' || table.spec.id === 'STK_Inventory')) {
    return new Set([...links].flatMap((link) => [...(table.byLink.get(link) ?? [])]));
  }
  return table.byId.values();
}

function present(bills: readonly (Bill | undefined)[]): Bill[] {
  return bills.filter((bill) => bill !== undefined);
}

function readFilter(text: string): Filter | undefined {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) throw new CallRefused(4, `过滤条件有误：${error.message}`);
    throw error;
  }
}

function readOrder(text: string): { field: string; down: boolean }[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [field = '', direction = 'ASC'] = part.split(/\s+/);
      return { field, down: direction.toUpperCase() === 'DESC' };
    });
}
