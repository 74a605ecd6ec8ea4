import { expect, test } from 'vitest';
import type { Party } from '../landscape.ts';
import { carriedBy, heldThere, underWay, withUnshown } from './held.ts';

const party = { entity: 'customer', facts: { partialUpdate: true } } as unknown as Party;
const copy = { origin: false };
const outward = (body: object) => ({ ok: true as const, body: body as never });

test('a system has what it showed last, but for what was sent otherwise and is not seen there', () => {
  const theirs = { name: 'Ada', level: '1', address: { city: 'A', zip: 'Y' } };
  const shadow = { theirs, outstanding: { name: ' Ada', address: { zip: 'Z' }, notes: 'n' } };
  const held = heldThere(party, copy, shadow, outward);
  expect(held?.data).toEqual({ name: 'Ada', level: '1', address: { city: 'A' } });
});

test('nothing is known of a system that never showed anything', () => {
  expect(heldThere(party, copy, { theirs: null, outstanding: null }, outward)).toBeUndefined();
});

test('what our last write has put there is there, unless what was told is newer; what was sent since may be', () => {
  const landed = { values: { level: '2' }, sentAt: '2026-11-01T10:00:01Z', doneAt: '2026-11-01T10:00:02Z' };
  const before = { at: '2026-11-01T10:00:00Z' };
  const shadow = {
    ...{ theirs: { level: '1', name: 'Ada' }, outstanding: { level: '2' } },
    ...{ landed, told: before },
  };
  const data = (changes: object) => heldThere(party, copy, { ...shadow, ...changes }, outward)?.data;
  expect(data({})).toEqual({ level: '2', name: 'Ada' });
  expect(data({ outstanding: { level: '3' } })).toEqual({ name: 'Ada' });
  const at = '2026-11-01T10:00:09Z';
  expect(data({ told: { at, readAt: '2026-11-01T10:00:03Z' } })).toEqual({ level: '1', name: 'Ada' });
  // Told later, but maybe not later than the write: nobody knows.
  expect(data({ told: { at } })).toEqual({ name: 'Ada' });
  const inOrder = { landed: { ...landed, revision: '7' } };
  expect(data({ ...inOrder, told: { at, revision: '8' } })).toEqual({ level: '1', name: 'Ada' });
  expect(data({ ...inOrder, told: { at, revision: '6' } })).toEqual({ level: '2', name: 'Ada' });
});

test('somebody who has changed what an earlier update had put there has it so, whatever a later one carried', () => {
  const moment = (second: number) => `2026-11-01T10:00:0${second}Z`;
  const level = { values: { level: '2' }, sentAt: moment(1), doneAt: moment(2), revision: '3' };
  const notes = { values: { notes: 'n' }, sentAt: moment(4), doneAt: moment(5), revision: '7' };
  const shadow = {
    ...{ theirs: { level: '9', notes: 'm' }, outstanding: { level: '2', notes: 'n' } },
    ...{ landed: { ...notes, earlier: [level] }, told: { at: moment(6), revision: '5' } },
  };
  expect(heldThere(party, copy, shadow, outward)).toMatchObject({ data: { level: '9', notes: 'n' } });
});

test('the issuer of a document has what it showed; of other copies nothing is heard', () => {
  const document = { ...party, entity: 'order' } as Party;
  const shadow = { theirs: { number: 'W1' }, outstanding: null };
  expect(heldThere(document, { origin: true }, shadow, outward)?.data).toEqual({ number: 'W1' });
  expect(heldThere(document, copy, shadow, outward)).toBeUndefined();
});

test('what a system is told and never tells it has as it was sent last', () => {
  const body = { name: 'Ada', mail: 'new', more: { zip: 'Z', city: 'C' } };
  const shownable = { name: 'Ada', more: { city: 'C' } };
  const sent = { name: 'Eve', mail: 'old', more: { zip: 'Y', city: 'B' }, gone: '1' };
  expect(withUnshown({ more: { city: 'C' } }, body, shownable, sent)).toEqual({
    mail: 'old',
    more: { city: 'C', zip: 'Y' },
  });
});

test('only what is not there yet is carried, and is under way beside what was before', () => {
  const there = { name: 'Ada', level: '1', email: 'old' };
  const record = { name: 'Ada', level: '2', email: 'old', notes: 'n', secret: 's' };
  const carried = carriedBy(record, there, ['name', 'level', 'email', 'notes']);
  expect(carried).toEqual({ level: '2', notes: 'n' });
  expect(underWay(carried, { email: 'old' })).toEqual({ email: 'old', level: '2', notes: 'n' });
});
