import { describe, expect, it } from 'vitest';
import { entities } from '../model/index.ts';
import { changed, components } from './check.fixture.ts';
import { checkMapping } from './check.ts';
import { referenceCycles } from './check-cycles.ts';
import { ORDER } from './mapping.fixture.ts';
import { readMapping } from './read.ts';
import type { MappingDocument } from './types.ts';

describe('what is worth a look is a warning and stops nothing', () => {
  const tables = new Map([
    ['customers', { shared: [{ connection: 'erp', value: 'C9', keys: ['c1', 'c2'] }] }],
    ['currencies', { shared: [] }],
  ]);
  const told = (text: string): string[] => {
    const { doc } = readMapping('m.yaml', text);
    const objectSchema = components.SalesOrder ?? {};
    const found = doc === undefined ? [] : checkMapping(doc, { entities, objectSchema, components, tables });
    return found.map(({ line, code, severity, message }) => `${line} ${severity} ${code}: ${message}`);
  };

  it('a code that several of ours share, read on the way in', () => {
    expect(told(ORDER)).toEqual([
      '8 warning mapping.table-not-invertible: erp calls c1 and c2 all C9; what comes in as C9 is taken for c1',
    ]);
    expect(told(changed('table: customers }', 'table: customers, direction: out }'))).toEqual([]);
  });

  it('a table that nobody keeps', () => {
    expect(told(changed('table: currencies', 'table: currencis'))[1]).toContain(
      'mapping.unknown-table: there is no file for the code table currencis',
    );
  });

  it('words that neither side has an answer for, unless else: is one', () => {
    const words = 'enum: { draft: [A, Z], submitted: B, approved: C }';
    expect(told(changed(words, 'enum: { draft: A, approved: C }'))[1]).toContain(
      'the vendor can also say B, Z; such a record is parked',
    );
    expect(told(changed(words, 'enum: { draft: A, approved: C }, else: draft'))).toHaveLength(1);
    expect(told(changed(`direction: in, optional: true, ${words}`, words))[1]).toContain(
      'nothing says what rejected is at the vendor',
    );
  });
});

describe('objects that wait for each other', () => {
  const mapping = (entity: string, field: string): MappingDocument => {
    const text = `mapping: erp/${entity}\nentity: ${entity}\nobject: X\nfields:\n  ${field}\n`;
    const { doc } = readMapping(`${entity}.yaml`, text);
    if (doc === undefined) throw new Error('no mapping');
    return doc;
  };
  const shipment = mapping('shipment', 'fulfilmentId: { at: A, ref: fulfilment }');
  const fulfilment = mapping('fulfilment', 'orderId: { at: A, ref: shipment }');

  it('are told once, with every reference that makes the circle', () => {
    const writing = [shipment, fulfilment].map((doc) => ({ connection: 'erp', doc }));
    expect(
      referenceCycles(writing, entities).map(({ file, line, message }) => `${file}:${line} ${message}`),
    ).toEqual([
      'shipment.yaml:5 in erp none of these can be written first: shipment waits for fulfilment (shipment.yaml:5), fulfilment waits for shipment (fulfilment.yaml:5)',
    ]);
  });

  it('are fine where one may be created without the other', () => {
    const patient = mapping('fulfilment', 'orderId: { at: A, ref: shipment, patch: true }');
    const writing = [shipment, patient].map((doc) => ({ connection: 'erp', doc }));
    expect(referenceCycles(writing, entities)).toEqual([]);
  });

  it('are fine in different systems, when one is only read, and when a record refers to its own kind', () => {
    const apart = [
      { connection: 'erp', doc: shipment },
      { connection: 'wms', doc: fulfilment },
    ];
    expect(referenceCycles(apart, entities)).toEqual([]);
    const read = mapping('fulfilment', 'orderId: { at: A, ref: shipment, direction: in }');
    const own = mapping('product', 'spu: { at: A, ref: product }');
    const writing = [shipment, read, own].map((doc) => ({ connection: 'erp', doc }));
    expect(referenceCycles(writing, entities)).toEqual([]);
  });
});
