/** What people have decided: who, when, what, on what. Rows are only ever added. */
import type { JsonObject } from '../model/json.ts';
import { rows, rowsParameter, run, type Sql } from './sql.ts';

export interface AuditEntry {
  /** Who decided. */
  readonly author: string;
  /** What was done, as `deadletters.retry`. */
  readonly action: string;
  /** What it was done to, as `inbox/17` or `push/<id of the link>`. */
  readonly subject: string;
  /** Before, after, note and whatever else explains it; no secrets. */
  readonly details?: JsonObject;
}

export interface AuditRow extends Required<AuditEntry> {
  readonly id: number;
  readonly at: Date;
}

/** Notes decisions, in the transaction that carries them out. */
export async function insertAudit(sql: Sql, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await run(
    sql,
    `insert into audit (author, action, subject, details)
     select author, action, subject, coalesce(details, '{}')
     from jsonb_to_recordset($1::jsonb) as x(author text, action text, subject text, details jsonb)`,
    [rowsParameter(entries)],
  );
}

/** What was decided about a subject, the latest first. */
export function auditOf(sql: Sql, subject: string, limit = 50): Promise<AuditRow[]> {
  return rows<AuditRow>(
    sql,
    `select id, at, author, action, subject, details from audit where subject = $1 order by id desc limit $2`,
    [subject, limit],
  );
}

/** One entry; undefined when there is none of this id. */
export async function readAudit(sql: Sql, id: number): Promise<AuditRow | undefined> {
  const found = await rows<AuditRow>(
    sql,
    `select id, at, author, action, subject, details from audit where id = $1`,
    [id],
  );
  return found[0];
}

/** Which entries are meant; everything given must hold. */
export interface AuditFilter {
  readonly author?: string | undefined;
  /** `tokens.create`, or the part before the dot for all of them. */
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  /** Of this moment or later. */
  readonly since?: Date | undefined;
  /** Entries before this one. */
  readonly before?: number | undefined;
}

/** Entries that are meant, the latest first. */
export function listAudit(sql: Sql, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  const { author, action, subject, since, before } = filter;
  return rows<AuditRow>(
    sql,
    `select id, at, author, action, subject, details from audit
     where ($1::text is null or author = $1) and ($2::text is null or action = $2 or split_part(action, '.', 1) = $2)
       and ($3::text is null or subject = $3) and ($4::timestamptz is null or at >= $4)
       and ($5::bigint is null or id < $5)
     order by id desc limit $6`,
    [author ?? null, action ?? null, subject ?? null, since ?? null, before ?? null, limit],
  );
}
