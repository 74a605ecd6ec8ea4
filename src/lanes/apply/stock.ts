import type { InboxOutcome } from '../../ledger/inbox.ts';
import {
  type Bucket,
  countedMovements,
  insertMovements,
  type MovementRow,
  movedSince,
} from '../../ledger/movements.ts';
import { applyQuantity, believedMoment, diff, type Movement, stockOf } from '../../merge/index.ts';
import { decimal, entities, isObject, type JsonObject, validateRecord } from '../../model/index.ts';
import type { World } from '../world.ts';
import type { Merged, Outcome } from './merge-item.ts';
import { dead } from './outcomes.ts';
import { addressOf, claimIdentities } from './pairing.ts';
import { heardAt, type Prepared } from './prepare.ts';
import { type Resolved, withReferences } from './references.ts';
import { LostRace, type Unit, type Working } from './unit.ts';

/** A movement of this batch, read and understood. */
interface Told {
  readonly row: MovementRow;
  readonly movement: Movement;
  readonly data: JsonObject;
}

/**
 * The stock of one batch: who owns a bucket, what moved in it after a snapshot, and which movements are counted
 * now. Buckets are locked before (their records, and the key of a bucket nobody has told of), so what is read
 * here stays true until the batch is written.
 */
export class Stock {
  readonly #world: World;
  readonly #unit: Unit;
  readonly #skewMs: number | undefined;
  /** By position in the batch: what the ledger says moved after the snapshot there. */
  #later: ReadonlyMap<number, string> = new Map();
  /** By connection and key. */
  readonly #counted = new Map<string, MovementRow>();
  readonly #fresh: Told[] = [];
  readonly #items: readonly Prepared[];

  private constructor(world: World, unit: Unit, items: readonly Prepared[]) {
    this.#world = world;
    this.#unit = unit;
    this.#items = items;
    this.#skewMs = world.landscape.merging.get('inventory')?.skewMs;
  }

