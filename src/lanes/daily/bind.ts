/** Linking a record to an object that somebody has entered there by hand, and taking it off again. */
import { spendAs } from '../../../connectors/kit/shared.ts';
import type { ConnectorSession } from '../../../connectors/kit/types.ts';
import { HubError, reasonOf } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { sqlState } from '../../ledger/database.ts';
import { hasUnapplied } from '../../ledger/fetches.ts';
import { clearLink, type Hold, holdsOf, insertHolds, removeHolds } from '../../ledger/holds.ts';
import { newId } from '../../ledger/ids.ts';
import { finishLinks, insertLinks, type LinkRow, linksByRemote, linksOfRecords } from '../../ledger/links.ts';
import { holdRecords, type RecordRow, readRecords } from '../../ledger/records.ts';
import type { Sql } from '../../ledger/sql.ts';
import { openTries } from '../../ledger/tries.ts';
import { releaseWaits, waitingLinks } from '../../ledger/waits.ts';
import type { Party } from '../landscape.ts';
import { keyOf } from '../push/plan.ts';
import type { World } from '../world.ts';
import type { Decider } from './decider.ts';

/** A vendor that has not answered by then is not waited for. */
const lookDeadlineMs = 20_000;

/** Begins the reason of a hold that unbinding leaves. */
const unbound = 'unbound: ';

function isOfUnbinding(hold: Hold, connection: string, object: string): boolean {
  return hold.connection === connection && hold.object === object && hold.reason.startsWith(unbound);
}

