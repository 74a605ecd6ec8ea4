import { type Json, type JsonObject, type Notice, type ObjectFacts, sha256Hex } from '../../kit/index.ts';
import type { Config } from '../config.ts';
import { isObject, listAt, objectAt, textAt } from '../xml.ts';
import { utcOrNothing } from './delivery-process.ts';

/** What left the warehouse in one go (deliveryorder.confirm); only ever told to us. */
export const facts: ObjectFacts = {
  payload: 'full',
  createSafety: 'none',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 30_000,
  partialUpdate: false,
};

/**
 * One notice per confirm; undefined when it names no order. The body is the request plus
 * - `_content`: hash over what stays the same when a warehouse sends a confirm again (see `contentKey`)
 * - `_part`: which shipment of the order this is: that hash, or `outBizCode`, as the settings say
 * - `_key` on packages, their items, order lines and batches: stable names, since line numbers are often empty
 * Lines of quantity nought are left out: they tell of nothing that was shipped.
 */
export function confirmNotice(request: JsonObject, identity: Config['confirmIdentity']): Notice | undefined {
  const head = objectAt(request, 'deliveryOrder');
  const code = textAt(head, 'deliveryOrderCode');
  if (code === undefined) return undefined;
  const content = contentKey(request);
  const outBizCode = textAt(head, 'outBizCode');
  const part = identity === 'outBizCode' ? (outBizCode ?? content) : content;
  const messageId =
    outBizCode === undefined
      ? undefined
      : identity === 'outBizCode'
        ? `${code}/${outBizCode}`
        : `${code}/${outBizCode}/${content}`;
  const time = textAt(head, 'orderConfirmTime') ?? textAt(head, 'operateTime');
  const revision = time === undefined ? undefined : utcOrNothing(time);
  return {
    object: 'delivery-confirm',
    remoteId: `${code}/${part}`,
    ...(messageId === undefined ? {} : { messageId }),
    ...(revision === undefined ? {} : { revision }),
    body: {
      ...request,
      _content: content,
      _part: part,
      ...wrapped('packages', 'package', packages(request)),
      ...wrapped('orderLines', 'orderLine', shippedLines(request)),
    },
  };
}

/**
 * What makes two confirms tell of the same goods: order, confirmType, and per package the carrier, waybill
 * and items, per line the item, kind of stock, quantity and batches; in any order. Message id, times,
 * operators, names, weights and remarks do not count, since a warehouse that sends a confirm again may make
 * those anew. 12 hex digits: it tells apart the few confirms of one order, and fits into bill numbers.
 */
export function contentKey(request: JsonObject): string {
  const head = objectAt(request, 'deliveryOrder');
  const told = [
    textAt(head, 'deliveryOrderCode') ?? '',
    textAt(head, 'confirmType') ?? '0',
    listAt(request, 'packages', 'package')
      .map((one) => row(one, ['logisticsCode', 'expressCode', 'packageCode'], itemsOf(one)))
      .sort(),
    listAt(request, 'orderLines', 'orderLine')
      .filter((line) => !isNought(actualQty(line)))
      .map((line) =>
        row(line, ['orderLineNo', 'itemCode', 'inventoryType'], [plain(actualQty(line)), ...batchesOf(line)]),
      )
      .sort(),
  ];
  return sha256Hex(JSON.stringify(told)).slice(0, 12);
}

function row(of: JsonObject, names: readonly string[], more: readonly string[]): string {
  return JSON.stringify([...names.map((name) => textAt(of, name) ?? ''), ...more]);
}

function itemsOf(one: JsonObject): string[] {
  return listAt(one, 'items', 'item')
    .map((item) => `${textAt(item, 'itemCode') ?? ''}=${plain(textAt(item, 'quantity') ?? '')}`)
    .sort();
}

function batchesOf(line: JsonObject): string[] {
  return listAt(line, 'batchs', 'batch')
    .map((batch) => row(batch, ['batchCode', 'produceCode', 'inventoryType', 'actualQty'], []))
    .sort();
}

/** Packages under their waybill number, or package code, or place; items with a key each. */
function packages(request: JsonObject): readonly JsonObject[] {
  const keys = occurrences();
  return listAt(request, 'packages', 'package').map((one) => {
    const name = textAt(one, 'expressCode') ?? textAt(one, 'packageCode') ?? 'package';
    const itemKeys = occurrences();
    const items = listAt(one, 'items', 'item').map((item) => ({
      ...item,
      _key: itemKeys(textAt(item, 'itemCode') ?? 'item'),
    }));
    return { ...one, _key: keys(name), ...wrapped('items', 'item', items) };
  });
}

/** Lines that shipped something. Without a line number the item and its kind of stock are the name. */
function shippedLines(request: JsonObject): readonly JsonObject[] {
  const keys = occurrences();
  const shipped: JsonObject[] = [];
  for (const line of listAt(request, 'orderLines', 'orderLine')) {
    const actual = actualQty(line);
    if (isNought(actual)) continue;
    const stock = textAt(line, 'inventoryType') ?? 'ZP';
    const itemCode = textAt(line, 'itemCode') ?? 'item';
    const name = textAt(line, 'orderLineNo') ?? (stock === 'ZP' ? itemCode : `${itemCode}/${stock}`);
    const batchKeys = occurrences();
    const batches = listAt(line, 'batchs', 'batch').map((batch) => ({
      ...batch,
      _key: batchKeys(textAt(batch, 'batchCode') ?? textAt(batch, 'produceCode') ?? 'batch'),
    }));
    shipped.push({ ...line, actualQty: actual, _key: keys(name), ...wrapped('batchs', 'batch', batches) });
  }
  return shipped;
}

/** The line's own quantity; where it has none, the sum of its batches, which must be equal anyway. */
function actualQty(line: JsonObject): string {
  const own = textAt(line, 'actualQty');
  if (own !== undefined) return own;
  let sum = 0;
  for (const batch of listAt(line, 'batchs', 'batch')) sum += Number(textAt(batch, 'actualQty') ?? '0');
  return Number.isFinite(sum) ? String(sum) : '0';
}

function isNought(quantity: string): boolean {
  return /^-?0*(?:\.0*)?$/.test(quantity);
}

/** `2.00` and `2` are the same quantity. */
function plain(quantity: string): string {
  return quantity.includes('.') ? quantity.replace(/\.?0+$/, '') : quantity;
}

function wrapped(wrapper: string, element: string, list: readonly JsonObject[]): JsonObject {
  const inside: Json = list;
  return list.length === 0 ? {} : { [wrapper]: { [element]: inside } };
}

/** Names that occur again get `#2`, `#3`, …: places are no keys, but the n-th of the same is. */
function occurrences(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  };
}

/** The confirms inside a deliveryorder.batchconfirm. */
export function batchedConfirms(request: JsonObject): readonly JsonObject[] {
  const orders = objectAt(request, 'orders');
  const inside = orders.order;
  return inside === undefined ? [] : (Array.isArray(inside) ? inside : [inside]).filter(isObject);
}
