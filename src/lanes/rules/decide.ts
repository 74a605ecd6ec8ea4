/** What people decide about rules that cannot go on by themselves. */
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import type { Database } from '../../ledger/database.ts';
import {
  decidable,
  decideTimers,
  listTimers,
  type TimerDecision,
  type TimerFilter,
} from '../../ledger/rule-desk.ts';
import { countOutcomes } from '../../ledger/rule-timers.ts';

export interface Decided {
  readonly id: string;
  readonly rule: string;
  readonly state: string;
  readonly lane: string;
}

/** Decided about together at most. */
const mostAtOnce = 10_000;

/**
 * Carries a decision out about all that a filter names and that it can be about. Answers them; the hub goes on with
 * those that are due. Errors: `rules.unknown`, `rules.not-decidable` where one is named by its id.
 */
export async function decide(
  database: Database,
  filter: Pick<TimerFilter, 'id' | 'rule' | 'code'>,
  decision: TimerDecision,
  { author, note }: { readonly author: string; readonly note?: string | undefined },
): Promise<readonly Decided[]> {
  const { id } = filter;
  const states = decidable[decision];
  const reason = `${decision === 'skip' ? 'skipped' : 'settled'} by ${author}${note === undefined ? '' : `: ${note}`}`;
  return database.transaction(async (sql) => {
    const found = await listTimers(sql, {
      ...filter,
      limit: mostAtOnce,
      ...(id === undefined ? { states } : {}),
    });
    const [only] = found;
    if (id !== undefined && only === undefined) throw new HubError('rules.unknown', { id });
    if (id !== undefined && only !== undefined && !states.includes(only.state))
      throw new HubError('rules.not-decidable', { id, state: only.state, states: states.join(', ') });
    const decided = await decideTimers(
      sql,
      found.map((timer) => timer.id),
      decision,
      reason,
    );
    const was = new Map(found.map((timer) => [timer.id, timer]));
    await insertAudit(
      sql,
      decided.map((timer) => ({
        author,
        action: `rules.${decision}`,
        subject: `rule/${timer.id}`,
        details: {
          rule: timer.rule,
          before: was.get(timer.id)?.state ?? '',
          code: was.get(timer.id)?.code ?? null,
          ...(note === undefined ? {} : { note }),
        },
      })),
    );
    await countOutcomes(
      sql,
      decided.flatMap(({ rule, state }) => (state === 'due' ? [] : [{ rule, outcome: state }])),
    );
    return decided;
  });
}
