import { z } from '@hono/zod-openapi';
import { InvalidRequest } from './refusals.ts';
import { whole } from './values.ts';

/** Query parameters of every list: `query({ ...paging, … })`. */
export const paging = {
  limit: whole(1, 200).default(50).openapi({ type: 'integer', description: 'Items of a page, at most.' }),
  cursor: z
    .string()
    .max(1_000)
    .optional()
    .openapi({ description: 'Where the page begins: next of the page before. Its content means nothing.' }),
};

/** Schema of a page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().openapi({ description: 'cursor of the next page; null after the last one.' }),
  });
}

/**
 * A page from rows that were read with `limit + 1`; the row too many only tells that there is another page.
 * @param placeOf what the next page begins after, JSON
 */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  placeOf: (row: Row) => unknown,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? cursorOf(placeOf(last)) : null;
  return { items: shown.map(item), next };
}

/** A place as a cursor: opaque to whoever gets it. */
export function cursorOf(place: unknown): string {
  return Buffer.from(JSON.stringify(place), 'utf8').toString('base64url');
}

/** The place a cursor stands for. Throws InvalidRequest when it is none of `schema`. */
export function placeAt<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.infer<Schema> | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    // Whatever it is, nobody was given it.
    throw new InvalidRequest([{ in: 'query', pointer: '/cursor', detail: 'not the next of a page before' }]);
  }
}
