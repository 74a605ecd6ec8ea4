/** What systems tell of deletions: copies are gone, and records with them where that system's deletions count. */
import { chainsOf } from '../../ledger/chains.ts';
import {
  countDeletions,
  type DeletionWrite,
  deletionsOf,
  forgetDeletions,
  lockDeletions,
  markGone,
  writeDeletions,
} from '../../ledger/deletions.ts';
import {
  type DueInboxRow,
  finishInbox,
  type InboxEntry,
  type InboxOutcome,
  insertInbox,
  lockInbox,
} from '../../ledger/inbox.ts';
import { type LinkRow, linksByRemote, linksOfRecords } from '../../ledger/links.ts';
import { compareRevisions, soundRevision } from '../../merge/index.ts';
import { isObject } from '../../model/index.ts';
import { documents } from '../apply/batch.ts';
import { countApplied } from '../apply/count.ts';
import { followUp } from '../apply/effects.ts';
import { isAboutItem } from '../apply/faults.ts';
import { LostRace } from '../apply/lost-race.ts';
import { originOf } from '../apply/origin.ts';
import { dead, dropped, later, notFetched, refused } from '../apply/outcomes.ts';
import { Unit } from '../apply/unit.ts';
import type { Party } from '../landscape.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { brakeReason, tightest } from './brake.ts';
import { askWhetherGone, canAsk, mayPass, type Proof } from './confirm.ts';

/** A message that tells a deletion, and when its system was asked and did not know the object. */
interface Told {
  readonly row: DueInboxRow;
  readonly readAt: Date | null;
}

/** Applies rows that tell deletions. Those that nothing puts in order are asked for first. */
export async function applyDeletions(
  world: World,
  hold: LaneHold,
  rows: readonly DueInboxRow[],
): Promise<void> {
  await applyTold(world, await prove(world, hold, rows));
}

async function applyTold(world: World, told: readonly Told[]): Promise<void> {
  if (told.length === 0) return;
  let outcomes: readonly InboxOutcome[] = [];
  try {
    world.ring(
      await world.database.transaction((sql) => {
        const unit = new Unit(sql, new Date(world.now()));
        outcomes = unit.outcomes;
        return applyAll(world, unit, told);
      }),
    );
  } catch (error) {
    if (!isAboutItem(error)) throw error;
    const [only] = told;
    if (told.length > 1 || !only) {
      const half = Math.ceil(told.length / 2);
      await applyTold(world, told.slice(0, half));
      await applyTold(world, told.slice(half));
      return;
    }
    if (!(error instanceof LostRace))
      world.log.error({ err: error, inbox: only.row.id }, 'a deletion failed');
    const outcome =
      error instanceof LostRace
        ? later(only.row, 'apply.try-again', 'somebody else changed the same record; it is read again')
        : dead(only.row, 'apply.failed', error instanceof Error ? error.message.slice(0, 500) : 'unknown');
    outcomes = [outcome];
    await finishInbox(world.database, outcomes);
  }
  const rows = told.map((one) => one.row);
  countApplied(world, rows, outcomes);
}

/**
 * Asks for the objects of deletions that may come late: told without a revision that goes on from what is known. One
 * that is there after all is taken in as it is; of one that cannot be asked for, what was told counts.
 */
async function prove(world: World, hold: LaneHold, rows: readonly DueInboxRow[]): Promise<Told[]> {
  const links = byAddress(await linksByRemote(world.database, rows.map(remoteKey)));
  const told: Told[] = [];
  const asked = new Map<string, DueInboxRow[]>();
  for (const row of rows) {
    const link = links.get(addressOf(row));
    const order = link && compareRevisions(row.revision, soundRevision(link.seen_revision, row.received_at));
    const settled = !link || link.gone_at || row.read_at !== null || order !== undefined;
    if (settled || !canAsk(world, row.connection, row.object)) told.push({ row, readAt: row.read_at });
    else {
      const key = `${row.connection}/${row.object}`;
      asked.set(key, [...(asked.get(key) ?? []), row]);
    }
  }
  const outcomes: InboxOutcome[] = [];
  const entries: InboxEntry[] = [];
  for (const group of asked.values()) {
    const [first] = group;
    if (!first) continue;
    const hints = group.map(({ remote_id: remoteId, hint }) => ({
      remoteId,
      ...(isObject(hint) ? { hint } : {}),
    }));
    const proofs = await askWhetherGone(world, hold.signal, first, hints, 'fetch');
    if (hold.signal.aborted) return [];
    for (const [index, row] of group.entries()) {
      const proof = proofs[index] as Proof;
      if (proof.kind === 'absent') told.push({ row, readAt: proof.readAt });
      else if (proof.kind === 'there') {
        outcomes.push(stillThere(row));
        entries.push(readingOf(world, row, proof));
      } else if (mayPass(proof.decision)) outcomes.push(notFetched(row, proof.decision));
      else told.push({ row, readAt: null });
    }
  }
  const back = outcomes.flatMap((outcome) => {
    const row = rows.find((one) => one.id === outcome.id);
    const link = outcome.code === 'deletes.still-there' && row ? links.get(addressOf(row)) : undefined;
    return link ? [link.id] : [];
  });
  if (outcomes.length > 0) {
    await world.database.transaction(async (sql) => {
      if (back.length > 0) await lockDeletions(sql, rows);
      await insertInbox(sql, entries);
      await finishInbox(sql, outcomes);
      await forgetDeletions(sql, back);
    });
  }
  // In the order they were told.
  return told.sort((a, b) => a.row.id - b.row.id);
}

