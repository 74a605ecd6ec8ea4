import { describe, expect, it } from 'vitest';
import {
  cellsOf,
  csvOf,
  joinKey,
  splitKey,
  withHeadings,
} from '../console/src/pages/mappings/crossrefs/spreadsheet.ts';
import { type ChosenField, insertionOf } from '../console/src/pages/mappings/editor/insert.ts';
import { placeIn } from '../console/src/pages/mappings/editor/place.ts';

const text = `mapping: shop/order
entity: order
fields:
  number: orderNo
  placedAt: { at: created, as: datetime }
  lines:
    at: items
    key: { key: id }
    fields:
      skuId: { at: sku, ref: product }
  notes: remark
out:
  org: lookup("orgs", record.storeId)
`;

/** The place where `|` stands in a text. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  return placeIn(marked.replace('|', ''), offset);
}

const common = { required: false, description: '', words: null };
const ours = (path: string, type: string | null, rest = {}): ChosenField => ({
  side: 'ours',
  field: { ...common, path, kind: 'value', type, entity: null, personal: false, ...rest },
});
const theirs = (path: string): ChosenField => ({
  side: 'theirs',
  field: { ...common, path, kind: 'value', types: ['string'] },
});

/** The text after a field was inserted at a place. */
function inserted(offset: number, chosen: ChosenField, partner?: string): string {
  const { at: from, insert } = insertionOf(text, offset, chosen, partner);
  return text.slice(0, from) + insert + text.slice(from);
}

describe('The editor of mappings', () => {
  it('knows where somebody types, in blocks, in braces and in lists', () => {
    expect(at('map|')).toMatchObject({ kind: 'key', parents: [], typed: 'map' });
    expect(at(text.replace('orderNo', 'ord|'))).toMatchObject({
      ...{ kind: 'value', key: 'number', parents: ['fields'], typed: 'ord', lists: [] },
    });
    expect(at(text.replace('created, as', 'created, a|s'))).toMatchObject({
      ...{ kind: 'key', parents: ['fields', 'placedAt'], typed: 'a' },
    });
    expect(at(text.replace('at: sku', 'at: s|'))).toMatchObject({
      ...{ kind: 'value', key: 'at', parents: ['fields', 'lines', 'fields', 'skuId'] },
      lists: [{ name: 'lines', at: 'items' }],
    });
    expect(at(text.replace('{ key: id', '{ key: i|'))).toMatchObject({
      ...{ kind: 'value', key: 'key', parents: ['fields', 'lines', 'key'], lists: [{ at: 'items' }] },
    });
    expect(at(text.replace('record.storeId', 'record.st|'))).toMatchObject({ parents: ['out'], key: 'org' });
    expect(at('fields:\n  # no|')).toBeUndefined();
  });

  it('writes a field where it belongs, with its conversion and its partner', () => {
    const end = text.indexOf('remark') + 6;
    expect(inserted(end, ours('amounts.payable', 'money'), 'total')).toContain(
      '  notes: remark\n  amounts.payable: { at: total, as: money }\nout:',
    );
    expect(inserted(end, ours('lines[].quantity', 'decimal'), 'qty')).toContain(
      'ref: product }\n      quantity: { at: qty, as: decimal }\n  notes: remark',
    );
    expect(inserted(0, theirs('items[].price'), 'price')).toContain('      price: price\n  notes');
    expect(inserted(end, ours('payments[].method', 'code'))).toContain(
      '  payments:\n    at: FIELD\n    key: { key: FIELD }\n    fields:\n      method: FIELD\nout:',
    );
    const open = text.replace('remark', '');
    const offset = open.indexOf('notes: ') + 7;
    expect(insertionOf(open, offset, theirs('memo'), undefined)).toEqual({
      ...{ at: offset, insert: 'memo', select: [offset + 4, offset + 4] },
    });
  });

  it('takes cells as Excel copies them, with headings or without', () => {
    const cells = cellsOf('erp\tW07\t"CK ""7""\nnew"\r\n\t\t\r\nerp\tW08\tCK008');
    expect(cells).toEqual([
      ['erp', 'W07', 'CK "7"\nnew'],
      ['erp', 'W08', 'CK008'],
    ]);
    const table = { keys: ['key'], values: ['value'] };
    expect(withHeadings(cells, table, '')).toMatchObject({
      ok: true,
      cells: [['connection', 'key', 'value'], {}, {}],
    });
    expect(withHeadings([['W07', 'CK007']], table, 'erp')).toMatchObject({
      cells: [{}, ['erp', 'W07', 'CK007']],
    });
    expect(
      withHeadings(
        [
          ['键', '值'],
          ['W07', 'CK'],
        ],
        table,
        'erp',
      ),
    ).toMatchObject({
      cells: [
        ['connection', '键', '值'],
        ['erp', 'W07', 'CK'],
      ],
    });
    expect(withHeadings([['1', '2', '3', '4']], table, '')).toMatchObject({ ok: false, found: 4 });
    expect(csvOf(cells)).toBe('erp,W07,"CK ""7""\nnew"\nerp,W08,CK008\n');
    const key = joinKey(['S|1', 'a\\b']);
    expect(splitKey(key, 2)).toEqual(['S|1', 'a\\b']);
    expect(splitKey('', 1)).toEqual(['']);
  });
});
