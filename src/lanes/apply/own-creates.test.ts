import { expect, test } from 'vitest';
import type { OpenCreates } from '../../ledger/tries.ts';
import type { World } from '../world.ts';
import { ownCreate } from './own-creates.ts';
import type { Found } from './pairing.ts';
import type { Prepared } from './prepare.ts';

const received = new Date('2026-11-01T08:00:00Z');
const nobody: Found = { links: new Map(), shadows: new Map() };

/** Whether an object nobody knows is held back while these creates are unresolved. */
function held(creates: Partial<OpenCreates>, body: object = { number: 'X-1' }): boolean {
  const open = { connection: 'erp', object: 'order', began: null, keys: [], ...creates };
  const row = {
    connection: 'erp',
    object: 'order',
    remote_id: '1',
    via: 'poll',
    attempts: 0,
    received_at: received,
  };
  const item = { row, body, values: {}, party: {} } as unknown as Prepared;
  const found = ownCreate({} as World, item, nobody, new Map([['erp/order', open]]), new Map());
  return found?.code === 'apply.own-create-open';
}

test('an object nobody knows is held back by creates that had begun when it was told, and by no later ones', () => {
  expect(held({ began: new Date('2026-11-01T07:59:00Z') })).toBe(true);
  expect(held({ began: new Date('2026-11-01T08:01:00Z') })).toBe(false);
});

test('of creates nobody could find out about in time only what names our number is held back', () => {
  expect(held({ keys: ['W-7'] })).toBe(false);
  expect(held({ keys: ['W-7'] }, { number: 'W-7' })).toBe(true);
});
