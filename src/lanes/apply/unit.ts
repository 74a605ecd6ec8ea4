import { writeOpenings } from '../../ledger/adoption.ts';
import { renewRemoved } from '../../ledger/deletions.ts';
import { type DerivedWrite, insertDerived } from '../../ledger/derivations.ts';
import { insertEvents } from '../../ledger/events.ts';
import { type ChangeWrite, insertChanges } from '../../ledger/history.ts';
import { type Identity, insertIdentities } from '../../ledger/identities.ts';
import { newId } from '../../ledger/ids.ts';
import type { InboxOutcome } from '../../ledger/inbox.ts';
import { holdLinks, insertLinks, type LinkInsert, markDue } from '../../ledger/links.ts';
import { type LinkMove, moveLinks } from '../../ledger/record-merges.ts';
import {
  insertRecords,
  lockRecords,
  type RecordRow,
  type RecordSource,
  type RecordState,
  type RecordWrite,
  updateRecords,
} from '../../ledger/records.ts';
import { backInLine, insertRequests, type RequestInsert } from '../../ledger/requests.ts';
import { type ShadowWrite, writeShadows } from '../../ledger/shadows.ts';
import type { Sql } from '../../ledger/sql.ts';
import { entities, isEntityName, isObject, type JsonObject, matchValues } from '../../model/index.ts';
import { fanOutLane } from '../events/consumer.ts';
import { eventsOfRecords } from '../events/of-records.ts';
import type { Claim } from './conflicts.ts';
import { Doubts, proposeMatches } from './doubts.ts';
import { LostRace } from './lost-race.ts';
import { type Opening, openingRows } from './opening.ts';

export { LostRace };

/** A record as it will be when the unit is written. */
export interface Working {
  readonly id: string;
  readonly entity: string;
  state: RecordState;
  aliasOf: string | null;
  readonly source?: RecordSource;
  data: JsonObject;
  /** What it was before this unit; absent: it is new. */
  readonly was?: { readonly state: RecordState; readonly data: JsonObject };
  /** Version in the database before this unit; 0 for a new record. */
  readonly before: number;
  provenance: JsonObject;
  mappingVersion: string | null;
  changed: boolean;
  /** Some system was asked something about it at some time. */
  readonly asked?: boolean;
  /** Paths with an open conflict: a person decides about them, no system does. */
  conflicted: readonly string[];
  patches: Reason[];
}

/** Why a record changed. */
export interface Reason {
  readonly patch: JsonObject;
  readonly origin: JsonObject;
  readonly conflicts?: JsonObject;
  readonly mappingVersion?: string;
  /** A copy was paired: what it brought along is nobody's edit; see opening.ts. */
  readonly pairs?: boolean;
}

/**
 * Everything one transaction is going to write, gathered in memory and written set-wise at the end. Records
 * are locked when they are loaded; several changes of one record in a unit become one version.
 */
export class Unit {
  readonly sql: Sql;
  readonly now: Date;
  readonly working = new Map<string, Working>();
  /** Keys this transaction has locked; see key-locks.ts. */
  readonly keys = new Set<string>();
  readonly links: LinkInsert[] = [];
  readonly shadows: ShadowWrite[] = [];
  readonly identities: Identity[] = [];
  /** Placeholders that gave way to a known record. */
  readonly absorbed: string[] = [];
  /** Which rule made which record, to be noted. */
  readonly derived: DerivedWrite[] = [];
  /** Sources that belong to groups since this unit, for rules that run twice in it. */
  readonly shared = new Set<string>();
  /** What items said about disputed values, in their order. */
  readonly claims: Claim[] = [];
  /** Objects that cannot be told apart or together by their keys; see ambiguous.ts. */
  readonly doubts = new Doubts();
  /** Copies that belong to another record from now on. */
  readonly moves: LinkMove[] = [];
  /** Copies whose opening differences this unit changes; see opening.ts. */
  readonly openings = new Map<string, Opening>();
  /** What systems are to be asked from now on. */
  readonly requests: RequestInsert[] = [];
  /** Requests that are over since this unit. */
  readonly answered: string[] = [];
  /** What becomes of the messages. */
  readonly outcomes: InboxOutcome[] = [];
  readonly due = new Set<string>();
  /** Deleted records that live again, and their copies that the hub itself had deleted. */
  readonly revived = new Set<string>();
  readonly renewed = new Set<string>();
  readonly rings = new Set<string>();
  /** Below what at a location there is little left, by its code. */
  lowStock: ReadonlyMap<string, string> = new Map();

  constructor(sql: Sql, now: Date) {
    this.sql = sql;
    this.now = now;
  }

