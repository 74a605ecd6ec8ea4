import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, type Json, type JsonObject } from '../model/index.ts';
import {
  assemble,
  believedMoment,
  type Movement,
  mergeState,
  reviseDocument,
  type StateMerge,
  type StateMerged,
  stockOf,
} from './index.ts';

const now = '2026-11-01T10:00:00Z';
const crm = { connection: 'crm', at: '2026-11-01T09:00:00Z' };
const start = { golden: {}, theirs: undefined, origin: crm, rules: {}, provenance: {}, now };
const merge = (input: Partial<StateMerge> & { incoming: JsonObject }) => mergeState({ ...start, ...input });
const seconds = (count: number): string => new Date(Date.parse(crm.at) + count * 1_000).toISOString();

/** Edits of systems that all showed the same before, merged in the order given. */
function inTurn(shown: JsonObject, edits: readonly { connection: string; at: string; told: JsonObject }[]) {
  let merged: StateMerged = { data: shown, patch: {}, conflicts: [], provenance: {} };
  for (const { told, ...origin } of edits) {
    merged = merge({ ...merged, golden: merged.data, theirs: shown, incoming: told, origin });
  }
  return merged;
}

describe('owners by stage', () => {
  const owners = { price: { by: 'status', at: { draft: 'pim', active: 'erp' }, else: 'hub' }, tags: 'hub' };
  const told = (status: string | undefined, connection: string) => {
    const golden = { ...(status === undefined ? {} : { status }), price: '1' };
    return merge({
      golden,
      theirs: golden,
      incoming: { price: '2' },
      origin: { connection, at: crm.at },
      rules: { owners },
    }).data.price;
  };
  test('the word of whoever owns the stage the record is at counts, and nobody else’s', () => {
    expect([told('draft', 'pim'), told('active', 'pim')]).toEqual(['2', '1']);
    expect([told('draft', 'erp'), told('active', 'erp')]).toEqual(['1', '2']);
    expect([told('gone', 'erp'), told(undefined, 'pim'), told('gone', 'hub')]).toEqual(['1', '1', '2']);
  });

  test('a message that moves the record on is judged by the stage it was at', () => {
    const golden = { status: 'draft', price: '1' };
    const merged = merge({
      golden,
      theirs: golden,
      incoming: { status: 'active', price: '2' },
      origin: { connection: 'pim', at: crm.at },
      rules: { owners },
    });
    expect(merged.data).toEqual({ status: 'active', price: '2' });
  });

  test('an owner that overrules what others set says so', () => {
    const merged = merge({
      golden: { price: '3' },
      theirs: { price: '1' },
      incoming: { price: '2' },
      rules: { owners: { price: 'crm' } },
    });
    expect(merged.data.price).toBe('2');
    expect(merged.conflicts).toMatchObject([{ decidedBy: 'owner', kept: 'incoming', golden: '3' }]);
  });
});

describe('clocks that are off', () => {
  const decided = (edits: readonly { connection: string; at: string }[]): Json | undefined =>
    inTurn(
      { name: 'before' },
      edits.map((edit) => ({ ...edit, told: { name: edit.connection } })),
    ).data.name;

  test('two moments closer than the allowance are one, decided the same way whichever is heard first', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5_000, max: 5_000 }), (apart) => {
        const one = { connection: 'crm', at: seconds(0) };
        const two = { connection: 'pos', at: seconds(apart / 1_000) };
        const winner = Math.abs(apart) < 2_000 ? 'pos' : apart > 0 ? 'pos' : 'crm';
        expect(decided([one, two])).toBe(winner);
        expect(decided([two, one])).toBe(winner);
      }),
    );
  });

  test('a time years ahead counts as its receipt, and loses to the next edit', () => {
    const ahead = { connection: 'pos', at: '2031-01-01T00:00:00Z', receivedAt: seconds(0) };
    const later = { connection: 'crm', at: seconds(60), receivedAt: seconds(61) };
    expect(decided([ahead, later])).toBe('crm');
    expect(decided([later, ahead])).toBe('crm');
    // Also one that was taken before clocks were doubted.
    const provenance = { name: { connection: 'pos', at: '2031-01-01T00:00:00Z', takenAt: seconds(0) } };
    const merged = merge({
      golden: { name: 'pos' },
      theirs: { name: 'before' },
      incoming: { name: 'crm' },
      origin: later,
      provenance,
    });
    expect(merged.data.name).toBe('crm');
  });

  test('times that are none, or from another age, end in a decision', () => {
    const received = seconds(0);
    for (const odd of ['', '17', 'yesterday', '2026-13-45T99:00:00Z', '2026-11-01T09:00:00', '9'.repeat(40)])
      expect(believedMoment(odd, received)).toBe(received);
    expect(believedMoment('0001-01-01T00:00:00Z', received)).toBe('0001-01-01T00:00:00Z');
    expect(believedMoment('2026-11-01T17:00:00+08:00', received)).toBe('2026-11-01T09:00:00.000Z');
    expect(believedMoment('2026-11-01T09:00:01Z', received)).toBe('2026-11-01T09:00:01Z');
    expect(decided([{ connection: 'pos', at: '0001-01-01T00:00:00Z' }, crm])).toBe('crm');
  });
});

