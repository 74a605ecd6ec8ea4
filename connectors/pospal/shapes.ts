import { createHash } from 'node:crypto';
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject, type Notice } from '../kit/index.ts';
import { splitAddress } from './address.ts';
import { balance, lineAmount, positive, total, unitPrice } from './amounts.ts';
import { type Account, type PospalConfig, remoteIdOf } from './config.ts';

/**
 * Vendor answers as the hub gets them: every number as text (ids keep all 19 digits, amounts stay decimal), plus
 * fields under an underscore that the vendor does not send: account and store, stable keys of list elements, and
 * amounts that add up. A row that lacks what identifies it becomes a notice of object `unknown`, never a lost row.
 */

const text = z.string().min(1);
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'no decimal');
const optionalDecimal = decimal.nullish();

const ticketRow = z.looseObject({
  sn: text,
  datetime: text,
  ticketType: text,
  customerUid: z.string().nullish(),
  totalAmount: decimal,
  items: z.array(
    z.looseObject({
      productUid: z.string().nullish(),
      quantity: decimal,
      sellPrice: optionalDecimal,
      totalAmount: optionalDecimal,
    }),
  ),
  payments: z.array(z.looseObject({ code: z.string().nullish(), amount: decimal })).nullish(),
});

const orderRow = z.looseObject({
  orderNo: text,
  totalAmount: decimal,
  shippingFee: optionalDecimal,
  payMethod: z.string().nullish(),
  payOnLine: z.string().nullish(),
  isOnlinePaymentCompleted: z.string().nullish(),
  items: z.array(
    z.looseObject({
      productUid: z.string().nullish(),
      productQuantity: optionalDecimal,
      quantity: optionalDecimal,
      productSellPrice: optionalDecimal,
      manualSellPrice: optionalDecimal,
      totalAmount: optionalDecimal,
    }),
  ),
});

type Settings = Pick<PospalConfig, 'roundingLimit' | 'totalIncludesShipping'>;

/** A ticket as delivered to the hub; undefined when the row cannot be read as one. */
export function ticketBody(account: Account, row: JsonObject, settings: Settings): JsonObject | undefined {
  const source = textual(row);
  const parsed = ticketRow.safeParse(source);
  if (!parsed.success) return undefined;
  const ticket = parsed.data;
  const turn = (values: readonly string[]): readonly string[] =>
    ticket.ticketType === 'SELL_RETURN' ? positive(values) : values;
  const payable = turn([ticket.totalAmount])[0] ?? ticket.totalAmount;
  const told = turn(
    ticket.items.map((item) => item.totalAmount ?? lineAmount(item.sellPrice ?? '0', item.quantity)),
  );
  const quantities = turn(ticket.items.map((item) => item.quantity));
  const paid = turn((ticket.payments ?? []).map((payment) => payment.amount));
  const sums = balance({ payable, freight: '0', lines: told, roundingLimit: settings.roundingLimit });
  const lineKeys = keysOf(
    rowsOf(source.items),
    (item) => textOf(item.productUid) || textOf(item.productBarcode) || 'none',
  );
  const paymentKeys = keysOf(rowsOf(source.payments), (payment) => textOf(payment.code) || 'none');
  const member = uidOrNothing(ticket.customerUid);
  return {
    ...source,
    ...stamp(account, ticket.sn),
    ...(member === undefined ? {} : { _customer: remoteIdOf(account.name, member) }),
    _payable: payable,
    _goods: sums.goods,
    _rounding: sums.rounding,
    _discount: sums.discount,
    _paid: total(paid),
    items: rowsOf(source.items).map((item, at) =>
      lineBody(account, item, {
        key: lineKeys[at] ?? '',
        quantity: quantities[at] ?? '0',
        amount: sums.lines[at] ?? '0',
        discount: sums.shares[at] ?? '0',
        price: textOf(item.sellPrice),
      }),
    ),
    payments: rowsOf(source.payments).map((payment, at) => ({
      ...payment,
      _key: paymentKeys[at] ?? '',
      _amount: paid[at] ?? '0',
    })),
  };
}

/** An online order as delivered to the hub; undefined when the row cannot be read as one. */
export function orderBody(account: Account, row: JsonObject, settings: Settings): JsonObject | undefined {
  const source = textual(row);
  const parsed = orderRow.safeParse(source);
  if (!parsed.success) return undefined;
  const order = parsed.data;
  const freight = order.shippingFee ?? '0';
  const payable = settings.totalIncludesShipping ? order.totalAmount : total([order.totalAmount, freight]);
  const prices = order.items.map((item) => item.productSellPrice ?? item.manualSellPrice ?? '0');
  const quantities = order.items.map((item) => item.productQuantity ?? item.quantity ?? '0');
  const told = order.items.map(
    (item, at) => item.totalAmount ?? lineAmount(prices[at] ?? '0', quantities[at] ?? '0'),
  );
  const sums = balance({ payable, freight, lines: told, roundingLimit: settings.roundingLimit });
  const keys = keysOf(
    rowsOf(source.items),
    (item) => textOf(item.productUid) || textOf(item.productBarcode) || 'none',
  );
  const payments = paymentsOf(order, payable);
  return {
    ...source,
    ...stamp(account, order.orderNo),
    _payable: payable,
    _goods: sums.goods,
    _freight: freight,
    _rounding: sums.rounding,
    _discount: sums.discount,
    _paid: payments.length > 0 ? payable : '0',
    _payment: payments.length > 0 ? 'paid' : 'unpaid',
    _payments: payments,
    ...addressParts(textOf(source.contactAddress)),
    items: rowsOf(source.items).map((item, at) =>
      lineBody(account, item, {
        key: keys[at] ?? '',
        quantity: quantities[at] ?? '0',
        amount: sums.lines[at] ?? '0',
        discount: sums.shares[at] ?? '0',
        price: prices[at] ?? '0',
      }),
    ),
  };
}

