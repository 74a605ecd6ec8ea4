import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kit/index.ts';
import { confirmOf } from '../testing.ts';
import { confirmNotice, contentKey } from './delivery-confirm.ts';

const line = { itemCode: 'SKU-1', actualQty: '2' };

function keyOf(head: Record<string, string>, lines?: readonly Record<string, string>[]): string {
  return contentKey(confirmOf('W1-1', head, lines).request);
}

function noticeOf(request: JsonObject, identity: 'content' | 'outBizCode' = 'content') {
  const notice = confirmNotice(request, identity);
  if (notice === undefined) throw new Error('No notice was made.');
  return notice;
}

describe('confirms', () => {
  it('are the same shipment when only message id, times and operator differ', () => {
    const first = keyOf({ outBizCode: 'B1', confirmType: '0', orderConfirmTime: '2026-03-01 10:00:00' });
    expect(keyOf({ outBizCode: 'B2', orderConfirmTime: '2026-03-01 11:00:00', operatorName: '王' })).toBe(
      first,
    );
    expect(keyOf({}, [{ ...line, actualQty: '2.00' }])).toBe(first);
    expect(keyOf({}, [line, { itemCode: 'SKU-2', actualQty: '0' }])).toBe(first);
  });

  it('are different shipments when goods, packages or finality differ', () => {
    const first = keyOf({ confirmType: '0' });
    const other = confirmOf('W1-1').request;
    const elsewhere = { ...other, packages: { package: [{ logisticsCode: 'SF', expressCode: 'SF101' }] } };
    expect(keyOf({ confirmType: '1' })).not.toBe(first);
    expect(keyOf({}, [{ ...line, actualQty: '20' }])).not.toBe(first);
    expect(keyOf({}, [{ ...line, inventoryType: 'CC' }])).not.toBe(first);
    expect(contentKey(elsewhere)).not.toBe(first);
  });

  it('do not depend on the order of lines', () => {
    const two = [line, { itemCode: 'SKU-2', actualQty: '1' }];
    expect(keyOf({}, two)).toBe(keyOf({}, [...two].reverse()));
  });

  it('are named by their message id where the settings trust it', () => {
    const withId = confirmOf('W1-1', { outBizCode: 'B1' }).request;
    expect(noticeOf(withId, 'outBizCode')).toMatchObject({
      remoteId: 'W1-1/B1',
      messageId: 'W1-1/B1',
      body: { _part: 'B1' },
    });
    const without = noticeOf(confirmOf('W1-1').request, 'outBizCode');
    expect(without.remoteId).toBe(`W1-1/${contentKey(confirmOf('W1-1').request)}`);
    expect(without).not.toHaveProperty('messageId');
  });

  it('leave out lines of nothing and name lines without numbers by item and kind of stock', () => {
    const lines = [
      line,
      { ...line, inventoryType: 'CC' },
      line,
      { itemCode: 'SKU-2', actualQty: '0.00' },
      { orderLineNo: '7', ...line },
    ];
    const { body } = noticeOf(confirmOf('W1-1', {}, lines).request);
    expect(body).toMatchObject({
      orderLines: {
        orderLine: [{ _key: 'SKU-1' }, { _key: 'SKU-1/CC' }, { _key: 'SKU-1#2' }, { _key: '7' }],
      },
    });
  });

  it('take the sum of the batches where a line tells no quantity', () => {
    const request: JsonObject = {
      deliveryOrder: { deliveryOrderCode: 'W1-1' },
      orderLines: {
        orderLine: [
          {
            itemCode: 'A',
            batchs: {
              batch: [
                { batchCode: 'X', actualQty: '1' },
                { batchCode: 'X', actualQty: '2' },
              ],
            },
          },
        ],
      },
    };
    expect(noticeOf(request).body).toMatchObject({
      orderLines: { orderLine: [{ actualQty: '3', batchs: { batch: [{ _key: 'X' }, { _key: 'X#2' }] } }] },
    });
  });
});
