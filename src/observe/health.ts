/** Whether each connection and each sync is well, why not, since when, and what to do. Pure. */
import type { LimitReport } from '../lanes/limits/report.ts';
import {
  dueCopies,
  dueMessages,
  earliest,
  type Facts,
  type Stuck,
  stuckCopies,
  stuckMessages,
} from './facts.ts';
import { type Finding, type FindingCode, finding } from './findings.ts';

export type Colour = 'green' | 'amber' | 'red';

/** Green: nothing is to be done. Amber: somebody should look. Red: something does not go on without somebody. */
export interface Condition {
  readonly state: Colour;
  /** Since when it is not green, as far as that is known; UTC ISO-8601. */
  readonly since: string | null;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

export interface Health extends Condition {
  /** When it was looked at, UTC ISO-8601. */
  readonly at: string;
  readonly connections: readonly (Condition & { readonly connection: string; readonly mode: string })[];
  readonly syncs: readonly (Condition & { readonly sync: string })[];
  /** Calls of the day by what they are kept for, where there are so many only. `unit`: the account; empty: the connection. */
  readonly budgets: readonly {
    readonly connection: string;
    readonly unit: string;
    readonly share: string;
    readonly limit: number;
    readonly used: number;
  }[];
  /** Milestones missed today and yesterday, UTC. */
  readonly milestones: readonly { readonly milestone: string; readonly missed: number }[];
}

/** From when on something counts, in seconds. */
export const bounds = {
  behind: 300,
  stale: 1_800,
  inboxBehind: 60,
  inboxStale: 600,
  /** Of a poll, times its interval. */
  pollLate: 3,
  pollStale: 10,
  waitsLong: 86_400,
  failing: 3_600,
  budgetShort: 0.8,
  authorisation: 30 * 86_400,
  closing: 7 * 86_400,
} as const;

/** A poll whose interval is short is not late for a restart. */
const pollGraceSeconds = 120;

export function assess(facts: Facts): Health {
  const { snapshot, parties } = facts;
  const found = [
    ...ofConnections(facts),
    ...ofCopies(facts),
    ...ofMessages(facts),
    ...ofPolls(facts),
    ...ofStuck(facts),
    ...ofOthers(facts),
    ...ofDays(facts),
  ];
  const ofEntity = (entity: string): Finding[] =>
    snapshot.conflicts
      .filter((one) => one.entity === entity)
      .map(({ count, since }) => finding('health.conflicts', {}, { count, entity }, since));
  const ofRules = snapshot.parked_groups.map(({ rule, count, since }) =>
    finding('health.derivation-parked', {}, { count, rule }, since),
  );
  const beside = [...ofRules, ...ofFollowers(facts)];
  const syncs = [...new Set(parties.map((party) => party.sync))].sort().map((sync) => {
    const mine = parties.filter((party) => party.sync === sync);
    const entities = new Set(mine.map((party) => party.entity));
    const about = found.filter((one) =>
      mine.some(
        ({ connection, object }) => one.connection === connection && (one.object ?? object) === object,
      ),
    );
    return { sync, ...conditionOf([...about, ...[...entities].flatMap(ofEntity)]) };
  });
  const connections = snapshot.connections.map(({ id, mode }) => ({
    connection: id,
    mode,
    ...conditionOf(found.filter((one) => one.connection === id)),
  }));
  const all = [
    ...found,
    ...beside,
    ...[...new Set(snapshot.conflicts.map((one) => one.entity))].flatMap(ofEntity),
  ];
  const numbers = {
    budgets: facts.limits.flatMap(({ connection, unit, day }) =>
      Object.entries(day?.shares ?? {}).map(([share, { limit, used }]) => {
        return { connection, unit, share, limit, used };
      }),
    ),
    milestones: snapshot.missed.map(({ rule, count }) => ({ milestone: rule, missed: count })),
  };
  return {
    at: new Date(snapshot.now * 1_000).toISOString(),
    ...conditionOf(all),
    connections,
    syncs,
    ...numbers,
  };
}

function conditionOf(found: readonly Finding[]): Condition {
  const state = found.some((one) => one.level === 'red') ? 'red' : found.length > 0 ? 'amber' : 'green';
  const since = found
    .filter((one) => one.level === state)
    .flatMap((one) => (one.since === null ? [] : [one.since]))
    .sort()[0];
  const findings = found.toSorted((a, b) => (a.level === b.level ? 0 : a.level === 'red' ? -1 : 1));
  return { state, since: since ?? null, findings };
}

function ofConnections({ snapshot, limits }: Facts): Finding[] {
  const paused = snapshot.connections.flatMap(({ id, paused_until: until, reason }) =>
    until === null
      ? []
      : [
          finding(
            'health.paused',
            { connection: id },
            { until: new Date(until * 1_000).toISOString(), reason: reason ?? 'no reason was given' },
            null,
          ),
        ],
  );
  const refused = snapshot.sign_ins
    .filter((one) => one.refused)
    .map(({ connection, credential }) =>
      finding('health.sign-in-refused', { connection }, { credential }, null),
    );
  const silent = limits.flatMap(({ connection, breaker }) =>
    breaker.state === 'closed'
      ? []
      : [finding('health.not-answering', { connection }, {}, Date.parse(breaker.since) / 1_000)],
  );
  const spent = [...usedOf(limits)].flatMap(([connection, used]) => {
    if (used < bounds.budgetShort) return [];
    const code: FindingCode = used >= 1 ? 'health.budget-used' : 'health.budget-short';
    return [finding(code, { connection }, { used: `${Math.floor(used * 100)}%` }, null)];
  });
  return [...paused, ...refused, ...onePerConnection(silent), ...spent];
}

/** Of a connection with many units the one that fell silent first. */
function onePerConnection(found: readonly Finding[]): Finding[] {
  const first = new Map<string | null, Finding>();
  for (const one of found.toSorted((a, b) => ((a.since ?? '') < (b.since ?? '') ? -1 : 1))) {
    if (!first.has(one.connection)) first.set(one.connection, one);
  }
  return [...first.values()];
}

/** The share of a day's calls that is used, per connection: of the unit that has used most. */
export function usedOf(limits: readonly LimitReport[]): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const { connection, day } of limits) {
    if (!day) continue;
    const shares = Object.values(day.shares);
    const limit = shares.reduce((sum, one) => sum + one.limit, 0);
    const used = shares.reduce((sum, one) => sum + one.used, 0);
    if (limit > 0) most.set(connection, Math.max(most.get(connection) ?? 0, used / limit));
  }
  return most;
}

