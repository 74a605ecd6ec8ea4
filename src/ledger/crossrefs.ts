import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** One row of a code table: what our key is called in a system. An empty connection serves all. */
export interface Crossref {
  readonly name: string;
  readonly connection: string;
  readonly key: string;
  readonly value: string;
}

export function readCrossrefs(sql: Sql): Promise<Crossref[]> {
  return rows<Crossref>(
    sql,
    `select name, connection, key, value from crossrefs
     where valid_from <= current_date and (valid_to is null or valid_to >= current_date)
     order by name, connection, key, valid_from desc, at, value`,
  );
}

/** Serialises who fills in a code with who is about to wait for one; held until the transaction ends. */
export async function lockCrossrefs(sql: Sql): Promise<void> {
  await run(sql, `select pg_advisory_xact_lock(hashtextextended('crossrefs', 7))`);
}

/** A text that changes whenever a code table does. */
export async function crossrefsVersion(sql: Sql): Promise<string> {
  const found = await rows<{ version: string }>(
    sql,
    `select count(*) || '/' || coalesce(max(at)::text, '') as version from crossrefs`,
  );
  return found[0]?.version ?? '';
}

/** Seeds tables from files: rows that exist are left as people changed them. Answers the rows that are new. */
export async function seedCrossrefs(sql: Sql, seeds: readonly Crossref[]): Promise<Crossref[]> {
  if (seeds.length === 0) return [];
  return rows<Crossref>(
    sql,
    `insert into crossrefs (name, connection, key, value, author)
     select name, connection, key, value, 'seed'
     from jsonb_to_recordset($1::jsonb) as x(name text, connection text, key text, value text)
     on conflict do nothing
     returning name, connection, key, value`,
    [rowsParameter(seeds)],
  );
}

/** Sets what one key is called in a system, instead of whatever it was called before. */
export async function setCrossref(sql: Sql, row: Crossref, author: string): Promise<void> {
  await run(
    sql,
    `with gone as (
       delete from crossrefs where name = $1 and connection = $2 and key = $3 and value <> $4)
     insert into crossrefs (name, connection, key, value, author) values ($1, $2, $3, $4, $5)
     on conflict (name, connection, key, value, valid_from) do update set author = excluded.author, at = now()`,
    [row.name, row.connection, row.key, row.value, author],
  );
}