async function applyAll(world: World, unit: Unit, given: readonly Told[]): Promise<Set<string>> {
  const { sql } = unit;
  const locked = await lockInbox(
    sql,
    given.map(({ row }) => row),
  );
  const told = given.filter(({ row }) => locked.has(row.id));
  await lockDeletions(
    sql,
    told.map(({ row }) => row),
  );
  const first = await linksByRemote(
    sql,
    told.map(({ row }) => remoteKey(row)),
  );
  const ids = [...new Set(first.map((link) => link.record_id))];
  await unit.load([...ids, ...(await chainsOf(sql, ids, documents))]);
  // Read again under the locks of their records: nobody tells anything about these copies meanwhile.
  const copies = await linksOfRecords(sql, [...new Set(ids.map((id) => unit.get(id)?.id ?? id))]);
  const links = byAddress(copies);
  const known = new Map(
    (
      await deletionsOf(
        sql,
        copies.map((link) => link.id),
      )
    ).map((row) => [row.link_id, row]),
  );
  const { outcomes } = unit;
  const gone = new Map<string, Parameters<typeof markGone>[1][number]>();
  const overtaken: string[] = [];
  const writes: DeletionWrite[] = [];
  const counted: { told: Told; link: LinkRow; party: Party }[] = [];
  for (const one of told) {
    const { row, readAt } = one;
    const link = links.get(addressOf(row));
    const refusal = refusalOf(one, link, unit.now, gone);
    if (refusal || !link) {
      if (refusal) outcomes.push(refusal);
      // What was decided about it is decided anew, should it be told once more.
      if (link && !gone.has(link.id)) overtaken.push(link.id);
      continue;
    }
    const party = world.landscape.party(link.connection, link.object, link.entity);
    const record = unit.get(link.record_id);
    const others = copies.some(
      (copy) =>
        copy.id !== link.id &&
        copy.record_id === link.record_id &&
        copy.connection === link.connection &&
        copy.object === link.object &&
        copy.remote_id !== null &&
        !copy.gone_at &&
        !gone.has(copy.id),
    );
    gone.set(link.id, { id: link.id, revision: row.revision, readAt });
    if (party?.deletes && record?.state === 'live' && !others) counted.push({ told: one, link, party });
    else outcomes.push({ ...doneBy(row, link), ...(others ? otherCopies : {}) });
  }
  const held = await heldBack(world, unit, counted, (link) => known.get(link.id)?.state === 'confirmed');
  for (const { told: one, link } of counted) {
    const { row, readAt } = one;
    const why = held.get(`${link.connection}/${link.object}`);
    const decided = known.get(link.id)?.state === 'confirmed';
    const write = { ...deletionOf(link, row), via: known.get(link.id)?.via ?? ('event' as const) };
    if (why !== undefined && !decided) {
      gone.delete(link.id);
      const proven_at = readAt ?? row.received_at;
      writes.push({ ...write, state: 'held', proven_at, error_code: 'deletes.brake', error: why });
      outcomes.push(dropped(row, link.record_id, 'deletes.held', `${why}; decide with lianhub deletes`));
      continue;
    }
    const record = unit.get(link.record_id);
    if (!record) continue;
    record.state = 'deleted';
    unit.change(
      record,
      { ...record.data },
      {
        patch: {},
        origin: { ...originOf(row), reason: `deleted in ${row.connection}` },
      },
    );
    writes.push({ ...write, state: 'deleted', proven_at: readAt ?? row.received_at });
    outcomes.push(doneBy(row, link));
  }
  await followUp(world, unit);
  await unit.write([...gone.keys(), ...overtaken, ...writes.map((write) => write.link_id)]);
  await markGone(sql, [...gone.values()]);
  await forgetDeletions(sql, [...gone.keys(), ...overtaken]);
  await writeDeletions(sql, writes);
  await finishInbox(sql, outcomes);
  return unit.rings;
}

