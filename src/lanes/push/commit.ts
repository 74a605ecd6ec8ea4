import { pauseConnection } from '../../ledger/connections.ts';
import { fixedPlans, sqlState } from '../../ledger/database.ts';
import { markRemoved } from '../../ledger/deletions.ts';
import { type InboxEntry, insertInbox } from '../../ledger/inbox.ts';
import { finishHeldLinks, finishLinks, holdLinks } from '../../ledger/links.ts';
import { holdRecords, survivors } from '../../ledger/records.ts';
import { releaseReservations } from '../../ledger/reservations.ts';
import { writeShadows } from '../../ledger/shadows.ts';
import { closeTries } from '../../ledger/tries.ts';
import { insertLinkWaits, releaseWaits, waitingLinks } from '../../ledger/waits.ts';
import { fanOutLane } from '../events/consumer.ts';
import { settlePeriods } from '../periods/settle.ts';
import type { World } from '../world.ts';
import type { OutcomeRows } from './outcome.ts';

/** Outcomes are committed when this many have come … */
const commitSize = 96;
/** … or this many milliseconds after the first of them … */
const commitMs = 50;
/** … or so soon after the first lane has nothing under way any more and waits for them. */
const finishMs = 5;

interface Waiting {
  readonly rows: OutcomeRows;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits the outcomes of all lanes of a process as they come, in groups: what is known is kept soon, without a
 * transaction per item, and lanes that each have little share one. One group at a time; what comes meanwhile is the next,
 * and is committed beside the one under way when a lane has nothing else left to wait for.
 */
export class Outcomes {
  readonly #world: World;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #busy = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Resolves when the rows are committed; rejects when that failed, and their try is found open later. */
  commit(rows: OutcomeRows): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject });
      this.flushIn(this.#waiting.length >= commitSize ? 0 : commitMs);
    });
  }

  /** Commits what waits, in so many milliseconds at the latest, unless groups are under way already. */
  flushIn(ms: number, beside = 0): void {
    const at = performance.now() + ms;
    if (this.#busy > beside || this.#waiting.length === 0 || at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => void this.#flush(), ms);
  }

  async #flush(): Promise<void> {
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#busy += 1;
    const group = this.#waiting.splice(0, commitSize);
    try {
      await commitApart(
        this.#world,
        group.map((one) => one.rows),
      );
      for (const one of group) one.resolve();
    } catch (error) {
      for (const one of group) one.reject(error);
    } finally {
      this.#busy -= 1;
      this.flushIn(this.#waiting.length >= commitSize ? 0 : finishMs);
    }
  }
}

/** The outcomes of one slice. */
export class OutcomeBatch {
  readonly #outcomes: Outcomes;
  readonly #commits: Promise<void>[] = [];

  constructor(outcomes: Outcomes) {
    this.#outcomes = outcomes;
  }

  add(rows: OutcomeRows): void {
    const commit = this.#outcomes.commit(rows);
    // Awaited in finish(); until then a rejection must not count as unhandled.
    commit.catch(() => undefined);
    this.#commits.push(commit);
  }

