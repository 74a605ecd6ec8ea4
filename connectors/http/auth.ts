/** Lets a request in: what every kind of `auth` adds to it, once it is otherwise complete. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  type ConnectionContext,
  type Decision,
  fail,
  type HttpClient,
  isDecision,
  parseJson,
  signatureOf,
  singleFlight,
  withSession,
} from '../kit/index.ts';
import type { Auth, HttpConfig, HttpSecrets } from './config.ts';
import { refusalOf } from './errors.ts';
import { fillText, type Values } from './template.ts';

/** A request before it is let in. */
export interface Draft {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

export interface Admission {
  /** Whether a refused token can be replaced by a new one. */
  readonly renewable: boolean;
  /**
   * Runs a call with the request let in; signs in again, once, when `send` throws `reauth`.
   * @param signal of the call: ends waiting to be let in
   */
  run<R>(draft: () => Draft, send: (admitted: Draft) => Promise<R>, signal: AbortSignal): Promise<R>;
}

/** How requests of this connection are let in. Throws Error, naming the secret, when it is missing. */
export function admissionOf(
  context: ConnectionContext<HttpConfig, HttpSecrets>,
  client: HttpClient,
): Admission {
  const { config, secrets } = context;
  const { auth } = config;
  if (auth.type === 'oauth2') return tokenAdmission(context, auth, client);
  const admit = stepOf(auth, secrets, context.now);
  return { renewable: false, run: async (draft, send) => send(admit(draft())) };
}

function stepOf(auth: Auth, secrets: HttpSecrets, now: () => number): (draft: Draft) => Draft {
  const withHeader = (draft: Draft, name: string, value: string): Draft => ({
    ...draft,
    headers: { ...draft.headers, [name.toLowerCase()]: value },
  });
  switch (auth.type) {
    case 'header': {
      const key = needed(secrets.key, 'key', auth.type);
      return (draft) => withHeader(draft, auth.name, `${auth.prefix}${key}`);
    }
    case 'query': {
      const key = needed(secrets.key, 'key', auth.type);
      return (draft) => withQuery(draft, { [auth.name]: key });
    }
    case 'basic': {
      const password = needed(secrets.password, 'password', auth.type);
      const pair = Buffer.from(`${auth.user}:${password}`, 'utf8').toString('base64');
      return (draft) => withHeader(draft, 'authorization', `Basic ${pair}`);
    }
    case 'bearer': {
      const token = needed(secrets.token, 'token', auth.type);
      return (draft) => withHeader(draft, 'authorization', `Bearer ${token}`);
    }
    case 'signed': {
      const secret = needed(secrets.signingSecret, 'signingSecret', auth.type);
      return (draft) => sign(draft, auth, secret, now());
    }
    default:
      return (draft) => draft;
  }
}

function sign(draft: Draft, auth: Extract<Auth, { type: 'signed' }>, secret: string, now: number): Draft {
  const { url, method, body = '' } = draft;
  const times = {
    seconds: String(Math.floor(now / 1000)),
    milliseconds: String(now),
    iso: new Date(now).toISOString(),
  };
  const values: Values = {
    method,
    path: url.pathname,
    query: url.search.slice(1),
    sortedQuery: url.search.slice(1).split('&').sort().join('&'),
    body,
    timestamp: times[auth.timestamp],
    nonce: randomUUID(),
    keyId: auth.keyId,
    secret,
  };
  const signature = signatureOf(auth, secret, [fillText(auth.sign, values)]);
  const shown: Values = { ...values, signature, secret: undefined };
  const headers = Object.entries(auth.headers).map(([name, text]) => [
    name.toLowerCase(),
    fillText(text, shown),
  ]);
  const query = Object.entries(auth.query).map(([name, text]) => [name, fillText(text, shown)]);
  return withQuery(
    { ...draft, headers: { ...draft.headers, ...Object.fromEntries(headers) } },
    Object.fromEntries(query),
  );
}

function withQuery(draft: Draft, parameters: Readonly<Record<string, string>>): Draft {
  const url = new URL(draft.url);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { ...draft, url };
}

const tokenShape = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
});
interface Token {
  readonly token: string;
  /** Milliseconds since the epoch; not used any more from then on. */
  readonly until: number;
}
const keptToken = z.strictObject({ token: z.string(), until: z.number() });
/** A token is replaced this long before it runs out: a call under way still ends with it. */
const marginMs = 30_000;