describe('elements taken away on one side and edited on the other', () => {
  const shown = { addresses: [{ key: 'home', city: 'Hangzhou', zip: '1' }] };
  const edited = { addresses: [{ key: 'home', city: 'Ningbo', zip: '1' }] };
  const away = { connection: 'crm', told: { addresses: [] } };
  const edit = { connection: 'pos', told: edited };

  test.each([
    ['the later edit keeps the element whole', 0, 60, edited],
    ['the later deletion takes it away whole', 60, 0, { addresses: [] }],
  ])('%s, in either order, and it is a conflict', (_name, awayAt, editAt, result) => {
    const edits = [
      { ...away, at: seconds(awayAt) },
      { ...edit, at: seconds(editAt) },
    ];
    for (const order of [edits, [...edits].reverse()]) {
      const merged = inTurn(shown, order);
      expect(merged.data).toEqual(result);
      expect(merged.conflicts).toMatchObject([{ path: 'addresses[home]', decidedBy: 'newest' }]);
    }
  });

  test('parks when conflicts are parked, and goes to an owner', () => {
    const told = (rules: StateMerge['rules']) =>
      merge({ golden: edited, theirs: shown, incoming: { addresses: [] }, rules });
    expect(told({ conflict: 'park' })).toMatchObject({ data: edited, conflicts: [{ decidedBy: 'parked' }] });
    expect(told({ owners: { addresses: 'pos' } }).data).toEqual(edited);
    expect(told({ owners: { addresses: 'crm' } }).data).toEqual({ addresses: [] });
  });

  test('an element that is only shown again in part does not come back; edited in part it comes back whole', () => {
    const told = (element: JsonObject) =>
      merge({ golden: { addresses: [] }, theirs: shown, incoming: { addresses: [element] } });
    expect(told({ key: 'home', city: 'Hangzhou' })).toMatchObject({ patch: {}, conflicts: [] });
    expect(told({ key: 'home', city: 'Ningbo' }).data).toEqual(edited);
  });

  test('our own write that takes an element away is no edit when it arrives', () => {
    const merged = merge({
      golden: shown,
      theirs: shown,
      outstanding: { addresses: [] },
      incoming: { addresses: [] },
    });
    expect(merged.patch).toEqual({});
  });
});

describe('values that are cleared or hidden', () => {
  test('who never showed a value cannot clear it', () => {
    expect(merge({ golden: { email: 'a' }, incoming: { email: null } }).patch).toEqual({});
    expect(
      merge({ golden: { email: 'a' }, theirs: { email: null }, incoming: { email: null } }).patch,
    ).toEqual({});
  });

  test('clearing an object, a list or a set takes away what the system showed, not what others added', () => {
    const theirs = { membership: { level: 'gold' }, tags: ['a'], addresses: [{ key: 'h', city: 'x' }] };
    const golden = {
      membership: { level: 'gold', discount: '90' },
      tags: ['a', 'b'],
      addresses: [...theirs.addresses, { key: 'w', city: 'y' }],
    };
    const cleared = { membership: null, tags: null, addresses: null };
    const merged = merge({ golden, theirs, incoming: cleared });
    expect(merged).toMatchObject({
      data: { membership: { discount: '90' }, tags: ['b'], addresses: [{ key: 'w', city: 'y' }] },
      conflicts: [],
    });
    expect(merge({ golden: theirs, theirs, incoming: cleared }).data).toEqual({});
  });

  test('digits a system hid and now shows are no edit of a number others have changed', () => {
    const phone = (display: string, kind = 'real') => ({
      phone: { kind, display, ...(kind === 'real' ? { e164: `+86${display}` } : {}) },
    });
    const [hidden, old, changed] = [
      phone('138****0001', 'masked'),
      phone('13800000001'),
      phone('13900000009'),
    ];
    expect(merge({ golden: changed, theirs: hidden, incoming: old }).patch).toEqual({});
    expect(merge({ golden: hidden, theirs: hidden, incoming: old }).data).toEqual(old);
    const edited = merge({ golden: old, theirs: hidden, incoming: changed });
    expect(edited).toMatchObject({ data: changed, conflicts: [] });
  });

  test('fields named like parts of the language are fields', () => {
    const incoming = JSON.parse('{"ext":{"constructor":"a","__proto__":"b","toString":"c"}}') as JsonObject;
    const merged = merge({ incoming });
    expect(JSON.stringify(merged.data)).toBe(JSON.stringify(incoming));
    expect(Object.keys(merged.patch)).toEqual(['ext']);
    expect(merge({ ...merged, golden: merged.data, incoming }).patch).toEqual({});
  });
});

