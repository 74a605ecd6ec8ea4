/** Where better-auth keeps users, sessions and accounts: its names for them, and its way to the database. */
import type { BetterAuthOptions } from 'better-auth';
import { type Database, poolOf } from './database.ts';
import { newId } from './ids.ts';
import { rows, run, type Sql } from './sql.ts';

const times = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;

/** Options of better-auth that say where it keeps what; migration 0036 makes the tables. */
export function signInTables(database: Database) {
  return {
    // Its statements name tables without a schema, which the pool's connections resolve to the tenant's.
    database: poolOf(database),
    user: { modelName: 'users', fields: { ...times, emailVerified: 'email_verified' } },
    session: {
      modelName: 'sessions',
      fields: {
        ...times,
        expiresAt: 'expires_at',
        userId: 'user_id',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        ...times,
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { modelName: 'verifications', fields: { ...times, expiresAt: 'expires_at' } },
    // The tables are our own migration's: whether they fit is tested, not looked at by every process.
    ids: { generateId: () => newId(), validateSchema: false },
  } satisfies Pick<BetterAuthOptions, 'database' | 'user' | 'session' | 'account' | 'verification'> & {
    ids: NonNullable<BetterAuthOptions['advanced']>['database'];
  };
}

/** Puts another key in the place of one that nobody can open; whoever is first counts. */
export function replaceSignInKey(sql: Sql, unreadable: string, sealed: string): Promise<void> {
  return run(sql, 'update sign_in_key set sealed = $2 where sealed = $1', [unreadable, sealed]);
}

/** Keeps the first key of the sessions' signatures there is, sealed; answers the one that is kept. */
export async function keepSignInKey(sql: Sql, sealed: string): Promise<string> {
  await run(sql, 'insert into sign_in_key (sealed) values ($1) on conflict do nothing', [sealed]);
  const [found] = await rows<{ sealed: string }>(sql, 'select sealed from sign_in_key');
  return found?.sealed ?? sealed;
}
