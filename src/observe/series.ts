/** The last hour of connections and syncs, from samples of every process. Pure. */
import type { Party } from '../lanes/landscape.ts';
import type { Sample } from '../ledger/samples.ts';

/** One number per moment; null: nobody looked. */
export interface Line {
  /** Copies and messages that are due. */
  readonly backlog: readonly (number | null)[];
  /** How long the oldest of it has been due, seconds; 0: nothing is. */
  readonly freshness: readonly (number | null)[];
  /** Messages applied, copies written, and what of both failed, between the moment before and this one. */
  readonly applied: readonly number[];
  readonly pushed: readonly number[];
  readonly failed: readonly number[];
}

export interface Series {
  /** UTC ISO-8601. */
  readonly moments: readonly string[];
  readonly processes: readonly string[];
  readonly connections: readonly (Line & { readonly connection: string })[];
  readonly syncs: readonly (Line & { readonly sync: string })[];
}

type Place = Pick<Party, 'sync' | 'connection' | 'object'>;

export function seriesOf(
  samples: readonly Sample[],
  parties: readonly Place[],
  { from, to, stepMs }: { readonly from: number; readonly to: number; readonly stepMs: number },
): Series {
  const count = Math.floor((to - from) / stepMs) + 1;
  const slots: Sample[][] = Array.from({ length: Math.max(0, count) }, () => []);
  for (const sample of samples) slots[Math.round((sample.at.getTime() - from) / stepMs)]?.push(sample);
  const line = (isMeant: (place: { connection: string; object: string }) => boolean): Line => {
    const standing = slots.map((slot) => {
      // Every process sees the same hub: the first that looked is believed.
      const seen = slot.find((one) => one.standing !== null)?.standing?.filter(isMeant);
      return (
        seen && { due: sum(seen.map((one) => one.due)), late: Math.max(0, ...seen.map((one) => one.late)) }
      );
    });
    const done = slots.map((slot) => slot.flatMap((one) => one.done.filter(isMeant)));
    return {
      backlog: standing.map((one) => one?.due ?? null),
      freshness: standing.map((one) => one?.late ?? null),
      applied: done.map((list) => sum(list.map((one) => one.applied))),
      pushed: done.map((list) => sum(list.map((one) => one.pushed))),
      failed: done.map((list) => sum(list.map((one) => one.failed))),
    };
  };
  const names = (of: (place: Place) => string): string[] => [...new Set(parties.map(of))].sort();
  return {
    moments: slots.map((_slot, index) => new Date(from + index * stepMs).toISOString()),
    processes: [...new Set(samples.map((one) => one.process))].sort(),
    connections: names((one) => one.connection).map((connection) => ({
      connection,
      ...line((place) => place.connection === connection),
    })),
    syncs: names((one) => one.sync).map((sync) => {
      const mine = parties.filter((party) => party.sync === sync);
      const isMine = (place: { connection: string; object: string }): boolean =>
        mine.some(({ connection, object }) => connection === place.connection && object === place.object);
      return { sync, ...line(isMine) };
    }),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
