/** Tokens of the API. Only the hash of a secret is ever stored. */
import { newSecret } from '../security/index.ts';
import type { Role, Scope } from '../security/scopes.ts';
import { insertAudit } from './audit.ts';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { rows, run, type Sql } from './sql.ts';

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Beside those of the role. */
  readonly scopes: readonly Scope[];
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date | null;
  /** Within five minutes; null: never. */
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoked_by: string | null;
}

const columns = `id, name, role, scopes, created_at, created_by, expires_at, last_used_at, revoked_at, revoked_by`;

export interface TokenWish {
  readonly name: string;
  readonly role: Role;
  readonly scopes?: readonly Scope[];
  readonly expiresAt?: Date | undefined;
  /** Who makes it. */
  readonly author: string;
}

export interface IssuedToken {
  readonly id: string;
  /** Known to nobody else from here on. */
  readonly secret: string;
}

/** Makes a token and notes it; undefined when a token in use has that name. */
export async function issueToken(sql: Sql, wish: TokenWish): Promise<IssuedToken | undefined> {
  const { secret, hash } = newSecret();
  const { name, role, scopes = [], expiresAt, author } = wish;
  const made = await rows<{ id: string }>(
    sql,
    `insert into tokens (id, name, hash, role, scopes, expires_at, created_by) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (name) where revoked_at is null do nothing returning id`,
    [newId(), name, hash, role, scopes, expiresAt ?? null, author],
  );
  const [token] = made;
  if (!token) return undefined;
  await insertAudit(sql, [
    {
      author,
      action: 'tokens.create',
      subject: `token/${token.id}`,
      details: { name, role, scopes: [...scopes], expiresAt: expiresAt?.toISOString() ?? null },
    },
  ]);
  return { id: token.id, secret };
}

/** A token for whoever starts a hub that has never had one; undefined when there was one, revoked ones included. */
export function issueFirstToken(database: Database, author: string): Promise<IssuedToken | undefined> {
  return database.transaction(async (sql) => {
    // Processes that start together make one.
    await run(sql, `lock table tokens in share row exclusive mode`);
    const [found] = await rows<{ there: boolean }>(sql, `select exists (select from tokens) as there`);
    return found?.there ? undefined : issueToken(sql, { name: 'first-admin', role: 'admin', author });
  });
}

/** A token by the hash of its secret, and whether it has expired by the database's clock. */
export async function tokenByHash(
  sql: Sql,
  hash: Buffer,
): Promise<(TokenRow & { readonly expired: boolean; readonly used_lately: boolean }) | undefined> {
  const [found] = await rows<TokenRow & { expired: boolean; used_lately: boolean }>(
    sql,
    `select ${columns}, coalesce(expires_at <= now(), false) as expired,
       coalesce(last_used_at > now() - interval '5 minutes', false) as used_lately
     from tokens where hash = $1`,
    [hash],
  );
  return found;
}

/** Notes that a token is in use, at most every five minutes. */
export async function noteTokenUse(sql: Sql, id: string): Promise<void> {
  await run(
    sql,
    `update tokens set last_used_at = now()
     where id = $1 and (last_used_at is null or last_used_at <= now() - interval '5 minutes')`,
    [id],
  );
}

/** All tokens, the latest first; those that are revoked as well. */
export function listTokens(sql: Sql): Promise<TokenRow[]> {
  return rows<TokenRow>(sql, `select ${columns} from tokens order by created_at desc, id desc`);
}

/** Ends a token by its id or name, at once and for good; undefined when none in use is called so. */
export async function revokeToken(sql: Sql, named: string, author: string): Promise<TokenRow | undefined> {
  const [gone] = await rows<TokenRow>(
    sql,
    `update tokens set revoked_at = now(), revoked_by = $2
     where (name = $1 or id::text = lower($1)) and revoked_at is null returning ${columns}`,
    [named, author],
  );
  if (!gone) return undefined;
  await insertAudit(sql, [
    { author, action: 'tokens.revoke', subject: `token/${gone.id}`, details: { name: gone.name } },
  ]);
  return gone;
}
