/** Answers that are not what they should be, made of ones that are. */
import { gunzipSync } from 'node:zlib';

export type Mangling = 'truncated' | 'huge' | 'wrongCharset' | 'nul';

/** Bytes of a `huge` answer. */
export const hugeBytes = 50 * 1024 * 1024;
const chunk = new Uint8Array(64 * 1024).fill(0x20);

/**
 * The answer, spoilt: cut in the middle, followed by 50 MB of blanks (made as they are sent), written in GBK while it
 * says nothing of it, or with NUL bytes in its texts. Status and type stay; compression is taken off.
 */
export async function mangled(response: Response, how: Mangling): Promise<Response> {
  const zipped = response.headers.get('content-encoding') === 'gzip';
  const sent = Buffer.from(await response.arrayBuffer());
  const body = zipped ? gunzipSync(sent) : sent;
  const headers = new Headers(response.headers);
  for (const name of ['content-encoding', 'content-length']) headers.delete(name);
  return new Response(spoilt(body, how), { status: response.status, headers });
}

function spoilt(body: Buffer, how: Mangling): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  switch (how) {
    case 'truncated':
      return Uint8Array.from(body.subarray(0, Math.ceil(body.length / 2)));
    case 'huge':
      return inflated(body);
    case 'wrongCharset':
      return Uint8Array.from(gbk(body.toString('utf8')));
    case 'nul':
      return Uint8Array.from(withNul(body.toString('utf8')));
  }
}

function inflated(body: Buffer): ReadableStream<Uint8Array> {
  let left = hugeBytes;
  return new ReadableStream({
    start: (controller) => controller.enqueue(body),
    pull(controller) {
      if (left <= 0) return controller.close();
      left -= chunk.length;
      controller.enqueue(chunk);
    },
  });
}

/** NUL behind every character that is not ASCII; where all are, one in the middle. */
function withNul(text: string): Buffer {
  const marked = text.replace(/[^\p{ASCII}]/gu, '$&\0');
  if (marked !== text) return Buffer.from(marked);
  const middle = Math.ceil(text.length / 2);
  return Buffer.from(`${text.slice(0, middle)}\0${text.slice(middle)}`);
}

let codes: Map<string, readonly [number, number]> | undefined;

/** A text in GBK, which no runtime writes: made by reading all it has. */
export function gbk(text: string): Buffer {
  codes ??= everyCode();
  const known = codes;
  return Buffer.from([...text].flatMap((one) => known.get(one) ?? [one.charCodeAt(0) & 0x7f]));
}

function everyCode(): Map<string, readonly [number, number]> {
  const decoder = new TextDecoder('gbk');
  const all = new Map<string, readonly [number, number]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (character.length === 1 && character !== '\ufffd') all.set(character, [lead, trail]);
    }
  }
  return all;
}
