/** Which subscriptions an event is for. Filters are compiled once per version of a subscription. */
import { typesOf } from '../../events/catalog.ts';
import type { HubEvent } from '../../events/event.ts';
import { compileFilter, EventFault } from '../../events/filter.ts';
import { masked } from '../../events/mask.ts';
import type { SubscriptionRow } from '../../ledger/subscriptions.ts';

interface Compiled {
  readonly version: number;
  readonly types: ReadonlySet<string>;
  /** Undefined: every event of its types. */
  readonly test: ((event: HubEvent) => boolean) | undefined;
  /** Why the filter cannot be used at all any more. */
  readonly broken: string | undefined;
}

/** A subscription whose filter cannot be told of an event. */
export interface Faulty {
  readonly subscription: SubscriptionRow;
  readonly reason: string;
}

export class Recipients {
  readonly #compiled = new Map<string, Compiled>();

  /**
   * Whether a subscription gets an event. Its filter sees what it would get: personal values are masked for those that
   * get them masked. Throws EventFault when the filter cannot tell.
   */
  wants(subscription: SubscriptionRow, event: HubEvent, shown: () => HubEvent): boolean {
    const { types, test, broken } = this.#of(subscription);
    if (!types.has(event.type)) return false;
    if (broken !== undefined) throw new EventFault(broken);
    return test === undefined || test(subscription.personal === 'full' ? event : shown());
  }

  /**
   * Who gets which of the events; a subscription with a faulty filter gets those before the one at fault.
   */
  match(
    subscriptions: readonly SubscriptionRow[],
    events: readonly HubEvent[],
    give: (subscription: SubscriptionRow, at: number) => void,
  ): Faulty[] {
    const faulty = new Map<string, Faulty>();
    for (const [at, event] of events.entries()) {
      let maskedEvent: HubEvent | undefined;
      const shown = (): HubEvent => {
        maskedEvent ??= masked(event);
        return maskedEvent;
      };
      for (const subscription of subscriptions) {
        if (faulty.has(subscription.id)) continue;
        try {
          if (this.wants(subscription, event, shown)) give(subscription, at);
        } catch (error) {
          if (!(error instanceof EventFault)) throw error;
          faulty.set(subscription.id, {
            subscription,
            reason: `${event.type} ${event.id}: ${error.message}`,
          });
        }
      }
    }
    return [...faulty.values()];
  }

  #of(subscription: SubscriptionRow): Compiled {
    const known = this.#compiled.get(subscription.id);
    if (known?.version === subscription.version) return known;
    const types = typesOf(subscription.types);
    const filter = subscription.filter === null ? undefined : compileFilter(subscription.filter, types);
    const compiled: Compiled = {
      version: subscription.version,
      types: new Set(types.map(({ type }) => type)),
      test: filter?.ok ? filter.test : undefined,
      broken: filter === undefined || filter.ok ? undefined : filter.problem.message,
    };
    this.#compiled.set(subscription.id, compiled);
    return compiled;
  }
}
