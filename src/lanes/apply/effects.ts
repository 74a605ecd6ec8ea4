import { newId } from '../../ledger/ids.ts';
import { type LinkRow, linksOfRecords } from '../../ledger/links.ts';
import { shipmentsOf, shipmentsOfOrders, stockRecords, survivors } from '../../ledger/records.ts';
import {
  holdReservations,
  moveReservations,
  type Reservation,
  writeReservations,
} from '../../ledger/reservations.ts';
import { diff, rollUpShipments } from '../../merge/index.ts';
import { decimal, equal, isList, isObject, type JsonObject } from '../../model/index.ts';
import { endConflicts } from '../conflicts/follow.ts';
import { markRemovals } from '../deletes/removals.ts';
import { isHistory } from '../history.ts';
import { wanted } from '../push/plan.ts';
import { overtake } from '../requests/overtake.ts';
import { askByRules } from '../requests/rules.ts';
import type { World } from '../world.ts';
import { deriveFrom } from './derive.ts';
import { settleOpenings } from './opening.ts';
import { owedFrom } from './owed.ts';
import type { Unit, Working } from './unit.ts';

/**
 * Follows changes to their consequences until nothing changes any more: shipments add up in their fulfilment
 * and order, rules derive documents, goods are reserved, and every copy that may now differ becomes dirty.
 */
export async function followUp(world: World, unit: Unit): Promise<void> {
  const followed = new Map<string, JsonObject>();
  for (let round = 0; ; round += 1) {
    const news = unit.changedRecords.filter((record) => followed.get(record.id) !== record.data);
    const open = news.filter((record) => record.state === 'live');
    // What was derived from a record that is gone now is taken back.
    const gone = news.filter(
      ({ state, before }) => before > 0 && (state === 'deleted' || state === 'merged'),
    );
    if (open.length + gone.length === 0) break;
    if (round > 20) throw new RangeError('derivations do not come to rest; a rule feeds itself');
    for (const record of [...open, ...gone]) followed.set(record.id, record.data);
    await addUpShipments(
      unit,
      [...open, ...gone].filter((record) => record.entity === 'shipment'),
    );
    await endConflicts(unit, gone);
    await overtake(unit);
    await deriveFrom(world, unit, [...open, ...gone]);
    await askByRules(world, unit, open);
  }
  await reserve(world, unit);
  await markCopies(world, unit);
  await markRemovals(world, unit);
}

/** Shipments belong to fulfilments and those to orders: what was shipped, and was not deleted, shows on both. */
async function addUpShipments(unit: Unit, shipments: readonly Working[]): Promise<void> {
  if (shipments.length === 0) return;
  const fulfilmentIds = new Set(shipments.flatMap((record) => text(record.data.fulfilmentId)));
  await unit.load(fulfilmentIds);
  const orderIds = new Set<string>();
  for (const id of fulfilmentIds) {
    const orders = unit.get(id)?.data.orderIds;
    if (isList(orders)) for (const order of orders) for (const found of text(order)) orderIds.add(found);
  }
  await unit.load(orderIds);
  for (const shipment of shipments) {
    if (typeof shipment.data.orderId === 'string' || shipment.state !== 'live') continue;
    const orders = text(shipment.data.fulfilmentId).flatMap((id) => {
      const list = unit.get(id)?.data.orderIds;
      return isList(list) ? list.flatMap(text) : [];
    });
    if (orders.length === 1 && orders[0] !== undefined) {
      unit.change(
        shipment,
        { ...shipment.data, orderId: orders[0] },
        { patch: { orderId: { to: orders[0] } }, origin: { rule: 'order-of-fulfilment' } },
      );
    }
  }
  await rollUp(unit, fulfilmentIds, 'fulfilmentId', await shipmentsOf(unit.sql, [...fulfilmentIds]));
  await rollUp(unit, orderIds, 'orderId', await shipmentsOfOrders(unit.sql, [...orderIds]));
}

