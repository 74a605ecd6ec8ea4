/** What edits of many records have changed, from the audit log that keeps it. */
import type { JsonObject } from '../model/json.ts';
import { rows, type Sql } from './sql.ts';

export interface EditedRow {
  readonly id: number;
  readonly record_id: string;
  readonly details: JsonObject;
}

/** The entries of one edit, in the order they were made. */
export function editedBy(sql: Sql, edit: string, after: number, limit: number): Promise<EditedRow[]> {
  return rows<EditedRow>(
    sql,
    `select id, split_part(subject, '/', 2)::uuid as record_id, details from audit
     where action = 'records.edit' and details ->> 'edit' = $1 and id > $2 order by id limit $3`,
    [edit, after, limit],
  );
}