  /** Reads what is known of the buckets of a batch. Asks the database nothing where nobody tells movements. */
  static async open(
    world: World,
    unit: Unit,
    items: readonly Prepared[],
    resolved: Resolved,
  ): Promise<Stock> {
    const stock = new Stock(world, unit, items);
    if (!world.landscape.tellsMovements) return stock;
    const keys: { connection: string; key: string }[] = [];
    const asked: (Bucket & { n: number; since: string })[] = [];
    for (const [n, item] of items.entries()) {
      const { entity } = item.party;
      if (entity !== 'movement' && entity !== 'inventory') continue;
      const settled = withReferences(item, resolved);
      if (!settled.ok) continue;
      const { key, asOf } = settled.data;
      if (entity === 'movement' && typeof key === 'string') {
        keys.push({ connection: item.row.connection, key });
      } else if (entity === 'inventory' && typeof asOf === 'string') {
        asked.push({ n, since: stock.#believed(asOf, item), ...bucketOf(settled.data) });
      }
    }
    for (const row of await countedMovements(unit.sql, keys)) stock.#counted.set(keyOf(row), row);
    stock.#later = await movedSince(unit.sql, asked);
    return stock;
  }

  /** Merges a reading of a bucket: the newer snapshot, and what moved since. Pure, but for the batch it belongs to. */
  reading(item: Prepared, record: Working, told: JsonObject): Merged | Outcome {
    if (typeof told.asOf !== 'string') {
      return {
        kind: 'invalid',
        code: 'apply.no-as-of',
        error: 'a stock reading must say when it was true (asOf)',
      };
    }
    const isStock = record.entity === 'inventory';
    const refused = isStock ? this.#refused(item, record, told) : undefined;
    if (refused !== undefined) return { kind: 'dropped', code: 'apply.not-owner', error: refused };
    const incoming = { ...told, asOf: this.#believed(told.asOf, item) };
    const golden = Object.keys(record.data).length === 0 ? undefined : record.data;
    const isSummed = noteOf(record).summed === true;
    const { data, patch } = applyQuantity({
      golden: isSummed ? withoutAsOf(golden ?? {}) : golden,
      incoming,
    });
    const isOlder = Object.keys(patch).length === 0;
    if (!isStock || isOlder) return { data, patch: patch as JsonObject, provenance: record.provenance };
    const onHand = this.#since(item, incoming, data.onHand);
    const counted = onHand === undefined ? data : { ...data, onHand };
    return {
      data: counted,
      patch: diff(record.data, counted) as JsonObject,
      provenance: { ...record.provenance, stock: { owner: item.row.connection } },
    };
  }

  /** Counts a movement onto its bucket, once. Undefined: the item is none, or refers to what is not known yet. */
  movement(
    item: Prepared,
    claims: ReadonlyMap<string, string>,
    resolved: Resolved,
  ): InboxOutcome | undefined {
    const { row, party } = item;
    if (party.entity !== 'movement') return undefined;
    const settled = withReferences(item, resolved);
    if (!settled.ok) return undefined;
    const { data } = settled;
    const [issue] = validateRecord(entities.movement, data);
    if (issue !== undefined) return dead(row, 'apply.invalid', `${issue.path}: ${issue.message}`);
    if (typeof data.occurredAt !== 'string') {
      return dead(row, 'apply.no-occurred-at', 'a movement must say when it happened (occurredAt)');
    }
    const told = this.#read(item, data, data.occurredAt);
    const known = claims.get(addressOf(row.connection, row.object, row.remote_id));
    const record =
      (known === undefined ? undefined : this.#unit.get(known)) ?? this.#unit.claimedHere('inventory', data);
    const refused = this.#refused(item, record, data);
    if (refused !== undefined) return noted(item, record, 'dropped', 'apply.not-owner', refused);
    const before = this.#counted.get(keyOf(told.row));
    if (before !== undefined) {
      if (isSame(before, told.row)) {
        const again = `movement ${told.row.key} was counted before, told by message ${before.inbox_id}`;
        return noted(item, record, 'dropped', 'apply.no-news', again);
      }
      return dead(
        row,
        'apply.other-movement',
        `movement ${told.row.key} was counted as ${described(before)} (message ${before.inbox_id}) and is now told as ${described(told.row)}; a correction is a movement with a key of its own`,
      );
    }
    this.#counted.set(keyOf(told.row), told.row);
    this.#fresh.push(told);
    const target = record ?? this.#opened(item, data);
    if (target !== undefined) this.#count(item, target, told);
    return noted(item, target, 'done');
  }

  /** Notes what was counted. Throws LostRace when somebody else noted one of the keys meanwhile. */
  async write(): Promise<void> {
    const movements = this.#fresh.map(({ row }) => row);
    if ((await insertMovements(this.#unit.sql, movements)) !== movements.length) {
      throw new LostRace('a movement was counted by somebody else');
    }
  }

  /** What a snapshot and everything after it make; undefined when it does not say what is on hand. */
  #since(item: Prepared, told: JsonObject & { asOf: string }, onHand: unknown): string | undefined {
    if (typeof told.onHand !== 'string' || typeof onHand !== 'string') return undefined;
    const bucket = JSON.stringify(bucketOf(told));
    const here = this.#fresh.filter((one) => JSON.stringify(bucketOf(one.data)) === bucket);
    const later = this.#later.get(this.#items.indexOf(item));
    const { asOf } = told;
    const now = stockOf(
      { onHand: later === undefined ? onHand : decimal.add(onHand, later), asOf },
      here.map(({ movement }) => movement),
    );
    return now?.onHand;
  }

  #count(item: Prepared, record: Working, { movement, row }: Told): void {
    const { onHand, asOf } = record.data;
    const isSummed = noteOf(record).summed === true;
    const before = typeof onHand === 'string' && typeof asOf === 'string' ? { onHand, asOf } : undefined;
    const summed = {
      onHand: decimal.add(before?.onHand ?? '0', movement.delta),
      asOf: newer(before?.asOf, movement.occurredAt),
    };
    const now = isSummed ? summed : stockOf(before, [movement]);
    // Happened before the snapshot: it is in there.
    if (now === undefined || now === before) return;
    const data = { ...record.data, ...now };
    record.state = 'live';
    const origin = {
      inbox: item.row.id,
      receivedAt: item.row.received_at.toISOString(),
      connection: item.row.connection,
      object: item.row.object,
      via: item.row.via,
      movement: row.key,
    };
    const { mapping } = item.party;
    this.#unit.change(record, data, {
      patch: diff(record.data, data) as JsonObject,
      origin,
      mappingVersion: `${mapping.name}@${mapping.version}`,
    });
    if (record.before === 0) claimIdentities(this.#unit, record);
  }

  /**
   * The record of a bucket nobody has told of. An owner that tells snapshots as well has goods there that no movement
   * tells of: nothing is said of the bucket until the first snapshot, which counts what is noted here.
   */
  #opened(item: Prepared, data: JsonObject): Working | undefined {
    const { connection } = item.row;
    const reads = this.#world.landscape.parties.some(
      (party) => party.entity === 'inventory' && party.connection === connection && party.reads,
    );
    if (reads) return undefined;
    const record = this.#unit.create('inventory', 'live');
    const { skuId, locationId, ownerId, quality } = data;
    record.data = Object.fromEntries(
      Object.entries({ skuId, locationId, ownerId, quality }).filter(([, value]) => value !== undefined),
    ) as JsonObject;
    record.provenance = { stock: { owner: connection, summed: true } };
    return record;
  }

  #read(item: Prepared, data: JsonObject, occurredAt: string): Told {
    const { row } = item;
    const [key, delta] = [String(data.key), String(data.delta)];
    const occurred = this.#believed(occurredAt, item);
    return {
      data,
      movement: { key: `${row.connection}/${key}`, delta, occurredAt: occurred },
      row: {
        connection: row.connection,
        key,
        ...bucketOf(data),
        delta,
        told_at: occurredAt,
        occurred_at: occurred,
        inbox_id: row.id,
        ...(typeof data.reason === 'string' ? { reason: data.reason } : {}),
      },
    };
  }

