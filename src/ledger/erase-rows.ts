/**
 * Everything the ledger keeps about a person, table by table as the database itself lists them, so that a table somebody
 * adds later is looked through as well. Names of tables and columns come from the catalogue and are quoted there.
 */
import { insertAudit } from './audit.ts';
import { sqlState } from './database.ts';
import { rows, run, type Sql } from './sql.ts';

interface Column {
  readonly name: string;
  readonly kind: 'text' | 'json' | 'bytes' | 'list' | 'uuid';
  readonly nullable: boolean;
}
export interface Table {
  /** Quoted. */
  readonly name: string;
  /** The table it is a part of, or itself. */
  readonly of: string;
  readonly columns: readonly Column[];
}

/**
 * Tables that tell nothing about anybody, or that are treated by themselves: what was sealed, how far readings have come,
 * and the audit log, which is only ever added to.
 */
const apart = new Set([
  ...['audit', 'audit_chain', 'migrations', 'tombstones', 'erasures', 'erasure_key', 'tokens', 'idempotency'],
  ...['connections', 'vendor_tokens', 'mappings', 'lanes', 'cursors', 'full_passes', 'records', 'traffic'],
  // Those who work here, not those who are kept about.
  ...['users', 'sessions', 'accounts', 'verifications', 'sign_in_attempts', 'sign_in_key'],
]);

export async function tablesOf(sql: Sql): Promise<Table[]> {
  return rows<Table>(
    sql,
    `select quote_ident(c.relname) as name, coalesce(p.relname, c.relname)::text as "of",
       jsonb_agg(jsonb_build_object('name', quote_ident(a.attname), 'nullable', not a.attnotnull, 'kind',
         case t.typname when 'uuid' then 'uuid' when 'bytea' then 'bytes' when '_text' then 'list'
           when 'json' then 'json' when 'jsonb' then 'json' else 'text' end) order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     join pg_type t on t.oid = a.atttypid and t.typname in ('uuid', 'bytea', 'text', 'varchar', 'bpchar', 'json', 'jsonb', '_text')
     left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
     where n.nspname = current_schema() and c.relkind = 'r' and not coalesce(p.relname, c.relname) = any($1)
     group by c.relname, p.relname order by c.relname`,
    [[...apart]],
  );
}

/** What is looked for. */
export interface Search {
  /** Values, taken literally, wherever they stand. */
  readonly values: readonly string[];
  /** Ids of records and copies. */
  readonly ids: readonly string[];
}

export interface FoundRow {
  readonly place: string;
  readonly values: Readonly<Record<string, string | readonly string[] | Buffer | null>>;
}

/** Rows about the person, locked. */
export function rowsAbout(sql: Sql, table: Table, search: Search, locks = true): Promise<FoundRow[]> {
  const tests = table.columns.flatMap(({ name, kind }) => {
    if (kind === 'uuid') return [`${name} = any($1::uuid[])`];
    if (kind === 'bytes') return [`encode(${name}, 'escape') like any($4)`];
    if (kind === 'json') return [`${name}::text like any($3)`];
    if (kind === 'list') return [`array_to_string(${name}, chr(10)) like any($3)`];
    return [`${name} like any($3)`, `${name} = any($2::text[])`];
  });
  const shown = table.columns
    .filter(({ kind }) => kind !== 'uuid')
    .map(({ name, kind }) => `'${name.replaceAll("'", "''")}', ${inJson(name, kind)}`);
  // Parameters have their types said: not every table asks for every one of them.
  return rows<{ place: string; values: Record<string, string | string[] | null> }>(
    sql,
    `with asked as (select $1::uuid[] as a, $2::text[] as b, $3::text[] as c, $4::text[] as d)
     select ctid::text as place, jsonb_build_object(${shown.join(', ')}) as values
     from ${table.name} where ${tests.join(' or ') || 'false'} ${locks ? 'for update' : ''}`,
    [
      search.ids,
      search.ids,
      search.values.flatMap((value) => [likeOf(value), likeOf(JSON.stringify(value).slice(1, -1))]),
      search.values.flatMap(bytePatterns),
    ],
  ).then((found) =>
    found.map(({ place, values }) => ({
      place,
      values: Object.fromEntries(
        table.columns
          .filter(({ kind }) => kind !== 'uuid')
          .map(({ name, kind }) => {
            const value = values[name] ?? null;
            return [
              name,
              kind === 'bytes' && typeof value === 'string' ? Buffer.from(value, 'base64') : value,
            ];
          }),
      ),
    })),
  );
}

function inJson(name: string, kind: Column['kind']): string {
  if (kind === 'bytes') return `encode(${name}, 'base64')`;
  return kind === 'list' ? name : `${name}::text`;
}

