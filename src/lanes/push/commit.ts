import { pauseConnection } from '../../ledger/connections.ts';
import { type InboxEntry, insertInbox } from '../../ledger/inbox.ts';
import { finishLinks } from '../../ledger/links.ts';
import { lockRecords } from '../../ledger/records.ts';
import { releaseReservations } from '../../ledger/reservations.ts';
import { writeShadows } from '../../ledger/shadows.ts';
import { closeTries } from '../../ledger/tries.ts';
import { releaseWaits } from '../../ledger/waits.ts';
import type { World } from '../world.ts';
import type { OutcomeRows } from './outcome.ts';

/** Outcomes are committed when this many have come … */
const commitSize = 64;
/** … or this many milliseconds after the first of them. */
const commitMs = 40;

/**
 * Commits outcomes as they come, in small groups: what is known is kept soon, without a transaction per
 * item. Each group is one transaction over tries, links, shadows, answers and waits.
 */
export class OutcomeBatch {
  readonly #world: World;
  #rows: OutcomeRows[] = [];
  #timer: NodeJS.Timeout | undefined;
  #chain: Promise<void> = Promise.resolve();

  constructor(world: World) {
    this.#world = world;
  }

  add(rows: OutcomeRows): void {
    this.#rows.push(rows);
    if (this.#rows.length >= commitSize) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), commitMs);
  }

  /** Commits what is left; rejects when any commit of the batch failed (its tries are then found open). */
  async finish(): Promise<void> {
    this.#flush();
    await this.#chain;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = this.#rows;
    if (rows.length === 0) return;
    this.#rows = [];
    this.#chain = this.#chain.then(() => commitOutcomes(this.#world, rows));
    // Awaited in finish(); until then a rejection must not count as unhandled.
    this.#chain.catch(() => undefined);
  }
}

async function commitOutcomes(world: World, rows: readonly OutcomeRows[]): Promise<void> {
  const answers: InboxEntry[] = [];
  for (const { answer, party } of rows) {
    if (!answer) continue;
    answers.push({
      connection: party.connection,
      object: party.object,
      remoteId: answer.remoteId,
      via: 'answer',
      body: JSON.stringify(answer.body),
      hint: JSON.stringify({ entity: party.entity }),
      lane: world.landscape.applyLane(party.connection, party.object, answer.remoteId),
      priority: 3,
    });
  }
  const sorted = [...rows].sort((a, b) => (a.link.id < b.link.id ? -1 : 1));
  const freed = await world.database.transaction(async (sql) => {
    // Whoever is just deciding to wait for one of these holds its record: see alreadyThere().
    await lockRecords(
      sql,
      rows.flatMap((row) => (row.created ? [row.recordId] : [])),
    );
    await finishLinks(
      sql,
      sorted.map((row) => row.link),
    );
    await closeTries(
      sql,
      rows.map((row) => row.attempt),
    );
    await writeShadows(
      sql,
      sorted.flatMap((row) => (row.shadow ? [row.shadow] : [])),
    );
    await insertInbox(sql, answers);
    const owner = world.landscape.stock.owner;
    await releaseReservations(
      sql,
      rows.flatMap((row) => (row.completed && row.party.connection === owner ? [row.recordId] : [])),
    );
    return releaseWaits(
      sql,
      rows.flatMap((row) =>
        row.created ? [{ kind: 'ref' as const, target: `${row.party.connection}/${row.recordId}` }] : [],
      ),
    );
  });
  for (const { pause, party } of rows) {
    if (pause) await pauseConnection(world.database, party.connection, pause.forMs, pause.reason);
  }
  world.ring(new Set([...freed, ...answers.map((answer) => answer.lane)]));
}
