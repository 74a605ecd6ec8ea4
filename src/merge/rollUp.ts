/** Adds shipments up into the instruction or the order they serve. Always from all shipments, so that it may be repeated. */
import { decimal, isList, isObject, type Json, type JsonObject } from '../model/index.ts';
import { isKeyed, type Keyed } from './lists.ts';

/** Goods shipped beyond what the target asked for. */
export interface Overshoot {
  readonly skuId: string;
  /** The line it was shipped for, when the shipment told one. */
  readonly lineKey?: string;
  readonly quantity: string;
}
export interface RolledUp {
  readonly data: JsonObject;
  readonly overshoot: readonly Overshoot[];
}

/**
 * Sets `lines[].shippedQuantity`, `packages` and `states.fulfilment` of an order or a fulfilment from all its
 * shipments; cancelled shipments do not count. A shipment line fills the target line whose key it tells, else
 * the lines of its sku in their order; nothing is filled above quantity − cancelledQuantity. The target is
 * `shipped` when every line that ships is full, or, for a fulfilment, when a shipment says it was the final one.
 * @param alive the id goods go by today, where the one told was merged into another
 */
export function rollUpShipments(
  target: JsonObject,
  shipments: readonly JsonObject[],
  alive: (skuId: string) => string = (skuId) => skuId,
): RolledUp {
  const counted = shipments.filter((shipment) => !isCancelled(shipment));
  const lines = isList(target.lines) ? target.lines.filter(isKeyed) : [];
  const slots = slotsOf(lines, alive);
  const overshoot = fill(slots, counted, alive);
  const rolled = lines.map((line) => {
    const slot = slots.find(({ key }) => key === line.key);
    const untouched =
      slot === undefined || (decimal.isZero(slot.shipped) && line.shippedQuantity === undefined);
    return untouched ? line : { ...line, shippedQuantity: slot.shipped };
  });
  const parcels = packagesOf(target, counted);
  const states = isObject(target.states) ? target.states : {};
  const fulfilment = stateOf(
    slots,
    isList(target.orderIds) && counted.some((shipment) => shipment.final === true),
  );
  const keep = states.fulfilment === 'delivered' && fulfilment === 'shipped';
  return {
    data: {
      ...target,
      lines: rolled,
      ...(parcels.length > 0 || target.packages !== undefined ? { packages: parcels } : {}),
      states: { ...states, fulfilment: keep ? 'delivered' : fulfilment },
    },
    overshoot,
  };
}

interface Slot {
  readonly key: string;
  readonly skuId: string;
  readonly wanted: string;
  shipped: string;
}

/** A bundle ships as its components where they are listed, else as itself. */
function slotsOf(lines: readonly Keyed[], alive: (skuId: string) => string): Slot[] {
  const parents = new Set(lines.map((line) => line.parentKey));
  return lines
    .filter((line) => line.kind !== 'service' && line.kind !== 'freight')
    .filter((line) => line.kind !== 'bundle' || !parents.has(line.key))
    .map((line) => {
      const wanted = decimal.sub(textOf(line.quantity) ?? '0', textOf(line.cancelledQuantity) ?? '0');
      return { key: line.key, skuId: alive(textOf(line.skuId) ?? ''), wanted, shipped: '0' };
    });
}

function fill(
  slots: readonly Slot[],
  shipments: readonly JsonObject[],
  alive: (skuId: string) => string,
): Overshoot[] {
  const byLine = new Map<Slot, string>();
  const bySku = new Map<string, string>();
  for (const line of shipments.flatMap((shipment) => (isList(shipment.lines) ? shipment.lines : []))) {
    if (!isObject(line)) continue;
    const quantity = textOf(line.qty) ?? '0';
    const skuId = alive(textOf(line.skuId) ?? '');
    const slot = slots.find(({ key, skuId: wanted }) => key === line.lineKey && wanted === skuId);
    if (slot === undefined) bySku.set(skuId, decimal.add(bySku.get(skuId) ?? '0', quantity));
    else byLine.set(slot, decimal.add(byLine.get(slot) ?? '0', quantity));
  }
  const overshoot: Overshoot[] = [];
  for (const slot of slots) {
    const rest = pour(slot, byLine.get(slot) ?? '0');
    if (!decimal.isZero(rest)) overshoot.push({ skuId: slot.skuId, lineKey: slot.key, quantity: rest });
  }
  for (const [skuId, quantity] of bySku) {
    let rest = quantity;
    for (const slot of slots) if (slot.skuId === skuId) rest = pour(slot, rest);
    if (!decimal.isZero(rest)) overshoot.push({ skuId, quantity: rest });
  }
  return overshoot;
}

/** Fills a slot as far as it goes; what does not fit comes back. */
function pour(slot: Slot, quantity: string): string {
  const room = decimal.sub(slot.wanted, slot.shipped);
  const poured = decimal.cmp(quantity, room) <= 0 ? quantity : decimal.cmp(room, '0') > 0 ? room : '0';
  slot.shipped = decimal.add(slot.shipped, poured);
  return decimal.sub(quantity, poured);
}

function stateOf(slots: readonly Slot[], final: boolean): 'none' | 'partial' | 'shipped' {
  const some = slots.some((slot) => decimal.cmp(slot.shipped, '0') > 0);
  const all = slots.every((slot) => decimal.cmp(slot.shipped, slot.wanted) >= 0);
  if (final || (some && all)) return 'shipped';
  return some ? 'partial' : 'none';
}

/** Parcels of all shipments by their numbers; parcels somebody else told stay in front. */
function packagesOf(target: JsonObject, shipments: readonly JsonObject[]): Json[] {
  const parcels = shipments
    .flatMap((shipment) => {
      const parts = [textOf(shipment.number), textOf(shipment.part)].filter((part) => part !== undefined);
      const own = isList(shipment.packages) ? shipment.packages.filter(isKeyed) : [];
      return own.map((parcel) => ({
        key: [...parts, parcel.key].join('/'),
        ...(parcel.carrierId === undefined ? {} : { carrierId: parcel.carrierId }),
        ...(parcel.trackingNo === undefined ? {} : { trackingNo: parcel.trackingNo }),
        ...(shipment.id === undefined ? {} : { shipmentId: shipment.id }),
      }));
    })
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const known = new Set(parcels.flatMap((parcel) => [parcel.key, parcel.trackingNo]));
  const others = (isList(target.packages) ? target.packages.filter(isKeyed) : []).filter(
    (parcel) =>
      parcel.shipmentId === undefined &&
      !known.has(parcel.key) &&
      (parcel.trackingNo === undefined || !known.has(parcel.trackingNo)),
  );
  return [...others, ...parcels];
}

function isCancelled(shipment: JsonObject): boolean {
  return isObject(shipment.states) && shipment.states.closure === 'cancelled';
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
