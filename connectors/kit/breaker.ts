/** Stops calling a vendor that does not answer, then asks again with one call at a time until it does. */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
} from 'cockatiel';
import { fail, isDecision } from './errors.ts';
import type { SharedProbes } from './shared.ts';

export interface BreakerOptions {
  /** Failures in a row that open it. Default 8. */
  readonly failures?: number;
  /** Pause before the first probe, ms; doubles with every probe that fails. Default 1000. */
  readonly pauseMs?: number;
  /** Longest pause, ms. Default 30 000. */
  readonly maxPauseMs?: number;
}

export interface Breaker {
  /**
   * Runs the call. While open throws ConnectorError `retry` `http.circuit-open` with `afterMs`; nothing was
   * sent then. Only `http.unreachable` and `http.no-answer` count as failures: an answer, however bad, is
   * an answer. After the pause one call probes; the others wait for what it finds.
   */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Throws as `run` does while open: to be asked before queueing for the limiter. */
  check(): void;
}

/** Cause of an error that the caller brought about by stopping the call: says nothing about the vendor. */
export class CallStopped extends Error {
  constructor() {
    super('The call was stopped by its caller.');
    this.name = 'CallStopped';
  }
}

const countedCodes = new Set(['http.unreachable', 'http.no-answer']);

/** Another process is asking the vendor right now. */
class ProbedElsewhere extends Error {
  readonly afterMs: number;
  constructor(afterMs: number) {
    super('Another process asks this vendor.');
    this.afterMs = afterMs;
  }
}

/**
 * A closed breaker; one per connection and process. With `probes` only one process at a time asks a vendor that
 * many found silent; the others wait for what it finds.
 */
export function createBreaker(options: BreakerOptions = {}, probes?: SharedProbes): Breaker {
  const { failures = 8, pauseMs = 1000, maxPauseMs = 30_000 } = options;
  let probeAt = 0;
  const policy = circuitBreaker(
    handleWhen((error) => error instanceof ProbedElsewhere || isVendorSilent(error)),
    {
      breaker: new ConsecutiveBreaker(failures),
      halfOpenAfter: new DelegateBackoff((context) => {
        const why = 'error' in context.result ? context.result.error : undefined;
        const elsewhere = why instanceof ProbedElsewhere ? why.afterMs : undefined;
        const pause = elsewhere ?? Math.min(maxPauseMs, pauseMs * 2 ** Math.max(0, context.attempt - 1));
        probeAt = Date.now() + pause;
        if (elsewhere === undefined) probes?.opened(pause);
        return pause;
      }),
    },
  );
  policy.onReset(() => probes?.closed());

  /** The first call after the pause, when it is this process that asks. */
  async function probe<T>(call: () => Promise<T>): Promise<T> {
    const afterMs = (await probes?.claim()) ?? 0;
    if (afterMs > 0) throw new ProbedElsewhere(afterMs);
    return call();
  }

  function refuse(): never {
    const afterMs = Math.max(1, probeAt - Date.now());
    fail({
      kind: 'retry',
      code: 'http.circuit-open',
      message: `The vendor did not answer ${failures} times in a row; it is asked again in ${afterMs} ms.`,
      afterMs,
    });
  }

  return {
    async run(call) {
      try {
        if (policy.state === CircuitState.Closed) return await policy.execute(call);
        // Which of those that come now is the probe is known when it runs: the others run with the circuit closed.
        return await policy.execute(() => (policy.state === CircuitState.Closed ? call() : probe(call)));
      } catch (error) {
        if (error instanceof BrokenCircuitError || error instanceof ProbedElsewhere) refuse();
        throw error;
      }
    },
    check() {
      if (policy.state === CircuitState.Open && Date.now() < probeAt) refuse();
    },
  };
}

function isVendorSilent(error: Error): boolean {
  return isDecision(error) && countedCodes.has(error.decision.code) && !(error.cause instanceof CallStopped);
}
