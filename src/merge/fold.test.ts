import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyPatch, diff, foldStates, type Provenance } from './index.ts';

const by = (connection: string, at: string): Provenance => ({ connection, at, takenAt: at });
const base = { keep: ['code'], rules: {}, now: '2026-11-20T00:00:00.000Z' };
const early = '2026-11-01T00:00:00.000Z';
const late = '2026-11-02T00:00:00.000Z';

describe('two states become one', () => {
  test('the newer value counts, what only one knows stays, and so does the number of the one that is kept', () => {
    const folded = foldStates({
      ...base,
      golden: { code: 'A', name: 'old', email: 'a@x', tags: ['vip'] },
      provenance: { name: by('crm', early), email: by('crm', late), code: by('crm', early) },
      other: { code: 'B', name: 'new', email: 'b@x', notes: 'n', tags: ['new'] },
      otherProvenance: { name: by('shop', late), email: by('shop', early), code: by('shop', late) },
    });
    expect(folded.data).toEqual({ code: 'A', name: 'new', email: 'a@x', notes: 'n', tags: ['vip', 'new'] });
    expect(folded.provenance.name?.connection).toBe('shop');
  });

  test("the owner's word counts whoever was later; of two words of one system the later", () => {
    const folded = foldStates({
      ...base,
      rules: { owners: { name: 'crm', email: 'crm' } },
      golden: { name: 'crm says', email: 'later@x' },
      provenance: { name: by('crm', early), email: by('crm', late) },
      other: { name: 'shop says', email: 'earlier@x' },
      otherProvenance: { name: by('shop', late), email: by('crm', early) },
    });
    expect(folded.data).toEqual({ name: 'crm says', email: 'later@x' });
  });

  test('elements of lists are told apart by key', () => {
    const folded = foldStates({
      ...base,
      golden: { addresses: [{ key: 'home', city: 'A' }] },
      provenance: { 'addresses[home]': by('crm', early) },
      other: {
        addresses: [
          { key: 'home', city: 'B' },
          { key: 'work', city: 'C' },
        ],
      },
      otherProvenance: { 'addresses[home]': by('shop', late), 'addresses[work]': by('shop', early) },
    });
    expect(folded.data).toEqual({
      addresses: [
        { key: 'home', city: 'B' },
        { key: 'work', city: 'C' },
      ],
    });
  });
});

test('a patch applied again makes what it was made of', () => {
  const value = fc.oneof(fc.string(), fc.boolean());
  const lists = fc.uniqueArray(fc.record({ key: fc.string({ minLength: 1 }), city: value }), {
    selector: (one) => one.key,
  });
  const record = fc.record(
    {
      name: value,
      membership: fc.record({ level: value, since: value }, { requiredKeys: [] }),
      addresses: lists,
    },
    { requiredKeys: ['addresses'] },
  );
  fc.assert(
    fc.property(record, record, (before, after) => {
      expect(diff(applyPatch(before, diff(before, after)), after)).toEqual({});
    }),
  );
});
