/** Completes what a mapping says of a bill to what Yonyou insists on. Pure. */
import { cmp, div, isDecimal, isZero, sum } from '../../../src/model/decimal.ts';
import { linesAt, textOf, withExtraLines, withoutOwnNames } from '../../kit/bill-lines.ts';
import {
  type Decision,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  type WriteItem,
} from '../../kit/index.ts';
import type { YonyouConfig } from '../config.ts';
import { amountsOf, convertedTo, fieldsOf } from './amounts.ts';
import { type BillKind, saleOrder } from './kinds.ts';

export type Completed =
  | { readonly ok: true; readonly data: JsonObject; readonly keys: readonly string[] }
  | { readonly ok: false; readonly decision: Decision };

/**
 * `data` of a save: status marks on head and lines, units, prices and taxes, the sum. `keys` are our keys of the lines in
 * the order they stand. An item with a remote id becomes an update; lines known before and not in the body are deleted.
 */
export function completed(item: WriteItem, kind: BillKind, config: YonyouConfig): Completed {
  const body = withExtraLines(item.body, kind.lines);
  const { [kind.lines]: _lines, ...head } = body;
  const prices = isJsonObject(head.orderPrices) ? head.orderPrices : head;
  const rate = textOf(prices.exchRate) || '1';
  const lines: JsonObject[] = [];
  const keys: string[] = [];
  for (const line of linesAt(body, kind.lines)) {
    const made = kind.object === 'salesout' ? outLine(line, config) : orderLine(line, kind, rate, config);
    if (!made.ok) return made;
    const marked = { ...made.line, _status: textOf(line.id) === '' ? 'Insert' : 'Update' };
    lines.push(jsonObject(withoutOwnNames(marked)));
    keys.push(textOf(line._key));
  }
  const known = new Set(lines.map((line) => textOf(line.id)));
  const gone = item.remoteId ? Object.values(item.lineIds ?? {}).filter((id) => !known.has(id)) : [];
  const data = {
    ...flattened(jsonObject(withoutOwnNames(head))),
    ...(item.remoteId ? { id: item.remoteId, _status: 'Update' } : { _status: 'Insert' }),
    ...(kind.object === 'salesout' ? {} : { payMoney: sum(lines.map((line) => textOf(line.oriSum))) }),
    [kind.lines]: [...lines, ...gone.map((id) => ({ id, _status: 'Delete' }))],
  };
  return { ok: true, data, keys };
}

type Line = { readonly ok: true; readonly line: JsonObject } | Extract<Completed, { ok: false }>;

/** A line of an order or a return: one unit for stock, sale and price, amounts from `oriSum`. */
function orderLine(line: JsonObject, kind: BillKind, rate: string, config: YonyouConfig): Line {
  const wrong = wrongWith(line);
  if (wrong) return wrong;
  const { unitId, taxId, taxRate } = withDefaults(line, 'masterUnitId', config);
  if (unitId === '') return lacks('unit', 'masterUnitId', 'lineDefaults.unitId');
  if (taxId === '' || taxRate === '')
    return lacks('tax', 'taxRate', 'lineDefaults.taxRate, and the item of that rate in taxes,');
  const quantity = textOf(line.qty);
  const own = amountsOf(textOf(line.oriSum), quantity, taxRate, config.priceScale);
  const national = rate === '1' ? own : convertedTo(own, rate, config.priceScale);
  const prefix = kind.object === saleOrder.object ? 'orderDetailPrices!' : '';
  return {
    ok: true,
    line: {
      ...ids(line, unitId),
      ...{ invExchRate: '1', invPriceExchRate: '1', unitExchangeType: '0', unitExchangeTypePrice: '0' },
      ...{ subQty: quantity, priceQty: quantity, taxId, ...fieldsOf(own, national, prefix) },
      ...without(line, ['taxRate', 'oriSum']),
      orderProductType: textOf(line.orderProductType) || (isZero(own.sum) ? 'GIFT' : 'SALE'),
    },
  };
}

/** A line of a sales out: quantity and amount are told, Yonyou works out the rest. */
function outLine(line: JsonObject, config: YonyouConfig): Line {
  const wrong = wrongWith(line);
  if (wrong) return wrong;
  const { unitId, taxId, taxRate } = withDefaults(line, 'stockUnit', config);
  if (unitId === '') return lacks('unit', 'stockUnit', 'lineDefaults.unitId');
  if (taxId === '')
    return lacks('tax', 'taxRate', 'lineDefaults.taxRate, and the item of that rate in taxes,');
  const sums = textOf(line.oriSum);
  return {
    ok: true,
    line: {
      ...{ productsku: textOf(line.product), stockUnit: unitId, priceUOM: unitId },
      ...{
        invExchRate: '1',
        invPriceExchRate: '1',
        unitExchangeType: '0',
        source: '0',
        taxUnitPriceTag: true,
      },
      ...{ oriTaxUnitPrice: div(sums, textOf(line.qty), config.priceScale) },
      ...line,
      ...{ taxId, ...(taxRate === '' ? {} : { taxRate }) },
      saleStyle: textOf(line.saleStyle) || (isZero(sums) ? 'GIFT' : 'SALE'),
    },
  };
}

function ids(line: JsonObject, unitId: string): JsonObject {
  return {
    skuId: textOf(line.productId),
    masterUnitId: unitId,
    iProductAuxUnitId: unitId,
    iProductUnitId: unitId,
  };
}

/** Unit and tax of a line; of the tax one tells the other, by the tax items of the connection. */
function withDefaults(
  line: JsonObject,
  unit: string,
  { lineDefaults, taxes }: YonyouConfig,
): { unitId: string; taxId: string; taxRate: string } {
  const item = textOf(line.taxId);
  const items = Object.entries(taxes);
  const ofItem = items.find(([, id]) => id === item)?.[0];
  const taxRate = textOf(line.taxRate) || ofItem || (item === '' ? (lineDefaults.taxRate ?? '') : '');
  const ofRate = items.find(([rate]) => isDecimal(taxRate) && cmp(rate, taxRate) === 0)?.[1];
  return {
    unitId: textOf(line[unit]) || (lineDefaults.unitId ?? ''),
    taxId: item || (ofRate ?? ''),
    taxRate,
  };
}

function wrongWith(line: JsonObject): Extract<Completed, { ok: false }> | undefined {
  for (const name of ['qty', 'oriSum']) {
    const value = textOf(line[name]);
    if (!isDecimal(value)) return refuse('yonyou.line', `A line has no ${name} that is a decimal.`, name);
    if (name === 'qty' && isZero(value)) return refuse('yonyou.line', 'A line has the quantity zero.', name);
  }
  return undefined;
}

function lacks(what: string, field: string, setting: string): Extract<Completed, { ok: false }> {
  return refuse(
    `yonyou.no-${what}`,
    `A line has no ${what} that Yonyou knows: map ${field}, or set ${setting} of the connection.`,
    field,
  );
}

function refuse(code: string, message: string, field: string): Extract<Completed, { ok: false }> {
  return { ok: false, decision: { kind: 'reject', code, message, field } };
}

/** `orderPrices: { currency }` goes out as the flat key `orderPrices!currency`, as the vendor's saves have it. */
function flattened(head: JsonObject): JsonObject {
  const { orderPrices, ...rest } = head;
  if (!isJsonObject(orderPrices)) return head;
  const flat = Object.entries(orderPrices).map(([name, value]): [string, Json] => [
    `orderPrices!${name}`,
    value,
  ]);
  return { ...rest, ...Object.fromEntries(flat) };
}

function without(line: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(line).filter(([name]) => !names.includes(name)));
}
