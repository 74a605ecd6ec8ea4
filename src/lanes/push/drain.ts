import { pausedConnections } from '../../ledger/connections.ts';
import { holdsLane } from '../../ledger/lanes.ts';
import { type DueLink, dueLinksOf, finishLinks, holdLinks, type LinkOutcome } from '../../ledger/links.ts';
import { stillClosed } from '../../ledger/periods.ts';
import { readRecords } from '../../ledger/records.ts';
import { releaseReservations } from '../../ledger/reservations.ts';
import { type ShadowWrite, writeShadows } from '../../ledger/shadows.ts';
import { alreadyThere, codeTarget, insertLinkWaits, type LinkWait } from '../../ledger/waits.ts';
import { Breath } from '../breath.ts';
import { redateCopies } from '../periods/settle.ts';
import { serveRequests } from '../requests/serve.ts';
import { connectionOf, type Drain, type LaneHold } from '../runner.ts';
import { Together } from '../together.ts';
import type { World } from '../world.ts';
import { whyNever } from './blocked.ts';
import { tellCircles } from './circles.ts';
import { OutcomeBatch, Outcomes } from './commit.ts';
import { Flights } from './flights.ts';
import { gather } from './gather.ts';
import type { OutcomeRows } from './outcome.ts';
import { PerConnection } from './per-connection.ts';
import type { Known, Plan, PlanContext, PlannedWrite } from './plan.ts';
import { planApart } from './plan-apart.ts';
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
  const outcomes = new Outcomes(world);
  const flightsOf = new WeakMap<LaneHold, Flights>();
  const due = new PerConnection(
    () => new Together({ work: (asks: readonly DueAsk[]) => readDue(world, asks) }),
  );
  const knowing = new PerConnection(
    () =>
      new Together({
        work: (asks: readonly (readonly DueLink[])[]) => readTogether(world, asks),
        weightOf: (links) => links.length,
        most: sliceSize,
      }),
  );
  const slice = async (hold: LaneHold, flights: Flights): Promise<number> => {
    await flights.room();
    const { landed } = flights;
    const connection = connectionOf(hold.lane);
    const size = rests.sliceOf(hold.lane, sliceSize);
    // A system that may be back is asked with a few, and the answer to those is waited for.
    if (size === 0 || (size < sliceSize && flights.count > 0)) return flights.pause(landed);
    const { links: all, more } = await gather(world, hold, size, () =>
      due.of(connection).ask({ lane: hold.lane, limit: size, underWay: flights.links }),
    );
    if (all.length === 0) return flights.pause(landed);
    const links = await serveRequests(world, hold, all);
    if (links.length === 0) return all.length;
    // Asked after the links were read: what is put in use from now on marks them once more.
    await world.keepUp(Math.max(...links.map((link) => link.activation)));
    await world.tables.refresh(world.database);
    await world.periods.keepUp(world.database, Math.max(...links.map((link) => link.periods ?? 0)));
    const { known, context } = await knowing.of(connection).ask(links);
    const { version } = world.tables;
    const plans: Plan[] = [];
    const breath = new Breath();
    for (const item of known) {
      if (breath.isDue) await breath.take();
      plans.push(planApart(item, context));
    }
    const withheld = new Withheld(world, known);
    const done = await carryOut(world, hold, plans, version, rests, withheld, outcomes, flights);
    if (more || done > 0) return Math.max(1, done);
    return flights.pause(landed);
  };
  return async (hold) => {
    const flights = flightsOf.get(hold) ?? new Flights(hold);
    flightsOf.set(hold, flights);
    try {
      return await slice(hold, flights);
    } catch (error) {
      await flights.land();
      throw error;
    }
  };
}

interface DueAsk {
  readonly lane: string;
  readonly limit: number;
  readonly underWay: readonly string[];
}

/** The next links of lanes of one connection; of one that is paused, none. */
async function readDue(world: World, asks: readonly DueAsk[]): Promise<readonly (readonly DueLink[])[]> {
  const [paused, links] = await Promise.all([
    pausedConnections(world.database),
    dueLinksOf(
      world.database,
      asks,
      asks.flatMap((ask) => ask.underWay),
    ),
  ]);
  const resting = new Set(paused.map((row) => row.id));
  return asks.map(({ lane }) =>
    resting.has(connectionOf(lane)) ? [] : links.filter((link) => link.lane === lane),
  );
}

