import type { Decision, FetchRequest, FetchResult, JsonObject } from '../../kit/index.ts';
import { concernsAll, type Desk, decisionIn, senseless, severalAtOnce } from '../desk.ts';

/** Fetches objects that can only be asked for one by one, each id once. `one` answers nothing for a senseless answer. */
export async function fetchOneByOne(
  desk: Desk,
  { hints, signal }: FetchRequest,
  one: (remoteId: string, signal: AbortSignal) => Promise<JsonObject | undefined>,
): Promise<FetchResult[]> {
  let stop: Decision | undefined;
  const results = new Map<string, FetchResult>();
  const ids = [...new Set(hints.map(({ remoteId }) => remoteId))];
  await severalAtOnce(ids, desk.config.concurrency, async (id) => {
    if (stop) return results.set(id, { found: false, decision: stop });
    try {
      const body = await one(id, signal);
      return results.set(id, body ? { found: true, body } : { found: false, decision: senseless });
    } catch (error) {
      const decision = decisionIn(error);
      if (concernsAll(decision)) stop = decision;
      return results.set(id, { found: false, decision });
    }
  });
  return hints.map(({ remoteId }) => results.get(remoteId) ?? { found: false, decision: senseless });
}
