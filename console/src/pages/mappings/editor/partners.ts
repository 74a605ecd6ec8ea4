/** Which field of one side is which of the other, by what was suggested. Pure. */
import type { HubSchemas } from '../../../api/client.ts';
import type { ChosenField } from './insert.ts';

type Guess = HubSchemas['MappingSuggestion']['guesses'][number];

/** The other side of a field, relative to the same list; undefined where nothing was guessed. */
export function partnersOf(guesses: readonly Guess[]): (chosen: ChosenField) => string | undefined {
  const theirsByOurs = new Map(guesses.map(({ path, at }) => [path, at]));
  const whole = (path: string): string => {
    const cut = path.lastIndexOf('[].');
    const at = theirsByOurs.get(path) ?? '';
    return cut < 0 ? at : `${whole(path.slice(0, cut))}[].${at}`;
  };
  const oursByTheirs = new Map(guesses.map(({ path }) => [whole(path), lastOf(path)]));
  return ({ side, field }) => (side === 'ours' ? theirsByOurs : oursByTheirs).get(field.path);
}

/** `skuId` of `lines[].skuId`. */
export function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('[].') < 0 ? 0 : path.lastIndexOf('[].') + 3);
}
