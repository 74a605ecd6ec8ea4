/**
 * Parked derivations whose reason may be gone: whoever told what was lacking only says so, in a row of its own; the sweep
 * makes them due, some at a time. So no transaction that tells goods locks what other transactions derive.
 */
import { rows, run, type Sql } from './sql.ts';

/** Groups made due in one transaction. */
export const retrySlice = 500;

/** Asks that whatever is parked with a code by then is tried again, once this transaction has committed. */
export async function askRetry(sql: Sql, code: string): Promise<void> {
  await run(sql, 'insert into derivation_retries (code) values ($1)', [code]);
}

/**
 * Makes due some of what was asked for, and answers the lanes to ring. Who was parking a source meanwhile may not have
 * seen what was told, so it begins when all transactions of that time are over. Numbers of transactions mean nothing in
 * a database that was restored from a dump, hence the minute. What somebody is at just now comes next time.
 */
export async function retryAsked(sql: Sql): Promise<string[]> {
  const asked = await rows<{ code: string; upto: string }>(
    sql,
    `with ripe as (
       update derivation_retries set upto = clock_timestamp()
       where upto is null
         and (asked_in < pg_snapshot_xmin(pg_current_snapshot()) or asked_at < now() - interval '1 minute')
       returning code, upto)
     select code, max(upto)::text as upto from (
       select code, upto from derivation_retries where upto is not null union all select code, upto from ripe) r
     group by code order by code`,
  );
  const lanes = new Set<string>();
  for (const { code, upto } of asked) {
    const found = await rows<{ lane: string }>(
      sql,
      `with mine as (
         select rule, group_key from derivation_groups
         where state = 'parked' and error_code = $1 and due_at < $2::timestamptz
         order by rule, group_key limit $3 for update skip locked)
       update derivation_groups g set state = 'due', due_at = clock_timestamp(), attempts = 0
       from mine where g.rule = mine.rule and g.group_key = mine.group_key returning g.lane`,
      [code, upto, retrySlice],
    );
    for (const { lane } of found) lanes.add(lane);
    await run(
      sql,
      `delete from derivation_retries where code = $1 and upto <= $2::timestamptz and not exists (
         select 1 from derivation_groups g where g.state = 'parked' and g.error_code = $1 and g.due_at < $2::timestamptz)`,
      [code, upto],
    );
  }
  return [...lanes];
}
