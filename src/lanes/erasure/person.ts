/** Everything the hub knows about one person: found, told, and taken out. */
import { setTimeout as delay } from 'node:timers/promises';
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import type { Database } from '../../ledger/database.ts';
import {
  auditWith,
  copiesUnderWay,
  eraseAudit,
  type FoundRow,
  likeOf,
  removePerson,
  removeRows,
  rewriteRow,
  rowsAbout,
  type Search,
  type Table,
  tablesOf,
} from '../../ledger/erase-rows.ts';
import { newId } from '../../ledger/ids.ts';
import {
  copiesOf,
  customersNamed,
  emptyRecords,
  identitiesOf,
  type PersonCopy,
  type PersonQuery,
  type PersonRecord,
  recordsWith,
  rewriteRecord,
  sharedValues,
} from '../../ledger/people.ts';
import type { Sql } from '../../ledger/sql.ts';
import { finishErasure, insertErasure } from '../../ledger/tombstones.ts';
import { entities, isEntityName, type JsonObject } from '../../model/index.ts';
import type { Keyring } from '../../security/index.ts';
import { addressValue, documentValue, freshMs, identityValue, openHasher } from './tombstones.ts';
import {
  Eraser,
  isTelling,
  isUnmistakable,
  mobileDigits,
  normalValue,
  type PersonalValues,
  valuesUnder,
  withoutPaths,
} from './values.ts';

export interface Person {
  /** Golden records, with those that were merged into them. */
  readonly records: readonly PersonRecord[];
  readonly copies: readonly PersonCopy[];
  /** Documents that name them. */
  readonly documents: readonly PersonRecord[];
  readonly documentCopies: readonly PersonCopy[];
  readonly values: PersonalValues;
  /** Values that another customer has, too: only taken out of what is about this person. */
  readonly shared: readonly string[];
  readonly names: ReadonlySet<string>;
  readonly phones: ReadonlySet<string>;
}

/** Passes over all tables until nothing is found any more. */
const mostPasses = 4;

/**
 * Finds a person by what they are named by. A phone alone may name a person of whom there are only documents. Errors:
 * `person.unknown`, `person.ambiguous`.
 */
export async function findPerson(sql: Sql, query: PersonQuery): Promise<Person> {
  const asked = { ...query, phone: query.phone === undefined ? undefined : normalValue(query.phone) };
  const records = await customersNamed(sql, asked);
  const alone = records.filter((one) => one.state !== 'merged');
  if (alone.length > 1) {
    throw new HubError('person.ambiguous', {
      count: alone.length,
      ids: alone.map((one) => one.id).join(', '),
    });
  }
  const ids = records.map((one) => one.id);
  const copies = await copiesOf(sql, ids);
  const own = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === 'string' && value.trim() !== '') own.add(value);
  };
  for (const { data, source_number: number } of records) {
    for (const one of ownValues(data)) add(one);
    add(number);
  }
  for (const { value } of await identitiesOf(sql, ids)) add(value);
  for (const { remote_id: id, remote_number: number } of copies) {
    add(id);
    // Systems of several accounts are told apart by what stands before the id their messages name.
    add(id?.split('/').at(-1));
    add(number);
  }
  for (const value of Object.values(query)) if (value !== query.oneId || records.length === 0) add(value);
  for (const value of [...own]) add(mobileDigits(value));
  const said = new Set([
    ...own,
    ...records.flatMap(({ data }) => valuesUnder(data, entities.customer.personal)),
  ]);

  const names = new Set(records.flatMap(({ data }) => (typeof data.name === 'string' ? [data.name] : [])));
  const phones = new Set([...own].flatMap((one) => mobileDigits(one) ?? []));
  const shared = await sharedValues(sql, [...own].filter(isUnmistakable), ids);
  const everywhere = [...own].filter((one) => {
    const isShared = shared.has(one) || shared.has(mobileDigits(one) ?? one);
    return isUnmistakable(one) && !names.has(one) && !isShared;
  });
  const patterns = [...ids, ...everywhere].flatMap((one) => [likeOf(one)]);
  const others = patterns.length === 0 ? [] : await recordsWith(sql, patterns, ids);
  const documents = others.filter((one) => one.entity !== 'customer');
  if (records.length === 0 && documents.length === 0) throw new HubError('person.unknown', {});
  const near = new Set([...said].filter((one) => !everywhere.includes(one)));
  for (const { entity, data } of documents)
    if (isEntityName(entity)) for (const one of valuesUnder(data, entities[entity].personal)) near.add(one);
  return {
    records,
    copies,
    documents,
    documentCopies: await copiesOf(
      sql,
      documents.map((one) => one.id),
    ),
    values: { everywhere: new Set(everywhere), near },
    shared: [...shared],
    names,
    phones,
  };
}

