import { Decimal } from 'decimal.js';
import { DateTime } from 'luxon';
import { isJsonObject, type Json, type JsonObject, md5Upper } from '../../kit/index.ts';
import { textOf } from '../shapes.ts';
import { type Row, type Store, StoreError } from './store.ts';

/** What a handler may use beside the store. */
export interface Desk {
  readonly pageSize: number;
  readonly used: number;
  readonly quota: number;
  /** What an unknown number answers: the real shape is not known. */
  readonly unknownAnswers: 'error' | 'empty';
  /** Rows of a page that are lost on the way, as a fault. */
  halve(): boolean;
  /** Called after an order was completed with shouldAddTicket. */
  ticketFor(order: Row): void;
  /** Called after an order came in through the API. */
  orderPlaced(order: Row): void;
  pushUrlChanged(url: string): void;
}

/** Answers the JSON text of `data`, or undefined where the vendor sends none. Throws StoreError for refusals. */
export type Endpoint = (store: Store, body: JsonObject, desk: Desk) => string | undefined;

export const endpoints: Readonly<Record<string, Endpoint>> = {
  'openApiLimitAccess/queryAccessTimes': (_store, _body, desk) =>
    JSON.stringify({ accessTimes: desk.used, limitTimes: Number.isFinite(desk.quota) ? desk.quota : -1 }),
  'openNotificationOpenApi/queryPushUrl': (store) => JSON.stringify({ sendUrl: store.pushUrl ?? '' }),
  'openNotificationOpenApi/updatePushUrl': (store, body, desk) => {
    store.pushUrl = required(body, 'pushUrl');
    desk.pushUrlChanged(store.pushUrl);
    return undefined;
  },
  'productOpenApi/queryProductPages': (store, body, desk) =>
    page('products', store.products, body, desk, () => true),
  'productOpenApi/queryProductByUid': (store, body, desk) =>
    single(store.productByUid.get(required(body, 'productUid')), '商品不存在', desk),
  'productOpenApi/queryProductByBarcode': (store, body, desk) =>
    single(store.productByBarcode.get(required(body, 'barcode')), '商品不存在', desk),
  'productOpenApi/updateProductInfo': (store, body) => {
    const change = body.productInfo;
    if (!isJsonObject(change)) throw new StoreError(1002, '参数错误：productInfo');
    const row = store.productByUid.get(required(change, 'uid'));
    if (row === undefined) throw new StoreError(1001, '商品不存在');
    const { uid: _uid, barcode: _barcode, ...rest } = change;
    const stock = rest.stock === undefined ? {} : { stock: new Decimal(textOf(rest.stock)).toNumber() };
    row.set({ ...rest, ...stock });
    return undefined;
  },
  'customerOpenApi/queryCustomerPages': (store, body, desk) => {
    const since = textOf(body.startCreateDateTime);
    return page('customers', store.customers, body, desk, (row) => row.text('createdDate') >= since);
  },
  'customerOpenApi/queryByUid': (store, body, desk) =>
    single(store.customerByUid.get(required(body, 'customerUid')), '会员不存在', desk),
  'customerOpenApi/queryByNumber': (store, body, desk) =>
    single(store.customerByNumber.get(required(body, 'customerNum')), '会员不存在', desk),
  'customerOpenApi/queryBytel': byPhone,
  'customerOpenapi/queryBytel': byPhone,
  'ticketOpenApi/queryTicketPages': (store, body, desk) => {
    const window = windowOf(body, body.noLimitTimeRange === 1 ? undefined : 1);
    return page('tickets', store.tickets, body, desk, inWindow(window, 'datetime'));
  },
  'ticketOpenApi/queryTicketBySn': (store, body, desk) =>
    single(store.ticketBySn.get(required(body, 'sn')), '单据不存在', desk),
  'orderOpenApi/queryOrderPages': (store, body, desk) =>
    page('orders', store.orders, body, desk, inWindow(windowOf(body, undefined), 'orderDateTime')),
  'orderOpenApi/queryOrderByNo': (store, body, desk) =>
    single(store.orderByNo.get(required(body, 'orderNo')), '订单不存在', desk),
  'orderOpenApi/addOnLineOrder': (store, body, desk) => {
    const row = store.addOrder(orderInput(body));
    desk.orderPlaced(row);
    return row.json;
  },
  'orderOpenApi/shipOrder': (store, body) => {
    const { appId: _appId, orderNo: _orderNo, ...told } = body;
    const row = store.moveOrder(required(body, 'orderNo'), 2);
    if (Object.keys(told).length > 0) row.set({ shipped: told });
    return undefined;
  },
  'orderOpenApi/completeOrder': (store, body, desk) => {
    const row = store.moveOrder(required(body, 'orderNo'), 4);
    if (body.shouldAddTicket === 1) desk.ticketFor(row);
    return undefined;
  },
  'orderOpenApi/cancleOrder': (store, body) => {
    store.moveOrder(required(body, 'orderNo'), 3);
    return undefined;
  },
};

