/** Prices and taxes of a line, all following from its amount with tax. Pure. */

import { add, div, mul, sub } from '../../../src/model/decimal.ts';
import type { JsonObject } from '../../kit/index.ts';

export interface LineAmounts {
  /** Amount with tax, two decimals at most. */
  readonly sum: string;
  readonly money: string;
  readonly tax: string;
  readonly price: string;
  readonly taxPrice: string;
}

/**
 * What an amount with tax is made of. Net and tax add up to it exactly; prices are rounded.
 * @param rate percent
 */
export function amountsOf(sum: string, quantity: string, rate: string, priceScale: number): LineAmounts {
  const money = div(mul(sum, '100'), add('100', rate), 2);
  return {
    sum,
    money,
    tax: sub(sum, money),
    price: div(money, quantity, priceScale),
    taxPrice: div(sum, quantity, priceScale),
  };
}

/** The same in another currency. */
export function convertedTo(amounts: LineAmounts, rate: string, priceScale: number): LineAmounts {
  const sum = mul(amounts.sum, rate, 2);
  const money = mul(amounts.money, rate, 2);
  return {
    ...{ sum, money, tax: sub(sum, money) },
    price: mul(amounts.price, rate, priceScale),
    taxPrice: mul(amounts.taxPrice, rate, priceScale),
  };
}

/** A share of an amount by quantity: what `before + quantity` of `whole` make, less what `before` made. Shares add up. */
export function shareOf(sum: string, whole: string, before: string, quantity: string): string {
  const upTo = (part: string): string => div(mul(sum, part), whole, 2);
  return sub(upTo(add(before, quantity)), upTo(before));
}

/** `ori…` and `nat…` under the names a form uses; `prefix` stands before all but the two every form has flat. */
export function fieldsOf(own: LineAmounts, national: LineAmounts, prefix = ''): JsonObject {
  return {
    oriTaxUnitPrice: own.taxPrice,
    oriSum: own.sum,
    [`${prefix}oriUnitPrice`]: own.price,
    [`${prefix}oriMoney`]: own.money,
    [`${prefix}oriTax`]: own.tax,
    [`${prefix}natUnitPrice`]: national.price,
    [`${prefix}natTaxUnitPrice`]: national.taxPrice,
    [`${prefix}natMoney`]: national.money,
    [`${prefix}natSum`]: national.sum,
    [`${prefix}natTax`]: national.tax,
  };
}
