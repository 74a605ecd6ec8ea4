import { rowsParameter, run, type Sql } from './sql.ts';

/** Keeps every version of a mapping that was ever used, so that records can be explained by it. */
export async function saveMappings(
  sql: Sql,
  versions: readonly { readonly name: string; readonly version: string; readonly content: string }[],
): Promise<void> {
  if (versions.length === 0) return;
  await run(
    sql,
    `insert into mappings (name, version, content)
     select name, version, content from jsonb_to_recordset($1::jsonb) as x(name text, version text, content text)
     on conflict do nothing`,
    [rowsParameter(versions)],
  );
}
