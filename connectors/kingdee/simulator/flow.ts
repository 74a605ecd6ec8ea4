/** Submit, Audit, UnAudit, Delete, CancelAssign, and what an audit does to stock and to the order. */
import type { Problem, Success } from './answers.ts';
import { decimal, isClosed } from './save.ts';
import { type Bill, codeIn, goodStatus, type StockRow, type Store, type Table } from './store.ts';

export interface FlowOptions {
  readonly allowNegative: boolean;
  /** Whether a delivery moves FModifyDate of its order. */
  readonly touchOrders: boolean;
}

type Step = (
  store: Store,
  table: Table,
  bill: Bill,
  options: FlowOptions,
) => Omit<Problem, 'index'> | undefined;

const wrongState = (action: string, allowed: string): Omit<Problem, 'index'> => ({
  message: `只有${allowed}状态的单据才能${action}`,
  code: 12,
});

/** Steps by the name of their service operation. Each answers a complaint, or has been done. */
export const steps: Readonly<Record<string, Step>> = {
  Submit(_store, _table, bill) {
    if (bill.status !== 'A' && bill.status !== 'D') return wrongState('提交', '创建、重新审核');
    bill.status = 'B';
    return undefined;
  },
  Audit(store, table, bill, options) {
    if (bill.status !== 'B') return wrongState('审核', '审核中');
    if (table.spec.stockSign && isClosed(store, bill.fields, table.spec))
      return { message: '库存组织已关账', code: 11 };
    const short = moveStock(store, table, bill, 1, options);
    if (short) return short;
    bill.status = 'C';
    bill.approved = store.moment();
    return undefined;
  },
  UnAudit(store, table, bill, options) {
    if (bill.status !== 'C') return wrongState('反审核', '已审核');
    if (bill.entries.some((entry) => entry.joined.gt(0)))
      return { message: '存在下游单据，不能反审核', code: 11 };
    const short = moveStock(store, table, bill, -1, options);
    if (short) return short;
    bill.status = 'D';
    bill.approved = undefined;
    return undefined;
  },
  CancelAssign(_store, _table, bill) {
    if (bill.status !== 'B') return wrongState('撤销', '审核中');
    bill.status = 'D';
    return undefined;
  },
  Delete(_store, table, bill) {
    if (!['Z', 'A', 'D'].includes(bill.status)) return wrongState('删除', '暂存、创建、重新审核');
    for (const entry of bill.entries) {
      if (entry.source)
        entry.source.entry.joined = entry.source.entry.joined.minus(decimal(entry.fields.FRealQty));
    }
    table.remove(bill);
    return undefined;
  },
  Cancel(_store, _table, bill) {
    if (bill.status === 'C') return wrongState('作废', '未审核');
    bill.cancelled = true;
    return undefined;
  },
};

/** Runs a step over the bills named; a complaint per bill, successes stay done. */
export function runStep(
  store: Store,
  table: Table,
  operation: string,
  named: readonly string[],
  byId: boolean,
  options: FlowOptions,
): { successes: Success[]; problems: Problem[] } {
  const step = steps[operation];
  const successes: Success[] = [];
  const problems: Problem[] = [];
  named.forEach((name, index) => {
    const bill = byId ? table.byId.get(Number(name)) : table.byNumber.get(name);
    if (!step || !bill) {
      problems.push({ index, message: `单据${name}不存在`, code: 10 });
      return;
    }
    if (store.locked.has(bill.number)) {
      problems.push({ index, message: `单据${bill.number}存在网控冲突`, code: 13 });
      return;
    }
    const complaint = step(store, table, bill, options);
    if (complaint) problems.push({ ...complaint, index, message: `${bill.number}：${complaint.message}` });
    else {
      bill.modified = store.moment();
      successes.push({ id: bill.id, number: bill.number, index });
    }
  });
  return { successes, problems };
}

function moveStock(
  store: Store,
  table: Table,
  bill: Bill,
  direction: 1 | -1,
  options: FlowOptions,
): Omit<Problem, 'index'> | undefined {
  const { entry: spec, stockSign } = table.spec;
  if (!spec?.stock || !stockSign) return undefined;
  const moves = bill.entries.map((entry) => {
    const row: StockRow = {
      ...{ material: codeIn(entry.fields[spec.material]), stock: codeIn(entry.fields[spec.stock ?? '']) },
      ...{ status: goodStatus, lot: '' },
    };
    return { entry, row, quantity: decimal(entry.fields[spec.quantity]).times(direction) };
  });
  for (const { row } of moves) {
    if (options.allowNegative || stockSign > 0 !== direction < 0) continue;
    const wanted = moves
      .filter((one) => one.row.material === row.material && one.row.stock === row.stock)
      .reduce((total, one) => total.plus(one.quantity.abs()), decimal('0'));
    if (store.onHand(row).lt(wanted)) {
      return { message: `物料“${row.material}”在仓库“${row.stock}”更新库存出现负库存，操作不成功`, code: 11 };
    }
  }
  for (const { entry, row, quantity } of moves) {
    store.changeStock(row, quantity.times(stockSign));
    if (entry.source)
      delivered(store, entry.source.bill, options, () => {
        if (entry.source) entry.source.entry.out = entry.source.entry.out.plus(quantity);
      });
  }
  return undefined;
}

/** Delivered quantity goes back to the order; an order delivered in full is closed. */
function delivered(store: Store, order: Bill, options: FlowOptions, book: () => void): void {
  book();
  for (const line of order.entries) {
    line.fields.FStockOutQty = line.out.toFixed();
    line.fields.FRemainOutQty = decimal(line.fields.FQty).minus(line.out).toFixed();
  }
  const goods = order.entries.filter((line) => line.fields.FRowType !== 'Service');
  order.closed = goods.every((line) => line.out.gte(decimal(line.fields.FQty)));
  if (options.touchOrders) order.modified = store.moment();
}
