import type { ReactNode } from 'react';
import { useLanguage } from '../language/index.ts';
import { amountText, countText } from './number-text.ts';

interface AmountProps {
  /** A decimal string. */
  readonly value: string | null | undefined;
  /** ISO 4217; without it a plain decimal, e.g. a quantity. */
  readonly currency?: string | undefined;
}

/** Money or a quantity, digit for digit. */
export function Amount({ value, currency }: AmountProps): ReactNode {
  const language = useLanguage();
  if (value === null || value === undefined) return '—';
  return <span className="lh-numbers">{amountText(value, language, currency)}</span>;
}

/** How many. */
export function Count({ value }: { readonly value: number }): ReactNode {
  const language = useLanguage();
  return <span className="lh-numbers">{countText(value, language)}</span>;
}
