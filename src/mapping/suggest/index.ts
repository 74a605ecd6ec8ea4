/** Drafts a mapping from what two schemas, and samples where there are some, let one guess. Pure. */
import type { EntityShape, JsonObject, JsonSchema } from '../types.ts';
import { type DraftOptions, draft } from './draft.ts';
import { type Level, type Pair, pairUp } from './pairs.ts';

export interface SuggestOptions extends Omit<DraftOptions, 'entity'> {
  readonly entity: EntityShape;
  /** Schema of the vendor's object; without it samples alone tell what there is. */
  readonly objectSchema?: JsonSchema;
  readonly components?: Readonly<Record<string, JsonSchema>>;
  /** Objects as the vendor tells them. */
  readonly samples?: readonly JsonObject[];
}

export interface Suggestion {
  /** A mapping file that can be read; whatever somebody has to decide is a `gap:` comment in it. */
  readonly text: string;
  /** The pairs behind it, elements of lists as `lines[].quantity`. */
  readonly guesses: readonly GuessedPair[];
  /** How many questions are open. */
  readonly gaps: number;
}

export interface GuessedPair {
  /** Canonical path. */
  readonly path: string;
  /** The vendor's path that was taken; inside a list relative to the element. */
  readonly at: string;
  /** How alike they look, from 0 to 1. */
  readonly score: number;
  /** What else it could be, best first. */
  readonly others: readonly { readonly at: string; readonly score: number }[];
}

/** The same question always gets the same answer. */
export function suggest(options: SuggestOptions): Suggestion {
  const { entity, objectSchema, components = {}, samples = [], ...rest } = options;
  const shared = rest.direction === 'in';
  const level = pairUp({ entity, schema: objectSchema, components, samples, shared });
  const text = draft(level, { ...rest, entity: entity.name });
  return { text, guesses: guessesOf(level, ''), gaps: text.split('# gap:').length - 1 };
}

function guessesOf(level: Level, prefix: string): GuessedPair[] {
  const rounded = (score: number): number => Math.round(score * 100) / 100;
  const told = ({ ours, guesses }: Pair): GuessedPair[] => {
    const [best, ...others] = guesses.map(({ theirs, score }) => ({
      at: theirs.path,
      score: rounded(score),
    }));
    return best === undefined ? [] : [{ path: prefix + ours.path, ...best, others }];
  };
  return [
    ...level.fields.flatMap(told),
    ...level.lists.flatMap((list) => [
      ...told(list),
      ...guessesOf(list.level, `${prefix}${list.ours.path}[].`),
    ]),
  ];
}
