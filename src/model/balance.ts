/** The invariant every order has to keep: Σ lines + freight + fees + rounding = payable = Σ payments + open. */
import { add, cmp, sub, sum } from './decimal.ts';
import { isList, isObject, type Json, type JsonObject } from './json.ts';

export interface Balance {
  /** False only for a proven breach. */
  readonly ok: boolean;
  /** False when the order does not tell enough to be checked. */
  readonly applicable: boolean;
  /** The breached equation; `lines` is checked first. */
  readonly equation?: 'lines' | 'payments';
  /** Σ lines + freight + fees + rounding, or Σ payments + open. */
  readonly left?: string;
  /** payable. */
  readonly right?: string;
}

/**
 * Checks the invariant on an order that is valid by its schema. It applies when payable and the amounts of
 * all lines are told; freight, fees and rounding that are not told count as none. The second half applies
 * when payments and paid (or open) are told. Components of bundles are not added: their bundle carries the
 * amount.
 */
export function orderBalance(order: JsonObject): Balance {
  const amounts = isObject(order.amounts) ? order.amounts : {};
  const payable = told(amounts.payable);
  if (payable === undefined) return { ok: true, applicable: false };

  const lines = amountsOf(order.lines, (line) => line.kind !== 'component');
  if (lines !== undefined) {
    const extras = [amounts.freight, amounts.fees, amounts.rounding].map((extra) => told(extra) ?? '0');
    const left = sum([...lines, ...extras]);
    if (cmp(left, payable) !== 0)
      return { ok: false, applicable: true, equation: 'lines', left, right: payable };
  }

  const payments = amountsOf(order.payments, () => true);
  const paid = told(amounts.paid);
  const open = told(amounts.open) ?? (paid === undefined ? undefined : sub(payable, paid));
  if (payments !== undefined && open !== undefined) {
    const left = add(sum(payments), open);
    if (cmp(left, payable) !== 0)
      return { ok: false, applicable: true, equation: 'payments', left, right: payable };
    return { ok: true, applicable: true };
  }
  return { ok: true, applicable: lines !== undefined };
}

function told(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The amounts of the elements that count; undefined when the list or one of them is not told. */
function amountsOf(list: Json | undefined, counts: (element: JsonObject) => boolean): string[] | undefined {
  if (!isList(list)) return undefined;
  const amounts: string[] = [];
  for (const element of list) {
    if (!isObject(element) || !counts(element)) continue;
    const amount = told(element.amount);
    if (amount === undefined) return undefined;
    amounts.push(amount);
  }
  return amounts;
}
