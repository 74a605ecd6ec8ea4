/** The part of a simulator that hands out tokens, lets them run out, and counts who asked. */
import { randomUUID } from 'node:crypto';

export interface TokenDeskOptions {
  /** How long a token is good, ms. */
  readonly ttlMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** After so many wrong secrets in a row the subject is locked out. Default: never. */
  readonly lockAfter?: number;
  /** A new token of a subject ends the ones before. Default true. */
  readonly single?: boolean;
}

export type TokenState = 'good' | 'expired' | 'unknown';

export class TokenDesk {
  readonly #options: TokenDeskOptions;
  readonly #tokens = new Map<string, { readonly subject: string; until: number }>();
  readonly #wrong = new Map<string, number>();
  #asked = 0;

  constructor(options: TokenDeskOptions) {
    this.#options = options;
  }

  /** How often a token was asked for, refusals included. */
  get asked(): number {
    return this.#asked;
  }

  /** A new token, or why there is none. @param subject who asks: a user, an application */
  issue(
    subject: string,
    secretIsRight: boolean,
  ): { readonly token: string; readonly ttlMs: number } | 'wrong' | 'locked' {
    this.#asked += 1;
    const { lockAfter = Number.POSITIVE_INFINITY, single = true, ttlMs, now } = this.#options;
    const wrong = this.#wrong.get(subject) ?? 0;
    if (wrong >= lockAfter) return 'locked';
    if (!secretIsRight) {
      this.#wrong.set(subject, wrong + 1);
      return 'wrong';
    }
    this.#wrong.delete(subject);
    if (single) for (const one of this.#tokens.values()) if (one.subject === subject) one.until = 0;
    const token = randomUUID();
    this.#tokens.set(token, { subject, until: now() + ttlMs });
    return { token, ttlMs };
  }

  stateOf(token: string | undefined): TokenState {
    const found = token === undefined ? undefined : this.#tokens.get(token);
    if (!found) return 'unknown';
    return this.#options.now() < found.until ? 'good' : 'expired';
  }

  /** Whose token it is, while it is good. */
  subjectOf(token: string | undefined): string | undefined {
    return token !== undefined && this.stateOf(token) === 'good'
      ? this.#tokens.get(token)?.subject
      : undefined;
  }

  /** Every token handed out so far is over. */
  expireAll(): void {
    for (const one of this.#tokens.values()) one.until = 0;
  }
}
