/** Completes what a mapping says of a bill to what U8 insists on. Pure. */
import { div, isDecimal, isZero, mul } from '../../../src/model/decimal.ts';
import { linesAt, textOf, withExtraLines, withoutOwnNames } from '../../kit/bill-lines.ts';
import { type Decision, type JsonObject, jsonObject, type WriteItem } from '../../kit/index.ts';
import type { U8Config } from '../config.ts';
import type { BillKind } from './kinds.ts';

export type Completed =
  | { readonly ok: true; readonly bill: JsonObject; readonly keys: readonly string[] }
  | { readonly ok: false; readonly decision: Decision };

/**
 * The bill as an add takes it: our number, row numbers, a price with tax per line. U8 works everything else out again
 * whenever a price is sent. `keys` are our keys of the lines in the order they stand.
 */
export function completed(item: WriteItem, kind: BillKind, config: U8Config, order?: JsonObject): Completed {
  const body = withExtraLines(item.body, 'entry');
  const { entry: _entry, code: _code, ...head } = body;
  const lines: JsonObject[] = [];
  const keys: string[] = [];
  for (const line of linesAt(body, 'entry')) {
    const made = lineOf(line, kind, config, order);
    if (!made.ok) return made;
    lines.push({ ...made.line, rowno: String(lines.length + 1) });
    keys.push(textOf(line._key));
  }
  const bill = {
    ...(order ? kind.headOf(order) : {}),
    ...jsonObject(withoutOwnNames(head)),
    [config.numberField]: item.key,
    entry: lines,
  };
  return { ok: true, bill, keys };
}

type Line = { readonly ok: true; readonly line: JsonObject } | Extract<Completed, { ok: false }>;

function lineOf(line: JsonObject, kind: BillKind, config: U8Config, order: JsonObject | undefined): Line {
  const quantity = textOf(line.quantity);
  if (!isDecimal(quantity) || isZero(quantity)) return refuse('line', 'A line has no quantity.', 'quantity');
  const own = jsonObject(withoutOwnNames(line));
  const product = textOf(line[kind.product]);
  const rate = textOf(line.taxrate) || config.taxRate;
  const taxed = rate === undefined ? {} : { taxrate: rate };
  if (order) {
    const ordered = linesAt(order, 'entry').find((one) => textOf(one.inventorycode) === product);
    if (!ordered) {
      const message = `The shipment holds ${product}, which the order has no line for in U8.`;
      return refuse('not-on-order', message, kind.product);
    }
    const serves = kind.order === undefined ? {} : { [kind.order]: textOf(order.code) };
    if (kind.price === undefined) return { ok: true, line: { ...own, ...serves } };
    const price = plain(ordered.taxunitprice);
    const orderedRate = textOf(ordered.taxrate);
    const rates = orderedRate === '' ? taxed : { taxrate: plain(ordered.taxrate) };
    return {
      ok: true,
      line: { ...own, ...serves, ...rates, [kind.price]: price, sum: mul(price, quantity, 2) },
    };
  }
  if (kind.price === undefined) return { ok: true, line: own };
  const sum = textOf(line.sum);
  if (!isDecimal(sum)) return refuse('line', 'A line has no amount.', 'sum');
  return {
    ok: true,
    line: { ...own, ...taxed, [kind.price]: div(sum, quantity, config.priceScale) },
  };
}

function plain(value: JsonObject[string] | undefined): string {
  const text = textOf(value);
  return isDecimal(text) ? text : '0';
}

function refuse(code: string, message: string, field: string): Extract<Completed, { ok: false }> {
  return { ok: false, decision: { kind: 'reject', code: `yonyou-u8.${code}`, message, field } };
}
