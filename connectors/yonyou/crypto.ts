/**
 * Encryption and signature of pushed events, after the vendor's demo code (verified there, not against the live
 * platform). The three signatures are all in the vendor's material; which one a tenant gets is seen at CHECK_URL.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { equalConstantTime } from '../kit/index.ts';

export type SignatureKind = 'sha1' | 'hmac-sha256' | 'sha256';
export const signatureKinds: readonly SignatureKind[] = ['sha1', 'hmac-sha256', 'sha256'];

export interface Envelope {
  readonly timestamp: string;
  readonly nonce: string;
  /** Base64. */
  readonly encrypt: string;
}

/** Key of 32 bytes; for a self-built app made of its secret: dashes out, cut or filled with `0` to 43 characters. */
export function aesKeyOf(appSecret: string, encodingKey?: string): Buffer {
  const key = encodingKey ?? appSecret.replaceAll('-', '').slice(0, 43).padEnd(43, '0');
  return Buffer.from(`${key}=`, 'base64');
}

/** Signature over an envelope under the app's secret. */
export function eventSignature(kind: SignatureKind, secret: string, envelope: Envelope): string {
  const { timestamp, nonce, encrypt } = envelope;
  switch (kind) {
    case 'sha1':
      return createHash('sha1')
        .update(sorted(secret, timestamp, nonce, encrypt))
        .digest('hex');
    case 'hmac-sha256':
      return createHmac('sha256', secret)
        .update(sorted(timestamp, nonce, encrypt))
        .digest('base64');
    case 'sha256':
      return createHash('sha256')
        .update(sorted(secret, timestamp, nonce, encrypt))
        .digest('hex');
  }
}

/** Whether a signature is one of those that may be. All are computed, whichever is right. */
export function isSigned(
  given: string,
  kinds: readonly SignatureKind[],
  secret: string,
  envelope: Envelope,
): boolean {
  const right = kinds.map((kind) => equalConstantTime(given, eventSignature(kind, secret, envelope)));
  return right.includes(true);
}

const blockSize = 32;

/** 16 random bytes, length, text and owner, filled to blocks of 32 bytes, AES-256-CBC, base64. */
export function encryptText(key: Buffer, text: string, owner: string, random = randomBytes(16)): string {
  const body = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([random, length, body, Buffer.from(owner, 'utf8')]);
  const fill = blockSize - (plain.length % blockSize);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(plain),
    cipher.update(Buffer.alloc(fill, fill)),
    cipher.final(),
  ]).toString('base64');
}

/** The text inside; undefined when it cannot be read with this key or belongs to another owner. */
export function decryptText(key: Buffer, encrypted: string, owner: string): string | undefined {
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length === 0 || bytes.length % 16 !== 0) return undefined;
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(bytes), decipher.final()]);
  const fill = padded.at(-1) ?? 0;
  const plain = fill >= 1 && fill <= blockSize ? padded.subarray(0, -fill) : padded;
  if (plain.length < 20) return undefined;
  const end = 20 + plain.readUInt32BE(16);
  if (end > plain.length || plain.subarray(end).toString('utf8') !== owner) return undefined;
  return plain.subarray(20, end).toString('utf8');
}

function sorted(...parts: readonly string[]): string {
  return [...parts].sort().join('');
}