/** Of a customer what nobody else has: numbers, identities, street addresses. Days, cities and names are many people's. */
function ownValues(data: JsonObject): string[] {
  const paths = ['code', 'email', 'phone', 'identities', 'addresses[].phone', 'addresses[].address'];
  return valuesUnder(data, paths);
}

function searchOf(person: Person): Search {
  const everyone = [...person.records, ...person.documents, ...person.copies, ...person.documentCopies];
  return { values: [...person.values.everywhere], ids: everyone.map((one) => one.id) };
}

export interface Preview {
  readonly records: readonly string[];
  readonly copies: readonly {
    readonly connection: string;
    readonly object: string;
    readonly remoteId: string | null;
  }[];
  readonly documents: Readonly<Record<string, number>>;
  /** Copies that are being written right now. */
  readonly underWay: number;
  /** Rows that hold something about them, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Values somebody else has, too, counted: a family's phone. */
  readonly shared: number;
}

/** What erasing would touch. Reads everything; changes nothing. */
export async function previewPerson(database: Database, person: Person): Promise<Preview> {
  const rows: Record<string, number> = {};
  const search = searchOf(person);
  for (const table of await tablesOf(database)) {
    const found = await rowsAbout(database, table, search, false);
    if (found.length > 0) rows[table.of] = (rows[table.of] ?? 0) + found.length;
  }
  const documents: Record<string, number> = {};
  for (const { entity } of person.documents) documents[entity] = (documents[entity] ?? 0) + 1;
  return {
    records: person.records.map((one) => one.id),
    copies: person.copies.map(({ connection, object, remote_id }) => ({
      connection,
      object,
      remoteId: remote_id,
    })),
    documents,
    underWay: await copiesUnderWay(
      database,
      [...person.records, ...person.documents].map((one) => one.id),
    ),
    rows,
    shared: person.shared.length,
  };
}

/** Everything kept about a person, for them to read: records and documents whole, and each row of each table. */
export async function exportPerson(database: Database, person: Person): Promise<JsonObject> {
  const tables: Record<string, JsonObject[]> = {};
  const search = searchOf(person);
  for (const table of await tablesOf(database)) {
    for (const row of await rowsAbout(database, table, search, false)) {
      const readable = Object.fromEntries(
        Object.entries(row.values).map(([name, value]) => [
          name,
          Buffer.isBuffer(value) ? value.toString('utf8') : (value as string | null),
        ]),
      );
      tables[table.of] = [...(tables[table.of] ?? []), readable];
    }
  }
  const shown = ({ id, entity, state, data }: PersonRecord): JsonObject => ({ id, entity, state, data });
  return {
    records: person.records.map(shown),
    copies: person.copies.map(({ connection, object, remote_id, remote_number }) => ({
      connection,
      object,
      remoteId: remote_id,
      remoteNumber: remote_number,
    })),
    documents: person.documents.map(shown),
    rows: tables,
  };
}

export interface Erasure {
  readonly id: string;
  /** Rows changed or taken away, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Entries of the audit log whose details were erased. */
  readonly audit: number;
  /** Rows that still hold a value afterwards; 0 unless something writes them faster than they are taken out. */
  readonly left: number;
}

export interface ErasureOrder {
  readonly keys: Keyring;
  readonly author: string;
  readonly reason: string;
  /** Also while copies of theirs are being written. @default false */
  readonly anyway?: boolean;
}

/**
 * Erases a person: first it is made known that they are erased, so that nothing new comes in; then every table is gone
 * through in one transaction, and again until nothing is found. Errors: `person.under-way`.
 */
export async function erasePerson(database: Database, person: Person, order: ErasureOrder): Promise<Erasure> {
  const everybody = [...person.records, ...person.documents].map((one) => one.id);
  const underWay = await copiesUnderWay(database, everybody);
  if (underWay > 0 && order.anyway !== true) throw new HubError('person.under-way', { count: underWay });
  const id = newId();
  const { everywhere, near } = person.values;
  const reason = new Eraser([...everywhere, ...near]).text(order.reason);
  await database.transaction(async (sql) => {
    const hasher = await openHasher(sql, order.keys);
    const stone = (strength: 'strong' | 'weak') => (value: string) => ({
      hash: hasher.hash(value),
      sieve: hasher.sieve(value),
      strength,
    });
    const weak = new Set([...person.names, ...person.phones].map(identityValue));
    const strong = [
      // Who lives at the same place is not the same person.
      ...[...person.values.everywhere]
        .filter((one) => !/[\u2e80-\u9fff]/.test(one))
        .map(identityValue)
        .filter((one) => !weak.has(one)),
      ...person.copies.map((one) => addressValue(one.connection, one.remote_id ?? '')),
      ...person.documentCopies.map((one) => documentValue(one.connection, one.object, one.remote_id ?? '')),
    ];
    await insertErasure(sql, { id, author: order.author, reason }, [
      ...strong.map(stone('strong')),
      ...[...weak].map(stone('weak')),
    ]);
  });
  // From then on every process knows, and drops what it is told of them.
  await delay(freshMs * 1.5);

  const rows: Record<string, number> = {};
  let audit = 0;
  let left = 0;
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const changed = await database.transaction((sql) => takeOut(sql, person, order.author, pass === 0));
    for (const [name, count] of Object.entries(changed.rows)) rows[name] = (rows[name] ?? 0) + count;
    audit += changed.audit;
    left = await countLeft(database, person);
    if (left === 0) break;
  }
  await database.transaction(async (sql) => {
    await finishErasure(sql, id, rows);
    const details = { reason, erasure: id, rows: { ...rows }, left };
    await insertAudit(
      sql,
      (person.records.length > 0 ? person.records.map((one) => `record/${one.id}`) : [`erasure/${id}`]).map(
        (subject) => ({ author: order.author, action: 'person.erase', subject, details }),
      ),
    );
  });
  return { id, rows, audit, left };
}

