/** Where sealed values are kept, and how each is sealed anew: every place a key may be needed for. */
import { rows, type Sql } from './sql.ts';

/** One table that keeps sealed values. */
export interface SealedPlace {
  readonly name: 'connections' | 'tokens' | 'subscriptions' | 'idempotency' | 'erasures' | 'sign-in';
  /** What stays legible of them and names them, in order. */
  readonly keys: string;
  /** What they are bound to, from their keys; see `seal`. */
  readonly context: string;
  readonly column: string;
  readonly table: string;
  readonly isBytes: boolean;
}

export const sealedPlaces: readonly SealedPlace[] = [
  place('connections', 'connections', 'id', 'secrets', "'connections/' || id", true),
  place(
    'tokens',
    'vendor_tokens',
    "connection || '/' || name",
    'sealed',
    "'tokens/' || connection || '/' || name",
  ),
  place('subscriptions', 'subscriptions', 'id::text', 'secrets', "'subscriptions/' || id", true),
  place(
    'idempotency',
    'idempotency',
    "token_id || '/' || key",
    'answer',
    "'idempotency/' || token_id || '/' || key",
  ),
  place('erasures', 'erasure_key', "'one'", 'sealed', "'erasures/key'"),
  place('sign-in', 'sign_in_key', "'one'", 'sealed', "'sign-in/key'"),
];

function place(
  name: SealedPlace['name'],
  table: string,
  keys: string,
  column: string,
  context: string,
  isBytes = false,
): SealedPlace {
  return { name, table, keys, column, context, isBytes };
}

export interface SealedValue {
  /** Names the row within its place. */
  readonly key: string;
  readonly context: string;
  readonly sealed: string;
}

/** Values of a place after a key, in its order; only those not sealed with `notKey`, where that is given. */
export function sealedValues(
  sql: Sql,
  { table, keys, column, context, isBytes }: SealedPlace,
  after: string,
  limit: number,
  notKey?: string,
): Promise<SealedValue[]> {
  const text = isBytes ? `convert_from(${column}, 'UTF8')` : column;
  return rows<SealedValue>(
    sql,
    `select key, context, sealed from (
       select ${keys} as key, ${context} as context, ${text} as sealed from ${table} where ${column} is not null) v
     where key collate "C" > $1 and ($2::text is null or split_part(sealed, '.', 2) <> $2)
     order by key collate "C" limit $3`,
    [after, notKey ?? null, limit],
  );
}

/** Puts a value that was sealed anew in the place of what it was made from; false: somebody has written another one. */
export async function replaceSealed(
  sql: Sql,
  { table, keys, column, isBytes }: SealedPlace,
  value: SealedValue,
  sealed: string,
): Promise<boolean> {
  const text = (parameter: string): string =>
    isBytes ? `convert_to(${parameter}::text, 'UTF8')` : `${parameter}::text`;
  const found = await rows(
    sql,
    `update ${table} set ${column} = ${text('$3')} where ${keys} = $1 and ${column} = ${text('$2')} returning 1 as one`,
    [value.key, value.sealed, sealed],
  );
  return found.length > 0;
}

/** How many values of each place each key has sealed. */
export async function sealedCounts(
  sql: Sql,
): Promise<{ readonly place: string; readonly key: string; readonly count: number }[]> {
  const counted: { place: string; key: string; count: number }[] = [];
  for (const { name, table, column, isBytes } of sealedPlaces) {
    const text = isBytes ? `convert_from(${column}, 'UTF8')` : column;
    const found = await rows<{ key: string; count: number }>(
      sql,
      `select split_part(${text}, '.', 2) as key, count(*)::int as count from ${table}
       where ${column} is not null group by 1 order by 1`,
    );
    counted.push(...found.map((one) => ({ place: name, ...one })));
  }
  return counted;
}
