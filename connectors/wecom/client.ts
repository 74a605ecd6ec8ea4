/** Talks to one WeCom corp: tokens, limits per API, and every failure as a decision. */
import { z } from 'zod';
import type { components, paths } from '../../openapi/generated/wecom.d.ts';
import {
  type ConnectionContext,
  type ConnectorError,
  createHttpClient,
  fail,
  type HttpAnswer,
  type HttpClient,
  isDecision,
  type JsonObject,
  jsonObject,
  parseJson,
  type SingleFlight,
  singleFlight,
  withSession,
} from '../kit/index.ts';
import type { WecomConfig, WecomSecrets } from './config.ts';
import { decisionOf, type Refusal, signInDecision } from './errors.ts';

export type Schemas = components['schemas'];

/** Path of an API below the base, e.g. `externalcontact/get`. */
export type Operation = keyof paths extends `/${infer Name}` ? Name : never;

/** Whose token a call carries. */
export type Credential = 'app' | 'contacts';

export interface WecomCall {
  readonly operation: Operation;
  readonly as?: Credential;
  readonly query?: Readonly<Record<string, string>>;
  /** With it the call is a POST. */
  readonly body?: JsonObject;
  readonly write: boolean;
  readonly signal: AbortSignal;
}

export interface WecomClient {
  /** The answer of one call whose errcode is 0. Throws ConnectorError with the decision of the error table. */
  call(request: WecomCall): Promise<JsonObject>;
  close(): void;
}

const verdict = z.looseObject({
  errcode: z.union([
    z.int(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ]),
  errmsg: z.string().optional(),
});
const token = z.looseObject({ access_token: z.string().min(1) });

/** Pauses before a secret that was refused is tried again, ms; the last one stays. */
const refusedForMs = [60_000, 600_000, 3_600_000];

/**
 * WeCom counts calls per corp and API (verified), so each API has limits of its own. Tokens belong to an app and are
 * shared by all processes of the hub.
 */
export function createClient(context: ConnectionContext<WecomConfig, WecomSecrets>): WecomClient {
  const { config, secrets, now, shared } = context;
  const base = config.baseUrl.endsWith('/') ? config.baseUrl : `${config.baseUrl}/`;
  const judging = { errorCodes: config.errorCodes, blockedForMs: config.blockedForMs };
  const clients = new Map<string, HttpClient>();
  const tokens = new Map<Credential, SingleFlight<string>>();

  function clientOf(operation: string): HttpClient {
    const known = clients.get(operation);
    if (known) return known;
    const made = createHttpClient({
      connection: context.connection,
      shared,
      unit: operation,
      timeoutMs: config.timeoutMs,
      limits: config.limits,
      ...(context.onCall ? { onCall: context.onCall } : {}),
    });
    clients.set(operation, made);
    return made;
  }

  async function send(operation: Operation, request: Omit<WecomCall, 'operation'>): Promise<HttpAnswer> {
    const { query = {}, body, write, signal } = request;
    return clientOf(operation).send({
      operation,
      method: body === undefined ? 'GET' : 'POST',
      url: `${base}${operation}?${new URLSearchParams(query).toString()}`,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      write,
      signal,
    });
  }

  function tokenOf(as: Credential): SingleFlight<string> {
    const known = tokens.get(as);
    if (known) return known;
    const secret = as === 'contacts' ? (secrets.contactsSecret ?? secrets.secret) : secrets.secret;
    const load = patiently(() => signIn(secret), now);
    const made = singleFlight(load, config.tokenSeconds * 1000, now, {
      tokens: shared?.tokens,
      name: as,
      write: (value) => value,
      read: (text) => text,
    });
    tokens.set(as, made);
    return made;
  }

  async function signIn(corpsecret: string): Promise<string> {
    const answer = await send('gettoken', {
      query: { corpid: config.corpId, corpsecret },
      write: false,
      signal: AbortSignal.timeout(config.timeoutMs),
    });
    const { json, refusal } = read(answer);
    const told = token.safeParse(json);
    if (refusal.errcode === 0 && told.success) return told.data.access_token;
    return fail(signInDecision(refusal, { ...judging, write: false }));
  }

  return {
    async call({ operation, as = 'app', ...request }) {
      const credential = as === 'contacts' && secrets.contactsSecret === undefined ? 'app' : as;
      try {
        return await withSession(tokenOf(credential), request.signal, async (access_token) => {
          const query = { access_token, ...request.query };
          const { json, refusal } = read(await send(operation, { ...request, query }));
          if (json !== undefined && refusal.errcode === 0) return json;
          return fail(decisionOf(refusal, { ...judging, write: request.write }));
        });
      } catch (error) {
        if (!isDecision(error, 'reauth')) throw error;
        return fail(
          {
            kind: 'fatal',
            code: 'wecom.token-refused',
            message:
              'WeCom refuses a token it has just given: the secret is of another kind of app, or the app is disabled.',
          },
          error,
        );
      }
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

/** The verdict of an answer; without errcode where it is none of WeCom's. */
function read(answer: HttpAnswer): { readonly json?: JsonObject; readonly refusal: Refusal } {
  const { status } = answer;
  if (status !== 200) return { refusal: { status } };
  try {
    const json = jsonObject(parseJson(answer.text()));
    const told = verdict.safeParse(json);
    if (!told.success) return { refusal: { status } };
    return { json, refusal: { status, errcode: told.data.errcode, errmsg: told.data.errmsg } };
  } catch {
    // A login page, half a document: no answer of WeCom.
    return { refusal: { status } };
  }
}

/** Leaves a secret that was refused alone for longer and longer, in this process; the kit shares the first minute. */
function patiently(signIn: () => Promise<string>, now: () => number): () => Promise<string> {
  let refusals = 0;
  let shut: { readonly error: ConnectorError; readonly until: number } | undefined;
  return async () => {
    if (shut && now() < shut.until) throw shut.error;
    try {
      const value = await signIn();
      refusals = 0;
      shut = undefined;
      return value;
    } catch (error) {
      if (isDecision(error, 'fatal')) {
        const pause = refusedForMs[Math.min(refusals, refusedForMs.length - 1)] ?? 0;
        shut = { error, until: now() + pause };
        refusals += 1;
      }
      throw error;
    }
  };
}
