import { setMaxListeners } from 'node:events';
import {
  type AskRequest,
  ConnectorError,
  type JsonObject,
  type ObjectOperations,
  type RequestAnswer,
  type RequestItem,
  type RequestStanding,
} from '../../kit/index.ts';
import type { QimenClient } from '../client.ts';
import { anyOf, type Config } from '../config.ts';
import { objectAt, textAt } from '../xml.ts';

/**
 * Cancelling a shipment order (order.cancel, 单据取消). The answer is the verdict: accepted before picking, and again
 * when it is cancelled already; refused with a text once it was picked or shipped. There is no method to change an
 * address, and none of the sources shows what order.pending carries, so neither is offered.
 */
export function cancellation(
  client: QimenClient,
  config: Config,
): Required<Pick<ObjectOperations, 'request' | 'requestState'>> {
  const notFound = anyOf(config.notFoundTexts);
  const unsupported = anyOf(config.unsupportedTexts);

  async function cancel(item: RequestItem, signal: AbortSignal): Promise<RequestAnswer> {
    const head = objectAt(item.body ?? {}, 'deliveryOrder');
    const orderType = textAt(head, 'orderType') ?? 'JYCK';
    const reason = textAt(item.payload, 'reason');
    const request: JsonObject = {
      ...identify(item, head),
      ...(item.remoteId === undefined ? {} : { orderId: item.remoteId }),
      orderType: config.orderTypes[orderType] ?? orderType,
      ...(reason === undefined ? {} : { cancelReason: reason }),
    };
    try {
      const answer = await client.call('order.cancel', request, { write: true, signal });
      if (answer.success) return { answer: 'accepted' };
      return { answer: 'refused', reason: answer.message === '' ? answer.code : answer.message };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      return { answer: 'failed', decision: error.decision };
    }
  }

  /** A cancelled order shows that it was accepted; anything else shows nothing about an answer that was lost. */
  async function standing(item: RequestItem, signal: AbortSignal): Promise<RequestStanding> {
    if (config.lookup === 'resend') return { answer: 'open' };
    const request = {
      ...identify(item, objectAt(item.body ?? {}, 'deliveryOrder')),
      page: '1',
      pageSize: '1',
    };
    const answer = await client.call('deliveryorder.query', request, { write: false, signal });
    const told = objectAt(answer.body, 'deliveryOrder');
    const status = textAt(told, 'status')?.toUpperCase();
    if (answer.success) return { answer: status === 'CANCELED' ? 'accepted' : 'open' };
    if (notFound.test(answer.message) || unsupported.test(answer.message)) return { answer: 'open' };
    const judged = client.judge({ status: 200, code: answer.code, text: answer.message, write: false });
    throw new ConnectorError({
      kind: 'retry',
      code: 'qimen.lookup-refused',
      message: `The warehouse system did not answer the look-up of an order: ${judged.message} If it has no deliveryorder.query, set lookup: resend.`,
    });
  }

  function identify(item: RequestItem, head: JsonObject): JsonObject {
    const warehouseCode = textAt(head, 'warehouseCode') ?? config.warehouseCode;
    return {
      ...(warehouseCode === undefined ? {} : { warehouseCode }),
      ownerCode: config.ownerCode ?? config.customerId,
      orderCode: item.remoteNumber ?? item.key,
    };
  }

  /** Requests are few; they go one group of `parallel` after the other. */
  async function each<R>(
    { items, signal }: AskRequest,
    work: (item: RequestItem, signal: AbortSignal) => Promise<R>,
  ): Promise<R[]> {
    setMaxListeners(0, signal);
    const results: R[] = [];
    for (let at = 0; at < items.length; at += config.parallel) {
      const some = items.slice(at, at + config.parallel);
      results.push(...(await Promise.all(some.map((item) => work(item, signal)))));
    }
    return results;
  }

  return {
    request: (asked) => each(asked, cancel),
    requestState: (asked) => each(asked, standing),
  };
}
