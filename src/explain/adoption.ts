/** What taking a system over would mean, as it is shown to whoever asks by the API. */
import type { FieldDifferences } from '../lanes/adoption/differences.ts';
import type { IntentRow } from '../ledger/adoption.ts';
import { isObject, type Json } from '../model/index.ts';
import {
  hideValue,
  isPersonal,
  maskedValue,
  maskedVendor,
  personalVendorPaths,
  withoutSecrets,
} from './personal.ts';
import { documentOf, type Setting } from './setting.ts';

/** A write that is not made. */
export function shownIntent(setting: Setting, row: IntentRow, showPersonal: boolean) {
  const { connection, object, entity, record, step, key } = row;
  const doc = documentOf(setting, connection, object, entity);
  const paths = doc && personalVendorPaths(doc);
  const difference = Object.entries(row.difference ?? {}).map(([path, one]): [string, Json] => {
    const hides = !showPersonal && isPersonal(entity, path);
    const told = hides ? path.replace(/\[[^\]]*\]/g, '[***]') : path;
    if (!isObject(one)) return [told, null];
    return [
      told,
      Object.fromEntries(
        Object.entries(one).map(([side, value]) => [side, shown(entity, path, value ?? null, showPersonal)]),
      ),
    ];
  });
  return {
    ...{ link: row.link_id, connection, object, entity, record, step, key },
    body: showPersonal ? withoutSecrets(row.body) : maskedVendor(row.body, paths),
    difference: row.difference === null ? null : Object.fromEntries(difference),
    at: row.at.toISOString(),
  };
}

/** Differences from the start, by field. */
export function shownDifferences(found: readonly FieldDifferences[], showPersonal: boolean) {
  return found.map((one) => ({
    ...one,
    examples: one.examples.map(({ record, remoteId, path, golden, its }) => ({
      ...{ record, remoteId },
      path: !showPersonal && isPersonal(one.entity, path) ? path.replace(/\[[^\]]*\]/g, '[***]') : path,
      golden: shown(one.entity, path, golden ?? null, showPersonal),
      its: shown(one.entity, path, its ?? null, showPersonal),
    })),
  }));
}

function shown(entity: string, path: string, value: Json, showPersonal: boolean): Json {
  if (showPersonal) return withoutSecrets(value);
  if (isPersonal(entity, path)) return hideValue(value);
  return maskedValue(entity, path.replace(/\[[^\]]*\]/g, '[]'), value, []);
}
