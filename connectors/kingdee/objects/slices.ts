/** Runs a batch in several calls; each tells its own items. */
import {
  ConnectorError,
  type Decision,
  HalfDone,
  type WriteItem,
  type WriteResult,
} from '../../kit/index.ts';

type Call = (items: readonly WriteItem[]) => Promise<readonly WriteResult[]>;

/** Runs a batch in slices of at most `size`; see `inCalls`. */
export function inChunks(
  items: readonly WriteItem[],
  size: number,
  run: Call,
): Promise<readonly WriteResult[]> {
  return inCalls(items, slicesOf(items, size), run);
}

/**
 * Makes one call after the other over parts of `items` and answers in the order of `items`. A call that fails as a
 * whole fails for its own items only. Where the failure is the whole connection's, those after it were not sent.
 */
export async function inCalls(
  items: readonly WriteItem[],
  parts: readonly (readonly WriteItem[])[],
  run: Call,
): Promise<readonly WriteResult[]> {
  const results = new Map<WriteItem, WriteResult>();
  let unsent: Decision = notSent;
  for (const part of parts) {
    try {
      const told = await run(part);
      part.forEach((item, at) => {
        const result = told[at];
        if (result) results.set(item, result);
      });
    } catch (error) {
      if (parts.length === 1) throw error;
      if (!(error instanceof ConnectorError)) {
        const rest = parts.slice(parts.indexOf(part) + 1).flat();
        for (const item of rest) results.set(item, { ok: false, decision: unsent });
        throw new HalfDone(
          items.map((item) => results.get(item)),
          error,
        );
      }
      for (const item of part) results.set(item, { ok: false, decision: error.decision });
      if (error.decision.kind === 'fatal' || error.decision.kind === 'throttle') {
        unsent = error.decision;
        break;
      }
    }
  }
  return items.map((item) => results.get(item) ?? { ok: false, decision: unsent });
}

/** Groups of at most `size`, in order. */
export function slicesOf(items: readonly WriteItem[], size: number): (readonly WriteItem[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_none, at) =>
    items.slice(at * size, at * size + size),
  );
}

const notSent: Decision = {
  kind: 'retry',
  code: 'kingdee.not-sent',
  message: 'The bill was not sent, because a call before it failed. It is sent later.',
};
