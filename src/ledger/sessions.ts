/** Sessions of people who have signed in. better-auth makes them; here they are looked up, prolonged and ended. */
import type { Role, Scope } from '../security/scopes.ts';
import { rows, run, type Sql } from './sql.ts';

/** How long a session holds, milliseconds. */
export interface SessionTimes {
  /** Without use. */
  readonly idle: number;
  /** From the sign-in, however much it is used. */
  readonly longest: number;
}

/** A session and whose it is. */
export interface SessionUser {
  readonly id: string;
  readonly user_id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly must_change_password: boolean;
  /** It is over, or its user may not sign in any more. */
  readonly ended: boolean;
  readonly used_lately: boolean;
}

/** A session by its token, by the database's clock. */
export async function sessionByToken(
  sql: Sql,
  token: string,
  { longest }: SessionTimes,
): Promise<SessionUser | undefined> {
  const [found] = await rows<SessionUser>(
    sql,
    `select s.id, s.user_id, u.email, u.name, u.role, u.scopes, u.must_change_password,
       s.expires_at <= now() or s.created_at <= now() - $2 * interval '1 millisecond'
         or u.disabled_at is not null as ended,
       s.updated_at > now() - interval '1 minute' as used_lately
     from sessions s join users u on u.id = s.user_id where s.token = $1`,
    [token, longest],
  );
  return found;
}

/** Notes that a session is in use, at most every minute: it holds on from now. */
export async function noteSessionUse(
  sql: Sql,
  { id, user_id }: Pick<SessionUser, 'id' | 'user_id'>,
  { idle, longest }: SessionTimes,
): Promise<void> {
  await run(
    sql,
    `update sessions set updated_at = now(),
       expires_at = least(now() + $2 * interval '1 millisecond', created_at + $3 * interval '1 millisecond')
     where id = $1 and updated_at <= now() - interval '1 minute'`,
    [id, idle, longest],
  );
  await run(sql, 'update users set last_seen_at = now() where id = $1', [user_id]);
}

export interface SessionRow {
  readonly id: string;
  readonly created_at: Date;
  /** Last used, within a minute. */
  readonly updated_at: Date;
  readonly expires_at: Date;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

/** Sessions of a user that hold, the latest first. */
export function listSessions(sql: Sql, userId: string): Promise<SessionRow[]> {
  return rows<SessionRow>(
    sql,
    `select id, created_at, updated_at, expires_at, ip_address, user_agent from sessions
     where user_id = $1 and expires_at > now() order by created_at desc, id desc limit 200`,
    [userId],
  );
}

/** Ends sessions of a user: the one named, or all of them. Answers how many there were. */
export async function endSessions(sql: Sql, userId: string, sessionId?: string): Promise<number> {
  const ended = await rows(
    sql,
    'delete from sessions where user_id = $1 and ($2::uuid is null or id = $2) returning 1 as one',
    [userId, sessionId ?? null],
  );
  return ended.length;
}

/** Forgets sessions and beginnings of sign-ins that are over. */
export async function dropEndedSessions(sql: Sql): Promise<void> {
  await run(sql, 'delete from sessions where expires_at <= now()');
  await run(sql, 'delete from verifications where expires_at <= now()');
}