function tokenAdmission(
  context: ConnectionContext<HttpConfig, HttpSecrets>,
  auth: Extract<Auth, { type: 'oauth2' }>,
  client: HttpClient,
): Admission {
  const { secrets, now, shared } = context;
  const secret = needed(secrets.clientSecret, 'clientSecret', auth.type);
  const session = singleFlight<Token>(signIn, Number.POSITIVE_INFINITY, now, {
    tokens: shared?.tokens,
    name: 'oauth2',
    write: (token) => JSON.stringify(token),
    read: (text) => keptToken.parse(JSON.parse(text)),
  });

  async function signIn(): Promise<Token> {
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (auth.scope !== undefined) form.set('scope', auth.scope);
    if (auth.audience !== undefined) form.set('audience', auth.audience);
    if (auth.sendAs === 'body') {
      form.set('client_id', auth.clientId);
      form.set('client_secret', secret);
    }
    const pair = `${encodeURIComponent(auth.clientId)}:${encodeURIComponent(secret)}`;
    const answer = await client.send({
      operation: 'token',
      method: 'POST',
      url: auth.tokenUrl,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        ...(auth.sendAs === 'basic'
          ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
          : {}),
      },
      body: form.toString(),
      write: false,
      signal: AbortSignal.timeout(context.config.timeoutMs),
    });
    const json = readable(answer.plainText());
    const read = answer.status < 300 ? tokenShape.safeParse(json) : undefined;
    if (read?.success) {
      const { access_token: token, expires_in: seconds = 3600 } = read.data;
      return { token, until: now() + Math.max(seconds * 1000 - marginMs, 1000) };
    }
    const { code, text } = refusalOf(json, '', { error: { code: 'error', message: 'error_description' } });
    const told = `HTTP ${answer.status}${code === undefined ? '' : `, ${code}`}${text === undefined ? '' : `, "${text}"`}`;
    const isRefused = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
    return fail(
      isRefused
        ? { ...refused, message: `${refused.message} (${told})` }
        : { ...noToken, message: `${noToken.message} (${told})` },
    );
  }

  async function current(): Promise<Token> {
    const token = await session.get();
    if (now() < token.until) return token;
    session.drop(token);
    return session.get();
  }

  return {
    renewable: true,
    async run(draft, send, signal) {
      const admitted = ({ token }: Token) => {
        const made = draft();
        return send({ ...made, headers: { ...made.headers, authorization: `Bearer ${token}` } });
      };
      try {
        return await withSession({ get: current, drop: session.drop }, signal, admitted);
      } catch (error) {
        // A token fetched this moment is refused too: signing in again and again would not help.
        if (isDecision(error, 'reauth')) {
          fail({ ...error.decision, kind: 'fatal', code: 'rest.not-let-in' }, error);
        }
        throw error;
      }
    },
  };
}

const refused: Decision = {
  kind: 'fatal',
  code: 'rest.no-token',
  message: 'No token is given to this client: check auth.clientId, auth.scope and secrets.clientSecret',
};
const noToken: Decision = {
  kind: 'retry',
  code: 'rest.token-unclear',
  message: 'auth.tokenUrl gave no token: check that address; a proxy or login page may stand before it',
};

function readable(text: string): ReturnType<typeof parseJson> | undefined {
  try {
    return parseJson(text);
  } catch {
    // Told by what is missing in it.
    return undefined;
  }
}

function needed(secret: string | undefined, name: string, type: string): string {
  if (secret !== undefined) return secret;
  throw new Error(`auth type ${type} needs secrets.${name}: add it, as a variable`);
}
