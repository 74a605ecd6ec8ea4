import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../model/index.ts';
import {
  applyQuantity,
  compareInstants,
  diff,
  mergeState,
  projectPaths,
  type StateMerge,
  sellable,
} from './index.ts';

const now = '2026-11-01T10:00:00Z';
const crm = { connection: 'crm', at: '2026-11-01T09:00:00Z' };
const pos = { connection: 'pos', at: '2026-11-01T09:30:00Z' };
const start = { golden: {}, theirs: undefined, origin: crm, rules: {}, provenance: {}, now };
const merge = (input: Partial<StateMerge> & { incoming: JsonObject }) => mergeState({ ...start, ...input });

describe('merging states', () => {
  test('takes what nobody has told yet and remembers who told it', () => {
    const merged = merge({ incoming: { name: 'Li', membership: { level: 'gold' } } });
    expect(merged.data).toEqual({ name: 'Li', membership: { level: 'gold' } });
    expect(merged.patch).toEqual({ name: { to: 'Li' }, membership: { to: { level: 'gold' } } });
    expect(merged.provenance['membership.level']).toEqual({ ...crm, takenAt: now });
    expect(merged.conflicts).toEqual([]);
  });

  test('what a system showed before is no edit, however old it is', () => {
    const merged = merge({ golden: { name: 'Wang' }, theirs: { name: 'Li' }, incoming: { name: 'Li' } });
    expect(merged.data).toEqual({ name: 'Wang' });
    expect(merged.conflicts).toEqual([]);
  });

  test('our own write arriving is no edit', () => {
    const merged = merge({
      golden: { name: 'Zhao' },
      theirs: { name: 'Li' },
      outstanding: { name: 'Wang' },
      incoming: { name: 'Wang' },
    });
    expect(merged.data).toEqual({ name: 'Zhao' });
  });

  test('whoever changes what our write had put there saw it: no conflict, however close in time and whatever clocks say', () => {
    const edit = {
      golden: { name: 'Wang' },
      theirs: { name: 'Li' },
      outstanding: { name: 'Wang' },
      incoming: { name: 'Zhao' },
      origin: { connection: 'a', at: '2026-11-01T09:30:01Z' },
      provenance: { name: { ...pos, takenAt: now } },
    };
    expect(merge({ ...edit, landed: { name: 'Wang' } })).toMatchObject({
      data: { name: 'Zhao' },
      conflicts: [],
    });
    // Nobody knows whether they had seen it: of two at the same moment the name decides.
    expect(merge(edit)).toMatchObject({ data: { name: 'Wang' }, conflicts: [{ kept: 'golden' }] });
  });

  test('absent is not told, null is cleared', () => {
    const golden = { name: 'Li', email: 'li@example.com' };
    expect(merge({ golden, theirs: golden, incoming: { name: 'Li' } }).data).toEqual(golden);
    const cleared = merge({ golden, theirs: golden, incoming: { email: null } });
    expect(cleared.data).toEqual({ name: 'Li' });
    expect(cleared.patch).toEqual({ email: { from: 'li@example.com' } });
  });

  test('two systems that change different fields both win, in either order', () => {
    const golden = { name: 'Li', email: 'a@example.com' };
    const one = { theirs: golden, incoming: { name: 'Wang' }, origin: crm };
    const two = { theirs: golden, incoming: { email: 'b@example.com' }, origin: pos };
    const forth = merge({ ...two, golden: merge({ ...one, golden }).data });
    const back = merge({ ...one, golden: merge({ ...two, golden }).data });
    expect(forth.data).toEqual({ name: 'Wang', email: 'b@example.com' });
    expect(back.data).toEqual(forth.data);
  });

  test('a conflict goes to the newest, and says so', () => {
    const golden = { name: 'Wang' };
    const provenance = { name: { ...pos, takenAt: now } };
    const older = merge({ golden, theirs: { name: 'Li' }, incoming: { name: 'Zhao' }, provenance });
    expect(older.data).toEqual(golden);
    expect(older.conflicts).toEqual([
      { path: 'name', golden: 'Wang', theirs: 'Li', incoming: 'Zhao', decidedBy: 'newest', kept: 'golden' },
    ]);
    const newer = merge({
      golden,
      theirs: { name: 'Li' },
      incoming: { name: 'Zhao' },
      provenance,
      origin: { connection: 'crm', at: '2026-11-01T09:45:00Z' },
    });
    expect(newer.data).toEqual({ name: 'Zhao' });
    expect(newer.conflicts).toMatchObject([{ decidedBy: 'newest', kept: 'incoming' }]);
  });

  test('the owner of a path overrules everybody else', () => {
    const rules = { owners: { membership: 'pos', 'membership.level': 'crm' } };
    const golden = { membership: { level: 'gold', discount: '90' } };
    const merged = merge({
      golden,
      theirs: golden,
      incoming: { membership: { level: 'basic', discount: '80' } },
      rules,
    });
    expect(merged.data).toEqual({ membership: { level: 'basic', discount: '90' } });
    expect(merged.conflicts).toMatchObject([
      { path: 'membership.discount', decidedBy: 'owner', kept: 'golden' },
    ]);
  });

  test('a parked conflict changes nothing and shows both values', () => {
    const merged = merge({
      golden: { name: 'Wang' },
      theirs: { name: 'Li' },
      incoming: { name: 'Zhao' },
      rules: { conflict: 'park' },
    });
    expect(merged.patch).toEqual({});
    expect(merged.conflicts).toMatchObject([{ golden: 'Wang', incoming: 'Zhao', decidedBy: 'parked' }]);
  });

  test('an edit where a conflict is parked joins it, whoever tells it, and leaves the rest alone', () => {
    const home = { key: 'home', city: 'Hangzhou', zip: '310000' };
    const golden = { name: 'Wang', tags: ['tea'], addresses: [home] };
    const told = (incoming: JsonObject, parked: string[]) =>
      merge({ golden, theirs: golden, incoming, parked, rules: { owners: { name: 'crm' } } });
    const name = told({ name: 'Zhao', tags: ['tea', 'vip'] }, ['name']);
    expect(name.data).toEqual({ ...golden, tags: ['tea', 'vip'] });
    expect(name.conflicts).toEqual([
      {
        path: 'name',
        golden: 'Wang',
        theirs: 'Wang',
        incoming: 'Zhao',
        decidedBy: 'parked',
        kept: 'golden',
      },
    ]);
    expect(told({ tags: [] }, ['tags'])).toMatchObject({ patch: {}, conflicts: [{ path: 'tags' }] });
    const city = ['addresses[home].city'];
    const within = told({ addresses: [{ ...home, city: 'Ningbo', zip: '315000' }] }, city);
    expect(within.data.addresses).toEqual([{ ...home, zip: '315000' }]);
    expect(told({ addresses: [] }, city)).toMatchObject({
      patch: {},
      conflicts: [{ path: 'addresses[home]', decidedBy: 'parked' }],
    });
  });

  test('lists are merged by element key', () => {
    const home = { key: 'home', city: 'Hangzhou', address: '1 West Lake Road' };
    const work = { key: 'work', city: 'Shanghai' };
    const golden = { addresses: [{ ...home, address: '2 West Lake Road' }, work] };
    const merged = merge({
      golden,
      theirs: { addresses: [home, work] },
      incoming: {
        addresses: [
          { ...home, city: 'Ningbo' },
          { key: 'club', city: 'Suzhou' },
        ],
      },
    });
    expect(merged.data).toEqual({
      addresses: [
        { key: 'home', city: 'Ningbo', address: '2 West Lake Road' },
        { key: 'club', city: 'Suzhou' },
      ],
    });
    expect(Object.keys(merged.patch)).toEqual(['addresses[home].city', 'addresses[work]', 'addresses[club]']);
  });

  test('an element taken away elsewhere does not come back because a system still shows it', () => {
    const home = { key: 'home', city: 'Hangzhou' };
    const merged = merge({
      golden: { addresses: [] },
      theirs: { addresses: [home] },
      incoming: { addresses: [home] },
    });
    expect(merged.data).toEqual({ addresses: [] });
  });

  test('an element that comes back whole is not torn by who once set its parts', () => {
    const told = { addresses: [{ key: 'home', city: 'Hangzhou' }] };
    const first = merge({ incoming: told });
    const gone = merge({
      ...first,
      golden: first.data,
      theirs: told,
      incoming: { addresses: [] },
      origin: pos,
    });
    expect(gone.data).toEqual({ addresses: [] });
    const later = { connection: 'crm', at: '2026-11-02T09:00:00Z' };
    const incoming = { addresses: [{ key: 'home', city: 'Ningbo', name: 'Li' }] };
    const back = merge({
      golden: gone.data,
      theirs: told,
      incoming,
      origin: later,
      provenance: gone.provenance,
    });
    expect(back.data).toEqual(incoming);
    expect(back.conflicts).toHaveLength(1);
  });

  test('tags are a set: additions and removals of two systems add up', () => {
    const golden = { tags: ['vip', 'tea', 'new'] };
    const merged = merge({ golden, theirs: { tags: ['vip', 'tea'] }, incoming: { tags: ['tea', 'coffee'] } });
    expect(merged.data).toEqual({ tags: ['tea', 'new', 'coffee'] });
  });

  test('a phone claim is taken or kept whole; hiding its digits tells nothing', () => {
    const real = { kind: 'real', e164: '+8613800000000', display: '13800000000' };
    const virtual = { kind: 'virtual', display: '19999990001-1234' };
    const masked = { kind: 'masked', display: '138****0001' };
    const told = (known: JsonObject, claim: JsonObject) =>
      merge({ golden: { phone: known }, theirs: { phone: known }, incoming: { phone: claim } }).data;
    expect(told(real, virtual)).toEqual({ phone: virtual });
    expect(told(real, masked)).toEqual({ phone: real });
    expect(told(masked, real)).toEqual({ phone: real });
    expect(told({ ...masked, display: '138****9999' }, masked)).toEqual({ phone: masked });
  });
});

