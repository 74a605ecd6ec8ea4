/** What was answered to requests that carry an Idempotency-Key: coming again, they are answered the same. */
import { rows, run, type Sql } from './sql.ts';

export interface StoredAnswer {
  /** SHA-256 of the request that was made with this key. */
  readonly request: Buffer;
  /** Null: it is being worked on, or whoever worked on it has died. */
  readonly status: number | null;
  /** Sealed. */
  readonly answer: string | null;
}

/** Begins a request; undefined when it is the first of its key, else what is known of the one before. */
export async function beginRequest(
  sql: Sql,
  { tokenId, key, request }: { readonly tokenId: string; readonly key: string; readonly request: Buffer },
): Promise<StoredAnswer | undefined> {
  await run(
    sql,
    `delete from idempotency where (token_id, key) in (
       select token_id, key from idempotency where started_at < now() - interval '1 day' order by started_at limit 20)`,
  );
  const begun = await rows<{ key: string }>(
    sql,
    `insert into idempotency (token_id, key, request) values ($1, $2, $3) on conflict do nothing returning key`,
    [tokenId, key, request],
  );
  if (begun.length > 0) return undefined;
  const [earlier] = await rows<StoredAnswer>(
    sql,
    `select request, status, answer from idempotency where token_id = $1 and key = $2`,
    [tokenId, key],
  );
  // Gone between the two statements: it was refused, so this one may try.
  return earlier ?? beginRequest(sql, { tokenId, key, request });
}

/** Keeps what was answered. */
export async function finishRequest(
  sql: Sql,
  tokenId: string,
  key: string,
  stored: { readonly status: number; readonly answer: string },
): Promise<void> {
  await run(sql, `update idempotency set status = $3, answer = $4 where token_id = $1 and key = $2`, [
    tokenId,
    key,
    stored.status,
    stored.answer,
  ]);
}

/** Forgets a request that was refused: nothing came of it, and it may be made again. */
export async function forgetRequest(sql: Sql, tokenId: string, key: string): Promise<void> {
  await run(sql, `delete from idempotency where token_id = $1 and key = $2 and status is null`, [
    tokenId,
    key,
  ]);
}
