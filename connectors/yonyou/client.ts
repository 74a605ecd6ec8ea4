/** Talks to one YonBIP tenant: finds its data centre, gets tokens, sends, and turns every failure into a decision. */
import { z } from 'zod';
import {
  createHttpClient,
  fail,
  type HttpClient,
  isDecision,
  type JsonObject,
  type Limits,
  type SharedConnection,
  type SingleFlight,
  singleFlight,
  stringifyJson,
  type VendorCall,
  withSession,
} from '../kit/index.ts';
import { dataOf, readAnswer, type YonyouAnswer } from './answers.ts';
import type { YonyouConfig, YonyouSecrets } from './config.ts';
import { decisionOf } from './errors.ts';
import { tokenSignature } from './signing.ts';

/** Fields the vendor holds as numbers; they travel as decimal texts in the hub and leave digit by digit. */
const numeric = [
  ...[
    'qty',
    'subQty',
    'priceQty',
    'invExchRate',
    'invPriceExchRate',
    'unitExchangeType',
    'unitExchangeTypePrice',
  ],
  ...['payMoney', 'oriSum', 'oriMoney', 'oriTax', 'oriUnitPrice', 'oriTaxUnitPrice', 'taxRate', 'exchRate'],
  ...['natSum', 'natMoney', 'natTax', 'natUnitPrice', 'natTaxUnitPrice', 'orderPrices!exchRate'],
  ...[
    'oriUnitPrice',
    'oriMoney',
    'oriTax',
    'natUnitPrice',
    'natTaxUnitPrice',
    'natMoney',
    'natSum',
    'natTax',
  ].map((name) => `orderDetailPrices!${name}`),
];

export interface Call {
  /** Below the gateway: `/yonbip/sd/voucherorder/list`. Also what Yonyou counts calls of. */
  readonly path: string;
  /** Absent: a GET. */
  readonly body?: JsonObject | readonly JsonObject[];
  readonly query?: Readonly<Record<string, string>>;
  readonly write?: boolean;
  readonly signal: AbortSignal;
}

