import { expect, test } from 'vitest';
import type { InboxRow } from '../../ledger/inbox.ts';
import { heardAt } from './prepare.ts';

const row = { received_at: new Date('2026-11-01T08:00:00Z') } as InboxRow;

test('a body fetched long after its message is as new as the fetch, so that its own time is believed', () => {
  expect(heardAt({ row, readBy: new Date('2026-11-01T08:00:30Z') })).toBe('2026-11-01T08:00:30.000Z');
});

test('what a message told itself was heard when it came', () => {
  expect(heardAt({ row, readBy: null })).toBe('2026-11-01T08:00:00.000Z');
});
