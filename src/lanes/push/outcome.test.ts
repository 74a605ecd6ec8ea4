import { expect, test } from 'vitest';
import type { DueLink } from '../../ledger/links.ts';
import type { Party } from '../landscape.ts';
import { succeeded, type Told } from './outcome.ts';
import { mustBeWritten } from './own-values.ts';

/** What a create means that was answered at last. */
function created(more: Partial<Told> = {}, foundLater = false) {
  const flow = [{ name: 'create', create: true }];
  const party = {
    mapping: { flow, version: 'v', patches: false },
    facts: { createSafety: 'token' },
    entity: 'customer',
    writes: { create: true, update: true },
  } as unknown as Party;
  const told = {
    link: { id: 'l', record_id: 'r', remote_id: null, attempts: 0, marks: 1 } as DueLink,
    party,
    tryId: 't',
    startedAt: new Date(),
    step: 'create',
    bodyHash: 'hash of this body',
    codes: [],
    recordVersion: 1,
    ...more,
  } as unknown as Told;
  const { link, shadow } = succeeded(told, { ok: true, remoteId: '7' }, 1, foundLater);
  return { state: link.state, sent: shadow?.sent_hash, landed: shadow?.done };
}

test('an object made under a token that was used before may have the body of that time, so it is written once more', () => {
  expect(created({ sentBefore: true })).toEqual({ state: 'due', sent: mustBeWritten });
});

test('an object made at the first call has the body it was sent', () => {
  expect(created()).toEqual({ state: 'idle', sent: 'hash of this body', landed: {} });
});

test('an update of parts has put there what it carried, not what was sent before it; where that is not known, nothing', () => {
  expect(created({ carried: { level: '2' } })).toMatchObject({ landed: { values: { level: '2' } } });
  expect(created({ carried: null }).landed).toBeUndefined();
});

test('a write that was found later is compared with what is true by then, before its copy is at rest', () => {
  expect(created({}, true)).toEqual({ state: 'due', sent: 'hash of this body', landed: {} });
});
