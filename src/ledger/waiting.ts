/** What copies wait for, for people: which record is missing where, since when, and how many cannot go on. */
import { planned, rows, type Sql } from './sql.ts';
import type { WaitKind } from './waits.ts';

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

export interface ListedWait {
  /** What waits: a copy or a message. */
  readonly subject: 'link' | 'inbox';
  readonly id: string;
  readonly kind: WaitKind;
  readonly target: string;
  readonly since: Date;
  /** It is there since; what waits goes on at its turn. */
  readonly filled_at: Date | null;
  readonly connection: string | null;
  readonly object: string | null;
  readonly entity: string | null;
  readonly number: string | null;
}

/** Where a page of waits ended. */
export type WaitPlace = Pick<ListedWait, 'kind' | 'target' | 'since' | 'subject' | 'id'>;

/** What waits for one kind of thing, or for one thing, target by target and the longest first. */
export function listWaits(
  sql: Sql,
  { kind, target }: { readonly kind: WaitKind; readonly target?: string | undefined },
  limit: number,
  after?: Omit<WaitPlace, 'kind'>,
): Promise<ListedWait[]> {
  return planned<ListedWait>(
    sql,
    `select w.subject, w.subject_id as id, w.kind, w.target, w.since, w.filled_at,
       coalesce(l.connection, i.connection) as connection, coalesce(l.object, i.object) as object, r.entity,
       coalesce(r.data ->> 'number', r.data ->> 'code') as number
     from (
       select * from waits w
       where w.kind = $1 and ($2::text is null or w.target = $2)
         and ($3::text is null
           or (w.target, date_trunc('milliseconds', w.since), w.subject_id, w.subject) > ($3, $4::timestamptz, $5, $6))
       order by w.target, date_trunc('milliseconds', w.since), w.subject_id, w.subject limit $7) w
     left join links l on w.subject = 'link' and l.id = case when w.subject = 'link' then w.subject_id::uuid end
     left join inbox i on w.subject = 'inbox' and i.received_at = w.subject_at
       and i.id = case when w.subject = 'inbox' then w.subject_id::bigint end
     left join records r on r.id = l.record_id
     order by w.target, date_trunc('milliseconds', w.since), w.subject_id, w.subject`,
    [
      kind,
      target ?? null,
      after?.target ?? null,
      after?.since ?? null,
      after?.id ?? null,
      after?.subject ?? null,
      limit,
    ],
  );
}

export interface WaitCount {
  readonly kind: WaitKind;
  readonly count: number;
  readonly targets: number;
  readonly filled: number;
  readonly oldest: Date;
}

/** How much waits, by kind. */
export function countWaiting(sql: Sql): Promise<WaitCount[]> {
  return rows<WaitCount>(
    sql,
    `select kind, count(*)::int as count, count(distinct target)::int as targets,
       count(filled_at)::int as filled, min(since) as oldest
     from waits group by 1 order by 1`,
  );
}
