/** Records that a person made one, and what it takes to make them two again. */
import type { JsonObject } from '../model/json.ts';
import type { LinkRow } from './links.ts';
import type { RecordState } from './records.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** A copy that belongs to another record from now on. */
export interface LinkMove {
  readonly id: string;
  /** As it is afterwards. */
  readonly link: LinkRow;
  /** The record it leaves to be merged, or (`back`) comes home to. */
  readonly home: string;
  readonly back: boolean;
}

/** Gives copies to other records; each remembers where it first came from. The caller holds the links. */
export async function moveLinks(sql: Sql, moves: readonly LinkMove[]): Promise<void> {
  if (moves.length === 0) return;
  await run(
    sql,
    `update links l set record_id = x.record,
       came_from = case when x.back then nullif(l.came_from, x.home) else coalesce(l.came_from, x.home) end
     from jsonb_to_recordset($1::jsonb) as x(id uuid, record uuid, home uuid, back boolean) where l.id = x.id`,
    [rowsParameter(moves.map(({ id, link, home, back }) => ({ id, record: link.record_id, home, back })))],
  );
}

export interface RecordMerge {
  readonly id: string;
  readonly kept: string;
  readonly merged: string;
  /** What the merged record was. */
  readonly merged_state: RecordState;
  /** What the record that was kept was before. */
  readonly kept_data: JsonObject;
  readonly kept_provenance: JsonObject;
  /** Its first version afterwards. */
  readonly kept_version: number;
}

