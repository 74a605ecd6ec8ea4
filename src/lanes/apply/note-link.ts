import { newId } from '../../ledger/ids.ts';
import type { LinkRow, markSeen } from '../../ledger/links.ts';
import type { ShadowWrite } from '../../ledger/shadows.ts';
import { type JsonObject, valueAt } from '../../model/index.ts';
import { withoutSeen } from '../landing.ts';
import { undecidedCopy } from '../push/own-values.ts';
import type { World } from '../world.ts';
import { baselineOf } from './baseline.ts';
import { noteOwnEdits, openCopy } from './opening.ts';
import { owedPaths } from './owed.ts';
import { addressOf, type Found, remoteNumberOf } from './pairing.ts';
import { type Prepared, toldWhen } from './prepare.ts';
import { confirms, overlay } from './shown.ts';
import type { Unit, Working } from './unit.ts';

/** What systems showed in a batch, to be noted on their links. */
export type Seen = Map<string, Parameters<typeof markSeen>[1][number]>;

/**
 * Keeps what this system showed: on its link, or on a new one when the record was just paired or made. The next
 * item of the same batch sees it, so that A→B→A within a batch ends on A. What left out our own earlier writes (not
 * `isAll`) confirms nothing. `pairs`: a copy of a known record that nobody knew; where it differs is left as it is.
 */
export function noteLink(
  world: World,
  unit: Unit,
  item: Prepared,
  record: Working,
  found: Found,
  shown: JsonObject,
  seen: Seen,
  isAll: boolean,
  pairs: boolean,
): void {
  const { row, party } = item;
  // A message about another object (a process report) is evidence on that record, not a copy of its own.
  if (item.about) return;
  const answer = row.via === 'answer';
  const number = remoteNumberOf(shown);
  const address = addressOf(row.connection, row.object, row.remote_id);
  const link = found.links.get(address);
  const linkId = link?.id ?? newId();
  if (!link) {
    unit.links.push({
      id: linkId,
      record_id: record.id,
      entity: record.entity,
      connection: row.connection,
      object: row.object,
      origin: true,
      remote_id: row.remote_id,
      remote_number: number,
      state: 'idle',
      lane: world.landscape.pushLane(row.connection, row.object, record.id),
      priority: 5,
      seen_revision: item.revision,
      seen_hash: item.contentHash,
      seen_at: item.readBy,
    });
  } else {
    seen.set(linkId, {
      id: linkId,
      record_id: record.id,
      was: link.record_id,
      seen_revision: answer ? null : item.revision,
      seen_hash: answer ? null : item.contentHash,
      seen_at: answer ? null : item.readBy,
      remote_id: row.remote_id,
      remote_number: number,
      ...statusShown(unit, item, link),
    });
  }
  const before = found.shadows.get(linkId);
  // What it says in answer to a write is what it shows from then on, like anything else it tells.
  const partly = answer || party.facts.payload === 'partial';
  const theirs = partly ? overlay(before?.theirs ?? {}, shown) : shown;
  const rules = world.landscape.merging.get(record.entity) ?? {};
  const owed = pairs ? owedPaths(party, rules, record.data, theirs) : [];
  if (owed.length > 0) {
    unit.due.add(linkId);
    unit.rings.add(link?.lane ?? world.landscape.pushLane(row.connection, row.object, record.id));
  }
  const opening = pairs ? openCopy(unit, linkId, record, theirs, owed) : undefined;
  if (link && !pairs && !answer) noteOwnEdits(unit, link, before?.theirs, theirs);
  // A copy the hub was about to write itself has yet to be compared with what it should look like.
  const pending = link !== undefined && !link.origin && !pairs;
  const told = undecidedCopy(record, { theirs }, opening);
  const baseline = before || pending || owed.length > 0 ? undefined : baselineOf(world, party, told.data);
  const confirmed =
    isAll && !answer && before?.outstanding
      ? isReadSince(item, link) || confirms(shown, before.outstanding, !partly)
      : false;
  const when = toldWhen(item);
  const landed = before?.landed;
  const outstanding = before?.outstanding ?? null;
  let left = confirmed ? null : outstanding;
  // What has landed is part of what is told after it, or was changed there since: it is on its way no more.
  if (left !== null && landed && !partly) left = withoutSeen(left, when, landed);
  const previous = unit.shadows.findIndex((one) => one.link_id === linkId);
  const shadow: ShadowWrite = {
    link_id: linkId,
    theirs,
    ...(answer ? {} : { mapping_version: party.mapping.version }),
    ...(baseline === undefined ? {} : { sent_hash: baseline }),
    ...(answer ? {} : { told: when }),
    ...(outstanding !== null && left !== outstanding
      ? { outstanding: left, confirmed: unit.shadows[previous]?.confirmed ?? outstanding }
      : {}),
  };
  if (previous >= 0) unit.shadows[previous] = { ...unit.shadows[previous], ...shadow };
  else unit.shadows.push(shadow);
  found.shadows.set(linkId, {
    link_id: linkId,
    theirs,
    sent_hash: baseline ?? before?.sent_hash ?? null,
    outstanding: left,
    earlier: left === null ? null : (before?.earlier ?? null),
    landed: landed ?? null,
    told: answer ? (before?.told ?? null) : { ...when, at: new Date(8.64e15).toISOString() },
    lines: before?.lines ?? null,
    mapping_version: party.mapping.version,
  });
  if (!link) found.links.set(address, linkRowOf(linkId, record, item, number));
}

/**
 * The status a document shows, where it has one. A new one that we did not make ourselves may end a wait or spare a
 * step, so its flow is looked at again. Answers are left out: what they say was noted when they came.
 */
function statusShown(
  unit: Unit,
  { row, party, body }: Prepared,
  link: LinkRow,
): { remote_status?: string; read_at?: Date | null } {
  const { states } = party.facts;
  if (states === undefined || row.via === 'answer') return {};
  const shown = valueAt(body, states.at);
  if (typeof shown !== 'string' || shown === link.remote_status) return {};
  if (
    party.writes !== undefined &&
    link.step !== null &&
    !(row.read_at && link.written_at && link.written_at >= row.read_at)
  ) {
    unit.due.add(link.id);
    unit.rings.add(link.lane);
  }
  return { remote_status: shown, read_at: row.read_at };
}

/** A link of this very batch, as the next item of the batch has to see it. */
function linkRowOf(id: string, record: Working, item: Prepared, number: string | null): LinkRow {
  const { row } = item;
  return {
    id,
    record_id: record.id,
    entity: record.entity,
    connection: row.connection,
    object: row.object,
    origin: true,
    remote_id: row.remote_id,
    remote_number: number,
    remote_status: null,
    step: null,
    state: 'idle',
    lane: '',
    attempts: 0,
    seen_revision: item.revision,
    seen_hash: item.contentHash,
    dirty_since: null,
    pushed_version: null,
    marks: 0,
    written_at: null,
    seen_at: item.readBy,
  };
}

/** A reading begun after our last write was done shows what became of it, whether that is still there or not. */
function isReadSince({ readAt, party }: Prepared, link: LinkRow | undefined): boolean {
  if (readAt === null || !link?.written_at || party.facts.payload !== 'full') return false;
  // One that is due may be being written at this moment.
  return link.state !== 'due' && readAt > link.written_at;
}
