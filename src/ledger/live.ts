/** What goes on just now, in few cheap questions: asked again and again while somebody looks. */
import { planned, type Sql } from './sql.ts';

export interface GoingOn {
  /** `job`, `backfill`, `connection`, `flow`, `problems`. */
  readonly event: string;
  /** What of that kind it is. */
  readonly id: string;
  readonly data: object;
}

/** What has ended is told so for a while, milliseconds. */
const lately = `interval '1 minute'`;
/** Counted no further. */
const most = 10_000;

/** Jobs and backfills under way or just over, connections, and how much needs a person. */
export function goingOn(sql: Sql): Promise<GoingOn[]> {
  const count = (from: string): string =>
    `(select count(*)::int from (select 1 from ${from} limit ${most}) x)`;
  return planned<GoingOn>(
    sql,
    `(select 'job' as event, id::text, jsonb_build_object('id', id, 'kind', kind, 'subject', subject, 'state', state,
        'done', done, 'total', total, 'code', code) as data
      from jobs where state = 'running' or finished_at > now() - ${lately} order by jobs.id limit 200)
     union all
     (select 'backfill', id::text, jsonb_build_object('id', id, 'connection', connection, 'object', object,
        'state', state, 'done', done, 'total', total, 'code', error_code)
      from backfills where state = 'running' or finished_at > now() - ${lately} order by backfills.id limit 200)
     union all
     (select 'connection', id, jsonb_build_object('id', id, 'mode', mode,
        'pausedUntil', case when paused_until > now() then paused_until end) from connections order by connections.id)
     union all
     (select 'flow', connection || '/' || object, jsonb_build_object('connection', connection, 'object', object,
        'minute', minute, 'received', received, 'written', written, 'refused', refused, 'repeated', repeated, 'dead', dead)
      from traffic where minute = date_trunc('minute', now()) order by connection, object limit 500)
     union all
     select 'problems', '', jsonb_build_object(
       'deadMessages', ${count(`inbox where state = 'dead'`)},
       'waitingMessages', ${count(`inbox where state = 'waiting'`)},
       'parkedCopies', ${count(`links where state = 'parked'`)},
       'unknownCopies', ${count(`links where state = 'unknown'`)},
       'waitingCopies', ${count(`links where state = 'waiting'`)},
       'conflicts', ${count(`conflicts where state = 'open'`)},
       'requests', ${count(`requests where closed_at is null and state in ('refused', 'unknown')`)},
       'matches', ${count(`matches where state = 'open'`)},
       'parkedGroups', ${count(`derivation_groups where state = 'parked'`)},
       'rules', ${count(`rule_timers where state in ('failed', 'unknown')`)})`,
  );
}
