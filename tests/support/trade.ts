import type { Expected } from '../../src/demo/summary.ts';
import { until } from '../harness.ts';
import { complete, situation } from './counting.ts';
import type { Outside } from './outside.ts';

/** Sells in the shop and at the tills, and remembers what was sold. */
export class Trade {
  readonly #outside: Outside;
  readonly #orders: string[] = [];
  #tickets = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  get expected(): Expected {
    return { orders: this.#orders, tickets: this.#tickets, stores: this.#outside.stores };
  }

  /** Orders of now, tickets of the day before yesterday and some of their goods back; answers the order numbers. */
  sell(orders: number, tickets: number): string[] {
    const { pos, inventor, stores, members } = this.#outside;
    const placed = Array.from({ length: orders }, () => pos.placeOrder('WEB', inventor.order()));
    this.#orders.push(...placed);
    const day = new Date(Date.now() + 8 * 3_600_000 - 2 * 86_400_000);
    // Ten o'clock in China.
    const opening = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 2);
    for (let count = 0; count < tickets; count += 1) {
      const store = stores[this.#tickets % stores.length] as string;
      const at = opening + this.#tickets * 1000;
      const sn = pos.sellTicket(store, inventor.ticket(at, members.get(store) ?? []));
      this.#tickets += 1;
      if (count % 8 !== 7) continue;
      pos.returnTicket(store, sn, { at: at + 500 });
      this.#tickets += 1;
    }
    return placed;
  }

  /** Waits until everything sold is where it belongs; fails with what stands in the way. */
  async finished(timeoutMs = 90_000): Promise<void> {
    const { database } = this.#outside;
    try {
      await until(
        'everything sold is where it belongs',
        () => complete(this.#outside, this.expected, database),
        timeoutMs,
      );
    } catch (error) {
      const figures = await situation(this.#outside, this.expected, database);
      throw new Error(`${figures}\n${this.#outside.said()}`, { cause: error });
    }
  }
}

/** Calls the vendors have received so far. */
export function callsOf({ pos, erp, wms }: Outside): number {
  let sum = 0;
  for (const vendor of [pos, erp, wms]) for (const count of vendor.calls.values()) sum += count;
  return sum;
}
