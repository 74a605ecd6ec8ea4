/** Records found by what people know of them. For people, not for lanes. */
import type { NamedRecord } from './explain.ts';
import type { RecordState } from './records.ts';
import { planned, rows, run, type Sql } from './sql.ts';

export type FoundRecord = NamedRecord;

/** Which records are meant; everything given must hold. */
export interface RecordQuery {
  readonly entity?: string | undefined;
  readonly state?: RecordState | undefined;
  /** Number or code, number of the source, id or number in any system, or id of the record. */
  readonly number?: string | undefined;
  /** Claimed identities count as numbers, too: they may be telephone numbers. */
  readonly byIdentity?: boolean | undefined;
  /** A field, lists as `lines[].skuId`, and its value as text. */
  readonly field?: { readonly path: string; readonly value: string } | undefined;
  /** Stands somewhere in the data. */
  readonly text?: string | undefined;
  /** Records made before this one. */
  readonly before?: string | undefined;
}

/** Where copies are looked for by their ids: the indexes of links begin with these. */
export interface CopyPlaces {
  readonly entities: readonly string[];
  readonly connections: readonly string[];
  readonly objects: readonly string[];
}

const columns = `r.id, r.entity, r.state, r.alias_of, r.source_connection, r.source_kind, r.source_number, r.source_part,
  r.data, r.version, r.provenance, r.mapping_version, r.updated_at`;

/** Every record a number may mean: each way by an index of its own, so that it is the same work however many there are. */
const named = `select id from records where coalesce(data ->> 'number', data ->> 'code') = $5
    union select id from records where entity = any($8::text[]) and source_number = $5
    union select id from records where id = $6::uuid
    union select record_id from links where connection = any($9::text[]) and object = any($10::text[]) and remote_id = $5
    union select record_id from links where connection = any($9) and entity = any($8) and remote_number = $5
    union select record_id from identities where $7 and value = $5`;

/** Records that are meant, the latest made first; gives up (57014) when it takes too long. Needs a transaction. */
export async function searchRecords(
  sql: Sql,
  query: RecordQuery,
  places: CopyPlaces,
  limit: number,
  longestMs: number,
): Promise<FoundRecord[]> {
  await run(sql, `select set_config('statement_timeout', $1, true)`, [String(longestMs)]);
  const { entity, state, number, byIdentity = false, field, text, before } = query;
  const wanted: string[] = [];
  const values: unknown[] = [entity ?? null, state ?? null, before ?? null, limit];
  if (number !== undefined) {
    const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(number) ? number : null;
    values.push(number, id, byIdentity, places.entities, places.connections, places.objects);
    wanted.push(`and r.id in (${named})`);
  }
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  if (field !== undefined) {
    const value = parameter(field.value);
    wanted.push(
      field.path.includes('[]')
        ? `and exists (select 1 from jsonb_path_query(r.data, ${parameter(jsonPath(field.path))}::jsonpath) v
             where v #>> '{}' = ${value})`
        : `and r.data #>> ${parameter(field.path.split('.'))}::text[] = ${value}`,
    );
  }
  if (text !== undefined) wanted.push(`and r.data::text ilike ${parameter(`%${likeText(text)}%`)}`);
  return planned<FoundRecord>(
    sql,
    `select ${columns} from records r
     where ($1::text is null or r.entity = $1) and ($2::text is null or r.state = $2)
       and ($3::uuid is null or r.id < $3) ${wanted.join(' ')}
     order by r.id desc limit $4`,
    values,
  );
}

/** `lines[].skuId` as PostgreSQL writes it: `$."lines"[*]."skuId"`. */
function jsonPath(path: string): string {
  const steps = path.split('.').map((step) => {
    const name = step.replace(/\[\]/g, '');
    return `.${JSON.stringify(name)}${'[*]'.repeat((step.length - name.length) / 2)}`;
  });
  return `$${steps.join('')}`;
}

/** As it stands inside JSON, taken literally. */
function likeText(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\\%_]/g, '\\$&');
}

/** A record whatever its state; undefined when there is none of that id. */
export async function recordById(sql: Sql, id: string): Promise<FoundRecord | undefined> {
  const [found] = await rows<FoundRecord>(sql, `select ${columns} from records r where r.id = $1`, [id]);
  return found;
}
