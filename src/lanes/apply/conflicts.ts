import { type ConflictRow, openConflicts, type Shown } from '../../ledger/conflicts.ts';
import { newId } from '../../ledger/ids.ts';
import { type LinkRow, linksOfRecords } from '../../ledger/links.ts';
import { readShadows } from '../../ledger/shadows.ts';
import {
  type Conflict,
  compareInstants,
  diff,
  type Provenance,
  shownAt,
  withShownAt,
} from '../../merge/index.ts';
import {
  entities,
  equal,
  isEntityName,
  isUnder,
  type Json,
  type JsonObject,
  validateRecord,
} from '../../model/index.ts';
import { mustBeWritten } from '../push/own-values.ts';
import type { Merged } from './merge-item.ts';
import { addressOf, claimIdentities, type Found } from './pairing.ts';
import type { Prepared } from './prepare.ts';
import type { Unit, Working } from './unit.ts';

/** What one item shows of a record about which something is disputed. */
export interface Claim {
  readonly record: Working;
  /** Everything its copy shows now. */
  readonly shown: JsonObject;
  /** Edits of this item that wait for a person. */
  readonly edits: readonly Conflict[];
  readonly copy: Omit<Shown, 'value' | 'before'>;
}

/**
 * Takes note of what one item means for conflicts: a path it begins to dispute, a value of its copy where something is
 * disputed already; a copy whose edit was overruled is to get the golden value.
 */
export function noteClaims(
  unit: Unit,
  item: Prepared,
  record: Working,
  found: Found,
  merged: Merged,
  told: JsonObject,
): void {
  const conflicts = (merged.kind === 'changed' ? merged.disputed : undefined) ?? [];
  if (conflicts.length === 0 && record.conflicted.length === 0) return;
  const { row, party } = item;
  const link = item.about ? undefined : found.links.get(addressOf(row.connection, row.object, row.remote_id));
  if (link && conflicts.some((one) => one.kept === 'golden' && one.decidedBy !== 'parked')) {
    overrule(unit, item, link);
  }
  const edits = conflicts.filter((one) => one.decidedBy === 'parked');
  for (const { path } of edits) {
    if (!isUnder(path, record.conflicted)) record.conflicted = [...record.conflicted, path];
  }
  if (record.conflicted.length === 0) return;
  unit.claims.push({
    record,
    shown: (link && found.shadows.get(link.id)?.theirs) ?? told,
    edits,
    copy: {
      connection: row.connection,
      object: row.object,
      remoteId: row.remote_id,
      at: item.revision !== null && isInstant(item.revision) ? item.revision : row.received_at.toISOString(),
      message: String(row.id),
      mapping: `${party.mapping.name}@${party.mapping.version}`,
    },
  });
}

/**
 * The overruled system shows another value than the golden one it may have been sent: what was sent counts no longer,
 * so that the golden value is written there again. A copy that was paired just now is an opening difference, which is
 * nobody's edit, and what it answers to our own write is none either.
 */
function overrule(unit: Unit, item: Prepared, link: LinkRow): void {
  const isNew = unit.links.some((one) => one.id === link.id) || (link.origin && link.seen_hash === null);
  if (isNew || item.row.via === 'answer' || !item.party.writes || !item.party.mapping.writes) return;
  const at = unit.shadows.findIndex((one) => one.link_id === link.id);
  const shadow = unit.shadows[at];
  if (shadow) unit.shadows[at] = { ...shadow, sent_hash: mustBeWritten };
  unit.due.add(link.id);
  unit.rings.add(link.lane);
}

/**
 * Opens, joins and closes conflicts by what the items of a batch said, before the consequences of changes are
 * followed; answers the rows to be written after records and links. Asks nothing when nothing is disputed.
 */
