/** What becomes of open conflicts when their records go: they end with a deleted one and follow the copies of others. */
import { type ConflictRow, openConflicts, type Shown, writeConflicts } from '../../ledger/conflicts.ts';
import { newId } from '../../ledger/ids.ts';
import { shownAt } from '../../merge/index.ts';
import { isUnder } from '../../model/index.ts';
import { resolved } from '../apply/conflicts.ts';
import type { Unit, Working } from '../apply/unit.ts';

/** Closes what was disputed about records that are deleted: should one live again, it is as it is told then. */
export async function endConflicts(unit: Unit, gone: readonly Working[]): Promise<void> {
  const disputed = gone.filter(({ state, conflicted }) => state === 'deleted' && conflicted.length > 0);
  if (disputed.length === 0) return;
  const rows = await openConflicts(
    unit.sql,
    disputed.map((record) => record.id),
  );
  for (const record of disputed) record.conflicted = [];
  await writeConflicts(
    unit.sql,
    rows.map((row) => resolved(row, unit.now, 'hub', { deleted: true })),
  );
}

/**
 * What was disputed about a record is disputed about the one it was merged into; where that one has the same dispute,
 * they are one. Answers the rows to be written after the records.
 */
export async function moveConflicts(unit: Unit, kept: Working, merged: Working): Promise<ConflictRow[]> {
  if (merged.conflicted.length === 0) return [];
  const open = await openConflicts(unit.sql, [kept.id, merged.id]);
  const own = new Map(open.flatMap((row) => (row.record_id === kept.id ? [[row.path, row]] : [])));
  const rows = open
    .filter((row) => row.record_id === merged.id)
    .flatMap((row): ConflictRow[] => {
      const same = own.get(row.path);
      const over = resolved(row, unit.now, 'hub', { mergedInto: kept.id });
      if (same) return [over, { ...changed(unit, same), told: { ...row.told, ...same.told } }];
      if (isUnder(row.path, kept.conflicted)) return [over];
      kept.conflicted = [...kept.conflicted, row.path];
      return [about(unit, row, kept)];
    });
  merged.conflicted = [];
  return rows;
}

/**
 * Takes disputes apart with their records. Each goes where the copies that take part go; where both records are left
 * with copies that disagree, both have one, and where neither is, it is over.
 *
 * @param leaving Copies that go to the restored record, as `<connection>/<object>/<remote id>`.
 */
export async function partConflicts(
  unit: Unit,
  kept: Working,
  restored: Working,
  leaving: ReadonlySet<string>,
): Promise<ConflictRow[]> {
  if (kept.conflicted.length === 0) return [];
  const rows: ConflictRow[] = [];
  for (const row of await openConflicts(unit.sql, [kept.id])) {
    const told = Object.entries(row.told);
    const [theirs, ours] = [true, false].map((leaves) =>
      told.filter(([copy]) => leaving.has(copy) === leaves),
    );
    if (!theirs || !ours || theirs.length === 0) continue;
    const goes = ours.length === 0 || theirs.length > 1;
    const stays = ours.length > 1;
    if (goes) restored.conflicted = [...restored.conflicted, row.path];
    if (!stays) kept.conflicted = kept.conflicted.filter((path) => path !== row.path);
    const went = (id: string): ConflictRow => ({ ...about(unit, row, restored, theirs), id });
    if (stays) rows.push(about(unit, row, kept, ours), ...(goes ? [went(newId())] : []));
    else rows.push(goes ? went(row.id) : resolved(row, unit.now, 'hub', { unmerged: restored.id }));
  }
  return rows;
}

/** The row about a record as it is now. */
function about(
  unit: Unit,
  row: ConflictRow,
  record: Working,
  told: readonly (readonly [string, Shown])[] = Object.entries(row.told),
): ConflictRow {
  const golden = shownAt(record.data, row.path)?.value ?? null;
  return { ...changed(unit, row), record_id: record.id, golden, told: Object.fromEntries(told) };
}

function changed(unit: Unit, row: ConflictRow): ConflictRow {
  return { ...row, version: row.version + 1, changed_at: unit.now };
}
