import type { Queryable, Statement } from './database.ts';

/**
 * What a statement needs: something that answers rows. Both the pool and an open transaction are one.
 * Statements over many rows take one JSON parameter and unfold it with jsonb_to_recordset, so that a
 * batch costs one round trip whatever its size.
 */
export type Sql = Queryable;

const statements = new Map<string, Statement>();

/** The same text is always the same named statement, so that the server parses it once per connection. */
function prepared(text: string): Statement {
  let statement = statements.get(text);
  if (!statement) {
    statement = { name: `lianhub-${statements.size}`, text };
    statements.set(text, statement);
  }
  return statement;
}

/** Runs a constant statement and answers its rows. */
export async function rows<Row extends object>(
  sql: Sql,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await sql.query<Row>(prepared(text), values);
  return result.rows;
}

/**
 * Runs a statement of the desk and answers its rows: planned anew for the values it gets, so that a filter that is given
 * is met through its index and one that is not costs nothing.
 */
export async function planned<Row extends object>(
  sql: Sql,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await sql.query<Row>(text, values);
  return result.rows;
}

/** Runs a constant statement whose rows nobody needs. */
export async function run(sql: Sql, text: string, values: readonly unknown[] = []): Promise<void> {
  await sql.query(prepared(text), values);
}

/** One JSON parameter for jsonb_to_recordset. */
export function rowsParameter(list: readonly object[]): string {
  return JSON.stringify(list);
}
