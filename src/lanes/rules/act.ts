/** Doing an action, and what its answer means for the rule. */
import {
  type ActionAnswer,
  type ActionFacts,
  type ActionRequest,
  runAction,
} from '../../../connectors/kit/actions.ts';
import { ConnectorError, type Decision } from '../../../connectors/kit/types.ts';
import type { DueTimer, RunOutcome } from '../../ledger/rule-timers.ts';
import { isList, isObject, type Json, type JsonObject } from '../../model/index.ts';
import { readable } from '../readable.ts';
import { attemptLimit, retryDelay } from '../retry.ts';
import type { World } from '../world.ts';

/** Does an action once. Whatever goes wrong is a decision; never throws. */
export async function act(
  world: Pick<World, 'landscape' | 'session' | 'log'>,
  { connection, action, credential }: Pick<DueTimer, 'connection' | 'action' | 'credential'>,
  request: Omit<ActionRequest, 'as'>,
): Promise<ActionAnswer> {
  const name = `${connection}.${action}`;
  try {
    const system = world.landscape.connections.get(connection ?? '');
    if (!system || action === null) throw new Error(`there is no ${name}`);
    const answer = await runAction(system.connector, world.session(system.id), action, {
      ...request,
      ...(credential === null ? {} : { as: credential }),
    });
    return answer.ok ? answer : { ok: false, decision: readable(answer.decision) };
  } catch (error) {
    if (error instanceof ConnectorError) return { ok: false, decision: readable(error.decision) };
    const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
    if (!isLate) world.log.error({ err: error, action: name }, 'connector failed');
    const decision: Decision = isLate
      ? { kind: 'unknown', code: 'rules.deadline', message: `${name}: no answer within the deadline` }
      : { kind: 'unknown', code: 'connector.bug', message: `${name}: the connector failed unexpectedly` };
    return { ok: false, decision };
  }
}

/**
 * What becomes of a rule by the answer. A wait the vendor asks for is of this action alone: no rule holds the
 * connection's other work back.
 */
export function afterAnswer(
  { attempts }: Pick<DueTimer, 'attempts'>,
  safety: ActionFacts['safety'],
  answer: ActionAnswer,
  random: number,
): Omit<RunOutcome, 'id'> {
  if (answer.ok) return { state: 'done', answer: evidenceOf(answer) };
  const { kind, code, message: reason, afterMs } = answer.decision;
  const again = (failed: boolean): Omit<RunOutcome, 'id'> =>
    failed && attempts + 1 >= attemptLimit
      ? { state: 'failed', code, reason: `given up after ${attempts + 1} tries: ${reason}`, failed }
      : {
          state: 'due',
          code,
          reason,
          failed,
          delayMs: retryDelay(afterMs === undefined ? {} : { afterMs }, attempts, random),
        };
  switch (kind) {
    case 'throttle':
      return again(afterMs === undefined);
    case 'retry':
    case 'reauth':
    case 'conflict':
      return again(true);
    case 'unknown':
      return safety === 'none' ? { state: 'unknown', code, reason, failed: true } : again(true);
    default:
      return { state: 'failed', code, reason, failed: true };
  }
}

/** What an answer is kept as. */
export function evidenceOf(answer: ActionAnswer): JsonObject {
  if (!answer.ok) return { ...answer.decision };
  const told = answer.answer === undefined ? {} : storable(answer.answer);
  return { ...(answer.id === undefined ? {} : { id: storable(answer.id) }), ...(isObject(told) ? told : {}) };
}

/** Vendors put into texts what no database takes. */
function storable(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd');
  if (isList(value)) return value.map(storable);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === undefined ? [] : [[name, storable(inner)]])),
  );
}
