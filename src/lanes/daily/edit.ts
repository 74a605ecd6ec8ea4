/** Setting fields of many records by hand, and taking that back. */
import { setTimeout as delay } from 'node:timers/promises';
import { compileExpression } from '../../derive/index.ts';
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { editedBy } from '../../ledger/edits.ts';
import { newId } from '../../ledger/ids.ts';
import { linksOfRecords } from '../../ledger/links.ts';
import type { RecordRow } from '../../ledger/records.ts';
import { lastRecords } from '../../ledger/rehearsal.ts';
import { shownAt } from '../../merge/index.ts';
import { equal, isObject, type Json, type JsonObject } from '../../model/index.ts';
import { followUp } from '../apply/effects.ts';
import { Unit, type Working } from '../apply/unit.ts';
import type { World } from '../world.ts';
import type { Decider } from './decider.ts';
import { changesOf, checkSettings, type FieldChange, type Settings, setByHand } from './edit-one.ts';
import { type Foreseen, foresee } from './foresee.ts';
import { idOfRecord } from './record-named.ts';

const sliceSize = 100;
const pageSize = 500;
const mostExamples = 5;
/** Records edited in a second, when nothing else is asked for. */
export const defaultEditRate = 100;

export interface EditInput {
  readonly entity: string;
  /** Ids or numbers … */
  readonly records?: readonly string[] | undefined;
  /** … or an expression over `record` that is true for those that are meant. */
  readonly where?: string | undefined;
  readonly set: Settings;
  readonly dryRun?: boolean | undefined;
  /** No more records than that. */
  readonly most: number;
  readonly perSecond?: number | undefined;
  /** Told how many of how many are done. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

export interface EditExample {
  readonly recordId: string;
  readonly entity: string;
  readonly number: string | null;
  readonly changes: readonly FieldChange[];
  /** Of a preview: what would be done with its copies. */
  readonly copies?: readonly Foreseen[];
}

export interface EditResult {
  /** Names the edit, to take it back; null: nothing was changed. */
  readonly edit: string | null;
  readonly matched: number;
  readonly changed: number;
  /** Have the values already. */
  readonly unchanged: number;
  /** Left as they are, by the reason. */
  readonly refused: readonly {
    readonly code: string;
    readonly reason: string;
    readonly count: number;
    readonly example: string;
  }[];
  readonly examples: readonly EditExample[];
}

/**
 * Sets fields of the records that are meant. What a system or a rule owns is refused record by record, the others are
 * changed with the person as their origin, and what follows from a change follows. What was before is in the audit log,
 * from where `undoEdit` takes it. Errors: `edit.bad-field`, `edit.bad-filter`, `edit.too-many`, `daily.which`.
 */
export async function editRecords(world: World, input: EditInput, by: Decider): Promise<EditResult> {
  checkSettings(input.entity, input.set);
  const ids = await meant(world, input);
  return change(world, ids, () => input.set, { ...by, action: {} }, input);
}

/**
 * Takes an edit back: every record that still has what it was given gets what it had. Others are
 * refused. Errors: `edit.unknown`.
 */
export async function undoEdit(
  world: World,
  edit: string,
  by: Decider,
  options: Pick<EditInput, 'dryRun' | 'perSecond' | 'onProgress'>,
): Promise<EditResult> {
  const before = new Map<string, FieldChange[]>();
  for (let after = 0; ; ) {
    const page = await editedBy(world.database, edit, after, pageSize);
    for (const row of page) before.set(row.record_id, changesIn(row.details));
    after = page.at(-1)?.id ?? after;
    if (page.length < pageSize) break;
  }
  if (before.size === 0) throw new HubError('edit.unknown', { id: edit });
  const settingsOf = (record: Working): Settings => {
    const changes = before.get(record.id) ?? [];
    for (const { path, after } of changes) {
      if (!equal(shownAt(record.data, path)?.value ?? null, after))
        throw new HubError('edit.bad-field', { path, entity: record.entity, reason: 'it was changed since' });
    }
    return Object.fromEntries(changes.map((one) => [one.path, one.before]));
  };
  return change(world, [...before.keys()], settingsOf, { ...by, action: { undoes: edit } }, options);
}

interface EditBy extends Decider {
  /** More for the audit log. */
  readonly action: JsonObject;
}