async function takeOut(
  sql: Sql,
  person: Person,
  author: string,
  isFirst: boolean,
): Promise<{ readonly rows: Record<string, number>; readonly audit: number }> {
  const ids = person.records.map((one) => one.id);
  const rows = await removePerson(sql, ids, person.copies);
  const count = (name: string, more: number): void => {
    if (more > 0) rows[name] = (rows[name] ?? 0) + more;
  };
  if (isFirst) await emptyRecords(sql, ids);
  // A document that was told meanwhile is among those found now.
  const patterns = [...person.values.everywhere].map(likeOf);
  const told = patterns.length === 0 ? [] : await recordsWith(sql, patterns, ids);
  const eraser = new Eraser([...person.values.everywhere, ...person.values.near]);
  const documents = new Map([...(isFirst ? person.documents : []), ...told].map((one) => [one.id, one]));
  for (const { id, entity, data } of documents.values()) {
    const bare =
      isEntityName(entity) && entity !== 'customer' ? withoutPaths(data, entities[entity].personal) : data;
    await rewriteRecord(sql, id, JSON.parse(eraser.json(JSON.stringify(bare))) as JsonObject);
  }
  count('records', ids.length + documents.size);
  const search = searchOf(person);
  for (const table of await tablesOf(sql)) {
    const found = await rowsAbout(sql, table, search);
    if (table.of === 'webhook_messages') {
      // Kept to be told again, which they never may be.
      await removeRows(sql, table, found);
      count(table.of, found.length);
      continue;
    }
    for (const row of found) {
      const left = leftOf(table, row, eraser);
      if (Object.keys(left).length === 0) continue;
      await rewriteRow(sql, table, row, left);
      count(table.of, 1);
    }
  }
  const entries = await auditWith(
    sql,
    [...person.values.everywhere],
    [...ids.map((id) => `record/${id}`), ...person.copies.map((one) => `push/${one.id}`)],
    [...person.values.near].filter(isTelling),
  );
  await eraseAudit(
    sql,
    entries.map((one) => one.id),
    author,
  );
  return { rows, audit: entries.length };
}

/** What of a row's values changes. */
function leftOf(
  table: Table,
  row: FoundRow,
  eraser: Eraser,
): Record<string, string | readonly string[] | Buffer | null> {
  const left: Record<string, string | readonly string[] | Buffer | null> = {};
  for (const { name, kind, nullable } of table.columns) {
    const value = row.values[name];
    if (value === null || value === undefined) continue;
    if (Buffer.isBuffer(value)) {
      const bytes = eraser.bytes(value);
      if (bytes === undefined) left[name] = nullable ? null : Buffer.alloc(0);
      else if (!bytes.equals(value)) left[name] = bytes;
    } else if (typeof value !== 'string') {
      const list = value.map((one) => eraser.text(one));
      if (list.some((one, at) => one !== value[at])) left[name] = list;
    } else {
      const text = kind === 'json' ? eraser.json(value) : eraser.text(value);
      if (text !== value) left[name] = text;
    }
  }
  return left;
}

/** Rows in which a value stands that nobody else has. */
async function countLeft(database: Database, person: Person): Promise<number> {
  const values = [...person.values.everywhere];
  if (values.length === 0) return 0;
  let left = (await recordsWith(database, values.map(likeOf), [])).length;
  left += (await auditWith(database, values, [], [])).length;
  const eraser = new Eraser(values);
  for (const table of await tablesOf(database)) {
    for (const row of await rowsAbout(database, table, { values, ids: [] }, false))
      if (Object.keys(leftOf(table, row, eraser)).length > 0) left += 1;
  }
  return left;
}

/** What a query of a person must have. */
export function isEmptyQuery(query: PersonQuery): boolean {
  return Object.values(query).every((one) => one === undefined || one.trim() === '');
}
