/** What the hub would do with copies next, without doing it. */
import { heldLinks } from '../../ledger/holds.ts';
import type { LinkRow } from '../../ledger/links.ts';
import type { RecordRow } from '../../ledger/records.ts';
import { exchangedOf } from '../../ledger/step-credentials.ts';
import { mustBeWritten } from '../push/own-values.ts';
import type { Plan } from '../push/plan.ts';
import { planApart } from '../push/plan-apart.ts';
import { type Readable, readKnown } from '../push/read.ts';

export interface Foreseen {
  readonly link: string;
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string | null;
  readonly remoteNumber: string | null;
  /**
   * - `write`    the step is sent
   * - `note`     the connection is not live: it is worked out and noted
   * - `lookUp`   an unanswered write is looked up first
   * - `wait`     for a record or a code that is not there yet
   * - `person`   somebody has to do the step there
   * - `held`     a person holds it
   * - `refuse`   it cannot be written as it is
   * - `nothing`  it is in step, or not to be written
   */
  readonly next: 'write' | 'note' | 'lookUp' | 'wait' | 'person' | 'held' | 'refuse' | 'nothing';
  /** Of `write` and `note`: the step. */
  readonly step?: string;
  /** Code and sentence of what stands in the way. */
  readonly code?: string;
  readonly why?: string;
}

export interface ForeseeOptions {
  /** Records as they would be, instead of those of the database. */
  readonly records?: readonly RecordRow[];
  /** As if nobody knew what the copies have. */
  readonly whole?: boolean;
  /** As if nobody held them. */
  readonly unheld?: boolean;
}

/** Plans links the way the drains do, in the order given. Writes nothing. */
export async function foresee(
  world: Readable,
  links: readonly LinkRow[],
  options: ForeseeOptions = {},
): Promise<Foreseen[]> {
  const ids = links.map((link) => link.id);
  const held = options.unheld ? new Map<string, string>() : await heldLinks(world.database, ids);
  const exchanged = await exchangedOf(world.database, ids);
  const due = links.map((link) => ({
    ...link,
    priority: 5,
    dirty_ms: 0,
    activation: 0,
    held: held.get(link.id) ?? null,
    credentials: exchanged.get(link.id) ?? null,
  }));
  await world.periods?.load(world.database);
  const { known, context } = await readKnown(world, due, options.records);
  return known.map((one) => {
    const shadow =
      options.whole && one.link.remote_id !== null && one.shadow
        ? { ...one.shadow, sent_hash: mustBeWritten }
        : one.shadow;
    const plan = planApart({ ...one, shadow }, context);
    const { id, connection, object, entity } = one.link;
    const head = {
      ...{ link: id, connection, object },
      remoteId: one.link.remote_id,
      remoteNumber: one.link.remote_number,
    };
    const isLive = world.landscape.party(connection, object, entity)?.mode === 'live';
    return { ...head, ...nextOf(plan, isLive) };
  });
}

function nextOf(plan: Plan, isLive: boolean): Pick<Foreseen, 'next' | 'step' | 'code' | 'why'> {
  switch (plan.kind) {
    case 'write':
      return { next: isLive ? 'write' : 'note', step: plan.write.step.name };
    case 'resolve':
      return { next: 'lookUp', step: plan.openTry.step };
    case 'wait':
      return { next: 'wait', why: plan.waits.map(waitText).join('; ') };
    case 'waitStep':
      return { next: 'person', code: 'push.waits-for-step', why: plan.error };
    case 'held':
      return { next: 'held', code: 'push.held', why: plan.error };
    case 'park':
      return { next: 'refuse', code: plan.code, why: plan.error };
    case 'redate':
      return { next: isLive ? 'write' : 'note', why: `dated ${plan.redated.to}, its period is closed` };
    case 'inStep':
      return { next: 'nothing' };
  }
}

function waitText(wait: Extract<Plan, { kind: 'wait' }>['waits'][number]): string {
  if (wait.kind === 'period') return wait.asks;
  return wait.kind === 'ref'
    ? `${wait.asks}: ${wait.what} ${wait.recordId} is not there yet`
    : `${wait.asks}: table ${wait.table} has no code for ${wait.key}`;
}
