/**
 * Opening differences: a copy that is paired by its keys comes as it is. Where it shows another value than the golden
 * record, nothing is taken from it and nothing written to it, nor to the copies others have, until a person decides or
 * somebody edits that value.
 */
import type { LinkRow } from '../../ledger/links.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import { diff, isNormalForm, type StateRules, shownAt } from '../../merge/index.ts';
import { entities, equal, hidesPhone, isEntityName, isUnder, type JsonObject } from '../../model/index.ts';
import type { World } from '../world.ts';
import type { Merged } from './merge-item.ts';
import type { Prepared } from './prepare.ts';
import { overlay } from './shown.ts';
import type { Unit, Working } from './unit.ts';

/** What is undecided about a copy from now on. */
export interface Opening {
  readonly recordId: string;
  readonly paths: readonly string[];
  /** It was paired in this very unit. */
  readonly isNew: boolean;
}

/** What the unit writes of it. */
export function openingRows(
  openings: ReadonlyMap<string, Opening>,
): { readonly id: string; readonly paths: readonly string[] }[] {
  return [...openings].map(([id, { paths }]) => ({ id, paths }));
}

/** Whether an item pairs a copy nobody knew with a record that is known, and that somebody is told. */
export function isPairing(
  world: World,
  item: Prepared,
  record: Working,
  link: LinkRow | undefined,
  shadow: ShadowRow | undefined,
): boolean {
  if (item.about || item.row.via === 'answer' || record.state !== 'live') return false;
  if (record.before === 0 && record.patches.length === 0) return false;
  if (link !== undefined && (link.seen_hash !== null || shadow !== undefined)) return false;
  const isState = isEntityName(record.entity) && entities[record.entity].nature === 'state';
  return isState && world.landscape.writersOf(record.entity).length > 0;
}

/** The rules at a pairing: the owner's word counts, what nobody knew is taken, and nothing else is. */
export function pairingRules(rules: StateRules): StateRules {
  return { ...rules, conflict: 'park' };
}

/** What was merged at a pairing, without the differences: they are no conflicts, unless there was one already. */
export function withoutDifferences(merged: Merged, record: Working): Merged {
  if (merged.kind !== 'changed' || merged.disputed === undefined) return merged;
  const { conflicts: _all, disputed, ...rest } = merged;
  const kept = disputed.filter(
    ({ path, decidedBy }) => decidedBy === 'parked' && overlaps(path, record.conflicted),
  );
  if (kept.length > 0)
    return { ...rest, conflicts: { fields: kept as unknown as JsonObject[] }, disputed: kept };
  return Object.keys(rest.patch).length === 0 ? { kind: 'noNews' } : rest;
}

/** Paths at which a system shows another value than the golden record; what it does not tell is no difference. Pure. */
export function differingPaths(golden: JsonObject, shown: JsonObject): string[] {
  return Object.keys(diff(golden, overlay(golden, shown))).filter((path) => {
    const theirs = shownAt(shown, path);
    const ours = shownAt(golden, path)?.value;
    if (theirs === undefined || equal(theirs.value, ours)) return false;
    return !isNormalForm(theirs.value, ours) && !hidesPhone(theirs.value, ours);
  });
}

/** Notes what is undecided about a copy that was just paired: what it is not `owed` at once. */
export function openCopy(
  unit: Unit,
  linkId: string,
  record: Working,
  shown: JsonObject,
  owed: readonly string[],
): readonly string[] {
  const paths = differingPaths(record.data, shown).filter(
    (path) => !overlaps(path, record.conflicted) && !owed.includes(path),
  );
  unit.openings.set(linkId, { recordId: record.id, paths, isNew: true });
  return paths;
}

/** A copy shows something new: where that is an edit of an undecided value, it is one like any other from now on. */
export function noteOwnEdits(
  unit: Unit,
  link: LinkRow,
  before: JsonObject | null | undefined,
  now: JsonObject,
): void {
  const known = unit.openings.get(link.id);
  const paths = known?.paths ?? link.opening ?? [];
  if (paths.length === 0) return;
  const left = paths.filter((path) => equal(shownAt(before ?? {}, path)?.value, shownAt(now, path)?.value));
  if (left.length === paths.length) return;
  unit.openings.set(link.id, { recordId: link.record_id, paths: left, isNew: known?.isNew ?? false });
}

/** An edit decides about the values it changes at the copies that were paired before it in this unit. */
export function noteEdit(unit: Unit, record: Working, patch: JsonObject): void {
  for (const [id, opening] of unit.openings) {
    if (opening.recordId !== record.id || opening.paths.length === 0) continue;
    const paths = untouched(opening.paths, patch);
    if (paths.length < opening.paths.length) unit.openings.set(id, { ...opening, paths });
  }
}

/**
 * What the changes of this unit mean for copies of the changed records: an edit decides, and what a newly paired copy
 * has brought along is undecided at the copies others have, but for what they are owed (see owed.ts).
 */
export function settleOpenings(unit: Unit, copies: readonly LinkRow[], owed: Owed): void {
  for (const link of copies) {
    const known = unit.openings.get(link.id);
    const record = unit.get(link.record_id);
    if (known?.isNew || record === undefined) continue;
    const before = known?.paths ?? link.opening ?? [];
    let paths = before;
    for (const { patch, pairs } of record.patches) {
      if (pairs !== true) paths = paths.length === 0 ? paths : untouched(paths, patch);
      else if (link.remote_id !== null && (link.origin || link.written_at === null))
        paths = [...new Set([...paths, ...open(patch, owed(link, record))])];
    }
    if (!equal([...paths], [...before]))
      unit.openings.set(link.id, { recordId: record.id, paths, isNew: false });
  }
}

/** What the owners of fields have told and a copy gets at once, path by path. */
type Owed = (link: LinkRow, record: Working) => (path: string) => boolean;

function open(patch: JsonObject, isOwed: (path: string) => boolean): string[] {
  return Object.keys(patch).filter((path) => !isOwed(path));
}

function untouched(paths: readonly string[], patch: JsonObject): readonly string[] {
  const changed = Object.keys(patch);
  return paths.filter((path) => !overlaps(path, changed));
}

/** Whether a path is one of the others, below one or above one. */
export function overlaps(path: string, others: readonly string[]): boolean {
  return isUnder(path, others) || others.some((other) => isUnder(other, [path]));
}
