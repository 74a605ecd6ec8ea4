/** Lists all ids of an object to find what was deleted, for systems that do not tell. */
import { spendAs } from '../../../connectors/kit/shared.ts';
import { pauseConnection, pausedConnections } from '../../ledger/connections.ts';
import { clock } from '../../ledger/cursors.ts';
import type { Queryable } from '../../ledger/database.ts';
import {
  countDeletions,
  type DeletingObject,
  forgetDeletions,
  lockDeletions,
} from '../../ledger/deletions.ts';
import {
  advancePass,
  beginPass,
  collectCandidates,
  endPass,
  holdCandidates,
  markListed,
  nextCandidates,
  noteAsked,
  type PassRow,
  postponePass,
  readPass,
  settleCandidates,
} from '../../ledger/full-passes.ts';
import { insertInbox } from '../../ledger/inbox.ts';
import { holdsLane } from '../../ledger/lanes.ts';
import type { Landscape, Party } from '../landscape.ts';
import { readDecisionOf } from '../push/decision.ts';
import { readable } from '../readable.ts';
import { backoff } from '../retry.ts';
import type { Drain, LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { brakeReason, tightest } from './brake.ts';
import { askWhetherGone, mayPass } from './confirm.ts';
import { deletionEntry } from './entry.ts';

/** Candidates asked for in one slice. */
const sliceSize = 50;
/** Copies compared, or deletions decided, in one transaction. */
const partSize = 500;

/** Failures in a row after which a pass begins again at its first page: its place may be one the vendor has forgotten. */
const patience = 8;

/** Objects that are listed completely, and how often: those whose deletions count and whose system lists all. */
export function passesOf(
  landscape: Landscape,
): { readonly connection: string; readonly object: string; readonly interval_ms: number }[] {
  const passes = new Map<string, { connection: string; object: string; interval_ms: number }>();
  for (const { connection, object, deletes, facts } of landscape.parties) {
    if (!deletes || facts.listsAll !== true) continue;
    const key = `${connection}/${object}`;
    const interval_ms = Math.min(passes.get(key)?.interval_ms ?? Number.POSITIVE_INFINITY, deletes.fullMs);
    passes.set(key, { connection, object, interval_ms });
  }
  return [...passes.values()];
}

/**
 * Drains a lane `full/<connection>/<object>`: one page, or some copies or candidates, per slice. What a page shows is
 * marked with the number of the pass together with the place to go on at. Only a pass that came to its last page, and
 * showed something, has candidates; each is asked for by itself before its deletion is believed. Every slice is a
 * transaction of bounded size that notes how far the pass is.
 *
 * @param part Copies compared, or deletions decided, in one transaction.
 */
export function fullDrain(world: World, part = partSize): Drain {
  return async (hold) => {
    const [, connection = '', ...rest] = hold.lane.split('/');
    const object = rest.join('/');
    const pass = await readPass(world.database, connection, object);
    const parties = world.landscape.partiesOf(connection, object).filter((party) => party.deletes);
    if (!pass?.due || parties.length === 0) return 0;
    if ((await pausedConnections(world.database)).some((row) => row.id === connection)) return 0;
    try {
      const of = deletingOf(connection, object, parties);
      if (pass.phase === 'comparing') await compareSome(world, hold, pass, of, part);
      else if (pass.phase === 'confirming') await confirmSome(world, hold, pass, of, parties, part);
      else await listPage(world, hold, pass);
      return 1;
    } catch (error) {
      if (hold.signal.aborted) return 0;
      const decision = readDecisionOf(error, `${connection}/${object} full pass`);
      if (decision.kind === 'fatal' || decision.kind === 'throttle') {
        await pauseConnection(world.database, connection, decision.afterMs ?? 60_000, decision.message);
      }
      if (decision.code === 'read.failed') world.log.error({ err: error, connection, object }, 'pass failed');
      await postponePass(world.database, connection, object, {
        delayMs: decision.afterMs ?? backoff(pass.attempts + 2, Math.random()),
        code: decision.code,
        error: decision.message,
        anew: pass.phase === 'listing' && pass.attempts + 1 >= patience,
      });
      return 0;
    }
  };
}

async function listPage(
  world: World,
  hold: LaneHold,
  { connection, object, ...pass }: PassRow,
): Promise<void> {
  const list = world.session(connection).objects[object]?.list;
  if (!list) {
    const error = `${connection} cannot list ${object}`;
    await endPass(world.database, connection, object, { code: 'deletes.cannot-list', error });
    return;
  }
  const isFirst = pass.phase === 'idle';
  const began = await clock(world.database);
  const page = await list({
    signal: spendAs('poll', AbortSignal.any([hold.signal, AbortSignal.timeout(60_000)])),
    ...(isFirst || pass.cursor === null ? {} : { cursor: pass.cursor }),
  });
  const ids = page.items.flatMap((item) =>
    item.object === object && item.deleted !== true ? [item.remoteId] : [],
  );
  await world.database.transaction(async (sql) => {
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return;
    const number = isFirst ? await beginPass(sql, connection, object, began) : pass.pass;
    await markListed(sql, connection, object, number, ids);
    const complete = !page.more;
    await advancePass(sql, connection, object, { cursor: page.cursor, listed: ids.length, complete });
    if (!complete || (isFirst ? 0 : pass.listed) + ids.length > 0) return;
    // Nothing at all is more likely a lost permission than the end of all goods.
    const error = `${connection} listed no ${object} at all; nothing is taken for deleted`;
    await endPass(sql, connection, object, { code: 'deletes.empty-list', error });
  });
}

/** Finds candidates among some copies: those the pages did not show. */
async function compareSome(
  world: World,
  hold: LaneHold,
  { pass, cursor }: PassRow,
  of: DeletingObject,
  part: number,
): Promise<void> {
  const after = typeof cursor?.comparedTo === 'string' ? cursor.comparedTo : null;
  await world.database.transaction(async (sql) => {
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return;
    await lockDeletions(sql, [of]);
    await collectCandidates(sql, of, pass, after, part);
  });
}

/** Asks for some candidates, or settles some once every one was asked for, or too many are gone to go on. */
async function confirmSome(
  world: World,
  hold: LaneHold,
  pass: PassRow,
  of: DeletingObject,
  parties: readonly Party[],
  part: number,
): Promise<void> {
  const { connection, object } = pass;
  const isHolding = pass.cursor !== null;
  const candidates = isHolding ? [] : await nextCandidates(world.database, pass, pass.asked_to, sliceSize);
  const last = candidates.at(-1);
  if (!last || (await braked(world.database, of, parties)) !== undefined) {
    await settle(world, hold, pass, of, parties, part);
    return;
  }
  const asked = candidates.map((one) => ({ remoteId: one.remote_id }));
  const proofs = await askWhetherGone(world, hold.signal, pass, asked, 'poll');
  if (hold.signal.aborted) return;
  const absent: string[] = [];
  const there: string[] = [];
  const unclear: { id: string; code: string; error: string }[] = [];
  let provenAt = new Date(0);
  for (const [index, { link_id: id }] of candidates.entries()) {
    const proof = proofs[index];
    if (proof?.kind === 'absent') {
      absent.push(id);
      provenAt = proof.readAt;
    } else if (proof?.kind === 'there') there.push(id);
    else if (proof) {
      const { code, message: error } = readable(proof.decision);
      unclear.push({ id, code, error });
    }
  }
  // Trouble of the system as a whole says nothing about these: they are asked for again later.
  const trouble = proofs.find((proof) => proof.kind === 'unclear' && mayPass(proof.decision));
  await world.database.transaction(async (sql) => {
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return;
    await lockDeletions(sql, [of]);
    await forgetDeletions(sql, there);
    const lasting = trouble ? [] : unclear;
    const to = trouble ? (pass.asked_to ?? firstId) : last.link_id;
    await noteAsked(sql, pass, { to, absent, provenAt, unclear: lasting });
    if (trouble?.kind === 'unclear') {
      const { decision } = trouble;
      const { code, message: error, afterMs } = readable(decision);
      const delayMs = afterMs ?? backoff(pass.attempts + 2, Math.random());
      await postponePass(sql, connection, object, { delayMs, code, error, anew: false });
    }
  });
}

/** Before every id. */
const firstId = '00000000-0000-0000-0000-000000000000';

/** Lets some deletions go on, or hold; the last of them ends the pass. */
async function settle(
  world: World,
  hold: LaneHold,
  { cursor }: PassRow,
  of: DeletingObject,
  parties: readonly Party[],
  part: number,
): Promise<void> {
  const lanes = await world.database.transaction(async (sql) => {
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return [];
    await lockDeletions(sql, [of]);
    // Why the first of them were held holds for all: seen from the next part they would be earlier ones.
    const begun = typeof cursor?.why === 'string' ? cursor.why : undefined;
    const why = begun ?? (await braked(sql, of, parties));
    if (why !== undefined) {
      const after = typeof cursor?.heldTo === 'string' ? cursor.heldTo : null;
      if (!(await holdCandidates(sql, of, why, after, part))) await endPass(sql, of.connection, of.object);
      return [];
    }
    const going = await settleCandidates(sql, of, part);
    const entries = going.map((one) =>
      deletionEntry(world.landscape, of, one.remote_id, one.proven_at.toISOString()),
    );
    await insertInbox(sql, entries);
    if (going.length < part) await endPass(sql, of.connection, of.object);
    return entries.map((entry) => entry.lane);
  });
  world.ring(new Set(lanes));
}

/** Why what this pass has found is not deleted without a person. */
async function braked(
  sql: Queryable,
  of: DeletingObject,
  parties: readonly Party[],
): Promise<string | undefined> {
  const { copies, recent, proven, held } = await countDeletions(sql, of);
  if (proven > 0 && held > 0) return `${held} earlier deletions wait for a decision`;
  const policy = tightest(parties.flatMap((party) => party.deletes ?? []));
  return proven === 0 ? undefined : brakeReason(policy, { gone: recent + proven, copies });
}

function deletingOf(connection: string, object: string, parties: readonly Party[]): DeletingObject {
  return { connection, object, entities: [...new Set(parties.map((party) => party.entity))] };
}
