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
