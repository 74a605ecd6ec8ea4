/**
 * Sessions and tokens: one login at a time, shared by every call, and no hammering with a wrong secret
 * (vendors lock accounts after a few failures).
 */
import { isDecision } from './errors.ts';
import type { ConnectorError } from './types.ts';

export interface SingleFlight<T> {
  /** The current value; loads it when there is none or it is older than its time to live. */
  get(): Promise<T>;
  /** Says that this very value is no longer good. Saying so of an older one changes nothing. */
  drop(value: T): void;
}

/** How long a `fatal` login failure is answered from memory instead of asking the vendor again, ms. */
const fatalHoldMs = 60_000;

/**
 * Loads a value once for all who ask at the same time and keeps it for `ttlMs` (Infinity: until dropped).
 * Fifty calls that meet the same dead session drop the same value and so cause one login, not fifty.
 * A load that fails fails for all who waited; the next `get` tries again, except after a `fatal`
 * decision, which is repeated from memory for a minute.
 *
 * @param now milliseconds since the epoch
 */
export function singleFlight<T>(load: () => Promise<T>, ttlMs: number, now: () => number): SingleFlight<T> {
  let current: { readonly value: T; readonly until: number } | undefined;
  let loading: Promise<T> | undefined;
  let refused: { readonly error: ConnectorError; readonly until: number } | undefined;

  async function start(): Promise<T> {
    try {
      const value = await load();
      current = { value, until: now() + ttlMs };
      return value;
    } catch (error) {
      if (isDecision(error, 'fatal')) refused = { error, until: now() + fatalHoldMs };
      throw error;
    } finally {
      loading = undefined;
    }
  }

  return {
    get() {
      if (loading) return loading;
      const moment = now();
      if (current && moment < current.until) return Promise.resolve(current.value);
      if (refused && moment < refused.until) return Promise.reject(refused.error);
      current = undefined;
      refused = undefined;
      loading = start();
      return loading;
    },
    drop(value) {
      if (current && Object.is(current.value, value)) current = undefined;
    },
  };
}

/**
 * Runs a call with the session; when the vendor says the session is gone (`reauth`), signs in again and
 * repeats the call once. Safe for writes: `reauth` means the vendor refused before doing anything.
 */
export async function withSession<T, R>(
  session: SingleFlight<T>,
  call: (value: T) => Promise<R>,
): Promise<R> {
  const first = await session.get();
  try {
    return await call(first);
  } catch (error) {
    if (!isDecision(error, 'reauth')) throw error;
    session.drop(first);
    return call(await session.get());
  }
}
