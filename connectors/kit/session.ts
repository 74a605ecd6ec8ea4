/**
 * Sessions and tokens: one login at a time, shared by every call, and no hammering with a wrong secret
 * (vendors lock accounts after a few failures).
 */
import { isDecision } from './errors.ts';
import { stopped } from './limiter.ts';
import { manyMayListen } from './listeners.ts';
import type { SharedTokens } from './shared.ts';
import type { ConnectorError } from './types.ts';

export interface SingleFlight<T> {
  /** The current value; loads it when there is none or it is older than its time to live. */
  get(): Promise<T>;
  /** Says that this very value is no longer good. Saying so of an older one changes nothing. */
  drop(value: T): void;
}

/** Lets all processes of a hub use one token: vendors end the older session when somebody signs in anew. */
export interface Sharing<T> {
  /** `ConnectionContext.shared?.tokens`. Undefined: a token of this process alone. */
  readonly tokens: SharedTokens | undefined;
  /** The credential's name. */
  readonly name: string;
  /** The value as text, to be kept sealed, and back. */
  write(value: T): string;
  read(text: string): T;
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
 * @param sharing with it the value comes from, and goes to, what all processes share
 */
export function singleFlight<T>(
  load: () => Promise<T>,
  ttlMs: number,
  now: () => number,
  sharing?: Sharing<T>,
): SingleFlight<T> {
  let current: { readonly value: T; readonly until: number; readonly version?: number } | undefined;
  /** The shared token that was found to be no longer good. */
  let dropped: number | undefined;
  let loading: Promise<T> | undefined;
  let refused: { readonly error: ConnectorError; readonly until: number } | undefined;

  async function start(): Promise<T> {
    try {
      if (sharing?.tokens) current = await shared(sharing, sharing.tokens);
      else current = { value: await load(), until: now() + ttlMs };
      return current.value;
    } catch (error) {
      if (isDecision(error, 'fatal')) refused = { error, until: now() + fatalHoldMs };
      throw error;
    } finally {
      loading = undefined;
    }
  }

  async function shared({ name, write, read }: Sharing<T>, tokens: SharedTokens) {
    const { text, version, leftMs } = await tokens.obtain(name, dropped, ttlMs, async () =>
      write(await load()),
    );
    return { value: read(text), until: now() + leftMs, version };
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
      if (!current || !Object.is(current.value, value)) return;
      dropped = current.version;
      current = undefined;
    },
  };
}

/**
 * Runs a call with the session; when the vendor says the session is gone (`reauth`), signs in again and
 * repeats the call once. Safe for writes: `reauth` means the vendor refused before doing anything.
 *
 * @param signal of the call: it waits for the session no longer than this, and throws `retry` `http.unreachable` then
 */
export async function withSession<T, R>(
  session: Pick<SingleFlight<T>, 'get' | 'drop'>,
  signal: AbortSignal,
  call: (value: T) => Promise<R>,
): Promise<R> {
  const first = await unlessStopped(session.get(), signal);
  try {
    return await call(first);
  } catch (error) {
    if (!isDecision(error, 'reauth')) throw error;
    session.drop(first);
    return call(await unlessStopped(session.get(), signal));
  }
}

/** A sign-in belongs to everybody who waits for it: who leaves does not end it for the others. */
async function unlessStopped<T>(signIn: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = (): void => undefined;
  const left = new Promise<'left'>((resolve) => (leave = () => resolve('left')));
  manyMayListen(signal);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    const value = await Promise.race([left, signIn.then((got) => ({ got }))]);
    if (value === 'left') stopped(signal);
    return value.got;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
