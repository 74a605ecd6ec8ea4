import { chinaTime, type Json, type JsonObject } from '../../kit/index.ts';
import { isObject, listAt, objectAt, textAt } from '../xml.ts';
import type { SimulatorOptions } from './options.ts';
import type { SimulatedItem, SimulatedLine, SimulatedOrder } from './state.ts';

export type WarehouseAnswer = JsonObject;

export interface Warehouse {
  /** Handles one call that passed the gateway; `method` without prefix. */
  handle(method: string, request: JsonObject): WarehouseAnswer;
  readonly orders: ReadonlyMap<string, SimulatedOrder>;
  readonly items: Map<string, SimulatedItem>;
}

/** The warehouse's side: items, orders and its answers, in memory. `created` is told about every new order. */
export function createWarehouse(
  options: SimulatorOptions,
  now: () => number,
  created: (order: SimulatedOrder) => void,
): Warehouse {
  const items = new Map<string, SimulatedItem>();
  const orders = new Map<string, SimulatedOrder>();
  // A warehouse never gives an id twice, nor does one whose simulator is started again.
  const begun = Math.floor(now() / 1000);

  function success(more: JsonObject = {}, message = 'ok'): WarehouseAnswer {
    const extra = options.extraElements === true ? { success: 'true', request_id: 'sim' } : {};
    return { flag: 'success', code: options.successCode ?? '0', message, ...more, ...extra };
  }

  function create(request: JsonObject): WarehouseAnswer {
    const lacking = firstMissing(request);
    if (lacking !== undefined) return failure('E001', `缺少必填字段: ${lacking}`);
    const head = objectAt(request, 'deliveryOrder');
    const code = textAt(head, 'deliveryOrderCode') ?? '';
    const known = orders.get(code);
    if (known !== undefined) return duplicate(known);
    const lines = linesOf(request);
    const stranger = items.size === 0 ? undefined : lines.find((line) => !items.has(line.itemCode));
    if (stranger !== undefined) return failure('E002', `商品编码${stranger.itemCode}不存在`);
    const order: SimulatedOrder = {
      code,
      id: `WMS${begun}${String(orders.size + 1).padStart(4, '0')}`,
      warehouseCode: textAt(head, 'warehouseCode') ?? '',
      orderType: textAt(head, 'orderType') ?? '',
      ownerCode: lines[0]?.ownerCode ?? '',
      lines,
      receiver: texts(objectAt(head, 'receiverInfo')),
      createdAt: now(),
      state: 'NEW',
      creates: 1,
      confirms: [],
    };
    orders.set(code, order);
    created(order);
    const createTime = chinaTime(order.createdAt);
    if (options.splitAnswers !== true) return success({ createTime, deliveryOrderId: order.id });
    const part = { deliveryOrderId: order.id, warehouseCode: order.warehouseCode, createTime };
    return success({ deliveryOrders: { deliveryOrder: [part] } });
  }

  function duplicate(order: SimulatedOrder): WarehouseAnswer {
    order.creates++;
    const message = `发货单号${order.code}重复`;
    if (options.duplicates === 'failure') return failure('S01', message);
    return success({ deliveryOrderId: options.duplicates === 'oldId' ? order.id : '' }, message);
  }

  function query(request: JsonObject): WarehouseAnswer {
    if (options.queries === false) return failure('E404', '不支持的接口');
    const order = orders.get(textAt(request, 'orderCode') ?? '');
    if (order === undefined) return failure('E003', '发货单不存在');
    return success({
      totalLines: String(order.lines.length),
      deliveryOrder: {
        deliveryOrderCode: order.code,
        deliveryOrderId: order.id,
        warehouseCode: order.warehouseCode,
        orderType: order.orderType,
        status: order.state,
      },
    });
  }

  function cancel(request: JsonObject): WarehouseAnswer {
    const order = orders.get(textAt(request, 'orderCode') ?? '');
    if (order === undefined) return failure('E003', '单据不存在');
    if (order.state === 'CANCELED') return success({}, '单据已取消');
    if (order.state !== 'NEW' && order.state !== 'ACCEPT') return failure('E005', '单据已拣货,无法取消');
    order.state = 'CANCELED';
    return success();
  }

  /** One item or many; a batch lists only the ones that failed. */
  function synchronize(told: readonly JsonObject[], batch: boolean): WarehouseAnswer {
    const failed: Json[] = [];
    for (const item of told) {
      const itemCode = textAt(item, 'itemCode');
      const itemName = textAt(item, 'itemName');
      if (itemCode === undefined || itemName === undefined) {
        failed.push({ itemCode: itemCode ?? '', message: '商品编码和名称不能为空' });
      } else {
        items.set(itemCode, { itemCode, itemName });
      }
    }
    if (failed.length > 0) return { ...failure('E006', '部分商品同步失败'), items: { item: failed } };
    return batch ? success() : success({ itemId: textAt(told[0] ?? {}, 'itemCode') ?? '' });
  }

  function handle(method: string, request: JsonObject): WarehouseAnswer {
    switch (method) {
      case 'deliveryorder.create':
        return create(request);
      case 'deliveryorder.query':
        return query(request);
      case 'order.cancel':
        return cancel(request);
      case 'singleitem.synchronize': {
        const item = request.item;
        return synchronize([Array.isArray(item) ? item[0] : item].filter(isObject), false);
      }
      case 'items.synchronize':
        return synchronize(listAt(request, 'items', 'item'), true);
      default:
        return failure('E404', '不支持的接口');
    }
  }

  return { handle, orders, items };
}

export function failure(code: string, message: string): WarehouseAnswer {
  return { flag: 'failure', code, message };
}

const headFields = ['deliveryOrderCode', 'orderType', 'warehouseCode', 'createTime', 'logisticsCode'];
const receiverFields = ['name', 'mobile', 'province', 'city', 'detailAddress'];
const lineFields = ['ownerCode', 'itemCode', 'planQty'];

function firstMissing(request: JsonObject): string | undefined {
  const head = objectAt(request, 'deliveryOrder');
  const receiver = objectAt(head, 'receiverInfo');
  const lines = listAt(request, 'orderLines', 'orderLine');
  return (
    headFields.find((name) => textAt(head, name) === undefined) ??
    receiverFields.find((name) => textAt(receiver, name) === undefined) ??
    (lines.length === 0 ? 'orderLines' : undefined) ??
    lineFields.find((name) => lines.some((line) => textAt(line, name) === undefined)) ??
    (lines.some((line) => !/^\d+$/.test(textAt(line, 'planQty') ?? '')) ? 'planQty' : undefined)
  );
}

function linesOf(request: JsonObject): SimulatedLine[] {
  return listAt(request, 'orderLines', 'orderLine').map((line) => ({
    orderLineNo: textAt(line, 'orderLineNo') ?? '',
    ownerCode: textAt(line, 'ownerCode') ?? '',
    itemCode: textAt(line, 'itemCode') ?? '',
    planQty: Number(textAt(line, 'planQty')),
    actualPrice: textAt(line, 'actualPrice') ?? '',
    shippedQty: 0,
  }));
}

function texts(of: JsonObject): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of Object.keys(of)) {
    const text = textAt(of, name);
    if (text !== undefined) kept[name] = text;
  }
  return kept;
}
