/** What of an update of a bill has to go out. Pure. */
import { isJsonObject, type Json, type JsonObject, type WriteItem } from '../../kit/index.ts';
import { entryIdOf, linesOf } from './lines.ts';

export interface Part {
  /** The model: fields that differ, and lines that differ with their entry ids. */
  readonly body: JsonObject;
  /** Their keys, for NeedUpDateFields; of lines the key of the list as well. */
  readonly only: readonly string[];
}

/**
 * The part of an update that has to go out; undefined where the whole bill has to: nobody knows what differs, lines
 * come or go, or a sub-head is touched, of which no source says how its fields are named.
 */
export function partOf(item: WriteItem, entry: string): Part | undefined {
  const { difference } = item;
  if (!item.remoteId || !difference || Object.keys(difference.removed).length > 0) return undefined;
  const { [entry]: _lines, ...head } = difference.body;
  if (!Object.entries(head).every(([name, value]) => !name.startsWith('_') && isPlain(value)))
    return undefined;
  const lines = linesOf(difference.body, entry);
  if (!lines.every((line) => entryIdOf(line) !== '')) return undefined;
  const ofLines = lines.flatMap((line) =>
    Object.keys(line).filter((name) => name !== 'FEntryID' && !name.startsWith('_')),
  );
  return {
    body: lines.length === 0 ? head : { ...head, [entry]: lines },
    only: [...new Set([...Object.keys(head), ...(lines.length === 0 ? [] : [entry, ...ofLines])])].sort(),
  };
}

/** A value, or a reference by code. */
function isPlain(value: Json): boolean {
  if (Array.isArray(value)) return false;
  return !isJsonObject(value) || Object.keys(value).every((name) => /^F(Number|Name|UserID)$/i.test(name));
}
