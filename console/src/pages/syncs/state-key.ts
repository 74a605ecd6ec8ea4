import { timerStates } from './route.ts';

/** Key of the word for a state of a timer, also one this console does not know yet. */
export function stateKey(state: string): `state.${(typeof timerStates)[number]}` | 'state.other' {
  const one = timerStates.find((name) => name === state);
  return one === undefined ? 'state.other' : `state.${one}`;
}
