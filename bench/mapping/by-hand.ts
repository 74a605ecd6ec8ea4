/**
 * mappings/pospal/online-order.yaml (inward) and mappings/kingdee/order.yaml (outward) written by hand: the same
 * promises (what is missing or unknown is an error, empty and masked is not told), the same decimal and telephone
 * libraries, nothing else. What it leaves out is what the mapping language adds: all errors at once, each with its
 * field and line, and codes that are waited for.
 */
import { isMasked } from '../../src/mapping/convert.ts';
import { arithmetic, plainDecimal } from '../../src/mapping/decimal.ts';
import { type InContext, type OutContext, PendingReference } from '../../src/mapping/index.ts';
import { readPhone, writePhone } from '../../src/mapping/phone.ts';
import { Refused } from '../../src/mapping/refused.ts';
import { isList, isObject, type Json, type JsonObject } from '../../src/model/index.ts';

type Mutable = Record<string, unknown>;

const CLOSURES: Readonly<Record<string, string>> = {
  0: 'open',
  1: 'open',
  2: 'open',
  3: 'cancelled',
  4: 'completed',
};
const DELIVERIES: Readonly<Record<string, string>> = {
  0: 'ship',
  1: 'immediate',
  2: 'pickup',
  3: 'ship',
  4: 'ship',
};
const PAYMENTS: Readonly<Record<string, string>> = { unpaid: 'unpaid', paid: 'paid' };
const TENDERS: Readonly<Record<string, string>> = {
  cash: 'cash',
  online: 'online',
  storedValue: 'storedValue',
};

/** A shop's order → canonical values. */
export function orderIn(body: JsonObject, ctx: InContext): Mutable {
  const placed = needed(body.orderDateTime, 'orderDateTime');
  const account = needed(body._account, '_account');
  const values: Mutable = { kind: 'web', direction: 'sale', currency: 'CNY' };
  values.number = needed(body.orderNo, 'orderNo');
  values.channelId = account;
  values.storeId = needed(body._store, '_store');
  values.settlePartyId = account;
  if (told(body.customerNumber) !== undefined)
    values.customerId = new PendingReference('customer', 'number', String(body.customerNumber));
  values.placedAt = utcOf(placed);
  const states: Mutable = { payment: wordOf(PAYMENTS, body._payment) };
  if (!empty(body.state)) states.closure = wordOf(CLOSURES, body.state);
  values.states = states;
  if (!empty(body.deliveryType)) values.delivery = { kind: wordOf(DELIVERIES, body.deliveryType) };
  const receiver: Mutable = {};
  const name = told(body.contactName);
  if (name !== undefined) receiver.name = name;
  const phone = told(body.contactTel) === undefined ? undefined : readPhone(String(body.contactTel));
  if (phone !== undefined) receiver.phone = phone;
  const region: Mutable = {};
  const province = told(body._province);
  if (province !== undefined) region.province = province;
  const city = told(body._city);
  if (city !== undefined) region.city = city;
  const district = told(body._district);
  if (district !== undefined) region.district = district;
  if (province !== undefined || city !== undefined || district !== undefined) receiver.region = region;
  const address = told(body._street);
  if (address !== undefined) receiver.address = address;
  values.receiver = receiver;
  const notes = told(body.orderRemark);
  if (notes !== undefined) values.notes = notes;
  values.amounts = {
    goods: amount(body._goods),
    freight: amount(body._freight),
    rounding: amount(body._rounding),
    discount: amount(body._discount),
    payable: amount(body._payable),
    paid: amount(body._paid),
  };
  const shipFrom = ctx.lookup('ship-from', account);
  const seen = new Set<string>();
  values.lines = listOf(body.items, 'items').map((item) => {
    const key = needed(item._key, '_key');
    if (seen.has(key)) throw new Error(`the line ${key} stands twice`);
    seen.add(key);
    const line: Mutable = { key: ctx.lineKey('items', key) ?? key };
    line.skuId = new PendingReference('product', 'id', needed(item._product, '_product'));
    const called = told(item.productName);
    if (called !== undefined) line.name = called;
    line.quantity = amount(item._quantity);
    if (!empty(item._price)) line.price = amount(item._price);
    if (!empty(item.productSellPrice)) line.listPrice = amount(item.productSellPrice);
    line.amount = amount(item._amount);
    line.allocatedDiscount = amount(item._discount);
    if (typeof item._isGift !== 'boolean') throw new Error('_isGift is neither true nor false');
    line.isGift = item._isGift;
    if (shipFrom !== undefined) line.locationId = shipFrom;
    const comment = told(item.comment);
    if (comment !== undefined) line.notes = comment;
    return line;
  });
  if (isList(body._payments) && body._payments.length > 0) {
    values.payments = listOf(body._payments, '_payments').map((item) => {
      const method = ctx.lookupBack('payment-methods', needed(item.method, 'method'));
      if (method === undefined) throw new Error(`unknown payment method ${String(item.method)}`);
      const key = needed(item._key, '_key');
      return {
        key: ctx.lineKey('_payments', key) ?? key,
        method,
        kind: wordOf(TENDERS, item.kind),
        amount: amount(item.amount),
      };
    });
  }
  values.businessDate = placed.slice(0, 10);
  if (body.state === '2' || body.state === '4') states.fulfilment = 'shipped';
  return values;
}

