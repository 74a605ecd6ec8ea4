import type { Party } from '../lanes/landscape.ts';
import type { LimitReport } from '../lanes/limits/report.ts';
import { countedRows, type Snapshot } from '../ledger/snapshot.ts';

/** Everything health and gauges are made of, read at one moment. */
export interface Facts {
  readonly snapshot: Snapshot;
  readonly limits: readonly LimitReport[];
  readonly parties: readonly Pick<
    Party,
    'sync' | 'connection' | 'object' | 'entity' | 'reads' | 'writes' | 'pollMs'
  >[];
  /** When what lets us in somewhere ends, and when books are closed; seconds since the epoch. */
  readonly ends: readonly { readonly connection: string; readonly at: number }[];
  readonly closings: readonly { readonly connection: string; readonly month: string; readonly at: number }[];
}

/** What is due in one place. `since`: the oldest, seconds since the epoch. */
export interface Due {
  readonly connection: string;
  readonly object: string;
  readonly entity: string | null;
  readonly count: number;
  readonly since: number | null;
}

/** Copies that are due, by connection, object and entity. */
export function dueCopies({ snapshot }: Facts): readonly Due[] {
  const { copies, oldest_copies: oldest } = snapshot;
  const due = copies.filter(({ state }) => state === 'due');
  return dueIn(
    due.map(({ connection, object, entity, count, since }) => ({ connection, object, entity, count, since })),
    oldest,
    isCapped(due) ? countedOf(snapshot, 'links', ['due']) : [],
  );
}

/** Messages that are due, by connection and object. */
export function dueMessages({ snapshot }: Facts): readonly Due[] {
  const { messages, oldest_messages: oldest } = snapshot;
  const due = messages.filter(({ state }) => state === 'due');
  return dueIn(
    due.map(({ connection, object, count, since }) => ({ connection, object, entity: null, count, since })),
    oldest,
    isCapped(due) ? countedOf(snapshot, 'inbox', ['due']).map((one) => ({ ...one, entity: null })) : [],
  );
}

/** Whether more rows are due or stuck than were counted now. */
export function cappedKinds({ copies, messages }: Snapshot): {
  readonly copies: boolean;
  readonly messages: boolean;
} {
  const isOver = (found: readonly { readonly state: string; readonly count: number }[]): boolean =>
    isCapped(found.filter(({ state }) => state === 'due')) ||
    isCapped(found.filter(({ state }) => state !== 'due'));
  return { copies: isOver(copies), messages: isOver(messages) };
}

/** What is stuck, by place and state; from the background where it is more than was counted now. */
export function stuckCopies({ snapshot }: Facts): readonly Stuck[] {
  const stuck = snapshot.copies.filter(({ state }) => state !== 'due');
  return stuckIn(
    stuck,
    isCapped(stuck) ? countedOf(snapshot, 'links', ['waiting', 'unknown', 'parked']) : [],
  );
}

export function stuckMessages({ snapshot }: Facts): readonly Stuck[] {
  const stuck = snapshot.messages.filter(({ state }) => state !== 'due');
  return stuckIn(stuck, isCapped(stuck) ? countedOf(snapshot, 'inbox', ['waiting', 'dead']) : []);
}

export interface Stuck {
  readonly connection: string;
  readonly object: string;
  readonly state: string;
  readonly code: string | null;
  readonly count: number;
  readonly since: number | null;
}

function isCapped(found: readonly { readonly count: number }[]): boolean {
  return found.reduce((sum, one) => sum + one.count, 0) > countedRows;
}

interface Counted {
  readonly connection: string;
  readonly object: string;
  readonly entity: string | null;
  readonly state: string;
  readonly count: number;
}

function countedOf(snapshot: Snapshot, section: 'links' | 'inbox', states: readonly string[]): Counted[] {
  const told = snapshot.counted.find((one) => one.section === section)?.told ?? [];
  return told
    .filter(({ state }) => states.includes(state))
    .map(({ entity = null, connection, object, state, count }) => ({
      connection,
      object,
      entity,
      state,
      count,
    }));
}

function dueIn(
  now: readonly Due[],
  oldest: readonly Omit<Due, 'count'>[],
  before: readonly Omit<Due, 'since'>[],
): Due[] {
  const places = new Map<string, Due>();
  for (const one of [
    ...now,
    ...oldest.map((row) => ({ ...row, count: 1 })),
    ...before.map((row) => ({ ...row, since: null })),
  ]) {
    const key = `${one.connection}/${one.object}/${one.entity}`;
    const known = places.get(key);
    places.set(key, {
      connection: one.connection,
      object: one.object,
      entity: one.entity,
      count: Math.max(known?.count ?? 0, one.count),
      since: earliest([known?.since ?? null, one.since]),
    });
  }
  return [...places.values()];
}

function stuckIn(now: readonly Stuck[], before: readonly Counted[]): readonly Stuck[] {
  if (before.length === 0) return now;
  // How much of each cause there is was not counted: the first cause seen stands for its state.
  return before.map(({ connection, object, state, count }) => {
    const alike = now.filter(
      (one) => one.connection === connection && one.object === object && one.state === state,
    );
    const seen = alike.reduce((sum, one) => sum + one.count, 0);
    return {
      connection,
      object,
      state,
      code: alike[0]?.code ?? null,
      count: Math.max(count, seen),
      since: earliest(alike.map((one) => one.since)),
    };
  });
}

/** The first of some moments; null: none is known. */
export function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}
