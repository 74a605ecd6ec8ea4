import { conformance } from '../kit/conformance.ts';
import kingdee from './index.ts';
import { orderItem, start } from './testing.ts';

let serial = 0;

conformance('kingdee', {
  connector: kingdee,
  start: () => start({ queryLimit: 7 }, { limits: {} }),
  flags: {
    session: {
      logins: (simulator) => simulator.logins('maker'),
      expire: (simulator) => simulator.expireSessions(),
    },
    wrongSecret: {
      secrets: { default: { username: 'maker', password: 'not-the-password', appSecret: 'not-the-secret' } },
      attempts: (simulator) => simulator.logins('maker'),
    },
    list: {
      object: 'BD_MATERIAL',
      operation: 'ExecuteBillQuery',
      seed(simulator, count) {
        const modified = Date.now() - 1000;
        const numbers = Array.from({ length: count }, () => `SEED-${++serial}`);
        // Four out of five share one moment, more than a page of them.
        simulator.seedMaterials(
          numbers.map((number, at) => ({
            number,
            name: number,
            modified: at % 5 === 0 ? modified - at : modified,
          })),
        );
        return numbers;
      },
    },
    create: {
      object: 'SAL_SaleOrder',
      step: 'save',
      operation: 'BatchSave',
      item: (key) => orderItem(key, [['M01', '2', '10']]),
      stored: (simulator, key) =>
        simulator.bills('SAL_SaleOrder').filter((bill) => bill.FBillNo === key).length,
    },
    batch: {
      object: 'SAL_SaleOrder',
      step: 'save',
      items: [
        orderItem('B-1', [['M01', '1', '10']]),
        orderItem('B-2', [['NO-SUCH', '1', '10']]),
        orderItem('B-3', [['M02', '1', '10']]),
      ],
    },
  },
});