function ofCopies(facts: Facts): Finding[] {
  const { now } = facts.snapshot;
  return dueCopies(facts).flatMap(({ connection, object, count, since }) => {
    const late = since === null ? 0 : now - since;
    if (late < bounds.behind) return [];
    const code: FindingCode = late < bounds.stale ? 'health.behind' : 'health.stale';
    return [finding(code, { connection, object }, { count, age: spanOf(late) }, since)];
  });
}

function ofMessages(facts: Facts): Finding[] {
  const { now } = facts.snapshot;
  return dueMessages(facts).flatMap(({ connection, object, count, since }) => {
    const late = since === null ? 0 : now - since;
    if (late < bounds.inboxBehind) return [];
    const code: FindingCode = late < bounds.inboxStale ? 'health.inbox-behind' : 'health.inbox-stale';
    return [finding(code, { connection, object }, { count, age: spanOf(late) }, since)];
  });
}

function ofPolls({ snapshot }: Facts): Finding[] {
  const { now, polls } = snapshot;
  return polls.flatMap(({ connection, object, interval_seconds: interval, covered, attempts, code }) => {
    // One that has never come to its end is late only if it fails: the first reading may take hours.
    if (covered === null && attempts === 0) return [];
    const age = covered === null ? Number.POSITIVE_INFINITY : now - covered;
    const late = Math.max(pollGraceSeconds, bounds.pollLate * interval);
    if (covered !== null && age < late) return [];
    const stale =
      covered === null ? attempts >= 5 : age >= Math.max(pollGraceSeconds * 2, bounds.pollStale * interval);
    const values = {
      age: covered === null ? 'never, not even once,' : spanOf(age),
      interval: spanOf(interval),
      why: code === null ? '' : ` The last try ended with ${code}.`,
    };
    return [
      finding(stale ? 'health.poll-stale' : 'health.poll-late', { connection, object }, values, covered),
    ];
  });
}