/** An order record → the bill in the books. */
export function orderOut(record: JsonObject, ctx: OutContext): Mutable {
  const receiver = objectOf(record.receiver);
  const amounts = objectOf(record.amounts);
  const channel = needed(record.channelId, 'channelId');
  const bill: Mutable = {
    FBillNo: needed(record.number, 'number'),
    FDate: chinaOf(needed(record.placedAt, 'placedAt')),
    FSaleOrderFinance: {
      FSettleCurrId: { FNumber: code(ctx, 'currencies', needed(record.currency, 'currency')) },
      FIsIncludedTax: true,
    },
    FNetOrderBillNo: objectOf(record.source).number ?? needed(record.number, 'number'),
  };
  if (typeof receiver.name === 'string') bill.FLinkMan = receiver.name;
  const phone = writePhone(receiver.phone ?? null);
  if (phone !== undefined) bill.FLinkPhone = phone;
  if (typeof receiver.address === 'string') {
    const region = objectOf(receiver.region);
    bill.FReceiveAddress = `${String(region.province ?? '')}${String(region.city ?? '')}${String(region.district ?? '')}${receiver.address}`;
  }
  if (typeof record.notes === 'string') bill.FNote = record.notes;
  const rounding = String(amounts.rounding ?? '0');
  const lines = listOf(record.lines, 'lines').filter((line) => line.kind !== 'component');
  const rounded =
    arithmetic.cmp(rounding, '0') === 0n
      ? undefined
      : listOf(record.lines, 'lines').find((line) => arithmetic.cmp(line.amount ?? '0', '0') > 0)?.key;
  bill.FSaleOrderEntry = lines.map((line) => {
    const paid = String(line.amount ?? '0');
    const charged = line.key === rounded ? arithmetic.add(paid, rounding) : paid;
    const entry: Mutable = {};
    const id = ctx.lineId('FSaleOrderEntry', needed(line.key, 'key'));
    if (id !== undefined) entry.FEntryID = id;
    entry._key = line.key;
    entry.FRowType = line.kind === 'service' || line.kind === 'freight' ? 'Service' : 'Standard';
    const material = ctx.remoteNumber('product', needed(line.skuId, 'skuId'));
    if (material === undefined) throw new Error(`unknown product ${String(line.skuId)}`);
    entry.FMaterialId = { FNumber: material };
    if (typeof line.unitId === 'string') entry.FUnitID = { FNumber: code(ctx, 'units', line.unitId) };
    entry.FQty = amount(line.quantity);
    entry.FTaxPrice = arithmetic.div(charged, line.quantity, 6);
    if (line.taxRate !== undefined) entry.FEntryTaxRate = amount(line.taxRate);
    entry.FIsFree = arithmetic.cmp(paid, '0') === 0n;
    if (typeof line.notes === 'string') entry.FEntryNote = line.notes;
    return entry;
  });
  bill.FBillTypeID = { FNUMBER: 'XSDD01_SYS' };
  bill.FSaleOrgId = { FNumber: code(ctx, 'orgs', String(record.orgId ?? channel)) };
  bill.FCustId = { FNumber: code(ctx, 'settle-customers', channel) };
  const more: Mutable = {};
  if (arithmetic.cmp(amounts.freight ?? '0', '0') > 0)
    more.freight = service(code(ctx, 'service-materials', 'freight'), amounts.freight);
  if (arithmetic.cmp(amounts.fees ?? '0', '0') > 0)
    more.fees = service(code(ctx, 'service-materials', 'fees'), amounts.fees);
  if (more.freight !== undefined || more.fees !== undefined) bill._more = more;
  return bill;
}

function service(material: string, price: Json | undefined): Mutable {
  return { FRowType: 'Service', 'FMaterialId.FNumber': material, FQty: '1', FTaxPrice: price };
}

function code(ctx: OutContext, table: string, key: string): string {
  const value = ctx.lookup(table, key);
  if (value === undefined) throw new Error(`${table} has no row for ${key}`);
  return value;
}

function empty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}

/** A text that is there and not masked. */
function told(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'object') throw new Error('is not a single value');
  const text = String(value);
  return text.includes('*') && isMasked(text) ? undefined : text;
}

function needed(value: Json | undefined, name: string): string {
  const text = told(value);
  if (text === undefined) throw new Error(`${name} is missing`);
  return text;
}

function amount(value: Json | undefined): string {
  if (empty(value)) throw new Error('an amount is missing');
  const plain = plainDecimal(value);
  if (plain instanceof Refused) throw new Error(`${String(value)} ${plain.reason}`);
  return plain;
}

function wordOf(words: Readonly<Record<string, string>>, value: Json | undefined): string {
  const word = Object.hasOwn(words, String(value)) ? words[String(value)] : undefined;
  if (word === undefined) throw new Error(`${String(value)} is not known`);
  return word;
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {};
}

function listOf(value: Json | undefined, name: string): JsonObject[] {
  if (!isList(value) || value.length === 0) throw new Error(`${name} is missing`);
  return value.map((item) => {
    if (!isObject(item)) throw new Error(`${name} is not a list of objects`);
    return item;
  });
}

function utcOf(wall: string): string {
  return new Date(`${wall.slice(0, 10)}T${wall.slice(11)}.000+08:00`).toISOString();
}

function chinaOf(utc: string): string {
  const local = new Date(Date.parse(utc) + 28_800_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)}`;
}
