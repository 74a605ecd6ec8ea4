import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes asked for at once; asking the system 16 bytes at a time costs more than the rest of an id. */
const pool = new Uint8Array(16 * 256);
let used = pool.length;
let moment = 0;
let sequence = 0;

/** A new id: UUID version 7, so that rows made together lie together; ids of one process only go up. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + 16);
  used += 16;
  const now = Date.now();
  if (now > moment) {
    moment = now;
    // Starts in the lower half: the upper one is left to count up in.
    sequence = new DataView(random.buffer, random.byteOffset + 6).getUint32(0) >>> 1;
  } else {
    sequence += 1;
    if (sequence > 0xffffffff) {
      moment += 1;
      sequence = 0;
    }
  }
  return v7({ random, msecs: moment, seq: sequence });
}
