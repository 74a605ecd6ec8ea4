import { insertAudit } from '../ledger/audit.ts';
import type { Sql } from '../ledger/sql.ts';

/** Notes that somebody reads personal values at a terminal, before they are printed. */
export async function notePersonalReading(
  sql: Sql,
  shows: true | undefined,
  author: string,
  read: string,
): Promise<void> {
  if (shows !== true) return;
  await insertAudit(sql, [
    { author, action: 'personal.read', subject: read, details: { at: 'command line' } },
  ]);
}
