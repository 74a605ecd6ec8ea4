/** A document that proves the opposite of a request wins, and a person hears of it. */
import { noteRequests, standingRequests } from '../../ledger/requests.ts';
import { diff } from '../../merge/index.ts';
import { isObject, type JsonObject } from '../../model/index.ts';
import type { Unit, Working } from '../apply/unit.ts';
import { undone } from './effect.ts';
import { over } from './place.ts';

/** Where a shipment comes from in the history of what it adds up in. */
const shipped = 'shipments-add-up';

/**
 * Goods have left although somebody asked that they do not, or asked for another address too late: the request is
 * overtaken, what its acceptance has changed is taken back, and it stays listed until a person closes it. Reads
 * nothing for records that nothing was ever asked about.
 */
export async function overtake(unit: Unit): Promise<void> {
  const left = unit.changedRecords.filter(
    (record) =>
      record.asked && record.patches.some(({ origin }) => origin.rule === shipped) && hasLeft(record),
  );
  if (left.length === 0) return;
  const requests = await standingRequests(
    unit.sql,
    left.map((record) => record.id),
  );
  const proved = requests.filter(
    ({ kind, state }) =>
      kind === 'cancel' || kind === 'hold' || (kind === 'changeAddress' && state !== 'accepted'),
  );
  if (proved.length === 0) return;
  const noted = await noteRequests(
    unit.sql,
    proved.map(({ id, kind, state }) => ({
      id,
      state: 'overtaken' as const,
      code: 'requests.overtaken',
      reason: `goods were shipped although ${wish(kind)} was ${state === 'accepted' ? 'accepted' : 'asked for'}; decide with that system what happens to them`,
      answered: true,
    })),
  );
  for (const request of proved) {
    const record = unit.get(request.record_id);
    if (!record || !noted.has(request.id)) continue;
    if (request.state === 'accepted') takeBack(unit, record, request.id, request.undo ?? {});
    else over(unit, request);
  }
}

function takeBack(unit: Unit, record: Working, request: string, undo: JsonObject): void {
  const data = undone(record.data, undo);
  const patch = diff(record.data, data) as unknown as JsonObject;
  if (Object.keys(patch).length === 0) return;
  unit.change(record, data, { patch, origin: { request, overtaken: true, via: 'request' } });
}

function hasLeft({ data }: Working): boolean {
  const state = isObject(data.states) ? data.states.fulfilment : undefined;
  return state === 'partial' || state === 'shipped' || state === 'delivered';
}

function wish(kind: string): string {
  if (kind === 'cancel') return 'its cancellation';
  return kind === 'hold' ? 'a hold' : 'another address';
}
