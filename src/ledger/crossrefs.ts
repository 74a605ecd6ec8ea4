import { planned, rows, rowsParameter, run, type Sql } from './sql.ts';

/** Day from which a row holds that always held. */
export const always = '0001-01-01';

/** One row of a code table: what our key is called in a system. An empty connection serves all. */
export interface Crossref {
  readonly name: string;
  readonly connection: string;
  /** Our key; several key columns are joined, see `joinKey`. */
  readonly key: string;
  /** The first value column: the code itself. */
  readonly value: string;
  /** The other value columns, by name; those without a value are left out. */
  readonly more?: Readonly<Record<string, string>>;
  /** First day it holds, yyyy-MM-dd. Absent: always did. */
  readonly validFrom?: string;
  /** Last day it holds, yyyy-MM-dd. Absent: to this day. */
  readonly validTo?: string | null;
  /** Among several values of one key, smaller ones go first; the first is written. Absent: 0. */
  readonly position?: number;
}

/** A row as the table has it. */
export interface CrossrefRow extends Required<Crossref> {
  readonly author: string;
  readonly at: Date;
  /** Set for one that counts no longer. Its memory keeps a seed from bringing it back. */
  readonly removedAt: Date | null;
  readonly removedBy: string | null;
}

/** A code table and its columns. */
export interface CrossrefTable {
  readonly name: string;
  readonly keys: readonly string[];
  readonly values: readonly string[];
  /** Grows with every change of a row. */
  readonly version: number;
}

const columns = `c.name, c.connection, c.key, c.value, c.more, c.valid_from as "validFrom", c.valid_to as "validTo",
  c.position, c.author, c.at, c.removed_at as "removedAt", c.removed_by as "removedBy"`;
// Of several rows for one key the one that began last counts; of those of one day, the first in order.
const order = `c.name, c.connection, c.key, c.valid_from desc, c.position, c.at, c.value`;

/** Every table with its columns. */
export function readCrossrefTables(sql: Sql): Promise<CrossrefTable[]> {
  return rows<CrossrefTable>(
    sql,
    `select name, key_columns as keys, value_columns as values, version from crossref_tables order by name`,
  );
}

/** Every row of these tables that counts, whatever its days; for each key the one that counts first is first. */
export function readCrossrefs(sql: Sql, names: readonly string[]): Promise<CrossrefRow[]> {
  return rows<CrossrefRow>(
    sql,
    `select ${columns} from crossrefs c where c.name = any($1::text[]) and c.removed_at is null order by ${order}`,
    [names],
  );
}

export interface CrossrefFilter {
  readonly name: string;
  readonly connection?: string | undefined;
  readonly key?: string | undefined;
  /** Only rows that hold on this day, yyyy-MM-dd. */
  readonly on?: string | undefined;
  /** Also rows that were removed. */
  readonly removed?: boolean | undefined;
  readonly limit?: number | undefined;
}

/** Rows of one table, for people and for files. */
export function listCrossrefs(sql: Sql, filter: CrossrefFilter): Promise<CrossrefRow[]> {
  return rows<CrossrefRow>(
    sql,
    `select ${columns} from crossrefs c
     where c.name = $1 and ($2::text is null or c.connection = $2) and ($3::text is null or c.key = $3)
       and ($4::date is null or (c.valid_from <= $4 and (c.valid_to is null or c.valid_to >= $4)))
       and ($5::boolean or c.removed_at is null)
     order by ${order} limit $6`,
    [
      filter.name,
      filter.connection ?? null,
      filter.key ?? null,
      filter.on ?? null,
      filter.removed ?? false,
      filter.limit ?? null,
    ],
  );
}

/** Where a page of rows ended. */
export type CrossrefPlace = Pick<CrossrefRow, 'connection' | 'key' | 'value' | 'validFrom'>;

/** A page of the rows of one table, by connection, key, value and first day. */
export function pageOfCrossrefs(
  sql: Sql,
  { name, connection, key, on, removed }: CrossrefFilter,
  limit: number,
  after?: CrossrefPlace,
): Promise<CrossrefRow[]> {
  return planned<CrossrefRow>(
    sql,
    `select ${columns} from crossrefs c
     where c.name = $1 and ($2::text is null or c.connection = $2) and ($3::text is null or c.key = $3)
       and ($4::date is null or (c.valid_from <= $4 and (c.valid_to is null or c.valid_to >= $4)))
       and ($5::boolean or c.removed_at is null)
       and ($6::text is null or (c.connection, c.key, c.value, c.valid_from) > ($6, $7::text, $8::text, $9::date))
     order by c.connection, c.key, c.value, c.valid_from limit $10`,
    [
      name,
      connection ?? null,
      key ?? null,
      on ?? null,
      removed ?? false,
      after?.connection ?? null,
      after?.key ?? null,
      after?.value ?? null,
      after?.validFrom ?? null,
      limit,
    ],
  );
}

