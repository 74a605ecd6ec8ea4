/** The family of signatures: a digest, keyed or not, over a text both sides can put together. */
import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';

export const algorithms = [
  'hmac-sha256',
  'hmac-sha1',
  'hmac-sha512',
  'hmac-md5',
  'sha256',
  'sha1',
  'sha512',
  'md5',
] as const;
export const encodings = ['hex', 'HEX', 'base64', 'base64url'] as const;

/** What a signature is made of and how it is written; the same for requests and webhooks. */
export const digestShape = {
  algorithm: z
    .enum(algorithms)
    .default('hmac-sha256')
    .describe('Without hmac- the secret has to stand in `sign` itself.'),
  encoding: z.enum(encodings).default('hex').describe('HEX is upper case.'),
  secretEncoding: z
    .enum(['text', 'base64', 'hex'])
    .default('text')
    .describe('How the secret is written; Standard Webhooks secrets are base64.'),
} as const;

export interface Digest {
  readonly algorithm: (typeof algorithms)[number];
  readonly encoding: (typeof encodings)[number];
  readonly secretEncoding: 'text' | 'base64' | 'hex';
}

/** The signature of `parts` one after another, as it stands in a request. */
export function signatureOf(digest: Digest, secret: string, parts: readonly (string | Uint8Array)[]): string {
  return keyedDigest(digest, secret)(parts);
}

/** The same with its key read once. Throws Error for a secret that is no key, e.g. no base64 where that is said. */
export function keyedDigest(
  { algorithm, encoding, secretEncoding }: Digest,
  secret: string,
): (parts: readonly (string | Uint8Array)[]) => string {
  const name = algorithm.replace('hmac-', '');
  const isKeyed = algorithm.startsWith('hmac-');
  const key = isKeyed ? keyOf(secretEncoding, secret) : undefined;
  return (parts) => {
    const sum = key ? createHmac(name, key) : createHash(name);
    for (const part of parts) sum.update(part);
    if (encoding === 'HEX') return sum.digest('hex').toUpperCase();
    return sum.digest(encoding);
  };
}

function keyOf(encoding: Digest['secretEncoding'], secret: string): Buffer {
  if (encoding === 'text') return Buffer.from(secret, 'utf8');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), encoding);
  // An empty key would take the signature of anybody.
  if (key.length === 0) throw new Error(`the secret is not written in ${encoding}, or empty`);
  return key;
}
