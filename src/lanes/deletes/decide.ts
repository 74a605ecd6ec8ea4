/** What a person decides about deletions that wait: they are real, or they are not. */
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import type { Database } from '../../ledger/database.ts';
import {
  type DeletionRow,
  deletionsOf,
  type ListedDeletion,
  listDeletions,
  lockDeletions,
  markGone,
  writeDeletions,
} from '../../ledger/deletions.ts';
import { insertInbox } from '../../ledger/inbox.ts';
import { holdLinks } from '../../ledger/links.ts';
import type { Landscape } from '../landscape.ts';
import { deletionEntry } from './entry.ts';

export interface DeletesQuestion {
  readonly connection: string;
  readonly object: string;
  /** Ids in that system; absent: all that wait. */
  readonly ids?: readonly string[] | undefined;
}

export interface DeletesDecision {
  readonly decision: 'confirm' | 'reject';
  readonly author: string;
  readonly note?: string | undefined;
  /** Only tell what would be decided. */
  readonly dryRun?: boolean | undefined;
}

/** Decisions in one transaction. */
const sliceSize = 500;

/**
 * Decides about deletions that wait. Confirmed ones go on through the inbox: the system is asked once more where it can
 * be, and the record is deleted. Rejected ones delete nothing; a copy that is certainly gone is unlinked. Each is noted
 * with its author. Answers what was (or would be) decided. Error: `deletes.unknown`.
 */
export async function decideDeletes(
  hub: { readonly database: Database; readonly landscape: Landscape },
  question: DeletesQuestion,
  decision: DeletesDecision,
): Promise<readonly ListedDeletion[]> {
  const { connection, object, ids } = question;
  const waiting = await listDeletions(hub.database, { connection, object, ids }, 1_000_000);
  const known = new Set(waiting.map((one) => one.remote_id));
  const missing = ids?.find((id) => !known.has(id));
  if (missing !== undefined || waiting.length === 0) {
    throw new HubError('deletes.unknown', { connection, object, id: missing ?? '' });
  }
  if (decision.dryRun === true) return waiting;
  for (let from = 0; from < waiting.length; from += sliceSize) {
    await decideSome(hub, waiting.slice(from, from + sliceSize), decision);
  }
  return waiting;
}

async function decideSome(
  { database, landscape }: { readonly database: Database; readonly landscape: Landscape },
  given: readonly ListedDeletion[],
  { decision, author, note }: DeletesDecision,
): Promise<void> {
  await database.transaction(async (sql) => {
    await lockDeletions(sql, given);
    const links = given.map((one) => one.link_id);
    await holdLinks(sql, links);
    // Read again under the locks of the copies: somebody else may have decided, or the object was shown again.
    const rows = (await deletionsOf(sql, links)).filter(isWaiting);
    const confirmed = decision === 'confirm';
    if (confirmed) {
      await insertInbox(
        sql,
        rows.map((row) => deletionEntry(landscape, row, row.remote_id)),
      );
    } else {
      await markGone(
        sql,
        rows.flatMap(({ link_id: id, revision, proven_at: readAt }) =>
          readAt === null ? [] : [{ id, revision, readAt }],
        ),
      );
    }
    await writeDeletions(
      sql,
      rows.map((row) => ({
        ...row,
        state: confirmed ? ('confirmed' as const) : ('rejected' as const),
        error_code: null,
        error: null,
      })),
    );
    await insertAudit(
      sql,
      rows.map((row) => ({
        author,
        action: `deletes.${decision}`,
        subject: `${row.connection}/${row.object}/${row.remote_id}`,
        details: {
          recordId: row.record_id,
          found: row.via,
          ...(row.error === null ? {} : { reason: row.error }),
          ...(note === undefined ? {} : { note }),
        },
      })),
    );
  });
}

function isWaiting({ state }: DeletionRow): boolean {
  return state === 'held' || state === 'candidate';
}
