/** Receives the events of the open platform: signed and encrypted, and meant only as "this id changed". */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { textOf } from '../kit/bill-lines.ts';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  type Notice,
  parseJson,
  UnreadableError,
  type WebhookAnswer,
  type WebhookReceiver,
  type WebhookRequest,
  type WebhookVerdict,
} from '../kit/index.ts';
import type { YonyouConfig, YonyouSecrets } from './config.ts';
import { aesKeyOf, decryptText, encryptText, eventSignature, isSigned, signatureKinds } from './crypto.ts';

const pushed = z.looseObject({
  /** The demos call it so, current documents the other way. */
  msgSignature: z.string().optional(),
  signature: z.string().optional(),
  timestamp: z.union([z.string(), z.number()]).transform(String),
  nonce: z.union([z.string(), z.number()]).transform(String),
  encrypt: z.string(),
});

/** Event codes, as the vendor writes them, by what they are about. Everything else is kept as unknown. */
const subjects: readonly (readonly [RegExp, string])[] = [
  [/^SALE_(\w+ORDER_NOTIFY_SENT|AUDITORDER)$/, 'voucherorder'],
  [/^YXYBASEDOC_AA_MERCHANT/, 'merchant'],
  [/^YXYBASEDOC_PC_PRODUCT_|^iuap-apdoc-material_PC_PRODUCT_/, 'product'],
];

/** The receiver of one connection. Its acknowledgement is made anew for every event. */
export function createReceiver(
  config: YonyouConfig,
  secrets: YonyouSecrets,
  now: () => number,
): WebhookReceiver {
  const key = aesKeyOf(secrets.appSecret, config.events.aesKey);
  const { signature: kind, maxAgeSeconds } = config.events;
  const kinds = kind === 'any' ? signatureKinds : [kind];
  /** Answers are signed as the last event was. */
  let lastKind = kinds[0] ?? 'sha1';

  function receive(request: WebhookRequest): WebhookVerdict {
    const read = pushed.safeParse(jsonIn(request.body));
    if (!read.success) return refuse('unparseable', 'The body is not an event of the open platform.');
    const { timestamp, nonce, encrypt, msgSignature, signature } = read.data;
    const envelope = { timestamp, nonce, encrypt };
    const given = msgSignature ?? signature ?? '';
    if (!isSigned(given, kinds, secrets.appSecret, envelope)) {
      return refuse('bad-signature', 'The signature is wrong: check appSecret and events.signature.');
    }
    const age = Math.abs(request.receivedAt.getTime() - Number(timestamp));
    if (!(age <= maxAgeSeconds * 1000)) return refuse('stale', 'The event is too old, or a clock is wrong.');
    const text = decryptText(key, encrypt, secrets.appKey);
    if (text === undefined) {
      return refuse(
        'bad-signature',
        'The event cannot be decrypted for this app: check appKey and appSecret.',
      );
    }
    lastKind = kinds.find((one) => isSigned(given, [one], secrets.appSecret, envelope)) ?? lastKind;
    return { ok: true, notices: noticesOf(text) };
  }

  function acknowledgement(): WebhookAnswer {
    if (config.events.acknowledge === 'plain') {
      return { status: 200, contentType: 'text/plain;charset=utf-8', body: 'success' };
    }
    const envelope = {
      timestamp: String(now()),
      nonce: randomBytes(8).toString('hex'),
      encrypt: encryptText(key, 'success', secrets.appKey),
    };
    const signature = eventSignature(lastKind, secrets.appSecret, envelope);
    const body = { msgSignature: signature, signature, ...envelope, timestamp: Number(envelope.timestamp) };
    return { status: 200, contentType: 'application/json;charset=utf-8', body: JSON.stringify(body) };
  }

  return {
    receive,
    // What is not acknowledged comes again after 1 min, 5 min, 1 h and 24 h.
    busy: { status: 503, contentType: 'text/plain;charset=utf-8', body: 'busy' },
    deadlineMs: 5_000,
    get acknowledge() {
      return acknowledgement();
    },
  };
}

/** What an event is about. CHECK_URL only asks whether somebody is there. */
function noticesOf(text: string): readonly Notice[] {
  const event = jsonIn(Buffer.from(text, 'utf8'));
  if (!isJsonObject(event)) return [unknown({ text: text.slice(0, 2000) })];
  const type = textOf(event.type);
  if (type === 'CHECK_URL') return [];
  const object = subjects.find(([pattern]) => pattern.test(type))?.[1];
  const about = object === undefined ? [] : subjectsIn(event);
  if (object === undefined || about.length === 0) return [unknown(event)];
  const eventId = textOf(event.eventId);
  const isDeletion = /DELETE(ORDER_NOTIFY_SENT)?$/.test(type) && !/CARD_DELETE$/.test(type);
  return about.map((one, at): Notice => {
    const orgId = textOf(one.orgId);
    return {
      object,
      remoteId: idIn(one),
      ...(eventId === '' ? {} : { messageId: at === 0 ? eventId : `${eventId}/${at}` }),
      ...(orgId === '' ? {} : { hint: { orgId } }),
      ...(isDeletion ? { deleted: true as const } : {}),
    };
  });
}

/**
 * Where the object stands differs per event and from document to document: in `content` (often JSON as text), in
 * BILL_INFO, `archive`, a list, or at the top.
 */
function subjectsIn(event: JsonObject): readonly JsonObject[] {
  const content =
    typeof event.content === 'string' ? jsonIn(Buffer.from(event.content, 'utf8')) : event.content;
  for (const place of [content, event]) {
    if (Array.isArray(place)) {
      const listed = place.filter((one: Json): one is JsonObject => isJsonObject(one) && idIn(one) !== '');
      if (listed.length > 0) return listed;
    }
    if (!isJsonObject(place)) continue;
    for (const one of [place.BILL_INFO, place.archive, place]) {
      if (isJsonObject(one) && idIn(one) !== '') return [one];
    }
  }
  return [];
}

function idIn(about: JsonObject): string {
  return textOf(about.billId ?? about.id);
}

function unknown(event: JsonObject): Notice {
  const eventId = textOf(event.eventId);
  return { object: 'unknown', remoteId: eventId || textOf(event.type), body: event };
}

function jsonIn(bytes: Uint8Array): Json | undefined {
  try {
    return parseJson(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}

function refuse(reason: 'bad-signature' | 'stale' | 'unparseable', message: string): WebhookVerdict {
  return { ok: false, reason, message };
}
