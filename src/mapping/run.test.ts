import { describe, expect, it } from 'vitest';
import { compile, inContext, ORDER, outContext, RECORD, withFields } from './mapping.fixture.ts';
import { type JsonObject, MappingFault, PendingReference } from './types.ts';

const mapping = compile(ORDER);

function sent(record: JsonObject = RECORD, more = {}): JsonObject {
  const result = mapping.outward(record, outContext(more));
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.body;
}

describe('outward', () => {
  it("makes the vendor's object", () => {
    expect(sent()).toEqual({
      FBillNo: 'W1',
      FDate: '2026-11-01 12:00:00',
      FCust: { FNumber: 'CUST1' },
      FCurr: { FNumber: 'PRE001' },
      FLinkMan: '王小明',
      FLinkPhone: '13800138000',
      FNote: '请放前台',
      FAmount: '129.50',
      Entries: [
        { FMaterial: { FNumber: 'product-p1' }, FQty: '2', FPrice: '12.9500', FIsFree: false },
        { FMaterial: { FNumber: 'product-p2' }, FQty: '1', FIsFree: true },
      ],
      FOrg: { FNumber: '100' },
    });
  });
  it('puts the entry ids it knows, by list and key', () => {
    const body = sent(RECORD, {
      lineId: (list: string, key: string) => (key === 'b' ? `${list}/${key}` : undefined),
    });
    expect(body.Entries).toMatchObject([{}, { FEntryID: 'Entries/b' }]);
    expect((body.Entries as JsonObject[])[0]).not.toHaveProperty('FEntryID');
  });
  it('leaves out what the record does not have', () => {
    const body = sent({ number: 'W2', amounts: { payable: '1' } });
    expect(body).toEqual({ FBillNo: 'W2', FAmount: '1.00' });
  });
  it('takes a default, clears what is cleared', () => {
    expect(sent({ number: 'W2', notes: null })).toEqual({ FBillNo: 'W2', FAmount: '0.00', FNote: '' });
  });
  it('waits for unknown codes and unsynced records, naming each once', () => {
    const lines = [
      { key: 'a', skuId: 'unknown-1', quantity: '1' },
      { key: 'b', skuId: 'unknown-1', quantity: '1' },
    ];
    const result = mapping.outward({ ...RECORD, storeId: 'S9', lines }, outContext());
    expect(result).toEqual({
      ok: false,
      errors: [],
      waits: [
        { kind: 'ref', entity: 'product', id: 'unknown-1', field: 'lines[].skuId' },
        { kind: 'table', table: 'orgs', key: 'S9', field: 'FOrg.FNumber' },
      ],
    });
  });
  it('looks codes up at the business date', () => {
    const dates: unknown[] = [];
    const context = outContext({ lookup: (_table, _key, date) => `x${dates.push(date)}` });
    mapping.outward({ ...RECORD, businessDate: '2026-10-31' }, context);
    expect(new Set(dates)).toEqual(new Set(['2026-10-31']));
  });
  it('names mapping, field, value, line and element of everything that is wrong, at once', () => {
    const result = mapping.outward(
      { amounts: { payable: 'much' }, lines: [{ key: 'a', quantity: 'two' }, { quantity: '1' }] },
      outContext(),
    );
    if (result.ok) throw new Error('expected errors');
    expect(
      result.errors.map(({ code, field, value, line, element }) => ({ code, field, value, line, element })),
    ).toEqual([
      { code: 'mapping.missing', field: 'number', value: undefined, line: 6, element: undefined },
      { code: 'mapping.bad-value', field: 'amounts.payable', value: 'much', line: 13, element: undefined },
      { code: 'mapping.bad-value', field: 'lines[].quantity', value: 'two', line: 21, element: 'a' },
      { code: 'mapping.missing', field: 'lines[].key', value: undefined, line: 17, element: undefined },
    ]);
    expect(result.errors[1]?.message).toContain('erp/order');
  });
  it('does not send a masked number where the vendor needs one', () => {
    const strict = withFields('receiver.phone: { at: tel, as: phone, required: true }');
    const result = strict.outward(
      { receiver: { phone: { kind: 'masked', display: '138****0000' } } },
      outContext(),
    );
    expect(result).toMatchObject({
      ok: false,
      errors: [{ code: 'mapping.missing', field: 'receiver.phone' }],
    });
  });
  it('writes on: create fields only when creating, and when: fields only when they hold', () => {
    const some = withFields(
      'number: { at: no, on: create }\nnotes: { at: memo, when: \'record.kind == "web"\' }\nkind: { at: type, constant: 5 }',
    );
    const record = { number: 'N', notes: 'n', kind: 'web' };
    expect(some.outward(record, outContext())).toEqual({ ok: true, body: { no: 'N', memo: 'n', type: 5 } });
    expect(some.outward({ ...record, kind: 'b2b' }, outContext({ creating: false }))).toEqual({
      ok: true,
      body: { type: 5 },
    });
  });
  it('tells an expression that cannot be evaluated', () => {
    const failing = withFields('number: no', 'out:\n  total: add(record.amounts.goods, "x")\n');
    expect(failing.outward({ number: 'N', amounts: { goods: '1' } }, outContext())).toMatchObject({
      ok: false,
      errors: [{ code: 'mapping.expression-failed', field: 'total', line: 7 }],
    });
  });
  it('answers which records it will ask about', () => {
    const some = withFields(
      'customerId: { at: cust, ref: customer, by: id }\nlines:\n  at: rows\n  key: { key: id }\n  when: line.kind != "service"\n  fields:\n    skuId: { at: sku, ref: product }',
      'out:\n  parent: remoteNo("order", record.ext.parent)\n',
    );
    expect(some.references({ customerId: 'c', ext: { parent: 'o' }, lines: RECORD.lines })).toEqual([
      { entity: 'customer', id: 'c' },
      { entity: 'product', id: 'p1' },
      { entity: 'product', id: 'p2' },
      { entity: 'order', id: 'o' },
    ]);
  });
  it('applies only where the top condition holds; a condition without an answer is an error', () => {
    expect(mapping.applies(RECORD)).toBe(true);
    expect(mapping.applies({})).toBe(false);
    const odd = withFields('number: no', 'when: record.lines.size() > 0\n');
    expect(() => odd.applies({})).toThrow(MappingFault);
  });
});

