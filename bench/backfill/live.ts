/** Orders told by webhook at a steady pace, and how long each takes until it is applied. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../src/ledger/database.ts';
import { numberOf, orderOf } from '../sync/goods.ts';
import { requestOf, sendAll } from '../sync/load.ts';

export interface Telling {
  readonly hub: string;
  readonly key: string;
  readonly database: Database;
  readonly first: number;
  readonly count: number;
  readonly everyMs: number;
}

/** Milliseconds from sending each until its row is seen applied. */
export async function tellLive(telling: Telling): Promise<number[]> {
  const url = new URL('/hooks/shop', telling.hub);
  const started = performance.now();
  const latencies: Promise<number>[] = [];
  for (let at = 0; at < telling.count; at += 1) {
    const waitMs = started + at * telling.everyMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    latencies.push(tellOne(url, telling, telling.first + at));
  }
  return Promise.all(latencies);
}

async function tellOne(url: URL, { key, database }: Telling, index: number): Promise<number> {
  const id = numberOf(index);
  const started = performance.now();
  await sendAll(url, [requestOf(url, key, { object: 'order', id, data: orderOf(index) })], 1);
  for (;;) {
    const { rows } = await database.query<{ state: string }>(
      {
        name: 'live-state',
        text: `select state from inbox where connection = 'shop' and object = 'order' and remote_id = $1`,
      },
      [id],
    );
    const state = rows[0]?.state;
    if (state === 'done') return performance.now() - started;
    if (state !== 'due') throw new Error(`${id} is ${state}`);
    if (performance.now() - started > 60_000) throw new Error(`${id} is not applied`);
    await delay(2);
  }
}
