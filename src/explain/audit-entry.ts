import type { AuditRow } from '../ledger/audit.ts';
import type { Json, JsonObject } from '../model/index.ts';
import { maskedVendor, withoutSecrets } from './personal.ts';

/** Members of details that carry what a person wrote of a record: all of it may be personal. */
const carrying = new Set(['body', 'payload']);

export interface ShownEntry {
  readonly id: number;
  readonly at: string;
  readonly author: string;
  readonly action: string;
  readonly subject: string;
  readonly details: JsonObject;
}

/** An entry of the audit log as it may be shown. Secrets stay out of it in any case. */
export function shownEntry(row: AuditRow, showPersonal: boolean): ShownEntry {
  const shown = (name: string, value: Json): Json => {
    if (showPersonal) return withoutSecrets(value);
    return maskedVendor(value, carrying.has(name) ? undefined : []);
  };
  const { id, at, author, action, subject } = row;
  const details = Object.fromEntries(
    Object.entries(row.details).map(([name, value]) => [name, shown(name, value ?? null)]),
  );
  return { id, at: at.toISOString(), author, action, subject, details };
}