const value: fc.Arbitrary<Json> = fc.constantFrom('a', 'b', 'c', null);
const element = fc.record({ city: value, zip: value }, { requiredKeys: [] });
const record: fc.Arbitrary<JsonObject> = fc.record(
  {
    name: value,
    email: value,
    membership: fc.record({ level: value, discount: value }, { requiredKeys: [] }),
    addresses: fc
      .dictionary(fc.constantFrom('h', 'w'), element, { maxKeys: 2 })
      .map((elements) => Object.entries(elements).map(([key, fields]) => ({ key, ...fields }))),
    tags: fc.subarray(['x', 'y', 'z']),
  },
  { requiredKeys: [] },
);
/** A stored record: what merging into nothing gives, so it holds no nulls. */
const golden = record.map((incoming) => merge({ incoming }).data);

describe('merging states, for all records', () => {
  test('is idempotent: told again, with the shadow updated or not, it changes nothing', () => {
    fc.assert(
      fc.property(golden, fc.option(record, { nil: undefined }), record, (before, theirs, incoming) => {
        const once = merge({ golden: before, theirs, incoming });
        const again = merge({ ...once, golden: once.data, theirs: incoming, incoming });
        expect(again.patch).toEqual({});
        const unremembered = merge({
          golden: once.data,
          theirs: undefined,
          incoming,
          provenance: once.provenance,
        });
        const twice = merge({
          golden: unremembered.data,
          theirs: undefined,
          incoming,
          provenance: unremembered.provenance,
        });
        expect(twice.patch).toEqual({});
      }),
    );
  });

  test('never invents a value: every leaf comes from the record or from what the system tells or told', () => {
    const leaves = (data: Json): Json[] =>
      typeof data === 'object' && data !== null ? Object.values(data).flatMap(leaves) : [data];
    fc.assert(
      fc.property(golden, record, record, (before, theirs, incoming) => {
        const known = new Set([before, theirs, incoming].flatMap(leaves));
        for (const leaf of leaves(merge({ golden: before, theirs, incoming }).data))
          expect(known).toContain(leaf);
      }),
    );
  });

  test('does not depend on the order of two systems that edit disjoint fields', () => {
    const edit = (names: readonly string[]) =>
      fc.dictionary(fc.constantFrom(...names), fc.constantFrom('p', 'q', null), { maxKeys: names.length });
    fc.assert(
      fc.property(golden, edit(['name', 'notes']), edit(['email', 'kind']), (shown, left, right) => {
        const one = { theirs: shown, incoming: left, origin: crm };
        const two = { theirs: shown, incoming: right, origin: pos };
        const forth = merge({ ...two, golden: merge({ ...one, golden: shown }).data });
        const back = merge({ ...one, golden: merge({ ...two, golden: shown }).data });
        expect(forth.data).toEqual(back.data);
        expect([...forth.conflicts, ...back.conflicts]).toEqual([]);
      }),
    );
  });

  test('the patch is exactly the difference', () => {
    fc.assert(
      fc.property(golden, record, record, (before, theirs, incoming) => {
        const merged = merge({ golden: before, theirs, incoming });
        expect(merged.patch).toEqual(diff(before, merged.data));
        expect(Object.keys(merged.patch).length === 0).toBe(
          Object.keys(diff(before, merged.data)).length === 0,
        );
      }),
    );
  });
});

