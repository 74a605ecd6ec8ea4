/** Subscriptions that get nothing, and what rules could not do. */

import { rows, type Sql } from './sql.ts';
import type { SubscriptionState } from './subscriptions.ts';

export interface HeldSubscription {
  readonly name: string;
  readonly state: Exclude<SubscriptionState, 'enabled'>;
  readonly code: string | null;
  readonly reason: string | null;
  readonly since: Date;
}

/** Those that are parked or switched off, the latest first. */
export function heldSubscriptions(sql: Sql): Promise<HeldSubscription[]> {
  return rows<HeldSubscription>(
    sql,
    `select name, state, code, reason, state_at as since from subscriptions where state <> 'enabled'
     order by state_at desc limit 100`,
  );
}

export interface HeldRule {
  /** Its place in hub.yaml: `rules.<name>`, `milestones.<name>`. */
  readonly rule: string;
  readonly state: 'failed' | 'unknown';
  readonly code: string | null;
  readonly count: number;
  /** Of one of them. */
  readonly reason: string | null;
  /** Since when the oldest is there. */
  readonly since: Date;
}

/** What rules could not do, or nobody knows whether they did, by cause; the most frequent first. */
export function heldRules(sql: Sql): Promise<HeldRule[]> {
  return rows<HeldRule>(
    sql,
    `select rule, state, code, count(*)::int as count, (array_agg(reason order by created_at desc))[1] as reason,
       min(created_at) as since
     from rule_timers where state in ('failed', 'unknown') group by rule, state, code order by count(*) desc, rule limit 100`,
  );
}
