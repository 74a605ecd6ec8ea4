/**
 * The two ways Kingdee is signed. Both hash texts, not bytes: the HMAC is printed as lower-case hex and
 * that hex text is base64-encoded. Checked against a published vector (signing.test.ts).
 */
import { hmacSha256Hex, sha256Hex } from '../kit/index.ts';

/** The vendor XORs the gateway secret with the ASCII codes of this text (not with its hex value). */
const mask = '0054f397c6234378b09ca7d3e5debce7';

export interface SignedIdentity {
  readonly acctId: string;
  readonly username: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly lcid: number;
  readonly orgNum: string;
}

/**
 * Signature of LoginBySign: SHA-256 (lower-case hex) over the five texts sorted ordinally and joined
 * without separators. `timestamp` is in seconds.
 */
export function loginSign(
  identity: Pick<SignedIdentity, 'acctId' | 'username' | 'appId' | 'appSecret'>,
  timestamp: string,
): string {
  const texts = [identity.acctId, identity.username, identity.appId, identity.appSecret, timestamp];
  return sha256Hex(texts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(''));
}

/** Base64 of the 64-character hex text of HMAC-SHA-256: always 88 characters. */
export function hexHmac(text: string, key: string): string {
  return Buffer.from(hmacSha256Hex(key, text), 'utf8').toString('base64');
}

/** Client id and gateway secret hidden in an app id `<clientId>_<32 characters>`; both empty for any other form. */
export function splitAppId(appId: string): { clientId: string; gatewaySecret: string } {
  const [clientId, hidden, ...more] = appId.split('_');
  if (clientId === undefined || hidden === undefined || more.length > 0) {
    return { clientId: '', gatewaySecret: '' };
  }
  // The vendor's Java SDK takes a text of another length as it is; its Python SDK takes none at all.
  if (hidden.length !== 32) return { clientId, gatewaySecret: hidden };
  const bytes = Buffer.from(hidden, 'base64');
  const unmasked = bytes.map((byte, at) => byte ^ mask.charCodeAt(at));
  return { clientId, gatewaySecret: Buffer.from(unmasked).toString('base64') };
}

/** The path as it is signed: from the first slash after the scheme, slashes encoded too. */
export function signedPath(url: string): string {
  return encodeURIComponent(url.slice(url.indexOf('/', 10)));
}

/**
 * Headers of the signed mode for one request. `timestamp` is what goes out, in seconds or milliseconds;
 * the nonce is the same text, as in the vendor's SDKs.
 */
export function signedHeaders(
  identity: SignedIdentity,
  url: string,
  timestamp: string,
): Record<string, string> {
  const { clientId, gatewaySecret } = splitAppId(identity.appId);
  const appData = `${identity.acctId},${identity.username},${identity.lcid},${identity.orgNum}`;
  const toSign = `POST\n${signedPath(url)}\n\nx-api-nonce:${timestamp}\nx-api-timestamp:${timestamp}\n`;
  return {
    'X-Api-ClientID': clientId,
    'X-Api-Auth-Version': '2.0',
    'x-api-timestamp': timestamp,
    'x-api-nonce': timestamp,
    'x-api-signheaders': 'x-api-timestamp,x-api-nonce',
    'X-Api-Signature': hexHmac(toSign, gatewaySecret),
    'X-Kd-Appkey': identity.appId,
    'X-Kd-Appdata': Buffer.from(appData, 'utf8').toString('base64'),
    'X-Kd-Signature': hexHmac(identity.appId + appData, identity.appSecret),
  };
}
