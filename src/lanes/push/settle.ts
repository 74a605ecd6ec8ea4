import { spendAs } from '../../../connectors/kit/shared.ts';
import type { FindResult } from '../../../connectors/kit/types.ts';
import type { DueLink } from '../../ledger/links.ts';
import { finishLinks, holdLinks, type LinkOutcome } from '../../ledger/links.ts';
import { writeShadows } from '../../ledger/shadows.ts';
import { closeTries, firstTried, type TryOutcome, type TryRow } from '../../ledger/tries.ts';
import type { Party } from '../landscape.ts';
import { backoff } from '../retry.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { readDecisionOf } from './decision.ts';
import { keepsSent } from './flow.ts';
import { type OutcomeRows, succeeded, type Told } from './outcome.ts';
import { mustBeWritten } from './own-values.ts';
import { removed, removeStep } from './removal.ts';

/** A link whose last write nobody knows the outcome of. */
export interface Unsettled {
  readonly link: DueLink;
  readonly party: Party;
  readonly openTry: TryRow;
  readonly parent?: { readonly object: string; readonly remoteId: string; readonly remoteNumber?: string };
}

/** Look-ups without a trace, each past the vendor's search lag, before a write counts as not happened. */
const lookupsNeeded = 2;

/**
 * Finds out what became of ambiguous writes before anything is written again: waits until the write can no
 * longer take effect, then looks the object up. A target that offers nothing to look it up by leaves the
 * link `unknown` for a person.
 */