describe('conflicts, for all fields', () => {
  const field = fc.constantFrom('a', 'b', 'c');
  test('are reported exactly where both sides changed the same field differently', () => {
    const three = fc.record({ shown: field, here: field, there: field });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('p', 'q', 'r', 's'), three), (fields) => {
        const of = (side: 'shown' | 'here' | 'there'): JsonObject =>
          Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values[side]]));
        for (const conflict of ['newest', 'park'] as const) {
          const merged = merge({
            golden: of('there'),
            theirs: of('shown'),
            incoming: of('here'),
            rules: { conflict },
          });
          const both = Object.entries(fields)
            .filter(([, { shown, here, there }]) => here !== shown && there !== shown && here !== there)
            .map(([name]) => name);
          expect(merged.conflicts.map(({ path }) => path).sort()).toEqual(both.sort());
          for (const [name, { shown, here, there }] of Object.entries(fields)) {
            if (!both.includes(name)) expect(merged.data[name]).toBe(here === shown ? there : here);
          }
        }
      }),
    );
  });
});

describe('documents', () => {
  const stages = ['states', 'packages'];
  test('reasons to hold and parcels of two systems add up; each takes away only its own', () => {
    const golden = { states: { holds: ['risk', 'address'] }, packages: [{ key: 'p' }, { key: 'q' }] };
    const theirs = { states: { holds: ['risk'], approval: null }, packages: [{ key: 'p' }, { key: 'gone' }] };
    const incoming = { states: { holds: ['stock'] }, packages: [{ key: 'gone' }, { key: 'r' }] };
    const revised = reviseDocument({ golden, theirs, incoming, fromIssuer: false, stages });
    expect(revised.data).toEqual({
      states: { holds: ['address', 'stock'] },
      packages: [{ key: 'q' }, { key: 'r' }],
    });
    const unknown = { golden: { states: { approval: 'approved' } }, theirs: {}, fromIssuer: true, stages };
    expect(reviseDocument({ ...unknown, incoming: { states: { approval: null } } }).patch).toEqual({});
  });

  const line = fc.record({ key: fc.constantFrom('1', '2', '10', 'x'), quantity: fc.constantFrom('1', '2') });
  const piece = fc.record(
    {
      data: fc.record({
        number: fc.constant('D-1'),
        notes: fc.constantFrom('a', 'b'),
        lines: fc.array(line),
      }),
      at: fc.constantFrom(seconds(0), seconds(1), seconds(2)),
      total: fc.integer({ min: 1, max: 4 }),
    },
    { requiredKeys: ['data', 'at'] },
  );
  test('pieces make one document whatever order they come in, and however often each comes', () => {
    const whole = (list: readonly string[], at: number) => ({
      data: { number: 'D-1', lines: list.map((key) => ({ key, quantity: key })) },
      at: seconds(at),
      total: 3,
    });
    const pieces = [whole(['10', '2'], 1), whole(['1'], 0)];
    expect(assemble(pieces.slice(0, 1))).toEqual({ kind: 'waiting', have: 2, total: 3 });
    expect(assemble([...pieces, ...pieces])).toMatchObject({
      kind: 'whole',
      data: { lines: [{ key: '1' }, { key: '2' }, { key: '10' }] },
    });
    expect(assemble([...pieces, whole(['3'], 2)])).toEqual({ kind: 'tooMany', have: 4, total: 3 });
    expect(() => assemble([{ data: { lines: [{ quantity: '1' }] }, at: now }])).toThrow(RangeError);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (told) => {
        const made = assemble(told);
        expect(assemble([...told].reverse())).toEqual(made);
        expect(assemble([...told, ...told])).toEqual(made);
      }),
    );
  });
});

describe('movements', () => {
  const movement: fc.Arbitrary<Movement> = fc.record({
    key: fc.uuid(),
    delta: fc.integer({ min: -50, max: 50 }).map((tenths) => decimal.div(String(tenths), '10', 1)),
    occurredAt: fc.integer({ min: 0, max: 20 }).map(seconds),
  });
  const snapshot = fc.record({
    onHand: fc.integer({ min: 0, max: 99 }).map(String),
    asOf: fc.integer({ min: 0, max: 20 }).map(seconds),
  });

  test('count once each after the newest snapshot, in any order, at once or one by one', () => {
    fc.assert(
      fc.property(
        fc.array(movement, { maxLength: 8 }),
        fc.option(snapshot, { nil: undefined }),
        (moves, base) => {
          const all = stockOf(base, moves);
          expect(stockOf(base, [...moves].reverse())).toEqual(all);
          expect(stockOf(base, [...moves, ...moves])).toEqual(all);
          const later = moves.filter(({ occurredAt }) => base === undefined || occurredAt > base.asOf);
          const sum = decimal.sum([base?.onHand ?? '0', ...later.map(({ delta }) => delta)]);
          if (all !== undefined) expect(decimal.cmp(all.onHand, sum)).toBe(0);
          if (base === undefined) return;
          const oneByOne = moves.reduce((before, move) => stockOf(before, [move]) ?? before, base);
          expect(decimal.cmp(oneByOne.onHand, sum)).toBe(0);
          expect(oneByOne.asOf).toBe(base.asOf);
        },
      ),
    );
    expect(stockOf(undefined, [])).toBeUndefined();
  });
});