/** A product as delivered to the hub; undefined without uid. */
export function productBody(account: Account, row: JsonObject): JsonObject | undefined {
  const source = textual(row);
  const uid = textOf(source.uid);
  return uid === '' ? undefined : { ...source, ...stamp(account, uid) };
}

/** A member as delivered to the hub; undefined without uid. One call of the vendor misspells it `customrUid`. */
export function customerBody(account: Account, row: JsonObject): JsonObject | undefined {
  const source = textual(row);
  const uid = textOf(source.customerUid) || textOf(source.customrUid);
  return uid === '' ? undefined : { ...source, customerUid: uid, ...stamp(account, uid) };
}

/** The notice for a row of a page: full, or of object `unknown` when the row makes no sense. */
export function noticeOf(
  object: string,
  account: Account,
  row: JsonObject,
  body: JsonObject | undefined,
): Notice {
  if (body !== undefined) return { object, remoteId: textOf(body._id), body };
  return {
    object: 'unknown',
    remoteId: remoteIdOf(account.name, `${object}#${digestOf(row)}`),
    body: textual(row),
  };
}

/** Short digest of a value: tells whether a row read twice is still the same. */
export function digestOf(value: Json): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 12);
}

/** Every number inside as decimal text. */
export function textual(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textualValue(value)]));
}

function textualValue(value: Json): Json {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? String(value) : new Decimal(value).toFixed();
  if (Array.isArray(value)) return value.map(textualValue);
  return isJsonObject(value) ? textual(value) : value;
}

/** The text of a value; empty for anything that has none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function rowsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json): item is JsonObject => isJsonObject(item)) : [];
}

function stamp(account: Account, vendorId: string): JsonObject {
  return { _account: account.name, _store: account.storeCode, _id: remoteIdOf(account.name, vendorId) };
}

function uidOrNothing(uid: string | null | undefined): string | undefined {
  return uid === null || uid === undefined || uid === '' || uid === '0' ? undefined : uid;
}

function lineBody(
  account: Account,
  item: JsonObject,
  line: { key: string; quantity: string; amount: string; discount: string; price: string },
): JsonObject {
  const product = uidOrNothing(textOf(item.productUid));
  return {
    ...item,
    _key: line.key,
    ...(product === undefined ? {} : { _product: remoteIdOf(account.name, product) }),
    _quantity: line.quantity,
    _amount: line.amount,
    _discount: line.discount,
    ...(Number(line.quantity) === 0 ? {} : { _price: unitPrice(line.amount, line.quantity) }),
    _isGift: Number(line.amount) === 0 && Number(line.price) > 0,
  };
}

/**
 * Keys for elements without an id: content and occurrence, e.g. `1234#1`. Elements of the same content are
 * counted in the order of everything they say, so the vendor may list them in any order.
 */
function keysOf(items: readonly JsonObject[], content: (item: JsonObject) => string): string[] {
  const keys: string[] = items.map(() => '');
  const counts = new Map<string, number>();
  const order = items
    .map((item, at) => ({ at, content: content(item), all: JSON.stringify(Object.entries(item).sort()) }))
    .sort((a, b) => (a.all < b.all ? -1 : a.all > b.all ? 1 : a.at - b.at));
  for (const item of order) {
    const count = (counts.get(item.content) ?? 0) + 1;
    counts.set(item.content, count);
    keys[item.at] = `${item.content}#${count}`;
  }
  return keys;
}

function addressParts(address: string): JsonObject {
  if (address.trim() === '') return {};
  const { province, city, district, street } = splitAddress(address);
  return {
    ...(province === undefined ? {} : { _province: province }),
    ...(city === undefined ? {} : { _city: city }),
    ...(district === undefined ? {} : { _district: district }),
    _street: street,
  };
}

/** Paid when the online payment is done, or from the member's balance, which the server takes at once. */
function paymentsOf(
  order: {
    payMethod?: string | null | undefined;
    payOnLine?: string | null | undefined;
    isOnlinePaymentCompleted?: string | null | undefined;
  },
  payable: string,
): JsonObject[] {
  const method = order.payMethod ?? '';
  const stored = method === 'CustomerBalance';
  const online = order.payOnLine === '1' && order.isOnlinePaymentCompleted === '1';
  if (method === '' || !(stored || online)) return [];
  return [{ _key: `${method}#1`, method, amount: payable, kind: stored ? 'storedValue' : 'online' }];
}