const BODY = {
  FBillNo: 'W1',
  FDate: '2026-11-01 12:00:00',
  FCust: { FNumber: 'CUST1' },
  FCurr: { FNumber: 'PRE001' },
  FAmount: '129.50',
  FStatus: 'Z',
  Entries: [
    { FEntryID: 11, FMaterial: { FNumber: 'M2' }, FQty: '2.000' },
    { FEntryID: 10, FMaterial: { FNumber: 'M1' }, FQty: 1, FPrice: '0.10' },
  ],
};

describe('inward', () => {
  it('makes canonical values, keeps the order of elements and sets our key on each', () => {
    const context = inContext({
      lineKey: (list, id) => (list === 'Entries' && id === '11' ? 'b' : undefined),
    });
    expect(mapping.inward(BODY, context)).toEqual({
      ok: true,
      values: {
        number: 'W1',
        placedAt: '2026-11-01T04:00:00.000Z',
        settlePartyId: 'c1',
        currency: 'CNY',
        notes: null,
        amounts: { payable: '129.5' },
        states: { approval: 'draft' },
        lines: [
          { key: 'b', skuId: new PendingReference('product', 'number', 'M2'), quantity: '2' },
          { key: '10', skuId: new PendingReference('product', 'number', 'M1'), quantity: '1', price: '0.1' },
        ],
        channelId: 'erp',
      },
    });
  });
  it('comes back to what was sent', () => {
    const keys = new Map([
      ['x1', 'a'],
      ['x2', 'b'],
    ]);
    const ids = new Map([...keys].map(([id, key]) => [key, id]));
    const body = sent(RECORD, { lineId: (_list: string, key: string) => ids.get(key) });
    const result = mapping.inward(body, inContext({ lineKey: (_list, id) => keys.get(id) }));
    expect(result).toMatchObject({
      ok: true,
      values: {
        number: 'W1',
        placedAt: RECORD.placedAt,
        settlePartyId: 'c1',
        receiver: RECORD.receiver,
        notes: '请放前台',
        lines: [{ key: 'a', quantity: '2', price: '12.95' }, { key: 'b' }],
      },
    });
  });
  it('takes absent, empty and masked as not told in a partial body', () => {
    const result = mapping.inward(
      { FBillNo: '', FLinkMan: '张**', FStatus: null, FAmount: '' },
      inContext({ payload: 'partial' }),
    );
    expect(result).toEqual({ ok: true, values: { channelId: 'erp' } });
  });
  it('clears only where the mapping says so and never by a mask', () => {
    const clearing = withFields('notes: { at: memo, clears: true }\nnumber: { at: no, optional: true }');
    expect(clearing.inward({ memo: '', no: '' }, inContext({ payload: 'partial' }))).toEqual({
      ok: true,
      values: { notes: null },
    });
    expect(clearing.inward({}, inContext({ payload: 'partial' }))).toEqual({ ok: true, values: {} });
    expect(clearing.inward({}, inContext())).toEqual({ ok: true, values: { notes: null } });
    expect(clearing.inward({ memo: '***' }, inContext())).toEqual({ ok: true, values: {} });
  });
  it('asks for every required field of a full body', () => {
    const result = mapping.inward({ Entries: [{ FEntryID: 'e1' }] }, inContext());
    if (result.ok) throw new Error('expected errors');
    expect(result.errors.map((error) => [error.code, error.field, error.line, error.element])).toEqual([
      ['mapping.missing', 'number', 6, undefined],
      ['mapping.missing', 'placedAt', 7, undefined],
      ['mapping.missing', 'settlePartyId', 8, undefined],
      ['mapping.missing', 'lines[].skuId', 20, 'e1'],
      ['mapping.missing', 'lines[].quantity', 21, 'e1'],
    ]);
  });
  it('waits for an unknown code and refuses an unmapped value', () => {
    const result = mapping.inward({ ...BODY, FCust: { FNumber: 'NEW' }, FStatus: 'Q' }, inContext());
    expect(result).toMatchObject({
      ok: false,
      waits: [{ kind: 'table', table: 'customers', key: 'NEW', back: true, field: 'settlePartyId' }],
      errors: [{ code: 'mapping.unmapped-value', field: 'states.approval', value: 'Q', line: 14 }],
    });
  });
  it('refuses elements without an id, with the same id, and lists that are none', () => {
    const codes = (entries: unknown): (string | undefined)[] => {
      const result = mapping.inward({ ...BODY, Entries: entries as JsonObject[] }, inContext());
      return result.ok ? [] : result.errors.map((error) => error.code);
    };
    const line = { FEntryID: 1, FMaterial: { FNumber: 'M' }, FQty: '1' };
    expect(codes([line, { ...line, FEntryID: '' }])).toEqual(['mapping.missing']);
    expect(codes([line, line])).toEqual(['mapping.duplicate-line']);
    expect(codes([line, 'x'])).toEqual(['mapping.bad-shape']);
    expect(codes({ 0: line })).toEqual(['mapping.bad-shape']);
    expect(codes([])).toEqual(['mapping.missing']);
  });
  it('maps lists in lists, with keys of our own', () => {
    const nested = compile(`mapping: wms/confirm
entity: shipment
object: confirm
direction: in
fields:
  packages:
    at: packages.package
    key: { key: no, assigned: ours }
    fields:
      trackingNo: expressCode
      items:
        at: items.item
        key: { key: id }
        fields:
          qty: { at: quantity, as: decimal }
          carrier: { inward: remote.carrier }
`);
    const seen: string[] = [];
    const context = inContext({ lineKey: (list, id) => void seen.push(`${list} ${id}`) });
    const body = {
      carrier: 'SF',
      packages: { package: [{ no: 'P1', expressCode: 'SF1', items: { item: [{ id: 7, quantity: '3' }] } }] },
    };
    expect(nested.inward(body, context)).toEqual({
      ok: true,
      values: {
        packages: [{ key: 'P1', trackingNo: 'SF1', items: [{ key: '7', qty: '3', carrier: 'SF' }] }],
      },
    });
    expect(seen).toEqual(['packages.package.items.item 7']);
    expect(nested.mappedPaths).toContain('packages[].items[].qty');
    expect(nested.writes).toBe(false);
  });
  it('speaks about a record that exists already', () => {
    const about = compile(
      'mapping: wms/process\nentity: fulfilment\nobject: process\nabout: { ref: fulfilment, by: number, at: order.code }\nfields:\n  states.process: { at: status, enum: { packed: PACK } }\n',
    );
    expect(about.inward({ order: { code: 'F1' }, status: 'PACK' }, inContext())).toEqual({
      ok: true,
      values: { states: { process: 'packed' } },
      about: new PendingReference('fulfilment', 'number', 'F1'),
    });
    expect(about.inward({ status: 'PACK' }, inContext({ payload: 'partial' }))).toMatchObject({
      ok: false,
      errors: [{ field: 'about' }],
    });
    expect(about.writes).toBe(false);
  });
  it('takes expressions per field and per element', () => {
    const some = withFields(
      'kind: { inward: \'remote.type == 1 ? "web" : "b2b"\' }\nlines:\n  at: rows\n  key: { key: id }\n  when: remoteLine.deleted != true\n  fields:\n    notes: { inward: \'concat(remote.no, "/", remoteLine.memo)\' }',
    );
    expect(
      some.inward(
        {
          type: 1,
          no: 'N',
          rows: [
            { id: 1, memo: 'm' },
            { id: 2, deleted: true },
          ],
        },
        inContext(),
      ),
    ).toEqual({
      ok: true,
      values: { kind: 'web', lines: [{ key: '1', notes: 'N/m' }] },
    });
  });
  it('lets a default stand in for a full body only', () => {
    const some = withFields('kind: { at: type, default: web }');
    expect(some.inward({}, inContext())).toEqual({ ok: true, values: { kind: 'web' } });
    expect(some.inward({}, inContext({ payload: 'partial' }))).toEqual({ ok: true, values: {} });
  });
});

