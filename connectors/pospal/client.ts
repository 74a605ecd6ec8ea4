import { z } from 'zod';
import type { paths } from '../../openapi/generated/pospal.d.ts';
import {
  type ConnectionContext,
  ConnectorError,
  createHttpClient,
  type Decision,
  fail,
  type HttpAnswer,
  type HttpClient,
  type Json,
  type JsonObject,
  jsonObject,
  parseJson,
  stringifyJson,
} from '../kit/index.ts';
import type { Account, PospalConfig, PospalSecrets } from './config.ts';
import { refusalDecision, transportDecision } from './errors.ts';
import { signV1, signV2 } from './signature.ts';

type NameOf<Path> = Path extends `/v1/${infer Name}` | `/v2/${infer Name}` ? Name : never;
type BodyOf<Path extends keyof paths> = paths[Path]['post']['requestBody']['content']['application/json'];

/** The vendor's path of a call below the base, e.g. `ticketOpenApi/queryTicketPages`. */
export type Operation = NameOf<keyof paths>;

/** What a call takes beside appId. */
export type Params<Name extends Operation> = Omit<
  BodyOf<Extract<keyof paths, `/${'v1' | 'v2'}/${Name}`>>,
  'appId'
>;

/** One call. */
export interface PospalCall<Name extends Operation = Operation> {
  readonly account: Account;
  readonly operation: Name;
  /** Ids are text; those named in `numbers` are written as bare JSON numbers. */
  readonly params: Params<Name>;
  readonly numbers?: readonly string[];
  /** `v2` where the account has a V2 base and the call exists there (orders, coupons). Default V1. */
  readonly version?: 'v1' | 'v2';
  readonly write: boolean;
  readonly signal: AbortSignal;
}

export interface PospalClient {
  /**
   * Sends one signed call and answers `data` of the envelope (undefined where the vendor sends none).
   * Throws ConnectorError with the decision of the error table.
   */
  call<Name extends Operation>(request: PospalCall<Name>): Promise<Json | undefined>;
  close(): void;
}

const refusedForMs = 30_000;

const envelope = z.looseObject({
  status: z.enum(['success', 'error']),
  messages: z.union([z.array(z.unknown()), z.string(), z.null()]).optional(),
  errorCode: z.union([z.number(), z.string(), z.null()]).optional(),
});

/** A client over all accounts of a connection. Each account has its own limits, breaker and sockets: its own host. */
export function createClient(context: ConnectionContext<PospalConfig, PospalSecrets>): PospalClient {
  const { config, now } = context;
  const clients = new Map<string, HttpClient>();
  /** Accounts the vendor does not let in: asked again only after a pause, so that nobody is locked out. */
  const refused = new Map<string, { decision: Decision; until: number }>();

  function clientOf(account: Account): HttpClient {
    const existing = clients.get(account.name);
    if (existing !== undefined) return existing;
    const { perDay = config.limits.perDay } = config.quota;
    const created = createHttpClient({
      connection: context.connection,
      shared: context.shared,
      unit: account.name,
      timeoutMs: config.timeoutMs,
      limits: { ...config.limits, ...(perDay === undefined ? {} : { perDay }) },
      ...(context.onCall === undefined ? {} : { onCall: context.onCall }),
    });
    clients.set(account.name, created);
    return created;
  }

  async function send<Name extends Operation>(request: PospalCall<Name>): Promise<HttpAnswer> {
    const { account, operation, params, write, signal } = request;
    const v2 = request.version === 'v2' && account.baseUrlV2 !== undefined;
    const body = stringifyJson(
      { appId: account.appId, ...params },
      request.numbers === undefined ? {} : { numbers: request.numbers },
    );
    const timeStamp = String(Math.trunc(now()));
    const signature: Record<string, string> = v2
      ? { appId: account.appId, 'data-signature-v3': signV2(account.appId, account.appKey, timeStamp, body) }
      : { 'data-signature': signV1(account.appKey, body) };
    return clientOf(account).send({
      operation,
      method: 'POST',
      url: (v2 ? (account.baseUrlV2 ?? account.baseUrl) : account.baseUrl) + operation,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'openApi',
        'accept-encoding': 'gzip,deflate',
        'time-stamp': timeStamp,
        ...signature,
      },
      body,
      write,
      signal,
    });
  }

  return {
    async call(request) {
      const shut = refused.get(request.account.name);
      if (shut !== undefined && now() < shut.until) fail(shut.decision);
      let answer: HttpAnswer;
      try {
        answer = await send(request);
      } catch (error) {
        throw withShorterPause(error, config.quota.retryAfterMs);
      }
      if (answer.status !== 200) fail(transportDecision(answer.status, request.write));
      const body = readEnvelope(answer, request.write);
      const told = envelope.safeParse(body);
      if (!told.success) fail(transportDecision(200, request.write), told.error);
      if (told.data.status === 'error') {
        const decision = refusalDecision(
          { errorCode: String(told.data.errorCode ?? ''), messages: messagesOf(told.data.messages) },
          { errorCodes: config.errorCodes, retryAfterMs: config.quota.retryAfterMs, now: now() },
        );
        const named: Decision = {
          ...decision,
          // Nothing can have happened by reading.
          ...(decision.kind === 'unknown' && !request.write ? { kind: 'retry' } : {}),
          message: `${request.account.name}: ${decision.message}`,
        };
        if (decision.kind === 'fatal')
          refused.set(request.account.name, { decision: named, until: now() + refusedForMs });
        fail(named);
      }
      return body.data ?? undefined;
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

function readEnvelope(answer: HttpAnswer, write: boolean): JsonObject {
  try {
    return jsonObject(parseJson(answer.text()));
  } catch (error) {
    return fail(transportDecision(200, write), error);
  }
}

function messagesOf(messages: unknown): string[] {
  if (typeof messages === 'string') return [messages];
  return Array.isArray(messages) ? messages.map((message) => String(message)) : [];
}

/** Our own daily allowance of one account must not stop the other accounts for the rest of the day. */
function withShorterPause(error: unknown, longestMs: number): unknown {
  if (!(error instanceof ConnectorError) || error.decision.code !== 'http.rate-limit') return error;
  const afterMs = Math.min(error.decision.afterMs ?? longestMs, longestMs);
  return new ConnectorError({ ...error.decision, afterMs }, error);
}
