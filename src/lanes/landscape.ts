import type { Connector, ObjectFacts } from '../../connectors/kit/types.ts';
import type { DeriveRule } from '../derive/index.ts';
import type { CompiledMapping } from '../mapping/index.ts';
import type { StateRules } from '../merge/index.ts';
import type { JsonObject } from '../model/json.ts';
import type { ClosingRule } from './closing.ts';
import type { RequestRule } from './requests/rules.ts';

/** One system's part in one sync: which object, mapped how, read or written, under which condition. */
export interface Party {
  readonly sync: string;
  readonly name: string;
  readonly connection: string;
  readonly object: string;
  readonly entity: string;
  readonly mapping: CompiledMapping;
  readonly facts: ObjectFacts;
  readonly reads: boolean;
  /** Milliseconds between polls; absent: not polled. */
  readonly pollMs?: number;
  readonly writes?: {
    readonly create: boolean;
    readonly update: boolean;
    readonly remove?: boolean;
    /** What a copy gets that was just paired: nothing, or what somebody else owns. */
    readonly paired?: 'undecided' | 'owned' | undefined;
  };
  /** A deletion of this party deletes the record, within these bounds; absent: it only unlinks the copy. */
  readonly deletes?: DeletePolicy;
  /** `live` writes, `shadow` and `observe` do not. */
  readonly mode: 'observe' | 'shadow' | 'live';
  /** Documents placed before this instant are history: known, never written. */
  readonly since?: string;
  /** The sync's condition for this party; absent: always. */
  readonly when?: (record: JsonObject) => boolean;
  /** What becomes of documents whose period is closed there; absent: they wait, whosever books it is. */
  readonly closedPeriod?: {
    readonly redate?: 'nextOpenDay' | undefined;
    readonly note: boolean;
    readonly book?: string | undefined;
  };
}

/** How many deletions of a party are believed at once, and how often all of its ids are listed. */
export interface DeletePolicy {
  /** Percent of the copies. */
  readonly brake: number;
  readonly max: number;
  readonly fullMs: number;
}

export interface LandscapeConnection {
  readonly id: string;
  readonly connector: Connector;
  readonly mode: 'observe' | 'shadow' | 'live';
  /** Shards of the apply lane and of each push lane. */
  readonly applyShards: number;
  readonly pushShards: number;
  /** When what lets us in there ends, UTC ISO-8601, and when its books are closed; as far as anybody has told us. */
  readonly authorisedUntil?: string | undefined;
  readonly closing?: ClosingRule | undefined;
}

/** Everything the configuration says, compiled: who is connected, who maps what, what is derived. */
export class Landscape {
  readonly connections: ReadonlyMap<string, LandscapeConnection>;
  readonly parties: readonly Party[];
  readonly rules: readonly DeriveRule[];
  /** Who owns which fields of an entity, and what decides when two systems changed one. */
  readonly merging: ReadonlyMap<string, StateRules>;
  /** Who owns the stock, and what is kept back from every channel. */
  readonly stock: StockPolicy;
  /** Whether anybody tells movements of stock. */
  readonly tellsMovements: boolean;
  readonly #byObject = new Map<string, Party[]>();
  readonly #writers = new Map<string, Party[]>();
  readonly #byEntity = new Map<string, Party>();
  readonly #rulesFrom = new Map<string, DeriveRule[]>();
  readonly #requestsFrom = new Map<string, RequestRule[]>();

  constructor(options: {
    readonly connections: readonly LandscapeConnection[];
    readonly parties: readonly Party[];
    readonly rules: readonly DeriveRule[];
    readonly merging?: ReadonlyMap<string, StateRules>;
    readonly stock: StockPolicy;
    /** When a system is asked for something that it may refuse. */
    readonly requests?: readonly RequestRule[];
  }) {
    this.connections = new Map(options.connections.map((connection) => [connection.id, connection]));
    this.parties = options.parties;
    this.rules = options.rules;
    this.merging = options.merging ?? new Map();
    this.stock = options.stock;
    this.tellsMovements = options.parties.some((party) => party.entity === 'movement' && party.reads);
    for (const party of options.parties) {
      push(this.#byObject, `${party.connection}/${party.object}`, party);
      if (party.writes && party.mapping.writes) push(this.#writers, party.entity, party);
      const key = `${party.connection}/${party.entity}`;
      const known = this.#byEntity.get(key);
      // The object that holds the copy is the one references mean: not one that only speaks about it.
      if (!known || (known.mapping.about !== undefined && party.mapping.about === undefined)) {
        this.#byEntity.set(key, party);
      }
    }
    for (const rule of options.rules) push(this.#rulesFrom, rule.from, rule);
    for (const rule of options.requests ?? []) push(this.#requestsFrom, rule.from, rule);
  }

  /** Parties that exchange this object; several when one vendor object serves several entities. */
  partiesOf(connection: string, object: string): readonly Party[] {
    return this.#byObject.get(`${connection}/${object}`) ?? [];
  }

  /** The party through which a link of an entity is read and written. */
  party(connection: string, object: string, entity: string): Party | undefined {
    return this.partiesOf(connection, object).find((party) => party.entity === entity);
  }

  /** The party whose object holds this connection's copy of an entity. */
  holder(connection: string, entity: string): Party | undefined {
    return this.#byEntity.get(`${connection}/${entity}`);
  }

  writersOf(entity: string): readonly Party[] {
    return this.#writers.get(entity) ?? [];
  }

  rulesFrom(entity: string): readonly DeriveRule[] {
    return this.#rulesFrom.get(entity) ?? [];
  }

  requestsFrom(entity: string): readonly RequestRule[] {
    return this.#requestsFrom.get(entity) ?? [];
  }

  applyLane(connection: string, object: string, remoteId: string): string {
    const shards = this.connections.get(connection)?.applyShards ?? 1;
    return `apply/${connection}/${shard(`${object}/${remoteId}`, shards)}`;
  }

  pushLane(connection: string, object: string, shardKey: string): string {
    const shards = this.connections.get(connection)?.pushShards ?? 1;
    return `push/${connection}/${object}/${shard(shardKey, shards)}`;
  }
}

export interface StockPolicy {
  /** Connection whose stock readings are the truth; writes of outbound documents there acknowledge a reservation. */
  readonly owner?: string;
  /** Location → the connection that owns its stock. A location that is not named belongs to who told of it first. */
  readonly owners?: ReadonlyMap<string, string>;
  /** Object of the owner that tells the stock. */
  readonly object?: string;
  /** Kept back from every channel, per location; decimal strings. A location that is not named keeps nothing back. */
  readonly safety: ReadonlyMap<string, string>;
  /** Below this, per location, an event tells that there is little left; decimal strings. */
  readonly low?: ReadonlyMap<string, string>;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Which of so many lanes a key belongs to. */
export function shard(key: string, shards: number): number {
  if (shards <= 1) return 0;
  // FNV-1a: the same in every process, and cheap enough for three shards per message.
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % shards;
}