describe('hostile names', () => {
  it('treats __proto__ and inherited names as plain data, both ways', () => {
    const hostile = withFields(
      'ext.__proto__: { at: __proto__.polluted, optional: true }\next.constructor: { at: constructor, optional: true }\next.a: { at: toString.valueOf, optional: true }',
    );
    const body: JsonObject = JSON.parse('{"__proto__":{"polluted":"x"},"constructor":"y"}');
    const result = hostile.inward(body, inContext());
    if (!result.ok) throw new Error(JSON.stringify(result));
    expect(JSON.stringify(result.values)).toBe('{"ext":{"__proto__":"x","constructor":"y"}}');
    expect(hostile.inward({}, inContext())).toEqual({ ok: true, values: {} });
    const back = hostile.outward(result.values as JsonObject, outContext());
    expect(JSON.stringify(back)).toBe('{"ok":true,"body":{"__proto__":{"polluted":"x"},"constructor":"y"}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
  it('never runs what is written in a path', () => {
    const path = 'b"+(globalThis,process,exit)+"\\u0022;`1`//';
    const hostile = withFields(`${JSON.stringify(`ext.${path}`)}: { at: ${JSON.stringify(path)} }`);
    const body = { [path]: 'v' };
    expect(hostile.inward(body, inContext())).toEqual({ ok: true, values: { ext: body } });
    expect(hostile.outward({ ext: body }, outContext())).toEqual({ ok: true, body });
  });
  it('refuses bodies that are no objects', () => {
    expect(mapping.inward([] as unknown as JsonObject, inContext())).toMatchObject({
      ok: false,
      errors: [{ code: 'mapping.bad-shape' }],
    });
  });
});

describe('a compiled mapping tells about itself', () => {
  it('name, flow, amend, paths and a version that follows the text', () => {
    expect(mapping).toMatchObject({
      name: 'erp/order',
      entity: 'order',
      object: 'SalesOrder',
      writes: true,
      amend: { approved: 'changeOrder' },
    });
    expect(mapping.flow).toEqual([
      { name: 'save', create: true },
      { name: 'submit', create: false },
      { name: 'audit', create: false, as: 'auditor' },
    ]);
    expect(mapping.mappedPaths).toContain('lines[].skuId');
    expect(mapping.mappedPaths).not.toContain('lines[].gift');
    expect(mapping.version).toMatch(/^[0-9a-f]{16}$/);
    expect(compile(`${ORDER}# x\n`).version).not.toBe(mapping.version);
  });
  it('reads the flow of a pushed document', () => {
    const pushed = withFields(
      'number: no',
      'flow: [ { create: push, from: { object: SAL_SaleOrder, of: orderId } }, save ]\n',
    );
    expect(pushed.flow).toEqual([
      { name: 'push', create: true, from: { object: 'SAL_SaleOrder', of: 'orderId' } },
      { name: 'save', create: false },
    ]);
    expect(withFields('number: no').flow).toEqual([{ name: 'create', create: true }]);
  });
});
