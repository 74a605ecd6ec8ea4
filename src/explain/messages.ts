/** Messages of systems as they are shown to whoever asks for them by the API. */
import { parseBody } from '../lanes/apply/bodies.ts';
import { messagesAt } from '../ledger/dead-letters.ts';
import { type ListedMessage, listMessages, replacementOf } from '../ledger/inbox-desk.ts';
import { readRecords } from '../ledger/records.ts';
import type { Json } from '../model/index.ts';
import { maskedText, maskedVendor, personalValues, personalVendorPaths, withoutSecrets } from './personal.ts';
import { documentOf, type Setting } from './setting.ts';

/** A message without what it carries. Sentences quote values: telephone numbers are hidden in them. */
export function shownMessage(row: ListedMessage) {
  const { id, connection, object, via, revision, state, attempts, code, error, carries } = row;
  return {
    ...{ id, connection, object, via, revision, state, attempts, code, carries },
    remoteId: row.remote_id,
    receivedAt: row.received_at.toISOString(),
    dueAt: state === 'due' ? row.due_at.toISOString() : null,
    sentence: error === null ? null : maskedText(error, []),
    recordId: row.record_id,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** One message with what it says; undefined when there is none (any more). */
export async function messageInFull(setting: Setting, id: number, showPersonal: boolean) {
  const { database } = setting;
  const [row] = await listMessages(database, { id }, 1);
  const [kept] = row ? await messagesAt(database, [{ id, receivedAt: row.received_at }]) : [];
  if (!row || !kept) return undefined;
  const doc = documentOf(setting, row.connection, row.object, null);
  const paths = doc && personalVendorPaths(doc);
  const [record] = row.record_id === null ? [] : await readRecords(database, [row.record_id]);
  const known = record ? personalValues(record.entity, record.data) : new Set<string>();
  const body: Json = kept.body ? (parseBody(kept.body) ?? kept.body.toString('utf8')) : null;
  const shown = (value: Json): Json =>
    showPersonal ? withoutSecrets(value) : maskedVendor(value, paths, known);
  return {
    ...shownMessage(row),
    sentence: row.error === null ? null : showPersonal ? row.error : maskedText(row.error, known),
    // Text that is no JSON may be anything.
    body: typeof body === 'string' && !showPersonal ? maskedVendor(body, undefined) : shown(body),
    hint: shown(kept.hint ?? null),
    replacedBy: row.code === 'inbox.edited' ? ((await replacementOf(database, id)) ?? null) : null,
  };
}
