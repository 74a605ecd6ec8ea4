/** What copies wait for, for people: which record is missing where, since when, and how many cannot go on. */
import { rows, type Sql } from './sql.ts';

export interface AwaitedRecord {
  readonly connection: string;
  readonly recordId: string;
  readonly entity: string | null;
  readonly number: string | null;
  /** Copies that wait for it. */
  readonly count: number;
  /** Since when the longest of them has not got through. */
  readonly oldest: Date;
  /** Of those, how many wait for their turn only: the record is there by now. */
  readonly filled: number;
  /** Codes of why, e.g. push.waits-for-record, push.blocked-by, push.reference-cycle. */
  readonly codes: readonly string[];
  /** What one of them says: mapping, field and why. */
  readonly says: string | null;
}

/** Records that copies wait for, the longest awaited first. */
export function awaitedRecords(sql: Sql, limit: number): Promise<AwaitedRecord[]> {
  return rows<AwaitedRecord>(
    sql,
    `with waiting as (
       select w.target, count(*)::int as count, min(least(coalesce(l.dirty_since, w.since), w.since)) as oldest,
         count(f.target)::int as filled, array_agg(distinct l.error_code) as codes, min(l.error) as says
       from waits w
       cross join lateral (select * from links where id = w.subject_id::uuid and state = 'waiting' offset 0) l
       left join wait_fills f on f.kind = w.kind and f.target = w.target and w.since <= f.filled_at
       where w.kind = 'ref' and w.subject = 'link' group by w.target
       order by oldest limit $1)
     select split_part(w.target, '/', 1) as connection, split_part(w.target, '/', 2) as "recordId", r.entity,
       coalesce(r.data ->> 'number', r.data ->> 'code') as number, w.count, w.oldest, w.filled, w.codes, w.says
     from waiting w left join records r on r.id = split_part(w.target, '/', 2)::uuid
     order by w.oldest, w.target`,
    [limit],
  );
}
