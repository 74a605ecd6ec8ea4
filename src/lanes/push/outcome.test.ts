import { expect, test } from 'vitest';
import type { DueLink } from '../../ledger/links.ts';
import type { Party } from '../landscape.ts';
import { succeeded, type Told } from './outcome.ts';
import { mustBeWritten } from './own-values.ts';

/** What a create means that was answered at last, after so many attempts nobody knows the outcome of. */
function created(attempts: number, createSafety: string) {
  const flow = [{ name: 'create', create: true }];
  const party = {
    mapping: { flow, version: 'v', patches: false },
    facts: { createSafety },
    writes: { create: true, update: true },
  } as unknown as Party;
  const told = {
    link: { id: 'l', record_id: 'r', remote_id: null, attempts, marks: 1 } as DueLink,
    party,
    tryId: 't',
    startedAt: new Date(),
    step: 'create',
    bodyHash: 'hash of this body',
    codes: [],
    recordVersion: 1,
  } as unknown as Told;
  const { link, shadow } = succeeded(told, { ok: true, remoteId: '7' }, 1, false);
  return { state: link.state, sent: shadow?.sent_hash };
}

test('an object made under a token that was used before may have the body of that time, so it is written once more', () => {
  expect(created(1, 'token')).toEqual({ state: 'due', sent: mustBeWritten });
});

test('an object made at the first call, or under a key, has the body it was sent', () => {
  expect(created(0, 'token')).toEqual({ state: 'idle', sent: 'hash of this body' });
  expect(created(1, 'uniqueKey')).toEqual({ state: 'idle', sent: 'hash of this body' });
});
