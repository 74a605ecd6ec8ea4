/** What is to be done about a timer whose time has come. */
import type { ActionFacts } from '../../../connectors/kit/actions.ts';
import { EventFault } from '../../events/filter.ts';
import type { DueTimer, RunOutcome } from '../../ledger/rule-timers.ts';
import type { JsonObject } from '../../model/index.ts';
import type { World } from '../world.ts';
import { madeInput } from './input.ts';
import type { Rule, RuleBook } from './rule.ts';

export type Plan =
  | {
      readonly kind: 'act';
      readonly input: JsonObject;
      readonly safety: ActionFacts['safety'];
      /** Nobody knows what became of the try before; it is harmless to do it once more. */
      readonly repeated: boolean;
    }
  | {
      readonly kind: 'settle';
      readonly outcome: Omit<RunOutcome, 'id'>;
      /** The try before stays open for a person. */
      readonly unclear?: boolean;
    };

/** Plans one. What was written when the event came is done, unless somebody asked for it to be made anew. */
export function planned(world: Pick<World, 'landscape' | 'tables'>, book: RuleBook, timer: DueTimer): Plan {
  const { connection, action } = timer;
  const repeated = timer.state === 'running';
  const settle = (state: RunOutcome['state'], code: string, reason: string): Plan => ({
    kind: 'settle',
    outcome: { state, code, reason, ...(repeated && timer.try_id !== null ? { try_id: timer.try_id } : {}) },
    ...(repeated ? { unclear: true } : {}),
  });
  const system = connection === null ? undefined : world.landscape.connections.get(connection);
  const facts = action === null ? undefined : system?.connector.actions?.[action];
  if (repeated && facts?.safety !== 'repeatable' && facts?.safety !== 'token')
    return settle(
      'unknown',
      'rules.no-answer',
      `nobody knows whether ${connection}.${action} was done: no answer came`,
    );
  const rule = book.at(timer.rule);
  if (rule?.kind !== 'rule') return settle('skipped', 'rules.gone', `hub.yaml has no ${timer.rule} any more`);
  if (!system || !facts)
    return settle('failed', 'rules.no-action', `there is no ${connection}.${action} any more`);
  if (system.mode !== 'live')
    return settle(
      'skipped',
      'rules.not-live',
      `${connection} is in mode ${system.mode}: nothing is done there`,
    );
  const made = inputOf(world, rule, timer);
  if (!made.ok) return settle(made.state, made.code, made.reason);
  return { kind: 'act', input: made.input, safety: facts.safety, repeated };
}

type Input =
  | { readonly ok: true; readonly input: JsonObject }
  | {
      readonly ok: false;
      readonly state: 'failed' | 'skipped';
      readonly code: string;
      readonly reason: string;
    };

function inputOf(world: Pick<World, 'tables'>, rule: Rule, { input, event }: DueTimer): Input {
  if (event === null) {
    if (input !== null) return { ok: true, input };
    return { ok: false, state: 'failed', code: 'rules.input', reason: 'its event is not kept any more' };
  }
  try {
    if (rule.begins.when?.(event) === false)
      return { ok: false, state: 'skipped', code: 'rules.condition', reason: 'its condition does not hold' };
  } catch (error) {
    if (!(error instanceof EventFault)) throw error;
    return { ok: false, state: 'failed', code: 'rules.condition', reason: `when: ${error.message}` };
  }
  const made = madeInput(world.tables, rule, event);
  return made.ok ? made : { ...made, state: 'failed', code: 'rules.input' };
}
