import { expect, test } from 'vitest';
import type { InboxRow } from '../ledger/inbox.ts';
import { orderOfAnswer } from './apply/order.ts';
import { landedBefore, sideOf, withoutLanded, withoutSeen } from './landing.ts';

const landed = {
  values: { level: '2' },
  sentAt: '2026-11-01T10:00:01Z',
  doneAt: '2026-11-01T10:00:02Z',
  revision: '7',
};
const at = '2026-11-01T10:00:05Z';

test('what is told comes before or after a write that was done, or nobody knows', () => {
  const { revision: _none, ...unordered } = landed;
  expect(sideOf({ at: '2026-11-01T10:00:00Z', revision: '9' }, landed)).toBe('before');
  expect(sideOf({ at, readAt: '2026-11-01T10:00:03Z' }, unordered)).toBe('after');
  // Begun while it was being written: it may show either.
  expect(sideOf({ at, readAt: '2026-11-01T10:00:01.5Z' }, unordered)).toBeUndefined();
  expect(['6', '7', '8'].map((revision) => sideOf({ revision }, landed))).toEqual([
    'before',
    'after',
    'after',
  ]);
  expect(sideOf({ revision: '8' }, unordered)).toBeUndefined();
  expect(sideOf(null, landed)).toBeUndefined();
});

test('who changes what a write had put there has seen it; what a copy of ours shows first, too', () => {
  const shadow = { theirs: null, outstanding: { level: '2' }, earlier: null, told: null };
  const after = { at, revision: '8' };
  expect(landedBefore(after, { ...shadow, landed }, false)).toEqual(landed.values);
  expect(landedBefore({ at }, { ...shadow, theirs: {}, landed }, true)).toBeUndefined();
  // Told before the hub has heard that its create was done.
  expect(landedBefore({ at }, { ...shadow, landed: null }, true)).toEqual({ level: '2' });
  expect(landedBefore({ at }, { ...shadow, landed: null }, false)).toBeUndefined();
  // Something else was sent since: either may be there.
  expect(landedBefore({ at }, { ...shadow, earlier: [{ level: '1' }], landed: null }, true)).toBeUndefined();
});

test('updates of parts have each put there what they carried: what is told lies between them', () => {
  const first = {
    values: { level: '1', name: 'Ada' },
    sentAt: '2026-11-01T09:00:01Z',
    doneAt: '2026-11-01T09:00:02Z',
  };
  const both = { ...landed, values: { name: 'Eve' }, earlier: [{ ...first, revision: '3' }] };
  const shadow = { theirs: null, outstanding: null, earlier: null, told: null };
  expect(landedBefore({ at, revision: '8' }, { ...shadow, landed: both }, true)).toEqual({
    level: '1',
    name: 'Eve',
  });
  expect(landedBefore({ at, revision: '5' }, { ...shadow, landed: both }, true)).toEqual(first.values);
  const shown = { ...shadow, theirs: {}, told: { at, revision: '5' } };
  expect(landedBefore({ at, revision: '8' }, { ...shown, landed: both }, true)).toEqual({ name: 'Eve' });
  const sent = { level: '1', name: 'Eve', notes: 'n' };
  expect(withoutSeen(sent, { revision: '5' }, both)).toEqual({ name: 'Eve', notes: 'n' });
  expect(withoutSeen(sent, { revision: '8' }, both)).toEqual({ notes: 'n' });
  // Sent once more since: it is on its way again.
  expect(withoutSeen({ name: 'Ada' }, { revision: '8' }, both)).toEqual({ name: 'Ada' });
  expect(withoutSeen(sent, { revision: '2' }, both)).toBe(sent);
});

test('what has landed is on its way no more, what was sent after it is', () => {
  const sent = { level: '2', name: 'Ada', address: { city: 'A', zip: 'Z' } };
  expect(withoutLanded(sent, { level: '2', name: 'Eve', address: { city: 'A' } })).toEqual({
    name: 'Ada',
    address: { zip: 'Z' },
  });
  expect(withoutLanded({ level: '2' }, landed.values)).toBeNull();
});

test('an answer takes nothing back that was read after it; where that is not sure, the object is read', () => {
  const row = { received_at: new Date('2026-11-01T10:00:03Z') } as InboxRow;
  const kind = (told: { at: string; readAt?: string }, readable = true, fetched = false) =>
    orderOfAnswer({ row, fetched }, { told, landed }, readable).kind;
  expect(kind({ at, readAt: '2026-11-01T10:00:04Z' })).toBe('drop');
  expect([kind({ at }), kind({ at }, false), kind({ at }, true, true)]).toEqual(['read', 'goOn', 'goOn']);
  expect(kind({ at: '2026-11-01T10:00:00Z' })).toBe('goOn');
});
