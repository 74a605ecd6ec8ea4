/** Pairs the two sides, level by level: lists first, then what is inside them. */
import type { EntityShape, JsonObject, JsonSchema } from '../types.ts';
import { type Rarity, rarityOf, scoreOf } from './score.ts';
import { elementsAt, type Ours, oursAt, type Theirs, theirsAt } from './sides.ts';

/** Below this a resemblance is chance. */
export const LEAST = 0.3;
/** From here on a guess stands by itself; below, somebody must look at it. */
export const SURE = 0.55;

export interface Guess {
  readonly theirs: Theirs;
  /** From 0 to 1. */
  readonly score: number;
}

/** A canonical field, and what it could be at the vendor, best first. */
export interface Pair {
  readonly ours: Ours;
  readonly guesses: readonly Guess[];
}

export interface ListPair extends Pair {
  readonly level: Level;
}

/** All pairs of one level: the top, or the elements of a list. */
export interface Level {
  readonly fields: readonly Pair[];
  readonly lists: readonly ListPair[];
  /** Canonical fields that nothing at the vendor resembles. */
  readonly missing: readonly Ours[];
  /** The vendor's fields nobody asks for. */
  readonly unused: readonly Theirs[];
}

export interface Sides {
  readonly entity: EntityShape;
  readonly schema: JsonSchema | undefined;
  readonly components: Readonly<Record<string, JsonSchema>>;
  readonly samples: readonly JsonObject[];
  /** One field of the vendor may serve several of ours; possible only where nothing is written. */
  readonly shared: boolean;
}

/** Pairs an entity (or, with `prefix`, the elements of one of its lists) with an object of the vendor. */
export function pairUp(sides: Sides, prefix = ''): Level {
  const ours = oursAt(sides.entity, prefix);
  const theirs = theirsAt(sides.schema, sides.components, sides.samples);
  const rarity = rarityOf([...ours, ...theirs]);
  const isList = (one: Ours): boolean => one.info.kind === 'list';
  const lists = pairLists(
    sides,
    ours.filter(isList),
    theirs.filter((one) => one.items !== undefined),
    rarity,
    prefix,
  );
  const plain = theirs.filter((one) => one.items === undefined);
  const fields = choose(
    ours.filter((one) => !isList(one)),
    plain,
    (one, other) => scoreOf(one, other, rarity),
    sides.shared,
  );
  const paired = new Set([...fields, ...lists].map((pair) => pair.ours.path));
  const used = new Set([...fields, ...lists].map((pair) => pair.guesses[0]?.theirs.path));
  return {
    fields,
    lists,
    missing: ours.filter((one) => !paired.has(one.path)),
    unused: theirs.filter((one) => !used.has(one.path)),
  };
}

/** A list is paired by its name and by how well its elements pair. */
function pairLists(
  sides: Sides,
  ours: readonly Ours[],
  theirs: readonly Theirs[],
  rarity: Rarity,
  prefix: string,
): ListPair[] {
  const levels = new Map<string, Level>();
  const levelOf = (one: Ours, other: Theirs): Level => {
    const key = `${one.path} ${other.path}`;
    const inner = {
      ...sides,
      schema: other.items,
      samples: elementsAt(sides.samples, other.path),
    };
    const path = prefix === '' ? one.path : `${prefix}[].${one.path}`;
    const level = levels.get(key) ?? pairUp(inner, path);
    levels.set(key, level);
    return level;
  };
  const pairs = choose(
    ours,
    theirs,
    (one, other) => {
      const names = scoreOf(one, other, rarity);
      return Math.min(1, names * 0.5 + fulness(levelOf(one, other)));
    },
    false,
  );
  return pairs.flatMap((pair) => {
    const [best] = pair.guesses;
    return best === undefined ? [] : [{ ...pair, level: levelOf(pair.ours, best.theirs) }];
  });
}

/** How much of what an element must have was found, and how surely; 0.6 at most. */
function fulness(level: Level): number {
  const must = [
    ...level.fields.filter(({ ours }) => ours.info.required).map(({ guesses }) => guesses[0]?.score ?? 0),
    ...level.missing.filter(({ info }) => info.required).map(() => 0),
  ];
  const some = level.fields.map(({ guesses }) => guesses[0]?.score ?? 0).toSorted((a, b) => b - a);
  const best = must.length > 0 ? must : some.slice(0, 3);
  const sum = best.reduce((total, score) => total + score, 0);
  return best.length === 0 ? 0 : (0.5 * sum) / best.length + Math.min(0.1, some.length * 0.02);
}

/**
 * Gives each of ours the best of theirs that is free, the surest pairs first; `shared`: what is taken may serve a
 * second time when it is a sure guess there, too (a shop's code is store and settling party at once).
 */
function choose(
  ours: readonly Ours[],
  theirs: readonly Theirs[],
  score: (one: Ours, other: Theirs) => number,
  shared: boolean,
): Pair[] {
  const table = ours.map((one) => ({
    ours: one,
    guesses: theirs
      .map((other) => ({ theirs: other, score: score(one, other) }))
      .filter((guess) => guess.score >= LEAST)
      .toSorted((a, b) => b.score - a.score),
  }));
  const taken = new Set<string>();
  const order = table
    .flatMap((row) => row.guesses.map((guess) => ({ row, guess })))
    .toSorted((a, b) => b.guess.score - a.guess.score);
  const chosen = new Map<string, Guess>();
  for (const { row, guess } of order) {
    if (chosen.has(row.ours.path) || taken.has(guess.theirs.path)) continue;
    chosen.set(row.ours.path, guess);
    taken.add(guess.theirs.path);
  }
  return table.flatMap(({ ours: one, guesses }) => {
    const first = chosen.get(one.path) ?? (shared ? guesses.find((guess) => guess.score >= SURE) : undefined);
    if (first === undefined) return [];
    const others = guesses.filter((guess) => guess !== first).slice(0, 3);
    return [{ ours: one, guesses: [first, ...others] }];
  });
}
