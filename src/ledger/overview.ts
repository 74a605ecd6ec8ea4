import type { Json } from '../model/index.ts';
import { rows, run, type Sql } from './sql.ts';

export interface LinkCount {
  readonly connection: string;
  readonly object: string;
  readonly entity: string;
  readonly state: string;
  readonly count: number;
  readonly oldest: Date | null;
}

/** How many copies are in which state; the oldest dirty one tells how fresh a system is. */
export function countLinks(sql: Sql): Promise<LinkCount[]> {
  return rows<LinkCount>(
    sql,
    `select connection, object, entity, state, count(*)::int as count, min(dirty_since) as oldest
     from links group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  );
}

export interface InboxCount {
  readonly connection: string;
  readonly object: string;
  readonly state: string;
  readonly count: number;
}

export function countInbox(sql: Sql): Promise<InboxCount[]> {
  return rows<InboxCount>(
    sql,
    `select connection, object, state, count(*)::int as count from inbox group by 1, 2, 3 order by 1, 2, 3`,
  );
}

export interface RecordCount {
  readonly entity: string;
  readonly count: number;
}

export function countRecords(sql: Sql): Promise<RecordCount[]> {
  return rows<RecordCount>(
    sql,
    `select entity, count(*)::int as count from records where state = 'live' group by 1 order by 1`,
  );
}

export interface Trouble {
  readonly kind: 'inbox' | 'link' | 'group' | 'poll';
  readonly connection: string;
  readonly object: string;
  readonly state: string;
  readonly code: string | null;
  readonly error: string | null;
  readonly count: number;
}

/** What cannot go on by itself, grouped by cause. */
export function listTrouble(sql: Sql): Promise<Trouble[]> {
  return rows<Trouble>(
    sql,
    `select 'inbox' as kind, connection, object, state, error_code as code, min(error) as error, count(*)::int as count
       from inbox where state in ('dead', 'waiting') or (state = 'due' and error_code is not null)
       group by 1, 2, 3, 4, 5
     union all
     select 'link', connection, object, state, error_code, min(error), count(*)::int
       from links where state in ('parked', 'unknown', 'waiting') or (state = 'due' and error_code is not null)
       group by 1, 2, 3, 4, 5
     union all
     select 'group', '', rule, state, error_code, min(error), count(*)::int
       from derivation_groups where state = 'parked' group by 1, 2, 3, 4, 5
     union all
     select 'poll', connection, object, 'due', error_code, min(error), count(*)::int
       from cursors where error_code is not null group by 1, 2, 3, 4, 5`,
  );
}

/** Rows of a table looked at live, of each kind; with more than that, counting takes longer than a look may. */
export const lookLimit = 1_000;

/** Links and messages that are not at rest, by state, and what is stuck; undefined: too many to count at a look. */
export interface Unfinished {
  readonly links: readonly LinkCount[] | undefined;
  readonly inbox: readonly InboxCount[] | undefined;
  readonly trouble: readonly Trouble[] | undefined;
}

/**
 * Counts what is not at rest, and reads nothing else: through the indexes of what is due and what is stuck, in their
 * order, so that no plan passes over all rows; and no more of each than `lookLimit`.
 */
export async function countUnfinished(sql: Sql): Promise<Unfinished> {
  const [links, inbox] = await Promise.all([
    rows<Open & { readonly entity: string }>(
      sql,
      `with open as materialized (
         (select connection, object, entity, state, error_code, error, dirty_since from links
          where state = 'due' order by lane, priority, due_at limit ${lookLimit + 1})
         union all
         (select connection, object, entity, state, error_code, error, dirty_since from links
          where state in ('waiting', 'unknown', 'parked') order by connection, state limit ${lookLimit + 1}))
       select connection, object, entity, state, error_code as code, min(error) as error, count(*)::int as count,
         min(dirty_since) as oldest from open group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`,
    ),
    rows<Open>(
      sql,
      `with open as materialized (
         (select connection, object, state, error_code, error from inbox
          where state = 'due' order by lane, priority, id limit ${lookLimit + 1})
         union all
         (select connection, object, state, error_code, error from inbox
          where state in ('dead', 'waiting') order by connection, state, id limit ${lookLimit + 1}))
       select connection, object, state, error_code as code, min(error) as error, count(*)::int as count,
         null as oldest from open group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
    ),
  ]);
  const isCounted = (found: readonly Open[]): boolean =>
    [found.filter(isDue), found.filter((one) => !isDue(one))].every(
      (kind) => kind.reduce((sum, one) => sum + one.count, 0) <= lookLimit,
    );
  const [countedLinks, countedInbox] = [isCounted(links), isCounted(inbox)];
  return {
    links: countedLinks
      ? together(links, ({ connection, object, entity, state }) => ({ connection, object, entity, state }))
      : undefined,
    inbox: countedInbox
      ? together(inbox, ({ connection, object, state }) => ({ connection, object, state }))
      : undefined,
    trouble:
      countedLinks && countedInbox
        ? [
            ...inbox.flatMap((one) => troubleOf('inbox', one)),
            ...links.flatMap((one) => troubleOf('link', one)),
            ...(await otherTrouble(sql)),
          ]
        : undefined,
  };
}