/** What planning the links of several lanes needs, read at once. */
async function readTogether(
  world: World,
  asks: readonly (readonly DueLink[])[],
): Promise<readonly { known: readonly Known[]; context: PlanContext }[]> {
  const { known, context } = await readKnown(world, asks.flat());
  let from = 0;
  return asks.map((links) => {
    const own = known.slice(from, from + links.length);
    from += links.length;
    return { known: own, context };
  });
}

async function carryOut(
  world: World,
  hold: LaneHold,
  plans: readonly Plan[],
  tablesVersion: string,
  rests: LaneRests,
  withheld: Withheld,
  outcomes: Outcomes,
  flights: Flights,
): Promise<number> {
  const quiet: LinkOutcome[] = [];
  /** Records whose goods the owner of the stock has booked, by a step somebody else has done. */
  const booked: string[] = [];
  const held: ShadowWrite[] = [];
  const waiting: Extract<Plan, { kind: 'wait' }>[] = [];
  const redates: Extract<Plan, { kind: 'redate' }>[] = [];
  const unsettled: Unsettled[] = [];
  const writes: PlannedWrite[] = [];
  const parents = new Set(flights.parents);
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
    } else if (plan.kind === 'held') {
      const { id, marks } = plan.link;
      quiet.push({ id, marks, state: 'waiting', code: 'push.held', error: plan.error });
    } else if (plan.kind === 'redate') redates.push(plan);
    else if (plan.kind === 'wait') waiting.push(plan);
    else if (plan.kind === 'resolve') unsettled.push({ ...plan });
    else if (plan.write.parent && parents.has(plan.write.parent.remoteId)) {
      // Two objects made from the same one follow each other: the second sees what the first left.
      left += 1;
    } else {
      if (plan.write.parent) parents.add(plan.write.parent.remoteId);
      writes.push(plan.write);
    }
  }
  await commitQuiet(world, hold, quiet, booked, held, withheld, redates);
  await commitWaits(world, hold, waiting, tablesVersion);
  if (unsettled.length + writes.length === 0) return plans.length - left;
  const batch = new OutcomeBatch(outcomes);
  const flight = {
    links: [...unsettled, ...writes].map(({ link }) => link.id),
    parents: [...unsettled, ...writes].flatMap(({ parent }) => parent?.remoteId ?? []),
  };
  await flights.begin(flight, async (away) => {
    try {
      if (unsettled.length > 0) await settleTries(world, hold, unsettled, (rows) => batch.add(rows));
      const sent = (rows: OutcomeRows): void => {
        rests.note(hold.lane, rows);
        batch.add(rows);
      };
      const ready = await readFirst(world, hold, writes);
      if (ready.length > 0) await sendWrites(world, hold, ready, sent, away);
    } finally {
      await batch.finish();
      rests.end(hold.lane);
    }
  });
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
  redates: readonly Extract<Plan, { kind: 'redate' }>[],
): Promise<void> {
  if (outcomes.length + redates.length === 0) return;
  await world.database.transaction(async (sql) => {
    // What was planned before the lane was lost is no longer ours to decide.
    if (!(await holdsLane(sql, hold.lane, hold.holder, hold.epoch))) return;
    if (booked.length > 0) await releaseReservations(sql, booked);
    await finishLinks(sql, [...outcomes, ...(await redateCopies(sql, redates))]);
    await writeShadows(sql, held);
    await withheld.write(sql);
  });
}

const codeOfWait = {
  ref: 'push.waits-for-record',
  table: 'push.waits-for-code',
  period: 'push.period-closed',
} as const;

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
    const closed = await stillClosed(
      sql,
      plans.flatMap((plan) => plan.waits.flatMap((wait) => (wait.kind === 'period' ? [wait.period] : []))),
    );
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
              isMissing: !there.has(`${connection}/${wait.recordId}`),
              target: `${connection}/${wait.recordId}`,
              worth: undefined,
              never,
              why: `${wait.asks}: ${wait.what} ${name} ${never ?? `is not in ${connection} yet`}`,
            };
          }
          if (wait.kind === 'period')
            return { ...wait, isMissing: closed.has(wait.target), never: undefined, why: wait.asks };
          return {
            kind: wait.kind,
            isMissing: true,
            target: codeTarget(wait.table, wait.key),
            worth: wait.worth,
            never: undefined,
            why: `${wait.asks}: table ${wait.table} has no code of ${connection} for ${wait.key}; add it`,
          };
        })
        .filter((wait) => wait.isMissing);
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
          : codeOfWait[missing[0]?.kind ?? 'ref'],
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
