/** Transactions of either driver: what an error in them means depends on whether the commit had been sent. */
import {
  type ConnectionContext,
  ConnectorError,
  createLimiter,
  type Decision,
  fail,
  type Limiter,
} from '../kit/index.ts';
import { manyMayListen } from '../kit/listeners.ts';
import { maySend } from '../kit/sending.ts';
import { spentAs } from '../kit/shared.ts';
import type { SqlConfig, SqlSecrets } from './config.ts';
import type { DatabaseFault, How, Statements } from './driver.ts';
import { decisionOf, unclearCommit } from './errors.ts';

/** One connection of a pool. */
export interface Lease extends Statements {
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Gives it back; `broken`: nobody uses it again. */
  release(broken: boolean): void;
}

export interface Transactions {
  run<R>(work: (statements: Statements) => Promise<R>, how: How): Promise<R>;
}

/** How long a refusal of the whole account is answered from memory, ms: nobody is locked out for asking again. */
const refusedForMs = 30_000;

/** @param faultOf reads the driver's error; undefined: it is none of the database's */
export function transactionsOf(
  context: ConnectionContext<SqlConfig, SqlSecrets>,
  lease: () => Promise<Lease>,
  faultOf: (error: unknown) => DatabaseFault | undefined,
): Transactions {
  const { now, shared, connection, onCall } = context;
  const { limits } = context.config;
  const limiter: Limiter = shared?.limiter('', limits) ?? createLimiter({ limits });
  let refused: { readonly decision: Decision; readonly until: number } | undefined;

  function asDecision(error: unknown, how: How): ConnectorError {
    if (error instanceof ConnectorError) return error;
    const fault = faultOf(error);
    if (!fault) throw error;
    const decision = decisionOf(fault, how.what);
    if (decision.code === 'sql.not-let-in') refused = { decision, until: now() + refusedForMs };
    return new ConnectorError(decision, error);
  }

  async function attempt<R>(work: (statements: Statements) => Promise<R>, how: How): Promise<R> {
    let one: Lease;
    try {
      one = await lease();
    } catch (error) {
      throw asDecision(error, how);
    }
    let committing = false;
    const end = endOf(how.signal);
    try {
      await end.or(one.begin());
      const result = await end.or(work(one));
      if (!maySend(how.signal)) fail(stopped(how));
      committing = !how.readOnly;
      await end.or(one.commit());
      one.release(false);
      return result;
    } catch (error) {
      if (error instanceof Ended) {
        one.release(true);
        if (committing)
          fail(unclearCommit({ code: '', message: 'nobody answered in time', column: undefined }, how.what));
        fail(stopped(how));
      }
      const fault = committing ? faultOf(error) : undefined;
      // A commit that is refused is an answer; one that nobody answered is not.
      if (fault && decisionOf(fault, how.what).code === 'sql.unreachable') {
        one.release(true);
        throw new ConnectorError(unclearCommit(fault, how.what), error);
      }
      await one.rollback().then(
        () => one.release(false),
        () => one.release(true),
      );
      throw asDecision(error, how);
    } finally {
      end.forget();
    }
  }

  return {
    async run(work, how) {
      if (refused && now() < refused.until) throw new ConnectorError(refused.decision);
      refused = undefined;
      if (!maySend(how.signal)) fail(stopped(how));
      const asked = performance.now();
      const release = await limiter.acquire(how.signal, !how.readOnly);
      const started = performance.now();
      let outcome: 'ok' | Decision['kind'] = 'ok';
      try {
        return await attempt(work, how);
      } catch (error) {
        outcome = error instanceof ConnectorError ? error.decision.kind : 'retry';
        throw error;
      } finally {
        release();
        onCall?.({
          connection,
          operation: how.what,
          kind: spentAs(how.signal) ?? (how.readOnly ? 'other' : 'write'),
          waitedMs: started - asked,
          durationMs: performance.now() - started,
          outcome,
        });
      }
    },
  };
}

/** Nobody waits for the answer any more. */
class Ended extends Error {}

/** What is waited for, unless the signal fires first. */
function endOf(signal: AbortSignal): { or<R>(work: Promise<R>): Promise<R>; forget(): void } {
  let onAbort = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Ended());
  });
  // Whoever waits hears of it; nobody may.
  ended.catch(() => undefined);
  manyMayListen(signal);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    or: (work) => Promise.race([work, ended]),
    forget: () => signal.removeEventListener('abort', onAbort),
  };
}

function stopped({ what }: How): Decision {
  return { kind: 'retry', code: 'sql.stopped', message: `${what} was stopped; nothing was changed.` };
}
