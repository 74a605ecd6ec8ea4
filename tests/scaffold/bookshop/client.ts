/** Talks to Bookshop: proves who we are, and turns every failure into a decision. */
import {
  bearer,
  type ConnectionContext,
  createHttpClient,
  type FormFields,
  fail,
  type HttpAnswer,
  type Json,
  type JsonObject,
  oauthToken,
  parseJson,
  UnreadableError,
  withQuery,
  withSession,
} from '../../../connectors/kit/index.ts';
import type { Config, Secrets } from './config.ts';
import { decisionOf } from './errors.ts';

export interface Call {
  /** For metrics and for faults of the simulator. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the configured address, with its slash. */
  readonly path: string;
  readonly query?: FormFields;
  readonly body?: JsonObject;
  readonly signal: AbortSignal;
}

export interface Client {
  /** The answer's JSON; undefined where there is none. Throws ConnectorError with the decision of the error table. */
  call(call: Call): Promise<Json | undefined>;
  close(): void;
}

export function createClient(context: ConnectionContext<Config, Secrets>): Client {
  const { config, secrets } = context;
  const base = config.url.replace(/\/+$/, '');
  const http = createHttpClient({
    connection: context.connection,
    shared: context.shared,
    limits: config.limits,
    timeoutMs: config.timeoutMs,
    ...(context.onCall === undefined ? {} : { onCall: context.onCall }),
  });
  const session = oauthToken({
    http,
    tokenUrl: `${base}/oauth/token`,
    clientId: secrets.clientId,
    clientSecret: secrets.clientSecret,
    grant: { kind: 'clientCredentials' },
    now: context.now,
    shared: context.shared?.tokens,
    timeoutMs: config.timeoutMs,
  });

  async function send(
    call: Call,
    proof: { headers: Readonly<Record<string, string>>; query: FormFields },
  ): Promise<Json | undefined> {
    const write = call.method !== 'GET';
    const answer = await http.send({
      operation: call.operation,
      method: call.method,
      url: withQuery(base + call.path, { ...call.query, ...proof.query }),
      headers: {
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
        ...proof.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      write,
      signal: call.signal,
    });
    const said = readBody(answer);
    if (said === unreadable || answer.status >= 300) {
      fail(decisionOf(answer, said === unreadable ? undefined : said, write));
    }
    return said;
  }

  return {
    call: (call) =>
      withSession(session, call.signal, ({ token }) => send(call, { headers: bearer(token), query: {} })),
    close: () => http.close(),
  };
}

const unreadable = Symbol('unreadable');

/** Undefined for an empty body. */
function readBody(answer: HttpAnswer): Json | undefined | typeof unreadable {
  if (answer.body.length === 0) return undefined;
  try {
    return parseJson(answer.text());
  } catch (error) {
    // No JSON: a proxy's page, a cut answer. The status and the table say what that means.
    if (error instanceof UnreadableError) return unreadable;
    throw error;
  }
}
