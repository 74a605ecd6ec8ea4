import type { ReactNode } from 'react';
import { type Colour, State } from '../../../parts/State.tsx';
import type { states } from '../route.ts';
import { texts } from '../texts.ts';

const colours: Readonly<Record<(typeof states)[number], Colour>> = {
  dead: 'red',
  parked: 'red',
  unknown: 'red',
  waiting: 'amber',
  due: 'amber',
};

/** How something is stuck, in a colour and a word. */
export function How({ state }: { readonly state: string }): ReactNode {
  const say = texts.useSay();
  const known = state as keyof typeof colours;
  return colours[known] === undefined ? state : <State colour={colours[known]}>{say(`is-${known}`)}</State>;
}