async function change(
  world: World,
  ids: readonly string[],
  settingsOf: (record: Working) => Settings,
  by: EditBy,
  { dryRun = false, perSecond = defaultEditRate, onProgress }: Partial<EditInput>,
): Promise<EditResult> {
  const edit = newId();
  const refused = new Map<string, { code: string; reason: string; count: number; example: string }>();
  const examples: EditExample[] = [];
  let [changed, unchanged] = [0, 0];
  const size = Math.max(1, Math.min(sliceSize, perSecond));
  for (let from = 0; from < ids.length; from += size) {
    const began = world.now();
    const slice = ids.slice(from, from + size);
    const { done, rings } = await world.database.transaction(async (sql) => {
      const unit = new Unit(sql, new Date(world.now()));
      await unit.load(slice);
      const edited: { record: Working; was: JsonObject; changes: readonly FieldChange[] }[] = [];
      const wrong: { record: Working | undefined; id: string; error: HubError }[] = [];
      let same = 0;
      for (const id of slice) {
        const record = unit.get(id);
        try {
          if (record?.state !== 'live') throw new HubError('records.unknown', { name: id });
          const was = record.data;
          const to = changesOf(world.landscape, record, settingsOf(record));
          if (to.changes.length === 0) same += 1;
          else {
            setByHand(unit, record, to, { author: by.author, reason: by.reason, edit });
            edited.push({ record, was, changes: to.changes });
          }
        } catch (error) {
          if (!(error instanceof HubError)) throw error;
          wrong.push({ record, id, error });
        }
      }
      if (!dryRun && edited.length > 0) {
        await followUp(world, unit);
        await unit.write();
        await insertAudit(
          sql,
          edited.map(({ record, changes }) => ({
            author: by.author,
            action: 'records.edit',
            subject: `record/${record.id}`,
            // What people write of a record may be personal: shown and erased like every body.
            details: {
              ...by.action,
              ...{ edit, entity: record.entity, reason: by.reason },
              body: changes as unknown as JsonObject[],
            },
          })),
        );
      }
      return { done: { edited, wrong, same }, rings: dryRun ? new Set<string>() : unit.rings };
    });
    world.ring(rings);
    changed += done.edited.length;
    unchanged += done.same;
    for (const { record, id, error } of done.wrong) {
      const key = `${error.code} ${error.message}`;
      const known = refused.get(key);
      const example = record ? (numberOf(record.data) ?? id) : id;
      if (known) known.count += 1;
      else refused.set(key, { code: error.code, reason: error.message, count: 1, example });
    }
    for (const { record, changes } of done.edited.slice(0, mostExamples - examples.length)) {
      const copies = dryRun ? { copies: await foreseen(world, record) } : {};
      const { id, entity } = record;
      examples.push({ recordId: id, entity, number: numberOf(record.data), changes, ...copies });
    }
    onProgress?.(Math.min(ids.length, from + size), ids.length);
    const rest = began + (done.edited.length * 1_000) / perSecond - world.now();
    if (!dryRun && rest > 0 && from + size < ids.length) await delay(rest);
  }
  return {
    edit: dryRun || changed === 0 ? null : edit,
    ...{ matched: ids.length, changed, unchanged },
    refused: [...refused.values()].sort((a, b) => b.count - a.count),
    examples,
  };
}

/** What would be done with the copies of a record if it were so. */
async function foreseen(world: World, record: Working): Promise<Foreseen[]> {
  const links = await linksOfRecords(world.database, [record.id]);
  const row: RecordRow = {
    ...{ id: record.id, entity: record.entity, state: record.state, alias_of: record.aliasOf },
    source_connection: record.source?.connection ?? null,
    source_kind: record.source?.kind ?? null,
    source_number: record.source?.number ?? null,
    source_part: record.source?.part ?? '',
    ...{ data: record.data, version: record.before + 1, provenance: record.provenance },
    conflicted: record.conflicted,
  };
  return foresee(world, links, { records: [row] });
}

async function meant(world: World, { entity, records, where, most }: EditInput): Promise<string[]> {
  if ((records === undefined) === (where === undefined))
    throw new HubError('daily.which', { expected: 'a list of records, or a filter' });
  if (records !== undefined) {
    if (records.length > most) throw new HubError('edit.too-many', { most });
    const ids: string[] = [];
    for (const name of records) ids.push(await idOfRecord(world.database, name, entity));
    return [...new Set(ids)];
  }
  const holds = filterOf(where ?? '');
  const ids: string[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await lastRecords(world.database, entity, before, pageSize);
    ids.push(...page.filter((row) => holds({ ...row.data, id: row.id })).map((row) => row.id));
    if (ids.length > most) throw new HubError('edit.too-many', { most });
    before = page.at(-1)?.id;
    if (page.length < pageSize) return ids;
  }
}

/** Errors: `edit.bad-filter`. A record of which it cannot be told is not meant. */
function filterOf(text: string): (record: JsonObject) => boolean {
  const expression = compiled(text);
  return (record) => {
    try {
      return expression.evaluate({ record }) === true;
    } catch {
      // It lacks what the filter asks for.
      return false;
    }
  };
}

/**
 * Canonical paths a filter names, as far as it spells them out; the empty one is all of the record. Read off the text:
 * nothing an expression does with what it names can be more than that. Errors: `edit.bad-filter`.
 */
export function namedByFilter(text: string): readonly string[] {
  compiled(text);
  return [...text.matchAll(/\brecord\b((?:\s*\.\s*[A-Za-z_]\w*)*)(\s*\()?/g)].map(([, chain = '', call]) => {
    const names = chain.split('.').map((name) => name.trim());
    return names.slice(1, call === undefined ? undefined : -1).join('.');
  });
}

function compiled(text: string): ReturnType<typeof compileExpression> {
  try {
    return compileExpression(text, ['record']);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new HubError('edit.bad-filter', { reason });
  }
}

function changesIn(details: JsonObject): FieldChange[] {
  const { body } = details;
  return (Array.isArray(body) ? body : []).flatMap((one: Json) =>
    isObject(one) && typeof one.path === 'string'
      ? [{ path: one.path, before: one.before ?? null, after: one.after ?? null }]
      : [],
  );
}

function numberOf(data: JsonObject): string | null {
  const number = data.number ?? data.code;
  return typeof number === 'string' ? number : null;
}
