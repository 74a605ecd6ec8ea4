/** Knows people who were erased when they are told of again, by keyed hashes of what named them. */
import { createHmac, randomBytes } from 'node:crypto';
import { isHubError } from '../../errors.ts';
import type { Database } from '../../ledger/database.ts';
import type { InboxRow } from '../../ledger/inbox.ts';
import type { Sql } from '../../ledger/sql.ts';
import {
  allTombstones,
  erasuresVersion,
  keepErasureKey,
  readErasureKey,
  type Tombstone,
} from '../../ledger/tombstones.ts';
import { PendingReference } from '../../mapping/index.ts';
import { entities, type Json } from '../../model/index.ts';
import { type Keyring, seal, unseal } from '../../security/index.ts';
import { namesAndPhones, normalValue, scalarsOf, valuesUnder, withoutPaths } from './values.ts';

/** How old what a process knows of erasures may be, milliseconds. */
export const freshMs = 1_000;
const context = 'erasures/key';

/** Hashes values so that nobody who lacks the key can try values out. */
export class Hasher {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  hash(value: string): Buffer {
    return createHmac('sha256', this.#key).update(value, 'utf8').digest();
  }

  /** 16 bits that cost next to nothing. They tell as little of a value as its being one of 65,536 does. */
  sieve(value: string): number {
    let hash = this.#key.readUInt32LE(0);
    for (let at = 0; at < value.length; at += 1)
      hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193) >>> 0;
    return (hash ^ (hash >>> 16)) & 0xffff;
  }
}

/** The key of the hashes, made when it is needed first. */
export async function openHasher(sql: Sql, keys: Keyring): Promise<Hasher> {
  const fresh = seal(keys, randomBytes(32).toString('base64'), context);
  return new Hasher(Buffer.from(unseal(keys, await keepErasureKey(sql, fresh), context), 'base64'));
}

/** How the address of an object in a system is hashed. */
export function addressValue(connection: string, remoteId: string): string {
  return `address ${connection} ${remoteId}`;
}

/** How the address of a document about the person is hashed: it is told again without them, and never dropped. */
export function documentValue(connection: string, object: string, remoteId: string): string {
  return `document ${connection} ${object} ${remoteId}`;
}

/** How a number, code or identity is hashed. */
export function identityValue(value: string): string {
  return `value ${normalValue(value)}`;
}

/** What is to be done with something that was told. */
export type Verdict = 'keep' | 'drop' | 'strip';

export interface Erased {
  /** A row before anything is asked for because of it. */
  ofRow(row: Pick<InboxRow, 'connection' | 'remote_id'>, entity: string | undefined): boolean;
  /** What a mapping has read. */
  ofValues(
    row: Pick<InboxRow, 'connection' | 'object' | 'remote_id'>,
    entity: string,
    values: { readonly [name: string]: unknown },
  ): Verdict;
  /** Whether a message as it came names somebody. */
  inMessage(connection: string, text: string): boolean;
}

/** Values as a mapping gives them, without what names somebody. */
export function withoutPerson<Values extends object>(entity: string, values: Values): Values {
  const personal = isEntity(entity) ? entities[entity].personal : [];
  return withoutCustomers(withoutPaths(values as never, personal)) as Values;
}

/** Nobody waits for a customer who does not come. */
function withoutCustomers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCustomers);
  if (typeof value !== 'object' || value === null || value instanceof PendingReference) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => !(item instanceof PendingReference && item.entity === 'customer'))
      .map(([name, item]) => [name, withoutCustomers(item)]),
  );
}

interface Known {
  readonly at: number;
  /** Of what is known: it is read anew only when there is more. */
  readonly version: string;
  readonly erased: Erased | undefined;
}
const keyrings = new WeakMap<Database, Keyring>();
const known = new WeakMap<Database, Promise<Known>>();

