import type { ConnectionContext } from '../kit/index.ts';
import {
  buildXml,
  ConnectorError,
  chinaTime,
  createHttpClient,
  type HttpClient,
  type JsonObject,
  parseXml,
  UnreadableError,
} from '../kit/index.ts';
import { type Config, methodPrefix, type Secrets } from './config.ts';
import { type Judge, judgeOf, noAnswer } from './errors.ts';
import { sign } from './signature.ts';
import { isObject, listElements, prune, textAt } from './xml.ts';

/** What the other side said. `flag` decides; `code` on success is the peer's own choice. */
export interface Answer {
  readonly success: boolean;
  readonly code: string;
  readonly message: string;
  /** Everything under `<response>`, empty elements removed. */
  readonly body: JsonObject;
}

export interface CallOptions {
  /** True when the call may change something: a lost answer is then `unknown` instead of `retry`. */
  readonly write: boolean;
  readonly signal: AbortSignal;
}

export interface QimenClient {
  /**
   * Sends one signed call. Resolves with the peer's verdict, good or bad.
   * @throws ConnectorError for gateway failures, wrong signatures and answers that cannot be read
   */
  call(method: string, request: JsonObject, options: CallOptions): Promise<Answer>;
  readonly judge: Judge;
  close(): void;
}

/** A client for one connection. Method names are given without prefix. */
export function createClient(context: ConnectionContext<Config, Secrets>): QimenClient {
  const { config } = context;
  const judge = judgeOf(config);
  const http: HttpClient = createHttpClient({
    connection: context.connection,
    shared: context.shared,
    limits: config.limits,
    timeoutMs: config.timeoutMs,
    ...(context.onCall === undefined ? {} : { onCall: context.onCall }),
  });

  return {
    judge,
    close: () => http.close(),
    async call(method, request, { write, signal }) {
      const body = buildXml('request', request);
      const answer = await http.send({
        operation: method,
        method: 'POST',
        url: signedUrl(context, method, body),
        headers: { 'content-type': 'text/xml;charset=utf-8', accept: 'text/xml' },
        body,
        write,
        signal,
      });
      const read = readAnswer(answer.body);
      if (read === undefined) {
        // A status of its own meaning (404, 429) speaks louder than a body nobody can read.
        if (answer.status !== 200) throw new ConnectorError(judge({ status: answer.status, write }));
        throw new ConnectorError(
          noAnswer(write, answer.body.length === 0 ? 'empty' : 'no <response> with a flag'),
        );
      }
      if (!read.success) {
        const decision = judge({ status: answer.status, code: read.code, text: read.message, write });
        // The peer's own refusals go back to the caller, who knows which of them are good news.
        if (decision.kind !== 'reject' || decision.code === 'qimen.unreadable-request') {
          throw new ConnectorError(decision);
        }
      }
      return read;
    },
  };
}

/** The address with every parameter and the signature over them and the body; nothing empty is put on it. */
function signedUrl(context: ConnectionContext<Config, Secrets>, method: string, body: string): string {
  const { config, secrets } = context;
  const url = new URL(config.url);
  // Parameters already on the configured address travel too, so they are signed too.
  const params = new Map([...url.searchParams].filter(([, value]) => value !== ''));
  params.set('method', methodPrefix(config) + method);
  params.set('timestamp', chinaTime(context.now()));
  params.set('format', 'xml');
  params.set('app_key', config.appKey);
  params.set('v', config.version);
  params.set('sign_method', config.signMethod);
  params.set('customerId', config.customerId);
  params.set('sign', sign({ params, body, secret: secrets.appSecret, method: config.signMethod }));
  let query = '';
  for (const [name, value] of params) {
    query += `${query === '' ? '' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  }
  url.search = query;
  return url.href;
}

/** Undefined when the bytes are not a whole `<response>` with a flag. */
function readAnswer(bytes: Buffer): Answer | undefined {
  let parsed: JsonObject;
  try {
    parsed = parseXml(unescapedOnce(bytes), { arrays: listElements });
  } catch (error) {
    // Cut or mangled: the caller decides from `undefined`; the text itself must not travel.
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
  const body = prune(parsed.response ?? '');
  if (!isObject(body)) return undefined;
  const flag = textAt(body, 'flag')?.toLowerCase();
  if (flag !== 'success' && flag !== 'failure') return undefined;
  return {
    success: flag === 'success',
    code: textAt(body, 'code') ?? '',
    message: textAt(body, 'message') ?? textAt(body, 'sub_message') ?? '',
    body,
  };
}

/** Some peers are reported to escape the whole document once more. */
function unescapedOnce(bytes: Buffer): Uint8Array | string {
  if (!bytes.subarray(0, 64).toString('latin1').trimStart().startsWith('&lt;')) return bytes;
  return bytes
    .toString('utf8')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