/** Notes a merge. */
export async function insertMerge(sql: Sql, merge: RecordMerge, author: string): Promise<void> {
  await run(
    sql,
    `insert into record_merges (id, kept, merged, merged_state, kept_data, kept_provenance, kept_version, author)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      merge.id,
      merge.kept,
      merge.merged,
      merge.merged_state,
      JSON.stringify(merge.kept_data),
      JSON.stringify(merge.kept_provenance),
      merge.kept_version,
      author,
    ],
  );
}

/** The merge by which a record went, unless it was undone. Locked until the transaction ends. */
export async function openMerge(sql: Sql, merged: string): Promise<RecordMerge | undefined> {
  const found = await rows<RecordMerge>(
    sql,
    `select id, kept, merged, merged_state, kept_data, kept_provenance, kept_version from record_merges
     where merged = $1 and undone_at is null for update`,
    [merged],
  );
  return found[0];
}

/** Notes that a merge was undone. Whatever refers to the record is to be looked at once more. */
export async function closeMerge(sql: Sql, id: string, author: string): Promise<void> {
  await run(
    sql,
    `update record_merges set undone_at = now(), undone_by = $2, marked_at = null, scanned_to = null,
       marked = 0 where id = $1`,
    [id, author],
  );
}

/** A merge, done or undone, of which not everything that refers to the merged record has been made due. */
export interface UnmarkedMerge {
  readonly id: string;
  readonly merged: string;
  readonly entity: string;
  /** Last record looked at. */
  readonly scanned_to: string | null;
  /** Copies made due so far. */
  readonly marked: number;
  /** Milliseconds since the merge, or its undoing. */
  readonly age_ms: number;
}

/** Takes the oldest of them for as long as the transaction lasts; undefined: there is none, or others are at it. */
export async function takeUnmarked(sql: Sql): Promise<UnmarkedMerge | undefined> {
  const found = await rows<UnmarkedMerge>(
    sql,
    `select m.id, m.merged, r.entity, m.scanned_to, m.marked,
       (extract(epoch from clock_timestamp() - coalesce(m.undone_at, m.at)) * 1000)::float8 as age_ms
     from record_merges m join records r on r.id = m.merged
     where m.marked_at is null order by m.id limit 1 for update of m skip locked`,
  );
  return found[0];
}

/** Notes how far the records were looked at that may refer to a merged one; `to` null: all were. */
export async function advanceMarking(
  sql: Sql,
  id: string,
  progress: { readonly to: string | null; readonly marked: number },
): Promise<void> {
  await run(
    sql,
    `update record_merges set scanned_to = $2, marked = marked + $3,
       marked_at = case when $2::uuid is null then now() end where id = $1`,
    [id, progress.to, progress.marked],
  );
}

/** A record and all that were merged into it, through others or not. */
export async function mergedInto(sql: Sql, recordId: string): Promise<string[]> {
  const found = await rows<{ id: string }>(
    sql,
    `with recursive tree(id) as (
       select $1::uuid union select r.id from tree t join records r on r.alias_of = t.id)
     select id from tree`,
    [recordId],
  );
  return found.map((row) => row.id);
}

/** Of a record's copies, those that came from these. */
export async function cameFrom(sql: Sql, recordId: string, homes: readonly string[]): Promise<string[]> {
  const found = await rows<{ id: string }>(
    sql,
    `select id from links where record_id = $1 and came_from = any($2::uuid[]) order by id`,
    [recordId, homes],
  );
  return found.map((row) => row.id);
}

export interface ChangeRow {
  readonly origin: JsonObject;
  readonly patch: JsonObject;
  /** Values that were told and not taken, and others that were overruled. */
  readonly conflicts: JsonObject | null;
}

/** What changed a record after a version, oldest first. */
export function changesAfter(sql: Sql, recordId: string, version: number): Promise<ChangeRow[]> {
  return rows<ChangeRow>(
    sql,
    `select origin, patch_of(patch, created) as patch, conflicts from changes where record_id = $1 and version > $2
     order by version, id`,
    [recordId, version],
  );
}

/** Takes claims away from a record that are another's again. */
export async function dropClaims(
  sql: Sql,
  recordId: string,
  claims: readonly {
    readonly entity: string;
    readonly kind: string;
    readonly scope: string;
    readonly value: string;
  }[],
): Promise<void> {
  if (claims.length === 0) return;
  await run(
    sql,
    `delete from identities i
     using jsonb_to_recordset($2::jsonb) as x(entity text, kind text, scope text, value text)
     where i.record_id = $1 and i.entity = x.entity and i.kind = x.kind and i.scope = x.scope and i.value = x.value`,
    [recordId, rowsParameter(claims)],
  );
}

/** Records that a person can have meant: by id, or by a strong key such as their number. Merged ones included. */
export function recordsNamed(
  sql: Sql,
  name: string,
): Promise<{ readonly id: string; readonly entity: string; readonly state: RecordState }[]> {
  return rows(
    sql,
    `select r.id, r.entity, r.state from records r where r.id::text = lower($1)
     union
     select r.id, r.entity, r.state from identities i join records r on r.id = i.record_id
     where i.strength = 'strong' and i.value = $1
     union
     select r.id, r.entity, r.state from links l join records r on r.id = l.record_id where l.remote_number = $1
     limit 20`,
    [name],
  );
}

/** A page of records looked at: the last of them (null: there are no more), and the copies of those that refer. */
export interface ReferringPage {
  readonly to: string | null;
  readonly links: readonly string[];
}

/**
 * Copies of living records that refer to a record. No index knows what a record says, so a page is so many records in
 * the order of their ids, whether they refer or not: what it costs is bounded, and whoever comes after goes on behind it.
 *
 * @param question.paths jsonpath texts that find the id `$id`, for these entities.
 */
export async function referringLinks(
  sql: Sql,
  question: { readonly entities: readonly string[]; readonly paths: readonly string[]; readonly id: string },
  after: string,
  limit: number,
): Promise<ReferringPage> {
  const found = await rows<{ looked: number; last: string | null; links: string[] }>(
    sql,
    `with page as materialized (
       select r.id, r.entity, r.state from records r where r.id > $4::uuid order by r.id limit $5)
     select (select count(*)::int from page) as looked, (select id from page order by id desc limit 1) as last,
       array(
         select l.id from page p join records r on r.id = p.id join links l on l.record_id = r.id
         where p.entity = any($1::text[]) and p.state = 'live' and exists (
           select 1 from unnest($2::text[]) path
           where jsonb_path_exists(r.data, path::jsonpath, jsonb_build_object('id', $3::text)))
         order by l.record_id, l.id) as links`,
    [question.entities, question.paths, question.id, after, limit],
  );
  const { looked = 0, last = null, links = [] } = found[0] ?? {};
  return { to: looked < limit ? null : last, links };
}

/** Goods that orders and shipments named by a merged record's id and that are counted under the one it was merged into. */
export interface MergedShare {
  readonly holder_id: string;
  readonly location_id: string;
  readonly quantity: string;
}

/** What of the reservations of one record is really of the other one, whose id their holders name. */
export function mergedShares(sql: Sql, kept: string, merged: string): Promise<MergedShare[]> {
  return rows<MergedShare>(
    sql,
    `select v.holder_id, v.location_id, least(v.quantity, s.quantity)::text as quantity
     from reservations v
     join records r on r.id = v.holder_id
     cross join lateral (
       select sum(case r.entity
           when 'shipment' then coalesce((line ->> 'qty')::numeric, 0)
           else coalesce((line ->> 'quantity')::numeric, 0) - coalesce((line ->> 'shippedQuantity')::numeric, 0)
             - coalesce((line ->> 'cancelledQuantity')::numeric, 0) end) as quantity
       from jsonb_array_elements(case when jsonb_typeof(r.data -> 'lines') = 'array' then r.data -> 'lines' else '[]' end)
         line
       where line ->> 'skuId' = $2::text
         and coalesce(line ->> 'locationId', v.location_id) = v.location_id) s
     where v.sku_id = $1::uuid and s.quantity > 0 and v.quantity > 0`,
    [kept, merged],
  );
}

/** Moves those shares back. The caller holds the reservations. */
export async function splitReservations(
  sql: Sql,
  kept: string,
  merged: string,
  shares: readonly MergedShare[],
): Promise<void> {
  if (shares.length === 0) return;
  await run(
    sql,
    `with x as (
       select * from jsonb_to_recordset($3::jsonb) as y(holder_id uuid, location_id text, quantity numeric)),
     less as (
       update reservations v set quantity = v.quantity - x.quantity from x
       where v.holder_id = x.holder_id and v.location_id = x.location_id and v.sku_id = $1
       returning v.holder_id, v.location_id, x.quantity, v.released_at)
     insert into reservations as v (holder_id, sku_id, location_id, quantity, released_at)
     select holder_id, $2, location_id, quantity, released_at from less
     on conflict (holder_id, sku_id, location_id) do update set quantity = v.quantity + excluded.quantity`,
    [kept, merged, rowsParameter(shares)],
  );
}
