/** The events of the benchmark: an order with its lines each. Everything follows from an index. */
import type { HubEvent } from '../../src/events/event.ts';
import { newId } from '../../src/ledger/ids.ts';
import { orderOf } from '../sync/goods.ts';

/** Event number `index`, as if it happened now. */
export function eventOf(index: number): HubEvent {
  const { number, lines, ...order } = orderOf(index);
  const record = {
    kind: 'web',
    number,
    currency: 'CNY',
    states: { approval: 'approved', payment: 'paid', fulfilment: 'open', holds: [], closure: 'open' },
    amounts: { goods: order.goods, freight: order.freight, payable: order.total, paid: order.total },
    receiver: {
      name: order.buyer.name,
      phone: { kind: 'real', e164: `+86${order.buyer.phone}`, display: order.buyer.phone },
    },
    lines: lines.map((line) => ({
      key: line.id,
      kind: 'goods',
      quantity: line.qty,
      price: line.price,
      amount: line.amount,
      notes: line.title,
    })),
    notes: order.remark,
  };
  const id = newId();
  return {
    id,
    type: 'order.created',
    version: 1,
    occurredAt: new Date().toISOString(),
    subject: id,
    key: id,
    // Read by the receivers: the moment it was told, by the clock of this machine.
    data: { entity: 'order', recordVersion: 1, record },
  };
}
