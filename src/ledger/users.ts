/** People who may sign in to the console, and what they may do. Every change is audited in its transaction. */
import { HubError } from '../errors.ts';
import { newOneTimePassword, passwordHash } from '../security/passwords.ts';
import type { Role, Scope } from '../security/scopes.ts';
import { insertAudit } from './audit.ts';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { endSessions } from './sessions.ts';
import { rows, run, type Sql } from './sql.ts';

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Beside those of the role. */
  readonly scopes: readonly Scope[];
  /** Who says so: this hub, or the identity provider at each sign-in. */
  readonly rights_from: 'hub' | 'provider';
  readonly created_at: Date;
  readonly created_by: string;
  readonly disabled_at: Date | null;
  readonly disabled_by: string | null;
  readonly must_change_password: boolean;
  /** Within a minute; null: never. */
  readonly last_seen_at: Date | null;
  readonly has_password: boolean;
  /** Sessions that hold. */
  readonly sessions: number;
  readonly version: number;
}

const columns = `u.id, u.email, u.name, u.role, u.scopes, u.rights_from, u.created_at, u.created_by, u.disabled_at,
  u.disabled_by, u.must_change_password, u.last_seen_at, u.version,
  exists (select from accounts a where a.user_id = u.id and a.provider_id = 'credential') as has_password,
  (select count(*)::int from sessions s where s.user_id = u.id and s.expires_at > now()) as sessions`;

/** How long a password holds that was made for somebody: over a weekend, and not for whoever finds it in an old log. */
export const oneTimeMs = 3 * 86_400_000;

export interface UserWish {
  /** As written; kept in lower case. */
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly scopes?: readonly Scope[];
  /** Who makes it. */
  readonly author: string;
}

export interface NewUser {
  readonly id: string;
  readonly email: string;
  /** Shown once; has to be changed at the first sign-in, and holds for `oneTimeMs`. */
  readonly password: string;
}

/** Makes a user with a password for the first sign-in. Throws `users.exists`. */
export async function addUser(database: Database, wish: UserWish): Promise<NewUser> {
  const email = wish.email.toLowerCase();
  const [known] = await rows(database, 'select 1 as one from users where email = $1', [email]);
  if (known) throw new HubError('users.exists', { email });
  const password = newOneTimePassword();
  // Hashing takes its time: not while a transaction is open.
  const hash = await passwordHash(password);
  return database.transaction((sql) => insertUser(sql, wish, password, hash));
}

async function insertUser(sql: Sql, wish: UserWish, password: string, hash: string): Promise<NewUser> {
  const { name, role, scopes = [], author } = wish;
  const email = wish.email.toLowerCase();
  const [made] = await rows<{ id: string }>(
    sql,
    `insert into users (id, email, email_verified, name, role, scopes, rights_from, created_by, must_change_password,
       password_expires_at)
     values ($1, $2, true, $3, $4, $5, 'hub', $6, true, now() + $7 * interval '1 millisecond')
     on conflict (email) do nothing returning id`,
    [newId(), email, name, role, scopes, author, oneTimeMs],
  );
  if (!made) throw new HubError('users.exists', { email });
  await putPassword(sql, made.id, hash);
  await note(sql, author, 'users.create', made.id, { email, name, role, scopes: [...scopes] });
  return { id: made.id, email, password };
}

/** An admin for whoever starts a hub that has no user; undefined when there is one. */
export async function addFirstUser(database: Database, author: string): Promise<NewUser | undefined> {
  const there = async (sql: Sql): Promise<boolean> =>
    (await rows<{ there: boolean }>(sql, 'select exists (select from users) as there'))[0]?.there === true;
  if (await there(database)) return undefined;
  const password = newOneTimePassword();
  const hash = await passwordHash(password);
  const wish = { email: firstEmail, name: 'First admin', role: 'admin', author } as const;
  return database.transaction(async (sql) => {
    // Processes that start together make one.
    await run(sql, 'lock table users in share row exclusive mode');
    return (await there(sql)) ? undefined : insertUser(sql, wish, password, hash);
  });
}

/** Nobody's address: a name to sign in with, until people have their own. */
export const firstEmail = 'admin@lianhub.local';

/** A page of users by their addresses, after one of them. */
export function listUsers(sql: Sql, after: string | undefined, limit: number): Promise<UserRow[]> {
  return rows<UserRow>(
    sql,
    `select ${columns} from users u where ($1::text is null or u.email > $1) order by u.email limit $2`,
    [after ?? null, limit],
  );
}

/** A user by id or address. Throws `users.unknown`. */
export async function userNamed(sql: Sql, named: string): Promise<UserRow> {
  const [found] = await rows<UserRow>(
    sql,
    `select ${columns} from users u where u.id::text = lower($1) or u.email = lower($1)`,
    [named],
  );
  if (!found) throw new HubError('users.unknown', { user: named.slice(0, 80) });
  return found;
}

export interface UserChange {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly scopes?: readonly Scope[] | undefined;
}

/**
 * Changes what a user is called and may do. `check` sees the user as it is, locked. Throws `users.last-admin`, and
 * `users.by-provider` where the identity provider says what they may do.
 */