async function rollUp(
  unit: Unit,
  targets: ReadonlySet<string>,
  path: 'fulfilmentId' | 'orderId',
  stored: readonly { readonly id: string; readonly data: JsonObject }[],
): Promise<void> {
  const all = new Map(stored.map((row) => [row.id, row.data]));
  for (const record of unit.working.values()) {
    if (record.entity !== 'shipment') continue;
    if (record.state === 'live') all.set(record.id, record.data);
    else all.delete(record.id);
  }
  const involved = [...[...targets].map((id) => unit.get(id)?.data ?? {}), ...all.values()];
  const alive = await livingSkus(unit, involved);
  const byTarget = new Map<string, JsonObject[]>();
  // Of what counted the last one, nothing is left to add up.
  for (const { entity, state, data } of unit.changedRecords)
    if (entity === 'shipment' && state === 'deleted' && targets.has(String(data[path])))
      byTarget.set(String(data[path]), []);
  for (const [id, data] of all) {
    const target = data[path];
    if (typeof target !== 'string' || !targets.has(target)) continue;
    const named = withShipmentId(id, data);
    byTarget.set(target, [...(byTarget.get(target) ?? []), named]);
  }
  for (const [id, list] of byTarget) {
    const target = unit.get(id);
    if (!target) continue;
    const rolled = rollUpShipments(target.data, list, alive);
    // The database keeps the fields of an object in an order of its own.
    if (equal(rolled.data, target.data)) continue;
    unit.change(target, rolled.data, {
      patch: diff(target.data, rolled.data) as unknown as JsonObject,
      origin: { rule: 'shipments-add-up', shipments: list.length },
      ...(rolled.overshoot.length === 0
        ? {}
        : { conflicts: { overshoot: rolled.overshoot as unknown as JsonObject[] } }),
    });
  }
}

/** Goods may have been told under an id that was merged into another one since: they are the same goods. */
async function livingSkus(unit: Unit, documents: readonly JsonObject[]): Promise<(skuId: string) => string> {
  const ids = new Set<string>();
  for (const { lines } of documents) {
    for (const line of isList(lines) ? lines : [])
      if (isObject(line)) for (const id of text(line.skuId)) ids.add(id);
  }
  const known = ids.size === 0 ? new Map<string, string>() : await survivors(unit.sql, [...ids]);
  return (skuId) => {
    const id = known.get(skuId) ?? skuId;
    return unit.get(id)?.id ?? id;
  };
}

function withShipmentId(id: string, data: JsonObject): JsonObject {
  return data.id === undefined ? { ...data, id } : data;
}

/** Goods ordered and not shipped, or shipped and not yet booked by the owner of the stock, are not for sale. */
async function reserve(world: World, unit: Unit): Promise<void> {
  if (world.landscape.stock.owner === undefined) return;
  const rows: Reservation[] = [];
  const holders = unit.changedRecords.filter(
    ({ state, entity, before }) =>
      (entity === 'order' || entity === 'shipment') &&
      (state === 'live' || (state === 'deleted' && before > 0)),
  );
  const alive = await livingSkus(
    unit,
    holders.map(({ data }) => data),
  );
  for (const record of holders) {
    if (record.entity === 'order') rows.push(...openQuantities(record, alive));
    else rows.push(...(await shippedQuantities(unit, record, alive)));
  }
  const merged = unit.absorbed.flatMap((from) => {
    const to = unit.get(from);
    return to?.entity === 'product' ? [{ from, to: to.id }] : [];
  });
  await holdReservations(unit.sql, {
    holderIds: rows.map((row) => row.holder_id),
    skuIds: merged.map(({ from }) => from),
  });
  // Moved first: what is written now counts whole, not on top.
  const moved = await moveReservations(unit.sql, merged);
  const written = await writeReservations(
    unit.sql,
    rows.sort((a, b) => (key(a) < key(b) ? -1 : 1)),
  );
  const stock = await stockRecords(unit.sql, [...moved, ...written]);
  for (const link of await linksOfRecords(unit.sql, stock)) {
    unit.due.add(link.id);
    unit.rings.add(link.lane);
  }
}

/** What an order still takes from each location. Goods handed over at the till are gone already. */
function openQuantities(order: Working, alive: (skuId: string) => string): Reservation[] {
  const { kind, lines, delivery, states } = order.data;
  if (!isList(lines) || kind === 'ticket' || (isObject(delivery) && delivery.kind === 'immediate')) return [];
  const isDeleted = order.state === 'deleted';
  const ended =
    isDeleted || (isObject(states) && (states.closure === 'cancelled' || states.fulfilment === 'shipped'));
  const open = new Map<string, Reservation>();
  for (const line of lines) {
    if (!isObject(line) || typeof line.skuId !== 'string' || typeof line.quantity !== 'string') continue;
    if (typeof line.locationId !== 'string') continue;
    const gone = decimal.add(told(line.shippedQuantity), told(line.cancelledQuantity));
    const left = ended ? '0' : decimal.sub(line.quantity, gone);
    const skuId = alive(line.skuId);
    const place = `${skuId}/${line.locationId}`;
    open.set(place, {
      holder_id: order.id,
      sku_id: skuId,
      location_id: line.locationId,
      quantity: decimal.add(open.get(place)?.quantity ?? '0', left),
    });
  }
  return [...open.values()];
}

