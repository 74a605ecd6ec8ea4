import type { ReactNode } from 'react';
import { Amount } from '../../../parts/Amount.tsx';

/** Sums of several currencies, one after the other. */
export function Amounts({ amounts }: { readonly amounts: Readonly<Record<string, string>> }): ReactNode {
  const all = Object.entries(amounts);
  if (all.length === 0) return '—';
  return all.map(([currency, value], index) => (
    <span key={currency}>
      {index > 0 && ' + '}
      <Amount value={value} currency={currency === '' ? undefined : currency} />
    </span>
  ));
}
