/** Asks a system whether objects that seem to be deleted are there after all. */
import { type CallKind, spendAs } from '../../../connectors/kit/shared.ts';
import type { Decision } from '../../../connectors/kit/types.ts';
import { clock } from '../../ledger/cursors.ts';
import type { JsonObject } from '../../model/index.ts';
import { readDecisionOf } from '../push/decision.ts';
import type { World } from '../world.ts';

/** What a system says of one object; `readAt`: when it was asked, by the database's clock. */
export type Proof =
  | { readonly kind: 'absent'; readonly readAt: Date }
  | { readonly kind: 'there'; readonly readAt: Date; readonly body: JsonObject; readonly revision?: string }
  | { readonly kind: 'unclear'; readonly decision: Decision };

/** Whether objects can be asked for at all. */
export function canAsk(world: World, connection: string, object: string): boolean {
  return world.session(connection).objects[object]?.fetch !== undefined;
}

/** One proof per object, in the order asked. Only the decision `absent` proves that an object is gone. */
export async function askWhetherGone(
  world: World,
  signal: AbortSignal,
  { connection, object }: { readonly connection: string; readonly object: string },
  asked: readonly { readonly remoteId: string; readonly hint?: JsonObject }[],
  kind: CallKind,
): Promise<Proof[]> {
  const fetch = world.session(connection).objects[object]?.fetch;
  const unclear = (decision: Decision): Proof[] => asked.map(() => ({ kind: 'unclear', decision }));
  if (!fetch) return unclear(cannotAsk(connection, object));
  const readAt = await clock(world.database);
  try {
    const results = await fetch({
      hints: asked.map((one) => ({ object, ...one })),
      signal: spendAs(kind, AbortSignal.any([signal, AbortSignal.timeout(60_000)])),
    });
    return asked.map((_, index): Proof => {
      const result = results[index];
      if (result === undefined) return { kind: 'unclear', decision: noAnswer };
      if (result.found) {
        const { body, revision } = result;
        return { kind: 'there', readAt, body, ...(revision === undefined ? {} : { revision }) };
      }
      if (result.decision.kind === 'absent') return { kind: 'absent', readAt };
      return { kind: 'unclear', decision: result.decision };
    });
  } catch (error) {
    const decision = readDecisionOf(error, `${connection}/${object} fetch`);
    return decision.kind === 'absent' ? asked.map(() => ({ kind: 'absent', readAt })) : unclear(decision);
  }
}

/** Whether asking again may bring an answer. */
export function mayPass({ kind }: Decision): boolean {
  return kind !== 'reject' && kind !== 'closed' && kind !== 'absent';
}

function cannotAsk(connection: string, object: string): Decision {
  return {
    kind: 'reject',
    code: 'deletes.cannot-ask',
    message: `${connection} offers no way to ask for one ${object}; look there and decide with lianhub deletes`,
  };
}

const noAnswer: Decision = {
  kind: 'reject',
  code: 'deletes.no-answer',
  message: 'the fetch answered nothing for this id',
};