  /** Locks and loads records not yet loaded, in id order; a merged one brings the one that lives on. */
  async load(ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.working.has(id));
    if (missing.length === 0) return;
    const rows = await lockRecords(this.sql, missing);
    for (const row of rows) this.working.set(row.id, workingOf(row));
    await this.load(rows.flatMap((row) => (row.alias_of === null ? [] : [row.alias_of])));
  }

  /** The record, or the one it was merged into. Undefined when it was not loaded or does not exist. */
  get(id: string): Working | undefined {
    let found = this.working.get(id);
    while (found?.aliasOf) found = this.working.get(found.aliasOf);
    return found;
  }

  create(entity: string, state: RecordState, source?: RecordSource): Working {
    const record: Working = {
      id: newId(),
      entity,
      state,
      aliasOf: null,
      ...(source === undefined ? {} : { source }),
      data: {},
      before: 0,
      provenance: {},
      mappingVersion: null,
      changed: true,
      conflicted: [],
      patches: [],
    };
    this.working.set(record.id, record);
    return record;
  }

  /** The link this unit made for a remote object it only knew by reference, by id or by number, so far. */
  placeholderLink(
    connection: string,
    object: string,
    remoteId: string,
    number: string | null,
  ): LinkInsert | undefined {
    return this.links.find(
      (one) =>
        one.connection === connection &&
        one.object === object &&
        (one.remote_id === remoteId ||
          (one.remote_id === null && one.origin && number !== null && one.remote_number === number)),
    );
  }

  /** A record this very unit made under the same strong key. */
  claimedHere(entity: string, data: JsonObject): Working | undefined {
    if (!isEntityName(entity) || entities[entity].nature === 'document') return undefined;
    for (const match of matchValues(entities[entity], data)) {
      const claim = this.identities.find(
        (one) =>
          one.strength === 'strong' &&
          one.entity === entity &&
          one.kind === match.name &&
          one.scope === (match.scope ?? '') &&
          one.value === match.value,
      );
      if (claim) return this.get(claim.record_id);
    }
    return undefined;
  }

  /** Gives a record new content and remembers why. */
  change(record: Working, data: JsonObject, reason: Reason): void {
    record.data = data;
    record.changed = true;
    if (reason.mappingVersion !== undefined) record.mappingVersion = reason.mappingVersion;
    record.patches.push(reason);
  }

  /** Records this unit changes. */
  get changedRecords(): Working[] {
    return [...this.working.values()].filter((record) => record.changed);
  }

  /**
   * Writes everything gathered. `alsoHeld`: links the caller is going to change in the same transaction; all are
   * locked at once. Throws LostRace when a compare-and-set missed.
   */
  async write(alsoHeld: readonly string[] = []): Promise<void> {
    const changed = this.changedRecords;
    const fresh = changed.filter((record) => record.before === 0);
    const known = changed.filter((record) => record.before > 0);
    await insertRecords(this.sql, fresh.map(rowOf));
    const hit = await updateRecords(this.sql, known.map(rowOf));
    if (hit !== known.length) throw new LostRace('a record changed under its lock');
    await insertDerived(this.sql, this.derived);
    const clashes = await insertIdentities(this.sql, this.identities);
    const own = new Set(this.links.map((link) => link.id));
    const moved = this.moves.map((move) => move.id);
    const touched = [
      ...this.due,
      ...moved,
      ...this.shadows.map((shadow) => shadow.link_id),
      ...this.openings.keys(),
      ...alsoHeld,
    ];
    await holdLinks(
      this.sql,
      touched.filter((id) => !own.has(id)),
    );
    await moveLinks(this.sql, this.moves);
    await insertLinks(this.sql, this.links);
    await writeOpenings(this.sql, openingRows(this.openings));
    const dataOf = new Map(fresh.map((record) => [record.data, record.id]));
    await writeShadows(
      this.sql,
      this.shadows.map((shadow) => referring(shadow, dataOf)),
    );
    await renewRemoved(this.sql, [...this.renewed]);
    await markDue(this.sql, [...this.due]);
    await insertRequests(this.sql, this.requests);
    await backInLine(this.sql, this.answered);
    const changes: ChangeWrite[] = [];
    for (const record of changed) {
      const version = record.before + 1;
      for (const reason of record.patches) {
        changes.push({
          id: newId(),
          at: this.now,
          record_id: record.id,
          version,
          origin: reason.origin,
          ...(isAllOf(reason.patch, record) ? {} : { patch: reason.patch }),
          ...(reason.conflicts === undefined ? {} : { conflicts: reason.conflicts }),
          ...(reason.mappingVersion === undefined ? {} : { mapping_version: reason.mappingVersion }),
        });
      }
    }
    await insertChanges(this.sql, changes);
    const told = await insertEvents(this.sql, eventsOfRecords(changed, this.now, this.lowStock));
    if (told > 0) this.rings.add(fanOutLane);
    await proposeMatches(this.sql, this.doubts, clashes);
  }
}

/** What a copy shows is not sent to the database twice when it is the very content of a new record. */
function referring(shadow: ShadowWrite, dataOf: ReadonlyMap<JsonObject, string>): ShadowWrite {
  const theirs_of = shadow.theirs === undefined ? undefined : dataOf.get(shadow.theirs);
  if (theirs_of === undefined) return shadow;
  const { theirs: _same, ...rest } = shadow;
  return { ...rest, theirs_of };
}

/** Whether a patch sets just what a new record has, so that it need not be sent beside it. */
function isAllOf(patch: JsonObject, { before, data }: Working): boolean {
  if (before > 0) return false;
  const names = Object.keys(data);
  return (
    names.length > 0 &&
    names.length === Object.keys(patch).length &&
    names.every((name) => {
      const change = patch[name];
      return isObject(change) && change.to === data[name] && change.from === undefined;
    })
  );
}

function workingOf(row: RecordRow): Working {
  return {
    id: row.id,
    entity: row.entity,
    state: row.state,
    aliasOf: row.alias_of,
    ...(row.source_connection === null || row.source_kind === null || row.source_number === null
      ? {}
      : {
          source: {
            connection: row.source_connection,
            kind: row.source_kind,
            number: row.source_number,
            part: row.source_part,
          },
        }),
    data: row.data,
    was: { state: row.state, data: row.data },
    before: row.version,
    provenance: row.provenance,
    mappingVersion: null,
    changed: false,
    conflicted: row.conflicted ?? [],
    ...(row.asked ? { asked: true } : {}),
    patches: [],
  };
}

function rowOf(record: Working): RecordWrite {
  return {
    id: record.id,
    entity: record.entity,
    state: record.state,
    alias_of: record.aliasOf,
    ...(record.source === undefined ? {} : { source: record.source }),
    data: record.data,
    version: record.before + 1,
    provenance: record.provenance,
    mapping_version: record.mappingVersion,
    conflicted: record.conflicted,
  };
}
