import { expect, test } from 'vitest';
import type { StoredEvent } from '../../ledger/events.ts';
import type { Sql } from '../../ledger/sql.ts';
import { EventShelf } from './shelf.ts';

const eventOf = (seq: number): StoredEvent => ({
  id: `event-${seq}`,
  seq,
  at: new Date('2026-11-22T08:00:00Z'),
  occurredAt: '2026-11-22T08:00:00.000Z',
  type: 'order.created',
  version: 1,
  subject: null,
  key: null,
  data: { entity: 'order', record: { number: `S-${seq}`, receiver: { name: '张三' } }, phone: '13800138000' },
});

/** A ledger that holds events 1 and 2, and tells which it was asked for. */
function ledger() {
  const asked: number[] = [];
  const query = async (_: unknown, values: readonly unknown[] = []) => {
    const wanted = values[1] as number[];
    asked.push(...wanted);
    return { rows: wanted.filter((seq) => seq < 3).map(eventOf), rowCount: wanted.length };
  };
  return { sql: { query } as unknown as Sql, asked };
}

test('an event is read once and masked once, however many want it', async () => {
  const { sql, asked } = ledger();
  const shelf = new EventShelf();
  shelf.add([eventOf(1)]);
  const first = await shelf.find(sql, [eventOf(1), eventOf(2)], 'masked');
  const second = await shelf.find(sql, [eventOf(2), eventOf(1)], 'masked');
  expect(asked).toEqual([2]);
  // The same object: what was made of it is found by it.
  expect(second.get('event-2')).toBe(first.get('event-2'));
  expect(JSON.stringify(first.get('event-1')?.data)).not.toMatch(/张三|13800138000/);
  expect((await shelf.find(sql, [eventOf(1)], 'full')).get('event-1')?.data).toEqual(eventOf(1).data);
  expect(asked).toEqual([2]);
});

test('one that is not kept any more is not there, and the oldest give way when there is no room', async () => {
  const { sql, asked } = ledger();
  const shelf = new EventShelf(150);
  shelf.add([eventOf(1), eventOf(2)]);
  const found = await shelf.find(sql, [eventOf(1), eventOf(2), eventOf(9)], 'full');
  expect([...found.keys()].sort()).toEqual(['event-1', 'event-2']);
  expect(asked).toEqual([1, 9]);
});