export interface CrossrefCount {
  readonly name: string;
  readonly connection: string;
  readonly rows: number;
  readonly changedAt: Date;
}

/** How many rows count, by table and connection. */
export function countCrossrefs(sql: Sql): Promise<CrossrefCount[]> {
  return rows<CrossrefCount>(
    sql,
    `select name, connection, count(*) filter (where removed_at is null)::int as rows,
       max(greatest(at, removed_at)) as "changedAt"
     from crossrefs group by 1, 2 order by 1, 2`,
  );
}

/** Serialises who changes a code with who is about to wait for one; held until the transaction ends. */
export async function lockCrossrefs(sql: Sql): Promise<void> {
  await run(sql, `select pg_advisory_xact_lock(hashtextextended('crossrefs', 7))`);
}

/** Keeps codes from being changed until the transaction ends; those who are about to wait share it. */
export async function shareCrossrefs(sql: Sql): Promise<void> {
  await run(sql, `select pg_advisory_xact_lock_shared(hashtextextended('crossrefs', 7))`);
}

/** A text that changes whenever a code table does. */
export async function crossrefsVersion(sql: Sql): Promise<string> {
  const found = await rows<{ version: string }>(
    sql,
    `select count(*) || '/' || coalesce(sum(version), 0) as version from crossref_tables`,
  );
  return found[0]?.version ?? '';
}

/** Says which columns a table has, in their order. */
export async function saveCrossrefTable(sql: Sql, table: Omit<CrossrefTable, 'version'>): Promise<void> {
  await run(
    sql,
    `insert into crossref_tables as t (name, key_columns, value_columns) values ($1, $2, $3)
     on conflict (name) do update
       set key_columns = excluded.key_columns, value_columns = excluded.value_columns, version = t.version + 1
     where (t.key_columns, t.value_columns) is distinct from (excluded.key_columns, excluded.value_columns)`,
    [table.name, table.keys, table.values],
  );
}

const given = `jsonb_to_recordset($1::jsonb) as x(name text, connection text, key text, value text, more jsonb,
  "validFrom" date, "validTo" date, position int)`;
const inserted = `insert into crossrefs as c (name, connection, key, value, more, valid_from, valid_to, position, author, at)
  select x.name, x.connection, x.key, x.value, coalesce(x.more, '{}'), coalesce(x."validFrom", '${always}'), x."validTo",
    coalesce(x.position, 0)`;

/**
 * Seeds tables from files: rows that exist, or existed, are left as people changed them; only a column that a
 * seed never had is filled. Answers the rows that are new or have more.
 */
export async function seedCrossrefs(sql: Sql, seeds: readonly Crossref[]): Promise<Crossref[]> {
  if (seeds.length === 0) return [];
  return rows<Crossref>(
    sql,
    `${inserted}, 'seed', clock_timestamp() from ${given}
     on conflict (name, connection, key, value, valid_from) do update set more = excluded.more || c.more
       where c.author = 'seed' and c.removed_at is null and c.more <> (excluded.more || c.more)
     returning c.name, c.connection, c.key, c.value, c.more, c.valid_from as "validFrom", c.valid_to as "validTo",
       c.position`,
    [rowsParameter(seeds)],
  );
}

/** Puts rows as given, also where there was one of this key, value and first day; one that was removed counts again. */
export async function putCrossrefs(sql: Sql, list: readonly Crossref[], author: string): Promise<void> {
  if (list.length === 0) return;
  await run(
    sql,
    `${inserted}, $2, clock_timestamp() from ${given}
     on conflict (name, connection, key, value, valid_from) do update set more = excluded.more,
       valid_to = excluded.valid_to, position = excluded.position, author = excluded.author, at = excluded.at,
       removed_at = null, removed_by = null`,
    [rowsParameter(list), author],
  );
}

/** Removes rows: they count no longer, and stay to be seen. */
export async function removeCrossrefs(sql: Sql, list: readonly Crossref[], author: string): Promise<void> {
  if (list.length === 0) return;
  await run(
    sql,
    `update crossrefs c set removed_at = clock_timestamp(), removed_by = $2 from ${given}
     where c.name = x.name and c.connection = x.connection and c.key = x.key and c.value = x.value
       and c.valid_from = coalesce(x."validFrom", '${always}') and c.removed_at is null`,
    [rowsParameter(list), author],
  );
}

/** Sets what one key is called in a system for all days, instead of whatever it was called before. */
export async function setCrossref(sql: Sql, row: Crossref, author: string): Promise<void> {
  const before = await listCrossrefs(sql, row);
  await removeCrossrefs(sql, before, author);
  await putCrossrefs(sql, [row], author);
}
