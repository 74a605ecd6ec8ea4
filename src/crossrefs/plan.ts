import { always, type Crossref } from '../ledger/crossrefs.ts';

/**
 * What a change does to the rows of a table. Pure: the rows that count now and what is wanted in, the rows to put
 * and to remove out. A row is the same row while connection, key, value and first day are.
 */
export interface TablePlan {
  readonly put: readonly Crossref[];
  readonly remove: readonly Crossref[];
}

/** What a key is to be called from a day on. */
export interface Wanted {
  readonly value: string;
  readonly more: Readonly<Record<string, string>>;
  /** First day; absent: every day. */
  readonly from?: string | undefined;
  /** Last day; absent: from then on. With a last day the rows in force before go on after it. */
  readonly to?: string | undefined;
  /** Understood beside what is there, and not written. */
  readonly also?: boolean | undefined;
}

/** Sets what one key is called. Without a first day whatever it was called before, on any day, is gone. */
export function planSet(
  place: { readonly name: string; readonly connection: string; readonly key: string },
  existing: readonly Crossref[],
  wanted: Wanted,
): TablePlan {
  const validFrom = wanted.from ?? always;
  const { value, more } = wanted;
  const position = wanted.also ? 1 + Math.max(-1, ...existing.map((row) => row.position ?? 0)) : 0;
  const { name, connection, key } = place;
  const row: Crossref = {
    name,
    connection,
    key,
    value,
    more,
    validFrom,
    validTo: wanted.to ?? null,
    position,
  };
  if (wanted.also || wanted.to !== undefined) return { put: [row], remove: [] };
  const others = existing.filter((one) => !sameRow(one, row));
  const remove = others.filter((one) => fromOf(one) >= validFrom);
  const cut = others.filter((one) => fromOf(one) < validFrom && endsAfter(one, dayBefore(validFrom)));
  return { put: [...cut.map((one) => ({ ...one, validTo: dayBefore(validFrom) })), row], remove };
}

/** Ends what a key is called (only this value, if given) with a day; rows that begin later are removed. */
export function planEnd(existing: readonly Crossref[], lastDay: string, value?: string): TablePlan {
  const meant = existing.filter((row) => value === undefined || row.value === value);
  return {
    put: meant
      .filter((row) => fromOf(row) <= lastDay && endsAfter(row, lastDay))
      .map((row) => ({ ...row, validTo: lastDay })),
    remove: meant.filter((row) => fromOf(row) > lastDay),
  };
}

/**
 * Makes each key of a file what the file says; keys it does not name stay, unless `replace` says that the file is
 * the whole table. Value columns the file does not have keep what they hold.
 */
export function planImport(
  existing: readonly Crossref[],
  file: { readonly values: readonly string[]; readonly rows: readonly Crossref[] },
  replace: boolean,
): TablePlan {
  const before = new Map(existing.map((row) => [identity(row), row]));
  const named = new Set(file.rows.map(placeOf));
  const kept = new Set<string>();
  const put: Crossref[] = [];
  for (const row of file.rows) {
    kept.add(identity(row));
    const known = before.get(identity(row));
    const others = Object.entries(known?.more ?? {}).filter(([column]) => !file.values.includes(column));
    const whole = { ...row, more: { ...Object.fromEntries(others), ...row.more } };
    if (!known || !sameContent(known, whole)) put.push(whole);
  }
  const remove = existing.filter((row) => !kept.has(identity(row)) && (replace || named.has(placeOf(row))));
  return { put, remove };
}

/** One key of which something changes: its rows before and after, and the first business day that makes a difference. */
export interface KeyChange {
  readonly connection: string;
  readonly key: string;
  readonly before: readonly Crossref[];
  readonly after: readonly Crossref[];
  readonly from: string;
}

/** What a plan changes, key by key. */
export function changesOf(existing: readonly Crossref[], plan: TablePlan): KeyChange[] {
  const rowsOf = new Map<string, { before: Map<string, Crossref>; after: Map<string, Crossref> }>();
  const at = (row: Crossref): { before: Map<string, Crossref>; after: Map<string, Crossref> } => {
    let rows = rowsOf.get(placeOf(row));
    if (!rows) {
      rows = { before: new Map(), after: new Map() };
      rowsOf.set(placeOf(row), rows);
    }
    return rows;
  };
  for (const row of existing) {
    at(row).before.set(identity(row), row);
    at(row).after.set(identity(row), row);
  }
  for (const row of plan.remove) at(row).after.delete(identity(row));
  for (const row of plan.put) at(row).after.set(identity(row), row);
  const changes: KeyChange[] = [];
  for (const { before, after } of rowsOf.values()) {
    const from = firstDifference(before, after);
    const [some] = [...before.values(), ...after.values()];
    if (from === undefined || !some) continue;
    const { connection, key } = some;
    changes.push({ connection, key, before: inOrder(before), after: inOrder(after), from });
  }
  return changes;
}

function firstDifference(
  before: ReadonlyMap<string, Crossref>,
  after: ReadonlyMap<string, Crossref>,
): string | undefined {
  const days: string[] = [];
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(id);
    const is = after.get(id);
    if (!was || !is) days.push(fromOf((was ?? is) as Crossref));
    else if (!sameContent({ ...was, validTo: null }, { ...is, validTo: null })) days.push(fromOf(was));
    else if ((was.validTo ?? null) !== (is.validTo ?? null)) {
      const ends = [was.validTo, is.validTo].filter((day) => typeof day === 'string');
      days.push(dayAfter(ends.sort()[0] ?? always));
    }
  }
  return days.sort()[0];
}

function inOrder(rows: ReadonlyMap<string, Crossref>): Crossref[] {
  return [...rows.values()].sort(
    (a, b) => fromOf(a).localeCompare(fromOf(b)) || (a.position ?? 0) - (b.position ?? 0),
  );
}

function sameRow(a: Crossref, b: Crossref): boolean {
  return identity(a) === identity(b);
}

function sameContent(a: Crossref, b: Crossref): boolean {
  const content = ({ more, validTo, position }: Crossref): string =>
    JSON.stringify([Object.entries(more ?? {}).sort(), validTo ?? null, position ?? 0]);
  return content(a) === content(b);
}

function identity(row: Crossref): string {
  return JSON.stringify([row.connection, row.key, row.value, fromOf(row)]);
}

function placeOf(row: Crossref): string {
  return JSON.stringify([row.connection, row.key]);
}

function fromOf(row: Crossref): string {
  return row.validFrom ?? always;
}

function endsAfter(row: Crossref, day: string): boolean {
  return typeof row.validTo !== 'string' || row.validTo > day;
}

/** The day before one, both yyyy-MM-dd. */
export function dayBefore(day: string): string {
  return shifted(day, -1);
}

function dayAfter(day: string): string {
  return shifted(day, 1);
}

function shifted(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
