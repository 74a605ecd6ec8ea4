/** Talks to the open platform: signs in, keeps to the pace of each interface, turns every failure into a decision. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { components } from '../../openapi/generated/fxiaoke.d.ts';
import {
  type ConnectionContext,
  ConnectorError,
  createHttpClient,
  createLimiter,
  fail,
  type HttpAnswer,
  isDecision,
  isJsonObject,
  type Json,
  type JsonObject,
  type Limiter,
  parseJson,
  singleFlight,
  UnreadableError,
  withSession,
} from '../kit/index.ts';
import type { FxiaokeConfig, FxiaokeSecrets } from './config.ts';
import { decisionOf } from './errors.ts';

export type Schemas = components['schemas'];
export type Filter = Schemas['Filter'];

/** The calls of one object's data, as their path ends. */
export type DataCall = 'query' | 'get' | 'create' | 'update';

export interface Query {
  /** API name at the vendor. */
  readonly apiName: string;
  readonly filters: readonly Filter[];
  /** Field to sort by, ascending. */
  readonly orderBy: string;
  readonly limit?: number;
  readonly signal: AbortSignal;
}

export interface FxiaokeClient {
  /** One call of an object's data. Answers the whole envelope. Throws ConnectorError with the table's decision. */
  call(call: DataCall, apiName: string, body: JsonObject, signal: AbortSignal): Promise<JsonObject>;
  /** The first rows of a query, at most 100. */
  query(query: Query): Promise<readonly JsonObject[]>;
  close(): void;
}

/** Rows a query gives at most (verified). */
export const pageSize = 100;

/** How much of the allowed pace of an interface one process alone uses. */
const paceShare = 0.95;

const tokenShape = z.object({ token: z.string(), tenant: z.string() });
type Token = z.output<typeof tokenShape>;

const envelope = z.looseObject({
  errorCode: z.union([z.number(), z.string()]),
  errorMessage: z.string().nullish(),
  errorDescription: z.string().nullish(),
});
const oauthAnswer = z.looseObject({ accessToken: z.string().min(1), ea: z.string().min(1) });
const corpAnswer = z.looseObject({ corpAccessToken: z.string().min(1), corpId: z.string().min(1) });

