import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { newId } from './ids.ts';
import { readShadows, type ShadowWrite, writeShadows } from './shadows.ts';
import { withTables } from './tables.fixture.ts';

let database: Database;
withTables(1, (made) => {
  database = made;
});

test('what was sent is on its way until it is seen, and has landed once the write is done', async () => {
  const link_id = newId();
  const write = async (one: Omit<ShadowWrite, 'link_id'>) => {
    await writeShadows(database, [{ link_id, ...one }]);
    return (await readShadows(database, [link_id]))[0];
  };
  await write({ theirs: { level: '1' }, told: { revision: 'r1' } });
  await write({ outstanding: { level: '2' }, sends: true });
  const done = await write({ sent_hash: 'two', done: { revision: 'r2' } });
  expect(done).toMatchObject({
    told: { revision: 'r1' },
    landed: { values: { level: '2' }, revision: 'r2' },
  });
  const { told, landed } = done ?? {};
  const moments = [told?.at, landed?.sentAt, landed?.doneAt].map((at) => Date.parse(at ?? ''));
  expect(moments).toEqual([...moments].sort((a, b) => a - b));

  // Something else was sent since it was read what was on its way: it stays so.
  await write({ outstanding: { level: '3' }, sends: true });
  expect(await write({ outstanding: null, confirmed: { level: '2' } })).toMatchObject({
    outstanding: { level: '3' },
    earlier: [{ level: '2' }],
    landed: { values: { level: '2' } },
  });
  const both = { level: '3', name: 'Ada' };
  await write({ outstanding: both, sends: true });
  // An update of parts has put there no more than it carried.
  expect(await write({ done: { values: { name: 'Ada' } } })).toMatchObject({
    outstanding: both,
    landed: { values: { name: 'Ada' } },
  });
  const { landed: first } = (await readShadows(database, [link_id]))[0] ?? {};
  const { earlier: _older, ...last } = first ?? {};
  const { landed: second } = (await write({ done: { values: { level: '4' } } })) ?? {};
  expect(second).toMatchObject({ values: { level: '4' }, earlier: [last, { values: { level: '2' } }] });
  for (let more = 0; more < 9; more += 1) await write({ done: { values: { level: `${more}` } } });
  const { landed: latest } = (await readShadows(database, [link_id]))[0] ?? {};
  expect(latest?.earlier).toHaveLength(7);
  // One that carried everything leaves nothing of those before it.
  expect((await write({ done: {} }))?.landed).not.toHaveProperty('earlier');
  expect(await write({ outstanding: { name: 'Ada' }, confirmed: both })).toMatchObject({
    outstanding: { name: 'Ada' },
    earlier: [{ level: '3' }, { level: '2' }],
  });
  expect(await write({ outstanding: null, confirmed: { name: 'Ada' } })).toMatchObject({
    outstanding: null,
    earlier: null,
  });
});
