/** Talks to one company's U8 through Yonyou's relay: gets tokens, sends, and turns every failure into a decision. */
import { z } from 'zod';
import { textOf } from '../kit/bill-lines.ts';
import {
  ConnectorError,
  createHttpClient,
  fail,
  type HttpAnswer,
  isDecision,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  type SharedConnection,
  singleFlight,
  stringifyJson,
  UnreadableError,
  type VendorCall,
  withSession,
} from '../kit/index.ts';
import type { U8Config, U8Secrets } from './config.ts';
import { decisionOf } from './errors.ts';

/** Fields U8 holds as numbers; they travel as decimal texts in the hub and leave digit by digit. */
const numeric = [
  'quantity',
  'taxunitprice',
  'taxprice',
  'sum',
  'taxrate',
  'rowno',
  'shouldquantity',
  'bgift',
];

export interface Call {
  /** Below the relay: `/api/saleorder/get`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Absent: a GET. */
  readonly body?: JsonObject;
  readonly write?: boolean;
  readonly signal: AbortSignal;
}

/** An answer of U8; `errcode` as text, whichever it came as. */
export interface U8Answer {
  readonly errcode: string;
  readonly errmsg: string;
  readonly body: JsonObject;
}

export interface U8Client {
  /** One call with a good token; the answer whatever its code says, but never one that asks for a new token. */
  call(call: Call): Promise<U8Answer>;
  /** The body of a call that succeeded; throws the decision otherwise. */
  ask(call: Call): Promise<JsonObject>;
  /** Rows of one page; none where U8 says that it found nothing. */
  rows(call: Call, list: string): Promise<{ readonly rows: readonly JsonObject[]; readonly count: number }>;
  /** What became of a queued save; the address comes from U8's answer and is only followed to the relay itself. */
  result(address: string, signal: AbortSignal): Promise<U8Answer>;
  /** Signs in and reads one customer. Throws the decision. */
  test(signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface ClientOptions {
  readonly connection: string;
  readonly config: U8Config;
  readonly secrets: U8Secrets;
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
  readonly shared?: SharedConnection | undefined;
}

const tokenSchema = z.object({ token: z.object({ id: z.string().min(1) }) });

/** A client of one connection; `close` ends its sockets. */
export function createClient(options: ClientOptions): U8Client {
  const { config, secrets, now } = options;
  const base = config.baseUrl.replace(/\/+$/, '');
  const http = createHttpClient({
    ...{ connection: options.connection, shared: options.shared, limits: config.limits },
    timeoutMs: options.timeoutMs,
    ...(options.onCall ? { onCall: options.onCall } : {}),
  });
  const token = singleFlight(signIn, config.tokenSeconds * 1000, now, {
    tokens: options.shared?.tokens,
    name: 'app',
    write: ({ text }: { readonly text: string }) => text,
    read: (text) => ({ text }),
  });

  async function signIn(): Promise<{ readonly text: string }> {
    const query = new URLSearchParams({
      ...{ from_account: config.fromAccount, app_key: secrets.appKey, app_secret: secrets.appSecret },
    });
    const answer = readAnswer(
      await http.send({
        ...{ operation: 'token', method: 'GET', url: `${base}/system/token?${query}`, write: false },
        signal: AbortSignal.timeout(options.timeoutMs),
      }),
      false,
    );
    const told = tokenSchema.safeParse(answer.body);
    if (answer.errcode === '0' && told.success) return { text: told.data.token.id };
    const decision = decisionOf({ status: 200, code: answer.errcode, text: answer.errmsg }, false);
    if (['fatal', 'throttle', 'retry'].includes(decision.kind)) return fail(decision);
    const said = answer.errmsg.slice(0, 200) || `code ${answer.errcode}`;
    // Trying again would not help, and there is no saying what it does to the account.
    return fail({
      kind: 'fatal',
      code: 'yonyou-u8.sign-in',
      message: `The open platform gives no token (${said}): check fromAccount, appKey and appSecret.`,
    });
  }

  async function send(call: Call, current: string): Promise<U8Answer> {
    const write = call.write ?? false;
    const query = new URLSearchParams({
      ...{
        from_account: config.fromAccount,
        to_account: config.toAccount,
        app_key: secrets.appKey,
        token: current,
      },
      ...(config.dsSequence === undefined ? {} : { ds_sequence: String(config.dsSequence) }),
      ...call.query,
    });
    const answer = readAnswer(
      await http.send({
        operation: call.path.replace(/^\/api\//, ''),
        method: call.body === undefined ? 'GET' : 'POST',
        url: `${base}${call.path}?${query}`,
        headers: { 'content-type': 'application/json' },
        ...(call.body === undefined ? {} : { body: stringifyJson(call.body, { numbers: numeric }) }),
        ...{ write, signal: call.signal },
      }),
      write,
    );
    if (answer.errcode === '0') return answer;
    const decision = decisionOf({ status: 200, code: answer.errcode, text: answer.errmsg }, write);
    // Refused before anything was done: repeating is safe for writes as well.
    return decision.kind === 'reauth' ? fail(decision) : answer;
  }

  async function call(call: Call): Promise<U8Answer> {
    try {
      return await withSession(token, call.signal, ({ text }) => send(call, text));
    } catch (error) {
      if (!isDecision(error, 'reauth')) throw error;
      return fail(
        {
          kind: 'fatal',
          code: 'yonyou-u8.token-refused',
          message: 'The token is refused right after it was given: check the app and both accounts.',
        },
        error,
      );
    }
  }

  async function ask(one: Call): Promise<JsonObject> {
    const answer = await call(one);
    if (answer.errcode === '0') return answer.body;
    throw refusal(answer, one.write ?? false);
  }

  async function rows(one: Call, list: string): Promise<{ rows: readonly JsonObject[]; count: number }> {
    try {
      const body = await ask(one);
      const found = body[list];
      // Lists are lists; a single one comes as itself.
      const all: readonly Json[] = Array.isArray(found) ? found : [found ?? null];
      const told = all.filter((row): row is JsonObject => isJsonObject(row));
      return { rows: told, count: Number(textOf(body.row_count) || told.length) };
    } catch (error) {
      if (isDecision(error, 'absent')) return { rows: [], count: 0 };
      throw error;
    }
  }

  return {
    call,
    ask,
    rows,
    async result(address, signal) {
      const own = new URL(base);
      const told = new URL(address, own);
      // An address out of an answer must not lead anywhere else.
      const url = `${own.origin}${told.pathname}${told.search}`;
      return readAnswer(
        await http.send({ operation: 'result', method: 'GET', url, write: false, signal }),
        false,
      );
    },
    async test(signal) {
      const query = { page_index: '1', rows_per_page: '1' };
      await rows({ path: '/api/customer/batch_get', query, signal }, 'customer');
    },
    close: () => http.close(),
  };
}

/** What U8 refused, as an error. */
export function refusal({ errcode, errmsg }: U8Answer, write: boolean): ConnectorError {
  return new ConnectorError(decisionOf({ status: 200, code: errcode, text: errmsg }, write));
}

function readAnswer(answer: HttpAnswer, write: boolean): U8Answer {
  const { status } = answer;
  let json: Json | undefined;
  try {
    json = parseJson(answer.text());
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
  }
  if (status !== 200 || !isJsonObject(json) || json.errcode === undefined) {
    const said = answer.plainText().trim();
    const text = status === 200 && !said.startsWith('<') ? `unreadable: ${said}` : said;
    throw new ConnectorError(decisionOf({ status, text: text.slice(0, 300) }, write));
  }
  return { errcode: textOf(json.errcode), errmsg: textOf(json.errmsg), body: json };
}
