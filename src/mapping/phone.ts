/**
 * Telephone numbers. In the hub: `{ kind, e164?, extension?, display }`. `real` has an E.164 number where one can be
 * read, and the extension (分机) of a landline; `masked` (138****0000), `virtual` (a platform's number with an
 * extension) and `sealed` (a platform's ciphertext) are kept as shown and are never taken for somebody's number.
 */
import parsePhone, { type PhoneNumber } from 'libphonenumber-js/max';
import type { Json, JsonObject } from './types.ts';

const MOBILE = /^(?:\+?86[- ]?)?(1[3-9]\d{9})$/;
const VIRTUAL = /^(\+?[\d -]{7,20}?)\s*(?:转|轉|分机|分機|ext\.?|,|#|[-_])\s*(\d{1,6})$/i;

/** Vendor text → canonical phone; undefined when nothing is told. Numbers without a country are Chinese. */
export function readPhone(text: string): JsonObject | undefined {
  const display = text.trim();
  if (display === '') return undefined;
  const mobile = MOBILE.exec(display);
  if (mobile !== null) return { kind: 'real', e164: `+86${mobile[1]}`, display };
  if (/[*＊•●]/.test(display)) return { kind: 'masked', display };
  if (/^[~$#@]/.test(display) || (display.length > 24 && /^[\w+/=~$#:.-]+$/.test(display)))
    return { kind: 'sealed', display };
  const extended = VIRTUAL.exec(display);
  const [base, extension] = [(extended?.[1] ?? '').trim(), extended?.[2] ?? ''];
  const relay = MOBILE.exec(base);
  if (relay !== null) return { kind: 'virtual', e164: `+86${relay[1]}`, extension, display };
  const whole = parsePhone(display, 'CN');
  if (whole?.isValid() === true) {
    return whole.ext === undefined
      ? { kind: 'real', e164: whole.number, display }
      : withExtension(whole, whole.ext, display);
  }
  const line = base === '' ? undefined : parsePhone(base, 'CN');
  if (line?.isValid() === true) return withExtension(line, extension, display);
  return { kind: 'real', display };
}

/** A landline has extensions of its own; any other number with one is somebody's relay. */
function withExtension(line: PhoneNumber, extension: string, display: string): JsonObject {
  const type = line.getType();
  const kind = type === 'FIXED_LINE' || type === 'FIXED_LINE_OR_MOBILE' ? 'real' : 'virtual';
  return { kind, e164: line.number, extension, display };
}

/**
 * Canonical phone (or plain text) → what a vendor dials: national digits for Chinese numbers, E.164 for others, an
 * extension behind it. A virtual number goes as shown, unless the vendor's `separator` of extensions is given.
 * A masked or sealed one is nothing to send on: undefined.
 */
export function writePhone(phone: Json, separator?: string): string | undefined {
  if (typeof phone === 'string') return phone === '' ? undefined : dial(phone, phone);
  if (phone === null || typeof phone !== 'object' || Array.isArray(phone)) return undefined;
  const { kind, e164, extension, display } = phone as JsonObject;
  if (kind === 'masked' || kind === 'sealed') return undefined;
  if (typeof e164 === 'string' && (kind !== 'virtual' || separator !== undefined)) {
    const number = dial(e164, e164);
    return typeof extension === 'string' && extension !== ''
      ? `${number}${separator ?? '-'}${extension}`
      : number;
  }
  return typeof display === 'string' && display !== '' ? display : undefined;
}

function dial(text: string, otherwise: string): string {
  return /^\+861[3-9]\d{9}$/.test(text) ? text.slice(3) : (national(text) ?? otherwise);
}

/** Chinese landlines as `021-12345678`. */
function national(text: string): string | undefined {
  if (!text.startsWith('+86')) return undefined;
  const parsed = parsePhone(text, 'CN');
  if (parsed?.isValid() !== true) return undefined;
  const groups = parsed.formatNational().split(' ');
  return parsed.getType() === 'FIXED_LINE' ? `${groups[0]}-${groups.slice(1).join('')}` : groups.join('-');
}
