import { createHmac } from 'node:crypto';

/** Signature of a webhook: HMAC-SHA-256 over the time it was sent, a point, and the raw bytes; hexadecimal. */
export function signatureOf(key: string, sentAt: string, body: Uint8Array | string): string {
  return createHmac('sha256', key).update(sentAt).update('.').update(body).digest('hex');
}
