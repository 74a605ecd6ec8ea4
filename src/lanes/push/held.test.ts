import { expect, test } from 'vitest';
import type { Party } from '../landscape.ts';
import { heldThere, underWay } from './held.ts';

const party = { entity: 'customer', facts: { partialUpdate: true } } as unknown as Party;
const outward = (body: object) => ({ ok: true as const, body: body as never });

test('a system has what it showed last, but for what was sent otherwise and is not seen there', () => {
  const theirs = { name: 'Ada', level: '1', address: { city: 'A', zip: 'Y' } };
  const shadow = { theirs, outstanding: { name: ' Ada', address: { zip: 'Z' }, notes: 'n' } };
  const held = heldThere(party, shadow, outward);
  expect(held?.data).toEqual({ name: 'Ada', level: '1', address: { city: 'A' } });
});

test('nothing is known of a system that never showed anything, or takes whole objects only', () => {
  expect(heldThere(party, { theirs: null, outstanding: null }, outward)).toBeUndefined();
  const whole = { ...party, facts: { partialUpdate: false } } as unknown as Party;
  expect(heldThere(whole, { theirs: { name: 'Ada' }, outstanding: null }, outward)).toBeUndefined();
});

test('only what is not there yet is under way, beside what was before', () => {
  const held = { data: { name: 'Ada', level: '1', email: 'old' }, body: {} };
  const record = { name: 'Ada', level: '2', email: 'old', notes: 'n', secret: 's' };
  expect(underWay(record, held, { email: 'old' }, ['name', 'level', 'email', 'notes'])).toEqual({
    email: 'old',
    level: '2',
    notes: 'n',
  });
});
