import { z } from 'zod';
import {
  createVerifier,
  hmac,
  isJsonObject,
  type Json,
  parseJson,
  type WebhookReceiver,
  type WebhookRequest,
  type WebhookVerdict,
} from '../../../connectors/kit/index.ts';
import type { Secrets } from './config.ts';

/** How old a push may be, and how far ahead its clock, where hub.yaml does not say, ms. */
const defaultToleranceMs = 300_000;

/** What is pushed: which object, its id, and the object itself where the vendor sends it along. */
const push = z.looseObject({
  id: z.string().optional(),
  object: z.enum(['order', 'book']),
  objectId: z.union([z.string(), z.number()]).transform(String),
  data: z.unknown().optional(),
});

/**
 * Pushes signed as most vendors do: header `x-signature` is the hexadecimal HMAC-SHA-256 over `x-timestamp` (seconds), a
 * dot and the raw bytes. Unverified for Bookshop: its documents say what it really signs.
 */
export function createReceiver(secrets: Secrets, toleranceMs = defaultToleranceMs): WebhookReceiver {
  const verify = createVerifier(
    {
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      secretEncoding: 'text',
      header: 'x-signature',
      sign: '{{timestamp}}.{{body}}',
      timestamp: { header: 'x-timestamp', at: (text) => Number(text) * 1000, toleranceMs },
    },
    secrets.webhookSecret,
  );
  return {
    acknowledge: { status: 200, contentType: 'application/json', body: '{"ok":true}' },
    busy: { status: 503, contentType: 'application/json', body: '{"ok":false}' },
    receive: (request) => (request.verified ? undefined : verify(request)) ?? split(request),
  };
}

/** The signature of a push; its simulator signs by it too. */
export function signatureOf(secret: string, timestamp: string, body: Uint8Array): string {
  return hmac('sha256', secret, [`${timestamp}.`, body], 'hex');
}

function split({ body }: WebhookRequest): WebhookVerdict {
  const text = Buffer.from(body).toString('utf8');
  const told = readable(text);
  const parsed = push.safeParse(told);
  // Rightly signed and without sense: kept for a person to look at.
  if (!parsed.success) return { ok: true, notices: [{ object: 'unknown', remoteId: '', body: { text } }] };
  const { id, object, objectId, data } = parsed.data;
  const whole = data as Json | undefined;
  return {
    ok: true,
    notices: [
      {
        object,
        remoteId: objectId,
        ...(id === undefined ? {} : { messageId: id }),
        ...(isJsonObject(whole) ? { body: whole } : {}),
      },
    ],
  };
}

function readable(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    // Not JSON: kept as it is.
    return undefined;
  }
}
