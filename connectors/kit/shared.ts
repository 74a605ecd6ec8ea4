/**
 * What the processes of one hub share about a connection: the vendor counts calls and ends sessions whichever
 * process caused them. The kit only asks; the hub brings the answers through `ConnectionContext.shared`. Without
 * one everything holds for this process alone.
 */
import type { Limiter } from './limiter.ts';
import type { Limits } from './types.ts';

/** What a day's calls are divided between. */
export const callKinds = ['fetch', 'poll', 'write', 'backfill', 'operator'] as const;
export type CallKind = (typeof callKinds)[number];

export interface SharedConnection {
  /**
   * A limiter whose limits hold over all processes together. Undefined: nothing is limited, and nothing is paid.
   * @param unit what the vendor counts calls of, e.g. a store account; empty: the whole connection
   */
  limiter(unit: string, limits: Limits): Limiter | undefined;
  /** Who may ask a silent vendor whether it is back. */
  probes(unit: string): SharedProbes;
  readonly tokens: SharedTokens;
}

export interface SharedProbes {
  /** This process found the vendor silent and stays away for so long, ms. Returns at once, never throws. */
  opened(pauseMs: number): void;
  /** 0: this process asks the vendor now. Else another one does: stay away for so many ms. Never throws. */
  claim(): Promise<number>;
  /** The vendor answers again. Returns at once, never throws. */
  closed(): void;
}

export interface SharedToken {
  readonly text: string;
  /** Grows with every sign-in: to say later which token the vendor refused. */
  readonly version: number;
  /** How much longer it is good, ms. */
  readonly leftMs: number;
}

export interface SharedTokens {
  /**
   * The token kept under a name, unless it is over or its version is `refused`. Else signs in, one process at a
   * time; whoever waited meanwhile gets that very token. What `signIn` throws is thrown on, and a `fatal` refusal
   * answers the other processes for a minute.
   * @param name credential, as the connector calls it
   */
  obtain(
    name: string,
    refused: number | undefined,
    ttlMs: number,
    signIn: () => Promise<string>,
  ): Promise<SharedToken>;
}

const kinds = new WeakMap<AbortSignal, CallKind>();

/** Marks what calls under this signal are for, so that they are paid from that share of the day; returns it. */
export function spendAs(kind: CallKind, signal: AbortSignal): AbortSignal {
  kinds.set(signal, kind);
  return signal;
}

/** What calls under a signal are for; undefined: nobody said. */
export function spentAs(signal: AbortSignal): CallKind | undefined {
  return kinds.get(signal);
}
