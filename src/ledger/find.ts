/** What one box finds: records by what people have in hand of them. Each way by an index of its own. For the desk. */
import type { CopyPlaces, FoundRecord } from './record-search.ts';
import { planned, run, type Sql } from './sql.ts';

/** How something was found, the surest first. */
export type FoundBy = 'number' | 'copy' | 'identity' | 'phone' | 'name' | 'begins';

export interface Found extends FoundRecord {
  readonly by: FoundBy;
  /** With copy: the connection; with identity: its kind. */
  readonly what: string | null;
}

export interface FindQuery {
  readonly text: string;
  /** The text as a telephone number, E.164; undefined: it is none. */
  readonly phone: string | undefined;
  /** Names of people are found by how they begin, too. */
  readonly beginsPersonal: boolean;
}

/** Number, code, and the source's number; entities whose records are found by their names. */
const called = `coalesce(r.data ->> 'number', r.data ->> 'code')`;

/** Shorter beginnings mean too much. */
const shortest = 3;

/** Records that are meant, the surest first; gives up (57014) when it takes too long. Needs a transaction. */
export async function findAnything(
  sql: Sql,
  { text, phone, beginsPersonal }: FindQuery,
  { entities, connections, objects }: CopyPlaces,
  limit: number,
  longestMs: number,
): Promise<Found[]> {
  await run(sql, `select set_config('statement_timeout', $1, true)`, [String(longestMs)]);
  const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text : null;
  const begins = text.length >= shortest ? `${text.replace(/[\\%_]/g, '\\$&')}%` : null;
  const named = begins?.toLowerCase() ?? null;
  const values = [
    ...[text, id, entities, connections, objects, phone ?? null, begins, named],
    ...[
      text.toLowerCase(),
      beginsPersonal ? ['customer', 'product', 'location'] : ['product', 'location'],
      limit,
    ],
  ];
  return planned<Found>(
    sql,
    `with ways(id, rank, by, what) as (
       (select r.id, 1, 'number', null from records r where ${called} = $1 limit $11)
       union all (select r.id, 1, 'number', null from records r
         where r.entity = any($3::text[]) and r.source_number = $1 limit $11)
       union all (select r.id, 1, 'number', null from records r where r.id = $2::uuid)
       union all (select l.record_id, 2, 'copy', l.connection from links l
         where l.connection = any($4::text[]) and l.object = any($5::text[]) and l.remote_id = $1 limit $11)
       union all (select l.record_id, 2, 'copy', l.connection from links l
         where l.connection = any($4) and l.entity = any($3) and l.remote_number = $1 limit $11)
       union all (select i.record_id, 3, 'identity', i.kind from identities i where i.value = $1 limit $11)
       union all (select i.record_id, 4, 'phone', null from identities i where i.value = $6 limit $11)
       union all (select r.id, 4, 'phone', null from records r
         where r.entity = 'order' and r.data #>> '{receiver,phone,e164}' = $6 order by r.id desc limit $11)
       union all (select r.id, 5, 'name', null from records r
         where r.entity in ('customer', 'product', 'location') and lower(r.data ->> 'name') = $9 limit $11)
       union all (select r.id, 6, 'begins', null from records r where ${called} like $7 limit $11)
       union all (select r.id, 6, 'begins', null from records r
         where r.entity in ('customer', 'product', 'location') and r.entity = any($10::text[])
           and lower(r.data ->> 'name') like $8 limit $11)),
     best as (select distinct on (id) id, rank, by, what from ways order by id, rank, what)
     select r.id, r.entity, r.state, r.alias_of, r.source_connection, r.source_kind, r.source_number, r.source_part,
       r.data, r.version, r.provenance, r.mapping_version, r.updated_at, b.by, b.what
     from best b join records r on r.id = b.id
     order by b.rank, r.state <> 'live', r.id desc limit $11`,
    values,
  );
}
