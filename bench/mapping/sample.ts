/** The order both sides map: as a shop tells it, as a record, and what surrounds a run. */
import type { InContext, OutContext } from '../../src/mapping/index.ts';
import type { JsonObject } from '../../src/model/index.ts';

const SKUS = 60;

/** An online order of a shop, as its connector delivers it. */
export function shopOrder(lines: number): JsonObject {
  const amounts = { _payable: '89.77', _goods: '81.8', _freight: '8', _rounding: '-0.03', _discount: '10' };
  return {
    id: '1000001000000000004',
    orderNo: '20261120120000000004',
    state: '1',
    orderDateTime: '2026-11-20 12:00:00',
    customerNumber: 'M-1001',
    contactName: '张三',
    contactTel: '13800138000',
    contactAddress: '广东省广州市天河区天河路1号',
    orderRemark: '请放前台',
    orderSource: 'openApi',
    deliveryType: '0',
    payMethod: 'Wxpay',
    payOnLine: '1',
    isOnlinePaymentCompleted: '1',
    shippingFee: '8',
    totalAmount: '89.77',
    items: Array.from({ length: lines }, (_, at) => ({
      productUid: `10000010000000000${at % SKUS}`,
      productName: `高山绿茶 ${at % SKUS} 号`,
      productBarcode: String(6901 + (at % SKUS)),
      productQuantity: '2',
      productSellPrice: '39.9',
      _key: `10000010000000000${at % SKUS}#${at}`,
      _product: `WEB/10000010000000000${at % SKUS}`,
      _quantity: String(1 + (at % 5)),
      _amount: `${71 + at}.11`,
      _discount: '8.69',
      _price: '35.555',
      _isGift: false,
    })),
    _account: 'WEB',
    _store: 'WEB',
    _id: 'WEB/20261120120000000004',
    ...amounts,
    _paid: '89.77',
    _payment: 'paid',
    _payments: [{ _key: 'Wxpay#1', method: 'Wxpay', amount: '89.77', kind: 'online' }],
    _province: '广东省',
    _city: '广州市',
    _district: '天河区',
    _street: '天河路1号',
  };
}

/** The same order as a golden record. */
export function goldenOrder(lines: number): JsonObject {
  return {
    kind: 'web',
    direction: 'sale',
    currency: 'CNY',
    number: '20261120120000000004',
    channelId: 'WEB',
    storeId: 'WEB',
    settlePartyId: 'WEB',
    customerId: 'customer-1',
    source: { connection: 'pos', kind: 'online-order', number: '20261120120000000004' },
    placedAt: '2026-11-20T04:00:00.000Z',
    businessDate: '2026-11-20',
    states: { payment: 'paid', closure: 'open' },
    delivery: { kind: 'ship' },
    receiver: {
      name: '张三',
      phone: { kind: 'real', e164: '+8613800138000', display: '13800138000' },
      region: { province: '广东省', city: '广州市', district: '天河区' },
      address: '天河路1号',
    },
    notes: '请放前台',
    amounts: {
      goods: '81.8',
      freight: '8',
      rounding: '-0.03',
      discount: '10',
      payable: '89.77',
      paid: '89.77',
    },
    lines: Array.from({ length: lines }, (_, at) => ({
      key: `10000010000000000${at % SKUS}#${at}`,
      skuId: `sku-${at % SKUS}`,
      name: `高山绿茶 ${at % SKUS} 号`,
      unitId: 'PCS',
      quantity: String(1 + (at % 5)),
      price: '35.555',
      listPrice: '39.9',
      amount: at % 5 === 0 ? '0' : `${71 + at}.11`,
      allocatedDiscount: '8.69',
      taxRate: '13',
      isGift: at % 5 === 0,
      locationId: 'W01',
    })),
    payments: [{ key: 'Wxpay#1', method: 'wechat', kind: 'online', amount: '89.77' }],
  };
}

const codes: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries({
    orgs: { WEB: '100' },
    'settle-customers': { WEB: 'CUST-WEB' },
    currencies: { CNY: 'PRE001' },
    units: { PCS: 'Pcs' },
    'ship-from': { WEB: 'W01' },
    'service-materials': { freight: 'FREIGHT', fees: 'FEES' },
  }).map(([table, rows]) => [table, new Map(Object.entries(rows))]),
);
const methods: ReadonlyMap<string, string> = new Map([['Wxpay', 'wechat']]);
const numbers: ReadonlyMap<string, string> = new Map(
  Array.from({ length: SKUS }, (_, at) => [`sku-${at}`, `M${at}`]),
);

export const inContext: InContext = {
  connection: 'pos',
  payload: 'full',
  lookup: (table, key) => codes.get(table)?.get(key),
  lookupBack: (_table, value) => methods.get(value),
  lineKey: () => undefined,
};

export const outContext: OutContext = {
  connection: 'erp',
  creating: true,
  lookup: (table, key) => codes.get(table)?.get(key),
  remoteNumber: (_entity, id) => numbers.get(id),
  remoteId: (_entity, id) => numbers.get(id),
  lineId: () => undefined,
};
