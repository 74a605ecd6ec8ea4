import * as decimal from '../model/decimal.ts';

/** What a record is worth, for people who have to choose what to repair first. */
export interface Worth {
  /** Decimal text. */
  readonly amount: string;
  readonly currency?: string;
}

/**
 * What is to be paid for a record: `amounts.payable` of an order, `amount` of documents that have one, else the sum
 * of its lines when every line tells an amount. Undefined for records that are worth nothing by themselves. Takes
 * canonical values, also of a record that is not whole yet.
 */
export function worthOf(data: object): Worth | undefined {
  const amount = [
    told(told(data, 'amounts'), 'payable'),
    told(data, 'amount'),
    ofLines(told(data, 'lines')),
  ].find(isAmount);
  if (amount === undefined) return undefined;
  const currency = told(data, 'currency');
  return typeof currency === 'string' ? { amount, currency } : { amount };
}

function ofLines(lines: unknown): string | undefined {
  const amounts = Array.isArray(lines) ? lines.map((line: unknown) => told(line, 'amount')) : [];
  return amounts.length > 0 && amounts.every(isAmount) ? decimal.sum(amounts) : undefined;
}

function isAmount(value: unknown): value is string {
  return typeof value === 'string' && decimal.isDecimal(value);
}

function told(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null && name in data
    ? (data as Record<string, unknown>)[name]
    : undefined;
}