export interface YonyouClient {
  /** One call with a good token; the answer whatever its code says, but never one that asks for a new token. */
  call(call: Call): Promise<YonyouAnswer>;
  /** `data` of a call that succeeded; throws the decision otherwise. */
  ask(call: Call): Promise<YonyouAnswer['data']>;
  /** Finds the data centre, signs in and reads one customer. Throws the decision. */
  test(signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface ClientOptions {
  readonly connection: string;
  readonly config: YonyouConfig;
  readonly secrets: YonyouSecrets;
  readonly now: () => number;
  readonly timeoutMs: number;
  readonly onCall?: (call: VendorCall) => void;
  readonly shared?: SharedConnection | undefined;
}

const addressesSchema = z.object({ gatewayUrl: z.url(), tokenUrl: z.url() });
type Addresses = z.output<typeof addressesSchema>;
const tokenSchema = z.object({ access_token: z.string().min(1) });
const tokenPaths = {
  '2023': '/open-auth/selfAppAuth/base/v1/getAccessToken',
  legacy: '/open-auth/selfAppAuth/getAccessToken',
};

/** A client of one connection; `close` ends its sockets. */
export function createClient(options: ClientOptions): YonyouClient {
  const { config, secrets, now } = options;
  const clients = new Map<string, HttpClient>();
  let closed = false;

  const addresses: SingleFlight<Addresses> = singleFlight(lookUp, config.lookupHours * 3_600_000, now);
  const token: SingleFlight<{ readonly text: string }> = singleFlight(
    signIn,
    config.tokenSeconds * 1000,
    now,
    {
      tokens: options.shared?.tokens,
      name: 'app',
      write: ({ text }) => text,
      read: (text) => ({ text }),
    },
  );

  /** Each API has limits of its own, so each has a client. What signs in is counted apart. */
  function clientFor(unit: string, limits: Limits): HttpClient {
    let client = clients.get(unit);
    if (!client) {
      client = createHttpClient({
        ...{
          connection: options.connection,
          shared: options.shared,
          unit,
          limits,
          timeoutMs: options.timeoutMs,
        },
        ...(options.onCall ? { onCall: options.onCall } : {}),
      });
      if (closed) client.close();
      clients.set(unit, client);
    }
    return client;
  }

  /** One of the calls before there is a token. Every refusal is `fatal`: trying again would not help. */
  async function prepare(operation: string, url: string): Promise<YonyouAnswer['data']> {
    const answer = readAnswer(
      await clientFor('auth', {}).send({
        ...{ operation, method: 'GET', url, write: false },
        signal: AbortSignal.timeout(options.timeoutMs),
      }),
      false,
    );
    if (answer.code === '00000') return answer.data;
    const decision = decisionOf({ status: 200, code: answer.code, text: answer.message }, false);
    if (decision.kind === 'fatal' || decision.kind === 'throttle') return fail(decision);
    const said = answer.message.slice(0, 200) || `code ${answer.code}`;
    return fail({ kind: 'fatal', ...explained(operation, said) });
  }

  async function lookUp(): Promise<Addresses> {
    const { gatewayUrl, tokenUrl } = config;
    if (gatewayUrl !== undefined && tokenUrl !== undefined) return { gatewayUrl, tokenUrl };
    const url = `${config.lookupUrl}/open-auth/dataCenter/getGatewayAddress?tenantId=${encodeURIComponent(config.tenantId)}`;
    const told = addressesSchema.safeParse(await prepare('getGatewayAddress', url));
    if (told.success) return told.data;
    return fail({ kind: 'retry', code: 'yonyou.lookup', message: 'Yonyou did not tell the data centre.' });
  }

  async function signIn(): Promise<{ readonly text: string }> {
    const { tokenUrl } = await addresses.get();
    const parameters = { appKey: secrets.appKey, timestamp: String(now()) };
    const query = new URLSearchParams({
      ...parameters,
      signature: tokenSignature(parameters, secrets.appSecret),
    });
    const told = tokenSchema.safeParse(
      await prepare('getAccessToken', `${tokenUrl}${tokenPaths[config.tokenPath]}?${query}`),
    );
    if (told.success) return { text: told.data.access_token };
    return fail({ kind: 'retry', code: 'yonyou.no-token', message: 'Yonyou answered without a token.' });
  }

  async function send(call: Call, current: string): Promise<YonyouAnswer> {
    const found = await addresses.get();
    const query = new URLSearchParams({ access_token: current, ...call.query });
    const write = call.write ?? false;
    try {
      const answer = await clientFor(call.path, config.limits).send({
        operation: call.path.replace(/^\/yonbip\//, ''),
        method: call.body === undefined ? 'GET' : 'POST',
        url: `${found.gatewayUrl}${call.path}?${query}`,
        headers: { 'content-type': 'application/json' },
        ...(call.body === undefined ? {} : { body: stringifyJson(call.body, { numbers: numeric }) }),
        write,
        signal: call.signal,
      });
      const read = readAnswer(answer, write);
      const decision =
        read.code === '200'
          ? undefined
          : decisionOf({ status: 200, code: read.code, text: read.message }, write);
      // Refused before anything was done: repeating is safe for writes as well.
      return decision?.kind === 'reauth' ? fail(decision) : read;
    } catch (error) {
      // The tenant may have moved to another data centre.
      if (isDecision(error, 'retry') && error.decision.code === 'http.unreachable') addresses.drop(found);
      throw error;
    }
  }

  async function call(call: Call): Promise<YonyouAnswer> {
    try {
      return await withSession(token, call.signal, ({ text }) => send(call, text));
    } catch (error) {
      if (!isDecision(error, 'reauth')) throw error;
      return fail(
        {
          kind: 'fatal',
          code: 'yonyou.credentials',
          message: 'Yonyou refuses the token right after giving it: check the app and its tenant.',
        },
        error,
      );
    }
  }

  const ask = async (one: Call): Promise<YonyouAnswer['data']> => dataOf(await call(one), one.write ?? false);
  return {
    call,
    ask,
    async test(signal) {
      const path = '/yonbip/digitalModel/merchant/newlist';
      const answer = await call({ path, body: { pageIndex: 1, pageSize: 1 }, signal });
      if (answer.code !== '118001') dataOf(answer, false);
    },
    close() {
      closed = true;
      for (const client of clients.values()) client.close();
    },
  };
}

function explained(operation: string, said: string): { code: string; message: string } {
  return operation === 'getGatewayAddress'
    ? { code: 'yonyou.tenant', message: `Yonyou does not know the tenant (${said}): check tenantId.` }
    : {
        code: 'yonyou.sign-in',
        message: `Yonyou gives no token (${said}): check appKey, appSecret and the clock of this machine.`,
      };
}
