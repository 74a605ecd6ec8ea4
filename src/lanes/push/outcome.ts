import type { WriteResult } from '../../../connectors/kit/types.ts';
import { type Worth, worthOf } from '../../crossrefs/worth.ts';
import type { DueLink, LinkOutcome } from '../../ledger/links.ts';
import type { RefusedPeriod } from '../../ledger/periods.ts';
import type { ShadowWrite } from '../../ledger/shadows.ts';
import type { TryOutcome } from '../../ledger/tries.ts';
import type { FlowStep } from '../../mapping/index.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Party } from '../landscape.ts';
import { type Posting, refusedPeriod } from '../periods/gate.ts';
import { closedText, periodOf } from '../periods/posting.ts';
import { attemptLimit, backoff, retryDelay } from '../retry.ts';
import { doneTry } from './done-try.ts';
import { lastHeld, takesBack } from './flow.ts';
import { isState } from './held.ts';
import { mustBeWritten } from './own-values.ts';
import { removed, removeStep } from './removal.ts';

/** A write whose result is known, whoever found it out: the answer itself or a later look-up. */
export interface Told {
  readonly link: DueLink;
  readonly party: Party;
  readonly tryId: string;
  readonly startedAt: Date;
  readonly step: string;
  readonly bodyHash: string | null;
  /** Codes the body was made with; null for a step that carries none. */
  readonly codes: readonly string[] | null;
  readonly recordVersion: number;
  /** The whole body, where it is kept to tell later updates apart from it. */
  readonly sentBody?: JsonObject;
  /** A create that was sent before under its token, maybe with another body. */
  readonly sentBefore?: true;
  /** Of an update of parts: the canonical values it carried; null where they are not known any more. */
  readonly carried?: JsonObject | null;
  /** Of a document: whose books it is for and when it is dated, and the record that was written. */
  readonly posting?: Posting;
  readonly content?: JsonObject;
  /** When the last effect of this write is possible: deadline plus the vendor's lateness. */
  readonly settledAt: number;
}

/** What one outcome means for each table. */
export interface OutcomeRows {
  readonly party: Party;
  readonly recordId: string;
  readonly attempt: TryOutcome;
  readonly link: LinkOutcome;
  readonly shadow?: ShadowWrite;
  /** Vendor's answer, to be taken in like anything else it tells. */
  readonly answer?: { readonly remoteId: string; readonly body: JsonObject };
  /** The object exists since this outcome: whoever waited for it may go on. */
  readonly created: boolean;
  /** The flow is complete since this outcome. */
  readonly completed: boolean;
  /** The copy was deleted there. */
  readonly removed?: true;
  /** Refused since this period is closed: its link waits for that, if it still is. */
  readonly closed?: RefusedPeriod & { readonly worth: Worth | undefined };
  /** The connection as a whole must rest. */
  readonly pause?: { readonly forMs: number; readonly reason: string };
}

export function succeeded(
  told: Told,
  result: Extract<WriteResult, { ok: true }>,
  durationMs: number | undefined,
  foundLater: boolean,
): OutcomeRows {
  if (told.step === removeStep.name) return removed(told, durationMs, 'removed');
  const { facts, mapping, writes } = told.party;
  const flow = mapping.flow;
  const reached = flow.find((step: FlowStep) => step.name === result.reached)?.name ?? told.step;
  const index = flow.findIndex((step: FlowStep) => step.name === reached);
  const isFlowStep = index >= 0 && flow.some((step) => step.create);
  const isBack = takesBack(facts.states, told.step);
  const last = !isFlowStep || index === flow.length - 1;
  // What was left out of the create is written, or waited for, as soon as the object exists.
  const more = flow.length > 1 || mapping.patches;
  const created = told.link.remote_id === null && mapping.target === undefined;
  // Under a token the vendor answers with what the first call made, which may have had another body than this one.
  const isOlder = created && told.sentBefore === true;
  // What was found later was planned long ago: what has changed since, of the record or beside it, is compared now.
  const again = ((more || isOlder) && writes?.update === true) || isBack || foundLater;
  const step = isBack ? lastHeld(flow, facts.states, result.remoteStatus) : isFlowStep ? reached : null;
  // A document is made from another one before it is given its content; unless it was found with just that content.
  const isBare = flow.some(({ name, from }) => name === reached && from !== undefined);
  const sends = told.bodyHash !== null && !isBare;
  return {
    party: told.party,
    recordId: told.link.record_id,
    attempt: doneTry(
      told,
      {
        remoteId: result.remoteId,
        remoteStatus: result.remoteStatus,
        ...(foundLater ? { foundLater } : {}),
      },
      durationMs,
    ),
    link: {
      id: told.link.id,
      marks: told.link.marks,
      // A record that changed between the first step and the last is compared once more with what was sent.
      state: last && !again ? 'idle' : 'due',
      ...(mapping.target === undefined ? { remote_id: result.remoteId } : {}),
      ...(result.remoteNumber === undefined ? {} : { remote_number: result.remoteNumber }),
      ...(result.remoteStatus === undefined ? {} : { remote_status: result.remoteStatus }),
      ...(step === null ? {} : { step }),
      ...(facts.conditional && result.revision !== undefined ? { seen_revision: result.revision } : {}),
      ...(last && !again ? { pushed_version: told.recordVersion } : {}),
    },
    ...(!sends && result.lineIds === undefined
      ? {}
      : {
          shadow: {
            link_id: told.link.id,
            ...(sends && told.bodyHash !== null
              ? { sent_hash: isOlder ? mustBeWritten : told.bodyHash }
              : {}),
            // Under a token that was used before, it is the first body that landed.
            ...(sends && !isOlder && told.carried !== null && isState(told.party)
              ? {
                  done: {
                    ...(result.revision === undefined ? {} : { revision: result.revision }),
                    ...(told.carried === undefined ? {} : { values: told.carried }),
                  },
                }
              : {}),
            ...(sends && told.sentBody !== undefined ? { sent_body: told.sentBody } : {}),
            ...(sends && told.codes !== null ? { codes: told.codes } : {}),
            ...(result.lineIds === undefined ? {} : { lines: result.lineIds }),
            mapping_version: mapping.version,
          },
        }),
    ...(result.answer === undefined ? {} : { answer: { remoteId: result.remoteId, body: result.answer } }),
    created,
    completed: last && !isBack,
  };
}

