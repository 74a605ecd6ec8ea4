/** Push from SAL_SaleOrder to SAL_OUTSTOCK: everything that is still open on the order. */
import type { Problem, Success } from './answers.ts';
import { decimal } from './save.ts';
import { type Bill, codeIn, type Fields, type Store } from './store.ts';

export interface PushRules {
  /** Orders of one customer in one call become one bill, as many conversion rules have it. */
  readonly joinByCustomer: boolean;
  /** Warehouse a pushed line starts with. */
  readonly defaultStock: string;
  readonly user: string;
}

/** Pushes the orders named; each must be audited, open, and have something left. */
export function pushOrders(
  store: Store,
  orders: readonly { name: string; bill: Bill | undefined }[],
  rules: PushRules,
): { successes: Success[]; problems: Problem[] } {
  const successes: Success[] = [];
  const problems: Problem[] = [];
  const joined = new Map<string, Bill>();
  orders.forEach(({ name, bill: order }, index) => {
    const complaint = order ? refusalOf(order) : `销售订单${name}不存在`;
    if (!order || complaint) {
      problems.push({ index, message: complaint ?? '', code: order ? 11 : 10 });
      return;
    }
    const customer = codeIn(order.fields.FCustId);
    const before = rules.joinByCustomer ? joined.get(customer) : undefined;
    const target = before ?? newBill(store, order, rules.user);
    joined.set(customer, target);
    for (const line of openLines(order)) {
      const left = decimal(line.fields.FQty).minus(line.joined).toFixed();
      const fields: Fields = {
        ...{
          FMaterialID: line.fields.FMaterialId ?? null,
          FMustQty: left,
          FRealQty: left,
          FSrcBillNo: order.number,
        },
        ...{ FTaxPrice: line.fields.FTaxPrice ?? '0', FEntryTaxRate: line.fields.FEntryTaxRate ?? '0' },
        ...{ FIsFree: line.fields.FIsFree ?? false, FStockID: { FNumber: rules.defaultStock } },
        FAllAmount: decimal(left).times(decimal(line.fields.FTaxPrice)).toDecimalPlaces(2).toFixed(2),
      };
      target.entries.push({ ...store.entry(fields), source: { bill: order, entry: line } });
      line.joined = decimal(line.fields.FQty);
    }
    store.table('SAL_OUTSTOCK').link(order.number, target);
    if (!before) successes.push({ id: target.id, number: target.number, index });
  });
  return { successes, problems };
}

function refusalOf(order: Bill): string | undefined {
  if (order.status !== 'C') return `销售订单${order.number}未审核，不满足下推条件`;
  if (order.closed || order.cancelled) return `销售订单${order.number}已关闭，不满足下推条件`;
  return openLines(order).length === 0 ? `销售订单${order.number}没有可下推的数据` : undefined;
}

function openLines(order: Bill): Bill['entries'] {
  return order.entries.filter(
    (line) => line.fields.FRowType !== 'Service' && decimal(line.fields.FQty).minus(line.joined).gt(0),
  );
}

function newBill(store: Store, order: Bill, user: string): Bill {
  const number = store.table('SAL_OUTSTOCK').nextNumber();
  const organisation = order.fields.FSaleOrgId ?? null;
  return store.create(
    'SAL_OUTSTOCK',
    number,
    {
      ...{
        FBillTypeID: { FNUMBER: 'XSCKD01_SYS' },
        FDate: order.fields.FDate ?? null,
        FSaleOrgId: organisation,
      },
      ...{ FStockOrgId: organisation, FCustomerID: order.fields.FCustId ?? null },
      FSettleCurrID: order.fields.FSettleCurrId ?? null,
    },
    user,
  );
}
