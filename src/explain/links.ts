/** Copies and their writes as they are shown to whoever asks for them by the API. */
import { waitsOf } from '../ledger/explain.ts';
import { type ListedLink, listLinks, listTries } from '../ledger/link-desk.ts';
import { readRecords } from '../ledger/records.ts';
import type { Json } from '../model/index.ts';
import { maskedText, maskedVendor, personalValues, personalVendorPaths, withoutSecrets } from './personal.ts';
import { documentOf, type Setting } from './setting.ts';

/** A copy for people: ids, how it stands, and why. Sentences quote values: telephone numbers are hidden in them. */
export function shownLink(row: ListedLink, showPersonal: boolean) {
  const { id, entity, number, connection, object, origin, step, state, attempts, code, error } = row;
  return {
    ...{
      id,
      recordId: row.record_id,
      entity,
      number,
      connection,
      object,
      origin,
      step,
      state,
      attempts,
      code,
    },
    remoteId: row.remote_id,
    remoteNumber: row.remote_number,
    remoteStatus: row.remote_status,
    dueAt: state === 'due' ? row.due_at.toISOString() : null,
    dirtySince: row.dirty_since?.toISOString() ?? null,
    writtenVersion: row.pushed_version,
    sentence: error === null || showPersonal ? error : maskedText(error, []),
  };
}

/** One copy with what it waits for; undefined when there is none of that id. */
export async function linkNamed({ database }: Setting, id: string) {
  const [row] = await listLinks(database, { id }, 1);
  if (!row) return undefined;
  const [record] = await readRecords(database, [row.record_id]);
  const known = record ? personalValues(record.entity, record.data) : [];
  const shown = shownLink(row, false);
  const waits = await waitsOf(database, [id]);
  return {
    ...shown,
    sentence: shown.sentence === null ? null : maskedText(shown.sentence, known),
    waitsFor: waits.map(({ kind, target, since, entity, number, copy_state: state }) => ({
      ...{ kind, target, since: since.toISOString(), entity, number, state },
    })),
  };
}

/** A page of the writes of one copy, the last first, and one more; undefined when there is no copy of that id. */
export async function shownTries(
  setting: Setting,
  id: string,
  options: {
    readonly limit: number;
    readonly before?: { readonly startedAt: Date; readonly id: string } | undefined;
    readonly showPersonal: boolean;
  },
) {
  const { database } = setting;
  const [link] = await listLinks(database, { id }, 1);
  if (!link) return undefined;
  const [record] = await readRecords(database, [link.record_id]);
  const known = record ? personalValues(record.entity, record.data) : new Set<string>();
  const doc = documentOf(setting, link.connection, link.object, link.entity);
  const paths = doc && personalVendorPaths(doc);
  const rows = await listTries(database, id, options.limit + 1, options.before);
  const shown = (value: Json, at: readonly string[] | undefined): Json =>
    options.showPersonal ? withoutSecrets(value) : maskedVendor(value, at, known);
  const tries = rows.map((row) => ({
    ...{ id: row.id, step: row.step, key: row.key, outcome: row.outcome, lookups: row.lookups },
    recordVersion: row.record_version,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    durationMs: row.duration_ms,
    sent: shown(row.body, paths),
    // What came back is words of the vendor's: ids, a status, a sentence.
    answer: shown(row.answer, []),
  }));
  return { tries };
}