function ofStuck(facts: Facts): Finding[] {
  const { now } = facts.snapshot;
  const copies = stuckCopies(facts);
  const messages = stuckMessages(facts);
  const isForCode = ({ code }: Stuck): boolean => code?.endsWith('waits-for-code') ?? false;
  const waiting = copies.filter(({ state }) => state === 'waiting');
  const toldApart = ['push.blocked-by', 'push.period-closed'];
  const others = waiting.filter((one) => !isForCode(one) && !toldApart.includes(one.code ?? ''));
  return [
    ...together(
      'health.unknown-writes',
      copies.filter(({ state }) => state === 'unknown'),
    ),
    ...together('health.dead-letters', [
      ...copies.filter(({ state }) => state === 'parked'),
      ...messages.filter(({ state }) => state === 'dead'),
    ]),
    ...together('health.waits-for-code', [
      ...waiting.filter(isForCode),
      ...messages.filter(({ state }) => state === 'waiting'),
    ]),
    ...together(
      'health.blocked',
      waiting.filter(({ code }) => code === 'push.blocked-by'),
    ),
    ...together(
      'health.waits-long',
      others.filter(({ since }) => since !== null && now - since > bounds.waitsLong),
      (since) => ({ age: spanOf(now - since) }),
    ),
  ];
}

/** One finding per place. */
function together(
  code: FindingCode,
  stuck: readonly Stuck[],
  more: (since: number) => Readonly<Record<string, string>> = () => ({}),
): Finding[] {
  const places = new Map<string, Stuck[]>();
  for (const one of stuck) {
    const key = JSON.stringify([one.connection, one.object]);
    places.set(key, [...(places.get(key) ?? []), one]);
  }
  return [...places.values()].map((list) => {
    const { connection, object } = list[0] as Stuck;
    const since = earliest(list.map((one) => one.since));
    const count = list.reduce((sum, one) => sum + one.count, 0);
    return finding(code, { connection, object }, { count, ...(since === null ? {} : more(since)) }, since);
  });
}

function ofOthers({ snapshot }: Facts): Finding[] {
  return [
    ...snapshot.held_deletions.map(({ connection, object, count, since }) =>
      finding('health.deletions-held', { connection, object }, { count }, since),
    ),
    ...snapshot.closed_periods.map(({ connection, book, period, count, since, amounts }) => {
      const worth = Object.entries(amounts ?? {}).map(([currency, sum]) => `${sum} ${currency}`.trim());
      const values = {
        ...{ count, period: book === '' ? period : `${period} (${book})` },
        worth: worth.length === 0 ? '' : `, worth ${worth.join(' + ')},`,
      };
      return finding('health.period-closed', { connection }, values, since);
    }),
    ...snapshot.overdue_requests.map(({ connection, object, kind, count, since }) =>
      finding('health.requests-overdue', { connection, object }, { count, kind }, since),
    ),
  ];
}

/** Days that come whatever happens: authorisations end, books are closed. */
function ofDays({ snapshot, ends, closings }: Facts): Finding[] {
  const { now, open_documents: open } = snapshot;
  const dayOf = (at: number): string => new Date(at * 1_000).toISOString().slice(0, 10);
  const ending = ends.flatMap(({ connection, at }) => {
    if (at - now >= bounds.authorisation) return [];
    return at > now
      ? [
          finding(
            'health.authorisation-ends',
            { connection },
            { day: dayOf(at), left: spanOf(at - now) },
            null,
          ),
        ]
      : [finding('health.authorisation-ended', { connection }, { day: dayOf(at) }, at)];
  });
  const closing = closings.flatMap(({ connection, month, at }) => {
    const { count = 0, since = null } = open.find((one) => one.connection === connection) ?? {};
    if (count === 0) return [];
    return [finding('health.books-closing', { connection }, { count, month, left: spanOf(at - now) }, since)];
  });
  return [...ending, ...closing];
}

/** Those who follow what happens: subscriptions, rules and milestones. */
function ofFollowers({ snapshot }: Facts): Finding[] {
  const { now } = snapshot;
  return [
    ...snapshot.deliveries.flatMap(({ subscription, state, count, failing }) => {
      if (state !== 'enabled') return [finding('health.subscription-off', {}, { subscription, state }, null)];
      if (failing === null || now - failing < bounds.failing) return [];
      const values = { subscription, count, age: spanOf(now - failing) };
      return [finding('health.subscription-failing', {}, values, failing)];
    }),
    ...snapshot.stuck_rules.map(({ rule, count, since }) =>
      finding('health.rule-stuck', {}, { rule, count }, since),
    ),
    ...snapshot.missed.map(({ rule, count }) =>
      finding('health.milestone-missed', {}, { rule, count }, null),
    ),
  ];
}

/** A stretch of time for a sentence: `12 s`, `5 min`, `3 h`, `2 d`. */
export function spanOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
