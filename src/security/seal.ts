/**
 * Secrets at rest: AES-256-GCM under a key the operator holds. A sealed text names its key, so keys can be
 * rotated (new seals use the first key, old ones are still opened), and is bound to a place (`context`), so a
 * sealed value copied to another row does not open there.
 *
 * Shape: `v1.<key id>.<base64url of nonce (12) | tag (16) | ciphertext>`
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { HubError } from '../errors.ts';

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

export interface SecretKey {
  /** First 8 hex digits of the key's SHA-256: tells keys apart, tells nothing about the key. */
  readonly id: string;
  readonly bytes: Buffer;
}

/** Keys a hub can open with; the first one seals. */
export type Keyring = readonly [SecretKey, ...SecretKey[]];

/** How to look again where keys came from: they are changed while processes run. */
const refreshers = new WeakMap<Keyring, (wanted: boolean) => void>();

/**
 * Lets a keyring follow its source. `refresh` brings the ring up to date in place; told `true` when a value names a key
 * that is missing, `false` before sealing.
 */
export function followSource(keys: Keyring, refresh: (wanted: boolean) => void): void {
  refreshers.set(keys, refresh);
}

/**
 * Reads a key from text: 32 bytes in base64, base64url or hex.
 * @param where names the source in the error (`HUB_SECRET_KEY` or a file); the text itself is never shown.
 */
export function readKey(text: string, where: string): SecretKey {
  const trimmed = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : Buffer.from(trimmed, trimmed.includes('-') || trimmed.includes('_') ? 'base64url' : 'base64');
  if (bytes.length !== 32) {
    throw new HubError('secrets.bad-key', { where, reason: `it has ${bytes.length} bytes instead of 32` });
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw new HubError('secrets.bad-key', { where, reason: 'it is one byte repeated' });
  }
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
}

/** Seals a text for one place, e.g. `connections/erp/maker`. */
export function seal(keys: Keyring, text: string, context: string): string {
  refreshers.get(keys)?.(false);
  const [key] = keys;
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(associated(key.id, context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const body = Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  return `${version}.${key.id}.${body}`;
}

/** Opens what `seal` made. Throws `secrets.unknown-key` or `secrets.unreadable`. */
export function unseal(keys: Keyring, sealed: string, context: string): string {
  const [found, keyId, body, ...more] = sealed.split('.');
  if (found !== version || keyId === undefined || body === undefined || more.length > 0) {
    throw new HubError('secrets.unreadable', {});
  }
  const known = (): SecretKey | undefined => keys.find((candidate) => candidate.id === keyId);
  let key = known();
  if (key === undefined) {
    refreshers.get(keys)?.(true);
    key = known();
  }
  if (key === undefined) throw new HubError('secrets.unknown-key', { keyId });
  const bytes = Buffer.from(body, 'base64url');
  try {
    const opener = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    opener.setAAD(associated(key.id, context));
    opener.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return opener.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + opener.final('utf8');
  } catch (cause) {
    throw new HubError('secrets.unreadable', {}, cause);
  }
}

/** Whether a value should be sealed again because a newer key leads the ring. */
export function needsResealing(keys: Keyring, sealed: string): boolean {
  return keyIdOf(sealed) !== keys[0].id;
}

/** Id of the key a value was sealed with; undefined for what is not sealed at all. */
export function keyIdOf(sealed: string): string | undefined {
  const [found, keyId] = sealed.split('.');
  return found === version ? keyId : undefined;
}

function associated(keyId: string, context: string): Buffer {
  return Buffer.from(`lianhub ${version} ${keyId} ${context}`, 'utf8');
}
