import { rows, type Sql } from './sql.ts';

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

/** Work that is still to be done now: rows due, whatever their time. */
export async function workLeft(sql: Sql): Promise<number> {
  const found = await rows<{ n: number }>(
    sql,
    `select ((select count(*) from inbox where state = 'due') + (select count(*) from links where state = 'due')
       + (select count(*) from derivation_groups where state = 'due'))::int as n`,
  );
  return found[0]?.n ?? 0;
}
