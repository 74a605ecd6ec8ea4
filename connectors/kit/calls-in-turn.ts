/** Runs a batch of writes in several calls, one after the other; each call tells its own items. */
import { ConnectorError, type Decision, HalfDone, type WriteItem, type WriteResult } from './types.ts';

/**
 * Makes one call per group of items and answers in the order of `items`. A call that fails as a whole fails for its
 * own items only, unless the failure is the whole connection's: then those after it are not sent. A single call
 * that fails throws what it threw.
 *
 * @param code stable code of the decision for what was not sent, `<connector>.not-sent`
 */
export async function callsInTurn(
  items: readonly WriteItem[],
  groups: readonly (readonly WriteItem[])[],
  code: string,
  call: (items: readonly WriteItem[]) => Promise<readonly WriteResult[]>,
): Promise<readonly WriteResult[]> {
  const results = new Map<WriteItem, WriteResult>();
  let unsent: Decision = { kind: 'retry', code, message: notSent };
  for (const [at, group] of groups.entries()) {
    try {
      const told = await call(group);
      group.forEach((item, index) => {
        const result = told[index];
        if (result) results.set(item, result);
      });
    } catch (error) {
      if (groups.length === 1) throw error;
      if (!(error instanceof ConnectorError)) {
        for (const item of groups.slice(at + 1).flat()) results.set(item, { ok: false, decision: unsent });
        throw new HalfDone(
          items.map((item) => results.get(item)),
          error,
        );
      }
      for (const item of group) results.set(item, { ok: false, decision: error.decision });
      if (error.decision.kind === 'fatal' || error.decision.kind === 'throttle') {
        unsent = error.decision;
        break;
      }
    }
  }
  return items.map((item) => results.get(item) ?? { ok: false, decision: unsent });
}

/** Groups of at most `size`, in order. */
export function inGroups<T>(items: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_none, at) =>
    items.slice(at * size, at * size + size),
  );
}

const notSent = 'This was not sent, because a call before it failed. It is sent later.';
