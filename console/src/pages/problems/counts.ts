import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { pollSeconds, useLive } from '../../api/live.ts';
import type { Tab } from './route.ts';

type Counts = Readonly<Partial<Record<Tab, number>>>;

/** Lists somebody has scrolled through further are left as they are. */
const mostPages = 3;

/**
 * How much of each there is, as the hub tells it. What the page shows is read again whenever that changes; from time to
 * time where it is not told live.
 */
export function useProblemCounts(): {
  readonly counts: Counts | undefined;
  readonly live: boolean | undefined;
} {
  const client = useQueryClient();
  const [told, setTold] = useState<Readonly<Record<string, number>>>();
  const live = useLive(({ event, data }) => {
    if (event === 'problems') setTold(data);
  });
  useEffect(() => {
    if (told !== undefined) void readAgain(client);
  }, [told, client]);
  useEffect(() => {
    if (live !== false) return;
    const timer = setInterval(() => void readAgain(client), pollSeconds * 1_000);
    return () => clearInterval(timer);
  }, [live, client]);
  return { live, counts: told && countsOf(told) };
}

function countsOf(told: Readonly<Record<string, number>>): Counts {
  const sum = (...names: readonly string[]): number =>
    names.reduce((total, name) => total + (told[name] ?? 0), 0);
  return {
    unknown: sum('unknownCopies'),
    waits: sum('waitingMessages', 'waitingCopies'),
    conflicts: sum('conflicts'),
    matches: sum('matches'),
    requests: sum('requests'),
    derived: sum('parkedGroups'),
    rules: sum('rules'),
    causes: sum(
      ...['deadMessages', 'parkedCopies', 'unknownCopies'],
      ...['waitingMessages', 'waitingCopies', 'parkedGroups'],
    ),
  };
}

type Client = ReturnType<typeof useQueryClient>;

/** Everything the page shows. */
export async function readAgain(client: Client): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['problems'] }),
    client.invalidateQueries({
      queryKey: ['list', 'problems'],
      predicate: ({ state }) =>
        ((state.data as InfiniteData<unknown> | undefined)?.pages.length ?? 0) <= mostPages,
    }),
  ]);
}