/** Tells which keys open the hashes' key; without it nobody is known to be erased. Called once, when a hub starts. */
export function rememberErased(database: Database, keys: Keyring): void {
  keyrings.set(database, keys);
}

/** Who was erased, no older than a second; undefined while nobody was. */
export async function erasedOf(database: Database): Promise<Erased | undefined> {
  const keys = keyrings.get(database);
  if (keys === undefined) return undefined;
  let current = known.get(database);
  const before = await current;
  if (before === undefined || performance.now() - before.at > freshMs) {
    current = load(database, keys, before);
    known.set(database, current);
    current.catch(() => known.delete(database));
  }
  return (await current)?.erased;
}

async function load(database: Database, keys: Keyring, before: Known | undefined): Promise<Known> {
  const at = performance.now();
  const version = await erasuresVersion(database);
  if (before?.version === version) return { ...before, at };
  const stones = await allTombstones(database);
  if (stones.length === 0) return { at, version, erased: undefined };
  const sealed = await readErasureKey(database);
  if (sealed === undefined) return { at, version, erased: undefined };
  try {
    return {
      at,
      version,
      erased: recogniser(new Hasher(Buffer.from(unseal(keys, sealed, context), 'base64')), stones),
    };
  } catch (error) {
    // Without its key nobody is known again; doctor says which key is missing.
    if (isHubError(error, 'secrets.unknown-key')) return { at, version, erased: undefined };
    throw error;
  }
}

/** Pure, but for the hashing. */
export function recogniser(hasher: Hasher, stones: readonly Tombstone[]): Erased {
  const sieves = new Set(stones.map((one) => one.sieve));
  const byHash = new Map<string, Tombstone[]>();
  for (const stone of stones) {
    const name = stone.hash.toString('base64');
    byHash.set(name, [...(byHash.get(name) ?? []), stone]);
  }
  const find = (value: string): readonly Tombstone[] =>
    sieves.has(hasher.sieve(value)) ? (byHash.get(hasher.hash(value).toString('base64')) ?? []) : [];
  /** One strong value, or two different weak ones of one person. */
  const names = (values: Iterable<string>): boolean => {
    const weak = new Map<string, number>();
    for (const value of new Set(values)) {
      for (const { strength, erasure_id: id } of find(value)) {
        if (strength === 'strong') return true;
        weak.set(id, (weak.get(id) ?? 0) + 1);
        if ((weak.get(id) ?? 0) > 1) return true;
      }
    }
    return false;
  };
  return {
    ofRow: ({ connection, remote_id: remoteId }, entity) =>
      entity === 'customer' && names([addressValue(connection, remoteId)]),
    ofValues({ connection, object, remote_id: remoteId }, entity, values) {
      if (entity === 'customer') {
        const said = [
          ...[values.code].filter((one) => typeof one === 'string'),
          ...valuesUnder(values as { readonly [name: string]: Json }, entities.customer.personal),
        ];
        return names([addressValue(connection, remoteId), ...said.map(identityValue)]) ? 'drop' : 'keep';
      }
      if (!isEntity(entity) || entities[entity].personal.length === 0) return 'keep';
      const said = [...namesAndPhones(values, entities[entity].personal)].map(identityValue);
      const who = referencesIn(values).flatMap((value) => [
        addressValue(connection, value),
        identityValue(value),
      ]);
      const isKnown = names([documentValue(connection, object, remoteId)]);
      return isKnown || names([...who, ...said]) ? 'strip' : 'keep';
    },
    inMessage: (connection, text) =>
      names(scalarsOf(text).flatMap((one) => [identityValue(one), addressValue(connection, one)])),
  };
}

function isEntity(name: string): name is keyof typeof entities {
  return Object.hasOwn(entities, name);
}

/** Customers a document refers to, by the vendor's id or number. */
function referencesIn(value: unknown): string[] {
  if (value instanceof PendingReference) return value.entity === 'customer' ? [value.value] : [];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(referencesIn);
  return [];
}