export async function settleConflicts(unit: Unit, found: Found): Promise<ConflictRow[]> {
  if (unit.claims.length === 0) return [];
  const records = [...new Set(unit.claims.map((claim) => claim.record))];
  const ids = records.map((record) => record.id);
  const open = new Map(
    (await openConflicts(unit.sql, ids)).map((row) => [keyOf(row.record_id, row.path), row]),
  );
  const copies = new Copies(unit, found);
  await copies.read(
    records.filter((record) => record.conflicted.some((path) => !open.has(keyOf(record.id, path)))),
  );
  const touched = new Map<string, ConflictRow>();
  for (const claim of unit.claims) {
    for (const path of claim.record.conflicted) {
      const key = keyOf(claim.record.id, path);
      const row = open.get(key) ?? (editAt(claim, path) && opened(claim, path, copies, unit.now));
      if (!row) continue;
      open.set(key, row);
      const joined = join(row, claim, unit.now);
      if (joined === row) continue;
      open.set(key, joined);
      touched.set(key, joined);
    }
  }
  return [...touched.values()].map((row) => agree(unit, row));
}

/** A conflict that begins: the golden value stands on the copies of the system that set it. */
function opened(claim: Claim, path: string, copies: Copies, now: Date): ConflictRow {
  const { record } = claim;
  const golden = shownAt(record.data, path)?.value;
  return {
    id: newId(),
    record_id: record.id,
    entity: record.entity,
    path,
    golden: golden ?? null,
    told: copies.ofSetter(claim, path, golden),
    version: 0,
    state: 'open',
    opened_at: now,
    changed_at: now,
    resolved_at: null,
    resolved_by: null,
    resolution: null,
  };
}

function editAt(claim: Claim, path: string): Conflict | undefined {
  return claim.edits.find((edit) => isUnder(edit.path, [path]));
}

/** The conflict with what this copy shows there now; the same row when that is no news or the copy takes no part. */
function join(row: ConflictRow, claim: Claim, now: Date): ConflictRow {
  const address = copyAddress(claim.copy);
  const known = row.told[address];
  const edit = editAt(claim, row.path);
  const shown = shownAt(claim.shown, row.path) ?? (edit?.path === row.path ? incomingOf(edit) : undefined);
  if ((known === undefined && edit === undefined) || shown === undefined) return row;
  if (known && equal(known.value, shown.value)) return row;
  const before = known ? known.value : edit?.path === row.path ? (edit.theirs ?? undefined) : undefined;
  const told: Shown = { ...claim.copy, ...shown, ...(before === undefined ? {} : { before }) };
  return { ...row, told: { ...row.told, [address]: told }, version: row.version + 1, changed_at: now };
}

/** A name in a path may hold signs that paths are made of; then only the edit itself knows the value. */
function incomingOf({ incoming }: Conflict): { readonly value?: Json } {
  return incoming === undefined || incoming === null ? {} : { value: incoming };
}

/** When every copy that takes part shows the same, or the only one shows the golden value again, that value is golden. */
function agree(unit: Unit, row: ConflictRow): ConflictRow {
  const record = unit.get(row.record_id);
  const told = Object.values(row.told);
  const [first] = told;
  if (!record || !first || !told.every((one) => equal(one.value, first.value))) return row;
  const golden = shownAt(record.data, row.path)?.value;
  if (told.length === 1 && !equal(first.value, golden)) return row;
  const { connection, at, message, mapping } = told.reduce((a, b) =>
    compareInstants(b.at, a.at) > 0 ? b : a,
  );
  const setBy = {
    ...{ connection, at, takenAt: unit.now.toISOString() },
    ...(message === undefined ? {} : { message }),
    ...(mapping === undefined ? {} : { mapping }),
  };
  const origin = { conflict: row.id, agreed: told.map(({ connection: name }) => name), connection };
  if (!decide(unit, record, row, { value: first.value, setBy, origin })) return row;
  return resolved(row, unit.now, 'hub', { agreed: true, value: first.value ?? null });
}

export interface Decision {
  readonly value: Json | undefined;
  /** Kept as provenance of the value. */
  readonly setBy: JsonObject;
  readonly origin: JsonObject;
}

