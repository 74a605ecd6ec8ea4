/**
 * Rows in pages, by their place in an order and not by a count of rows, so that nothing is missed or doubled when rows
 * come and go meanwhile. With `changed` the order is (changed, key): rows of one moment are told apart by their key.
 */
import { z } from 'zod';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  type ListPage,
  type ListRequest,
  type Notice,
} from '../../kit/index.ts';
import type { Driver } from '../driver.ts';
import { columnTime, putBack, revisionOf } from '../moments.ts';
import { after, idOf, isDeleted, type Statement, type Table } from '../table.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const stateShape = z.object({
  /** Rows whose change nobody has noted come first, once. */
  unmarked: z.boolean().optional(),
  /** Rows from this mark on. */
  mark: scalar.optional(),
  /** After this key: among the rows of the mark, or among all where there are no marks. */
  key: z.array(scalar).optional(),
});
type State = z.infer<typeof stateShape>;

export interface Rows {
  readonly name: string;
  readonly table: Table;
  readonly driver: Driver;
}

export async function listPage({ name, table, driver }: Rows, request: ListRequest): Promise<ListPage> {
  const { config } = table;
  const { changed, key, pageSize } = config;
  const how = { what: `list ${name}`, readOnly: true, signal: request.signal };
  return driver.transaction(async (statements) => {
    const state = goneOn(request.cursor, table) ?? (await begun());
    const where = whereOf(table, state);
    const order = [...(changed && state.unmarked !== true ? [changed.column] : []), ...key];
    const { rows } = await statements.run(
      `select ${table.columns} from ${table.name}${where.text === '' ? '' : ` where ${where.text}`}
        order by ${order.map(table.quote).join(', ')} limit ${pageSize}`,
      where.values,
    );
    const more = rows.length >= pageSize;
    const last = rows.at(-1);
    const next = more && last ? placeOf(last, state, table) : undefined;
    const items = rows.map((row) => noticeOf(name, row, table));
    if (next) return { items, cursor: plain(next), more: true };
    // Rows without a mark are done: those with one follow.
    if (state.unmarked) return { items, cursor: {}, more: true };
    return { items, cursor: plain(endOf(state, last, table)), more: false };

    async function begun(): Promise<State> {
      if (!changed) return {};
      if (request.since === undefined || changed.as === 'number') return { unmarked: true };
      const { rows: some } = await statements.run(
        `select ${table.quote(changed.column)} as mark from ${table.name} where ${table.quote(changed.column)} is not null limit 1`,
      );
      const told = String(some[0]?.mark ?? 'Z').endsWith('Z') ? 'utc' : 'plain';
      return { mark: columnTime(request.since, changed, told) };
    }
  }, how);
}

/** Where the last page ended; undefined at the first one, and where the key has other columns since. */
function goneOn(cursor: JsonObject | undefined, { config }: Table): State | undefined {
  const read = cursor && stateShape.safeParse(cursor);
  if (!read?.success) return undefined;
  return read.data.key === undefined || read.data.key.length === config.key.length ? read.data : undefined;
}

function whereOf(table: Table, { unmarked, mark, key: after_ }: State): Statement {
  const { changed, key } = table.config;
  const parts: Statement[] = [];
  if (changed && unmarked) {
    parts.push({ text: `${table.quote(changed.column)} is null`, values: [] });
    if (after_) parts.push(after(table, key, after_));
  } else if (changed && mark !== undefined) {
    parts.push(
      after_
        ? after(table, [changed.column, ...key], [mark, ...after_])
        : { text: `${table.quote(changed.column)} >= ?`, values: [mark] },
    );
  } else if (changed) parts.push({ text: `${table.quote(changed.column)} is not null`, values: [] });
  else if (after_) parts.push(after(table, key, after_));
  return { text: parts.map(({ text }) => text).join(' and '), values: parts.flatMap(({ values }) => values) };
}

/** The place of a row in the order; undefined when it has none. */
function placeOf(row: JsonObject, { unmarked }: State, { config }: Table): State | undefined {
  const key = config.key.map((column) => scalar.safeParse(row[column]).data);
  if (key.some((part) => part === undefined)) return undefined;
  const place = { key: key as (string | number | boolean)[] };
  if (!config.changed) return place;
  if (unmarked) return { ...place, unmarked };
  return { ...place, mark: scalar.parse(row[config.changed.column]) };
}

/** Where the next poll begins: a little before the last row that was seen. */
function endOf(state: State, last: JsonObject | undefined, { config }: Table): State {
  const { changed } = config;
  if (!changed) return {};
  const mark = last?.[changed.column] ?? state.mark;
  // A pass that saw nothing at its end has read back already, unless it was in the middle of a page.
  const byMs = last || state.key ? changed.overlapMs : 0;
  return mark === undefined || mark === null ? {} : { mark: scalar.parse(putBack(mark, byMs, changed)) };
}

/** What the hub is told about a row. */
export function noticeOf(name: string, row: JsonObject, { config }: Table): Notice {
  const { changed, key } = config;
  const revision = changed && revisionOf(row[changed.column], changed);
  const about = {
    object: name,
    remoteId: idOf(row, key) ?? '',
    ...(revision === undefined ? {} : { revision }),
  };
  return isDeleted(row, config) ? { ...about, deleted: true } : { ...about, body: row };
}

function plain(state: State): JsonObject {
  const told = JSON.parse(JSON.stringify(state)) as Json;
  return isJsonObject(told) ? told : {};
}
