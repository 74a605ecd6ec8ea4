/** What posts say about a subscription as a whole: since when nothing is taken, and when it is switched off for that. */
import type { DeliveryOutcome } from '../../ledger/due-deliveries.ts';
import { noteHealth, type SubscriptionRow, setSubscriptionState } from '../../ledger/subscriptions.ts';
import type { World } from '../world.ts';

/** A subscription that took nothing for so long is switched off. */
export const disableAfterMs = 5 * 24 * 3_600_000;
/** Where all is well that is written down once in so long. */
const notedEachMs = 10_000;

export class Health {
  readonly #world: Pick<World, 'database' | 'log' | 'now'>;
  /** When it was last written down that a subscription takes what it gets. */
  readonly #takingAt = new Map<string, number>();

  constructor(world: Pick<World, 'database' | 'log' | 'now'>) {
    this.#world = world;
  }

  /** Takes note of tries whose outcome is kept; `subscription` as it was when they began. */
  async note(subscription: SubscriptionRow, outcomes: readonly DeliveryOutcome[]): Promise<void> {
    const { database, log, now } = this.#world;
    const { id, name, shards, failing_since: failing } = subscription;
    const gone = outcomes.find(({ code }) => code === 'delivery.gone');
    if (gone) {
      log.warn({ subscription: name }, 'a subscription is switched off: its receiver answered 410');
      const reason = gone.error ?? '';
      await setSubscriptionState(database, id, 'disabled', { code: 'delivery.gone', reason });
      return;
    }
    if (outcomes.some(({ state }) => state === 'done')) {
      const noted = this.#takingAt.get(id) ?? Number.NEGATIVE_INFINITY;
      // Where several lanes deliver, another one may have noted meanwhile that nothing is taken.
      if (failing === null && shards === 1 && performance.now() - noted < notedEachMs) return;
      await noteHealth(database, id, true);
      this.#takingAt.set(id, performance.now());
      return;
    }
    this.#takingAt.delete(id);
    // That it fails is known: asked again only when something follows from it.
    if (failing !== null && now() - failing.getTime() < disableAfterMs) return;
    const since = await noteHealth(database, id, false);
    if (since === null || now() - since.getTime() < disableAfterMs) return;
    const reason = `nothing was taken since ${since.toISOString()}; the last answer: ${outcomes.at(-1)?.error ?? 'none'}`;
    log.warn({ subscription: name, reason }, 'a subscription is switched off');
    await setSubscriptionState(database, id, 'disabled', { code: 'subscriptions.failing', reason });
  }
}
