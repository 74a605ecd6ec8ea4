/** Lets go of what was kept long enough: whole weeks of large tables, of which nothing is left to be done. */
import { type Database, sqlState } from './database.ts';
import { rows, type Sql } from './sql.ts';

/** How long things are kept, milliseconds. */
export interface Keep {
  readonly messages: number;
  readonly writes: number;
  readonly history: number;
  readonly messageIds: number;
}

/** What may not be dropped with a week: rows that something is still to be done with. */
const unfinished = {
  inbox: `select from only %part where state in ('due', 'waiting', 'dead')`,
  tries: `select from only %part t where t.outcome is null
    or (t.outcome = 'unknown' and exists (select from links l where l.id = t.link_id and l.state = 'unknown'))`,
  changes: undefined,
} as const;
type Dated = keyof typeof unfinished;

/** Ids of messages forgotten at once. */
const batch = 5_000;
/** Locks a week needs are waited for no longer than this: whoever works goes first, and the next hour will do. */
const lockMs = 500;

/**
 * Drops weeks that are over for their time and finished; answers the names. Each in a transaction of its own, looked at
 * again under its lock.
 */
export async function dropFinishedWeeks(database: Database, now: Date, keep: Keep): Promise<string[]> {
  const ages: Readonly<Record<Dated, number>> = {
    inbox: keep.messages,
    tries: keep.writes,
    changes: keep.history,
  };
  const dropped: string[] = [];
  for (const table of Object.keys(unfinished) as Dated[]) {
    for (const name of await weeksBefore(database, table, new Date(now.getTime() - ages[table]))) {
      try {
        if (await database.transaction((sql) => dropWeek(sql, table, name))) dropped.push(name);
      } catch (error) {
        // 55P03: somebody works with the table.
        if (sqlState(error) !== '55P03') throw error;
      }
    }
  }
  return dropped;
}

async function weeksBefore(sql: Sql, table: Dated, moment: Date): Promise<string[]> {
  const found = await rows<{ name: string }>(
    sql,
    `select quote_ident(c.relname) as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = $1::text::regclass
       and (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz <= $2
     order by c.relname`,
    [table, moment],
  );
  return found.map((row) => row.name);
}

async function dropWeek(sql: Sql, table: Dated, name: string): Promise<boolean> {
  const left = unfinished[table]?.replace('%part', name);
  const isLeft = async (): Promise<boolean> => {
    if (left === undefined) return false;
    const [found] = await rows<{ found: boolean }>(sql, `select exists (${left}) as found`);
    return found?.found === true;
  };
  // Asked first: who would only keep the week need not lock it.
  if (await isLeft()) return false;
  await sql.query(`set local lock_timeout = '${lockMs}ms'`);
  await sql.query(`lock table ${table}, ${name} in access exclusive mode`);
  if (await isLeft()) return false;
  await sql.query(`drop table ${name}`);
  return true;
}

/** Forgets ids of messages that are older than anything a vendor sends again; answers how many. */
export async function forgetMessageIds(database: Database, keepMs: number): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const { rowCount } = await database.query(
      `delete from seen where ctid = any(array(
         select ctid from seen where seen_at < now() - $1 * interval '1 ms' limit ${batch}))`,
      [keepMs],
    );
    forgotten += rowCount;
    if (rowCount < batch) return forgotten;
  }
}
