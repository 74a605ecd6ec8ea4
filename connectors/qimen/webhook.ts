import { gunzipSync } from 'node:zlib';
import {
  fromChinaTime,
  type JsonObject,
  type Notice,
  parseXml,
  sha256Hex,
  UnreadableError,
  type WebhookAnswer,
  type WebhookReceiver,
  type WebhookRequest,
  type WebhookVerdict,
} from '../kit/index.ts';
import type { Config, Secrets } from './config.ts';
import { batchedConfirms, confirmNotice } from './objects/delivery-confirm.ts';
import { processNotice } from './objects/delivery-process.ts';
import { signMethodOf, verifySign } from './signature.ts';
import { isObject, listElements, prune } from './xml.ts';

const contentType = 'text/xml;charset=utf-8';
/** A callback inflated beyond this is refused; the largest real ones are some tens of kilobytes. */
const largestBody = 8 * 1024 * 1024;

/**
 * Receives what the gateway, or a WMS directly, calls us with. Signed with our own app secret over every
 * query parameter, the headers named in `top-sign-list` and the raw body.
 */
export function createReceiver(config: Config, secrets: Secrets): WebhookReceiver {
  const toleranceMs = config.timestampToleranceMinutes * 60_000;

  function receive(request: WebhookRequest): WebhookVerdict {
    const body = inflated(request);
    if (body === undefined) return refuse('unparseable', 'The compressed body cannot be read.', 'unreadable');
    const form = isForm(request);
    const params = parametersOf(request, form ? body : undefined);
    const given = params.get('sign');
    const method = signMethodOf(params);
    const genuine =
      given !== undefined &&
      method !== undefined &&
      verifySign(given, { params, body: form ? '' : body, secret: secrets.appSecret, method });
    if (!genuine && !request.verified)
      return refuse('bad-signature', 'Illegal request', 'sign-check-failure');

    if (request.verified) return { ok: true, notices: split(bareMethod(params.get('method') ?? ''), body) };
    const sent = millis(params.get('timestamp'));
    if (sent === undefined || Math.abs(request.receivedAt.getTime() - sent) > toleranceMs) {
      return refuse('stale', 'The timestamp is missing or too far from now', 'timestamp-expired');
    }
    return { ok: true, notices: split(bareMethod(params.get('method') ?? ''), body) };
  }

  function split(method: string, body: Uint8Array): readonly Notice[] {
    const document = requestOf(body);
    if (document === undefined) return [unknown(method, body)];
    if (method === 'orderprocess.report') return [processNotice(document) ?? unknown(method, body)];
    if (method === 'deliveryorder.confirm') {
      return [confirmNotice(document, config.confirmIdentity) ?? unknown(method, body)];
    }
    if (method === 'deliveryorder.batchconfirm') {
      const notices = batchedConfirms(document).map((one) => confirmNotice(one, config.confirmIdentity));
      if (notices.length === 0 || notices.includes(undefined))
        return [...notices.filter(isNotice), unknown(method, body)];
      return notices.filter(isNotice);
    }
    return [unknown(method, body)];
  }

  return {
    receive,
    acknowledge: { status: 200, contentType, body: answer('success', '0', 'ok') },
    // Warehouses look at the flag alone and send again until it says success; another status the gateway would replace
    // by an error of its own (expected so, unverified).
    busy: { status: 200, contentType, body: answer('failure', 'busy', 'Too many messages, try again later') },
    keeps: ({ headers }) => ['top-sign-list', ...listedIn(headers).map((name) => name.toLowerCase())],
  };
}

/** The official receiver's three sources, later ones win: headers named in `top-sign-list`, query, form. */
function parametersOf(request: WebhookRequest, form: Uint8Array | undefined): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const name of listedIn(request.headers)) {
    const value = request.headers[name.toLowerCase()];
    if (value !== undefined)
      params.set(name, new URLSearchParams(`v=${value.replaceAll('&', '%26')}`).get('v') ?? '');
  }
  for (const [name, value] of new URLSearchParams(request.query)) params.set(name, value);
  if (form !== undefined) {
    for (const [name, value] of new URLSearchParams(Buffer.from(form).toString('utf8')))
      params.set(name, value);
  }
  return params;
}

/** Names of the headers that are signed, too. */
function listedIn(headers: WebhookRequest['headers']): string[] {
  const names = (headers['top-sign-list'] ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

function isForm(request: WebhookRequest): boolean {
  return (request.headers['content-type'] ?? '').toLowerCase().includes('application/x-www-form-urlencoded');
}

/** The body as it was signed: senders that compress do so after signing. Undefined when it will not inflate. */
function inflated(request: WebhookRequest): Uint8Array | undefined {
  if ((request.headers['content-encoding'] ?? '').toLowerCase() !== 'gzip') return request.body;
  try {
    return gunzipSync(request.body, { maxOutputLength: largestBody });
  } catch {
    // zlib throws for anything that is no gzip or too large; nothing was verified yet, so nothing is kept.
    return undefined;
  }
}

function millis(timestamp: string | undefined): number | undefined {
  if (timestamp === undefined) return undefined;
  try {
    return Date.parse(fromChinaTime(timestamp));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Both spellings arrive: with the platform's prefix and without. */
function bareMethod(method: string): string {
  const bare = method.trim();
  return bare.startsWith('taobao.qimen.') ? bare.slice('taobao.qimen.'.length) : bare;
}

function requestOf(body: Uint8Array): JsonObject | undefined {
  try {
    const request = prune(parseXml(body, { arrays: listElements }).request ?? '');
    return isObject(request) ? request : undefined;
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}

/** Signed, but not something this connector reads: kept for a person to look at. */
function unknown(method: string, body: Uint8Array): Notice {
  return {
    object: 'unknown',
    remoteId: `${method}/${sha256Hex(body).slice(0, 32)}`,
    body: { method, text: Buffer.from(body).toString('utf8') },
  };
}

function isNotice(notice: Notice | undefined): notice is Notice {
  return notice !== undefined;
}

/** HTTP tells the hub's side of it, the body is what the platform's checker looks for. */
function refuse(
  reason: 'bad-signature' | 'stale' | 'unparseable',
  message: string,
  code: string,
): WebhookVerdict {
  const refusal: WebhookAnswer = {
    status: reason === 'unparseable' ? 400 : 401,
    contentType,
    body: answer('failure', code, message),
  };
  return { ok: false, reason, message, refusal };
}

function answer(flag: 'success' | 'failure', code: string, message: string): string {
  return `<response><flag>${flag}</flag><code>${code}</code><message>${message}</message></response>`;
}
