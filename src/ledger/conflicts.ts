/** Values that systems disagree about and a person decides. Whoever writes a row holds its record. */
import type { Json, JsonObject } from '../model/json.ts';
import { planned, rows, rowsParameter, run, type Sql } from './sql.ts';

/** What one copy shows at a disputed path. */
export interface Shown {
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string;
  /** Absent: it shows none. */
  readonly value?: Json;
  /** What it showed before that. Absent: nothing, as far as the hub knows. */
  readonly before?: Json;
  /** When that was true there: the vendor's time, else when it was read. UTC. */
  readonly at: string;
  /** Inbox message that told it. */
  readonly message?: string;
  /** Mapping and version that read it. */
  readonly mapping?: string;
}

export interface ConflictRow {
  readonly id: string;
  readonly record_id: string;
  readonly entity: string;
  /** Path with keys: `barcodes[a].unitId`. */
  readonly path: string;
  /** The golden value, which nobody changes meanwhile; null: none. */
  readonly golden: Json;
  /** Copies that take part, by `<connection>/<object>/<remote id>`. */
  readonly told: Readonly<Record<string, Shown>>;
  /** Grows with everything that is told about it, and when it is resolved. */
  readonly version: number;
  readonly state: 'open' | 'resolved';
  readonly opened_at: Date;
  readonly changed_at: Date;
  readonly resolved_at: Date | null;
  /** A person, or `hub` where the systems came to agree by themselves. */
  readonly resolved_by: string | null;
  /** What was chosen, and the value the record has since. */
  readonly resolution: JsonObject | null;
}

const columns = `c.id, c.record_id, c.entity, c.path, c.golden, c.told, c.version, c.state, c.opened_at, c.changed_at,
  c.resolved_at, c.resolved_by, c.resolution`;

/** Conflicts by id. */
export function readConflicts(sql: Sql, ids: readonly string[]): Promise<ConflictRow[]> {
  return rows<ConflictRow>(sql, `select ${columns} from conflicts c where c.id = any($1::uuid[])`, [ids]);
}

/** What is open about records. */
export function openConflicts(sql: Sql, recordIds: readonly string[]): Promise<ConflictRow[]> {
  return rows<ConflictRow>(
    sql,
    `select ${columns} from conflicts c where c.record_id = any($1::uuid[]) and c.state = 'open'`,
    [recordIds],
  );
}

/** Inserts conflicts and writes new versions of known ones, in the transaction that holds their records. */
export async function writeConflicts(sql: Sql, writes: readonly ConflictRow[]): Promise<void> {
  if (writes.length === 0) return;
  await run(
    sql,
    `insert into conflicts as c (id, record_id, entity, path, golden, told, version, state, opened_at, changed_at,
       resolved_at, resolved_by, resolution)
     select id, record_id, entity, path, nullif(golden, 'null'), told, version, state, opened_at, changed_at,
       resolved_at, resolved_by, nullif(resolution, 'null')
     from jsonb_to_recordset($1::jsonb) as x(id uuid, record_id uuid, entity text, path text, golden jsonb, told jsonb,
       version int, state text, opened_at timestamptz, changed_at timestamptz, resolved_at timestamptz,
       resolved_by text, resolution jsonb)
     on conflict (id) do update set record_id = excluded.record_id, golden = excluded.golden, told = excluded.told, version = excluded.version,
       state = excluded.state, changed_at = excluded.changed_at, resolved_at = excluded.resolved_at,
       resolved_by = excluded.resolved_by, resolution = excluded.resolution`,
    [rowsParameter(writes)],
  );
}

export interface ConflictFilter {
  readonly ids?: readonly string[] | undefined;
  readonly state?: ConflictRow['state'] | undefined;
  readonly recordId?: string | undefined;
  readonly entity?: string | undefined;
  /** One of the connections that take part. */
  readonly connection?: string | undefined;
  /** Path with keys, or without: `barcodes[].unitId` are all of them. */
  readonly path?: string | undefined;
  readonly limit?: number | undefined;
  /** The last one of the page before. */
  readonly after?: string | undefined;
}

/** A conflict, and what people call its record. */
export interface ListedConflict extends ConflictRow {
  readonly number: string;
  /** Number or code alone: a name may be a person's. */
  readonly called: string | null;
}

/** Conflicts of live records, the oldest first. */
export function listConflicts(sql: Sql, filter: ConflictFilter): Promise<ListedConflict[]> {
  return planned<ListedConflict>(
    sql,
    `select ${columns}, coalesce(r.data ->> 'number', r.data ->> 'code', r.data ->> 'name', r.id::text) as number,
       coalesce(r.data ->> 'number', r.data ->> 'code') as called
     from conflicts c join records r on r.id = c.record_id and r.state = 'live'
     where ($1::uuid[] is null or c.id = any($1)) and ($2::text is null or c.state = $2)
       and ($3::text is null or c.entity = $3)
       and ($4::text is null or exists (select 1 from jsonb_each(c.told) t where t.value ->> 'connection' = $4))
       and ($5::text is null or c.path = $5 or regexp_replace(c.path, '\\[[^]]*\\]', '[]', 'g') = $5)
       and ($8::uuid is null or c.record_id = $8)
       and ($7::uuid is null or (c.opened_at, c.id) > (select l.opened_at, l.id from conflicts l where l.id = $7))
     order by c.opened_at, c.id limit $6`,
    [
      filter.ids ?? null,
      filter.state ?? null,
      filter.entity ?? null,
      filter.connection ?? null,
      filter.path ?? null,
      filter.limit ?? null,
      filter.after ?? null,
      filter.recordId ?? null,
    ],
  );
}

export interface ConflictCount {
  readonly entity: string;
  readonly path: string;
  readonly count: number;
  readonly oldest: Date;
}

/** How many conflicts are open, by entity and path without keys. */
export function countConflicts(sql: Sql): Promise<ConflictCount[]> {
  return rows<ConflictCount>(
    sql,
    `select c.entity, regexp_replace(c.path, '\\[[^]]*\\]', '[]', 'g') as path, count(*)::int as count,
       min(c.opened_at) as oldest
     from conflicts c join records r on r.id = c.record_id and r.state = 'live'
     where c.state = 'open' group by 1, 2 order by 1, 2`,
  );
}
