import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { pollSeconds, useLive } from '../../api/live.ts';
import { refreshLists } from '../../api/queries.ts';

interface Told {
  readonly state: string;
  readonly done: number;
  readonly total: number | null;
}

const states = ['running', 'done', 'cancelled', 'failed'] as const;

/**
 * What is told of long work while it goes on, over what was read of it: `now(id, read)`. When something begins or ends
 * its list and what is open are read again.
 */
export function useProgress(event: 'backfill' | 'job', list: string) {
  const queries = useQueryClient();
  const [heard, setHeard] = useState<ReadonlyMap<string, Told>>(new Map());
  const live = useLive((told) => {
    if (told.event !== event) return;
    const { id, state, done, total } = told.data;
    const before = heard.get(id);
    setHeard((all) => new Map(all).set(id, { state, done: done ?? 0, total }));
    if (before?.state === state) return;
    void refreshLists(queries, list);
    void queries.invalidateQueries({ queryKey: [event, id] });
  });
  const now = <Item extends { state: (typeof states)[number]; done: number; total: number | null }>(
    id: string,
    read: Item,
  ): Item => {
    const told = heard.get(id);
    // What has ended was read again; what was told before says less.
    if (told === undefined || read.state !== 'running' || told.state !== 'running') return read;
    return { ...read, done: Math.max(read.done, told.done), total: told.total ?? read.total };
  };
  return { live, now, refetchInterval: live === false ? pollSeconds * 1_000 : (false as const) };
}
