/**
 * Events of the CRM (回调): a POST that is signed over its parts and encrypted, and an answer that is, too. The scheme
 * and the order of the parts are verified against the vendor's own demo; which events an enterprise can subscribe to is
 * not described in its public pages, so polling stays the floor.
 */
import { createCipheriv, createDecipheriv, createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  equalConstantTime,
  isJsonObject,
  type JsonObject,
  type Notice,
  parseJson,
  type WebhookReceiver,
  type WebhookRequest,
  type WebhookVerdict,
} from '../kit/index.ts';

const push = z.looseObject({
  signature: z.string().min(1),
  timestamp: z.union([z.number(), z.string()]).transform(String),
  nonce: z.union([z.number(), z.string()]).transform(String),
  messageId: z.union([z.number(), z.string()]).transform(String),
  retryTimes: z.union([z.number(), z.string()]).transform(String).nullish(),
  enterpriseAccount: z.string(),
  encryptedContent: z.string(),
});

const event = z.looseObject({
  eventType: z.string().default(''),
  apiName: z.string().min(1),
  dataId: z.string().min(1),
});

export interface WebhookOptions {
  readonly aesKey: string;
  /** Absent: any. */
  readonly enterpriseAccount: string | undefined;
  readonly toleranceMs: number;
  readonly now: () => number;
  /** API name at the vendor → object name of the connector, for objects that are read. */
  readonly objects: ReadonlyMap<string, string>;
}

/** SHA-1 over the parts one after another, hexadecimal; the key takes part as the base64 text it is. */
export function signatureOf(...parts: readonly string[]): string {
  return createHash('sha1').update(parts.join('')).digest('hex');
}

/** AES-256-CBC, base64; the first half of the key is the initial vector. Throws on a key of another length. */
export function encrypt(aesKey: string, text: string): string {
  const { key, iv } = keyOf(aesKey);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

/** The opposite of `encrypt`. Throws when it was made with another key. */
export function decrypt(aesKey: string, text: string): string {
  const { key, iv } = keyOf(aesKey);
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([decipher.update(text, 'base64'), decipher.final()]).toString('utf8');
}

/** A receiver of events. Throws at once on a key that is none. */
export function createWebhook(options: WebhookOptions): WebhookReceiver {
  const { aesKey, now } = options;
  keyOf(aesKey);
  return {
    receive: (request) => receive(request, options),
    busy: { status: 503, contentType: 'application/json', body: '{"error":"busy"}' },
    // That of the vendor's callbacks to apps; for events of the CRM none is written down (unverified).
    deadlineMs: 3_000,
    /** Signed for the moment it is asked for. */
    get acknowledge() {
      const timestamp = String(now());
      const nonce = randomUUID().replaceAll('-', '').slice(0, 16);
      const encryptedResult = encrypt(aesKey, 'success');
      const signature = signatureOf(timestamp, nonce, encryptedResult, aesKey);
      return {
        status: 200,
        contentType: 'application/json',
        body: JSON.stringify({ timestamp: Number(timestamp), nonce, encryptedResult, signature }),
      };
    },
  };
}

function receive(request: WebhookRequest, options: WebhookOptions): WebhookVerdict {
  if (request.method !== 'POST') return refuse('unparseable', 'FXiaoke sends events with POST.');
  const parsed = push.safeParse(parsedOrNothing(Buffer.from(request.body).toString('utf8')));
  if (!parsed.success) return refuse('unparseable', 'The body is no FXiaoke event.');
  const { signature, timestamp, nonce, messageId, retryTimes, enterpriseAccount, encryptedContent } =
    parsed.data;
  const expected = signatureOf(
    ...[timestamp, nonce, messageId, retryTimes ?? '', enterpriseAccount, encryptedContent, options.aesKey],
  );
  if (!equalConstantTime(signature.toLowerCase(), expected)) {
    return refuse('bad-signature', 'The signature of the event does not fit aesKey.');
  }
  if (options.enterpriseAccount !== undefined && options.enterpriseAccount !== enterpriseAccount) {
    return refuse('bad-signature', 'The event is from another enterprise than enterpriseAccount.');
  }
  const age = Math.abs(request.receivedAt.getTime() - Number(timestamp));
  if (!(age <= options.toleranceMs)) {
    return refuse('stale', 'The timestamp of the event is too far from now.');
  }
  const told = event.safeParse(decryptedOrNothing(options.aesKey, encryptedContent));
  if (!told.success) {
    const body: JsonObject = { messageId, enterpriseAccount, encryptedContent };
    return { ok: true, notices: [{ object: 'unknown', remoteId: messageId, messageId, body }] };
  }
  const { apiName, dataId, eventType } = told.data;
  const object = options.objects.get(apiName);
  // Events are subscribed to by enterprise, not by object: those of objects nobody reads are taken and dropped.
  if (object === undefined) return { ok: true, notices: [] };
  const notice: Notice = { object, remoteId: dataId, messageId, hint: { eventType, at: Number(timestamp) } };
  return { ok: true, notices: [notice] };
}

function keyOf(aesKey: string): { key: Buffer; iv: Buffer } {
  const key = Buffer.from(aesKey, 'base64');
  if (key.length !== 32) throw new Error('secrets.aesKey is not the base64 of 32 bytes.');
  return { key, iv: key.subarray(0, 16) };
}

function parsedOrNothing(text: string): JsonObject | undefined {
  try {
    const json = parseJson(text);
    return isJsonObject(json) ? json : undefined;
  } catch {
    // Not JSON: the caller refuses the event, or keeps it as senseless.
    return undefined;
  }
}

function decryptedOrNothing(aesKey: string, text: string): JsonObject | undefined {
  try {
    return parsedOrNothing(decrypt(aesKey, text));
  } catch {
    // Rightly signed but not readable: kept as senseless.
    return undefined;
  }
}

function refuse(reason: 'bad-signature' | 'stale' | 'unparseable', message: string): WebhookVerdict {
  return { ok: false, reason, message };
}
