import { HubError } from '../errors.ts';
import {
  type Crossref,
  listCrossrefs,
  lockCrossrefs,
  putCrossrefs,
  readCrossrefs,
  removeCrossrefs,
  saveCrossrefTable,
} from '../ledger/crossrefs.ts';
import type { Database } from '../ledger/database.ts';
import { askRetry } from '../ledger/derivation-retries.ts';
import type { Sql } from '../ledger/sql.ts';
import { type TouchedCopies, touchedCopies, writeTouchedAgain } from '../ledger/touched.ts';
import { codeTarget, countWaits, fillWaits, releaseFilled, releasePace } from '../ledger/waits.ts';
import { changesOf, type KeyChange, planEnd, planImport, planSet, type TablePlan } from './plan.ts';
import { isDay, type Sheet } from './sheet.ts';
import { checkKey, tableNamed, tableToFill, takeColumns, valuesOf } from './table.ts';

/** How a change is made. */
export interface ChangeOptions {
  /** Who makes it; kept with each row. */
  readonly author: string;
  /** Only tell what it would do. */
  readonly dryRun?: boolean;
  /** Have the copies it touches mapped and compared again, so many a second as codes are let go on. */
  readonly writeAgain?: boolean;
}

/** What a change does, or with `dryRun` would do. */
export interface ChangeReport {
  readonly table: string;
  readonly applied: boolean;
  /** Keys whose rows change; one whose rows stay the same is not among them. */
  readonly changes: readonly KeyChange[];
  /** Live records last written with one of these codes on a business day for which it changes. */
  readonly touched: readonly TouchedCopies[];
  /** Waiting links and messages that may go on. */
  readonly waiting: number;
  /** Of those, how many went on at once; the others follow at the pace. */
  readonly released: number;
  /** Copies that are compared again. */
  readonly due: number;
  /** Lanes to ring. */
  readonly lanes: readonly string[];
}

export interface SetRequest extends ChangeOptions {
  readonly table: string;
  /** Empty: all connections that have no row of their own. */
  readonly connection: string;
  /** Our key; parts of several key columns are joined by a bar. */
  readonly key: string;
  /** By value column; the empty name is the first column. */
  readonly values: Readonly<Record<string, string>>;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly also?: boolean | undefined;
  /** Make a table of this name if there is none. */
  readonly create?: boolean | undefined;
}

/**
 * Sets what one key is called in a system, and lets go on what waited for it.
 *
 * @example
 * await setCode(database, { table: 'warehouses', connection: 'erp', key: 'W07', values: { value: 'CK007' }, author: 'li.na' });
 */
export function setCode(database: Database, request: SetRequest): Promise<ChangeReport> {
  for (const [what, day] of [
    ['The first day', request.from],
    ['The last day', request.to],
  ] as const) {
    if (day !== undefined) checkDay(what, day);
  }
  const { from, to, also, connection } = request;
  if (to !== undefined && to < (from ?? '')) {
    throw new HubError('crossrefs.bad-value', {
      what: 'The last day',
      value: to,
      expected: `${from} or later`,
    });
  }
  return change(database, request, async (sql) => {
    const table = await tableToFill(sql, request.table, request.create ?? false);
    const key = checkKey(table, request.key);
    const wanted = { ...valuesOf(table, request.values), from, to, also };
    const existing = await listCrossrefs(sql, { name: table.name, connection, key });
    const plan = planSet({ name: table.name, connection, key }, existing, wanted);
    return { existing, plan, save: () => saveCrossrefTable(sql, table) };
  });
}

export interface EndRequest extends ChangeOptions {
  readonly table: string;
  readonly connection: string;
  readonly key: string;
  /** Only this value of the key. */
  readonly value?: string | undefined;
  /** Last day it counts. */
  readonly lastDay: string;
}

