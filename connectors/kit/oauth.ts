/** OAuth 2 (RFC 6749) as machines use it: client credentials, password, and refresh tokens that may change at each use. */
import { z } from 'zod';
import { basic } from './credentials.ts';
import { fail } from './errors.ts';
import { formText, percentEncode } from './form.ts';
import type { HttpAnswer, HttpClient } from './http.ts';
import { parseJson } from './json.ts';
import type { SingleFlight } from './session.ts';
import type { SharedTokens } from './shared.ts';
import { type ExpiringToken, expiringToken } from './token.ts';

export type OAuthGrant =
  | { readonly kind: 'clientCredentials' }
  /** `refreshToken` is the first one, as a person got it; later ones are kept with the token. */
  | { readonly kind: 'refreshToken'; readonly refreshToken: string }
  | { readonly kind: 'password'; readonly username: string; readonly password: string };

export interface OAuthOptions {
  readonly http: HttpClient;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly grant: OAuthGrant;
  readonly scope?: string;
  /** How the client shows who it is. Default `basic`, which every server must take (RFC 6749, 2.3.1). */
  readonly clientAuthentication?: 'basic' | 'body';
  /** Further fields some servers want: `audience`, `resource`, `redirect_uri`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Life of a token whose answer does not tell, seconds. Default 3600. */
  readonly defaultSeconds?: number;
  readonly now: () => number;
  readonly shared?: SharedTokens | undefined;
  /** The credential's name. Default `default`. */
  readonly name?: string;
  readonly earlyMs?: number;
  /** Deadline of one token request, ms. Default 30 000. */
  readonly timeoutMs?: number;
}

const tokenShape = z.object({
  token: z.string(),
  until: z.number(),
  refreshToken: z.string().optional(),
});
export type OAuthToken = ExpiringToken & { readonly refreshToken?: string | undefined };

const answerShape = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
});
const refusalShape = z.looseObject({ error: z.string(), error_description: z.string().optional() });

/** RFC 6749, 5.2: nothing in these changes by asking again. */
const final = [
  ...['invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type'],
  ...['invalid_scope', 'invalid_request', 'access_denied'],
];

/**
 * A token source for `withSession`. Throws ConnectorError: `fatal` `oauth.refused` (secret, grant or scope are wrong;
 * answered from memory for a minute), `throttle` `oauth.too-fast`, `retry` `oauth.no-token` and what `http.send` throws.
 */
export function oauthToken(options: OAuthOptions): SingleFlight<OAuthToken> {
  const { http, grant, now } = options;

  async function load(last: OAuthToken | undefined): Promise<OAuthToken> {
    const refreshToken =
      grant.kind === 'refreshToken' ? (last?.refreshToken ?? grant.refreshToken) : undefined;
    const inBody = options.clientAuthentication === 'body';
    const answer = await http.send({
      operation: 'token',
      method: 'POST',
      url: options.tokenUrl,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        ...(inBody ? {} : basic(percentEncode(options.clientId), percentEncode(options.clientSecret))),
      },
      body: formText({
        ...grantFields(grant, refreshToken),
        scope: options.scope,
        ...(inBody ? { client_id: options.clientId, client_secret: options.clientSecret } : {}),
        ...options.fields,
      }),
      write: false,
      signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
    });
    const told = answerShape.safeParse(answer.status < 300 ? readable(answer) : undefined);
    if (!told.success) return refused(answer, grant);
    const { access_token, expires_in = options.defaultSeconds ?? 3600 } = told.data;
    const next = told.data.refresh_token ?? refreshToken;
    return {
      token: access_token,
      until: now() + expires_in * 1000,
      ...(next === undefined ? {} : { refreshToken: next }),
    };
  }

  return expiringToken({
    load,
    read: (kept) => tokenShape.parse(kept),
    now,
    shared: options.shared,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.earlyMs === undefined ? {} : { earlyMs: options.earlyMs }),
  });
}

function grantFields(
  grant: OAuthGrant,
  refreshToken: string | undefined,
): Record<string, string | undefined> {
  switch (grant.kind) {
    case 'clientCredentials':
      return { grant_type: 'client_credentials' };
    case 'refreshToken':
      return { grant_type: 'refresh_token', refresh_token: refreshToken };
    case 'password':
      return { grant_type: 'password', username: grant.username, password: grant.password };
  }
}

function refused(answer: HttpAnswer, grant: OAuthGrant): never {
  if (answer.status === 429) {
    const seconds = Number(answer.headers['retry-after']);
    fail({
      kind: 'throttle',
      code: 'oauth.too-fast',
      message: 'The token server asks for fewer sign-ins.',
      afterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 60_000,
    });
  }
  const said = refusalShape.safeParse(readable(answer)).data;
  // Anything but a word of the standard may pass: a proxy's page, a server that restarts.
  if (said && final.includes(said.error)) {
    const what =
      said.error === 'invalid_grant' && grant.kind === 'refreshToken'
        ? 'the refresh token is no longer good; let a person authorise the hub again and set the new one'
        : 'check client id, client secret, scope and grant';
    const reason = (said.error_description ?? '').replace(/\p{Cc}+/gu, ' ').slice(0, 200);
    fail({
      kind: 'fatal',
      code: 'oauth.refused',
      message: `The token server refuses (${said.error}${reason === '' ? '' : `: ${reason}`}): ${what}.`,
    });
  }
  if (answer.status === 401 || answer.status === 403) {
    fail({
      kind: 'fatal',
      code: 'oauth.refused',
      message: `The token server refuses (HTTP ${answer.status}): check client id and client secret.`,
    });
  }
  fail({
    kind: 'retry',
    code: 'oauth.no-token',
    message: `The token server gave no token (HTTP ${answer.status}): check its address; a proxy or login page may stand before it.`,
  });
}

function readable(answer: HttpAnswer): unknown {
  try {
    return parseJson(answer.text());
  } catch {
    // Not JSON: the caller tells what came instead.
    return undefined;
  }
}
