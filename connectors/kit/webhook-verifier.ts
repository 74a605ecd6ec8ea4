/**
 * Verifies webhooks that are signed as most of the world signs them: a digest over parts both sides have, in a header;
 * and Standard Webhooks (standardwebhooks.com), which is one of them.
 */
import { type Digest, keyedDigest } from './digest.ts';
import { equalConstantTime } from './signature.ts';
import type { WebhookRequest } from './types.ts';

/** How one sender signs. Header names in any case. */
export interface SignatureScheme extends Digest {
  /** Where the signature stands. */
  readonly header: string;
  /** What stands before it there, e.g. `sha256=`. @default nothing */
  readonly prefix?: string;
  /** Finds the signatures in the header by its first group; one of them must be right. @default the whole header */
  readonly pattern?: string;
  /**
   * What is signed, with `{{body}}` (the very bytes), `{{timestamp}}`, `{{id}}`, `{{method}}`, `{{url}}`, `{{query}}` and
   * `{{secret}}` filled in.
   */
  readonly sign: string;
  /** For `{{url}}`: the address as the sender was given it, without query. What the request itself says proves nothing. */
  readonly url?: string;
  /** Header of the message's id, for `{{id}}`. */
  readonly idHeader?: string;
  /** When it was sent. Absent: an old message cannot be told from a new one. */
  readonly timestamp?: SignedTime;
}

export interface SignedTime {
  readonly header: string;
  /** Finds the time in the header by its first group. @default the whole header */
  readonly pattern?: string;
  /** Milliseconds since 1970; undefined: it is no time. */
  readonly at: (text: string) => number | undefined;
  /** Older or newer is stale, milliseconds. */
  readonly toleranceMs: number;
}

export type Refused = {
  readonly ok: false;
  readonly reason: 'bad-signature' | 'stale';
  readonly message: string;
};

/** The headers of Standard Webhooks. */
export const standardHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

/** Standard Webhooks with symmetric keys (`v1`, secrets `whsec_…`); signatures of other versions in the header are passed over. */
export function standardWebhooks(toleranceMs: number): SignatureScheme {
  return {
    algorithm: 'hmac-sha256',
    encoding: 'base64',
    secretEncoding: 'base64',
    header: standardHeaders.signature,
    pattern: '(?:^|\\s)v1,([A-Za-z0-9+/=]+)(?=\\s|$)',
    sign: '{{id}}.{{timestamp}}.{{body}}',
    idHeader: standardHeaders.id,
    timestamp: {
      header: standardHeaders.timestamp,
      at: (text) => (/^\d{1,12}$/.test(text) ? Number(text) * 1000 : undefined),
      toleranceMs,
    },
  };
}

/**
 * A function that says what is wrong with a request; undefined: nothing. The signature is compared in constant time, and
 * first: of a forged message nobody learns whether its time was right. Throws Error for a secret that is no key.
 */
export function createVerifier(
  scheme: SignatureScheme,
  secret: string,
): (request: WebhookRequest) => Refused | undefined {
  const { timestamp, encoding } = scheme;
  const header = scheme.header.toLowerCase();
  const pattern = scheme.pattern === undefined ? undefined : new RegExp(scheme.pattern, 'gu');
  const timePattern = timestamp?.pattern === undefined ? undefined : new RegExp(timestamp.pattern, 'gu');
  const timeHeader = timestamp?.header.toLowerCase();
  const idHeader = scheme.idHeader?.toLowerCase();
  const digest = keyedDigest(scheme, secret);
  const parts = scheme.sign.split(/(\{\{\s*\w+\s*\}\})/).filter((part) => part !== '');
  const names = parts.map((part) => /^\{\{\s*(\w+)\s*\}\}$/.exec(part)?.[1]);
  /** Hexadecimal is the same in either case. */
  const ignoresCase = encoding === 'hex' || encoding === 'HEX';

  function filled(request: WebhookRequest, at: number, sent: string | undefined): string | Uint8Array {
    switch (names[at]) {
      case 'body':
        return request.body;
      case 'timestamp':
        return sent ?? '';
      case 'id':
        return idHeader === undefined ? '' : (request.headers[idHeader] ?? '');
      case 'method':
        return request.method;
      case 'query':
        return request.query;
      case 'url':
        return `${scheme.url ?? ''}${request.query === '' ? '' : `?${request.query}`}`;
      case 'secret':
        return secret;
      default:
        return parts[at] ?? '';
    }
  }

  return (request) => {
    const sent = timeHeader === undefined ? undefined : found(request.headers[timeHeader], timePattern)[0];
    const right = digest(parts.map((_part, at) => filled(request, at, sent)));
    const wanted = ignoresCase ? right.toLowerCase() : right;
    // All are compared: the time taken tells nothing about which one was right.
    const matching = found(unprefixed(request.headers[header], scheme.prefix), pattern).filter((one) =>
      equalConstantTime(ignoresCase ? one.toLowerCase() : one, wanted),
    );
    if (matching.length === 0) {
      return { ok: false, reason: 'bad-signature', message: 'The signature is missing or wrong.' };
    }
    if (!timestamp) return undefined;
    const at = sent === undefined ? undefined : timestamp.at(sent);
    if (at !== undefined && Math.abs(request.receivedAt.getTime() - at) <= timestamp.toleranceMs) {
      return undefined;
    }
    return { ok: false, reason: 'stale', message: 'The timestamp is missing or too far from now.' };
  };
}

function unprefixed(header: string | undefined, prefix = ''): string | undefined {
  if (header === undefined || prefix === '') return header;
  const text = header.trim();
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}

function found(header: string | undefined, pattern: RegExp | undefined): string[] {
  if (header === undefined || header === '') return [];
  if (pattern === undefined) return [header.trim()];
  return [...header.matchAll(pattern)].map((one) => one[1] ?? one[0]);
}
