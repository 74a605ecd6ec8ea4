import { rows, type Sql } from './sql.ts';

/** One code nobody has filled in yet, and what cannot go on without it: a person's work item. */
export interface MissingCode {
  readonly table: string;
  readonly connection: string;
  /** Our key, or the vendor's code when `back` is set. */
  readonly code: string;
  readonly back: boolean;
  /** Links, and objects told by messages, that wait for it; an object told twice counts once, as told last. */
  readonly count: number;
  readonly links: number;
  readonly messages: number;
  /** Of those, how many wait for their turn only: the code is there by now. */
  readonly filled: number;
  /** What the waiting records are worth when that is known, decimal text by currency (empty: not told). */
  readonly amounts: readonly { readonly currency: string; readonly amount: string }[];
  /** Since when the longest of them has not got through. */
  readonly oldest: Date;
  /** Objects of that system that ask for it. */
  readonly objects: readonly string[];
  /** What one of them says: mapping, field, table and key. */
  readonly says: string | null;
}

/**
 * Missing codes, the one most wait for first. From each wait to its subject by key, whatever the planner believes of
 * how many there are (hence `offset 0`): after a bad night there are very many of both.
 */
export function missingCodes(
  sql: Sql,
  filter: { readonly table?: string | undefined; readonly connection?: string | undefined } = {},
): Promise<MissingCode[]> {
  return rows<MissingCode>(
    sql,
    `with waiting as (
       select w.target, w.back, w.amount, w.currency, w.filled_at, 'link' as subject, l.id::text as what,
         true as newest, l.connection, l.object, l.error, least(coalesce(l.dirty_since, w.since), w.since) as since
       from waits w
       cross join lateral (select * from links where id = w.subject_id::uuid and state = 'waiting' offset 0) l
       where w.kind = 'table' and w.subject = 'link'
       union all
       select w.target, w.back, w.amount, w.currency, w.filled_at, 'inbox', i.object || '/' || i.remote_id,
         row_number() over (partition by i.connection, i.object, i.remote_id, w.target, w.back order by i.id desc) = 1,
         i.connection, i.object, i.error, i.received_at
       from waits w
       cross join lateral (
         select * from inbox
         where received_at = w.subject_at and id = w.subject_id::bigint and state = 'waiting' offset 0) i
       where w.kind = 'table' and w.subject = 'inbox'),
     worth as (
       select connection, target, back, coalesce(currency, '') as currency, sum(amount)::text as amount
       from waiting where amount is not null and newest group by 1, 2, 3, 4)
     select split_part(w.target, '/', 1) as table, w.connection,
       substr(w.target, strpos(w.target, '/') + 1) as code, w.back, count(*) filter (where newest)::int as count,
       count(*) filter (where newest and subject = 'link')::int as links,
       count(*) filter (where newest and subject = 'inbox')::int as messages,
       count(*) filter (where newest and filled_at is not null)::int as filled,
       coalesce((select jsonb_agg(jsonb_build_object('currency', a.currency, 'amount', a.amount) order by a.currency)
         from worth a where a.connection = w.connection and a.target = w.target and a.back = w.back), '[]') as amounts,
       min(since) as oldest, array_agg(distinct object) as objects, min(error) as says
     from waiting w
     where ($1::text is null or split_part(w.target, '/', 1) = $1) and ($2::text is null or w.connection = $2)
     group by w.connection, w.target, w.back order by count(*) desc, min(since), w.target`,
    [filter.table ?? null, filter.connection ?? null],
  );
}
