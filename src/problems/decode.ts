/** Bytes of a file somebody wrote, or their text → text, or the first place where they are none. */
import type { Problem } from './problem.ts';

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Reads UTF-8, with or without a byte order mark, up to `largest` bytes; text that was decoded already is held to
 * the same. `codes` begins the codes of problems:
 * `config` gives `config.not-utf8` and `config.too-large`.
 */
export function decode(file: string, input: string | Uint8Array, largest: number, codes: string): Decoded {
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
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  if (size > largest)
    return refuse('too-large', `the file has ${size} bytes, and ${largest} is the most`, 1, 1);
  // Replacement characters, not `fatal`: they show where the first bad byte is.
  const text = typeof input === 'string' ? input : new TextDecoder('utf-8').decode(input);
  const bad = text.search(/[\ufffd\p{Surrogate}]/u);
  if (bad === -1) return { ok: true, text: text.startsWith('\ufeff') ? text.slice(1) : text };
  const before = text.slice(0, bad);
  return refuse(
    'not-utf8',
    'the file is not UTF-8',
    before.split('\n').length,
    bad - before.lastIndexOf('\n'),
    'Save it as UTF-8 (GBK and UTF-16 are not read).',
  );
}
