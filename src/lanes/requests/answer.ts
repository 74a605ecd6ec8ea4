/** What a system answered to a request becomes part of the record, of the request and of its copy, in one transaction. */
import { chainsOf } from '../../ledger/chains.ts';
import { holdsLane } from '../../ledger/lanes.ts';
import { type DueLink, finishLinks, type LinkOutcome } from '../../ledger/links.ts';
import {
  backInLine,
  noteRequests,
  type OpenRequest,
  type RequestNote,
  requestsByIds,
} from '../../ledger/requests.ts';
import { closeTries, type TryOutcome } from '../../ledger/tries.ts';
import { documents } from '../apply/batch.ts';
import { followUp } from '../apply/effects.ts';
import { Unit } from '../apply/unit.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { wrongWith } from './effect.ts';
import { isRequestKind } from './kinds.ts';
import { accept, ruleEnded } from './place.ts';

/** An open request with its copy. */
export interface Open {
  readonly link: DueLink;
  readonly request: OpenRequest;
}

/** What came out of asking, or of looking what became of it. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly reason?: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly code?: string }
  /** Nobody knows yet: gone on with later. */
  | {
      readonly kind: 'open';
      readonly state: 'asked' | 'unknown';
      readonly delayMs: number;
      readonly failed?: boolean;
      readonly code?: string;
      readonly reason?: string;
    };

const dropped = { kind: 'withdrawn', reason: ruleEnded } as const;

/** The try it came out of. */
export type Evidence = TryOutcome;

/**
 * Commits a verdict. Whoever settles a try first decides; without a try the lane must still be held. A request that was
 * overtaken or withdrawn meanwhile stays so, whatever was answered.
 */
export async function commitVerdict(
  world: World,
  hold: LaneHold,
  { link, request }: Open,
  verdict: Verdict,
  evidence?: Evidence,
): Promise<void> {
  const rings = await world.database.transaction(async (sql) => {
    const unit = new Unit(sql, new Date(world.now()));
    const { record_id: id, kind } = request;
    await unit.load([id, ...(verdict.kind === 'accepted' ? await chainsOf(sql, [id], documents) : [])]);
    if (evidence === undefined) {
      if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return [];
    } else if (!(await closeTries(sql, [evidence])).has(evidence.id)) return [];
    const [now] = await requestsByIds(sql, [request.id]);
    const isOpen = now?.state === 'asked' || now?.state === 'unknown';
    const record = unit.get(id);
    // Known not to have happened, and nobody wants it any more: it is not asked again.
    const unwanted =
      now?.unwanted === true && verdict.kind === 'open' && verdict.failed && verdict.state === 'asked';
    const outcome: Verdict | typeof dropped = unwanted ? dropped : verdict;
    const done = isOpen && outcome.kind !== 'open';
    let note = noteOf(request.id, outcome);
    if (isOpen && verdict.kind === 'accepted' && record && isRequestKind(kind)) {
      const wrong = wrongWith(record.entity, kind, request.payload, record.data);
      if (wrong === undefined)
        note = { ...note, undo: accept(unit, record, { ...request, kind, by: request.asked_by }) };
      else note = { ...note, reason: `accepted, but the record cannot show it: ${wrong}` };
      await followUp(world, unit);
    }
    await unit.write([link.id]);
    await noteRequests(sql, [note]);
    if (done || !isOpen) await backInLine(sql, [request.id]);
    await finishLinks(sql, [later(link, isOpen && outcome.kind === 'open' ? outcome.delayMs : 0)]);
    return [...unit.rings, hold.lane];
  });
  world.ring(rings);
}

function noteOf(id: string, verdict: Verdict | typeof dropped): RequestNote {
  if (verdict.kind === 'open') {
    const { kind: _kind, ...more } = verdict;
    return { id, ...more };
  }
  const { kind: state, ...more } = verdict;
  return { id, state, ...more, answered: true };
}

/** The copy is planned again then. */
export function later(link: DueLink, delayMs: number): LinkOutcome {
  return { id: link.id, state: 'due', delayMs };
}
