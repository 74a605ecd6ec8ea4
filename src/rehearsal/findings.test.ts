import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../model/index.ts';
import { differences } from './difference.ts';
import { Findings, type Outcome } from './findings.ts';

const json = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>('a', 'b', '', 0, 1, true, null),
    fc.array(tie('value'), { maxLength: 3 }) as fc.Arbitrary<Json>,
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('key', 'x', 'y', '__proto__'), tie('value'), {
    maxKeys: 3,
  }) as fc.Arbitrary<JsonObject>,
}));

describe('differences', () => {
  it('are none exactly where two documents say the same, in whatever order', () => {
    fc.assert(
      fc.property(json.object, (document) => {
        const turned = Object.fromEntries(Object.entries(document).reverse()) as JsonObject;
        expect(differences(document, turned)).toEqual([]);
        expect(differences(document, { ...document, more: 'x' })).toEqual([{ field: 'more', after: 'x' }]);
      }),
    );
  });

  it('are the same, seen from the other side', () => {
    fc.assert(
      fc.property(json.object, json.object, (one, other) => {
        const back = differences(other, one).map(({ field, before, after }) => ({
          field,
          ...(after === undefined ? {} : { before: after }),
          ...(before === undefined ? {} : { after: before }),
        }));
        const ordered = (list: readonly object[]) => list.map((item) => JSON.stringify(item)).sort();
        expect(ordered(back)).toEqual(ordered(differences(one, other)));
      }),
    );
  });

  it('know elements by their key', () => {
    const one = {
      lines: [
        { key: 'a', qty: '1' },
        { key: 'b', qty: '2' },
      ],
    };
    const other = {
      lines: [
        { key: 'b', qty: '3' },
        { key: 'a', qty: '1' },
      ],
    };
    expect(differences(one, other)).toEqual([{ field: 'lines[].qty', before: '2', after: '3' }]);
    const fewer = { lines: [{ key: 'a', qty: '1' }] };
    expect(differences(one, fewer)).toEqual([{ field: 'lines[]', before: { key: 'b', qty: '2' } }]);
  });

  it('without keys pair what is equal first, so that one line less is one difference', () => {
    const one = { entries: [{ FQty: '1' }, { FQty: '2' }, { FQty: '3' }] };
    const other = { entries: [{ FQty: '1' }, { FQty: '3' }] };
    expect(differences(one, other)).toEqual([{ field: 'entries[]', before: { FQty: '2' } }]);
  });
});

describe('findings', () => {
  const place = { way: 'out', where: 'erp/Bill' } as const;
  const ok = (document: JsonObject): Outcome => ({ kind: 'ok', document });
  const stopped = (errors: readonly string[], waits: readonly string[]): Outcome => ({
    kind: 'stopped',
    errors: new Map(errors.map((error) => [error, `${error} it is`])),
    waits: new Set(waits),
  });

  it('count a field once for each object, however many of its lines differ', () => {
    const findings = new Findings();
    const lines = (qty: string): JsonObject => ({ lines: [{ qty }, { qty }] });
    for (const record of ['1', '2']) findings.add(place, record, ok(lines('1')), ok(lines('2')));
    expect(findings.result().fields).toMatchObject([{ field: 'lines[].qty', count: 2 }]);
    expect(findings.result()).toMatchObject({ different: 2, compared: { out: 2 } });
  });

  it('tell trouble that is new from trouble that is gone, and leave out what stays', () => {
    const findings = new Findings();
    findings.add(
      place,
      '1',
      stopped(['a x', 'b y'], ['table t/1']),
      stopped(['b y'], ['table t/1', 'table t/2']),
    );
    expect(findings.result().troubles).toMatchObject([
      { change: 'new', kind: 'wait', what: 'table t/2', count: 1 },
      { change: 'gone', kind: 'error', what: 'a x', count: 1 },
    ]);
  });

  it('tell what is newly let out and what no longer is; what never was is not counted', () => {
    const findings = new Findings();
    findings.add(place, '1', { kind: 'kept-in' }, ok({}));
    findings.add(place, '2', ok({}), { kind: 'kept-in' });
    findings.add(place, '3', { kind: 'kept-in' }, { kind: 'kept-in' });
    expect(findings.result().compared.out).toBe(2);
    expect(findings.result().troubles).toMatchObject([
      { change: 'new', kind: 'not-let-out', examples: ['2'] },
      { change: 'gone', kind: 'not-let-out', examples: ['1'] },
    ]);
  });

  it('tell how many neither side can map', () => {
    const findings = new Findings();
    findings.add(place, '1', stopped(['a x'], []), stopped(['a x'], []));
    expect(findings.result()).toMatchObject({ stuck: 1, different: 0, troubles: [] });
  });

  it('stay small whatever is missing', () => {
    const findings = new Findings();
    for (let n = 0; n < 5_000; n += 1) findings.add(place, `${n}`, ok({}), stopped([], [`table t/${n}`]));
    const { troubles } = findings.result();
    expect(troubles.length).toBeLessThan(300);
    expect(troubles.reduce((sum, one) => sum + one.count, 0)).toBe(5_000);
  });
});