/** Why a deletion tells nothing (any more). */
function refusalOf(
  { row, readAt }: Told,
  link: LinkRow | undefined,
  now: Date,
  gone: ReadonlyMap<string, unknown>,
): InboxOutcome | undefined {
  const what = `${row.object} ${row.remote_id}`;
  if (!link) return refused(row, 'deletes.unknown', `no copy of ${what} in ${row.connection} is known`);
  if (link.gone_at || gone.has(link.id)) {
    return dropped(row, link.record_id, 'apply.no-news', `${what} is known to be deleted`);
  }
  const last = soundRevision(link.seen_revision, now);
  if ((compareRevisions(row.revision, last) ?? 0) < 0) {
    return dropped(row, link.record_id, 'apply.older', `revision ${row.revision} is older than ${last}`);
  }
  if (readAt !== null && link.written_at && link.written_at >= readAt) {
    const error = `read at ${readAt.toISOString()}, before our own write there was done`;
    return dropped(row, link.record_id, 'apply.read-before-write', error);
  }
  if (readAt !== null && link.seen_at && readAt < link.seen_at) {
    const error = `read at ${readAt.toISOString()}, before the reading that was applied last was done`;
    return dropped(row, link.record_id, 'apply.older-reading', error);
  }
  return undefined;
}

/** Why the deletions of an object wait for a person, by `<connection>/<object>`: too many, or others wait already. */
async function heldBack(
  world: World,
  unit: Unit,
  counted: readonly { readonly link: LinkRow; readonly party: Party }[],
  isDecided: (link: LinkRow) => boolean,
): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  const groups = new Map<string, LinkRow[]>();
  for (const { link } of counted) {
    if (isDecided(link)) continue;
    const key = `${link.connection}/${link.object}`;
    groups.set(key, [...(groups.get(key) ?? []), link]);
  }
  for (const [key, links] of groups) {
    const { connection = '', object = '' } = links[0] ?? {};
    const parties = world.landscape.partiesOf(connection, object).filter((party) => party.deletes);
    const policy = tightest(parties.flatMap((party) => party.deletes ?? []));
    const entities = parties.map((party) => party.entity);
    const count = await countDeletions(unit.sql, { connection, object, entities });
    const why =
      count.held > 0
        ? `${count.held} earlier deletions wait for a decision`
        : brakeReason(policy, { gone: count.recent + links.length, copies: count.copies });
    if (why !== undefined) held.set(key, why);
  }
  return held;
}

function deletionOf(link: LinkRow, row: DueInboxRow): Omit<DeletionWrite, 'via' | 'state' | 'proven_at'> {
  return {
    link_id: link.id,
    record_id: link.record_id,
    entity: link.entity,
    connection: link.connection,
    object: link.object,
    remote_id: row.remote_id,
    revision: row.revision,
    error_code: null,
    error: null,
  };
}

const otherCopies = {
  code: 'deletes.other-copies',
  error: 'that system holds other copies of the record: it lives on',
};

function doneBy(row: DueInboxRow, link: LinkRow): InboxOutcome {
  return { id: row.id, received_at: row.received_at, state: 'done', record_id: link.record_id };
}

function stillThere(row: DueInboxRow): InboxOutcome {
  const error = `${row.object} ${row.remote_id} is still there in ${row.connection}; it was read`;
  return refused(row, 'deletes.still-there', error);
}

/** What the system shows of an object that was said to be deleted. */
function readingOf(world: World, row: DueInboxRow, proof: Extract<Proof, { kind: 'there' }>): InboxEntry {
  return {
    connection: row.connection,
    object: row.object,
    remoteId: row.remote_id,
    via: 'poll',
    body: JSON.stringify(proof.body),
    lane: world.landscape.applyLane(row.connection, row.object, row.remote_id),
    readAt: proof.readAt.toISOString(),
    ...(proof.revision === undefined ? {} : { revision: proof.revision }),
  };
}

function remoteKey({ connection, object, remote_id: remoteId }: DueInboxRow): {
  connection: string;
  object: string;
  remoteId: string;
} {
  return { connection, object, remoteId };
}

type Address = { readonly connection: string; readonly object: string; readonly remote_id: string | null };

function addressOf({ connection, object, remote_id }: Address): string {
  return `${connection}\u0000${object}\u0000${remote_id}`;
}

function byAddress(links: readonly LinkRow[]): Map<string, LinkRow> {
  return new Map(links.map((link) => [addressOf(link), link]));
}
