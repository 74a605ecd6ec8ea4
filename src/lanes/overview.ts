/**
 * What a hub knows and what is stuck, in the time of a glance, however much it is. Tables that are small are counted when
 * somebody asks; of large ones that is told which was counted last, in the background, and since when it is known. What
 * is not at rest is counted when somebody asks as long as it is little beside.
 */
import { countAdoption } from '../ledger/adoption.ts';
import { countConflicts } from '../ledger/conflicts.ts';
import type { Database } from '../ledger/database.ts';
import { countWaitingDeletions } from '../ledger/deletions.ts';
import { countHolds } from '../ledger/holds.ts';
import { countMatches } from '../ledger/matches.ts';
import {
  countedSections,
  countInbox,
  countLinks,
  countRecords,
  countUnfinished,
  electCounter,
  keepSection,
  listTrouble,
  sizesOf,
} from '../ledger/overview.ts';
import { countRequests } from '../ledger/requests.ts';
import type { Sql } from '../ledger/sql.ts';
import { awaitedRecords } from '../ledger/waiting.ts';
import { isList, isObject, type Json } from '../model/index.ts';
import { states } from './adoption/begin.ts';

interface Section {
  /** What is read to count it. */
  readonly tables: readonly string[];
  readonly count: (sql: Sql) => Promise<object>;
}

const sections = {
  records: { tables: ['records'], count: countRecords },
  links: { tables: ['links'], count: countLinks },
  inbox: { tables: ['inbox'], count: countInbox },
  trouble: { tables: ['links', 'inbox', 'derivation_groups'], count: listTrouble },
  conflicts: { tables: ['conflicts'], count: countConflicts },
  waiting: { tables: ['waits'], count: (sql) => awaitedRecords(sql, 100) },
  matches: { tables: ['matches'], count: countMatches },
  deletions: { tables: ['deletions'], count: countWaitingDeletions },
  adoption: { tables: ['links', 'intents'], count: (sql) => countAdoption(sql, states) },
  requests: { tables: ['requests'], count: countRequests },
  holds: { tables: ['holds'], count: countHolds },
} satisfies Record<string, Section>;
type Name = keyof typeof sections;
const names = Object.keys(sections) as Name[];
const tables = [...new Set(Object.values(sections).flatMap((one): readonly string[] => one.tables))];

/** Tables of so many bytes are counted in a few milliseconds. */
const smallBytes = 4 * 1024 * 1024;
/** A process counts large tables so often, milliseconds, … */
const everyMs = 60_000;
/** … but rests so many times as long as the last time took: a fiftieth of one processor at the most. */
const restTimes = 49;

/** States of copies and messages about which nothing is left to do. */
const atRest: ReadonlySet<Json | undefined> = new Set(['idle', 'done', 'dropped']);

export interface Overview {
  readonly told: Readonly<Record<Name, unknown>>;
  /**
   * Sections that were not counted just now, and when they were, UTC; null: not yet. Of `links` and `inbox` that is only
   * so for what is at rest, unless `trouble` stands here as well.
   */
  readonly asOf: Readonly<Partial<Record<Name, string | null>>>;
}

/** @param small Tables of so many bytes are counted now; others only for tests. */
export async function overview(database: Database, small = smallBytes): Promise<Overview> {
  const [sizes, kept] = await Promise.all([sizesOf(database, tables), countedSections(database)]);
  const counted = new Map(kept.map((one) => [one.section, one]));
  const large = new Set(names.filter((name) => !isSmall(sections[name], sizes, small)));
  const open = large.has('links') || large.has('inbox') ? await countUnfinished(database) : undefined;
  const asOf: Partial<Record<Name, string | null>> = {};
  const parts = await Promise.all(
    names.map(async (name) => {
      if (!large.has(name)) return [name, await sections[name].count(database)] as const;
      if (name === 'trouble' && open?.trouble) return [name, open.trouble] as const;
      asOf[name] = counted.get(name)?.counted_at.toISOString() ?? null;
      const told = counted.get(name)?.told ?? [];
      const live = name === 'links' || name === 'inbox' ? open?.[name] : undefined;
      if (!live || !isList(told)) return [name, told] as const;
      return [name, [...told.filter((row) => isObject(row) && atRest.has(row.state)), ...live]] as const;
    }),
  );
  return { told: Object.fromEntries(parts) as Record<Name, unknown>, asOf };
}

/** Counts what is large, for those who ask meanwhile; one process at a time, and seldom if it takes long. */
export async function countLarge(database: Database, small = smallBytes): Promise<void> {
  const sizes = await sizesOf(database, tables);
  for (const name of names.filter((one) => !isSmall(sections[one], sizes, small))) {
    // A transaction each: what takes long is only read in it.
    await database.transaction((sql) => countSection(sql, name), { retry: 0 });
  }
}

async function countSection(sql: Sql, name: Name): Promise<void> {
  if (!(await electCounter(sql))) return;
  const last = (await countedSections(sql)).find((one) => one.section === name);
  const restMs = Math.max(everyMs / 2, restTimes * (last?.took_ms ?? 0));
  if (last && Date.now() - last.counted_at.getTime() < restMs) return;
  const began = performance.now();
  const told = await sections[name].count(sql);
  await keepSection(sql, name, told, performance.now() - began);
}

function isSmall({ tables }: Section, sizes: ReadonlyMap<string, number>, small: number): boolean {
  return tables.reduce((sum, table) => sum + (sizes.get(table) ?? 0), 0) <= small;
}
