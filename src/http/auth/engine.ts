/** better-auth as this hub uses it: passwords, sessions and one identity provider, and nothing else of it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { HubError } from '../../errors.ts';
import type { Database } from '../../ledger/database.ts';
import type { SessionTimes } from '../../ledger/sessions.ts';
import { signInTables } from '../../ledger/sign-in-tables.ts';
import { admissionOf, noteSignIn } from '../../ledger/users.ts';
import type { Logger } from '../../log.ts';
import { passwordLength } from '../../security/passwords.ts';
import { cookiePrefix } from '../../security/session-cookie.ts';
import { type Rights, type RightsMap, rightsOf } from './provider-rights.ts';

/** What the identity provider is called here, in addresses and in accounts. */
export const providerId = 'oidc';

/** `console.oidc` of hub.yaml. */
export interface Provider extends RightsMap {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface EngineOptions {
  readonly database: Database;
  /** Signs the cookies. */
  readonly key: string;
  readonly times: SessionTimes;
  /** Where browsers reach the hub; a provider sends them back there. */
  readonly publicUrl: string;
  readonly provider?: Provider | undefined;
  readonly log: Logger;
}

/** One request, for what happens deep inside of it. */
export interface Attempt {
  readonly by: 'password' | 'provider' | 'change';
  readonly address: string;
  rights?: Rights | undefined;
  /** Why it was refused; better-auth's own words are not shown. */
  refused?: HubError | undefined;
}

export interface Engine {
  /** Lets better-auth answer a request whose every part was made by us. */
  handle(request: Request, attempt: Attempt, secure: boolean): Promise<Response>;
}

export function openEngine(options: EngineOptions): Engine {
  const attempts = new AsyncLocalStorage<Attempt>();
  const made = new Map<string, ReturnType<typeof authOf>>();
  return {
    async handle(request, attempt, secure) {
      // Asking the provider where its doors are must not hold up who comes with a password.
      const provider = attempt.by === 'provider' ? options.provider : undefined;
      const kind = `${secure} ${provider !== undefined}`;
      let auth = made.get(kind);
      if (!auth) {
        auth = authOf({ ...options, provider }, secure, attempts);
        made.set(kind, auth);
      }
      const { handler } = await auth;
      return attempts.run(attempt, () => handler(request));
    },
  };
}

async function authOf(options: EngineOptions, secure: boolean, attempts: AsyncLocalStorage<Attempt>) {
  // Loaded by the first who signs in: a start, a worker and a command at a terminal do without.
  const [{ betterAuth }, { APIError }, { genericOAuth }] = await Promise.all([
    import('better-auth'),
    import('better-auth/api'),
    import('better-auth/plugins/generic-oauth'),
  ]);
  const { database, key, times, publicUrl, provider, log } = options;
  const { ids, ...tables } = signInTables(database);
  const seconds = (ms: number): number => Math.round(ms / 1_000);
  const refuse = (refused: HubError): never => {
    const attempt = attempts.getStore();
    if (attempt) attempt.refused = refused;
    throw new APIError('FORBIDDEN', { code: refused.code, message: refused.message });
  };
  return betterAuth({
    ...tables,
    appName: 'LianHub',
    baseURL: new URL(publicUrl).origin,
    basePath: '/auth',
    // Said as a list: else it would look for one in the environment.
    secrets: [{ version: 1, value: key }],
    telemetry: { enabled: false },
    logger: {
      log: (level, message, ...details) =>
        log[level === 'error' ? 'warn' : 'debug'](
          { details: details.length > 0 ? details : undefined },
          message,
        ),
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.least,
      maxPasswordLength: passwordLength.most,
    },
    session: {
      ...tables.session,
      // The cookie lasts as long as a session may; how long this one does is known by its row, and prolonged by the gate.
      expiresIn: seconds(times.longest),
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
    },
    account: {
      ...tables.account,
      // The provider is asked nothing later: its tokens are not worth keeping.
      updateAccountOnSignIn: false,
    },
    user: {
      ...tables.user,
      validateUserInfo: ({ source }) => {
        const attempt = attempts.getStore();
        if (!provider || !attempt || source.method !== 'oauth') return;
        attempt.rights = rightsOf(source.oauth?.profile ?? {}, provider);
        if (!attempt.rights) refuse(new HubError('sign-in.no-role', {}));
      },
    },
    databaseHooks: {
      account: {
        create: {
          before: async (account) => ({
            data: { ...account, accessToken: null, refreshToken: null, idToken: null, scope: null },
          }),
        },
      },
      session: {
        create: {
          before: async (session) => {
            const attempt = attempts.getStore();
            const admission = await admissionOf(database, session.userId);
            if (!attempt || !admission || admission.disabled)
              return refuse(new HubError('sign-in.disabled', {}));
            const { by, address, rights } = attempt;
            if (by === 'password' && admission.password_expired)
              return refuse(new HubError('sign-in.password-expired', {}));
            if (by !== 'change')
              await noteSignIn(database, session.userId, { by, email: admission.email, address, rights });
            return {
              data: { ...session, expiresAt: new Date(Date.now() + Math.min(times.idle, times.longest)) },
            };
          },
        },
      },
    },
    // Counted by the hub, per account as well; see throttle.ts.
    rateLimit: { enabled: false },
    advanced: {
      database: ids,
      cookiePrefix,
      useSecureCookies: secure,
      defaultCookieAttributes: { sameSite: 'strict', httpOnly: true, path: '/' },
      // A browser comes back with it from the provider, which is another site.
      cookies: { state: { attributes: { sameSite: 'lax', path: '/auth' } } },
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
      // Where requests may come from is looked at before it is asked; see own-origin.ts.
      disableCSRFCheck: true,
      // Pages to come back to are looked at there as well; its own rule knows no letters but English ones.
      disableOriginCheck: true,
    },
    plugins: provider
      ? [
          genericOAuth({
            config: [
              {
                providerId,
                name: provider.name,
                discoveryUrl: `${provider.issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
                requireIdTokenVerification: true,
                clientId: provider.clientId,
                clientSecret: provider.clientSecret,
                scopes: [...provider.scopes],
                redirectURI: `${publicUrl.replace(/\/+$/, '')}/auth/callback/${providerId}`,
                pkce: true,
                // Not every provider tells a name.
                mapProfileToUser: (profile) => ({ name: nameIn(profile) }),
              },
            ],
          }),
        ]
      : [],
  });
}

function nameIn({ name, preferred_username: called, email }: Readonly<Record<string, unknown>>): string {
  for (const one of [name, called, email])
    if (typeof one === 'string' && one.trim() !== '') return one.slice(0, 120);
  return '';
}
