import { randomUUID } from 'node:crypto';
import type { SharedConnection, SharedProbes } from '../../../connectors/kit/shared.ts';
import type { Database } from '../../ledger/database.ts';
import type { Logger } from '../../log.ts';
import type { Keyring } from '../../security/index.ts';
import type { Budget } from './budget.ts';
import {
  claimProbe,
  decide,
  longestProbeMs,
  noteAnswering,
  noteSilent,
  probeLeaseMs,
  renewProbe,
} from './decide.ts';
import { SharedLimiter } from './limiter.ts';
import { type Decided, decideTogether } from './store.ts';
import { sharedTokens } from './tokens.ts';

export interface ConnectionTerms {
  readonly connection: string;
  readonly budget: Budget;
  /** Settings and secrets as text: see `sharedTokens`. */
  readonly identity: string;
}

/** What the processes of a hub share about the vendors, over the ledger. One per process. */
export class SharedLimits {
  /** This process, to the others. */
  readonly holder: string;
  readonly #log: Logger;
  readonly #limiters: SharedLimiter[] = [];
  /** What ends the renewing of probes under way. */
  readonly #answered: (() => void)[] = [];
  #ledger: { readonly database: Database; readonly keys: Keyring } | undefined;

  constructor(log: Logger, holder: string = randomUUID()) {
    this.#log = log;
    this.holder = holder;
  }

  /** Sessions are opened before the ledger is; nothing is called before this. */
  use(database: Database, keys: Keyring): void {
    this.#ledger = { database, keys };
  }

  of(terms: ConnectionTerms): SharedConnection {
    const { connection, budget, identity } = terms;
    return {
      limiter: (unit, limits) => {
        if (Object.values(limits).every((limit) => limit === undefined)) return undefined;
        const limiter = new SharedLimiter({
          holder: this.holder,
          name: unit === '' ? connection : `${connection}/${unit}`,
          limits,
          budget,
          ask: (question) =>
            decideTogether(this.#open().database, { connection, unit }, (state, now, id) =>
              decide(state, question, now, id),
            ),
        });
        this.#limiters.push(limiter);
        return limiter;
      },
      probes: (unit) => this.#probes(connection, unit),
      tokens: sharedTokens({ connection, identity, holder: this.holder, ledger: () => this.#open() }),
    };
  }

  /** Gives back what this process holds; the ledger must still be open. */
  async stop(): Promise<void> {
    for (const answered of this.#answered) answered();
    await Promise.all(this.#limiters.map((limiter) => limiter.stop()));
    this.#ledger = undefined;
  }

  #open(): { readonly database: Database; readonly keys: Keyring } {
    if (!this.#ledger) throw new Error('the ledger is not open');
    return this.#ledger;
  }

  #probes(connection: string, unit: string): SharedProbes {
    /** Notes follow one another: that a vendor answers must not be overtaken by that it was silent. */
    let last: Promise<unknown> = Promise.resolve();
    const together = <T>(decideOn: (...given: Parameters<Decide<T>>) => Decided<T>): Promise<T> => {
      const next = last.then(() => decideTogether(this.#open().database, { connection, unit }, decideOn));
      last = next.catch(() => undefined);
      return next;
    };
    const note = (decideOn: Decide<undefined>): void => {
      if (!this.#ledger) return;
      together(decideOn).catch((error: unknown) => {
        this.#log.warn({ err: error, connection }, 'the state of a breaker could not be shared');
      });
    };
    let asking: NodeJS.Timeout | undefined;
    const answered = (): void => clearInterval(asking);
    this.#answered.push(answered);
    const renew = (): void => {
      answered();
      const begun = performance.now();
      asking = setInterval(() => {
        if (performance.now() - begun > longestProbeMs) answered();
        else note((state, now) => ({ state: renewProbe(state, this.holder, now), answer: undefined }));
      }, probeLeaseMs / 3).unref();
    };
    return {
      opened: (pauseMs) => {
        answered();
        note((state, now) => ({ state: noteSilent(state, this.holder, pauseMs, now), answer: undefined }));
      },
      closed: () => {
        answered();
        note((state) => ({ state: noteAnswering(state), answer: undefined }));
      },
      claim: async () => {
        try {
          const afterMs = await together((state, now) => {
            const claimed = claimProbe(state, this.holder, now);
            return { state: claimed.state, answer: claimed.afterMs };
          });
          if (afterMs === 0) renew();
          return afterMs;
        } catch {
          // Without a ledger each process asks for itself.
          return 0;
        }
      },
    };
  }
}

type Decide<T> = Parameters<typeof decideTogether<T>>[2];
