/** Numbers as people read them. Decimal strings keep every digit: they never become floating point numbers. */
import type { Language } from '../language/index.ts';

const decimal = /^-?\d+(\.\d+)?$/;

/** `1,234.50` of `1234.50`; what is no decimal is answered as it is. */
export function amountText(value: string, language: Language, currency?: string): string {
  if (!decimal.test(value)) return value;
  const digits = value.split('.')[1]?.length ?? 0;
  const format = new Intl.NumberFormat(language, {
    ...(currency === undefined ? {} : { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(value as `${number}`);
}

export function countText(value: number, language: Language): string {
  return new Intl.NumberFormat(language).format(value);
}
