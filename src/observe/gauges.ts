import { Gauge, type Registry } from 'prom-client';
import { cappedKinds, dueCopies, dueMessages, type Facts, stuckCopies, stuckMessages } from './facts.ts';
import { assess, type Colour, usedOf } from './health.ts';

const colours: Readonly<Record<Colour, number>> = { green: 0, amber: 1, red: 2 };

/** Adds to what a series holds; a series named more than once is the sum. */
type Set = (labels: Readonly<Record<string, string>>, value: number) => void;

interface GaugeRow {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly fill: (facts: Facts, set: Set) => void;
}

/**
 * What is exported of how things stand: the same from every process of a hub. What else is to be watched: a part of the
 * snapshot (src/ledger/snapshot.ts) and a row here.
 */
const rows: readonly GaugeRow[] = [
  {
    name: 'lianhub_freshness_seconds',
    help: 'How long the oldest due copy has differed from its record; 0: all are in step.',
    labels: ['connection', 'object', 'entity'],
    fill: (facts, set) => {
      for (const { connection, object, entity, writes } of facts.parties) {
        if (writes) set({ connection, object, entity }, 0);
      }
      for (const { connection, object, entity, since } of dueCopies(facts)) {
        if (since !== null) set({ connection, object, entity: entity ?? '' }, age(facts, since));
      }
    },
  },
  {
    name: 'lianhub_copies_due',
    help: 'Copies that are to be written.',
    labels: ['connection', 'object', 'entity'],
    fill: (facts, set) => {
      for (const { connection, object, entity, count } of dueCopies(facts))
        set({ connection, object, entity: entity ?? '' }, count);
    },
  },
  {
    name: 'lianhub_copies_stuck',
    help: 'Copies that wait for something, are parked, or of whose write nobody knows what became.',
    labels: ['connection', 'object', 'state'],
    fill: (facts, set) => {
      for (const { connection, object, state, count } of stuckCopies(facts))
        set({ connection, object, state }, count);
    },
  },
  {
    name: 'lianhub_inbox_due',
    help: 'Messages that are to be applied.',
    labels: ['connection', 'object'],
    fill: (facts, set) => {
      for (const { connection, object, count } of dueMessages(facts)) set({ connection, object }, count);
    },
  },
  {
    name: 'lianhub_inbox_oldest_seconds',
    help: 'Age of the oldest message that is to be applied; 0: there is none.',
    labels: ['connection', 'object'],
    fill: (facts, set) => {
      for (const { connection, object, reads } of facts.parties) if (reads) set({ connection, object }, 0);
      for (const { connection, object, since } of dueMessages(facts))
        if (since !== null) set({ connection, object }, age(facts, since));
    },
  },
  {
    name: 'lianhub_dead_letters',
    help: 'Messages and copies that cannot go on as they are.',
    labels: ['connection', 'object', 'what'],
    fill: (facts, set) => {
      for (const { connection, object } of facts.parties) {
        set({ connection, object, what: 'message' }, 0);
        set({ connection, object, what: 'copy' }, 0);
      }
      for (const { connection, object, state, count } of stuckMessages(facts))
        if (state === 'dead') set({ connection, object, what: 'message' }, count);
      for (const { connection, object, state, count } of stuckCopies(facts))
        if (state === 'parked') set({ connection, object, what: 'copy' }, count);
    },
  },
  {
    name: 'lianhub_unknown_writes',
    help: 'Writes of which nobody knows whether they happened.',
    labels: ['connection', 'object'],
    fill: (facts, set) => {
      for (const { connection, object, writes } of facts.parties) if (writes) set({ connection, object }, 0);
      for (const { connection, object, state, count } of stuckCopies(facts))
        if (state === 'unknown') set({ connection, object }, count);
    },
  },
  {
    name: 'lianhub_waits',
    help: 'What copies (link) and messages (inbox) wait for: a record (ref) or a code (table).',
    labels: ['subject', 'kind'],
    fill: ({ snapshot }, set) => {
      for (const { subject, kind, count } of snapshot.waits) set({ subject, kind }, count);
    },
  },
  {
    name: 'lianhub_conflicts',
    help: 'Values that systems disagree about and a person decides.',
    labels: ['entity'],
    fill: ({ snapshot }, set) => {
      for (const { entity, count } of snapshot.conflicts) set({ entity }, count);
    },
  },
  {
    name: 'lianhub_deletions_held',
    help: 'Deletions that are held because they were too many at once.',
    labels: ['connection', 'object'],
    fill: ({ snapshot }, set) => {
      for (const { connection, object, count } of snapshot.held_deletions) set({ connection, object }, count);
    },
  },
  {
    name: 'lianhub_requests_overdue',
    help: 'Requests to a system that should have been answered by now.',
    labels: ['connection', 'object', 'kind'],
    fill: ({ snapshot }, set) => {
      for (const { connection, object, kind, count } of snapshot.overdue_requests)
        set({ connection, object, kind }, count);
    },
  },
  {
    name: 'lianhub_derivations_parked',
    help: 'Documents of a rule that cannot be made.',
    labels: ['rule'],
    fill: ({ snapshot }, set) => {
      for (const { rule, count } of snapshot.parked_groups) set({ rule }, count);
    },
  },
  {
    name: 'lianhub_poll_age_seconds',
    help: 'How long ago a reading of what changed began that came to its end.',
    labels: ['connection', 'object'],
    fill: (facts, set) => {
      for (const { connection, object, covered } of facts.snapshot.polls)
        if (covered !== null) set({ connection, object }, age(facts, covered));
    },
  },
  {
    name: 'lianhub_poll_interval_seconds',
    help: 'How often it is asked what changed.',
    labels: ['connection', 'object'],
    fill: ({ snapshot }, set) => {
      for (const { connection, object, interval_seconds } of snapshot.polls)
        set({ connection, object }, interval_seconds);
    },
  },
  {
    name: 'lianhub_poll_failures',
    help: 'How often in a row a poll has failed.',
    labels: ['connection', 'object'],
    fill: ({ snapshot }, set) => {
      for (const { connection, object, attempts } of snapshot.polls) set({ connection, object }, attempts);
    },
  },
  {
    name: 'lianhub_connection_paused',
    help: '1: nothing is asked of or written to this connection now.',
    labels: ['connection'],
    fill: ({ snapshot }, set) => {
      for (const { id, paused_until: until } of snapshot.connections)
        set({ connection: id }, until === null ? 0 : 1);
    },
  },
  {
    name: 'lianhub_sign_in_refused',
    help: 'Credentials a system refuses right now.',
    labels: ['connection'],
    fill: ({ snapshot }, set) => {
      for (const { connection, refused } of snapshot.sign_ins) set({ connection }, refused ? 1 : 0);
    },
  },
  {
    name: 'lianhub_authorisation_expires_seconds',
    help: 'Seconds until what lets the hub in there ends, where hub.yaml says when; negative: it has.',
    labels: ['connection'],
    fill: ({ snapshot, ends }, set) => {
      for (const { connection, at } of ends) set({ connection }, at - snapshot.now);
    },
  },
  {
    name: 'lianhub_closing_seconds',
    help: 'Seconds until the books of the last month are closed there, where hub.yaml says when.',
    labels: ['connection'],
    fill: ({ snapshot, closings }, set) => {
      for (const { connection, at } of closings) set({ connection }, at - snapshot.now);
    },
  },
  {
    name: 'lianhub_closing_open_documents',
    help: 'Documents of a month that are not in a system yet; counted in the week before its books are closed.',
    labels: ['connection'],
    fill: ({ snapshot, closings }, set) => {
      for (const { connection } of closings) set({ connection }, 0);
      for (const { connection, count } of snapshot.open_documents) set({ connection }, count);
    },
  },
  {
    name: 'lianhub_breaker_open',
    help: 'Units of a connection (its accounts, or the whole) that do not answer and are left alone.',
    labels: ['connection'],
    fill: ({ limits, snapshot }, set) => {
      for (const { id } of snapshot.connections) set({ connection: id }, 0);
      for (const { connection, breaker } of limits) set({ connection }, breaker.state === 'closed' ? 0 : 1);
    },
  },
  {
    name: 'lianhub_calls_waiting',
    help: 'Calls that wait for their turn at the limits of the connection, over all processes.',
    labels: ['connection'],
    fill: ({ limits }, set) => {
      for (const { connection, waiting } of limits) set({ connection }, waiting);
    },
  },
  {
    name: 'lianhub_budget_limit_calls',
    help: 'Calls of a day, by what they are kept for.',
    labels: ['connection', 'share'],
    fill: ({ limits }, set) => {
      for (const { connection, day } of limits)
        for (const [share, { limit }] of Object.entries(day?.shares ?? {})) set({ connection, share }, limit);
    },
  },
  {
    name: 'lianhub_budget_used_calls',
    help: 'Calls of the day that are used.',
    labels: ['connection', 'share'],
    fill: ({ limits }, set) => {
      for (const { connection, day } of limits)
        for (const [share, { used }] of Object.entries(day?.shares ?? {})) set({ connection, share }, used);
    },
  },
  {
    name: 'lianhub_budget_used_ratio',
    help: "The part of a day's calls that is used, of the account that has used most; 1: all.",
    labels: ['connection'],
    fill: ({ limits }, set) => {
      for (const [connection, used] of usedOf(limits)) set({ connection }, used);
    },
  },
  {
    name: 'lianhub_deliveries_due',
    help: 'Events that are to be posted to a subscription.',
    labels: ['subscription'],
    fill: ({ snapshot }, set) => {
      for (const { subscription, count } of snapshot.deliveries) set({ subscription }, count);
    },
  },
  {
    name: 'lianhub_delivery_oldest_seconds',
    help: 'Age of the oldest event that is to be posted to a subscription; 0: there is none.',
    labels: ['subscription'],
    fill: (facts, set) => {
      for (const { subscription, since } of facts.snapshot.deliveries)
        set({ subscription }, since === null ? 0 : age(facts, since));
    },
  },
  {
    name: 'lianhub_subscription_failing_seconds',
    help: 'For how long every post to a subscription has failed; 0: the last one did not.',
    labels: ['subscription'],
    fill: (facts, set) => {
      for (const { subscription, failing } of facts.snapshot.deliveries)
        set({ subscription }, failing === null ? 0 : age(facts, failing));
    },
  },
  {
    name: 'lianhub_milestones_missed',
    help: 'Milestones that were missed today and yesterday (UTC).',
    labels: ['rule'],
    fill: ({ snapshot }, set) => {
      for (const { rule, count } of snapshot.missed) set({ rule }, count);
    },
  },
  {
    name: 'lianhub_rules_stuck',
    help: 'Actions of rules that have failed, or of which nobody knows whether they were done.',
    labels: ['rule', 'state'],
    fill: ({ snapshot }, set) => {
      for (const { rule, state, count } of snapshot.stuck_rules) set({ rule, state }, count);
    },
  },
  {
    name: 'lianhub_lanes_held',
    help: 'Lanes some process drains.',
    labels: ['kind'],
    fill: ({ snapshot }, set) => {
      for (const { kind, held } of snapshot.lanes) set({ kind }, held);
    },
  },
  {
    name: 'lianhub_api_token_expires_seconds',
    help: 'Seconds until an API token ends, of those that do within 30 days or have within 7; negative: it has.',
    labels: ['token'],
    fill: ({ snapshot }, set) => {
      for (const { name, expires } of snapshot.api_tokens) set({ token: name }, expires - snapshot.now);
    },
  },
  {
    name: 'lianhub_health',
    help: 'How a connection is: 0 green, 1 amber, 2 red. GET /v1/health says why and what to do.',
    labels: ['connection'],
    fill: (facts, set) => {
      for (const { connection, state } of assess(facts).connections) set({ connection }, colours[state]);
    },
  },
  {
    name: 'lianhub_sync_health',
    help: 'How a sync is: 0 green, 1 amber, 2 red.',
    labels: ['sync'],
    fill: (facts, set) => {
      for (const { sync, state } of assess(facts).syncs) set({ sync }, colours[state]);
    },
  },
  {
    name: 'lianhub_snapshot_capped',
    help: '1: more is due or stuck than is counted at once; counts are from the background, ages are exact.',
    labels: ['what'],
    fill: ({ snapshot }, set) => {
      const { copies, messages } = cappedKinds(snapshot);
      set({ what: 'copies' }, copies ? 1 : 0);
      set({ what: 'messages' }, messages ? 1 : 0);
    },
  },
];

function age({ snapshot }: Facts, since: number): number {
  return Math.max(0, snapshot.now - since);
}

/** The gauges of a registry, filled all at once, so that nobody sees half of a snapshot. */
export class Gauges {
  readonly #gauges: readonly { readonly row: GaugeRow; readonly gauge: Gauge }[];

  constructor(registry: Registry) {
    this.#gauges = rows.map((row) => ({
      row,
      gauge: new Gauge({
        name: row.name,
        help: row.help,
        labelNames: [...row.labels],
        registers: [registry],
      }),
    }));
  }

  fill(facts: Facts): void {
    for (const { row, gauge } of this.#gauges) {
      gauge.reset();
      row.fill(facts, (labels, value) => gauge.inc({ ...labels }, value));
    }
  }

  /** Nothing is known now: a number of before would look like one of now. */
  clear(): void {
    for (const { gauge } of this.#gauges) gauge.reset();
  }
}
