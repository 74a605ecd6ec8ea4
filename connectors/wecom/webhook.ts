/**
 * Callbacks (回调): the address is verified with GET and echostr, events come as sealed XML with POST. An event only says
 * that something has happened, so every notice is a hint. Changes made through the API cause none (verified).
 */
import {
  isJsonObject,
  type JsonObject,
  type Notice,
  parseXml,
  sha256Hex,
  type WebhookReceiver,
  type WebhookRequest,
  type WebhookVerdict,
} from '../kit/index.ts';
import type { WecomConfig, WecomSecrets } from './config.ts';
import { isSigned, opened, type Sealed, type SealingKeys } from './crypto.ts';
import { textOf } from './desk.ts';
import { noticesOf } from './events.ts';

const acknowledge = { status: 200, contentType: 'text/plain', body: 'success' };
/** Only status 200 counts; anything else is sent again, three times in all (verified). */
const busy = { status: 503, contentType: 'text/plain', body: '' };
/** After 5 s the connection is cut and the event sent again; a URL check waits 1 s, and needs no database (verified). */
const deadlineMs = 5_000;

/** A receiver; undefined without the two values that open what comes. */
export function createWebhook(
  config: WecomConfig,
  secrets: WecomSecrets,
  tagsChanged: () => void,
): WebhookReceiver | undefined {
  const { callbackToken, encodingAesKey } = secrets;
  if (callbackToken === undefined || encodingAesKey === undefined) return undefined;
  const keys: SealingKeys = { token: callbackToken, encodingAesKey, receiver: config.corpId };
  return {
    acknowledge,
    busy,
    deadlineMs,
    receive: (request) =>
      request.method === 'GET' ? verify(request, keys, config) : receive(request, keys, config, tagsChanged),
  };
}

/** The vendor asks whether the address is ours: the echo is opened and given back as it is. */
function verify(request: WebhookRequest, keys: SealingKeys, config: WecomConfig): WebhookVerdict {
  const query = new URLSearchParams(request.query);
  // Base64 has no blanks: they are plus signs that were not escaped.
  const sealed = sealedWith(query, (query.get('echostr') ?? '').replaceAll(' ', '+'));
  if (sealed.encrypted === '') return refuse('unparseable', 'The verification carries no echostr.');
  const wrong = wrongWith(sealed, keys, request, config);
  if (wrong) return wrong;
  const echo = opened(keys, sealed.encrypted);
  if (echo === undefined) return notForUs;
  return { ok: true, notices: [], answer: { ...acknowledge, body: echo } };
}

function receive(
  request: WebhookRequest,
  keys: SealingKeys,
  config: WecomConfig,
  tagsChanged: () => void,
): WebhookVerdict {
  const envelope = xmlOf(Buffer.from(request.body));
  const encrypted = textOf(envelope?.Encrypt);
  if (encrypted === '') return refuse('unparseable', 'The body is no WeCom callback: it has no Encrypt.');
  const sealed = sealedWith(new URLSearchParams(request.query), encrypted);
  const wrong = wrongWith(sealed, keys, request, config);
  if (wrong) return wrong;
  const text = opened(keys, encrypted);
  if (text === undefined) return notForUs;
  // The cipher text has 16 random bytes in it: two events never share one, a repeated delivery keeps it.
  const messageId = sha256Hex(encrypted).slice(0, 40);
  const event = xmlOf(text);
  if (event === undefined) return { ok: true, notices: [senseless(messageId, text)] };
  if (event.Event === 'change_external_tag') tagsChanged();
  const notices = noticesOf(event, config, request.receivedAt);
  if (notices === undefined) return { ok: true, notices: [unknown(messageId, event)] };
  // One event may be about two objects; the id of the message belongs to the first of them.
  return { ok: true, notices: notices.map((one, at) => ({ ...one, messageId: withPlace(messageId, at) })) };
}

function withPlace(messageId: string, at: number): string {
  return at === 0 ? messageId : `${messageId}#${at + 1}`;
}

function sealedWith(query: URLSearchParams, encrypted: string): Sealed {
  return {
    timestamp: query.get('timestamp') ?? '',
    nonce: query.get('nonce') ?? '',
    signature: query.get('msg_signature') ?? '',
    encrypted,
  };
}

function wrongWith(
  sealed: Sealed,
  keys: SealingKeys,
  { receivedAt, verified }: WebhookRequest,
  config: WecomConfig,
): WebhookVerdict | undefined {
  if (verified) return undefined;
  if (!isSigned(keys, sealed)) {
    return refuse('bad-signature', 'The signature of the callback does not fit callbackToken.');
  }
  const sentAt = /^\d{1,12}$/.test(sealed.timestamp) ? Number(sealed.timestamp) * 1000 : Number.NaN;
  if (Math.abs(receivedAt.getTime() - sentAt) <= config.clockToleranceMs) return undefined;
  return refuse('stale', 'The callback has no timestamp close enough to now.');
}

const notForUs = refuse(
  'bad-signature',
  'The callback cannot be opened with encodingAesKey, or was sealed for another corp than corpId.',
);

/** What stands in the root element of an XML text; undefined when it is none. */
function xmlOf(text: Uint8Array | string): JsonObject | undefined {
  try {
    const { xml } = parseXml(text, { arrays: [] });
    return isJsonObject(xml) ? xml : undefined;
  } catch {
    // No XML.
    return undefined;
  }
}

/** Kept for a person to look at. */
function unknown(messageId: string, event: JsonObject): Notice {
  const name = [event.Event, event.ChangeType].map(textOf).filter((part) => part !== '');
  return {
    object: 'unknown',
    remoteId: `${name.join('.') || 'event'}#${messageId.slice(0, 12)}`,
    messageId,
    body: event,
  };
}

function senseless(messageId: string, text: string): Notice {
  return { ...unknown(messageId, {}), body: { text: text.slice(0, 2_000) } };
}

function refuse(
  reason: 'bad-signature' | 'stale' | 'unparseable',
  message: string,
): WebhookVerdict & { ok: false } {
  return { ok: false, reason, message };
}
