/** `/auth/…`: signing in and out. Few doors, each with bodies of its own; better-auth stands behind them. */
import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { z } from 'zod';
import { HubError } from '../../errors.ts';
import type { Database } from '../../ledger/database.ts';
import { sessionByToken } from '../../ledger/sessions.ts';
import { keepSignInKey, replaceSignInKey } from '../../ledger/sign-in-tables.ts';
import { passwordChosen } from '../../ledger/users.ts';
import type { Logger } from '../../log.ts';
import { type Keyring, seal, unseal } from '../../security/index.ts';
import { passwordLength } from '../../security/passwords.ts';
import { sessionCookies, signedToken } from '../../security/session-cookie.ts';
import type { ApiEnv } from '../api/environment.ts';
import { about, InvalidRequest, notFound, refuseInvalid } from '../api/refusals.ts';
import type { TrustedProxies } from '../client-address.ts';
import { callerPlace } from './caller-place.ts';
import { type Attempt, type EngineOptions, openEngine, providerId } from './engine.ts';
import { fromOwnPage } from './own-origin.ts';
import { countAttempt } from './throttle.ts';

const keyPlace = 'sign-in/key';
const largestBody = 8_192;

/**
 * The key sessions are signed with, the same for all processes; made when it is needed first. One that was sealed with a
 * key nobody has any more is replaced, which ends all sessions.
 */
export async function openSignInKey(database: Database, keys: Keyring, log: Logger): Promise<string> {
  const fresh = seal(keys, randomBytes(32).toString('base64url'), keyPlace);
  const kept = await keepSignInKey(database, fresh);
  try {
    return unseal(keys, kept, keyPlace);
  } catch (error) {
    log.warn(
      { err: error },
      'the key of sessions does not open: a new one is made, and all have to sign in again',
    );
    await replaceSignInKey(database, kept, fresh);
    return unseal(keys, await keepSignInKey(database, fresh), keyPlace);
  }
}

export interface SignInOptions extends EngineOptions {
  readonly proxies?: TrustedProxies | undefined;
  /** `server.publicUrl`, where it is set. */
  readonly toldUrl?: string | undefined;
}

const password = z.string().min(1).max(1_000);
const SignIn = z.strictObject({ email: z.string().trim().min(3).max(254), password });
const Change = z.strictObject({
  currentPassword: password,
  newPassword: password,
  revokeOtherSessions: z.boolean().optional(),
});
const Begin = z.strictObject({
  /** A page of the console to come back to. */
  to: z
    .string()
    .max(2_000)
    .refine((to) => pageOf(to) !== undefined, { error: 'expected a page below /console/' })
    .default('/console/'),
});

/** Path and query of a page of the console, as a browser reads the text; undefined: it is something else. */
function pageOf(to: string): string | undefined {
  if (!to.startsWith('/console/') || !URL.canParse(to, 'http://hub')) return undefined;
  const { origin, pathname, search } = new URL(to, 'http://hub');
  return origin === 'http://hub' && pathname.startsWith('/console/') ? `${pathname}${search}` : undefined;
}

/** Where a browser comes back to when a provider's sign-in failed: `?error=<code>`. */
const failedPage = '/console/sign-in';

