import type { Context, MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type ErrorCode, type ErrorValues, HubError } from '../../errors.ts';
import type { Database } from '../../ledger/database.ts';
import { noteSessionUse, type SessionTimes, sessionByToken } from '../../ledger/sessions.ts';
import { noteTokenUse, type TokenRow, tokenByHash } from '../../ledger/tokens.ts';
import { hashOf, isSecretShaped, scopesOf } from '../../security/index.ts';
import { sessionCookies, signedToken } from '../../security/session-cookie.ts';
import { fromOwnPage } from '../auth/own-origin.ts';
import { clientAddress, type TrustedProxies } from '../client-address.ts';
import type { ApiEnv, Caller } from './environment.ts';

export interface GateOptions {
  readonly database: Database;
  /** Requests a second each token may make, counted over ten seconds, per process. */
  readonly requestsPerSecond: number;
  /** Whose word about the address of a caller is taken. */
  readonly proxies?: TrustedProxies | undefined;
  /** Lets the cookie of a session pass as well. Absent: tokens alone. */
  readonly sessions?: SessionGate | undefined;
}

/** What sessions are known by. */
export interface SessionGate {
  /** Signs the cookies. */
  readonly key: string;
  readonly times: SessionTimes;
  /** `server.publicUrl`, where it is set. */
  readonly publicUrl: string | undefined;
}

/** What somebody may ask for whose password was made by somebody else. */
const beforePassword = '/v1/whoami';

/** Failures an address may have in a minute, per process. Secrets of 256 bits are not guessed: this keeps noise down. */
const failuresPerMinute = 30;
/** Tokens that go on working from an address that is shut: others behind the same proxy must not suffer. */
const rememberedTokens = 1_000;
const windowSeconds = 10;

/**
 * Lets a request pass with a token that holds or the cookie of a session, and says who it is in `context.var.caller`.
 * Errors: `auth.missing`, `auth.invalid`, `auth.expired`, `auth.revoked`, `auth.too-many-failures`, `request.too-many`;
 * of sessions `auth.session-ended`, `auth.cross-site`, `auth.change-password`.
 */
export function gate({
  database,
  requestsPerSecond,
  proxies,
  sessions,
}: GateOptions): MiddlewareHandler<ApiEnv> {
  const requests = new RateLimiterMemory({
    points: requestsPerSecond * windowSeconds,
    duration: windowSeconds,
  });
  const failures = new RateLimiterMemory({ points: failuresPerMinute, duration: 60 });
  const known = new Map<string, true>();
  return async (context, next) => {
    const incoming = context.env?.incoming;
    const headers = (incoming?.headers ?? {}) as Readonly<Record<string, string>>;
    const address = clientAddress(incoming?.socket?.remoteAddress, headers, proxies) ?? 'unknown';
    const header = context.req.header('authorization') ?? '';
    const refuse = async <Code extends ErrorCode>(code: Code, values: ErrorValues<Code>): Promise<never> => {
      context.header('www-authenticate', 'Bearer realm="lianhub"');
      const told = await spend(failures, address);
      throw told === undefined ? new HubError(code, values) : tooMany('auth.too-many-failures', {}, told);
    };
    const tooMany = <Code extends ErrorCode>(code: Code, values: ErrorValues<Code>, ms: number): HubError => {
      context.header('retry-after', String(Math.max(1, Math.ceil(ms / 1_000))));
      return new HubError(code, values);
    };

    if (header === '' && sessions) {
      const [token, ...more] = sessionCookies(context.req.header('cookie')).flatMap(
        (cookie) => signedToken(cookie, sessions.key) ?? [],
      );
      if (token !== undefined) {
        const caller = await callerBy([token, ...more], context, database, sessions);
        const wait = await spend(requests, caller.id);
        if (wait !== undefined) throw tooMany('request.too-many', { limit: requestsPerSecond }, wait);
        context.set('caller', caller);
        context.set('holds', () => sessionHolds(database, token, more, sessions.times));
        return next();
      }
    }
    if (header === '') return refuse('auth.missing', {});
    const secret = /^bearer +(\S+) *$/i.exec(header)?.[1] ?? '';
    if (!isSecretShaped(secret)) return refuse('auth.invalid', {});
    const hash = hashOf(secret);
    const name = hash.toString('base64');
    if (!known.has(name)) {
      const shut = await failures.get(address);
      if (shut !== null && shut.consumedPoints > failuresPerMinute)
        throw tooMany('auth.too-many-failures', {}, shut.msBeforeNext);
    }
    const token = await tokenByHash(database, hash);
    if (!token || token.revoked_at !== null || token.expired) {
      known.delete(name);
      return refuse(
        !token ? 'auth.invalid' : token.revoked_at === null ? 'auth.expired' : 'auth.revoked',
        {},
      );
    }
    remember(known, name);
    const wait = await spend(requests, token.id);
    if (wait !== undefined) throw tooMany('request.too-many', { limit: requestsPerSecond }, wait);
    if (!token.used_lately) await noteTokenUse(database, token.id);
    context.set('caller', callerOf(token));
    context.set('holds', async () => {
      const now = await tokenByHash(database, hash);
      return now !== undefined && now.revoked_at === null && !now.expired;
    });
    return next();
  };
}

function callerOf({ id, name, role, scopes }: TokenRow): Caller {
  return { kind: 'token', id, name, author: `token/${name}`, role, scopes: scopesOf(role, scopes) };
}

/**
 * Whoever has signed in. A browser sends cookies along with whatever any page asks of it, so a change has to come from a
 * page of ours: it bears a header that no other page can add, and the browser says where it comes from.
 */
async function callerBy(
  tokens: readonly string[],
  context: Context<ApiEnv>,
  database: Database,
  { times, publicUrl }: SessionGate,
): Promise<Caller> {
  if (!/^(GET|HEAD|OPTIONS)$/.test(context.req.method)) {
    if (context.req.header('x-lianhub-console') !== '1' || fromOwnPage(context, publicUrl) !== true)
      throw new HubError('auth.cross-site', {});
  }
  for (const token of tokens) {
    const session = await sessionByToken(database, token, times);
    if (!session || session.ended) continue;
    const { id: sessionId, user_id: id, email, name, role, scopes } = session;
    const mustChangePassword = session.must_change_password;
    if (mustChangePassword && context.req.path !== beforePassword)
      throw new HubError('auth.change-password', {});
    if (!session.used_lately) await noteSessionUse(database, session, times);
    const author = `user/${email}`;
    const held = scopesOf(role, scopes);
    return { kind: 'user', id, name, email, author, role, scopes: held, sessionId, mustChangePassword };
  }
  // It was ours once: no try to guess one, and nothing its address has to answer for.
  throw new HubError('auth.session-ended', {});
}

async function sessionHolds(
  database: Database,
  token: string,
  more: readonly string[],
  times: SessionTimes,
): Promise<boolean> {
  for (const one of [token, ...more]) {
    const session = await sessionByToken(database, one, times);
    if (session) return !session.ended;
  }
  return false;
}

/** Counts one; milliseconds to wait when it was one too many. */
async function spend(limiter: RateLimiterMemory, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return refused.msBeforeNext;
    throw refused;
  }
}

function remember(known: Map<string, true>, name: string): void {
  known.delete(name);
  known.set(name, true);
  const [oldest] = known.keys();
  if (known.size > rememberedTokens && oldest !== undefined) known.delete(oldest);
}