/** Ends what a key is called: after the last day it is missing, and what needs it waits. */
export function endCode(database: Database, request: EndRequest): Promise<ChangeReport> {
  checkDay('The last day', request.lastDay);
  const { table: name, connection, key, value, lastDay } = request;
  return change(database, request, async (sql) => {
    await tableNamed(sql, name);
    const existing = await listCrossrefs(sql, { name, connection, key });
    if (!existing.some((row) => value === undefined || row.value === value)) {
      throw new HubError('crossrefs.no-row', {
        table: name,
        key,
        connection: connection || 'all connections',
      });
    }
    return { existing, plan: planEnd(existing, lastDay, value) };
  });
}

/** Takes a file into its table: all of its rows, or none. */
export function importSheet(
  database: Database,
  sheet: Sheet,
  options: ChangeOptions & { readonly replace?: boolean },
): Promise<ChangeReport> {
  return change(database, { ...options, table: sheet.table }, async (sql) => {
    const { table: name, keys, values } = sheet;
    await takeColumns(sql, { name, keys, values });
    const existing = await readCrossrefs(sql, [name]);
    return { existing, plan: planImport(existing, sheet, options.replace ?? false) };
  });
}

interface Planned {
  readonly existing: readonly Crossref[];
  readonly plan: TablePlan;
  readonly save?: () => Promise<void>;
}

/** Thrown to roll back what a dry run tried. */
class DryRun extends Error {
  readonly report: ChangeReport;
  constructor(report: ChangeReport) {
    super('dry run');
    this.report = report;
  }
}

/** One transaction for looking, planning and changing, so that what is told is what is done. */
async function change(
  database: Database,
  options: ChangeOptions & { readonly table: string },
  planned: (sql: Sql) => Promise<Planned>,
): Promise<ChangeReport> {
  try {
    return await database.transaction(async (sql) => {
      await lockCrossrefs(sql);
      const { existing, plan, save } = await planned(sql);
      const changes = changesOf(existing, plan);
      const questions = questionsOf(options.table, changes);
      const touched: TouchedCopies[] = [];
      for (const question of questions) touched.push(...(await touchedCopies(sql, question)));
      const targets = plan.put.flatMap(targetsOf);
      const found = {
        table: options.table,
        changes,
        touched,
        waiting: await countWaits(sql, targets),
      };
      if (options.dryRun) throw new DryRun({ ...found, applied: false, released: 0, due: 0, lanes: [] });
      await save?.();
      await removeCrossrefs(sql, plan.remove, options.author);
      await putCrossrefs(sql, plan.put, options.author);
      await fillWaits(sql, targets);
      const { count, lanes } = await releaseFilled(sql);
      let due = 0;
      if (options.writeAgain) {
        const pace = await releasePace(sql);
        for (const question of questions) due += await writeTouchedAgain(sql, question, pace);
      }
      // Rules take components of bundles from tables: what lacked one is derived again.
      await askRetry(sql, 'derive.not-known');
      return { ...found, applied: true, released: Math.min(count, found.waiting), due, lanes };
    });
  } catch (thrown) {
    if (thrown instanceof DryRun) return thrown.report;
    throw thrown;
  }
}

/** What waits for a code names our key on the way out and the vendor's code on the way in. */
export function targetsOf(row: Crossref): string[] {
  const codes = [row.key, row.value, ...Object.values(row.more ?? {})];
  return [...new Set(codes.map((code) => codeTarget(row.name, code)))];
}

function questionsOf(
  table: string,
  changes: readonly KeyChange[],
): { table: string; connection: string; keys: { key: string; from: string }[] }[] {
  const byConnection = new Map<string, { key: string; from: string }[]>();
  for (const { connection, key, from } of changes) {
    const keys = byConnection.get(connection) ?? [];
    keys.push({ key, from });
    byConnection.set(connection, keys);
  }
  return [...byConnection].map(([connection, keys]) => ({ table, connection, keys }));
}

function checkDay(what: string, day: string): void {
  if (isDay(day)) return;
  throw new HubError('crossrefs.bad-value', {
    what,
    value: JSON.stringify(day),
    expected: 'for example 2026-11-01',
  });
}