/** Gives the record the value it was decided about; false, and nothing done, where the model refuses the record then. */
export function decide(unit: Unit, record: Working, row: ConflictRow, decision: Decision): boolean {
  const data = withShownAt(record.data, row.path, decision.value);
  const isSame = equal(data, record.data);
  if (!isSame && isEntityName(record.entity) && validateRecord(entities[record.entity], data).length > 0)
    return false;
  const patch = diff(record.data, data) as unknown as JsonObject;
  if (!isSame) {
    const others = Object.entries(record.provenance).filter(([path]) => !isUnder(path, [row.path]));
    record.provenance = {
      ...Object.fromEntries(others),
      [row.path]: decision.setBy,
    };
  }
  record.conflicted = record.conflicted.filter((path) => path !== row.path);
  unit.change(record, data, { patch, origin: decision.origin });
  claimIdentities(unit, record);
  return true;
}

/** The row of a conflict that is over. */
export function resolved(row: ConflictRow, at: Date, by: string, resolution: JsonObject): ConflictRow {
  return {
    ...row,
    version: row.version + 1,
    state: 'resolved',
    changed_at: at,
    resolved_at: at,
    resolved_by: by,
    resolution,
  };
}

/** All copies of records and what they show, as of this batch. */
class Copies {
  readonly #unit: Unit;
  readonly #found: Found;
  readonly #byRecord = new Map<
    string,
    { copy: Pick<Shown, 'connection' | 'object' | 'remoteId'>; shows: JsonObject }[]
  >();

  constructor(unit: Unit, found: Found) {
    this.#unit = unit;
    this.#found = found;
  }

  async read(records: readonly Working[]): Promise<void> {
    if (records.length === 0) return;
    const ids = new Set(records.map((record) => record.id));
    const stored = await linksOfRecords(this.#unit.sql, [...ids]);
    const shadows = await readShadows(
      this.#unit.sql,
      stored.map((link) => link.id),
    );
    const shown = new Map([...shadows.map((row) => [row.link_id, row] as const), ...this.#found.shadows]);
    const links = new Map([...stored, ...this.#found.links.values()].map((link) => [link.id, link]));
    for (const link of links.values()) {
      const shows = shown.get(link.id)?.theirs;
      if (!ids.has(link.record_id) || link.remote_id === null || !shows) continue;
      const copy = { connection: link.connection, object: link.object, remoteId: link.remote_id };
      this.#byRecord.set(link.record_id, [...(this.#byRecord.get(link.record_id) ?? []), { copy, shows }]);
    }
  }

  /** Copies of the system that set the golden value, as far as they still show it. */
  ofSetter(claim: Claim, path: string, golden: Json | undefined): Record<string, Shown> {
    const setBy = setterOf(claim.record.provenance, path);
    if (!setBy) return {};
    const { connection, at, message, mapping } = setBy;
    const own = (this.#byRecord.get(claim.record.id) ?? []).filter(({ copy, shows }) => {
      const shown = shownAt(shows, path);
      const isClaimant = copyAddress(copy) === copyAddress(claim.copy);
      return (
        copy.connection === connection && !isClaimant && shown !== undefined && equal(shown.value, golden)
      );
    });
    return Object.fromEntries(
      own.map(({ copy }) => [
        copyAddress(copy),
        {
          ...copy,
          ...(golden === undefined ? {} : { value: golden }),
          at,
          ...(message === undefined ? {} : { message }),
          ...(mapping === undefined ? {} : { mapping }),
        },
      ]),
    );
  }
}

/** Who set the value at a path or what it is part of; of something set in parts, who set the last of them. */
function setterOf(provenance: JsonObject, path: string): Provenance | undefined {
  const paths = Object.keys(provenance);
  const of = (set: string): Provenance => provenance[set] as unknown as Provenance;
  const [nearest] = paths.filter((set) => isUnder(path, [set])).sort((a, b) => b.length - a.length);
  if (nearest !== undefined) return of(nearest);
  const parts = paths.filter((set) => isUnder(set, [path])).map(of);
  return parts.sort((a, b) => compareInstants(b.takenAt, a.takenAt))[0];
}

function copyAddress(copy: Pick<Shown, 'connection' | 'object' | 'remoteId'>): string {
  return `${copy.connection}/${copy.object}/${copy.remoteId}`;
}

function keyOf(recordId: string, path: string): string {
  return `${recordId}/${path}`;
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text);
}
