import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/index.ts';
import { effectOf, undone, wrongWith } from './effect.ts';

describe('an accepted request', () => {
  const record: JsonObject = {
    number: 'SO-1-1',
    states: { holds: ['fraud'], process: 'accepted' },
    receiver: { name: 'A' },
  };

  test.each([
    ['cancel', {}, { states: { holds: ['fraud'], process: 'accepted', closure: 'cancelled' } }],
    ['hold', { reason: 'address' }, { states: { holds: ['fraud', 'address'], process: 'accepted' } }],
    ['hold', { reason: 'fraud' }, {}],
    ['release', { reason: 'fraud' }, { states: { holds: [], process: 'accepted' } }],
    ['changeAddress', { receiver: { name: 'B' } }, { receiver: { name: 'B' } }],
  ] as const)('to %s with %j changes that field alone, and can be taken back', (kind, payload, changes) => {
    const { data, undo } = effectOf(kind, payload, record);
    expect(data).toEqual({ ...record, ...changes });
    expect(undone(data, { ...undo })).toEqual(record);
  });

  test('is not taken back where somebody has changed the field since', () => {
    const { data, undo } = effectOf('cancel', {}, record);
    const since = { ...data, states: { closure: 'completed' } };
    expect(undone(since, { ...undo })).toEqual(since);
  });

  test('that the record could not show is refused before it is asked', () => {
    expect(wrongWith('fulfilment', 'changeAddress', {}, record)).toContain('names no receiver');
    expect(wrongWith('fulfilment', 'agreeRefund', {}, { number: 'X', orderIds: [], lines: [] })).toContain(
      'verdict',
    );
  });
});
