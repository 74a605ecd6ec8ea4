/** What rules may ask about goods: golden products and code tables, as they are known when a rule runs. */
import type { JsonObject } from '../model/index.ts';

export interface Catalog {
  /** The golden product with this id, `id` among its fields; undefined when there is none. */
  product(id: string): JsonObject | undefined;
  /** The golden product of a sku code, `id` among its fields; undefined when there is none. */
  productOf(code: string): JsonObject | undefined;
  /** The rows of a code table for a key on a business day, column by column. */
  rows(table: string, key: string, day: string | undefined): readonly Readonly<Record<string, string>>[];
}

/** Knows nothing; for rules that neither expand bundles nor append goods. */
export const emptyCatalog: Catalog = {
  product: () => undefined,
  productOf: () => undefined,
  rows: () => [],
};
