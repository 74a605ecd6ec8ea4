import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/index.ts';
import { differenceOf } from './difference.ts';

const lists = [{ at: 'head.lines', key: 'id' }];
const difference = (now: JsonObject, sent: JsonObject, ids = {}) => differenceOf(now, sent, lists, ids);

test('only members that differ, however deep; what is not told any more is no difference', () => {
  const sent = { a: '1', b: { c: '2', d: '3' }, e: ['x'], gone: 'y' };
  expect(difference({ a: '1', b: { c: '2', d: '4' }, e: ['x'] }, sent)).toEqual({
    body: { b: { d: '4' } },
    removed: {},
  });
  expect(difference({ a: '1', e: ['x', 'z'] }, sent)).toEqual({ body: { e: ['x', 'z'] }, removed: {} });
  expect(difference({ a: null }, sent)).toEqual({ body: { a: null }, removed: {} });
  expect(difference({ a: '1' }, sent)).toBeUndefined();
});

test('elements by entry id: changed, new and gone; their order says nothing', () => {
  const sent = {
    head: {
      lines: [
        { _key: 'a', q: '1' },
        { _key: 'b', q: '2', p: '5' },
        { _key: 'c', q: '3' },
      ],
    },
  };
  const now = {
    head: {
      lines: [
        { id: '12', _key: 'b', q: '9', p: '5' },
        { id: '11', _key: 'a', q: '1' },
        { _key: 'd', q: '4' },
      ],
    },
  };
  expect(difference(now, sent, { a: '11', b: '12', c: '13' })).toEqual({
    body: {
      head: {
        lines: [
          { id: '12', _key: 'b', q: '9' },
          { _key: 'd', q: '4' },
        ],
      },
    },
    removed: { 'head.lines': ['13'] },
  });
});

test('a list whose elements nobody can tell apart is compared whole', () => {
  const now = { head: { lines: [{ q: '1' }, { q: '2' }] } };
  expect(difference(now, { head: { lines: [{ q: '1' }] } })).toEqual({ body: now, removed: {} });
  expect(difference(now, now)).toBeUndefined();
});

test('put over what was sent it gives what is to be there, and nothing differs any more', () => {
  const value = fc.constantFrom('1', '2', null);
  const line = (id: string) => fc.record({ id: fc.constant(id), q: value, p: value });
  const body = fc.record({
    a: value,
    head: fc.record({
      b: value,
      lines: fc.subarray(['1', '2', '3']).chain((ids) => fc.tuple(...ids.map(line))),
    }),
  });
  fc.assert(
    fc.property(body, body, (now, sent) => {
      const found = difference(now, sent);
      const patched = structuredClone(sent);
      const changed = found?.body as { a?: typeof now.a; head?: Partial<typeof now.head> } | undefined;
      if (changed?.a !== undefined) patched.a = changed.a;
      if (changed?.head?.b !== undefined) patched.head.b = changed.head.b;
      const gone = found?.removed['head.lines'] ?? [];
      const kept = patched.head.lines.filter(({ id }) => !gone.includes(id));
      for (const one of changed?.head?.lines ?? []) {
        const old = kept.find(({ id }) => id === one.id);
        if (old) Object.assign(old, one);
        else kept.push(one);
      }
      patched.head.lines = kept;
      expect(difference(now, patched)).toBeUndefined();
      expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(now.head.lines.map(({ id }) => id)));
    }),
  );
});