export function changeUser(
  database: Database,
  named: string,
  change: UserChange,
  author: string,
  check: (user: UserRow) => void = () => undefined,
): Promise<UserRow> {
  return database.transaction(async (sql) => {
    const before = await locked(sql, named);
    check(before);
    const { name = before.name, role = before.role, scopes = before.scopes } = change;
    const asksRights = role !== before.role || scopes.join() !== before.scopes.join();
    if (asksRights && before.rights_from === 'provider')
      throw new HubError('users.by-provider', { user: before.email });
    await run(
      sql,
      `update users set name = $2, role = $3, scopes = $4, updated_at = now(), version = version + 1 where id = $1`,
      [before.id, name, role, scopes],
    );
    await keepAnAdmin(sql);
    const of = (one: { name: string; role: Role; scopes: readonly Scope[] }) => ({
      name: one.name,
      role: one.role,
      scopes: [...one.scopes],
    });
    await note(sql, author, 'users.change', before.id, {
      email: before.email,
      before: of(before),
      after: of({ name, role, scopes }),
    });
    return userNamed(sql, before.id);
  });
}

/** Lets a user sign in no more, at once in every session, or again. Throws `users.last-admin`. */
export function switchUser(
  database: Database,
  named: string,
  enabled: boolean,
  author: string,
): Promise<UserRow> {
  return database.transaction(async (sql) => {
    const { id, email } = await locked(sql, named);
    await run(
      sql,
      `update users set disabled_at = case when $2 then null else coalesce(disabled_at, now()) end,
         disabled_by = case when $2 then null else coalesce(disabled_by, $3) end,
         updated_at = now(), version = version + 1 where id = $1`,
      [id, enabled, author],
    );
    if (!enabled) await endSessions(sql, id);
    await keepAnAdmin(sql);
    await note(sql, author, enabled ? 'users.enable' : 'users.disable', id, { email });
    return userNamed(sql, id);
  });
}

/** Gives a user a password for one sign-in and ends their sessions. */
export async function resetPassword(database: Database, named: string, author: string): Promise<NewUser> {
  await userNamed(database, named);
  const password = newOneTimePassword();
  const hash = await passwordHash(password);
  return database.transaction(async (sql) => {
    const { id, email } = await locked(sql, named);
    await run(
      sql,
      `update users set must_change_password = true, password_expires_at = now() + $2 * interval '1 millisecond',
         updated_at = now(), version = version + 1 where id = $1`,
      [id, oneTimeMs],
    );
    await putPassword(sql, id, hash);
    await endSessions(sql, id);
    await note(sql, author, 'users.reset-password', id, { email });
    return { id, email, password };
  });
}

/** Notes that somebody has chosen a password of their own. */
export function passwordChosen(database: Database, userId: string, author: string): Promise<void> {
  return database.transaction(async (sql) => {
    await run(
      sql,
      `update users set must_change_password = false, password_expires_at = null, updated_at = now(),
         version = version + 1 where id = $1`,
      [userId],
    );
    await note(sql, author, 'users.change-password', userId, {});
  });
}

/** Whether somebody may sign in just now. */
export interface Admission {
  readonly email: string;
  readonly disabled: boolean;
  /** Their password was made by somebody else, and too long ago. */
  readonly password_expired: boolean;
}

export async function admissionOf(sql: Sql, userId: string): Promise<Admission | undefined> {
  const [found] = await rows<Admission>(
    sql,
    `select email, disabled_at is not null as disabled,
       coalesce(password_expires_at <= now(), false) as password_expired from users where id = $1`,
    [userId],
  );
  return found;
}

/** Notes a sign-in, and what the identity provider says its user may do where it has the say. */
export function noteSignIn(
  database: Database,
  userId: string,
  how: {
    readonly by: 'password' | 'provider';
    readonly email: string;
    readonly address: string;
    readonly rights?: { readonly role: Role; readonly scopes: readonly Scope[] } | undefined;
  },
): Promise<void> {
  return database.transaction(async (sql) => {
    const { by, email, address, rights } = how;
    if (rights)
      await run(
        sql,
        `update users set role = $2, scopes = $3, version = version + 1, updated_at = now()
         where id = $1 and rights_from = 'provider' and (role <> $2 or scopes <> $3::text[])`,
        [userId, rights.role, rights.scopes],
      );
    await run(sql, 'update users set last_seen_at = now() where id = $1', [userId]);
    await note(sql, `user/${email}`, 'users.sign-in', userId, {
      by,
      address,
      ...(rights ? { role: rights.role } : {}),
    });
  });
}

async function locked(sql: Sql, named: string): Promise<UserRow> {
  // All of them: whether an admin is left is a question about the others as well.
  await run(sql, 'lock table users in share row exclusive mode');
  return userNamed(sql, named);
}

async function keepAnAdmin(sql: Sql): Promise<void> {
  const [found] = await rows<{ left: boolean }>(
    sql,
    `select exists (select from users where role = 'admin' and disabled_at is null) as left`,
  );
  if (found?.left !== true) throw new HubError('users.last-admin', {});
}

async function putPassword(sql: Sql, userId: string, hash: string): Promise<void> {
  await run(
    sql,
    `insert into accounts (id, provider_id, account_id, user_id, password) values ($1, 'credential', $2::text, $2::text::uuid, $3)
     on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()`,
    [newId(), userId, hash],
  );
}

function note(
  sql: Sql,
  author: string,
  action: string,
  id: string,
  details: NonNullable<Parameters<typeof insertAudit>[1][number]['details']>,
): Promise<void> {
  return insertAudit(sql, [{ author, action, subject: `user/${id}`, details }]);
}
