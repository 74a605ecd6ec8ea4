/** Records as they are shown to whoever asks for them by the API. */
import { HubError } from '../errors.ts';
import { datesOfDocuments } from '../lanes/daily/redate.ts';
import { type Database, sqlState } from '../ledger/database.ts';
import { type ChangeRow, troubleOf } from '../ledger/explain.ts';
import { holdsOf } from '../ledger/holds.ts';
import { linksOfRecords } from '../ledger/links.ts';
import {
  type CopyPlaces,
  type FoundRecord,
  type RecordQuery,
  searchRecords,
} from '../ledger/record-search.ts';
import { entities, isEntityName, isObject, type Json, type JsonObject, pathInfo } from '../model/index.ts';
import { isPersonal, maskedText, maskedValue, personalValues, withoutSecrets } from './personal.ts';

export interface ShownRecord {
  readonly id: string;
  readonly entity: string;
  readonly state: string;
  /** Number or code. */
  readonly number: string | null;
  /** The record it was merged into. */
  readonly mergedInto: string | null;
  readonly version: number;
  readonly updatedAt: string;
  readonly data: JsonObject;
}

/** A system's copy of a record. */
export interface ShownCopy {
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string | null;
  readonly remoteNumber: string | null;
  readonly remoteStatus: string | null;
  readonly step: string | null;
  readonly state: string;
  readonly code: string | null;
  readonly sentence: string | null;
}

export interface ShownChange {
  readonly version: number;
  readonly at: string;
  readonly mapping: string | null;
  readonly origin: Json;
  readonly changes: { readonly path: string; readonly from: Json; readonly to: Json }[];
}

/** Rows looked through for one page of a search by text, at most: the next page goes on from there. */
const lookedThrough = 2_000;
/** A search that takes longer is refused: it would hold up the hub's own work. */
const longestSearchMs = 5_000;

/**
 * A page of records, the latest made first. Who may not see personal values cannot find records by them either: a text
 * counts only where it is shown. `next` is the id to go on before. Errors: `records.search-too-wide`.
 */
export async function findRecords(
  database: Database,
  query: RecordQuery,
  places: CopyPlaces,
  limit: number,
  showPersonal: boolean,
): Promise<{ readonly records: ShownRecord[]; readonly next: string | null }> {
  const search = (before: string | undefined, count: number): Promise<FoundRecord[]> =>
    database
      .transaction((sql) => searchRecords(sql, { ...query, before }, places, count, longestSearchMs))
      .catch((thrown: unknown) => {
        if (sqlState(thrown) !== '57014') throw thrown;
        throw new HubError('records.search-too-wide', { seconds: longestSearchMs / 1_000 }, thrown);
      });
  const wanted = query.text?.toLowerCase();
  const filters = wanted !== undefined && !showPersonal;
  const records: ShownRecord[] = [];
  let looked = 0;
  let before = query.before;
  for (;;) {
    const count = filters ? 500 : limit + 1;
    const rows = await search(before, count);
    for (const row of rows) {
      if (records.length === limit) return { records, next: before ?? null };
      const shown = shownRecord(row, showPersonal);
      before = row.id;
      if (!filters || JSON.stringify(shown.data).toLowerCase().includes(jsonText(wanted)))
        records.push(shown);
    }
    looked += rows.length;
    if (rows.length < count) return { records, next: null };
    if (looked >= lookedThrough) return { records, next: before ?? null };
  }
}

/** A text as it stands inside a JSON document. */
function jsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

export function shownRecord(row: FoundRecord, showPersonal: boolean): ShownRecord {
  const { id, entity, state, data, version } = row;
  const number = data.number ?? data.code;
  const known = showPersonal ? [] : personalValues(entity, data);
  const shown = showPersonal ? withoutSecrets(data) : maskedValue(entity, '', data, known);
  return {
    id,
    entity,
    state,
    number: typeof number === 'string' ? number : null,
    mergedInto: row.alias_of,
    version,
    updatedAt: row.updated_at.toISOString(),
    data: isObject(shown) ? shown : {},
  };
}

/** The copies of a record in all systems. */
export async function shownCopies(
  database: Database,
  row: FoundRecord,
  showPersonal: boolean,
): Promise<ShownCopy[]> {
  const links = await linksOfRecords(database, [row.id]);
  const troubles = await troubleOf(
    database,
    links.map((link) => link.id),
  );
  const known = showPersonal ? [] : personalValues(row.entity, row.data);
  return links.map((link) => {
    const trouble = troubles.find((one) => one.id === link.id);
    const sentence = trouble?.error ?? null;
    return {
      connection: link.connection,
      object: link.object,
      remoteId: link.remote_id,
      remoteNumber: link.remote_number,
      remoteStatus: link.remote_status,
      step: link.step,
      state: link.state,
      code: trouble?.code ?? null,
      sentence: sentence === null || showPersonal ? sentence : maskedText(sentence, known),
    };
  });
}

/** Who holds a record, or its copies in a system. */
export async function shownHolds(database: Database, row: FoundRecord, showPersonal: boolean) {
  const known = showPersonal ? [] : personalValues(row.entity, row.data);
  return (await holdsOf(database, [row.id])).map((one) => ({
    connection: one.connection === '' ? null : one.connection,
    object: one.object === '' ? null : one.object,
    author: one.author,
    reason: showPersonal ? one.reason : maskedText(one.reason, known),
    since: one.at.toISOString(),
  }));
}

/** Days of a record that can be moved, by field; null: it has none of its own. Pure. */
export function datesIn({
  entity,
  data,
}: Pick<FoundRecord, 'entity' | 'data'>): Record<string, string | null> {
  const isDocument = isEntityName(entity) && entities[entity].nature === 'document';
  const fields = isDocument ? datesOfDocuments.filter((path) => pathInfo(entity, path)) : [];
  return Object.fromEntries(
    fields.map((path) => {
      const day = data[path];
      return [path, typeof day === 'string' ? day : null];
    }),
  );
}

/** A change of a record, value by value. */
export function shownChange(row: FoundRecord, change: ChangeRow, showPersonal: boolean): ShownChange {
  const { entity, data } = row;
  const known = showPersonal ? [] : personalValues(entity, data);
  const shown = (path: string, value: Json | undefined): Json => {
    if (value === undefined) return null;
    return showPersonal
      ? withoutSecrets(value)
      : maskedValue(entity, path.replace(/\[[^\]]*\]/g, '[]'), value, known);
  };
  return {
    version: change.version,
    at: change.at.toISOString(),
    mapping: change.mapping_version,
    origin: showPersonal ? withoutSecrets(change.origin) : maskedValue(entity, '', change.origin, known),
    changes: Object.entries(change.patch).map(([path, one]) => {
      const { from, to } = isObject(one) ? one : {};
      // The key of an element may be what is personal: a claimed identity, a telephone number.
      const hidden = !showPersonal && isPersonal(entity, path);
      const told = hidden ? path.replace(/\[[^\]]*\]/g, '[***]') : path;
      return { path: told, from: shown(path, from), to: shown(path, to) };
    }),
  };
}
