/** Signs the request for a token. */
import { createHmac } from 'node:crypto';

/**
 * Signature of the token request: all parameters sorted by name, names and values one after another, HMAC-SHA256 under
 * the app's secret, base64 of the bytes. Verified: vendor demos and the document agree. Not URL-encoded here.
 */
export function tokenSignature(parameters: Readonly<Record<string, string>>, appSecret: string): string {
  const text = Object.keys(parameters)
    .sort()
    .map((name) => name + parameters[name])
    .join('');
  return createHmac('sha256', appSecret).update(text).digest('base64');
}
