/** Where copies differed when they were paired, by field, with examples. */
import { countDifferences, exampleDifferences } from '../../ledger/adoption.ts';
import type { Sql } from '../../ledger/sql.ts';
import { shownAt } from '../../merge/index.ts';
import { isObject, type Json } from '../../model/index.ts';

export interface FieldDifferences {
  readonly object: string;
  readonly entity: string;
  /** Without keys: `barcodes[].unitId`. */
  readonly field: string;
  /** Copies, or elements of their lists, that differ there. */
  readonly count: number;
  /** `golden` and `its` are absent where there is no value. */
  readonly examples: readonly {
    readonly record: string;
    readonly remoteId: string | null;
    readonly path: string;
    readonly golden?: Json;
    readonly its?: Json;
  }[];
}

/** Undecided differences of a connection's copies; `each` examples per field. */
export async function differencesOf(
  sql: Sql,
  connection: string,
  object: string | undefined,
  each: number,
): Promise<FieldDifferences[]> {
  const counts = await countDifferences(sql, connection, object);
  const found = await exampleDifferences(sql, connection, object, each);
  return counts.map(({ object: of, entity, path: field, count }) => ({
    ...{ object: of, entity, field, count },
    examples: found
      .filter((one) => one.object === of && one.field === field)
      .map(({ record, remote_id, path, data, theirs }) => {
        const golden = shownAt(data, path)?.value;
        const its = isObject(theirs) ? shownAt(theirs, path)?.value : undefined;
        return {
          ...{ record, remoteId: remote_id, path },
          ...(golden === undefined ? {} : { golden }),
          ...(its === undefined ? {} : { its }),
        };
      }),
  }));
}
