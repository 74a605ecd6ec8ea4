import { describe, expect, test } from 'vitest';
import { MappingFault } from '../../mapping/index.ts';
import type { JsonObject } from '../../model/index.ts';
import { credentialOf } from './credential.ts';
import { flow, planOf, record, type Situation } from './flow.fixture.ts';
import { mustBeWritten } from './own-values.ts';
import type { Plan } from './plan.ts';
import { itemOf } from './send.ts';

const sent = { FBillNo: 'W1', FNote: 'old', FEntry: [{ _key: 'a', FQty: '1' }] };
const same = { FBillNo: 'W1', FNote: 'new', FEntry: [{ _key: 'a', FQty: '2' }] };
const at = (step: string, remote_status: string | null) => ({
  remote_id: '7',
  remote_number: 'W1',
  step,
  remote_status,
});
const lines = { a: '70' };

/** What comes next, in a word. */
function next(situation: Situation): string {
  const plan: Plan = planOf(situation);
  if (plan.kind === 'write') return [plan.write.step.name, plan.write.step.as].filter(Boolean).join(' as ');
  return plan.kind === 'park' ? `park ${plan.code}` : plan.kind;
}

describe('a flow', () => {
  test('goes on from the status the object shows, whoever has done a step', () => {
    const onlyCreated = { update: false, shadow: {} };
    expect(next({ ...onlyCreated })).toBe('save');
    expect(next({ ...onlyCreated, link: at('save', 'A') })).toBe('submit');
    expect(next({ ...onlyCreated, link: at('save', 'B') })).toBe('audit as auditor');
    expect(planOf({ ...onlyCreated, link: at('save', 'C') })).toMatchObject({
      kind: 'inStep',
      reached: 'audit',
      completed: true,
    });
    // Somebody has taken the audit back: that is theirs to finish.
    expect(planOf({ ...onlyCreated, link: at('audit', 'D') })).toEqual(
      expect.not.objectContaining({ reached: expect.anything() }),
    );
    expect(next({ ...onlyCreated, link: at('audit', 'D') })).toBe('inStep');
  });

  test('stands still while a person holds it, and runs a step under the credential a person has put in', () => {
    const created = { update: false, shadow: {} };
    expect(planOf({ ...created, link: { ...at('save', 'A'), held: 'li.na: address' } })).toMatchObject({
      kind: 'held',
      error: 'held by li.na: address',
    });
    const plan = planOf({ ...created, link: { ...at('save', 'B'), credentials: { auditor: 'deputy' } } });
    expect(plan.kind === 'write' && credentialOf(plan.write)).toBe('deputy');
    const others = planOf({ ...created, link: { ...at('save', 'B'), credentials: { cashier: 'deputy' } } });
    expect(others.kind === 'write' && credentialOf(others.write)).toBe('auditor');
  });

  test('never takes a status for the content of a bill that was made from another', () => {
    const says = 'flow: [{ create: push, from: { object: Order, of: orderId } }, save, submit]\n';
    const pushed = { says, update: false, shadow: {} };
    expect(next({ ...pushed, link: at('push', 'A') })).toBe('save');
    expect(next({ ...pushed, link: at('push', 'C') })).toBe('park push.amend-not-possible');
    expect(next({ ...pushed, says: `${says}amend: { submit: edit }\n`, link: at('push', 'B') })).toBe(
      'withdraw',
    );
    expect(next({ ...pushed, link: at('save', 'C') })).toBe('inStep');
  });

  test('begins when all is there that a later step writes: what was made from another object gets its content then', () => {
    const says = 'flow: [{ create: push, from: { object: Order, of: orderId } }, save, submit]\n';
    const code = 'out:\n  FStock: lookup("warehouses", record.notes)\n';
    expect(planOf({ says: says + code })).toMatchObject({
      kind: 'wait',
      waits: [{ kind: 'table', table: 'warehouses', key: 'new' }],
    });
    const once = '  receiver.name: { at: FName, direction: out, on: create }\n';
    const later = '  customerId: { at: FCustomer, direction: out, ref: customer, patch: true }\n';
    const named = { ...record, receiver: { name: 'Li' }, customerId: 'c' };
    const written = (step: string) =>
      planOf({ says: once + later + says, record: named, shadow: {}, link: at(step, 'A') });
    // The customer is not there yet: it is written when it is.
    expect(written('push')).toMatchObject({
      kind: 'write',
      write: { step: { name: 'save' }, body: { FName: 'Li' } },
    });
    expect(written('save')).toMatchObject({ kind: 'wait' });
  });

  test('waits for a step somebody else does, and goes on behind it', () => {
    const says = 'flow: [{ create: save }, submit, { audit: ~, wait: workflow }, { close: ~ }]\n';
    const waiting = { says, shadow: { sent_body: same, lines }, link: at('submit', 'B') };
    expect(planOf(waiting)).toMatchObject({
      kind: 'waitStep',
      error: expect.stringContaining('by workflow'),
    });
    expect(next({ ...waiting, link: at('submit', 'C') })).toBe('close');
    expect(
      next({ ...waiting, says: `${says}amend: { submit: edit }\n`, shadow: { sent_body: sent, lines } }),
    ).toBe('withdraw');
  });
});

