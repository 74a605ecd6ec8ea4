/** Attempts to sign in, counted over all processes. */
import { rows, run, type Sql } from './sql.ts';

/** Attempts of a key in the window that runs. */
export interface Attempts {
  readonly key: string;
  readonly count: number;
  /** Milliseconds until the window ends. */
  readonly left: number;
}

/** Counts one attempt for each key; a window begins with its first attempt. What is over is forgotten. */
export async function countAttempts(
  sql: Sql,
  keys: readonly string[],
  windowMs: number,
): Promise<readonly Attempts[]> {
  await run(sql, 'delete from sign_in_attempts where until <= now() and not key = any($1::text[])', [keys]);
  return rows<Attempts>(
    sql,
    // In their order: two attempts at once must not wait for one another.
    `insert into sign_in_attempts as a (key, count, until)
     select key, 1, now() + $2 * interval '1 millisecond' from unnest($1::text[]) as x(key) order by key
     on conflict (key) do update set count = case when a.until <= now() then 1 else a.count + 1 end,
       until = case when a.until <= now() then excluded.until else a.until end
     returning key, count, (extract(epoch from until - now()) * 1000)::float8 as left`,
    [keys, windowMs],
  );
}

/** Takes an attempt back that was right: `forget` loses all of its count, the others one. */
export async function uncountAttempts(sql: Sql, forget: string, others: readonly string[]): Promise<void> {
  await run(sql, 'delete from sign_in_attempts where key = $1', [forget]);
  await run(
    sql,
    `update sign_in_attempts set count = count - 1 where key in
       (select key from sign_in_attempts where key = any($1::text[]) and count > 0 order by key for update)`,
    [others],
  );
}
