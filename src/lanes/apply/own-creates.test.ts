import { expect, test } from 'vitest';
import type { InboxRow } from '../../ledger/inbox.ts';
import type { LinkRow } from '../../ledger/links.ts';
import type { OpenCreates } from '../../ledger/tries.ts';
import type { Party } from '../landscape.ts';
import type { World } from '../world.ts';
import { ownCreate } from './own-creates.ts';
import { addressOf, type Found } from './pairing.ts';
import type { Prepared } from './prepare.ts';

const received = new Date('2026-11-01T08:00:00Z');
const nobody: Found = { links: new Map(), shadows: new Map(), seconds: new Map() };

/** Whether an object nobody knows is held back while these creates are unresolved. */
function held(creates: Partial<OpenCreates>, body: object = { number: 'X-1' }): boolean {
  return outcomeOf(creates, body, 0)?.code === 'apply.own-create-open';
}

function outcomeOf(creates: Partial<OpenCreates>, body: object, attempts: number) {
  const open = { connection: 'erp', object: 'order', began: null, keys: [], ...creates };
  const row = {
    connection: 'erp',
    object: 'order',
    remote_id: '1',
    via: 'poll',
    attempts,
    received_at: received,
  };
  const item = { row, body, values: {}, party: {} } as unknown as Prepared;
  return ownCreate({} as World, item, nobody, new Map([['erp/order', open]]), new Map());
}

test('an object nobody knows is held back by creates that had begun when it was told, and by no later ones', () => {
  expect(held({ began: new Date('2026-11-01T07:59:00Z') })).toBe(true);
  expect(held({ began: new Date('2026-11-01T08:01:00Z') })).toBe(false);
});

test('what was held back for long is looked at soon after it is known', () => {
  const began = new Date('2026-11-01T07:59:00Z');
  const delays = Array.from({ length: 20 }, () => outcomeOf({ began }, { number: 'X-1' }, 25)?.delayMs ?? -1);
  expect(Math.min(...delays)).toBeGreaterThan(0);
  expect(Math.max(...delays)).toBeLessThanOrEqual(5_000);
});

test('of creates nobody could find out about in time only what names our number is held back', () => {
  expect(held({ keys: ['W-7'] })).toBe(false);
  expect(held({ keys: ['W-7'] }, { number: 'W-7' })).toBe(true);
});

const written = new Date('2026-11-01T08:00:05.000Z');

/** A message about an object of ours that was held back while its create was open, looked at once that is known. */
function heldBack(entity: string, receivedAt: string) {
  const row = {
    connection: 'crm',
    object: 'card',
    remote_id: '7',
    via: 'webhook',
    received_at: new Date(receivedAt),
    error_code: 'apply.own-create-open',
  } as InboxRow;
  const item = { row, party: { entity } as Party, values: {} } as Prepared;
  const link = { id: 'l', record_id: 'r', origin: false, written_at: written } as LinkRow;
  const found: Found = {
    links: new Map([[addressOf('crm', 'card', '7'), link]]),
    shadows: new Map(),
    seconds: new Map(),
  };
  return ownCreate({} as World, item, found, new Map(), new Map())?.code;
}

test('an edit of a state that came while our create of it was open is not taken for the create', () => {
  expect(heldBack('customer', '2026-11-01T08:00:04.000Z')).toBeUndefined();
});

test('a document that was told before our create was known is as old as that; one told after it may be news', () => {
  expect(heldBack('receivable', '2026-11-01T08:00:04.000Z')).toBe('apply.own-create');
  expect(heldBack('receivable', '2026-11-01T08:00:06.000Z')).toBeUndefined();
});