/** A client of one connection; `close` ends its sockets. */
export function createClient(context: ConnectionContext<FxiaokeConfig, FxiaokeSecrets>): FxiaokeClient {
  const { config, secrets, now, shared } = context;
  const base = config.baseUrl.replace(/\/+$/, '');
  const http = createHttpClient({
    connection: context.connection,
    shared,
    timeoutMs: config.timeoutMs,
    limits: config.limits,
    ...(context.onCall ? { onCall: context.onCall } : {}),
  });
  const paces = new Map<string, Limiter>();
  const session = singleFlight(signIn, config.tokenSeconds * 1000, now, {
    tokens: shared?.tokens,
    name: config.auth,
    write: (value: Token) => JSON.stringify(value),
    read: (text) => tokenShape.parse(JSON.parse(text)),
  });

  /** The vendor counts calls per interface: each has a pace of its own below the limits of the connection. */
  function paceOf(path: string): Limiter {
    const known = paces.get(path);
    if (known) return known;
    const { calls, seconds } = config.interfaceLimit;
    const limits = { perSecond: calls / seconds };
    const made =
      shared?.limiter(path, limits) ??
      // By a slower clock: calls travel for different times, and a window that is just full must not come out too full.
      createLimiter({ limits, now: () => performance.now() * paceShare });
    paces.set(path, made);
    return made;
  }

  async function signIn(): Promise<Token> {
    const { appSecret, permanentCode } = secrets;
    const signal = AbortSignal.timeout(config.timeoutMs);
    const who = { appId: config.appId, appSecret, permanentCode };
    if (config.auth === 'oauth') {
      const body = { ...who, grantType: 'app_secret' } satisfies Schemas['TokenRequest'];
      const told = oauthAnswer.safeParse(await send('/oauth2.0/token', body, {}, false, signal));
      return told.success ? { token: told.data.accessToken, tenant: told.data.ea } : noToken(told.error);
    }
    const body = who satisfies Schemas['CorpTokenRequest'];
    const told = corpAnswer.safeParse(await send('/cgi/corpAccessToken/get/V2', body, {}, false, signal));
    return told.success
      ? { token: told.data.corpAccessToken, tenant: told.data.corpId }
      : noToken(told.error);
  }

  async function send(
    path: string,
    body: JsonObject,
    headers: Record<string, string>,
    write: boolean,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const trace = config.auth === 'oauth' ? `?thirdTraceId=${randomUUID()}` : '';
    const release = await paceOf(path).acquire(signal, write);
    try {
      const answer = await http.send({
        operation: path,
        method: 'POST',
        url: `${base}${path}${trace}`,
        headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
        body: JSON.stringify(body),
        write,
        signal,
      });
      return read(answer, write, now());
    } finally {
      release();
    }
  }

  async function call(kind: DataCall, apiName: string, body: JsonObject, signal: AbortSignal) {
    const family = apiName.endsWith('__c') ? '/cgi/crm/custom/v2/data/' : '/cgi/crm/v2/data/';
    const write = kind === 'create' || kind === 'update';
    try {
      return await withSession(session, signal, ({ token, tenant }) =>
        config.auth === 'oauth'
          ? send(
              family + kind,
              body,
              { authorization: `Bearer ${token}`, 'x-fs-ea': tenant, 'x-fs-userid': config.userId },
              write,
              signal,
            )
          : send(
              family + kind,
              { ...body, corpAccessToken: token, corpId: tenant, currentOpenUserId: config.userId },
              {},
              write,
              signal,
            ),
      );
    } catch (error) {
      if (!isDecision(error, 'reauth')) throw error;
      return fail(
        {
          kind: 'fatal',
          code: 'fxiaoke.token-refused',
          message: 'FXiaoke refuses a token it has just given: check appId, permanentCode and userId.',
        },
        error,
      );
    }
  }

  return {
    call,
    async query({ apiName, filters, orderBy, limit = pageSize, signal }) {
      const body = {
        data: {
          dataObjectApiName: apiName,
          search_query_info: {
            limit,
            offset: 0,
            filters: [...filters],
            orders: [{ fieldName: orderBy, isAsc: true }],
          },
        },
      } satisfies Schemas['QueryRequest'];
      const { data } = await call('query', apiName, body, signal);
      const rows = isJsonObject(data) ? data.dataList : undefined;
      if (!Array.isArray(rows)) fail(senseless(false, now()));
      return rows.flatMap((row: Json) => (isJsonObject(row) ? [row] : []));
    },
    close: () => http.close(),
  };
}

function read(answer: HttpAnswer, write: boolean, now: number): JsonObject {
  if (answer.status !== 200) fail(decisionOf({ status: answer.status, text: '' }, write, now));
  let json: Json;
  try {
    json = parseJson(answer.text());
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new ConnectorError(senseless(write, now), error);
  }
  const told = envelope.safeParse(json);
  if (!told.success || !isJsonObject(json)) throw new ConnectorError(senseless(write, now), told.error);
  const { errorCode, errorMessage, errorDescription } = told.data;
  if (String(errorCode) === '0') return json;
  const text = [errorMessage, errorDescription].filter(Boolean).join(' ');
  return fail(decisionOf({ status: 200, code: errorCode, text }, write, now));
}

function senseless(write: boolean, now: number) {
  return decisionOf({ status: 200, text: 'not-json' }, write, now);
}

function noToken(cause: unknown): never {
  return fail(
    { kind: 'retry', code: 'fxiaoke.no-token', message: 'FXiaoke answered the sign-in without a token.' },
    cause,
  );
}
