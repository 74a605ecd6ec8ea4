/** Which copies a changed mapping concerns: those whose next step would be another one. */
import type { Landscape } from '../lanes/landscape.ts';
import { hashOf, type Known, outContext, type Plan, type PlanContext, planLink } from '../lanes/push/plan.ts';
import { readKnown } from '../lanes/push/read.ts';
import type { Queryable } from '../ledger/database.ts';
import type { DueLink } from '../ledger/links.ts';
import { MappingFault } from '../mapping/index.ts';
import { differences } from './difference.ts';
import type { Side } from './side.ts';

/** What a change means for one copy. */
export type Verdict =
  /** Nothing, or what is due is planned anew in any case. */
  | { readonly kind: 'same' }
  /** It becomes due; `next` is what happens to it then. */
  | { readonly kind: 'due'; readonly next: 'write' | 'wait' | 'park' | 'rest' }
  /** The same values in another order: what was sent counts as what would be sent. */
  | { readonly kind: 'reordered'; readonly sentHash: string };

/** Judges copies; `before` is undefined where nobody knows any more what was in use. */
export async function judgeCopies(
  reading: Queryable,
  before: Side | undefined,
  after: Side,
  links: readonly DueLink[],
): Promise<Verdict[]> {
  const now = await readKnown({ database: reading, landscape: after.landscape, tables: after.codes }, links);
  const then =
    before &&
    (await readKnown({ database: reading, landscape: before.landscape, tables: before.codes }, links));
  return now.known.map((known, index) => {
    const old = then?.known[index];
    return judge(
      known,
      now.context,
      after.landscape,
      old && then ? { known: old, context: then.context } : undefined,
    );
  });
}

function judge(
  known: Known,
  context: PlanContext,
  landscape: Landscape,
  old: { readonly known: Known; readonly context: PlanContext } | undefined,
): Verdict {
  const { state } = known.link;
  if (state === 'due' || state === 'unknown') return { kind: 'same' };
  const plan = planned(known, context);
  const before = old && planned(old.known, old.context);
  if (before !== undefined && signature(plan) === signature(before)) return { kind: 'same' };
  if (state === 'idle' && plan.kind === 'inStep') return { kind: 'same' };
  if (state === 'idle' && plan.kind === 'write' && old && sameValues(known, context, landscape, old)) {
    return { kind: 'reordered', sentHash: hashOf(plan.write.body) };
  }
  const next =
    plan.kind === 'inStep' || plan.kind === 'resolve'
      ? 'rest'
      : plan.kind === 'waitStep' || plan.kind === 'held' || plan.kind === 'redate'
        ? 'wait'
        : plan.kind;
  return { kind: 'due', next };
}

function planned(known: Known, context: PlanContext): Plan {
  try {
    // A try that nobody closed is looked up first, whatever the mapping says. Bodies are compared as they are written:
    // what comes to the same in another form is counted on its own.
    const shadow = known.shadow && { ...known.shadow, sent_body: null };
    return planLink({ ...known, shadow, openTry: undefined }, context);
  } catch (error) {
    if (!(error instanceof MappingFault)) throw error;
    return { kind: 'park', link: known.link, code: error.error.code, error: error.message };
  }
}

/** What a plan comes down to; equal for equal outcomes. */
function signature(plan: Plan): string {
  switch (plan.kind) {
    case 'write':
      return `write ${plan.write.step.name} ${plan.write.bodyHash}`;
    case 'wait':
      return `wait ${plan.waits
        .map((wait) =>
          wait.kind === 'table'
            ? `${wait.table}/${wait.key}`
            : wait.kind === 'ref'
              ? wait.recordId
              : wait.target,
        )
        .sort()
        .join(' ')}`;
    case 'park':
      return `park ${plan.code}`;
    default:
      return plan.kind;
  }
}

/** Whether both mappings write the same values, and that is what was sent last. */
function sameValues(
  known: Known,
  context: PlanContext,
  landscape: Landscape,
  old: { readonly known: Known; readonly context: PlanContext },
): boolean {
  const { link, record, shadow } = known;
  const party = landscape.party(link.connection, link.object, link.entity);
  const oldParty = old.context.landscape.party(link.connection, link.object, link.entity);
  if (!record || !party || !oldParty) return false;
  const after = party.mapping.outward(record.data, outContext(known, party, context));
  const before = oldParty.mapping.outward(record.data, outContext(old.known, oldParty, old.context));
  return (
    after.ok &&
    before.ok &&
    hashOf(before.body) === shadow?.sent_hash &&
    differences(before.body, after.body).length === 0
  );
}
