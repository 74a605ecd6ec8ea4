/** Bytes to text without guessing: a vendor that says one charset and writes another is not believed. */
import { UnreadableError } from './json.ts';

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

/** The charset a content type names; UTF-8 when it names none. */
export function charsetOf(contentType: string | undefined): string {
  return /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
}

/**
 * The text of bytes in a charset, without byte order mark. Throws UnreadableError when the bytes are not in it, or
 * when nobody knows it.
 */
export function decodeText(bytes: Uint8Array, charset = 'utf-8'): string {
  if (!decoders.has(charset) && !isKnown(charset)) {
    throw new UnreadableError(`The text is in an encoding this hub cannot read (${charset.slice(0, 40)}).`);
  }
  try {
    let decoder = decoders.get(charset);
    if (decoder === undefined) {
      decoder = new TextDecoder(charset, { fatal: true });
      decoders.set(charset, decoder);
    }
    return decoder.decode(bytes);
  } catch (error) {
    const hint = charset === 'utf-8' && isGbk(bytes) ? '; it looks like GBK' : '';
    throw new UnreadableError(`The text is not written in ${charset}, which it should be${hint}.`, error);
  }
}

function isKnown(charset: string): boolean {
  try {
    return new TextDecoder(charset) !== undefined;
  } catch {
    // No such encoding.
    return false;
  }
}

function isGbk(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('gbk', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // Neither.
    return false;
  }
}
