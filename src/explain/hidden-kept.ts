/** A document somebody has changed without seeing its personal values: those stay what they were. Pure. */
import { equal, isList, isObject, type Json } from '../model/index.ts';

/** Stands for a value that is not shown. */
const hidden = '***';

export interface Restored {
  readonly value: Json;
  /** JSON pointers of hidden values that stand where none stood: nobody can tell which they were. */
  readonly misplaced: readonly string[];
}

/**
 * `given` with the values of `full` where it says what `masked` says there. A list is gone through only as long as it has
 * as many elements as before, and an element that holds something hidden has to be as it was: a list put in another order
 * would give one person's values to another.
 */
export function withHidden(full: Json, masked: Json, given: Json): Restored {
  const misplaced: string[] = [];
  const restore = (was: Json | undefined, shown: Json | undefined, now: Json, at: string): Json => {
    if (was !== undefined && shown !== undefined && equal(shown, now)) return was;
    if (isObject(now)) {
      return Object.fromEntries(
        Object.entries(now).map(([name, item]) => [
          name,
          item === undefined
            ? item
            : restore(member(was, name), member(shown, name), item, `${at}/${escaped(name)}`),
        ]),
      );
    }
    if (isList(now)) {
      const sameLength = isList(was) && isList(shown) && was.length === now.length;
      return now.map((item, index) => {
        const place = `${at}/${index}`;
        if (sameLength && equal(shown[index], item)) return was[index] as Json;
        misplaced.push(...hiddenIn(item, place));
        return item;
      });
    }
    if (typeof now === 'string' && now.includes(hidden)) misplaced.push(at);
    return now;
  };
  const value = restore(full, masked, given, '');
  return { value, misplaced };
}

function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

function hiddenIn(value: Json, at: string): string[] {
  if (isList(value)) return value.flatMap((item, index) => hiddenIn(item, `${at}/${index}`));
  if (isObject(value))
    return Object.entries(value).flatMap(([name, item]) =>
      item === undefined ? [] : hiddenIn(item, `${at}/${escaped(name)}`),
    );
  return typeof value === 'string' && value.includes(hidden) ? [at] : [];
}

function escaped(name: string): string {
  return name.replace(/~/g, '~0').replace(/\//g, '~1');
}
