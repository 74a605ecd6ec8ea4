import { expect, test } from 'vitest';
import { confirms } from './shown.ts';

const sent = { name: 'Ada', notes: 'prefers calls', tags: [], address: { city: 'Hangzhou', zip: '310000' } };

test('a whole object without a value that was sent was told before that value arrived', () => {
  expect(confirms({ name: 'Ada', address: { city: 'Hangzhou', zip: '310000' } }, sent, true)).toBe(false);
  expect(confirms({ name: 'Ada', notes: 'prefers calls', address: { city: 'Hangzhou' } }, sent, true)).toBe(
    false,
  );
});

test('what systems leave out because it is empty is not missed', () => {
  const { tags: _tags, ...shown } = sent;
  expect(confirms(shown, sent, true)).toBe(true);
});

test('of a part nothing is missed', () => {
  expect(confirms({ name: 'Ada' }, sent)).toBe(true);
  expect(confirms({ name: 'Eve' }, sent)).toBe(false);
});
