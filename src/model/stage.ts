import { isList, isObject, type JsonObject } from './json.ts';

export type DisplayStage =
  | 'cancelled'
  | 'completed'
  | 'refunded'
  | 'delivered'
  | 'shipped'
  | 'partlyShipped'
  | 'onHold'
  | 'rejected'
  | 'awaitingPayment'
  | 'awaitingApproval'
  | 'awaitingShipment';

/** One word for a list of orders, computed from the independent states; the furthest one wins. */
export function displayStage(order: JsonObject): DisplayStage {
  const states = isObject(order.states) ? order.states : {};
  if (states.closure === 'cancelled') return 'cancelled';
  if (states.payment === 'refunded') return 'refunded';
  if (states.closure === 'completed') return 'completed';
  if (states.fulfilment === 'delivered') return 'delivered';
  if (states.fulfilment === 'shipped') return 'shipped';
  if (isList(states.holds) && states.holds.length > 0) return 'onHold';
  if (states.approval === 'rejected') return 'rejected';
  if (states.fulfilment === 'partial') return 'partlyShipped';
  if (states.payment === 'unpaid' || states.payment === 'partial') return 'awaitingPayment';
  if (states.approval === 'draft' || states.approval === 'submitted') return 'awaitingApproval';
  return 'awaitingShipment';
}
