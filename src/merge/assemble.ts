/** Putting a document together that a system spreads over several messages. */
import { isList, type JsonObject } from '../model/index.ts';
import { compareInstants } from './instant.ts';
import { isKeyed, type Keyed } from './lists.ts';
import { laidOver } from './told.ts';

/** One of the messages, in canonical terms: the head, again or only once, and some elements of the list. */
export interface DocumentPiece {
  readonly data: JsonObject;
  /** When it was told, UTC. What two pieces tell differently is taken from the later one. */
  readonly at: string;
  /** How many elements the whole document has, when this piece says so. */
  readonly total?: number;
}
export type Assembled =
  | { readonly kind: 'whole'; readonly data: JsonObject }
  /** More is to come; `total` is undefined while no piece has told it. */
  | { readonly kind: 'waiting'; readonly have: number; readonly total: number | undefined }
  /** More elements than the document says it has: it is not one document, or keys are not stable. */
  | { readonly kind: 'tooMany'; readonly have: number; readonly total: number };

/**
 * The document its pieces make. Elements of `list` are put together by their keys, so a piece told twice counts
 * once; everything else is laid over one another from the oldest piece to the newest. The document is whole once
 * it has as many elements as the newest piece that tells a total says. The order of the pieces given does not
 * matter. Elements without a key are a RangeError: they cannot be told from one another.
 */
export function assemble(pieces: readonly DocumentPiece[], list = 'lines'): Assembled {
  const inOrder = [...pieces].sort(byAge);
  const elements = new Map<string, Keyed>();
  let head: JsonObject = {};
  let total: number | undefined;
  for (const piece of inOrder) {
    total = piece.total ?? total;
    const { [list]: told, ...rest } = piece.data;
    head = laidOver(head, rest as JsonObject);
    for (const element of isList(told) ? told : []) {
      if (!isKeyed(element)) throw new RangeError(`an element of ${list} has no key`);
      elements.set(element.key, element);
    }
  }
  const have = elements.size;
  if (total === undefined || have < total) return { kind: 'waiting', have, total };
  if (have > total) return { kind: 'tooMany', have, total };
  return { kind: 'whole', data: { ...head, [list]: inKeyOrder([...elements.values()]) } };
}

function byAge(one: DocumentPiece, other: DocumentPiece): number {
  const order = compareInstants(one.at, other.at);
  if (order !== 0) return order;
  // Told at the same moment: any order will do, as long as it is always the same.
  const [a, b] = [one, other].map(({ data, total }) => JSON.stringify([data, total]));
  return a === b ? 0 : String(a) < String(b) ? -1 : 1;
}

/** By line number where all keys are numbers, else as texts. */
function inKeyOrder(elements: readonly Keyed[]): Keyed[] {
  const areNumbers = elements.every(({ key }) => /^\d{1,15}$/.test(key));
  return [...elements].sort((one, other) => {
    const byNumber = areNumbers ? Number(one.key) - Number(other.key) : 0;
    return byNumber !== 0 ? byNumber : one.key < other.key ? -1 : 1;
  });
}