export function failed(
  told: Told,
  { decision, remoteStatus }: Omit<Extract<WriteResult, { ok: false }>, 'ok'>,
  durationMs: number,
  now: number,
  random: number,
): OutcomeRows {
  if (told.step === removeStep.name && decision.kind === 'absent') return removed(told, durationMs, 'absent');
  const error = {
    code: decision.code,
    error: decision.message,
    ...(remoteStatus === undefined ? {} : { remote_status: remoteStatus }),
  };
  const attempt: TryOutcome = {
    id: told.tryId,
    started_at: told.startedAt,
    outcome: decision.kind === 'unknown' ? 'unknown' : 'failed',
    answer: { kind: decision.kind, code: decision.code, message: decision.message },
    duration_ms: durationMs,
  };
  const rest = {
    party: told.party,
    recordId: told.link.record_id,
    attempt,
    created: false,
    completed: false,
  } as const;
  const due = (delayMs: number): LinkOutcome => ({
    id: told.link.id,
    marks: told.link.marks,
    state: 'due',
    delayMs,
    failed: true,
    ...error,
  });
  const exhausted = told.link.attempts + 1 >= attemptLimit;
  switch (decision.kind) {
    case 'unknown':
      // Nobody knows whether it happened: wait until it cannot happen any more, then look it up.
      return { ...rest, link: due(Math.max(0, told.settledAt - now)) };
    case 'retry':
      // A system may be dead for days: what waits for it is tried at the longest interval, never given up.
      return { ...rest, link: due(retryDelay(decision, told.link.attempts, random)) };
    case 'conflict':
    case 'reauth': {
      // Refused for a status we did not know of: planned again with it, at once.
      if (remoteStatus !== undefined && remoteStatus !== told.link.remote_status)
        return { ...rest, link: due(0) };
      const again = due(backoff(told.link.attempts, random));
      return { ...rest, link: exhausted ? { ...again, state: 'parked' } : again };
    }
    case 'throttle': {
      const forMs = decision.afterMs ?? backoff(told.link.attempts + 2, random);
      return { ...rest, link: { ...due(forMs), failed: false }, pause: { forMs, reason: decision.message } };
    }
    case 'fatal':
      return {
        ...rest,
        link: { ...due(60_000), failed: false },
        pause: { forMs: 60_000, reason: decision.message },
      };
    case 'reject':
    case 'absent':
      return { ...rest, link: { ...due(0), state: 'parked' } };
    case 'closed': {
      const period = refusedPeriod(told.party, told.posting, decision.period);
      if (!period) return { ...rest, link: { ...due(0), state: 'parked' } };
      const closed = { ...period, startedAt: told.startedAt, worth: told.content && worthOf(told.content) };
      // What is dated in that very period is planned again: with another date, where a rule gives it one.
      const isPlanned = told.posting !== undefined && periodOf(told.posting.day) === period.period;
      const { code: _code, error: _error, ...link } = due(0);
      if (isPlanned) return { ...rest, closed, link: { ...link, failed: false } };
      const wait = { state: 'waiting', code: 'push.period-closed', error: closedText(period) } as const;
      return { ...rest, closed, link: { ...link, failed: false, ...wait } };
    }
  }
}
