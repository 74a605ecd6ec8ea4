/** Talks to one tenant: signs in, keeps to the limits, turns every dialect of failure into a decision. */
import { z } from 'zod';
import {
  type ConnectionContext,
  ConnectorError,
  createHttpClient,
  fail,
  type HttpAnswer,
  type HttpRequest,
  isDecision,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  type SingleFlight,
  singleFlight,
  stringifyJson,
  UnreadableError,
  withSession,
} from '../kit/index.ts';
import { type NeocrmConfig, type NeocrmSecrets, namesOf } from './config.ts';
import { decisionOf } from './errors.ts';
import { type Select, textOfSelect } from './query.ts';

export interface NeocrmClient {
  /** Rows of a query, at most 100; ids and numbers are texts. */
  select(select: Select, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** `POST /rest/data/v2.0/xobjects/<apiKey>`; answers the id. */
  create(apiKey: string, data: JsonObject, signal: AbortSignal): Promise<string>;
  update(apiKey: string, id: string, data: JsonObject, signal: AbortSignal): Promise<void>;
  /** One record with all its fields. Throws `absent` when there is none. */
  get(apiKey: string, id: string, signal: AbortSignal): Promise<JsonObject>;
  /** An action of an object, such as `activation` of an order. */
  act(apiKey: string, action: string, id: string, signal: AbortSignal): Promise<void>;
  /** Id of the first business type of an object; undefined when the CRM names none. */
  firstEntityType(apiKey: string, signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}

/** Rows a query gives at most: what integrations use everywhere. */
export const pageSize = 100;

/** Fields that want JSON numbers; ids have up to 19 digits and travel as texts in the hub. */
const numeric = [
  ...['id', 'accountId', 'ownerId', 'entityType', 'dimDepart', 'productId', 'orderId', 'parentId'],
  ...['amount', 'quantity', 'unitPrice', 'priceUnit', 'discount', 'transactionDate'],
];
const ownNumbers = ['customer', 'placedAt', 'amount', 'quantity'];

const tokenShape = z.object({ token: z.string(), base: z.string(), until: z.number() });
type Token = z.output<typeof tokenShape>;

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.union([z.number(), z.string()]).transform(Number).optional(),
  instance_uri: z.url().optional(),
});