  /** Waits until all are committed; rejects when any commit failed (its tries are then found open). */
  async finish(): Promise<void> {
    if (this.#commits.length === 0) return;
    this.#outcomes.flushIn(finishMs, 1);
    await Promise.all(this.#commits);
  }
}

/** Commits a group; one that the database refuses for its content is halved until the outcome at fault stands alone. */
async function commitApart(world: World, rows: readonly OutcomeRows[]): Promise<void> {
  try {
    await commitOutcomes(world, rows);
  } catch (error) {
    const state = sqlState(error);
    // Class 22 is a value that cannot be kept, 23 one that contradicts what is kept. Anything else is no fault of a row.
    if (state === undefined || !/^2[23]/.test(state)) throw error;
    const [only] = rows;
    if (rows.length === 1 && only) return await parkUnkept(world, only, error);
    const half = Math.ceil(rows.length / 2);
    await commitApart(world, rows.slice(0, half));
    await commitApart(world, rows.slice(half));
  }
}

/** The write happened, but its answer cannot be kept: the try stays open and a person looks at both sides. */
async function parkUnkept(world: World, row: OutcomeRows, cause: unknown): Promise<void> {
  const { connection, object } = row.party;
  world.log.error({ err: cause, connection, object, record: row.recordId }, 'an answer could not be kept');
  await world.database.transaction((sql) =>
    finishLinks(sql, [
      {
        id: row.link.id,
        state: 'parked',
        failed: true,
        code: 'push.answer-not-kept',
        error: `${connection} answered with an object (${row.link.remote_id ?? 'no id'}) that cannot be linked to this record, most likely because another record is linked to it; compare both there`,
      },
    ]),
  );
}

/**
 * The first to settle a try decides. A worker that was frozen past its lease comes back with answers to tries that
 * whoever held the lane after it has looked up and settled: those outcomes change nothing any more.
 */
async function commitOutcomes(world: World, given: readonly OutcomeRows[]): Promise<void> {
  const { rows, lanes } = await world.database.transaction(async (sql) => {
    // Whoever is just deciding to wait for one of these holds its record: see alreadyThere().
    const merged = await holdRecords(
      sql,
      given.flatMap((row) => (row.created ? [row.recordId] : [])),
    );
    const settled = await closeTries(
      sql,
      given.map((row) => row.attempt),
    );
    const sorted = given
      .filter((row) => settled.has(row.attempt.id))
      .sort((a, b) => (a.link.id < b.link.id ? -1 : 1));
    const { rows, waits: periods } = await settlePeriods(sql, world.periods, sorted);
    // Reservations before links, and links all at once: the order everywhere.
    const owner = world.landscape.stock.owner;
    await releaseReservations(
      sql,
      rows.flatMap((row) => (row.completed && row.party.connection === owner ? [row.recordId] : [])),
    );
    // Of a record that was merged while its copy was made, whoever waits names the one it lives on in.
    const alive = merged.length === 0 ? new Map<string, string>() : await survivors(sql, merged);
    await holdRecords(sql, [...alive.values()]);
    const waits = rows.flatMap((row) =>
      row.created
        ? [
            {
              kind: 'ref' as const,
              target: `${row.party.connection}/${alive.get(row.recordId) ?? row.recordId}`,
            },
          ]
        : [],
    );
    const waiting = await waitingLinks(sql, waits);
    await holdLinks(sql, [...rows.map((row) => row.link.id), ...waiting]);
    const told = await finishHeldLinks(
      sql,
      rows.map((row) => ({ ...row.link, written: row.attempt.outcome === 'done' })),
    );
    await insertLinkWaits(sql, periods);
    await markRemoved(
      sql,
      rows.flatMap((row) => (row.removed ? [row.link.id] : [])),
    );
    await writeShadows(
      sql,
      rows.flatMap((row) => (row.shadow ? [row.shadow] : [])),
    );
    const answers = answersOf(world, rows);
    await insertInbox(sql, answers);
    const freed = await releaseWaits(sql, waits, waiting);
    const lanes = [...freed, ...answers.map((answer) => answer.lane), ...(told > 0 ? [fanOutLane] : [])];
    return { rows, lanes: new Set(lanes) };
  }, fixedPlans);
  for (const { pause, party } of rows) {
    if (pause) await pauseConnection(world.database, party.connection, pause.forMs, pause.reason);
  }
  world.ring(lanes);
}

/** What vendors showed in their answers goes the way of everything they tell. */
function answersOf(world: World, rows: readonly OutcomeRows[]): InboxEntry[] {
  return rows.flatMap(({ answer, party }) =>
    answer === undefined
      ? []
      : [
          {
            connection: party.connection,
            object: party.object,
            remoteId: answer.remoteId,
            via: 'answer' as const,
            body: JSON.stringify(answer.body),
            hint: JSON.stringify({ entity: party.entity }),
            lane: world.landscape.applyLane(party.connection, party.object, answer.remoteId),
            priority: 3,
          },
        ],
  );
}
