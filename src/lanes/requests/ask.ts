/** What people ask systems for, take back, and have dealt with. */
import { type RequestKind, requestKinds } from '../../../connectors/kit/types.ts';
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { chainsOf } from '../../ledger/chains.ts';
import {
  closeRequest,
  type RequestRow,
  requestsByIds,
  standingRequests,
  unsentRequests,
} from '../../ledger/requests.ts';
import type { JsonObject } from '../../model/index.ts';
import { documents } from '../apply/batch.ts';
import { followUp } from '../apply/effects.ts';
import { Unit } from '../apply/unit.ts';
import type { Party } from '../landscape.ts';
import type { World } from '../world.ts';
import { wrongWith } from './effect.ts';
import { isRequestKind } from './kinds.ts';
import { copiesOf, place, withdraw } from './place.ts';

export interface Question {
  readonly recordId: string;
  readonly connection: string;
  readonly kind: string;
  readonly payload: JsonObject;
  /** Milliseconds. */
  readonly deadlineMs: number;
  readonly author: string;
}

/**
 * Asks a system about its copy of a record. What was never sent there is settled at once. Answers the request.
 * Errors: `records.unknown`, `requests.not-offered`, `requests.not-live`, `requests.bad-payload`, `requests.open`.
 */
export async function ask(world: World, question: Question): Promise<RequestRow> {
  const { recordId, connection, kind, payload, deadlineMs, author } = question;
  const { row, rings } = await world.database.transaction(async (sql) => {
    const unit = new Unit(sql, new Date(world.now()));
    await unit.load([recordId, ...(await chainsOf(sql, [recordId], documents))]);
    const record = unit.get(recordId);
    if (record?.state !== 'live') throw new HubError('records.unknown', { name: recordId });
    const party = partyFor(world, record.entity, connection, kind);
    const wanted = kind as RequestKind;
    const reason = wrongWith(record.entity, wanted, payload, record.data);
    if (reason !== undefined)
      throw new HubError('requests.bad-payload', { kind, entity: record.entity, reason });
    const open = (await standingRequests(sql, [record.id])).find(
      (one) =>
        one.state !== 'accepted' &&
        one.kind === kind &&
        one.connection === connection &&
        one.object === party.object,
    );
    if (open) throw new HubError('requests.open', { id: open.id, kind, connection });
    const asked = { kind: wanted, payload, deadlineMs, by: `person:${author}` };
    const id = place(unit, record, party, asked, await copiesOf(unit, [record.id]));
    if (record.changed) await followUp(world, unit);
    await unit.write();
    const details = { request: id, connection, kind, payload };
    await insertAudit(sql, [{ author, action: 'requests.ask', subject: `record/${record.id}`, details }]);
    const [row] = await requestsByIds(sql, [id]);
    return { row, rings: unit.rings };
  });
  world.ring(rings);
  if (!row) throw new HubError('requests.unknown', { id: recordId });
  return row;
}

/** The party of a connection whose object offers this kind. */
function partyFor(world: World, entity: string, connection: string, kind: string): Party {
  const copies = world.landscape.parties.filter(
    (party) => party.connection === connection && party.entity === entity,
  );
  const party = copies.find(({ facts }) => isRequestKind(kind) && facts.requests?.includes(kind));
  if (!party) {
    const offered = [...new Set(copies.flatMap(({ facts }) => facts.requests ?? []))].join(', ') || 'nothing';
    const known = requestKinds.join(', ');
    throw new HubError('requests.not-offered', { connection, kind, entity, offered, known });
  }
  if (party.mode !== 'live') throw new HubError('requests.not-live', { connection, mode: party.mode });
  return party;
}

/** Takes a request back that was not sent yet. Errors: `requests.unknown`, `requests.sent`. */
export async function withdrawRequest(world: World, id: string, author: string): Promise<RequestRow> {
  return decide(world, id, author, 'requests.withdraw', {}, async (unit, row) => {
    const unsent = (await unsentRequests(unit.sql, [row.record_id])).some((one) => one.id === id);
    if (!unsent) throw new HubError('requests.sent', { id, state: row.state });
    await withdraw(unit, [row], `taken back by ${author}`);
  });
}

/**
 * A person has dealt with what came out: it is not listed any more. One that is open is not closed: it is answered, or
 * taken back. Errors: `requests.unknown`, `requests.not-closable`.
 */
export async function closeDealtWith(
  world: World,
  id: string,
  author: string,
  note: string,
): Promise<RequestRow> {
  return decide(world, id, author, 'requests.close', { note }, async (unit, row) => {
    const isOpen = row.state === 'asked' || row.state === 'unknown';
    const state = row.closed_at === null ? row.state : `closed by ${row.closed_by}`;
    if (isOpen || !(await closeRequest(unit.sql, row, { author, note })))
      throw new HubError('requests.not-closable', { id, state });
  });
}

/** Decides about a request while its record is held, and notes who did. */
async function decide(
  world: World,
  id: string,
  author: string,
  action: string,
  details: JsonObject,
  work: (unit: Unit, row: RequestRow) => Promise<void>,
): Promise<RequestRow> {
  const row = await world.database.transaction(async (sql) => {
    const [before] = await requestsByIds(sql, [id]);
    if (!before) throw new HubError('requests.unknown', { id });
    const unit = new Unit(sql, new Date(world.now()));
    await unit.load([before.record_id]);
    const [row] = await requestsByIds(sql, [id]);
    if (!row) throw new HubError('requests.unknown', { id });
    await work(unit, row);
    await unit.write();
    const more = { ...details, state: row.state, kind: row.kind, connection: row.connection };
    await insertAudit(sql, [{ author, action, subject: `request/${id}`, details: more }]);
    const [after] = await requestsByIds(sql, [id]);
    return after ?? row;
  });
  return row;
}