/** A client of one connection; `close` ends its sockets. */
export function createClient(context: ConnectionContext<NeocrmConfig, NeocrmSecrets>): NeocrmClient {
  const { config, secrets, now, shared } = context;
  const http = createHttpClient({
    connection: context.connection,
    shared,
    timeoutMs: config.timeoutMs,
    limits: config.limits,
    ...(context.onCall ? { onCall: context.onCall } : {}),
  });
  const consumption = namesOf(config, 'consumption');
  const numbers = [
    ...numeric,
    ...config.numericFields,
    ...ownNumbers.map((name) => consumption.get(name) ?? '').filter((name) => name !== ''),
  ];
  const tokens = singleFlight(signIn, Number.POSITIVE_INFINITY, now, {
    tokens: shared?.tokens,
    name: 'default',
    write: (value: Token) => JSON.stringify(value),
    read: (text) => tokenShape.parse(JSON.parse(text)),
  });
  /** Each token says for how long it is good. */
  const session: SingleFlight<Token> = {
    async get() {
      const token = await tokens.get();
      if (now() < token.until) return token;
      tokens.drop(token);
      return tokens.get();
    },
    drop: (token) => tokens.drop(token),
  };

  async function signIn(): Promise<Token> {
    const form = new URLSearchParams({
      grant_type: 'password',
      client_id: config.clientId,
      client_secret: secrets.clientSecret,
      username: config.username,
      password: secrets.password + secrets.securityToken,
      ...(config.redirectUri === undefined ? {} : { redirect_uri: config.redirectUri }),
    });
    const answer = await http.send({
      operation: 'token',
      method: 'POST',
      url: config.tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      write: false,
      signal: AbortSignal.timeout(config.timeoutMs),
    });
    const told = tokenAnswer.safeParse(read(answer, false, config));
    if (!told.success) {
      fail(
        { kind: 'retry', code: 'neocrm.no-token', message: 'Neocrm answered the sign-in without a token.' },
        told.error,
      );
    }
    const { access_token, expires_in, instance_uri } = told.data;
    // issued_at is the moment of issue, whatever its name is taken for elsewhere; a minute is kept back.
    const seconds = Number.isFinite(expires_in) ? (expires_in ?? 0) : config.tokenSeconds;
    const base = config.followInstance && instance_uri !== undefined ? instance_uri : config.baseUrl;
    const until = now() + Math.max(60, seconds - 60) * 1000;
    return { token: access_token, base: base.replace(/\/+$/, ''), until };
  }

  async function call(
    operation: string,
    request: {
      path: string;
      method: HttpRequest['method'];
      body?: JsonObject;
      form?: string;
      write: boolean;
    },
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const { path, method, body, form, write } = request;
    try {
      return await withSession(session, signal, async ({ token, base }) => {
        const answer = await http.send({
          operation,
          method,
          url: `${base}${path}`,
          headers: {
            authorization: config.bearer ? `Bearer ${token}` : token,
            'content-type':
              form === undefined ? 'application/json; charset=utf-8' : 'application/x-www-form-urlencoded',
          },
          ...(body === undefined ? {} : { body: stringifyJson(body, { numbers }) }),
          ...(form === undefined ? {} : { body: form }),
          write,
          signal,
        });
        return read(answer, write, config);
      });
    } catch (error) {
      if (!isDecision(error, 'reauth')) throw error;
      return fail(
        {
          kind: 'fatal',
          code: 'neocrm.token-refused',
          message: 'Neocrm refuses a token it has just given: check baseUrl and `bearer`.',
        },
        error,
      );
    }
  }

  const records = '/rest/data/v2.0/xobjects';

  return {
    async select(select, signal) {
      const text = textOfSelect(select);
      const told = await (config.query === 'sql'
        ? call(
            'query',
            { path: `/rest/data/v2/query?q=${encodeURIComponent(text)}`, method: 'GET', write: false },
            signal,
          )
        : call(
            'query',
            {
              path: '/rest/data/v2.0/query/xoql',
              method: 'POST',
              form: new URLSearchParams({ xoql: text }).toString(),
              write: false,
            },
            signal,
          ));
      // The same rows stand under `result` or `data`, depending on the address that answers.
      const found = [told.result, told.data].find((one) => isJsonObject(one));
      const rows = isJsonObject(found) ? found.records : undefined;
      if (!Array.isArray(rows)) fail(senseless(false, config));
      return rows.flatMap((row: Json) => (isJsonObject(row) ? [withTexts(row)] : []));
    },
    async create(apiKey, data, signal) {
      const request = { path: `${records}/${apiKey}`, method: 'POST', body: { data }, write: true } as const;
      const told = await call('create', request, signal);
      const id = isJsonObject(told.data) ? textOf(told.data.id) : textOf(told.id);
      if (id !== '') return id;
      return fail({
        kind: 'unknown',
        code: 'neocrm.no-id',
        message:
          'Neocrm took the record and did not say its id; it is looked up before anything is repeated.',
      });
    },
    async update(apiKey, id, data, signal) {
      const path = `${records}/${apiKey}/${encodeURIComponent(id)}`;
      await call('update', { path, method: 'PATCH', body: { data }, write: true }, signal);
    },
    async get(apiKey, id, signal) {
      const path = `${records}/${apiKey}/${encodeURIComponent(id)}`;
      const { data } = await call('get', { path, method: 'GET', write: false }, signal);
      if (isJsonObject(data) && textOf(data.id) !== '') return withTexts(data);
      return fail({ kind: 'absent', code: 'neocrm.absent', message: 'Neocrm has no such record.' });
    },
    async act(apiKey, action, id, signal) {
      const path = `${records}/${apiKey}/actions/${action}?recordId=${encodeURIComponent(id)}`;
      await call(action, { path, method: 'PATCH', write: true }, signal);
    },
    async firstEntityType(apiKey, signal) {
      const told = await call(
        'busiType',
        { path: `${records}/${apiKey}/busiType`, method: 'GET', write: false },
        signal,
      );
      return firstId(told.data);
    },
    close: () => http.close(),
  };
}

function read(answer: HttpAnswer, write: boolean, config: NeocrmConfig): JsonObject {
  let json: Json;
  try {
    json = parseJson(answer.text());
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    if (answer.status !== 200) fail(decisionOf({ status: answer.status }, write, config.errorCodes), error);
    throw new ConnectorError(senseless(write, config), error);
  }
  if (!isJsonObject(json)) return fail(senseless(write, config));
  const code = [json.code, json.error_code, json.error].find((one) => one !== undefined && one !== null);
  // 200 as number or text, 0 for metadata; a bare token or record has no code at all.
  const isFine = code === undefined || ['200', '0', ''].includes(textOf(code));
  if (isFine && answer.status >= 200 && answer.status < 300) return json;
  const text = [json.msg, json.message, json.error_description, json.errorInfo].map(textOf).filter(Boolean);
  const told = { status: answer.status, code: textOf(code), text: text.join(' ') };
  return fail(decisionOf(told, write, config.errorCodes));
}

function senseless(write: boolean, config: NeocrmConfig) {
  return decisionOf({ status: 200, text: 'not-json' }, write, config.errorCodes);
}

/** The first id in an answer about business types, whatever it is wrapped in. */
function firstId(value: Json | undefined): string | undefined {
  if (Array.isArray(value)) return value.map((one: Json) => firstId(one)).find((one) => one !== undefined);
  if (!isJsonObject(value)) return undefined;
  const own = textOf(value.id);
  if (own !== '') return own;
  return Object.values(value)
    .map((one) => firstId(one))
    .find((one) => one !== undefined);
}

/** Numbers as texts, except moments: ids keep their digits, amounts stay decimal. Empty fields are left out. */
function withTexts(row: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => [name, typeof value === 'number' && !isMoment(name) ? String(value) : value]),
  );
}

const moments = new Set(['createdAt', 'updatedAt', 'transactionDate']);
function isMoment(name: string): boolean {
  return moments.has(name);
}

/** A value as text; empty for everything that is neither text nor number. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
