import { chinaTime, type JsonObject } from '../../kit/index.ts';
import type { CallbackQuirks, SimulatorOptions } from './options.ts';
import {
  type OrderState,
  randomFor,
  type SentConfirm,
  type SimulatedOrder,
  type SimulatedPackage,
} from './state.ts';

/** One message of the warehouse to the merchant. */
export interface Callback {
  readonly method: 'orderprocess.report' | 'deliveryorder.confirm';
  readonly orderCode: string;
  readonly request: JsonObject;
}

/**
 * One step of an order's way; running it changes the order and says what is to be sent (several when a
 * message is repeated under a new id). Undefined messages: the order was cancelled meanwhile.
 */
export type Step = () => readonly Callback[];

interface Share {
  readonly line: number;
  readonly quantity: number;
}

/** The steps an order will go, decided at once from the seed and its code, run one after another. */
export function planSteps(
  order: SimulatedOrder,
  options: SimulatorOptions,
  quirks: CallbackQuirks,
  counter: { confirms: number },
): readonly Step[] {
  const random = randomFor(options.seed ?? 1, order.code);
  const names = options.steps ?? ['ACCEPT', 'PICK', 'PACKAGE'];
  const goes = sharesOf(order, random() < (options.partialShare ?? 0.2), random);
  const reports = names.map((status, at) => () => {
    if (order.state === 'CANCELED') return [];
    order.state = stateAfter(status, order.state);
    return [report(order, status, order.createdAt + (at + 1) * 1000)];
  });
  const confirms = goes.map((shares, at) => () => {
    if (order.state === 'CANCELED' && options.confirmAfterCancel !== true) return [];
    const final = at === goes.length - 1;
    const confirm = ship(order, shares, { final, number: at + 1, options, random });
    order.confirms.push(confirm);
    if (order.state !== 'CANCELED') order.state = final ? 'DELIVERED' : 'PARTDELIVERED';
    const nameless = random() < (options.namelessShare ?? 0);
    const time = order.createdAt + (names.length + at + 1) * 1000;
    const message = confirmMessage(order, confirm, { nameless, quirks, time });
    counter.confirms++;
    const every = quirks.repeatedUnderNewIdEvery;
    if (every === 0 || counter.confirms % every !== 0) return [message];
    const again = { ...confirm, outBizCode: `${confirm.outBizCode}-R` };
    return [message, confirmMessage(order, again, { nameless, quirks, time: time + 60_000 })];
  });
  return [...reports, ...confirms];
}

/** All pieces in one go, or divided over two, each with at least one piece. */
function sharesOf(
  order: SimulatedOrder,
  inTwo: boolean,
  random: () => number,
): readonly (readonly Share[])[] {
  const all = order.lines.map((line, at) => ({ line: at, quantity: line.planQty }));
  const pieces = all.reduce((sum, share) => sum + share.quantity, 0);
  if (!inTwo || pieces < 2) return [all];
  let first = 1 + Math.floor(random() * (pieces - 1));
  const early: Share[] = [];
  const late: Share[] = [];
  for (const { line, quantity } of all) {
    const now = Math.min(first, quantity);
    first -= now;
    if (now > 0) early.push({ line, quantity: now });
    if (quantity > now) late.push({ line, quantity: quantity - now });
  }
  return [early, late];
}

function ship(
  order: SimulatedOrder,
  shares: readonly Share[],
  how: { final: boolean; number: number; options: SimulatorOptions; random: () => number },
): SentConfirm {
  const { options, random } = how;
  const carriers = options.carriers ?? ['SF', 'YTO', 'ZTO'];
  const lines = shares.map(({ line: at, quantity }) => {
    const line = order.lines[at];
    if (line !== undefined) line.shippedQty += quantity;
    return { orderLineNo: line?.orderLineNo ?? '', itemCode: line?.itemCode ?? '', quantity };
  });
  const logisticsCode = carriers[Math.floor(random() * carriers.length)] ?? 'OTHER';
  const parts = lines.length > 1 && random() < (options.packageShare ?? 0.2) ? 2 : 1;
  const packages: SimulatedPackage[] = [];
  for (let part = 0; part < parts; part++) {
    packages.push({
      logisticsCode,
      expressCode: `${logisticsCode}${order.id.slice(3)}${how.number}${part + 1}`,
      items: lines
        .filter((_, at) => at % parts === part)
        .map(({ itemCode, quantity }) => ({ itemCode, quantity })),
    });
  }
  return { outBizCode: `${order.id}-${how.number}`, final: how.final, packages, lines };
}

function report(order: SimulatedOrder, status: string, time: number): Callback {
  return {
    method: 'orderprocess.report',
    orderCode: order.code,
    request: {
      order: {
        orderCode: order.code,
        orderId: order.id,
        orderType: order.orderType,
        warehouseCode: order.warehouseCode,
        ownerCode: order.ownerCode,
      },
      process: {
        processStatus: status,
        operatorName: '仓库',
        operateTime: chinaTime(time),
        operateInfo: status,
      },
    },
  };
}

/** The message for one confirm; also used to send the same goods again under another id. */
export function confirmMessage(
  order: SimulatedOrder,
  confirm: SentConfirm,
  how: { nameless: boolean; quirks: CallbackQuirks; time: number },
): Callback {
  const time = chinaTime(how.time);
  return {
    method: 'deliveryorder.confirm',
    orderCode: order.code,
    request: {
      deliveryOrder: {
        deliveryOrderCode: order.code,
        deliveryOrderId: order.id,
        warehouseCode: order.warehouseCode,
        orderType: order.orderType,
        status: confirm.final ? 'DELIVERED' : 'PARTDELIVERED',
        outBizCode: how.quirks.withoutMessageId ? null : confirm.outBizCode,
        confirmType: confirm.final ? '0' : '1',
        orderConfirmTime: time,
        operateTime: time,
      },
      packages: {
        package: confirm.packages.map((one) => ({
          logisticsCode: one.logisticsCode,
          expressCode: one.expressCode,
          items: {
            item: one.items.map((item) => ({ itemCode: item.itemCode, quantity: String(item.quantity) })),
          },
        })),
      },
      orderLines: {
        orderLine: confirm.lines.map((line) => ({
          orderLineNo: how.nameless ? '' : line.orderLineNo,
          itemCode: line.itemCode,
          inventoryType: 'ZP',
          actualQty: String(line.quantity),
        })),
      },
    },
  };
}

function stateAfter(status: string, before: OrderState): OrderState {
  return status === 'ACCEPT' || status === 'PICK' || status === 'PACKAGE' ? status : before;
}
