import { expect, test } from 'vitest';
import { undecidedCopy } from '../push/own-values.ts';
import { differingPaths, overlaps } from './opening.ts';

const phone = { kind: 'real', e164: '+8613900000001', display: '13900000001' };
const golden = { name: 'Tea', active: true, phone, barcodes: [{ key: 'a', unit: 'bag' }, { key: 'b' }] };

test('a copy differs where it shows another value or none, not where it tells nothing or keeps it in its own way', () => {
  expect(differingPaths(golden, {})).toEqual([]);
  expect(
    differingPaths(golden, { name: ' Tea ', phone: { kind: 'masked', display: '139****0001' } }),
  ).toEqual([]);
  expect(differingPaths(golden, { name: 'Old', active: null, note: null })).toEqual(['name', 'active']);
  expect(differingPaths(golden, { barcodes: [{ key: 'a', unit: 'box' }] })).toEqual([
    'barcodes[a].unit',
    'barcodes[b]',
  ]);
});

test('what nobody has decided about goes out as the copy shows it, and not at all where it showed nothing', () => {
  const record = { data: golden };
  const theirs = { name: 'Old', barcodes: [{ key: 'a', unit: 'box' }] };
  const opening = ['name', 'active', 'barcodes[a].unit', 'barcodes[b]'];
  const { data } = undecidedCopy(record, { theirs }, opening);
  expect(data).toEqual({ name: 'Old', phone, barcodes: [{ key: 'a', unit: 'box' }] });
  expect(undecidedCopy(record, { theirs }, null)).toBe(record);
});

test('an edit meets a path in it, above it and below it', () => {
  expect(overlaps('barcodes[a]', ['barcodes[a].unit'])).toBe(true);
  expect(overlaps('barcodes[a].unit', ['barcodes'])).toBe(true);
  expect(overlaps('name', ['names', 'barcodes'])).toBe(false);
});
