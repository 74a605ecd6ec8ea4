/** Pushes events as the open platform does: CHECK_URL first, encrypted, signed, again until acknowledged. */
import { randomUUID } from 'node:crypto';
import { textOf } from '../../kit/bill-lines.ts';
import { isJsonObject, type JsonObject, parseJson, UnreadableError, WebhookSender } from '../../kit/index.ts';
import {
  aesKeyOf,
  decryptText,
  encryptText,
  eventSignature,
  type SignatureKind,
  signatureKinds,
} from '../crypto.ts';
import { appKey, appSecret, tenantId } from './gateway.ts';

export interface EventOptions {
  readonly now: () => number;
  readonly signature: SignatureKind;
  /** `msgSignature` of the demos, or `signature` of the documents. */
  readonly field: 'msgSignature' | 'signature';
  /** What it takes for an acknowledgement. */
  readonly expects: 'encrypted' | 'plain' | 'either';
  readonly resendAfterMs: readonly number[];
}

export type Event = JsonObject & { readonly type: string; readonly eventId: string };

const key = aesKeyOf(appSecret);

/** An event as it happens: the outer members with what it is about. */
export function eventOf(type: string, content: JsonObject, now: number): Event {
  return { type, eventId: randomUUID(), timestamp: now, tenantId, content: JSON.stringify(content) };
}

/** The body of a push, encrypted for `owner` and signed at `time`. */
export function pushBody(
  event: JsonObject,
  { signature, field }: Pick<EventOptions, 'signature' | 'field'>,
  time: number,
  owner = appKey,
): string {
  const envelope = {
    timestamp: String(time),
    nonce: randomUUID().replaceAll('-', '').slice(0, 16),
    encrypt: encryptText(key, JSON.stringify(event), owner),
  };
  const sign = eventSignature(signature, appSecret, envelope);
  return JSON.stringify({ [field]: sign, ...envelope, timestamp: time });
}

/** Whether an answer is the acknowledgement the platform waits for. */
export function isAcknowledged(body: string, expects: EventOptions['expects']): boolean {
  if (expects !== 'encrypted' && body.trim() === 'success') return true;
  if (expects === 'plain') return false;
  const answer = objectIn(body);
  const envelope = {
    timestamp: textOf(answer?.timestamp),
    nonce: textOf(answer?.nonce),
    encrypt: textOf(answer?.encrypt),
  };
  const sign = textOf(answer?.signature ?? answer?.msgSignature);
  const isSigned = signatureKinds.some((kind) => eventSignature(kind, appSecret, envelope) === sign);
  return isSigned && decryptText(key, envelope.encrypt, appKey) === 'success';
}

export function eventSender(options: EventOptions): WebhookSender<Event> {
  return new WebhookSender<Event>({
    prepare: (event, url) => ({
      url,
      headers: { 'content-type': 'application/json;charset=utf-8' },
      body: pushBody(event, options, options.now()),
    }),
    acknowledged: ({ status, body }) => status === 200 && isAcknowledged(body, options.expects),
    resendAfterMs: options.resendAfterMs,
    timeoutMs: 5000,
  });
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const json = parseJson(text);
    return isJsonObject(json) ? json : undefined;
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}
