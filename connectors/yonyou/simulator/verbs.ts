/** Submit, audit and their opposites, and what an audit does to stock, to the order and to the receivables. */
import { add, cmp, neg } from '../../../src/model/decimal.ts';
import { textOf } from '../../kit/bill-lines.ts';
import type { JsonObject } from '../../kit/index.ts';
import { billShown } from './saves.ts';
import type { Bill, BillObject, Store } from './store.ts';

export interface FlowOptions {
  /** Audit only what was handed in. */
  readonly requiresSubmit: boolean;
  readonly allowNegative: boolean;
  /** An audited return takes the goods in; elsewhere a red sales out is made for that. */
  readonly returnsStock: boolean;
}

type Verb = (store: Store, bill: Bill, object: BillObject, options: FlowOptions) => string | undefined;

const verbs: Readonly<Record<string, Verb>> = {
  submit(_store, bill) {
    if (bill.verified !== 0) return '单据已提交，不能重复提交';
    bill.verified = 1;
    return undefined;
  },
  audit(store, bill, object, options) {
    if (bill.verified === 2) return '单据已审核，不能重复审核';
    if (bill.verified === 0 && options.requiresSubmit && object !== 'salesout') return '单据未提交，不能审核';
    const short = object === 'voucherorder' ? undefined : moveStock(store, bill, object, 1, options);
    if (short) return short;
    bill.verified = 2;
    return undefined;
  },
  unaudit(store, bill, object, options) {
    if (bill.verified !== 2) return '单据未审核，不能弃审';
    const isUsed = store.bills.salesout.rows.some((out) =>
      out.lines.some((line) => textOf(line.fields.sourceid) === bill.id),
    );
    if (object === 'voucherorder' && isUsed) return '存在下游单据，不允许弃审';
    const short = object === 'voucherorder' ? undefined : moveStock(store, bill, object, -1, options);
    if (short) return short;
    bill.verified = 0;
    return undefined;
  },
};

/** Whether there is such a verb at all. */
export function isVerb(name: string): boolean {
  return Object.hasOwn(verbs, name);
}

/**
 * Runs a verb over bills: code "200" whatever fails, the counts say it (sucessCount is spelled so). Messages are texts
 * for orders and objects for the others.
 */
export function runVerb(
  store: Store,
  object: BillObject,
  name: string,
  ids: readonly string[],
  options: FlowOptions,
): { readonly answer: JsonObject; readonly changed: readonly Bill[] } {
  const infos: JsonObject[] = [];
  const messages: { key: string; message: string }[] = [];
  const changed: Bill[] = [];
  for (const id of ids) {
    const bill = store.bills[object].find(id);
    const complaint = bill ? verbs[name]?.(store, bill, object, options) : '单据不存在';
    if (!bill || complaint !== undefined) {
      messages.push({ key: bill?.code ?? id, message: complaint ?? '' });
      continue;
    }
    bill.modified = store.moment();
    changed.push(bill);
    const { id: own, code, verifystate, status, nextStatus, pubts } = billShown(object, bill);
    infos.push({
      id: own ?? '',
      code: code ?? '',
      verifystate: verifystate ?? 0,
      pubts: pubts ?? '',
      ...(status === undefined ? {} : { status }),
      ...(nextStatus === undefined ? {} : { nextStatus }),
    });
  }
  const answer = {
    ...{ count: ids.length, sucessCount: infos.length, failCount: messages.length, infos },
    messages: object === 'voucherorder' ? messages.map((one) => `${one.key}：${one.message}`) : messages,
  };
  return { answer, changed };
}

function moveStock(
  store: Store,
  bill: Bill,
  object: BillObject,
  direction: 1 | -1,
  options: FlowOptions,
): string | undefined {
  const isReturn = object === 'vouchersalereturn';
  if (isReturn && !options.returnsStock) return undefined;
  const moves = bill.lines.flatMap((line) => {
    const { fields } = line;
    const product = store.products.find(textOf(isReturn ? fields.productId : fields.product));
    const warehouse = store.warehouses.find(textOf(isReturn ? fields.stockId : bill.fields.warehouse));
    return product && warehouse ? [{ line, product, warehouse, quantity: textOf(fields.qty) }] : [];
  });
  const leaves = isReturn === direction < 0;
  for (const { product, warehouse, quantity } of moves) {
    if (leaves && !options.allowNegative && cmp(store.onHand(product, warehouse), quantity) < 0)
      return `物料${product.code}存量不足`;
  }
  for (const { line, product, warehouse, quantity } of moves) {
    store.move(product, warehouse, leaves ? neg(quantity) : quantity);
    const order = store.bills.voucherorder.byId.get(textOf(line.fields.sourceid));
    const ordered = order?.lines.find((one) => one.id === textOf(line.fields.sourceautoid));
    if (!order || !ordered) continue;
    ordered.out = add(ordered.out, direction > 0 ? quantity : neg(quantity));
    order.closed = order.lines.every(
      (one) => isService(store, one.fields.productId) || cmp(one.out, textOf(one.fields.qty)) >= 0,
    );
    order.modified = store.moment();
  }
  return undefined;
}

/** Freight and the like are ordered and billed, never delivered. */
export function isService(store: Store, product: JsonObject[string] | undefined): boolean {
  return store.products.find(textOf(product))?.fields.realProductAttribute === 2;
}
