/** What the rest of the connector knows of a database: text with placeholders in, plain rows out. */
import type { Json, JsonObject } from '../kit/index.ts';

export interface Result {
  /** Decimals and 64-bit integers as text; times with a zone in UTC ISO, others as the database writes them. */
  readonly rows: readonly JsonObject[];
  /** Rows found by an update or delete. */
  readonly count: number;
  /** The key a database has made for an inserted row, where it tells it so. */
  readonly madeKey?: string;
}

/** Statements of one transaction. Placeholders are `?`; values are bound, never written into the text. */
export interface Statements {
  run(text: string, values?: readonly Json[]): Promise<Result>;
}

export interface Driver {
  /** A name as it stands in a statement. */
  quote(name: string): string;
  /** The names of the columns an inserted row's key comes back by, or nothing where `madeKey` tells it. */
  readonly returnsKeys: boolean;
  /** Runs statements in one transaction, or, `readOnly`, on one connection. */
  transaction<R>(work: (statements: Statements) => Promise<R>, how: How): Promise<R>;
  /** Column sets of the unique indexes of a table. */
  uniqueIndexes(statements: Statements, schema: string | undefined, table: string): Promise<string[][]>;
  close(): Promise<void>;
}

export interface How {
  /** `list customer`: for sentences. */
  readonly what: string;
  readonly readOnly: boolean;
  readonly signal: AbortSignal;
}

/** The database's own error, as far as all of them have it. */
export interface DatabaseFault {
  readonly code: string;
  readonly message: string;
  readonly column: string | undefined;
}