describe('quantities', () => {
  const stock = { skuId: 's', locationId: 'l', onHand: '10', asOf: '2026-11-01T09:00:00Z' };

  test('the newer snapshot stands, the older is dropped', () => {
    const newer = { ...stock, onHand: '8', asOf: '2026-11-01T09:00:00.5Z' };
    expect(applyQuantity({ golden: stock, incoming: newer })).toMatchObject({
      applied: true,
      patch: { onHand: { from: '10', to: '8' } },
    });
    expect(applyQuantity({ golden: newer, incoming: stock })).toEqual({
      data: newer,
      patch: {},
      applied: false,
    });
    expect(applyQuantity({ golden: newer, incoming: newer }).applied).toBe(false);
    expect(() => applyQuantity({ golden: stock, incoming: { onHand: '1' } })).toThrow(RangeError);
  });

  test('moments are compared, not texts', () => {
    expect(compareInstants('2026-11-01T09:00:00Z', '2026-11-01T09:00:00.5Z')).toBe(-1);
    expect(compareInstants('2026-11-01T09:00:00Z', '2026-11-01T09:00:00.000Z')).toBe(0);
  });

  test('sellable leaves out what the snapshot cannot know and is never negative', () => {
    const snapshot = { onHand: '10', locked: '2', asOf: '2026-11-01T09:00:00Z' };
    expect(sellable(snapshot, [])).toBe('8');
    const reservations = [
      { quantity: '1.5', acknowledgedAt: '2026-11-01T08:00:00Z' },
      { quantity: '2', acknowledgedAt: '2026-11-01T09:30:00Z' },
      { quantity: '3' },
      { quantity: '4', releasedAt: '2026-11-01T08:00:00Z' },
    ];
    expect(sellable(snapshot, reservations, '0.5')).toBe('2.5');
    expect(sellable(snapshot, reservations, '9')).toBe('0');
    expect(sellable({ ...snapshot, quality: 'defective' }, [])).toBe('0');
  });
});

test('a projection covers the named paths, and the keys of the elements it passes', () => {
  const data = {
    number: '1',
    receiver: { name: 'Li', address: 'x' },
    lines: [{ key: 'a', quantity: '1', price: '2' }],
    states: {},
  };
  expect(projectPaths(data, ['receiver.name', 'lines[].quantity', 'states.payment', 'notes'])).toEqual({
    receiver: { name: 'Li' },
    lines: [{ key: 'a', quantity: '1' }],
  });
  expect(projectPaths(data, ['lines'])).toEqual({ lines: data.lines });
});
