/** What outcomes of writes say about accounting periods, in the transaction that keeps the outcomes. */
import { insertAudit } from '../../ledger/audit.ts';
import { holdLinks, type LinkOutcome } from '../../ledger/links.ts';
import { closeRefused, openProbed, periodTarget, redateLinks } from '../../ledger/periods.ts';
import type { Sql } from '../../ledger/sql.ts';
import type { LinkWait } from '../../ledger/waits.ts';
import type { OutcomeRows } from '../push/outcome.ts';
import type { Plan } from '../push/plan.ts';
import type { ClosedPeriods } from './closed-periods.ts';
import { shownRedate } from './posting.ts';

/** A write that was refused although somebody has opened its period meanwhile is repeated after this, milliseconds. */
const againMs = 30_000;

/**
 * Notes periods that were refused and opens those whose try was taken; before links are held. Answers the outcomes as
 * they are by now, and what their links wait for.
 */
export async function settlePeriods(
  sql: Sql,
  periods: ClosedPeriods,
  rows: readonly OutcomeRows[],
): Promise<{ readonly rows: readonly OutcomeRows[]; readonly waits: readonly LinkWait[] }> {
  const refused = rows.flatMap(({ closed }) => (closed ? [closed] : []));
  if (periods.isTrying)
    await openProbed(
      sql,
      rows.flatMap((row) => (row.completed ? [row.link.id] : [])),
    );
  if (refused.length === 0) return { rows, waits: [] };
  const closed = await closeRefused(
    sql,
    refused.map(({ connection, book, period, startedAt }) => ({ connection, book, period, startedAt })),
  );
  const waits: LinkWait[] = [];
  const settled = rows.map((row) => {
    if (!row.closed) return row;
    const target = periodTarget(row.closed);
    if (!closed.has(target)) return { ...row, link: dueAgain(row.link, againMs) };
    if (row.link.state === 'waiting')
      waits.push({ linkId: row.link.id, kind: 'period', target, ...row.closed.worth });
    return row;
  });
  return { rows: settled, waits };
}

function dueAgain({ code: _code, error: _error, ...link }: LinkOutcome, delayMs: number): LinkOutcome {
  return { ...link, state: 'due', delayMs };
}

/** Dates documents another day, as their party's rule says, and keeps that in the audit log. They are due at once. */
export async function redateCopies(
  sql: Sql,
  plans: readonly Extract<Plan, { kind: 'redate' }>[],
): Promise<readonly LinkOutcome[]> {
  if (plans.length === 0) return [];
  await holdLinks(
    sql,
    plans.map(({ link }) => link.id),
  );
  await redateLinks(
    sql,
    plans.map(({ link, redated }) => ({ id: link.id, redated })),
  );
  await insertAudit(
    sql,
    plans.map(({ link, redated }) => ({
      author: 'rule/closedPeriod',
      action: 'periods.redate',
      subject: `record/${link.record_id}`,
      details: { connection: link.connection, object: link.object, link: link.id, ...shownRedate(redated) },
    })),
  );
  return plans.map(({ link }) => ({ id: link.id, marks: link.marks, state: 'due', delayMs: 0 }));
}