  /** Why somebody may not tell of a bucket: another connection owns it. */
  #refused(item: Prepared, record: Working | undefined, data: JsonObject): string | undefined {
    const { landscape } = this.#world;
    const location = String(data.locationId);
    const first = record === undefined ? undefined : noteOf(record).owner;
    const known = typeof first === 'string' && landscape.connections.has(first) ? first : undefined;
    const owner = landscape.stock.owners?.get(location) ?? known;
    if (owner === undefined || owner === item.row.connection) return undefined;
    return `the stock of ${location} belongs to ${owner}; what ${item.row.connection} tells of it is not counted. If that is wrong, name the owner under stock: in hub.yaml`;
  }

  #believed(told: string, item: Prepared): string {
    return believedMoment(told, heardAt(item), this.#skewMs);
  }
}

/** What a stock record notes about itself: its owner, and whether it is a sum of movements without a snapshot. */
function noteOf(record: Working): JsonObject {
  return isObject(record.provenance.stock) ? record.provenance.stock : {};
}

function bucketOf(data: JsonObject): Bucket {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    sku_id: text(data.skuId),
    location_id: text(data.locationId),
    owner_id: text(data.ownerId),
    quality: text(data.quality),
  };
}

function keyOf(row: { readonly connection: string; readonly key: string }): string {
  return `${row.connection}/${row.key}`;
}

function isSame(one: MovementRow, other: MovementRow): boolean {
  const of = ({ sku_id, location_id, owner_id, quality, told_at }: MovementRow): string =>
    JSON.stringify([sku_id, location_id, owner_id, quality, Date.parse(told_at)]);
  return of(one) === of(other) && decimal.cmp(one.delta, other.delta) === 0;
}

function described(row: MovementRow): string {
  const place = [row.location_id, row.owner_id, row.quality].filter((part) => part !== '').join('/');
  return `${row.delta} of ${row.sku_id} at ${place} on ${row.told_at}`;
}

function newer(one: string | undefined, other: string): string {
  return one === undefined || Date.parse(other) > Date.parse(one) ? other : one;
}

function withoutAsOf({ asOf: _asOf, ...rest }: JsonObject): JsonObject {
  return rest as JsonObject;
}

function noted(
  item: Prepared,
  record: Working | undefined,
  state: 'done' | 'dropped',
  code?: string,
  error?: string,
): InboxOutcome {
  const { id, received_at } = item.row;
  return {
    id,
    received_at,
    state,
    ...(record === undefined ? {} : { record_id: record.id }),
    ...(code === undefined ? {} : { code }),
    ...(error === undefined ? {} : { error }),
  };
}
