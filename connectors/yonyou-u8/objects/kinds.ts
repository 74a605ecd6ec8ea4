/** What differs between U8's bills: names. They differ from one bill to the next; copied exactly. */
import { textOf } from '../../kit/bill-lines.ts';
import type { JsonObject } from '../../kit/index.ts';

export interface BillKind {
  readonly resource: string;
  readonly list: string;
  /** Names in a line. */
  readonly product: string;
  /** Price with tax; absent: the bill has no prices. */
  readonly price?: string;
  /** Number of the sales order a line serves. */
  readonly order?: string;
  /** Members that, once they hold anything, say that the bill is verified. */
  readonly verifiedBy: readonly string[];
  /** Head of a bill made of an order. */
  headOf(order: JsonObject): JsonObject;
}

/** Sale order (销售订单). */
export const saleOrder: BillKind = {
  resource: 'saleorder',
  list: 'saleorderlist',
  product: 'inventorycode',
  price: 'taxunitprice',
  verifiedBy: ['verifier'],
  headOf: () => ({}),
};

/** Delivery note (发货单); verified, U8 makes the sales out of it where its options say so. */
export const consignment: BillKind = {
  resource: 'consignment',
  list: 'consignmentlist',
  product: 'inventory_code',
  price: 'taxprice',
  order: 'socode',
  verifiedBy: ['verifier'],
  headOf: (order) =>
    told(order, {
      custcode: 'custcode',
      deptcode: 'deptcode',
      operation_type: 'businesstype',
      saletype: 'typecode',
    }),
};

/** Sales out (销售出库单), for companies that make it without a delivery note. */
export const saleOut: BillKind = {
  resource: 'saleout',
  list: 'saleoutlist',
  product: 'inventorycode',
  order: 'ordercode',
  verifiedBy: ['auditdate', 'handler'],
  headOf: (order) => told(order, { customercode: 'custcode', departmentcode: 'deptcode' }),
};

/** Sale return (销售退货单). */
export const returnOrder: BillKind = {
  resource: 'returnorder',
  list: 'returnorderlist',
  product: 'inventory_code',
  price: 'taxprice',
  order: 'socode',
  verifiedBy: ['verifier'],
  headOf: () => ({}),
};

/**
 * How far a bill is, in one word whichever way this bill says it: Opening, Approved or Changing. U8's lists are asked by
 * these words; whether it shows them or Chinese ones is unknown, so a verifier counts as well.
 */
export function stateOf(kind: BillKind, bill: JsonObject): string {
  const state = textOf(bill.state);
  if (/chang|变更/i.test(state)) return 'Changing';
  const isVerified = kind.verifiedBy.some((name) => textOf(bill[name]).trim() !== '');
  return isVerified || /approv|^已?审核$/i.test(state) ? 'Approved' : 'Opening';
}

function told(from: JsonObject, names: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(names).flatMap(([own, theirs]) =>
      textOf(from[theirs]) === '' ? [] : [[own, textOf(from[theirs])]],
    ),
  );
}
