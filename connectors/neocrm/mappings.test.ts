import { describe, expect, it } from 'vitest';
import { orderBalance } from '../../src/model/index.ts';
import * as shipped from '../../tests/support/shipped-mappings.ts';
import type { JsonObject } from '../kit/index.ts';

const load = (name: string) => shipped.shippedMapping(`neocrm/${name}`);
const outContext = shipped.outContext({ remoteId: (_entity, id) => `id-of-${id}` });
const inward = (name: string, body: JsonObject) => shipped.inward(load(name), body);
const outward = (name: string, record: JsonObject) => shipped.outward(load(name), record, outContext);

describe('mappings of neocrm', () => {
  it.each(['account', 'contact', 'product', 'order', 'consumption'])('%s passes the check', (name) => {
    expect(load(name).name).toBe(`neocrm/${name}`);
  });

  it.each([
    [
      'account',
      { _kind: 'company', accountNumber: 'A1', accountName: '龙井茶行', phone: '13800138000', comment: '老' },
    ],
    ['contact', { contactName: '王小明', mobile: '13800138000', email: 'w@example.com' }],
    ['product', { productCode: '6901', productName: '绿茶', priceUnit: '39.90' }],
  ])('%s comes back as it went in', (name, body) => {
    expect(outward(name, inward(name, body))).toEqual(body);
  });

  it('turns an order into one whose sums agree, whatever a discount on the whole took off', () => {
    const values = inward('order', {
      id: '1',
      number: 'PO1',
      accountId: '2',
      transactionDate: 1_772_676_900_000,
      amount: '90',
      _lines: [
        { id: '3', productId: '5', quantity: '3', unitPrice: '20.111111' },
        { id: '4', productId: '6', quantity: '1', unitPrice: '35' },
      ],
    });
    expect(values).toMatchObject({
      number: 'PO1',
      kind: 'b2b',
      placedAt: '2026-03-05T02:15:00.000Z',
      amounts: { payable: '90', rounding: '-5.33' },
      lines: [{ amount: '60.33' }, { amount: '35' }],
    });
    expect(orderBalance(values)).toMatchObject({ ok: true, applicable: true });
  });

  it('writes an order of the hub with its lines, components left out, in three steps', () => {
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
    expect(body).toEqual({
      accountId: 'id-of-c1',
      transactionDate: 1_772_676_900_000,
      _lines: [{ _key: '1', productId: 'id-of-p1', quantity: '3', unitPrice: '6.666667' }],
    });
    expect(load('order').flow.map((step) => step.name)).toEqual(['create', 'save', 'activate']);
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
});
