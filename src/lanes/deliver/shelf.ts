/**
 * Events that were read a moment ago. One goes to every subscription that wants it, and each of those has a lane of its
 * own: kept here, it is read, masked and written as a body once, not once for each of them.
 */
import type { HubEvent } from '../../events/event.ts';
import { masked } from '../../events/mask.ts';
import { type EventPlace, eventsAt, type StoredEvent } from '../../ledger/events.ts';
import type { Sql } from '../../ledger/sql.ts';
import type { Json } from '../../model/index.ts';

/** Characters of all that is kept by default; some times as much memory. */
const standardRoom = 4_000_000;

interface Kept {
  readonly event: HubEvent;
  readonly size: number;
  masked: HubEvent | undefined;
}

export class EventShelf {
  readonly #kept = new Map<string, Kept>();
  readonly #room: number;
  #used = 0;

  constructor(room = standardRoom) {
    this.#room = room;
  }

  /** Keeps events that are about to be delivered; the oldest go when there is no room. */
  add(events: readonly StoredEvent[]): void {
    for (const event of events) {
      if (this.#kept.has(event.id)) continue;
      const size = sizeOf(event.data);
      this.#kept.set(event.id, { event, size, masked: undefined });
      this.#used += size;
    }
    for (const [id, { size }] of this.#kept) {
      if (this.#used <= this.#room) break;
      this.#kept.delete(id);
      this.#used -= size;
    }
  }

  /** The events of these places, with personal values or without; one that is not kept in the ledger is not there. */
  async find(
    sql: Sql,
    wanted: readonly (EventPlace & { readonly id: string })[],
    personal: 'masked' | 'full',
  ): Promise<ReadonlyMap<string, HubEvent>> {
    const found = new Map<string, Kept>();
    const missing = wanted.filter(({ id }) => {
      const kept = this.#kept.get(id);
      if (kept) found.set(id, kept);
      return kept === undefined;
    });
    if (missing.length > 0) {
      const events = await eventsAt(sql, missing);
      for (const event of events) found.set(event.id, { event, size: 0, masked: undefined });
      this.add(events);
      // What was kept is what others find too.
      for (const { id } of events) {
        const kept = this.#kept.get(id);
        if (kept) found.set(id, kept);
      }
    }
    const shown = new Map<string, HubEvent>();
    for (const [id, kept] of found) {
      if (personal === 'masked') kept.masked ??= masked(kept.event);
      shown.set(id, personal === 'full' ? kept.event : (kept.masked ?? kept.event));
    }
    return shown;
  }
}

/** About as many characters as it has as JSON. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length + 3;
  if (typeof value !== 'object' || value === null) return 6;
  let size = 2;
  for (const [name, item] of Object.entries(value)) size += name.length + 4 + sizeOf(item as Json);
  return size;
}