test('a condition that cannot be told of a record parks its copy alone', () => {
  const error = { code: 'mapping.expression-failed', mapping: 'order.erp', field: 'when', message: 'why' };
  const when = (): boolean => {
    throw new MappingFault(error);
  };
  expect(planOf({ when })).toMatchObject({ kind: 'park', code: error.code, error: 'why' });
});

describe('a difference', () => {
  test.each([
    ['nothing', 'A', 'update'],
    ['nothing', 'B', 'park push.amend-not-possible'],
    ['nothing', 'C', 'park push.amend-not-possible'],
    ['submitted: edit', 'B', 'withdraw'],
    ['approved: edit', 'C', 'park push.amend-not-possible'],
    ['approved: unauditEditAudit', 'C', 'unaudit as auditor'],
    // A step says more exactly where a bill stands than a word of its states.
    ['approved: park, audit: unauditEditAudit', 'C', 'unaudit as auditor'],
    ['approved: unauditEditAudit', 'D', 'update'],
    ['approved: park', 'C', 'park push.amend-parked'],
    ['draft: park', 'A', 'park push.amend-parked'],
    ['approved: changeOrder', 'C', 'park push.amend-not-offered'],
  ])('where amend: says %s and the bill is in %s: %s', (amend, status, expected) => {
    const step = { A: 'save', B: 'submit', C: 'audit', D: 'save' }[status] ?? '';
    const says = amend === 'nothing' ? flow : `${flow}amend: { ${amend} }\n`;
    expect(next({ says, link: at(step, status), shadow: { sent_body: sent, lines } })).toBe(expected);
  });

  test('is written before the flow goes on, and only what differs', () => {
    expect(planOf({ link: at('save', 'D'), shadow: { sent_body: sent, lines } })).toMatchObject({
      kind: 'write',
      write: {
        step: { name: 'update' },
        difference: {
          body: { FNote: 'new', FEntry: [{ FEntryID: '70', _key: 'a', FQty: '2' }] },
          removed: {},
        },
        // Nobody has told what is there, nor what was sent: which values these are is not known.
        part: { carried: null },
      },
    });
    const shadow = { sent_body: sent, lines, outstanding: { number: 'W1' } };
    expect(planOf({ link: at('save', 'D'), shadow })).toMatchObject({
      write: { part: { carried: expect.any(Object), outstanding: { number: 'W1' } } },
    });
    expect(next({ link: at('save', 'D'), shadow: { sent_body: same, lines } })).toBe('submit');
  });

  test('of entry ids alone, told since the bill was made, is none', () => {
    expect(next({ link: at('audit', 'C'), shadow: { sent_body: same, lines } })).toBe('inStep');
  });
});

test('an update names the revision it goes on from, where its system takes that, and nothing else does', () => {
  const item = (facts: Situation['facts'], step: string): unknown => {
    const link = { ...at(step, step === 'audit' ? 'D' : 'A'), seen_revision: 'r5' };
    const plan = planOf({
      link,
      facts: facts ?? {},
      shadow: { sent_body: step === 'audit' ? sent : same, lines },
    });
    return plan.kind === 'write' ? itemOf(plan.write) : plan.kind;
  };
  expect(item({ conditional: true }, 'audit')).toMatchObject({ revision: 'r5', lineIds: lines });
  expect(item({ conditional: true }, 'save')).not.toHaveProperty('revision');
  expect(item({ partialUpdate: false }, 'audit')).not.toHaveProperty('revision');
  expect(item({ partialUpdate: false }, 'audit')).not.toHaveProperty('difference');
  expect(item({}, 'audit')).toHaveProperty('difference');
});

test('nothing is written to whoever has just told it: somebody may have gone on from it there', () => {
  const origin = { ...at('', null), step: null, origin: true };
  const told = (notes: string) => planOf({ link: origin, shadow: { theirs: { ...record, notes } } });
  expect(told('new')).toMatchObject({ kind: 'inStep', sentHash: expect.any(String) });
  expect(told('older')).toMatchObject({ kind: 'write', write: { difference: { body: { FNote: 'new' } } } });
});

test('an update of a copy nobody knows the content of says so', () => {
  const blind = (sent_hash: string) => {
    const plan = planOf({ link: at('audit', 'D'), shadow: { sent_hash, sent_body: sent, lines } });
    return plan.kind === 'write' && plan.write.blind;
  };
  expect([blind(mustBeWritten), blind('another hash')]).toEqual([true, undefined]);
});

test('so does an update where either what was shown or what was sent before may be there', () => {
  const origin = { ...at('', null), step: null, origin: true };
  const plan = (outstanding: JsonObject | null) =>
    planOf({ link: origin, shadow: { theirs: { ...record, notes: 'shown' }, outstanding } });
  expect(plan({ notes: 'sent' })).toMatchObject({ kind: 'write', write: { blind: true } });
  expect(plan(null)).not.toMatchObject({ write: { blind: true } });
});
