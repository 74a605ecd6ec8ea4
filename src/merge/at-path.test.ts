import { describe, expect, test } from 'vitest';
import { shownAt, withShownAt } from './at-path.ts';
import { elementPath } from './lists.ts';

const tea = {
  name: 'Tea',
  brand: null,
  size: { width: '2' },
  barcodes: [
    { key: 'a', barcode: '690' },
    { key: 'x[1].%', barcode: '691' },
  ],
};

describe('a value at a path with keys', () => {
  test('is found by name and by key, whatever signs the key has', () => {
    expect(shownAt(tea, 'name')).toEqual({ value: 'Tea' });
    expect(shownAt(tea, 'size.width')).toEqual({ value: '2' });
    expect(shownAt(tea, `${elementPath('barcodes', 'x[1].%')}.barcode`)).toEqual({ value: '691' });
    expect(shownAt(tea, 'barcodes[a]')).toEqual({ value: { key: 'a', barcode: '690' } });
  });

  test('that was cleared or left a list is none, and one nobody spoke of is not told', () => {
    expect(shownAt(tea, 'brand')).toEqual({});
    expect(shownAt(tea, 'brand.name')).toEqual({});
    expect(shownAt(tea, 'barcodes[b]')).toEqual({});
    for (const path of ['price', 'size.height', 'barcodes[b].barcode', 'units[a]', 'constructor'])
      expect(shownAt(tea, path), path).toBeUndefined();
    expect(shownAt(undefined, 'name')).toBeUndefined();
  });

  test('is set, made and taken away without touching anything else', () => {
    expect(withShownAt(tea, 'name', 'Oolong')).toEqual({ ...tea, name: 'Oolong' });
    expect(Object.keys(withShownAt(tea, 'name', 'Oolong'))).toEqual(Object.keys(tea));
    expect(withShownAt({}, 'size.width', '3')).toEqual({ size: { width: '3' } });
    expect(withShownAt({}, 'barcodes[b].barcode', '692')).toEqual({
      barcodes: [{ key: 'b', barcode: '692' }],
    });
    const path = `${elementPath('barcodes', 'x[1].%')}.barcode`;
    expect(shownAt(withShownAt(tea, path, '7'), path)).toEqual({ value: '7' });
    expect(withShownAt(tea, 'barcodes[a]', undefined).barcodes).toEqual([tea.barcodes[1]]);
    expect(withShownAt(tea, 'name', undefined)).not.toHaveProperty('name');
    for (const absent of ['price', 'barcodes[b]', 'size.height', 'units[a].factor'])
      expect(withShownAt(tea, absent, undefined), absent).toEqual(tea);
  });
});
