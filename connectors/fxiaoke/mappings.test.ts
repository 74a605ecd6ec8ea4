import { describe, expect, it } from 'vitest';
import { entities, orderBalance, withExt } from '../../src/model/index.ts';
import * as shipped from '../../tests/support/shipped-mappings.ts';
import type { JsonObject } from '../kit/index.ts';

const load = (name: string) => shipped.shippedMapping(`fxiaoke/${name}`);
const outContext = shipped.outContext({ remoteId: (_entity, id) => `id-of-${id}` });
const inward = (name: string, body: JsonObject) => shipped.inward(load(name), body);
const outward = (name: string, record: JsonObject) => shipped.outward(load(name), record, outContext);

describe('mappings of fxiaoke', () => {
  it.each(['account', 'contact', 'product', 'order', 'consumption'])('%s passes the check', (name) => {
    expect(load(name).name).toBe(`fxiaoke/${name}`);
  });

  it.each([
    [
      'account',
      { _kind: 'company', account_no: 'A1', name: '龙井茶行', tel: '13800138000', remark: '老客户' },
    ],
    ['contact', { name: '王小明', mobile1: '13800138000', email: 'w@example.com' }],
    ['product', { product_code: '6901', name: '绿茶', price: '39.90', product_status: '1' }],
  ])('%s comes back as it went in', (name, body) => {
    expect(outward(name, inward(name, body))).toEqual(body);
  });

  it('turns a sales order into an order whose sums agree, whatever a discount on the whole took off', () => {
    const values = inward('order', {
      _id: '1',
      name: 'SO-1',
      account_id: 'a1',
      order_time: 1_772_676_900_000,
      order_amount: '90.00',
      life_status: 'under_review',
      details: {
        SalesOrderProductObj: [
          { _id: 'l1', product_id: 'p1', quantity: '2', sales_price: '30', subtotal: '60.00' },
          { _id: 'l2', product_id: 'p2', quantity: '1', sales_price: '35', subtotal: '35.00' },
        ],
      },
    });
    expect(values).toMatchObject({
      number: 'SO-1',
      kind: 'b2b',
      placedAt: '2026-03-05T02:15:00.000Z',
      states: { approval: 'submitted', closure: 'open' },
      amounts: { payable: '90', rounding: '-5' },
    });
    expect(orderBalance(values)).toMatchObject({ ok: true, applicable: true });
  });

  it('writes an order of the hub with its lines, components left out', () => {
    const body = outward('order', {
      number: 'W1',
      kind: 'web',
      customerId: 'c1',
      placedAt: '2026-03-05T02:15:00.000Z',
      amounts: { payable: '20' },
      lines: [
        { key: '1', skuId: 'p1', quantity: '3', amount: '20', kind: 'bundle' },
        { key: '2', skuId: 'p2', quantity: '3', amount: '20', kind: 'component', parentKey: '1' },
      ],
    });
    expect(body).toMatchObject({
      account_id: 'id-of-c1',
      order_time: 1_772_676_900_000,
      order_amount: '20.00',
      details: {
        SalesOrderProductObj: [
          { _key: '1', product_id: 'id-of-p1', quantity: '3', sales_price: '6.666667', subtotal: '20.00' },
        ],
      },
    });
  });

  it('writes what was bought, and what came back as less', () => {
    const ticket = {
      number: 'S01-1',
      kind: 'ticket',
      direction: 'sale',
      customerId: 'c1',
      storeId: 'S01',
      placedAt: '2026-03-05T02:15:00.000Z',
      amounts: { payable: '99.8' },
      lines: [
        { key: '1', skuId: 'p1', name: '绿茶', quantity: '2', amount: '79.8' },
        { key: '2', skuId: 'p2', name: '杯子 🍵', quantity: '1', amount: '20' },
      ],
    };
    expect(outward('consumption', ticket)).toEqual({
      number: 'S01-1',
      customer: 'id-of-c1',
      placedAt: 1_772_676_900_000,
      store: 'S01',
      kind: 'sale',
      amount: '99.80',
      quantity: '3',
      summary: '绿茶 × 2；杯子 🍵 × 1',
    });
    expect(outward('consumption', { ...ticket, direction: 'return' })).toMatchObject({
      kind: 'return',
      amount: '-99.80',
      quantity: '-3',
    });
  });

  it('goes on with fields of the company: a custom one, and the account of a contact', () => {
    const variant = (of: string, own: string, ext: Parameters<typeof withExt>[1]) =>
      shipped.variantOf(`fxiaoke/${of}`, own, withExt(entities, ext));
    const account = variant(
      'account',
      'custom: { favourite_tea__c: text }\nfields:\n  ext.favouriteTea: { at: favourite_tea__c, optional: true }\n  code: ~\n',
      { customer: { favouriteTea: { type: 'text', title: '爱喝的茶' } } },
    );
    const body = { name: '王小明', favourite_tea__c: '龙井' };
    const told = account.inward({ ...body, account_no: 'ACC-1' }, shipped.inContext());
    expect(told).toMatchObject({ ok: true, values: { ext: { favouriteTea: '龙井' } } });
    expect(told.ok && told.values.code).toBeUndefined();
    const contact = variant(
      'contact',
      'fields:\n  ext.account: { at: account_id, ref: customer, by: id, optional: true, patch: true }\n',
      { customer: { account: { type: 'reference', entity: 'customer', title: '所属客户' } } },
    );
    expect(contact.outward({ name: '王小明', ext: { account: 'c1' } }, outContext)).toMatchObject({
      body: { name: '王小明', account_id: 'id-of-c1' },
    });
  });
});
