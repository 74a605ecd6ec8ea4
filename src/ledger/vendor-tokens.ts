import { rows, run, type Sql } from './sql.ts';

export interface TokenRow {
  /** Grows with every sign-in. */
  readonly version: number;
  readonly sealed: string | null;
  /** How much longer it is good, ms. */
  readonly left_ms: number;
  /** True when the caller signs in now. */
  readonly mine: boolean;
  /** What a vendor said when it refused to let anybody in, while that still holds. */
  readonly refusal: unknown;
}

/**
 * Reads the token of a credential and, when it is no longer good (over, refused by the vendor, or of other
 * secrets), makes the caller the one who signs in, unless somebody does already or was refused a moment ago.
 *
 * @param refused version the caller found to be no longer good; 0: none
 * @param fingerprint of the settings a token belongs to
 */
export async function claimToken(
  sql: Sql,
  key: { readonly connection: string; readonly name: string },
  who: { readonly holder: string; readonly leaseMs: number },
  wanted: { readonly refused: number; readonly fingerprint: string },
): Promise<TokenRow> {
  await run(sql, `insert into vendor_tokens (connection, name) values ($1, $2) on conflict do nothing`, [
    key.connection,
    key.name,
  ]);
  const good = `(sealed is not null and fingerprint = $4 and version > $3 and good_until > clock_timestamp())`;
  const refusedNow = `(refused_until > clock_timestamp() and fingerprint = $4)`;
  const found = await rows<TokenRow>(
    sql,
    `with claimed as (
       update vendor_tokens set holder = $5::uuid, holder_until = clock_timestamp() + $6 * interval '1 ms'
       where connection = $1 and name = $2 and not ${good} and not coalesce(${refusedNow}, false)
         and (holder is null or holder_until < clock_timestamp())
       returning version)
     select t.version, case when ${good} then sealed end as sealed,
       coalesce(extract(epoch from good_until - clock_timestamp()) * 1000, 0)::float8 as left_ms,
       exists (select 1 from claimed) as mine,
       case when ${refusedNow} then refusal end as refusal
     from vendor_tokens t where connection = $1 and name = $2`,
    [key.connection, key.name, wanted.refused, wanted.fingerprint, who.holder, who.leaseMs],
  );
  return found[0] as TokenRow;
}

/** Whoever signs in is still at it. Changes nothing when somebody else has taken over. */
export async function renewClaim(
  sql: Sql,
  key: { readonly connection: string; readonly name: string },
  who: { readonly holder: string; readonly leaseMs: number },
): Promise<void> {
  await run(
    sql,
    `update vendor_tokens set holder_until = clock_timestamp() + $4 * interval '1 ms'
     where connection = $1 and name = $2 and holder = $3::uuid`,
    [key.connection, key.name, who.holder, who.leaseMs],
  );
}

/** Ten years: a token without an end is kept as one that ends then, since older PostgreSQL has no interval without one. */
const longestMs = 10 * 365 * 86_400_000;

/** Keeps a new token and lets others have it; undefined when whoever signed in lost the right to meanwhile. */
export async function storeToken(
  sql: Sql,
  key: { readonly connection: string; readonly name: string },
  holder: string,
  token: { readonly sealed: string; readonly fingerprint: string; readonly ttlMs: number },
): Promise<number | undefined> {
  const found = await rows<{ version: number }>(
    sql,
    `update vendor_tokens set version = version + 1, sealed = $4, fingerprint = $5, obtained_at = clock_timestamp(),
       good_until = clock_timestamp() + least($6::float8, ${longestMs}) * interval '1 ms',
       holder = null, holder_until = null, refusal = null, refused_until = null
     where connection = $1 and name = $2 and holder = $3::uuid returning version`,
    [key.connection, key.name, holder, token.sealed, token.fingerprint, token.ttlMs],
  );
  return found[0]?.version;
}

/** Gives up signing in; with a refusal nobody tries again for a while. */
export async function releaseToken(
  sql: Sql,
  key: { readonly connection: string; readonly name: string },
  holder: string,
  refused?: { readonly refusal: object; readonly fingerprint: string; readonly forMs: number },
): Promise<void> {
  await run(
    sql,
    `update vendor_tokens set holder = null, holder_until = null, refusal = coalesce($4::jsonb, refusal),
       fingerprint = coalesce($5, fingerprint), sealed = case when $4::jsonb is null then sealed end,
       refused_until = coalesce(clock_timestamp() + $6::float8 * interval '1 ms', refused_until)
     where connection = $1 and name = $2 and holder = $3::uuid`,
    [
      key.connection,
      key.name,
      holder,
      refused ? JSON.stringify(refused.refusal) : null,
      refused?.fingerprint ?? null,
      refused?.forMs ?? null,
    ],
  );
}

export interface TokenAge {
  readonly connection: string;
  readonly credential: string;
  readonly obtained_at: Date | null;
  readonly good_until: Date | null;
  readonly signing_in: boolean;
}

/** Which credentials hold a token, since when and until when. Never the token. */
export function listTokens(sql: Sql): Promise<TokenAge[]> {
  return rows<TokenAge>(
    sql,
    `select connection, name as credential, obtained_at, good_until,
       coalesce(holder_until > clock_timestamp(), false) as signing_in
     from vendor_tokens order by connection, name`,
  );
}