/** Writes what is left of a row; where that cannot be (its key is taken), the row goes. */
export async function rewriteRow(
  sql: Sql,
  table: Table,
  row: FoundRow,
  left: Readonly<Record<string, string | readonly string[] | Buffer | null>>,
): Promise<void> {
  const changed = table.columns.filter(({ name }) => left[name] !== undefined);
  const set = changed.map(({ name, kind }, at) => {
    const type = { text: 'text', json: 'json', bytes: 'bytea', list: 'text[]', uuid: 'uuid' }[kind];
    return `${name} = $${at + 2}::${type}`;
  });
  await sql.query('savepoint one_row');
  try {
    await sql.query(`update ${table.name} set ${set.join(', ')} where ctid = $1::tid`, [
      row.place,
      ...changed.map(({ name }) => left[name]),
    ]);
  } catch (error) {
    if (!sqlState(error)?.startsWith('23')) throw error;
    await sql.query('rollback to savepoint one_row');
    await sql.query(`delete from ${table.name} where ctid = $1::tid`, [row.place]);
  }
  await sql.query('release savepoint one_row');
}

/** Takes rows away. */
export async function removeRows(sql: Sql, table: Table, found: readonly FoundRow[]): Promise<void> {
  await sql.query(`delete from ${table.name} where ctid = any($1::tid[])`, [found.map((row) => row.place)]);
}

/** Takes away what belongs to the copies and records of a person; answers how many rows of each table. */
export async function removePerson(
  sql: Sql,
  records: readonly string[],
  copies: readonly {
    readonly id: string;
    readonly connection: string;
    readonly object: string;
    readonly remote_id: string | null;
  }[],
): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  const of = async (table: string, where: string, values: readonly unknown[]): Promise<void> => {
    const { rowCount } = await sql.query(`delete from ${table} where ${where}`, values);
    if (rowCount > 0) removed[table] = (removed[table] ?? 0) + rowCount;
  };
  const links = [copies.map((one) => one.id)];
  const ids = [records];
  const addresses = [
    copies.map((one) => one.connection),
    copies.map((one) => one.object),
    copies.map((one) => one.remote_id ?? ''),
  ];
  const told = `(record_id = any($4::uuid[]) or (connection, object, remote_id) in (select * from unnest($1::text[], $2::text[], $3::text[])))`;
  for (const table of ['shadows', 'intents', 'deletions', 'tries'])
    await of(table, 'link_id = any($1::uuid[])', links);
  await of('waits', `subject = 'link' and subject_id = any($1::text[])`, links);
  await of('waits', `subject = 'inbox' and subject_id in (select id::text from inbox where ${told})`, [
    ...addresses,
    records,
  ]);
  await of('inbox', told, [...addresses, records]);
  await of('links', 'id = any($1::uuid[])', links);
  for (const table of ['identities', 'match_candidates', 'matches', 'conflicts', 'requests', 'changes'])
    await of(table, 'record_id = any($1::uuid[])', ids);
  await of('record_merges', 'kept = any($1::uuid[]) or merged = any($1::uuid[])', ids);
  await of('rule_timers', 'subject = any($1::text[])', ids);
  for (const table of ['due_deliveries', 'deliveries'])
    await of(table, 'event_id in (select id from events where subject = any($1::text[]))', ids);
  await of('events', 'subject = any($1::text[])', ids);
  return removed;
}

/** Entries of the audit log that hold a value, or are about a record and hold one of `near`. */
export function auditWith(
  sql: Sql,
  values: readonly string[],
  subjects: readonly string[],
  near: readonly string[],
): Promise<{ readonly id: number }[]> {
  return rows<{ id: number }>(
    sql,
    `select id from audit where details::text like any($1)
       or (subject = any($2) and details::text like any($3)) order by id`,
    [values.map(likeOf), subjects, near.map(likeOf)],
  );
}

/** Erases the details of entries; each erasure is an entry itself, as the chain asks for. */
export async function eraseAudit(sql: Sql, ids: readonly number[], author: string): Promise<void> {
  if (ids.length === 0) return;
  await run(sql, `update audit set details = '{"erased": true}' where id = any($1::bigint[])`, [ids]);
  await insertAudit(
    sql,
    ids.map((id) => ({ author, action: 'audit.erase', subject: `audit/${id}` })),
  );
}

/** Documents about somebody that are still on their way: `connection/object`, how many. */
export async function copiesUnderWay(sql: Sql, records: readonly string[]): Promise<number> {
  const [found] = await rows<{ count: number }>(
    sql,
    `select count(*)::int as count from links where record_id = any($1::uuid[]) and state in ('due', 'unknown')`,
    [records],
  );
  return found?.count ?? 0;
}

/** A pattern of LIKE for a text that contains the value. */
export function likeOf(value: string): string {
  return `%${value.replace(/[\\%_]/g, '\\$&')}%`;
}

/** The value as it stands in bytes that PostgreSQL shows as `escape`: as it is, escaped in JSON, and in addresses. */
function bytePatterns(value: string): string[] {
  const plain = JSON.stringify(value).slice(1, -1);
  const escaped = (upper: boolean): string =>
    plain.replace(/[^\x20-\x7e]/g, (one) => {
      const hex = one.charCodeAt(0).toString(16).padStart(4, '0');
      return `\\u${upper ? hex.toUpperCase() : hex}`;
    });
  const forms = new Set([value, plain, escaped(false), escaped(true), encodeURIComponent(value)]);
  return [...forms].map((form) => likeOf(escapeFormat(Buffer.from(form, 'utf8'))));
}

function escapeFormat(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0 || byte >= 0x80) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += byte === 0x5c ? '\\\\' : String.fromCharCode(byte);
  }
  return text;
}
