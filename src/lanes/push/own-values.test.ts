import { expect, test } from 'vitest';
import type { RecordRow } from '../../ledger/records.ts';
import type { JsonObject } from '../../model/index.ts';
import { hasIt, mustBeWritten, ownCopy, ownHash } from './own-values.ts';

function record(data: JsonObject, conflicted: readonly string[] | null): RecordRow {
  const source = { source_connection: null, source_kind: null, source_number: null, source_part: '' };
  return {
    ...{ id: 'r', entity: 'customer', state: 'live', alias_of: null, version: 1, provenance: {} },
    ...{ ...source, data, conflicted },
  };
}

test('each system is told its own value of what is disputed, and the golden one of everything else', () => {
  const golden = record({ name: 'Li Na', level: 'gold' }, ['name', 'level']);
  expect(ownCopy(golden, { theirs: { name: 'Li N.', city: 'X' } }).data).toEqual({
    name: 'Li N.',
    level: 'gold',
  });
  expect(ownCopy(golden, { theirs: { name: null } }).data).toEqual({ level: 'gold' });
  for (const theirs of [{ name: 'Li Na' }, {}, null]) expect(ownCopy(golden, { theirs })).toBe(golden);
  expect(ownCopy(golden, undefined)).toBe(golden);
  const settled = record({ name: 'Li Na' }, null);
  expect(ownCopy(settled, { theirs: { name: 'Li N.' } })).toBe(settled);
});

test('a masked phone is not written back over the digits it hides', () => {
  const golden = record({ phone: { kind: 'real', display: '13800000000' } }, ['phone']);
  const theirs = { phone: { kind: 'masked', display: '138****1111' } };
  expect(ownCopy(golden, { theirs }).data).toEqual({});
});

test('what was sent with an own value counts while it is disputed and no longer after that', () => {
  const hash = (body: JsonObject): string => JSON.stringify(body);
  const golden = { ok: true, body: { name: 'Li Na' } } as const;
  const own = ownHash(golden, hash, hash({ name: 'Li N.' }));
  expect([hasIt(own, own), hasIt(hash(golden.body), own)]).toEqual([true, true]);
  expect(hasIt(own, hash(golden.body))).toBe(false);
  expect([hasIt(mustBeWritten, own), hasIt(undefined, own)]).toEqual([false, false]);
  const waits = { ok: false, waits: [], errors: [] } as const;
  expect(hasIt(hash(golden.body), ownHash(waits, hash, hash({ name: 'Li N.' })))).toBe(false);
});