export function signIn(options: SignInOptions): Hono<ApiEnv> {
  const { database, key, times, publicUrl, toldUrl, proxies, provider } = options;
  const engine = openEngine(options);
  const app = new Hono<ApiEnv>().basePath('/auth');

  const placeOf = (context: Context<ApiEnv>) => callerPlace(context, proxies, toldUrl);
  const ask = (
    context: Context<ApiEnv>,
    method: 'GET' | 'POST',
    to: string,
    attempt: Attempt,
    body?: object,
  ): Promise<Response> => {
    const headers = new Headers({ 'x-forwarded-for': attempt.address });
    for (const name of ['cookie', 'user-agent']) {
      const value = context.req.header(name);
      if (value !== undefined) headers.set(name, value.slice(0, name === 'cookie' ? 8_192 : 300));
    }
    if (body) headers.set('content-type', 'application/json');
    const request = new Request(new URL(`/auth${to}`, publicUrl), {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return engine.handle(request, attempt, placeOf(context).https);
  };
  const wait = (context: Context<ApiEnv>) => (seconds: number, isFirst: boolean) => {
    context.header('retry-after', String(seconds));
    // Once for each that is shut out, not for each try.
    if (isFirst) options.log.warn({ address: placeOf(context).address }, 'too many attempts to sign in');
  };
  const who = async (context: Context<ApiEnv>) => {
    // The very cookie better-auth looks at: a browser may have one of each kind, of two users.
    for (const cookie of sessionCookies(context.req.header('cookie'), placeOf(context).https)) {
      const token = signedToken(cookie, key);
      const session = token === undefined ? undefined : await sessionByToken(database, token, times);
      if (session && !session.ended) return session;
    }
    throw new HubError('auth.session-ended', {});
  };

  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      xFrameOptions: 'DENY',
    }),
  );
  app.use(async (context, next) => {
    context.header('cache-control', 'no-store');
    if (context.req.method === 'POST') {
      const own = fromOwnPage(context, toldUrl);
      if (own === false || (own === undefined && sessionCookies(context.req.header('cookie')).length > 0))
        throw new HubError('auth.cross-site', {});
    }
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: () => {
        throw new HubError('request.too-large', { limit: largestBody });
      },
    }),
  );

  app.get('/providers', (context) =>
    context.json({ password: true, ...(provider ? { oidc: { name: provider.name } } : {}) }),
  );

  app.post('/sign-in/email', async (context) => {
    const { email, password: given } = await bodyOf(context, SignIn);
    const { address } = placeOf(context);
    const account = email.toLowerCase();
    const counted = await countAttempt(database, key, { account, address }, wait(context));
    const attempt: Attempt = { by: 'password', address };
    const answer = await ask(context, 'POST', '/sign-in/email', attempt, {
      email: account,
      password: given,
    });
    if (attempt.refused) throw attempt.refused;
    if (answer.status === 400 || answer.status === 401) throw new HubError('sign-in.wrong', {});
    if (!answer.ok) throw unexpected('sign-in', answer);
    await counted.forgive();
    passCookies(context, answer);
    return context.json({ ok: true });
  });

  app.post('/sign-out', async (context) => {
    const { address } = placeOf(context);
    const answer = await ask(context, 'POST', '/sign-out', { by: 'change', address }, {});
    passCookies(context, answer);
    return context.json({ ok: true });
  });

  app.post('/change-password', async (context) => {
    const change = await bodyOf(context, Change);
    const { address } = placeOf(context);
    const { user_id: userId, email } = await who(context);
    const counted = await countAttempt(database, key, { account: email, address }, wait(context));
    const reason = weakness(change, email);
    if (reason !== undefined) {
      await counted.forgive();
      const refused = Promise.reject(new HubError('sign-in.bad-password', { reason }));
      return about({ in: 'body', pointer: '/newPassword' }, refused);
    }
    const attempt: Attempt = { by: 'change', address };
    const answer = await ask(context, 'POST', '/change-password', attempt, {
      ...change,
      revokeOtherSessions: change.revokeOtherSessions ?? true,
    });
    if (attempt.refused) throw attempt.refused;
    if (answer.status === 400) {
      const { code } = (await answer.json()) as { code?: string };
      if (code === 'CREDENTIAL_ACCOUNT_NOT_FOUND') throw new HubError('sign-in.no-password', {});
      const refused = Promise.reject(new HubError('sign-in.wrong-password', {}));
      return about({ in: 'body', pointer: '/currentPassword' }, refused);
    }
    if (answer.status === 401) throw new HubError('auth.session-ended', {});
    if (!answer.ok) throw unexpected('change-password', answer);
    await counted.forgive();
    await passwordChosen(database, userId, `user/${email}`);
    passCookies(context, answer);
    return context.json({ ok: true });
  });

  app.post('/sign-in/oidc', async (context) => {
    const { to } = await bodyOf(context, Begin);
    if (!provider) throw new HubError('sign-in.no-provider', {});
    const { address } = placeOf(context);
    const answer = await ask(
      context,
      'POST',
      '/sign-in/social',
      { by: 'provider', address },
      {
        provider: providerId,
        callbackURL: to,
        errorCallbackURL: failedPage,
        disableRedirect: true,
      },
    );
    if (!answer.ok) throw new HubError('sign-in.provider-failed', {});
    passCookies(context, answer);
    const { url } = z.object({ url: z.string() }).parse(await answer.json());
    return context.json({ url });
  });

  app.get(`/callback/${providerId}`, async (context) => {
    if (!provider) throw new HubError('sign-in.no-provider', {});
    const { address } = placeOf(context);
    const attempt: Attempt = { by: 'provider', address };
    const { search } = new URL(context.req.url);
    const answer = await ask(context, 'GET', `/callback/${providerId}${search}`, attempt);
    passCookies(context, answer);
    const location = answer.headers.get('location') ?? failedPage;
    const page = pageOf(location);
    const failed = attempt.refused !== undefined || page?.startsWith(failedPage) !== false;
    if (answer.status === 302 && page !== undefined && !failed) return context.redirect(page);
    const unlinked = page === `${failedPage}?error=account_not_linked`;
    const code = attempt.refused?.code ?? (unlinked ? 'sign-in.not-linked' : 'sign-in.provider-failed');
    return context.redirect(`${failedPage}?error=${code}`);
  });

  app.all('*', (context) => {
    throw notFound(context);
  });
  return app;
}

async function bodyOf<Schema extends z.ZodType>(
  context: Context<ApiEnv>,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? ''))
    throw new HubError('request.not-json', {});
  const read: unknown = await context.req.json().catch(() => {
    throw new HubError('request.malformed', { reason: 'the body is not JSON' });
  });
  const parsed = schema.safeParse(read);
  if (!parsed.success) refuseInvalid({ target: 'json', success: false, error: parsed.error }, context);
  if (!parsed.success) throw new InvalidRequest([]);
  return parsed.data;
}

/** What is wrong with a password somebody chooses; undefined: nothing. */
function weakness(
  { newPassword, currentPassword }: { readonly newPassword: string; readonly currentPassword: string },
  email: string,
): string | undefined {
  const { least, most } = passwordLength;
  if (newPassword.length < least) return `it is shorter than ${least} characters`;
  if (newPassword.length > most) return `it is longer than ${most} characters`;
  if (newPassword === currentPassword) return 'it is the one you have';
  if (new Set(newPassword).size < 4) return 'it has fewer than four different characters';
  const [name = ''] = email.split('@');
  if (newPassword.toLowerCase() === email || (name.length > 3 && newPassword.toLowerCase().startsWith(name)))
    return 'it begins with your name';
  return undefined;
}

function passCookies(context: Context, answer: Response): void {
  for (const cookie of answer.headers.getSetCookie()) context.header('set-cookie', cookie, { append: true });
}

function unexpected(what: string, answer: Response): Error {
  return new Error(`better-auth answered ${answer.status} to ${what}`);
}
