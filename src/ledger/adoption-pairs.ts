/** Which records two systems both have, set by set: for people who take systems over. */
import { rows, type Sql } from './sql.ts';

/** Whose copies are counted; a place is `<connection>/<object>`. */
export interface PairScope {
  readonly entity: string;
  readonly places: readonly string[];
}

/** Connections in which each live record has a copy: `$1` the entity, `$2` the places. */
const holders = `select l.record_id, array_agg(distinct l.connection) as holders
  from links l join records r on r.id = l.record_id and r.state = 'live'
  where l.entity = $1 and l.connection || '/' || l.object = any($2::text[]) and l.remote_id is not null group by 1`;

export interface HolderCount {
  readonly holders: readonly string[];
  readonly count: number;
}

/** How many live records are in which connections. */
export function countHolders(sql: Sql, { entity, places }: PairScope): Promise<HolderCount[]> {
  return rows<HolderCount>(
    sql,
    `select holders, count(*)::int as count from (${holders}) h group by 1 order by 1`,
    [entity, places],
  );
}

/** Open proposals, with the two systems each is about. */
const doubtful = `select m.id, m.record_id, m.connection, m.object, m.remote_id, c.record_id as candidate,
    a.connection as here, b.connection as there
  from matches m join match_candidates c on c.match_id = m.id
  join lateral (select m.connection where m.remote_id is not null
    union select l.connection from links l where m.remote_id is null and l.record_id = m.record_id
      and l.remote_id is not null) a on true
  join links b on b.record_id = c.record_id and b.remote_id is not null and b.connection <> a.connection
  where m.state = 'open' and m.entity = $1`;

/** How many open proposals may pair an object of one connection with one of the other; each pair in both orders. */
export function countDoubtful(
  sql: Sql,
  entity: string,
): Promise<{ readonly here: string; readonly there: string; readonly count: number }[]> {
  return rows(
    sql,
    `select x.here, x.there, count(distinct x.id)::int as count
     from (select id, here, there from (${doubtful}) d union select id, there, here from (${doubtful}) e) x
     group by 1, 2 order by 1, 2`,
    [entity],
  );
}

export interface PairPage extends PairScope {
  readonly here: string;
  readonly there: string;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** One record or proposal; `key` is what people call it. Its ids in the two systems, as far as it is there. */
export interface PairRow {
  readonly id: string;
  readonly key: string;
  readonly here: readonly string[];
  readonly there: readonly string[];
  /** Of a proposal: the records it may be. */
  readonly candidates?: readonly string[];
}

const called = `coalesce(r.data ->> 'number', r.data ->> 'code', r.id::text)`;
const idsIn = (side: string): string =>
  `(select coalesce(array_agg(l.remote_id order by l.remote_id), '{}') from links l where l.record_id = r.id
      and l.connection = ${side} and l.remote_id is not null and l.connection || '/' || l.object = any($2::text[]))`;
const first = '00000000-0000-0000-0000-000000000000';

/** Records that both have, or with `only` those the first has and the second has not, by id. */
export function listPairs(sql: Sql, page: PairPage, only: boolean): Promise<PairRow[]> {
  const has = (side: string): string =>
    `exists (select 1 from links h where h.record_id = r.id and h.connection = ${side} and h.remote_id is not null
       and h.connection || '/' || h.object = any($2::text[]))`;
  return rows<PairRow>(
    sql,
    `select r.id, ${called} as key, ${idsIn('$3')} as here, ${idsIn('$4')} as there
     from records r where r.entity = $1 and r.state = 'live' and r.id > coalesce($5::uuid, '${first}')
       and ${has('$3')} and ${only ? 'not ' : ''}${has('$4')}
     order by r.id limit $6`,
    [page.entity, page.places, page.here, page.there, page.after ?? null, page.limit],
  );
}

/** Open proposals between two connections, by id. */
export function listDoubtful(sql: Sql, page: PairPage): Promise<PairRow[]> {
  return rows<PairRow>(
    sql,
    `select d.id, coalesce(min(d.remote_id), min(${called})) as key,
       array_remove(array_agg(distinct d.remote_id), null) as here, '{}'::text[] as there,
       array_agg(distinct coalesce(o.data ->> 'number', o.data ->> 'code', o.id::text)) as candidates
     from (${doubtful}) d left join records r on r.id = d.record_id join records o on o.id = d.candidate
     where ((d.here = $2 and d.there = $3) or (d.here = $3 and d.there = $2))
       and d.id > coalesce($4::uuid, '${first}')
     group by d.id order by d.id limit $5`,
    [page.entity, page.here, page.there, page.after ?? null, page.limit],
  );
}
