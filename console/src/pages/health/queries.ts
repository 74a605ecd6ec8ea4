import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { answer, hub } from '../../api/client.ts';
import { pollSeconds, useLive } from '../../api/live.ts';

/** Heard live, what is shown is read again at most so often. */
const calmMs = 2_500;
/** And at least so often: ages grow, and the time charts show moves on. */
const slowMs = 30_000;

/** Everything the page shows, kept up to date; `live` is what `useLive` answers. */
export function useHealth(minutes: number) {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const live = useLive(({ event }) => {
    if (event === 'job' || event === 'backfill') return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      for (const key of ['health', 'flows', 'problems', 'rules'])
        void queries.invalidateQueries({ queryKey: [key] });
    }, calmMs);
  });
  const refetchInterval = live === false ? pollSeconds * 1_000 : slowMs;
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/health', { signal })),
    refetchInterval,
  });
  const flows = useQuery({
    queryKey: ['flows', minutes],
    queryFn: ({ signal }) => answer(hub.GET('/v1/flows', { params: { query: { minutes } }, signal })),
    refetchInterval,
    placeholderData: (before) => before,
  });
  const syncs = useQuery({
    queryKey: ['syncs'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/syncs', { signal })),
  });
  const problems = useQuery({
    queryKey: ['problems', {}],
    queryFn: ({ signal }) => answer(hub.GET('/v1/problems', { signal })),
    refetchInterval,
  });
  const rules = useQuery({
    queryKey: ['rules'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/rules', { signal })),
    refetchInterval,
  });
  return { live, health, flows, syncs, problems, rules };
}
