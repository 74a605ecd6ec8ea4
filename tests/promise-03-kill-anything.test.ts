import { afterEach, describe, expect, test } from 'vitest';
import type { Expected } from '../src/demo/summary.ts';
import { backends, until } from './harness.ts';
import { clean, complete, situation, verdictOf } from './support/counting.ts';
import { type Outside, startOutside } from './support/outside.ts';

const opened: Outside[] = [];
afterEach(async () => {
  for (const outside of opened.splice(0)) await outside.stop();
});

describe.each(backends)('kill anything, nothing is lost and nothing doubled (%s)', (backend) => {
  test('workers killed in the middle of their work, again and again', async () => {
    const t0 = Date.now();
    const outside = await startOutside({ backend, settings: { lanes: { shards: 2, lease: '3s' } } });
    opened.push(outside);
    await outside.start('api');
    console.log('api', Date.now() - t0);
    await outside.start('worker');
    console.log('worker', Date.now() - t0);
    await outside.masterDataRead();
    console.log('read', Date.now() - t0);
    const expected: Expected = { orders: Array.from({ length: 100 }, () => outside.pos.placeOrder('WEB', outside.inventor.order())), tickets: 0, stores: outside.stores };
    try {
      await until('done', () => complete(outside, expected, outside.database), 40000);
    } catch (e) {
      console.log(await situation(outside, expected, outside.database));
      const q = async (t: string) => console.log(JSON.stringify((await outside.database.query(t)).rows, undefined, 1));
      await q(`set search_path=lianhub`).catch(() => 0);
      await q(`select w.*, r.state, r.alias_of, r.data->>'code' as code, r.version from lianhub.waits w join lianhub.records r on r.id = split_part(w.target,'/',2)::uuid`);
      await q(`select l.id, l.record_id, l.connection, l.object, l.remote_id, l.remote_number, l.state, l.seen_hash is null as unfilled, r.state as rstate, r.alias_of, r.data->>'code' as code from lianhub.links l join lianhub.records r on r.id=l.record_id where l.remote_number in (select r.data->>'code' from lianhub.waits w join lianhub.records r on r.id = split_part(w.target,'/',2)::uuid) or r.data->>'code' in (select r.data->>'code' from lianhub.waits w join lianhub.records r on r.id = split_part(w.target,'/',2)::uuid) order by 3,6`);
      throw e;
    }
    console.log('done', Date.now() - t0);
    expect(verdictOf(outside, expected)).toEqual(clean);
  });
});
