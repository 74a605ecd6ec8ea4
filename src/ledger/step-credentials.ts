/** Copies whose steps use another credential than their mapping names. */
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** The exchanged credentials of a link, for a column: `{ "<as named>": "<used instead>" }`; null: none. */
export function credentialsOf(alias: string): string {
  return `case when (select true from step_credentials limit 1) then (
    select jsonb_object_agg(s.instead_of, s.credential) from step_credentials s where s.link_id = ${alias}.id) end`;
}

/** For these copies a credential stands in for the one that is named; naming itself ends that. */
export async function exchangeCredentials(
  sql: Sql,
  linkIds: readonly string[],
  { insteadOf, credential, author }: { insteadOf: string; credential: string; author: string },
): Promise<void> {
  const given = [...linkIds].sort().map((link_id) => ({ link_id }));
  if (given.length === 0) return;
  if (insteadOf === credential) {
    await run(sql, 'delete from step_credentials where link_id = any($1::uuid[]) and instead_of = $2', [
      linkIds,
      insteadOf,
    ]);
    return;
  }
  await run(
    sql,
    `insert into step_credentials (link_id, instead_of, credential, author)
     select link_id, $2, $3, $4 from jsonb_to_recordset($1::jsonb) as x(link_id uuid)
     on conflict (link_id, instead_of) do update set credential = excluded.credential, author = excluded.author, at = now()`,
    [rowsParameter(given), insteadOf, credential, author],
  );
}

/** What these copies use instead. */
export async function exchangedOf(
  sql: Sql,
  linkIds: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  if (linkIds.length === 0) return new Map();
  const found = await rows<{ link_id: string; credentials: Record<string, string> }>(
    sql,
    `select link_id, jsonb_object_agg(instead_of, credential) as credentials from step_credentials
     where link_id = any($1::uuid[]) group by 1`,
    [linkIds],
  );
  return new Map(found.map((row) => [row.link_id, row.credentials]));
}
