/** Single rows: read by their key, looked up, written and removed, each in a transaction of its own. */
import {
  ConnectorError,
  type Decision,
  type FetchRequest,
  type FetchResult,
  type FindRequest,
  type FindResult,
  fail,
  isDecision,
  type Json,
  type JsonObject,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import type { Statements } from '../driver.ts';
import { revisionOf } from '../moments.ts';
import { shows } from '../same.ts';
import { equals, idOf, isDeleted, keyOf } from '../table.ts';
import type { Rows } from './list.ts';

/** Keys of one reading. */
const atOnce = 200;

/** Rows by their key, in the order asked. */
export async function fetchAll(rows: Rows, { hints, signal }: FetchRequest): Promise<FetchResult[]> {
  const { name, table, driver } = rows;
  const { key, changed } = table.config;
  const wanted = [...new Map(hints.map(({ remoteId }) => [remoteId, keyOf(remoteId, key)]))];
  const found = new Map<string, JsonObject>();
  const how = { what: `get ${name}`, readOnly: true, signal };
  for (let from = 0; from < wanted.length; from += atOnce) {
    const keys = wanted.slice(from, from + atOnce).flatMap(([, one]) => (one ? [one] : []));
    if (keys.length === 0) continue;
    const parts = keys.map((one) => equals(table, key, one));
    const text = `select ${table.columns} from ${table.name} where ${parts.map((part) => `(${part.text})`).join(' or ')}`;
    const values = parts.flatMap((part) => part.values);
    const result = await driver.transaction((statements) => statements.run(text, values), how);
    for (const row of result.rows) found.set(idOf(row, key) ?? '', row);
  }
  return hints.map(({ remoteId }): FetchResult => {
    const row = found.get(remoteId);
    if (!row || isDeleted(row, table.config)) return { found: false, decision: absent(name) };
    const revision = changed && revisionOf(row[changed.column], changed);
    return { found: true, body: row, ...(revision === undefined ? {} : { revision }) };
  });
}

/** What became of writes whose commit nobody answered. */
export async function findAll(rows: Rows, { step, items, signal }: FindRequest): Promise<FindResult[]> {
  const { name, table, driver } = rows;
  const how = { what: `find ${name}`, readOnly: true, signal };
  return driver.transaction(async (statements) => {
    const results: FindResult[] = [];
    for (const item of items) {
      const row = await current(rows, statements, item, false);
      const id = row && idOf(row, table.config.key);
      const isGone =
        row === undefined || id === undefined || (step === 'remove' && isDeleted(row, table.config));
      if (isGone) results.push({ found: false });
      else {
        const stepDone = step !== 'remove' && shows(row, item.body);
        results.push({ found: true, remoteId: id, ...numberOf(rows, row), answer: row, stepDone });
      }
    }
    return results;
  }, how);
}

/** One result per item, in the order given. What fails for one item leaves the others alone. */
export async function writeAll(rows: Rows, { items, signal }: WriteRequest): Promise<WriteResult[]> {
  const { driver, name } = rows;
  return each(items, async (item) => {
    if (item.remoteId !== undefined) {
      const how = { what: `update ${name}`, readOnly: false, signal };
      return driver.transaction((statements) => change(rows, statements, item), how);
    }
    const how = { what: `create ${name}`, readOnly: false, signal };
    const create = (): Promise<WriteResult> =>
      driver.transaction((statements) => put(rows, statements, item), how);
    try {
      return await create();
    } catch (error) {
      if (!isDecision(error, 'reject') || error.decision.code !== 'sql.duplicate') throw error;
      // Somebody made the row since we looked: the second look finds it. If not, another index is in the way.
      return create();
    }
  });
}

/** Deletes rows, or marks them. */
export async function removeAll(rows: Rows, { items, signal }: WriteRequest): Promise<WriteResult[]> {
  const { name, table, driver } = rows;
  return each(items, (item) =>
    driver.transaction(
      async (statements) => {
        const row = await current(rows, statements, item, true);
        if (!row || isDeleted(row, table.config)) return { ok: false, decision: absent(name) };
        const where = keyIn(rows, item);
        if (table.config.remove === 'row')
          await statements.run(`delete from ${table.name} where ${where.text}`, where.values);
        else await mark(rows, statements, where);
        return { ok: true, remoteId: item.remoteId ?? '' };
      },
      { what: `remove ${name}`, readOnly: false, signal },
    ),
  );
}

/** Makes a row, or changes the one that has our values in the unique columns already. */
async function put(rows: Rows, statements: Statements, item: WriteItem): Promise<WriteResult> {
  const { table, driver } = rows;
  const { key, deleted } = table.config;
  await proveUnique(rows, statements);
  const live = deleted?.live === undefined ? {} : { [deleted.column]: deleted.live };
  const body: JsonObject = { ...item.body, ...live };
  const there = await current(rows, statements, item, true);
  if (there) {
    const remoteId = idOf(there, key) ?? '';
    return change(rows, statements, { ...item, remoteId, body });
  }
  const columns = Object.keys(body).filter((column) => body[column] !== undefined);
  const holes = columns.map(() => '?').join(', ');
  const inserted = await statements.run(
    `insert into ${table.name} (${columns.map(table.quote).join(', ')}) values (${holes})${
      driver.returnsKeys ? ` returning ${key.map(table.quote).join(', ')}` : ''
    }`,
    columns.map((column) => body[column] ?? null),
  );
  const [first = ''] = key;
  const made =
    inserted.rows[0] ??
    (inserted.madeKey === undefined ? body : { ...body, [first]: body[first] ?? inserted.madeKey });
  const remoteId = idOf(made, key);
  if (remoteId === undefined) fail(noKey(rows.name, key));
  return written(rows, statements, remoteId);
}

async function change(rows: Rows, statements: Statements, item: WriteItem): Promise<WriteResult> {
  const { name, table } = rows;
  const told = item.difference?.body ?? item.body;
  const columns = Object.keys(told).filter((column) => told[column] !== undefined);
  const where = keyIn(rows, item);
  if (columns.length > 0) {
    const { count } = await statements.run(
      `update ${table.name} set ${columns.map((column) => `${table.quote(column)} = ?`).join(', ')} where ${where.text}`,
      [...columns.map((column) => told[column] ?? null), ...where.values],
    );
    if (count === 0) fail(absent(name));
  }
  return written(rows, statements, item.remoteId ?? '');
}

/** The row as it is now, with what the database has made of it. */
async function written(rows: Rows, statements: Statements, remoteId: string): Promise<WriteResult> {
  const { name, table } = rows;
  const where = keyIn(rows, { remoteId });
  const { rows: shown } = await statements.run(
    `select ${table.columns} from ${table.name} where ${where.text}`,
    where.values,
  );
  const row = shown[0];
  if (!row) fail(absent(name));
  const { changed } = table.config;
  const revision = changed && revisionOf(row[changed.column], changed);
  return {
    ok: true,
    remoteId,
    ...numberOf(rows, row),
    answer: row,
    ...(revision === undefined ? {} : { revision }),
  };
}

/** The row an item is about: by its key, else by our values in the unique columns. */
async function current(
  rows: Rows,
  statements: Statements,
  item: Pick<WriteItem, 'remoteId' | 'body'>,
  lock: boolean,
): Promise<JsonObject | undefined> {
  const { name, table } = rows;
  const { key, unique = key } = table.config;
  const where = item.remoteId === undefined ? uniqueIn(rows, item.body, unique) : keyIn(rows, item);
  const { rows: found } = await statements.run(
    `select ${table.columns} from ${table.name} where ${where.text} limit 2${lock ? ' for update' : ''}`,
    where.values,
  );
  if (found.length > 1) fail(notUnique(name, unique));
  return found[0];
}

function uniqueIn({ name, table }: Rows, body: JsonObject, unique: readonly string[]) {
  const values = unique.map((column) => body[column]);
  const missing = unique.filter((_, at) => values[at] === undefined || values[at] === null);
  if (missing.length > 0) fail(notFilled(name, missing));
  return equals(table, unique, values as Json[]);
}

function keyIn({ name, table }: Rows, { remoteId = '' }: { readonly remoteId?: string }) {
  const { key } = table.config;
  const values = keyOf(remoteId, key) ?? fail(absent(name));
  return equals(table, key, values);
}

async function mark(
  { table }: Rows,
  statements: Statements,
  where: ReturnType<typeof equals>,
): Promise<void> {
  const { deleted } = table.config;
  if (!deleted) return;
  const column = table.quote(deleted.column);
  // Where any value means deleted, the moment says most.
  const set = deleted.is ? '?' : 'current_timestamp';
  const values = deleted.is ? [deleted.is[0] ?? null] : [];
  await statements.run(`update ${table.name} set ${column} = ${set} where ${where.text}`, [
    ...values,
    ...where.values,
  ]);
}

const proven = new WeakSet<object>();

/** Without a unique index two creates at once would make two rows; looking first does not prevent that. */
async function proveUnique({ name, table, driver }: Rows, statements: Statements): Promise<void> {
  if (proven.has(table)) return;
  const { key, unique = key } = table.config;
  const indexes = await driver.uniqueIndexes(statements, table.schema, table.config.table);
  if (!indexes.some((columns) => columns.every((column) => unique.includes(column))))
    fail(noIndex(name, unique));
  proven.add(table);
}

async function each(
  items: readonly WriteItem[],
  run: (item: WriteItem) => Promise<WriteResult>,
): Promise<WriteResult[]> {
  const results: WriteResult[] = [];
  for (const item of items) {
    try {
      results.push(await run(item));
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      results.push({ ok: false, decision: error.decision });
    }
  }
  return results;
}

function numberOf({ table }: Rows, row: JsonObject): { remoteNumber?: string } {
  const { number } = table.config;
  const told = number === undefined ? undefined : row[number];
  return told === undefined || told === null ? {} : { remoteNumber: String(told) };
}

function absent(name: string): Decision {
  return { kind: 'absent', code: 'sql.absent', message: `There is no such row of ${name} (any more).` };
}
function notFilled(name: string, columns: readonly string[]): Decision {
  return {
    kind: 'reject',
    code: 'sql.no-unique-value',
    message: `A new row of ${name} needs ${columns.join(', ')}: the mapping must fill what unique (or key) names`,
    field: columns[0] ?? '',
  };
}
function noKey(name: string, key: readonly string[]): Decision {
  return {
    kind: 'reject',
    code: 'sql.no-key',
    message: `Nobody fills the key of ${name} (${key.join(', ')}): let the mapping do it, or the database count it up`,
  };
}
function notUnique(name: string, columns: readonly string[]): Decision {
  return {
    kind: 'fatal',
    code: 'sql.not-unique',
    message: `Several rows of ${name} have the same ${columns.join(', ')}: correct unique or key, or the rows`,
  };
}
function noIndex(name: string, columns: readonly string[]): Decision {
  return {
    kind: 'fatal',
    code: 'sql.no-unique-index',
    message: `The table of ${name} has no unique index on ${columns.join(', ')}: create one, or name under unique the columns that have one`,
  };
}