async function shippedQuantities(
  unit: Unit,
  shipment: Working,
  alive: (skuId: string) => string,
): Promise<Reservation[]> {
  // Only a new shipment reserves: what the owner has booked since stays booked. One that is deleted is never booked.
  const isDeleted = shipment.state === 'deleted';
  const isNew = shipment.before === 0 || unit.revived.has(shipment.id);
  if ((!isNew && !isDeleted) || typeof shipment.data.fulfilmentId !== 'string') return [];
  await unit.load([shipment.data.fulfilmentId]);
  const location = shipment.data.locationId ?? unit.get(shipment.data.fulfilmentId)?.data.locationId;
  if (typeof location !== 'string' || !isList(shipment.data.lines)) return [];
  const sums = new Map<string, string>();
  for (const line of shipment.data.lines) {
    if (!isObject(line) || typeof line.skuId !== 'string') continue;
    const skuId = alive(line.skuId);
    sums.set(skuId, decimal.add(sums.get(skuId) ?? '0', told(line.qty)));
  }
  return [...sums].map(([sku_id, quantity]) => ({
    holder_id: shipment.id,
    sku_id,
    location_id: location,
    quantity: isDeleted ? '0' : quantity,
  }));
}

/** Every copy of a changed record that somebody writes is dirty; one that is wanted and missing is born. */
async function markCopies(world: World, unit: Unit): Promise<void> {
  const changed = unit.changedRecords.filter((record) => record.state === 'live');
  const writing = changed.filter((record) => world.landscape.writersOf(record.entity).length > 0);
  const stored = await linksOfRecords(
    unit.sql,
    writing.filter((record) => record.before > 0).map((record) => record.id),
  );
  settleOpenings(unit, stored, (link, record) => owedFrom(world, link, record));
  const have = copiesByAddress(unit, stored);
  const fresh = new Set(unit.links.map((link) => `${link.record_id}/${link.connection}/${link.object}`));
  for (const record of writing) {
    for (const party of world.landscape.writersOf(record.entity)) {
      const address = `${record.id}/${party.connection}/${party.object}`;
      const copies = have.get(address) ?? [];
      for (const link of copies) {
        const finished = link.step !== null && link.step === party.mapping.flow.at(-1)?.name;
        if (finished && party.writes?.update !== true) continue;
        unit.due.add(link.id);
        unit.rings.add(link.lane);
      }
      if (copies.length > 0) continue;
      if (!fresh.has(address) && wanted(party, record.data) && !isHistory(world.landscape, record)) {
        const lane = world.landscape.pushLane(party.connection, party.object, shardKeyOf(record));
        unit.links.push({
          id: newId(),
          record_id: record.id,
          entity: record.entity,
          connection: party.connection,
          object: party.object,
          origin: false,
          remote_id: null,
          remote_number: null,
          state: 'due',
          lane,
          priority: 5,
          seen_revision: null,
          seen_hash: null,
        });
        unit.rings.add(lane);
      }
    }
  }
}

/** A record may have several copies in one system; those that a unit moves count where they go. */
function copiesByAddress(unit: Unit, stored: readonly LinkRow[]): Map<string, LinkRow[]> {
  const moved = new Set(unit.moves.map((move) => move.id));
  const copies = new Map<string, LinkRow[]>();
  for (const link of [...stored.filter(({ id }) => !moved.has(id)), ...unit.moves.map((move) => move.link)]) {
    const address = `${link.record_id}/${link.connection}/${link.object}`;
    const known = copies.get(address);
    if (known) known.push(link);
    else copies.set(address, [link]);
  }
  return copies;
}

/** Parts of one order go through one lane, so that each sees what the one before it left. */
function shardKeyOf(record: Working): string {
  return text(record.data.orderId)[0] ?? record.id;
}

function key(row: Reservation): string {
  return `${row.holder_id}/${row.sku_id}`;
}

function told(value: unknown): string {
  return typeof value === 'string' ? value : '0';
}

function text(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}