function byPhone(store: Store, body: JsonObject): string {
  const phone = required(body, 'customerTel');
  return `[${store.customers
    .filter((row) => row.text('phone') === phone)
    .map((row) => row.json)
    .join(',')}]`;
}

function single(row: Row | undefined, message: string, desk: Desk): string | undefined {
  if (row !== undefined) return row.json;
  if (desk.unknownAnswers === 'empty') return undefined;
  throw new StoreError(1001, message);
}

/**
 * One page. The cursor names the next position and carries a digest over it and the filter: an altered one, or
 * one used with another filter, is refused.
 */
function page(
  name: string,
  rows: readonly Row[],
  body: JsonObject,
  desk: Desk,
  wanted: (row: Row) => boolean,
): string {
  const { postBackParameter: back, ...filter } = body;
  const seal = (at: number): string => md5Upper(`${name}|${JSON.stringify(filter)}|${at}`).slice(0, 8);
  let at = 0;
  if (isJsonObject(back)) {
    const [place, digest] = textOf(back.parameterValue).split('-');
    at = Number(place);
    if (back.parameterType !== cursorType || !Number.isInteger(at) || digest !== seal(at)) {
      throw new StoreError(9001, 'postBackParameter参数错误');
    }
  }
  const result: string[] = [];
  for (; at < rows.length && result.length < desk.pageSize; at += 1) {
    const row = rows[at];
    if (row !== undefined && wanted(row)) result.push(row.json);
  }
  const sent = result.length > 1 && desk.halve() ? result.slice(0, Math.ceil(result.length / 2)) : result;
  const next = JSON.stringify({ parameterType: cursorType, parameterValue: `${at}-${seal(at)}` });
  return `{"postBackParameter":${next},"result":[${sent.join(',')}],"pageSize":${desk.pageSize}}`;
}

const cursorType = 'LAST_RESULT_MAX_ID';

interface Window {
  readonly start: string;
  readonly end: string;
}

function windowOf(body: JsonObject, longestDays: number | undefined): Window {
  const start = required(body, 'startTime');
  const end = required(body, 'endTime');
  const parsed = [start, end].map((text) =>
    DateTime.fromFormat(text, 'yyyy-MM-dd HH:mm:ss', { zone: 'Asia/Shanghai' }),
  );
  const [from, to] = parsed;
  if (from === undefined || to === undefined || !from.isValid || !to.isValid || to < from) {
    throw new StoreError(9002, '时间格式错误');
  }
  if (longestDays !== undefined && to.diff(from).as('days') > longestDays) {
    throw new StoreError(9003, `查询时间跨度不能超过${longestDays}天`);
  }
  return { start, end };
}

/** Start exclusive, end inclusive; the texts sort like the times. */
function inWindow(window: Window, field: string): (row: Row) => boolean {
  return (row) => {
    const at = row.text(field);
    return at > window.start && at <= window.end;
  };
}

function required(body: JsonObject, name: string): string {
  const text = textOf(body[name]);
  if (text === '') throw new StoreError(9000, `参数错误：${name}不能为空`);
  return text;
}

function orderInput(body: JsonObject): Parameters<Store['addOrder']>[0] {
  const items: readonly Json[] = Array.isArray(body.items) ? body.items : [];
  const optional = (name: string, as: string = name): Record<string, string> => {
    const text = textOf(body[name]);
    return text === '' ? {} : { [as]: text };
  };
  return {
    state: 0,
    ...optional('orderNo'),
    ...optional('customerNumber'),
    ...optional('contactName'),
    ...optional('contactTel'),
    ...optional('contactAddress'),
    ...optional('orderRemark'),
    ...optional('payMethod'),
    ...optional('shippingFee'),
    ...optional('totalAmount'),
    items: items.filter(isJsonObject).map((item) => ({
      productUid: textOf(item.productUid),
      quantity: textOf(item.quantity),
      ...(textOf(item.manualSellPrice) === '' ? {} : { price: textOf(item.manualSellPrice) }),
    })),
  };
}
