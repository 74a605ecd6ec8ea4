import { type InfiniteData, MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { HubProblem } from './problem.ts';
import { sessionEnded } from './session-end.ts';

const heed = (error: unknown): void => sessionEnded.heed(error);

/** Refusals stay refusals; what did not arrive or failed inside is asked for once more, what came too fast later. */
function shouldAskAgain(failures: number, error: unknown): boolean {
  if (!(error instanceof HubProblem)) return false;
  if (error.status === 429) return failures < 3;
  return failures < 1 && (error.status === 0 || error.status >= 500);
}

function askAgainAfter(failures: number, error: unknown): number {
  const told = error instanceof HubProblem ? error.retryAfter : undefined;
  return told === undefined ? 500 * (failures + 1) : Math.min(10, told) * 1_000;
}

export function newQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: heed }),
    mutationCache: new MutationCache({ onError: heed }),
    defaultOptions: {
      queries: { staleTime: 5_000, retry: shouldAskAgain, retryDelay: askAgainAfter, networkMode: 'always' },
      // An action is never repeated by itself.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/**
 * Reads lists whose key begins so again: from their first page, not all pages somebody has scrolled through.
 */
export async function refreshLists(client: QueryClient, ...key: readonly unknown[]): Promise<void> {
  client.setQueriesData<InfiniteData<unknown>>({ queryKey: ['list', ...key] }, (data) =>
    data === undefined ? data : { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
  );
  await client.invalidateQueries({ queryKey: ['list', ...key] });
}
