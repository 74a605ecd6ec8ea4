/** What people do with complete readings: start, stop, let go on. A running hub carries them out. */
import { HubError } from '../errors.ts';
import { insertAudit } from '../ledger/audit.ts';
import {
  type BackfillRow,
  cancelBackfill,
  insertBackfill,
  resumeBackfill,
  type ShownBackfill,
  showBackfill,
} from '../ledger/backfills.ts';
import type { Database } from '../ledger/database.ts';
import type { Sql } from '../ledger/sql.ts';
import type { Landscape } from './landscape.ts';

/** Who decides, and why. */
export interface Decider {
  readonly author: string;
  readonly note?: string | undefined;
}

export interface Progress {
  /** Rows a second since it was started or resumed last. */
  readonly rate: number;
  /** Null where nobody knows. */
  readonly secondsLeft: number | null;
}

/** How fast one is, and how long it still takes. Pure. */
export function progressOf(
  row: Pick<BackfillRow, 'state' | 'done' | 'total' | 'seconds' | 'lately'>,
): Progress {
  const rate = row.seconds > 0 ? row.lately / row.seconds : 0;
  const isOpen = row.state === 'running' && row.total !== null && rate > 0;
  const secondsLeft = isOpen ? Math.ceil(Math.max(0, (row.total ?? 0) - row.done) / rate) : null;
  return { rate, secondsLeft };
}

export interface Wanted {
  readonly connection: string;
  readonly object: string;
  /** Nothing older is read; absent: all there is. */
  readonly since: Date | undefined;
  /** Rows a second at the most. */
  readonly rate: number | undefined;
}

/** Starts one. Errors: `backfill.not-read`, `backfill.running`. */
export async function startBackfill(
  database: Database,
  landscape: Landscape,
  wanted: Wanted,
  by: Decider,
): Promise<BackfillRow> {
  const { connection, object } = wanted;
  refuseUnread(landscape, connection, object);
  const made = await database.transaction(async (sql) => {
    const row = await insertBackfill(sql, { ...wanted, author: by.author });
    if (row) await note(sql, row, 'backfill.start', by);
    return row;
  });
  if (!made) throw new HubError('backfill.running', { connection, object });
  return made;
}

/** Stops one that runs. Errors: `backfill.unknown`, `backfill.not-running`. */
export async function stopBackfill(database: Database, id: number, by: Decider): Promise<BackfillRow> {
  const row = await decide(database, id, 'backfill.cancel', cancelBackfill, by);
  if (!row)
    throw new HubError('backfill.not-running', { id, state: (await backfillNamed(database, id)).state });
  return row;
}

/** Lets one that was stopped or has failed go on. Errors: `backfill.unknown`, `backfill.not-stopped`. */
export async function continueBackfill(database: Database, id: number, by: Decider): Promise<BackfillRow> {
  const row = await decide(database, id, 'backfill.resume', resumeBackfill, by);
  if (!row)
    throw new HubError('backfill.not-stopped', { id, state: (await backfillNamed(database, id)).state });
  return row;
}

/** One of them. Errors: `backfill.unknown`. */
export async function backfillNamed(sql: Sql, id: number): Promise<ShownBackfill> {
  const found = await showBackfill(sql, id);
  if (!found) throw new HubError('backfill.unknown', { id });
  return found;
}

async function decide(
  database: Database,
  id: number,
  action: string,
  change: typeof cancelBackfill,
  by: Decider,
): Promise<BackfillRow | undefined> {
  return database.transaction(async (sql) => {
    const row = await change(sql, id);
    if (row) await note(sql, row, action, by);
    return row;
  });
}

async function note(
  sql: Sql,
  row: BackfillRow,
  action: string,
  { author, note: why }: Decider,
): Promise<void> {
  const { id, connection, object, done } = row;
  const details = { connection, object, done, ...(why === undefined ? {} : { note: why }) };
  await insertAudit(sql, [{ author, action, subject: `backfill/${id}`, details }]);
}

function refuseUnread(landscape: Landscape, connection: string, object: string): void {
  if (landscape.partiesOf(connection, object).some((party) => party.reads)) return;
  const known = landscape.parties.flatMap((party) =>
    party.reads ? [`${party.connection} ${party.object}`] : [],
  );
  throw new HubError('backfill.not-read', {
    connection,
    object,
    known: [...new Set(known)].sort().join(', '),
  });
}
