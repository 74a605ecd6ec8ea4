/** How much went where, per minute: what all processes have counted, added up. */
import { rows, rowsParameter, run, type Sql } from './sql.ts';

/**
 * - `received`  messages kept
 * - `written`   writes that were done
 * - `refused`   writes a system refused, or nobody knows of
 * - `repeated`  writes that are tried again by themselves
 * - `dead`      messages that cannot be taken in as they are
 */
export const trafficKinds = ['received', 'written', 'refused', 'repeated', 'dead'] as const;
export type TrafficKind = (typeof trafficKinds)[number];

export type TrafficCounts = Readonly<Record<TrafficKind, number>>;

export interface TrafficPlace {
  readonly connection: string;
  readonly object: string;
}

/** Adds counts to the minute that is now. */
export function addTraffic(sql: Sql, places: readonly (TrafficPlace & TrafficCounts)[]): Promise<void> {
  const sums = trafficKinds.map((kind) => `${kind} = traffic.${kind} + excluded.${kind}`).join(', ');
  return run(
    sql,
    `insert into traffic (minute, connection, object, ${trafficKinds.join(', ')})
     select date_trunc('minute', now()), connection, object, ${trafficKinds.join(', ')}
     from jsonb_to_recordset($1::jsonb) as told(connection text, object text, ${trafficKinds
       .map((kind) => `${kind} int`)
       .join(', ')})
     order by connection, object
     on conflict (minute, connection, object) do update set ${sums}`,
    [rowsParameter(places)],
  );
}

/** Counts of places in one step of time. */
export interface TrafficStep extends TrafficPlace, TrafficCounts {
  /** Steps since the first one. */
  readonly step: number;
}

/**
 * Counts from a moment on, added up in steps.
 * @param from a whole minute @param stepSeconds a multiple of 60
 */
export function trafficSince(sql: Sql, from: Date, stepSeconds: number): Promise<TrafficStep[]> {
  return rows<TrafficStep>(
    sql,
    `select floor(extract(epoch from minute - $1::timestamptz) / $2::int)::int as step, connection, object,
       ${trafficKinds.map((kind) => `sum(${kind})::int as ${kind}`).join(', ')}
     from traffic where minute >= $1::timestamptz group by 1, 2, 3`,
    [from, stepSeconds],
  );
}

/** Forgets what is older than charts go back. */
export function dropTraffic(sql: Sql): Promise<void> {
  return run(sql, `delete from traffic where minute < now() - interval '8 days'`);
}
