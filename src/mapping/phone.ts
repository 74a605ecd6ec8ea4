/**
 * Telephone numbers. In the hub: `{ kind, e164?, extension?, display }`. `real` has an E.164 number where one can be read;
 * `masked` (138****0000), `virtual` (a platform's number with an extension) and `sealed` (a platform's
 * ciphertext) are kept as shown and are never taken for somebody's number.
 */
import parsePhone from 'libphonenumber-js/max';
import type { Json, JsonObject } from './types.ts';

const MOBILE = /^(?:\+?86[- ]?)?(1[3-9]\d{9})$/;
const VIRTUAL = /^(\+?[\d -]{7,20}?)\s*(?:转|轉|ext\.?|,|#|[-_])\s*(\d{1,6})$/i;

/** Vendor text → canonical phone; undefined when nothing is told. Numbers without a country are Chinese. */
export function readPhone(text: string): JsonObject | undefined {
  const display = text.trim();
  if (display === '') return undefined;
  const mobile = MOBILE.exec(display);
  if (mobile !== null) return { kind: 'real', e164: `+86${mobile[1]}`, display };
  if (/[*＊•●]/.test(display)) return { kind: 'masked', display };
  if (/^[~$#@]/.test(display) || (display.length > 24 && /^[\w+/=~$#:.-]+$/.test(display)))
    return { kind: 'sealed', display };
  const virtual = VIRTUAL.exec(display);
  if (virtual !== null) {
    const relay = MOBILE.exec((virtual[1] ?? '').trim());
    const extension = virtual[2] ?? '';
    if (relay !== null) return { kind: 'virtual', e164: `+86${relay[1]}`, extension, display };
  }
  const parsed = parsePhone(display, 'CN');
  if (parsed?.isValid() !== true) return { kind: 'real', display };
  if (parsed.ext === undefined) return { kind: 'real', e164: parsed.number, display };
  return { kind: 'virtual', e164: parsed.number, extension: parsed.ext, display };
}

/**
 * Canonical phone (or plain text) → what a vendor dials: national digits for Chinese numbers, E.164 for
 * others, a virtual number as shown. A masked or sealed one is nothing to send on: undefined.
 */
export function writePhone(phone: Json): string | undefined {
  if (typeof phone === 'string') return phone === '' ? undefined : dial(phone, phone);
  if (phone === null || typeof phone !== 'object' || Array.isArray(phone)) return undefined;
  const { kind, e164, display } = phone as JsonObject;
  if (kind === 'masked' || kind === 'sealed') return undefined;
  if (kind !== 'virtual' && typeof e164 === 'string') return dial(e164, e164);
  return typeof display === 'string' && display !== '' ? display : undefined;
}

function dial(text: string, otherwise: string): string {
  return /^\+861[3-9]\d{9}$/.test(text) ? text.slice(3) : (national(text) ?? otherwise);
}

/** Chinese landlines as `021-12345678`. */
function national(text: string): string | undefined {
  if (!text.startsWith('+86')) return undefined;
  const parsed = parsePhone(text, 'CN');
  return parsed?.isValid() === true ? parsed.formatNational().replace(/ /g, '-') : undefined;
}
