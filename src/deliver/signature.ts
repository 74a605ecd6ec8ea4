/**
 * Signatures of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`. Done with
 * Node's own HMAC, whose receivers cannot tell it from their libraries': those compute SHA-256 in JavaScript, which
 * takes six times as long and holds up everything else for milliseconds where an event is large.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { HubError } from '../errors.ts';

const prefix = 'whsec_';

/** A new secret: `whsec_` and 32 random bytes in base64. */
export function newSecret(): string {
  return prefix + randomBytes(32).toString('base64');
}

/** What is wrong with a secret somebody chose, as an error that does not show it. */
export function secretProblem(secret: string): HubError | undefined {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : undefined;
  const refuse = (reason: string): HubError => new HubError('destination.bad-secret', { reason });
  if (text === undefined) return refuse(`it does not begin with ${prefix}`);
  const key = Buffer.from(text, 'base64');
  if (key.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, ''))
    return refuse('it is not base64');
  if (key.length < 24 || key.length > 64) return refuse(`it has ${key.length} bytes instead of 24 to 64`);
  return undefined;
}

/**
 * The headers a receiver verifies with.
 * @param secrets `whsec_…`, the newest first: every one of them signs, so that a receiver may change over while two live.
 * @param id the same in every retry, so that a receiver knows what it has seen.
 * @param at when it is sent; receivers refuse what is older than some minutes.
 */
export function signatureHeaders(
  secrets: readonly string[],
  id: string,
  at: Date,
  body: Uint8Array,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64');
    const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    return `v1,${mac}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
