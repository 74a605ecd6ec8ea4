/**
 * Tokens whose vendor says how long they are good: renewed a little before that, by one call for all who ask and,
 * where the hub shares what it knows, by one process for all. `session.ts` is for sessions without a told end.
 */

import { type SingleFlight, singleFlight } from './session.ts';
import type { SharedTokens } from './shared.ts';

/** A token and when it ends. Must survive JSON: it is kept as text, sealed. */
export interface ExpiringToken {
  readonly token: string;
  /** Milliseconds since the epoch; after this the vendor refuses it. */
  readonly until: number;
}

export interface ExpiringTokenOptions<T extends ExpiringToken> {
  /**
   * Gets a token. `last` is the newest one any process has had, good or not: what a refresh token is taken from.
   * A wrong secret must be thrown as `fatal`: that is answered from memory for a minute, so nobody is locked out.
   */
  load(last: T | undefined): Promise<T>;
  /** A kept token back from its JSON. Throws when it is none. */
  read(kept: unknown): T;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** `ConnectionContext.shared?.tokens`. */
  readonly shared?: SharedTokens | undefined;
  /** The credential's name. Default `default`. */
  readonly name?: string;
  /** A token is renewed this long before its end, ms; never more than a tenth of its life. Default 60 000. */
  readonly earlyMs?: number;
}

/**
 * Kept long past its end: a refresh token inside is needed to renew what is over. That it is over is seen from
 * `until`, not from this.
 */
const keptMs = 400 * 86_400_000;

/** A token source for `withSession`. A token that another process got meanwhile is taken instead of asking the vendor. */
export function expiringToken<T extends ExpiringToken>(options: ExpiringTokenOptions<T>): SingleFlight<T> {
  const { now, earlyMs = 60_000 } = options;
  let last: T | undefined;
  const lives = new WeakMap<T, number>();

  const known = (token: T): T => {
    last = token;
    lives.set(token, Math.max(0, token.until - now()));
    return token;
  };
  const flight = singleFlight(async () => known(await options.load(last)), keptMs, now, {
    tokens: options.shared,
    name: options.name ?? 'default',
    write: (value) => JSON.stringify(value),
    read: (text) => known(options.read(JSON.parse(text))),
  });
  const isOver = (token: T): boolean =>
    now() >= token.until - Math.min(earlyMs, (lives.get(token) ?? 0) / 10);

  return {
    async get() {
      const first = await flight.get();
      if (!isOver(first)) return first;
      flight.drop(first);
      const second = await flight.get();
      if (!isOver(second)) return second;
      // The one another process had kept was over as well: whoever asks for it now gets it renewed.
      flight.drop(second);
      return flight.get();
    },
    drop: (value) => flight.drop(value),
  };
}
