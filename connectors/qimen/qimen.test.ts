import { conformance } from '../kit/conformance.ts';
import qimen from './index.ts';
import { callbackRequest, confirmOf, orderItem, startBench } from './testing.ts';

const hourAgo = 3_600_000;

conformance('qimen', {
  connector: qimen,
  start: () => startBench({ lifecycle: false }),
  flags: {
    wrongSecret: {
      secrets: { appSecret: 'not-the-secret' },
      attempts: (simulator) => [...simulator.calls.values()].reduce((sum, count) => sum + count, 0),
      most: 20,
    },
    create: {
      object: 'delivery-order',
      step: 'create',
      item: (key) => orderItem(key),
      operation: 'deliveryorder.create',
      stored: (simulator, key) => simulator.orders().filter((order) => order.code === key).length,
    },
    batch: {
      object: 'delivery-order',
      step: 'create',
      items: [orderItem('B-1'), orderItem('B-2', { A: '-1' }), orderItem('B-3')],
    },
    webhook: {
      object: 'delivery-confirm',
      good: () => callbackRequest(confirmOf('W1-1', { outBizCode: 'B1' })),
      stale: () => ({
        ...callbackRequest(confirmOf('W1-1'), { now: new Date(Date.now() - hourAgo) }),
        receivedAt: new Date(),
      }),
      senseless: () => callbackRequest({ method: 'deliveryorder.confirm', request: { a: 'b' } }),
    },
  },
});