export async function settleTries(
  world: World,
  hold: LaneHold,
  unsettled: readonly Unsettled[],
  commit: (rows: OutcomeRows) => void,
): Promise<void> {
  const later: LinkOutcome[] = [];
  const ripe: Unsettled[] = [];
  for (const item of unsettled) {
    const { latenessMs, searchLagMs } = item.party.facts;
    // What took effect at the last moment is only seen after the lag: before that, not seeing it proves nothing.
    const remaining = item.openTry.ends_in_ms + latenessMs + searchLagMs;
    if (remaining > 0) later.push({ id: item.link.id, state: 'due', delayMs: remaining });
    else ripe.push(item);
  }
  if (later.length > 0) await finishLinks(world.database, later);
  const groups = new Map<string, Unsettled[]>();
  for (const item of ripe) {
    const key = `${item.party.mapping.name}/${item.openTry.step}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  for (const group of groups.values()) await settleGroup(world, hold, group, commit);
}

async function settleGroup(
  world: World,
  hold: LaneHold,
  group: readonly Unsettled[],
  commit: (rows: OutcomeRows) => void,
): Promise<void> {
  const [first] = group;
  if (!first) return;
  const { party } = first;
  const find = world.session(party.connection).objects[party.object]?.find;
  const isCreate = party.mapping.flow.some((step) => step.create && step.name === first.openTry.step);
  const { createSafety } = party.facts;
  if (isCreate && createSafety === 'token') {
    const known = await underToken(world, group);
    await repeat(world, known);
    const old = group.filter((item) => !known.includes(item));
    if (old.length === 0) return;
    if (!find) return giveUp(world, old);
    if (known.length > 0) return settleGroup(world, hold, old, commit);
  }
  if (isCreate && (createSafety === 'none' || (createSafety === 'marker' && !find)))
    return giveUp(world, group);
  if (!find) return repeat(world, group);
  let found: readonly FindResult[];
  try {
    found = await find({
      step: first.openTry.step,
      items: group.map((item) => ({
        key: item.openTry.key,
        body: item.openTry.body,
        ...(item.link.remote_id === null ? {} : { remoteId: item.link.remote_id }),
        ...(item.link.remote_number === null ? {} : { remoteNumber: item.link.remote_number }),
        ...(item.parent === undefined ? {} : { parent: item.parent }),
      })),
      signal: spendAs('write', hold.signal),
    });
  } catch (error) {
    const decision = readDecisionOf(error, `${party.connection}/${party.object} look-up`);
    await finishLinks(
      world.database,
      group.map((item) => ({
        id: item.link.id,
        state: 'due' as const,
        delayMs: decision.afterMs ?? backoff(item.link.attempts + 1, Math.random()),
        failed: true,
        code: decision.code,
        error: decision.message,
      })),
    );
    return;
  }
  for (const [index, item] of group.entries()) {
    const result = found[index];
    if (item.openTry.step === removeStep.name) {
      commit(result?.found ? notDone(item, undefined) : removed(toldOf(item), undefined, 'absent'));
    } else if (result?.found && result.stepDone)
      commit(succeeded(toldOf(item), { ok: true, ...result }, undefined, true));
    else commit(result?.found ? notDone(item, result.remoteStatus) : notThere(item));
  }
}

function toldOf(item: Unsettled): Told {
  return {
    link: item.link,
    party: item.party,
    tryId: item.openTry.id,
    startedAt: item.openTry.started_at,
    step: item.openTry.step,
    bodyHash: item.openTry.body_hash,
    codes: item.openTry.codes,
    recordVersion: item.openTry.record_version,
    ...(keepsSent(item.party) ? { sentBody: item.openTry.body } : {}),
    ...(item.openTry.is_part ? { carried: null } : {}),
    settledAt: 0,
  };
}

/** The object is there but the step has not taken effect: it certainly did not happen, so it is repeated. */
function notDone(item: Unsettled, status: string | undefined): OutcomeRows {
  const shown = status === undefined ? {} : { remote_status: status };
  const rows = ended(item, { outcome: 'absent' }, { state: 'due', delayMs: 0, ...shown });
  if (item.link.remote_id === null || item.openTry.body_hash === null) return rows;
  // Or it did, and somebody has changed the content there since.
  return { ...rows, shadow: { link_id: item.link.id, sent_hash: mustBeWritten } };
}

function notThere(item: Unsettled): OutcomeRows {
  const lookups = item.openTry.lookups + 1;
  if (lookups < lookupsNeeded) {
    return ended(
      item,
      { outcome: 'unknown', lookups },
      { state: 'due', delayMs: item.party.facts.searchLagMs + 200 },
    );
  }
  return ended(item, { outcome: 'absent', lookups }, { state: 'due', delayMs: 0 });
}

function ended(
  item: Unsettled,
  attempt: Omit<TryOutcome, 'id' | 'started_at'>,
  link: Omit<LinkOutcome, 'id'>,
): OutcomeRows {
  return {
    party: item.party,
    recordId: item.link.record_id,
    attempt: { id: item.openTry.id, started_at: item.openTry.started_at, ...attempt },
    link: { id: item.link.id, ...link },
    created: false,
    completed: false,
  };
}

/**
 * Those whose token the vendor still knows for as long as one more call takes: sent again under it, the write takes
 * effect once, whatever became of it before.
 */
async function underToken(world: World, group: readonly Unsettled[]): Promise<readonly Unsettled[]> {
  const [first] = group;
  const { tokenValidMs = 0, writeDeadlineMs = 0, latenessMs = 0 } = first?.party.facts ?? {};
  // A party that is not live writes nothing, not even the same once more.
  if (!first || tokenValidMs === 0 || first.party.mode !== 'live') return [];
  const ids = group.map((item) => item.link.id);
  const ages = await firstTried(world.database, ids, first.openTry.step);
  return group.filter(
    ({ link }) =>
      (ages.get(link.id) ?? Number.POSITIVE_INFINITY) + writeDeadlineMs + latenessMs < tokenValidMs,
  );
}

/** The vendor keeps no second object under the same key, so repeating is safe without looking. */
async function repeat(world: World, group: readonly Unsettled[]): Promise<void> {
  if (group.length === 0) return;
  await world.database.transaction(async (sql) => {
    await closeTries(
      sql,
      group.map((item) => ({
        id: item.openTry.id,
        started_at: item.openTry.started_at,
        outcome: 'repeated' as const,
      })),
    );
    // What the vendor answers from now on may be what this body made, not the one sent next.
    const ids = group.map((item) => item.link.id);
    await holdLinks(sql, ids);
    await writeShadows(
      sql,
      ids.map((id) => ({ link_id: id, sent_hash: mustBeWritten })),
    );
  });
}

async function giveUp(world: World, group: readonly Unsettled[]): Promise<void> {
  await world.database.transaction(async (sql) => {
    // What somebody else has found out meanwhile stands.
    const still = await closeTries(
      sql,
      group.map((item) => ({
        id: item.openTry.id,
        started_at: item.openTry.started_at,
        outcome: 'unknown' as const,
      })),
    );
    const given = group.filter((item) => still.has(item.openTry.id));
    await finishLinks(
      sql,
      given.map((item) => ({
        id: item.link.id,
        state: 'unknown' as const,
        failed: true,
        code: 'push.unknown',
        error: `nobody can tell whether this was written to ${item.party.connection}, which offers nothing to look it up by; look there and say whether it exists`,
      })),
    );
  });
}
