import { pausedConnections } from '../../ledger/connections.ts';
import { holdsLane } from '../../ledger/lanes.ts';
import { finishLinks, holdLinks, type LinkOutcome } from '../../ledger/links.ts';
import { readRecords } from '../../ledger/records.ts';
import { releaseReservations } from '../../ledger/reservations.ts';
import { type ShadowWrite, writeShadows } from '../../ledger/shadows.ts';
import { alreadyThere, codeTarget, insertLinkWaits, type LinkWait } from '../../ledger/waits.ts';
import { serveRequests } from '../requests/serve.ts';
import { connectionOf, type Drain, type LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { whyNever } from './blocked.ts';
import { tellCircles } from './circles.ts';
import { OutcomeBatch } from './commit.ts';
import { gather } from './gather.ts';
import type { OutcomeRows } from './outcome.ts';
import { type Plan, type PlannedWrite, planLink } from './plan.ts';
import { readKnown } from './read.ts';
import { readFirst } from './read-first.ts';
import { LaneRests } from './rest.ts';
import { sendWrites } from './send.ts';
import { settleTries, type Unsettled } from './settle.ts';
import { Withheld } from './withhold.ts';

/** Links read per slice; a vendor with batches gets them full, one without gets a slice of about a second. */
const sliceSize = 200;

/** Drains one slice of a push lane: plans every due link, then writes what differs. */
export function pushDrain(world: World): Drain {
  const rests = new LaneRests(world.now);
  return async (hold) => {
    const paused = await pausedConnections(world.database);
    if (paused.some((row) => row.id === connectionOf(hold.lane))) return 0;
    const size = rests.sliceOf(hold.lane, sliceSize);
    if (size === 0) return 0;
    const { links: due, more } = await gather(world, hold, size);
    if (due.length === 0) return 0;
    const links = await serveRequests(world, hold, due);
    if (links.length === 0) return due.length;
    // Asked after the links were read: what is put in use from now on marks them once more.
    await world.keepUp(Math.max(...links.map((link) => link.activation)));
    await world.tables.refresh(world.database);
    const { known, context } = await readKnown(world, links);
    const { version } = world.tables;
    const plans = known.map((item) => planLink(item, context));
    const withheld = new Withheld(world, known);
    const done = await carryOut(world, hold, plans, version, rests, withheld);
    return more ? Math.max(1, done) : done;
  };
}

async function carryOut(
  world: World,
  hold: LaneHold,
  plans: readonly Plan[],
  tablesVersion: string,
  rests: LaneRests,
  withheld: Withheld,
): Promise<number> {
  const quiet: LinkOutcome[] = [];
  /** Records whose goods the owner of the stock has booked, by a step somebody else has done. */
  const booked: string[] = [];
  const held: ShadowWrite[] = [];
  const waiting: Extract<Plan, { kind: 'wait' }>[] = [];
  const unsettled: Unsettled[] = [];
  const writes: PlannedWrite[] = [];
  const parents = new Set<string>();
  let left = 0;
  for (const plan of plans) {
    const kept = withheld.note(plan);
    if (kept) quiet.push(kept);
    else if (plan.kind === 'inStep') {
      const { id, marks, record_id } = plan.link;
      const reached = plan.reached === undefined ? {} : { step: plan.reached };
      quiet.push({ id, marks, state: 'idle', pushed_version: plan.version, ...reached });
      if (plan.sentHash !== undefined) held.push({ link_id: id, sent_hash: plan.sentHash });
      if (plan.completed && plan.link.connection === world.landscape.stock.owner) booked.push(record_id);
    } else if (plan.kind === 'waitStep') {
      const { id, marks } = plan.link;
      const reached = plan.reached === undefined ? {} : { step: plan.reached };
      quiet.push({ id, marks, state: 'waiting', code: 'push.waits-for-step', error: plan.error, ...reached });
    } else if (plan.kind === 'park') {
      const { id, marks } = plan.link;
      quiet.push({ id, marks, state: 'parked', failed: true, code: plan.code, error: plan.error });
    } else if (plan.kind === 'wait') waiting.push(plan);
    else if (plan.kind === 'resolve') unsettled.push({ ...plan });
    else if (plan.write.parent && parents.has(plan.write.parent.remoteId)) {
      // Two objects made from the same one follow each other: the second sees what the first left.
      left += 1;
    } else {
      if (plan.write.parent) parents.add(plan.write.parent.remoteId);
      writes.push(plan.write);
    }
  }
  await commitQuiet(world, hold, quiet, booked, held, withheld);
  await commitWaits(world, hold, waiting, tablesVersion);
  const batch = new OutcomeBatch(world);
  try {
    if (unsettled.length > 0) await settleTries(world, hold, unsettled, (rows) => batch.add(rows));
    const sent = (rows: OutcomeRows): void => {
      rests.note(hold.lane, rows);
      batch.add(rows);
    };
    const ready = await readFirst(world, hold, writes);
    if (ready.length > 0) await sendWrites(world, hold, ready, sent);
  } finally {
    await batch.finish();
    rests.end(hold.lane);
  }
  return plans.length - left;
}

/** Notes links that need no write. */
async function commitQuiet(
  world: World,
  hold: LaneHold,
  outcomes: readonly LinkOutcome[],
  booked: readonly string[],
  held: readonly ShadowWrite[],
  withheld: Withheld,
): Promise<void> {
  if (outcomes.length === 0) return;
  await world.database.transaction(async (sql) => {
    // What was planned before the lane was lost is no longer ours to decide.
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return;
    if (booked.length > 0) await releaseReservations(sql, booked);
    await finishLinks(sql, outcomes);
    await writeShadows(sql, held);
    await withheld.write(sql);
  });
}

/**
 * Lets links wait. What they wait for is locked and asked for again first: whoever creates it meanwhile
 * either finds the wait or is found here.
 */
async function commitWaits(
  world: World,
  hold: LaneHold,
  plans: readonly Extract<Plan, { kind: 'wait' }>[],
  tablesVersion: string,
): Promise<void> {
  if (plans.length === 0) return;
  const waitsForCode = (plan: (typeof plans)[number]): boolean =>
    plan.waits.some((wait) => wait.kind === 'table');
  const waitingNow: string[] = [];
  const tablesChanged = await world.database.transaction(async (sql) => {
    waitingNow.length = 0;
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return false;
    const stale = plans.some(waitsForCode) && (await world.tables.isStale(sql, tablesVersion));
    const targets = plans.flatMap((plan) =>
      plan.waits.flatMap((wait) =>
        wait.kind === 'ref' ? [{ connection: plan.link.connection, recordId: wait.recordId }] : [],
      ),
    );
    const there = await alreadyThere(sql, targets);
    const records = new Map(
      (
        await readRecords(
          sql,
          targets.map((target) => target.recordId),
        )
      ).map((record) => [record.id, record]),
    );
    const waits: LinkWait[] = [];
    const outcomes: LinkOutcome[] = [];
    for (const plan of plans) {
      const { connection } = plan.link;
      const missing = plan.waits
        .map((wait) => {
          if (wait.kind === 'ref') {
            const record = records.get(wait.recordId);
            const never = whyNever(world.landscape, connection, wait.what, record);
            const name = record?.data.number ?? record?.data.code ?? wait.recordId;
            return {
              kind: wait.kind,
              target: `${connection}/${wait.recordId}`,
              worth: undefined,
              never,
              why: `${wait.asks}: ${wait.what} ${name} ${never ?? `is not in ${connection} yet`}`,
            };
          }
          return {
            kind: wait.kind,
            target: codeTarget(wait.table, wait.key),
            worth: wait.worth,
            never: undefined,
            why: `${wait.asks}: table ${wait.table} has no code of ${connection} for ${wait.key}; add it`,
          };
        })
        .filter((wait) => wait.kind === 'table' || !there.has(wait.target));
      if (missing.length === 0 || (stale && waitsForCode(plan))) {
        outcomes.push({ id: plan.link.id, state: 'due', delayMs: 100 });
        continue;
      }
      for (const { kind, target, worth } of missing) {
        waits.push({ linkId: plan.link.id, kind, target, ...worth });
        if (kind === 'ref') waitingNow.push(plan.link.id);
      }
      outcomes.push({
        id: plan.link.id,
        marks: plan.link.marks,
        state: 'waiting',
        code: missing.some((wait) => wait.never !== undefined)
          ? 'push.blocked-by'
          : missing[0]?.kind === 'table'
            ? 'push.waits-for-code'
            : 'push.waits-for-record',
        error: missing.map((wait) => wait.why).join('; '),
      });
    }
    // Links before their waits: the order of whoever releases them.
    await holdLinks(
      sql,
      outcomes.map((outcome) => outcome.id),
    );
    await insertLinkWaits(sql, waits);
    await finishLinks(sql, outcomes);
    return stale;
  });
  if (tablesChanged) await world.tables.load(world.database);
  await tellCircles(world.database, waitingNow);
}
