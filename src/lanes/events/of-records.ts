/** What changes of golden records mean for those who follow events. Pure. */
import type { NewEvent } from '../../events/event.ts';
import { newId } from '../../ledger/ids.ts';
import {
  type DisplayStage,
  decimal,
  displayStage,
  isObject,
  type Json,
  type JsonObject,
} from '../../model/index.ts';

/** A record a transaction has changed. */
export interface ChangedRecord {
  readonly id: string;
  readonly entity: string;
  readonly state: string;
  readonly data: JsonObject;
  /** What it was before; absent: it is new. */
  readonly was?: { readonly state: string; readonly data: JsonObject };
  readonly patches: readonly { readonly patch: JsonObject }[];
}

/**
 * Events of changed records, in the order of the records: what happened to each in general first, then what that means.
 * @param low Location → below what there is little left, decimal strings.
 */
export function eventsOfRecords(
  records: readonly ChangedRecord[],
  at: Date,
  low: ReadonlyMap<string, string>,
): NewEvent[] {
  const events: NewEvent[] = [];
  for (const record of records) {
    const { id, entity } = record;
    const tell = (type: string, data: JsonObject): void => {
      events.push({ id: newId(), type, occurredAt: at, subject: id, key: id, data, withRecord: true });
    };
    if (record.state === 'deleted') {
      if (record.was?.state === 'live') tell(`${entity}.deleted`, {});
    } else if (record.state === 'live') {
      // A placeholder was only spoken of so far; what was deleted and lives again came to be once more.
      const before = record.was?.state === 'live' ? record.was.data : undefined;
      if (before === undefined) tell(`${entity}.created`, {});
      else tell(`${entity}.updated`, { changed: changedPaths(record) });
      if (entity === 'order') tellStages(before, record.data, tell);
      else if (entity === 'inventory') tellStock(before, record.data, low, tell);
      else if (entity === 'shipment' && told(record.data.signedAt) && !told(before?.signedAt))
        tell('shipment.signed', {});
    }
  }
  return events;
}

type Tell = (type: string, data: JsonObject) => void;

/** Types that tell that a state of an order became this. */
const states: readonly (readonly [type: string, state: string, value: string])[] = [
  ['order.paid', 'payment', 'paid'],
  ['order.shipped', 'fulfilment', 'shipped'],
  ['order.delivered', 'fulfilment', 'delivered'],
  ['order.completed', 'closure', 'completed'],
  ['order.cancelled', 'closure', 'cancelled'],
];

function tellStages(before: JsonObject | undefined, now: JsonObject, tell: Tell): void {
  const stage = displayStage(now);
  const earlier: DisplayStage | null = before === undefined ? null : displayStage(before);
  const data = { stage, before: earlier };
  if (earlier !== null && earlier !== stage) tell('order.stage-changed', data);
  for (const [type, state, value] of states) {
    if (stateOf(now, state) === value && stateOf(before, state) !== value) tell(type, data);
  }
}

function stateOf(order: JsonObject | undefined, state: string): Json | undefined {
  return isObject(order?.states) ? order.states[state] : undefined;
}

function tellStock(
  before: JsonObject | undefined,
  now: JsonObject,
  low: ReadonlyMap<string, string>,
  tell: Tell,
): void {
  if (now.onHand !== before?.onHand || now.sellable !== before?.sellable) {
    tell('inventory.changed', {
      onHandBefore: text(before?.onHand) ?? null,
      sellableBefore: text(before?.sellable) ?? null,
    });
  }
  const threshold = low.get(text(now.locationId) ?? '');
  const available = availableOf(now);
  if (threshold === undefined || available === undefined || decimal.cmp(available, threshold) >= 0) return;
  const earlier = before && availableOf(before);
  // Once, as it passes: not again for each piece sold below it.
  if (earlier !== undefined && decimal.cmp(earlier, threshold) < 0) return;
  tell('inventory.low', { available, threshold });
}

function availableOf(stock: JsonObject): string | undefined {
  return text(stock.sellable) ?? text(stock.onHand);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function told(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Paths that have changed, those of list elements with their keys; each once. */
function changedPaths({ patches }: ChangedRecord): string[] {
  return [...new Set(patches.flatMap(({ patch }) => Object.keys(patch)))];
}
