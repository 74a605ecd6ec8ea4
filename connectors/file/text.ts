/** Text of files in the encodings they come in, both ways, without a silent loss. */
import { Transform } from 'node:stream';
import iconv from 'iconv-lite';
import type { FileObject } from './config.ts';

export type Encoding = FileObject['encoding'];

/**
 * Bytes to text, piece by piece. What is not in the encoding becomes U+FFFD, which whoever reads the rows looks for; a
 * byte order mark is left out.
 */
export function decoder(encoding: Encoding): Transform {
  const decoding = new TextDecoder(encoding);
  return new Transform({
    readableObjectMode: false,
    decodeStrings: true,
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(decoding.decode(chunk, { stream: true }), 'utf8'));
    },
    flush(done) {
      done(null, Buffer.from(decoding.decode(), 'utf8'));
    },
  });
}

/** Whether a text shows that it was read in an encoding it is not written in. */
export function isGarbled(text: string, encoding: Encoding): boolean {
  // The byte FF, which these do not have, is given a letter nobody uses.
  return text.includes('\uFFFD') || (encoding.startsWith('gb') && text.includes('\uF8F5'));
}

/** Whether every letter of a text exists in the encoding. */
export function canWrite(text: string, encoding: Encoding): boolean {
  if (encoding !== 'gbk') return !/\p{Surrogate}/u.test(text);
  return iconv.decode(iconv.encode(text, 'gbk'), 'gbk') === text;
}

/** @param bom with UTF-8 the mark by which Excel knows it; UTF-16 always has one */
export function encode(text: string, encoding: Encoding, bom: boolean): Buffer {
  const addBOM = encoding === 'utf-16le' || (encoding === 'utf-8' && bom);
  return iconv.encode(text, encoding === 'utf-16le' ? 'utf16-le' : encoding, { addBOM });
}
