import { rows, rowsParameter, run, type Sql } from './sql.ts';

/** One version of a mapping: its text and the texts it extends, as they were read. */
export interface MappingVersion {
  readonly name: string;
  /** Checksum over its own text and the texts it extends. */
  readonly version: string;
  readonly content: string;
  /** Name → text of the mappings it extends. */
  readonly bases: Readonly<Record<string, string>>;
}

export interface MappingVersionRow extends MappingVersion {
  /** Who applied it; null for a version that came with the files. */
  readonly author: string | null;
  readonly note: string | null;
  /** When it was first used. */
  readonly applied_at: Date;
}

/** Keeps versions of mappings for good: records can be explained by them, and any of them can come back. */
export async function saveMappings(
  sql: Sql,
  versions: readonly (Omit<MappingVersion, 'bases'> & {
    readonly bases?: MappingVersion['bases'];
    readonly author?: string;
    readonly note?: string;
  })[],
): Promise<void> {
  if (versions.length === 0) return;
  await run(
    sql,
    `insert into mappings (name, version, content, bases, author, note)
     select name, version, content, coalesce(bases, '{}'), author, note
     from jsonb_to_recordset($1::jsonb) as x(name text, version text, content text, bases jsonb, author text, note text)
     on conflict do nothing`,
    [rowsParameter(versions)],
  );
}

/** Versions of a mapping that were ever used, the newest first. */
export function mappingVersions(sql: Sql, name: string): Promise<MappingVersionRow[]> {
  return rows<MappingVersionRow>(
    sql,
    `select name, version, content, bases, author, note, applied_at from mappings
     where name = $1 order by applied_at desc, version`,
    [name],
  );
}

/** Which version is in use since when; the newest row of a name counts. */
export interface ActivationRow {
  readonly id: number;
  readonly name: string;
  /** Null: the file is followed. */
  readonly version: string | null;
  /** What was in use before. */
  readonly replaces: string | null;
  /** Version of the file when this was decided. */
  readonly file_version: string | null;
  readonly author: string;
  readonly note: string | null;
  readonly at: Date;
  /** How many copies become due in a second. */
  readonly per_second: number;
  /** Last link looked at. */
  readonly scanned_to: string | null;
  /** Copies that became due by it. */
  readonly marked: number;
  /** Last message looked at; null: there are no more. */
  readonly messages_to: number | null;
  /** Messages that are read again because of it. */
  readonly messages: number;
  readonly finished_at: Date | null;
}

const columns = `a.id, a.name, a.version, a.replaces, a.file_version, a.author, a.note, a.at, a.per_second, a.scanned_to,
  a.marked, a.messages_to, a.messages, a.finished_at`;

/** One decider at a time; held until the transaction ends. */
export async function lockActivations(sql: Sql): Promise<void> {
  await run(sql, `select pg_advisory_xact_lock(hashtextextended('mapping-activations', 7))`);
}

/** Puts a version in use. Answers the row's id, which only ever grows. */
export async function insertActivation(
  sql: Sql,
  given: Pick<
    ActivationRow,
    'name' | 'version' | 'replaces' | 'file_version' | 'author' | 'note' | 'per_second'
  >,
): Promise<number> {
  const found = await rows<{ id: number }>(
    sql,
    `insert into mapping_activations (name, version, replaces, file_version, author, note, per_second)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [
      given.name,
      given.version,
      given.replaces,
      given.file_version,
      given.author,
      given.note,
      given.per_second,
    ],
  );
  return found[0]?.id ?? 0;
}

/** Id of the newest activation; 0 when there is none. Cheap: asked again and again. */
export async function newestActivation(sql: Sql): Promise<number> {
  const found = await rows<{ id: number }>(sql, `select coalesce(max(id), 0) as id from mapping_activations`);
  return found[0]?.id ?? 0;
}

/** What is in use, for every mapping that anybody ever decided about; with the text where it is not the file's. */
export function activeMappings(
  sql: Sql,
): Promise<
  (ActivationRow & { readonly content: string | null; readonly bases: MappingVersion['bases'] | null })[]
> {
  return rows(
    sql,
    `select distinct on (a.name) ${columns}, m.content, m.bases
     from mapping_activations a left join mappings m on m.name = a.name and m.version = a.version
     order by a.name, a.id desc`,
  );
}

/** Every decision about a mapping, the newest first. */
export function activationsOf(sql: Sql, name: string): Promise<ActivationRow[]> {
  return rows<ActivationRow>(
    sql,
    `select ${columns} from mapping_activations a where a.name = $1 order by a.id desc`,
    [name],
  );
}

/**
 * Takes the oldest decision whose copies are not all marked yet, for as long as the transaction lasts; undefined when
 * there is none, or somebody else is at it.
 */
export async function takeUnfinished(sql: Sql): Promise<ActivationRow | undefined> {
  const found = await rows<ActivationRow>(
    sql,
    `select ${columns} from mapping_activations a where a.finished_at is null order by a.id limit 1
     for update skip locked`,
  );
  return found[0];
}

/** Notes how far the copies of a decision are marked. */
export async function advanceActivation(
  sql: Sql,
  id: number,
  progress: { readonly scannedTo: string | null; readonly marked: number; readonly finished: boolean },
): Promise<void> {
  await run(
    sql,
    `update mapping_activations set scanned_to = coalesce($2::uuid, scanned_to), marked = marked + $3,
       finished_at = case when $4 then now() end where id = $1`,
    [id, progress.scannedTo, progress.marked, progress.finished],
  );
}

/** Notes how far the messages that a decision lets go on were looked at; `to` null: all were. */
export async function advanceMessages(
  sql: Sql,
  id: number,
  progress: { readonly to: number | null; readonly released: number },
): Promise<void> {
  await run(sql, 'update mapping_activations set messages_to = $2, messages = messages + $3 where id = $1', [
    id,
    progress.to,
    progress.released,
  ]);
}
