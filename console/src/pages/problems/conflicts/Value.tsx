import type { ReactNode } from 'react';
import { Masked } from '../../../parts/Masked.tsx';
import { texts } from '../texts.ts';
import { textOf } from './values.ts';

/** A value of a field; that there is none is said. */
export function Value({ value }: { readonly value: unknown }): ReactNode {
  const say = texts.useSay();
  if (value === null || value === undefined || value === '') return <em>{say('noValue')}</em>;
  return <Masked value={textOf(value)} />;
}
