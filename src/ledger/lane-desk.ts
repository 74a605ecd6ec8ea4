/** Lanes, for people: who is at each, and how much is due in it. */
import { planned, type Sql } from './sql.ts';

export interface ListedLane {
  readonly lane: string;
  readonly kind: string;
  /** Somebody drains it just now. */
  readonly held: boolean;
  readonly lease_until: Date | null;
  /** Times it changed hands. */
  readonly epoch: number;
  /** Due now; counted up to a thousand. */
  readonly due: number;
  readonly oldest: Date | null;
}

/** Lanes by name. */
export function listLanes(
  sql: Sql,
  { kind, after }: { readonly kind?: string | undefined; readonly after?: string | undefined },
  limit: number,
): Promise<ListedLane[]> {
  return planned<ListedLane>(
    sql,
    `select l.lane, l.kind, coalesce(l.lease_until > clock_timestamp(), false) as held, l.lease_until, l.epoch,
       w.due::int as due, w.oldest
     from (select * from lanes where ($1::text is null or kind = $1) and ($2::text is null or lane > $2)
           order by lane limit $3) l
     cross join lateral (
       select count(*) as due, min(x.due_at) as oldest from (
         (select due_at from inbox i where i.lane = l.lane and i.state = 'due' and i.due_at <= now() limit 1000)
         union all
         (select due_at from links k where k.lane = l.lane and k.state = 'due' and k.due_at <= now() limit 1000)
         union all
         (select due_at from derivation_groups g where g.lane = l.lane and g.state = 'due' and g.due_at <= now() limit 1000)
         union all
         (select due_at from due_deliveries d where d.lane = l.lane and d.due_at <= now() limit 1000)
         union all
         (select due_at from rule_timers t where t.lane = l.lane and t.state in ('due', 'running') and t.due_at <= now()
          limit 1000)) x) w
     order by l.lane`,
    [kind ?? null, after ?? null, limit],
  );
}