interface Open {
  readonly connection: string;
  readonly object: string;
  readonly state: string;
  readonly code: string | null;
  readonly error: string | null;
  readonly count: number;
  readonly oldest: Date | null;
}

function isDue({ state }: Open): boolean {
  return state === 'due';
}

function troubleOf(
  kind: 'inbox' | 'link',
  { connection, object, state, code, error, count }: Open,
): Trouble[] {
  return state === 'due' && code === null ? [] : [{ kind, connection, object, state, code, error, count }];
}

/** Adds up what differs only by its code. */
function together<Row extends Open, Key extends object>(
  found: readonly Row[],
  keyOf: (row: Row) => Key,
): (Key & { readonly count: number; readonly oldest: Date | null })[] {
  const sums = new Map<string, Key & { count: number; oldest: Date | null }>();
  for (const row of found) {
    const key = keyOf(row);
    const sum = sums.get(JSON.stringify(key));
    const oldest = sum?.oldest && row.oldest ? new Date(Math.min(+sum.oldest, +row.oldest)) : row.oldest;
    sums.set(JSON.stringify(key), {
      ...key,
      count: (sum?.count ?? 0) + row.count,
      oldest: oldest ?? sum?.oldest ?? null,
    });
  }
  return [...sums.values()];
}

function otherTrouble(sql: Sql): Promise<Trouble[]> {
  return rows<Trouble>(
    sql,
    `select 'group' as kind, '' as connection, rule as object, state, error_code as code, min(error) as error,
       count(*)::int as count
     from derivation_groups where state = 'parked' group by 1, 2, 3, 4, 5
     union all
     select 'poll', connection, object, 'due', error_code, min(error), count(*)::int
       from cursors where error_code is not null group by 1, 2, 3, 4, 5`,
  );
}

/** Bytes of tables, partitions included. Counting takes time by these, not by their rows. */
export async function sizesOf(sql: Sql, tables: readonly string[]): Promise<Map<string, number>> {
  const found = await rows<{ name: string; bytes: number }>(
    sql,
    `select name, (pg_relation_size(name::regclass) + coalesce(
         (select sum(pg_relation_size(relid)) from pg_partition_tree(name::regclass)), 0))::float8 as bytes
     from unnest($1::text[]) as name`,
    [tables],
  );
  return new Map(found.map((row) => [row.name, row.bytes]));
}

/** What counting a section has shown, and when. */
export interface CountedSection {
  readonly section: string;
  readonly told: Json;
  readonly counted_at: Date;
  readonly took_ms: number;
}

export function countedSections(sql: Sql): Promise<CountedSection[]> {
  return rows<CountedSection>(sql, 'select section, told, counted_at, took_ms from overview');
}

export async function keepSection(sql: Sql, section: string, told: object, tookMs: number): Promise<void> {
  await run(
    sql,
    `insert into overview (section, told, counted_at, took_ms) values ($1, $2, clock_timestamp(), $3)
     on conflict (section) do update set told = excluded.told, counted_at = excluded.counted_at,
       took_ms = excluded.took_ms`,
    [section, JSON.stringify(told), tookMs],
  );
}

/** True for the one process of this schema that counts now; held until the transaction ends. */
export async function electCounter(sql: Sql): Promise<boolean> {
  const found = await rows<{ mine: boolean }>(
    sql,
    `select pg_try_advisory_xact_lock(hashtext('lianhub-overview'), hashtext(current_schema())) as mine`,
  );
  return found[0]?.mine === true;
}

/** Work that is still to be done now: rows due, whatever their time. */
export async function workLeft(sql: Sql): Promise<number> {
  const found = await rows<{ n: number }>(
    sql,
    `select ((select count(*) from inbox where state = 'due') + (select count(*) from links where state = 'due')
       + (select count(*) from derivation_groups where state = 'due'))::int as n`,
  );
  return found[0]?.n ?? 0;
}
