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

/** A closed breaker; one per connection and process. */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { failures = 8, pauseMs = 1000, maxPauseMs = 30_000 } = options;
  let probeAt = 0;
  const policy = circuitBreaker(handleWhen(isVendorSilent), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: new DelegateBackoff(({ attempt }) => {
      const pause = Math.min(maxPauseMs, pauseMs * 2 ** Math.max(0, attempt - 1));
      probeAt = Date.now() + pause;
      return pause;
    }),
  });

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
        return await policy.execute(call);
      } catch (error) {
        if (error instanceof BrokenCircuitError) refuse();
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
