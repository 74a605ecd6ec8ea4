import type { ListedConflict } from '../ledger/conflicts.ts';
import { isObject, type Json } from '../model/index.ts';
import { hideValue, isPersonal, maskedValue, withoutSecrets } from './personal.ts';

/** A conflict as it may be shown: values of personal fields, and keys of list elements in them, only to who may see them. */
export function shownConflict(row: ListedConflict, showPersonal: boolean) {
  const { id, entity, version, state } = row;
  const hides = !showPersonal && isPersonal(entity, row.path);
  const at = row.path.replace(/\[[^\]]*\]/g, '[]');
  const shown = (value: Json | undefined): Json => {
    if (value === undefined || value === null) return null;
    if (showPersonal) return withoutSecrets(value);
    return hides ? hideValue(value) : maskedValue(entity, at, value, []);
  };
  const resolution = row.resolution && {
    ...row.resolution,
    ...(row.resolution.value === undefined ? {} : { value: shown(row.resolution.value) }),
  };
  return {
    ...{ id, entity, version, state, recordId: row.record_id, number: row.called },
    path: hides ? row.path.replace(/\[[^\]]*\]/g, '[***]') : row.path,
    golden: shown(row.golden),
    told: Object.entries(row.told).map(([copy, one]) => ({
      ...{ copy, connection: one.connection, at: one.at },
      value: shown(one.value),
      before: shown(one.before),
      message: one.message ?? null,
      mapping: one.mapping ?? null,
    })),
    openedAt: row.opened_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    resolvedBy: row.resolved_by,
    resolution: isObject(resolution) ? resolution : null,
  };
}
