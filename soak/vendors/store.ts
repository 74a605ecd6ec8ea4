import { hash } from 'node:crypto';
import {
  type Body,
  type ObjectName,
  objectNames,
  type Shown,
  searchLagMs,
  type VendorName,
} from '../connector/shapes.ts';

/** One write that took effect, as the vendor's log keeps it. */
export interface Accepted {
  readonly at: string;
  readonly vendor: VendorName;
  /** The hub over the API, or the vendor's own people. */
  readonly by: 'hub' | 'people';
  readonly what: 'create' | 'update';
  readonly object: ObjectName;
  readonly id: string;
  readonly number: string;
  /** Token or marker the write came with. */
  readonly key: string | undefined;
  /** Hash of the object as it was then. */
  readonly hash: string;
  /** What was told. */
  readonly told: Readonly<Record<string, unknown>>;
}

interface Kept {
  readonly id: string;
  readonly createdAt: number;
  readonly key: string | undefined;
  body: Body;
  /** Milliseconds since the epoch; grows with every change. */
  changedAt: number;
  /** Place in the vendor's list of changes. */
  change: number;
}

/** What one vendor holds of one object. */
class Shelf {
  readonly byId = new Map<string, Kept>();
  readonly byNumber = new Map<string, Kept[]>();
  readonly byKey = new Map<string, Kept>();
  /** Change number → the object that changed last there; older places of an object are taken out. */
  readonly changes = new Map<number, Kept>();
}

export type Written =
  | { readonly ok: true; readonly shown: Shown }
  | { readonly ok: false; readonly status: number };

/** One of the soak's vendors: its objects in memory, and a log of every write that took effect. */
export class Store {
  readonly vendor: VendorName;
  readonly log: Accepted[] = [];
  /** Told after every change, whoever made it. */
  onChange: (object: ObjectName, shown: Shown) => void = () => undefined;
  readonly #shelves = new Map<ObjectName, Shelf>(objectNames.map((name) => [name, new Shelf()]));
  #lastId = 0;
  #lastChange = 0;

  constructor(vendor: VendorName) {
    this.vendor = vendor;
  }

  /**
   * Makes an object. The keyed vendor refuses a number it has (409), the token vendor answers what the token made
   * before; the other two make another one.
   */
  create(object: ObjectName, body: Body, by: Accepted['by'], key?: string): Written {
    const shelf = this.#shelf(object);
    if (this.vendor === 'keyed' && shelf.byNumber.has(body.number)) return { ok: false, status: 409 };
    const before = this.vendor === 'token' && key !== undefined ? shelf.byKey.get(key) : undefined;
    if (before) return { ok: true, shown: showing(before) };
    this.#lastId += 1;
    const kept: Kept = {
      id: `${this.vendor}-${this.#lastId}`,
      createdAt: Date.now(),
      key,
      body,
      changedAt: 0,
      change: 0,
    };
    shelf.byId.set(kept.id, kept);
    shelf.byNumber.set(body.number, [...(shelf.byNumber.get(body.number) ?? []), kept]);
    if (key !== undefined) shelf.byKey.set(key, kept);
    return this.#changed(object, kept, body, 'create', by, key);
  }

  /** Changes the fields told, the others stay. */
  update(
    object: ObjectName,
    id: string,
    told: Readonly<Record<string, unknown>>,
    by: Accepted['by'],
    key?: string,
  ): Written {
    const kept = this.#shelf(object).byId.get(id);
    if (!kept) return { ok: false, status: 404 };
    kept.body = { ...kept.body, ...told };
    return this.#changed(object, kept, told, 'update', by, key);
  }

  get(object: ObjectName, id: string): Shown | undefined {
    const kept = this.#shelf(object).byId.get(id);
    return kept && showing(kept);
  }

  find(object: ObjectName, by: 'number' | 'key', value: string): Shown | undefined {
    const shelf = this.#shelf(object);
    const kept = by === 'key' ? shelf.byKey.get(value) : shelf.byNumber.get(value)?.[0];
    // An index that is searched by marker follows what it indexes after a moment.
    const isHidden = this.vendor === 'marked' && kept && Date.now() - kept.createdAt < searchLagMs / 2;
    return kept && !isHidden ? showing(kept) : undefined;
  }

  /** What changed after a place in the list of changes, oldest first. */
  changesAfter(
    object: ObjectName,
    after: number,
    limit: number,
  ): { items: Shown[]; next: number; more: boolean } {
    const items: Shown[] = [];
    let next = after;
    for (const [change, kept] of this.#shelf(object).changes) {
      if (change <= after) continue;
      if (items.length === limit) return { items, next, more: true };
      items.push(showing(kept));
      next = change;
    }
    return { items, next, more: false };
  }

  /** Everything under a number: more than one is one too many. */
  underNumber(object: ObjectName, number: string): readonly Shown[] {
    return (this.#shelf(object).byNumber.get(number) ?? []).map(showing);
  }

  /** Different numbers there are. */
  count(object: ObjectName): number {
    return this.#shelf(object).byNumber.size;
  }

  #changed(
    object: ObjectName,
    kept: Kept,
    told: Readonly<Record<string, unknown>>,
    what: Accepted['what'],
    by: Accepted['by'],
    key: string | undefined,
  ): Written {
    const { changes } = this.#shelf(object);
    changes.delete(kept.change);
    this.#lastChange += 1;
    kept.change = this.#lastChange;
    changes.set(kept.change, kept);
    // Two changes in one millisecond have two revisions all the same.
    kept.changedAt = Math.max(Date.now(), kept.changedAt + 1);
    const shown = showing(kept);
    this.log.push({
      at: shown.revision,
      vendor: this.vendor,
      by,
      what,
      object,
      id: kept.id,
      number: kept.body.number,
      key,
      hash: hash('sha1', JSON.stringify(kept.body), 'base64url'),
      told,
    });
    this.onChange(object, shown);
    return { ok: true, shown };
  }

  #shelf(object: ObjectName): Shelf {
    return this.#shelves.get(object) as Shelf;
  }
}

function showing(kept: Kept): Shown {
  return { id: kept.id, revision: new Date(kept.changedAt).toISOString(), body: kept.body };
}
