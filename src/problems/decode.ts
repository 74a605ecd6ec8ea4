/** Bytes of a file somebody wrote → text, or the first place where they are none. */
import type { Problem } from './problem.ts';

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Reads UTF-8, with or without a byte order mark, up to `largest` bytes. `codes` begins the codes of problems:
 * `config` gives `config.not-utf8` and `config.too-large`.
 */
export function decode(file: string, bytes: Uint8Array, largest: number, codes: string): Decoded {
  const refuse = (code: string, message: string, line: number, column: number, hint?: string): Decoded => ({
    ok: false,
    problem: {
      file,
      line,
      column,
      code: `${codes}.${code}`,
      message,
      ...(hint === undefined ? {} : { hint }),
    },
  });
  if (bytes.byteLength > largest) {
    return refuse('too-large', `the file has ${bytes.byteLength} bytes, and ${largest} is the most`, 1, 1);
  }
  // Replacement characters, not `fatal`: they show where the first bad byte is.
  const text = new TextDecoder('utf-8').decode(bytes);
  const bad = text.indexOf('\ufffd');
  if (bad === -1) return { ok: true, text };
  const before = text.slice(0, bad);
  return refuse(
    'not-utf8',
    'the file is not UTF-8',
    before.split('\n').length,
    bad - before.lastIndexOf('\n'),
    'Save it as UTF-8 (GBK and UTF-16 are not read).',
  );
}