export interface BindInput {
  readonly recordId: string;
  readonly connection: string;
  /** Where the system keeps the entity as several objects. */
  readonly object?: string | undefined;
  readonly remoteId?: string | undefined;
  readonly remoteNumber?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface Binding {
  readonly recordId: string;
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string;
  readonly remoteNumber: string | null;
  /** The system was asked, and has it; false: it could not be asked, and `unchecked` says why. */
  readonly checked: boolean;
  readonly unchecked?: string;
  /** Copies that waited for this one and go on. */
  readonly freed: number;
}

/** A session with a system, where there is one at hand. */
type Reach = (connection: string) => ConnectorSession | undefined;

/**
 * Links a record to an object that is there already: from now on it is the record's copy, and nothing is created. Its
 * document flow is left to whoever entered it. Errors: `records.unknown`, `connections.unknown` and those of `bind.…`.
 */
export async function bindCopy(world: World, input: BindInput, by: Decider, reach: Reach): Promise<Binding> {
  const { recordId, connection } = input;
  if (!world.landscape.connections.has(connection)) throw new HubError('connections.unknown', { connection });
  const [record] = await readRecords(world.database, [recordId]);
  if (!record) throw new HubError('records.unknown', { name: recordId });
  const party = partyOf(world, record, connection, input.object);
  const found = await lookUp(party, record, input, reach(connection));
  const { object } = party;
  try {
    const { freed, lanes } = await world.database.transaction((sql) =>
      bind(sql, world, record, party, found, input, by),
    );
    world.ring(new Set(lanes));
    return { recordId, connection, object, ...found, freed };
  } catch (error) {
    // Somebody linked it in the very moment; the index of links is the last to judge.
    if (sqlState(error) !== '23505') throw error;
    await refuseTaken(world.database, connection, object, found.remoteId, undefined);
    throw error;
  }
}

type Found = Pick<Binding, 'remoteId' | 'remoteNumber' | 'checked' | 'unchecked'>;

async function bind(
  sql: Sql,
  world: World,
  record: RecordRow,
  party: Party,
  found: Found,
  input: BindInput,
  by: Decider,
): Promise<{ freed: number; lanes: string[] }> {
  const { connection, object } = party;
  await holdRecords(sql, [record.id]);
  const own = await copyOf(sql, record.id, connection, object);
  if (own?.remote_id && own.remote_id !== found.remoteId)
    throw new HubError('bind.has-copy', { object, remoteId: own.remote_id, connection });
  await refuseTaken(sql, connection, object, found.remoteId, own?.id);
  if (own) await refuseUnderWay(sql, own);
  const target = { kind: 'ref' as const, target: `${connection}/${record.id}` };
  const waiting = await waitingLinks(sql, [target]);
  if (input.dryRun) return { freed: waiting.length, lanes: [] };
  const link = own?.id ?? newId();
  if (!own) await insertLinks(sql, [begun(world, party, record, link)]);
  await finishLinks(sql, [
    {
      id: link,
      state: 'idle',
      remote_id: found.remoteId,
      ...(found.remoteNumber === null ? {} : { remote_number: found.remoteNumber }),
      written: true,
    },
  ]);
  // What was held so that no second object is made needs no hold any more.
  const held = await holdsOf(sql, [record.id]);
  if (held.some((one) => isOfUnbinding(one, connection, object)))
    await removeHolds(sql, record.id, { connection, object });
  const lanes = await releaseWaits(sql, [target], waiting);
  const { author, reason } = by;
  const { remoteId, remoteNumber, checked } = found;
  const details = { ...{ connection, object, remoteId, remoteNumber, checked, link, reason } };
  await insertAudit(sql, [{ author, action: 'records.bind', subject: `record/${record.id}`, details }]);
  return { freed: waiting.length, lanes };
}

export interface Unbinding {
  readonly recordId: string;
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string;
  readonly remoteNumber: string | null;
}

/**
 * Takes a record's copy in a system off it: what is there stays there and is nobody's. The record is held for that
 * system, so that no second object is made before somebody says so by releasing it. Errors: `records.unknown`,
 * `bind.no-copy`, `bind.origin`, `bind.under-way`.
 */
export async function unbindCopy(world: World, input: BindInput, by: Decider): Promise<Unbinding> {
  const { recordId, connection } = input;
  const [record] = await readRecords(world.database, [recordId]);
  if (!record) throw new HubError('records.unknown', { name: recordId });
  return world.database.transaction(async (sql) => {
    await holdRecords(sql, [recordId]);
    const own = await copyOf(sql, recordId, connection, input.object);
    if (!own?.remote_id) throw new HubError('bind.no-copy', { connection });
    const { object, remote_id: remoteId, remote_number: remoteNumber } = own;
    if (own.origin) throw new HubError('bind.origin', { object, remoteId, connection });
    await refuseUnderWay(sql, own);
    if (await hasUnapplied(sql, connection, object, remoteId))
      throw new HubError('bind.untold', { object, remoteId, connection });
    const done = { recordId, connection, object, remoteId, remoteNumber };
    if (input.dryRun) return done;
    await clearLink(sql, own.id);
    const { author, reason } = by;
    await insertHolds(sql, [
      { record_id: recordId, connection, object, author, reason: `${unbound}${reason}` },
    ]);
    const before = { remoteId, remoteNumber, step: own.step, status: own.remote_status };
    await insertAudit(sql, [
      {
        author,
        action: 'records.unbind',
        subject: `record/${recordId}`,
        details: { connection, object, before, link: own.id, reason },
      },
    ]);
    return done;
  });
}

function partyOf(world: World, record: RecordRow, connection: string, object: string | undefined): Party {
  const { entity } = record;
  const all = world.landscape.parties.filter(
    (one) => one.connection === connection && one.entity === entity && one.mapping.about === undefined,
  );
  const party =
    object === undefined
      ? (all.find((one) => one.writes) ?? world.landscape.holder(connection, entity))
      : all.find((one) => one.object === object);
  if (party) return party;
  const known = all.map((one) => one.object).join(', ') || `no ${entity} there`;
  throw new HubError('bind.no-party', { entity, object: object ?? entity, connection, known });
}

/** Asks the system for the object, by the cheapest way it offers; what cannot be asked is taken from the person. */
async function lookUp(
  party: Party,
  record: RecordRow,
  { remoteId, remoteNumber }: BindInput,
  session: ConnectorSession | undefined,
): Promise<Found> {
  const { connection, object } = party;
  const name = remoteId ?? remoteNumber;
  if (name === undefined) throw new HubError('daily.which', { expected: 'an id, or a number' });
  const taken = { remoteNumber: remoteNumber ?? null };
  const unasked = (unchecked: string): Found => {
    if (remoteId === undefined)
      throw new HubError('bind.needs-id', { connection, object, number: remoteNumber ?? '' });
    return { remoteId, ...taken, checked: false, unchecked };
  };
  const operations = session?.objects[object];
  if (!operations) return unasked('there is no session with the system here');
  const signal = spendAs('operator', AbortSignal.timeout(lookDeadlineMs));
  try {
    if (remoteId !== undefined && operations.fetch) {
      const [result] = await operations.fetch({ hints: [{ object, remoteId }], signal });
      if (result?.found) return { remoteId, ...taken, checked: true };
      if (result?.decision.kind !== 'absent') return unasked(result?.decision.message ?? 'it said nothing');
      throw new HubError('bind.not-found', { connection, object, name });
    }
    if (!operations.find) return unasked('the system offers no way to look an object up');
    const step = party.mapping.flow.find((one) => one.create)?.name ?? 'update';
    const key = remoteNumber ?? keyOf(record);
    const ids = { ...(remoteId === undefined ? {} : { remoteId }), ...numbered(remoteNumber) };
    const [result] = await operations.find({ step, items: [{ key, body: {}, ...ids }], signal });
    if (!result?.found || (remoteId !== undefined && result.remoteId !== remoteId))
      throw new HubError('bind.not-found', { connection, object, name });
    return {
      remoteId: result.remoteId,
      remoteNumber: result.remoteNumber ?? remoteNumber ?? null,
      checked: true,
    };
  } catch (error) {
    if (error instanceof HubError) throw error;
    return unasked(reasonOf(error));
  }
}

function numbered(remoteNumber: string | undefined): { remoteNumber?: string } {
  return remoteNumber === undefined ? {} : { remoteNumber };
}

async function copyOf(
  sql: Sql,
  recordId: string,
  connection: string,
  object: string | undefined,
): Promise<LinkRow | undefined> {
  const links = await linksOfRecords(sql, [recordId]);
  return links.find(
    (link) => link.connection === connection && (object === undefined || link.object === object),
  );
}

async function refuseUnderWay(sql: Sql, link: LinkRow): Promise<void> {
  const open = await openTries(sql, [link.id]);
  if (open.length > 0) throw new HubError('bind.under-way', { connection: link.connection, link: link.id });
}

async function refuseTaken(
  sql: Sql,
  connection: string,
  object: string,
  remoteId: string,
  own: string | undefined,
): Promise<void> {
  const [holder] = await linksByRemote(sql, [{ connection, object, remoteId }]);
  if (!holder || holder.id === own) return;
  const [record] = await readRecords(sql, [holder.record_id]);
  const number = String(record?.data.number ?? record?.data.code ?? holder.record_id);
  throw new HubError('bind.taken', { object, remoteId, connection, entity: holder.entity, number });
}

function begun(world: World, party: Party, record: RecordRow, id: string) {
  return {
    ...{ id, record_id: record.id, entity: record.entity, connection: party.connection },
    ...{ object: party.object, origin: false, remote_id: null, remote_number: null, state: 'idle' as const },
    lane: world.landscape.pushLane(party.connection, party.object, record.id),
    ...{ priority: 5, seen_revision: null, seen_hash: null },
  };
}
