import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillCrossref } from '../src/lanes/fill-crossref.ts';
import { backends, quiet, startTestHub, statusOf, type TestHub, until } from './harness.ts';
import { closedDay, hasty, linkOf, newestInbox, pollAll } from './support/read-outs.ts';

/** Two more online shops: the ERP does not know the customer of the one, no table knows that of the other. */
const moreShops = (text: string): string =>
  hasty(text).replace(
    /( +)- \{ name: WEB, .*\n/,
    (line, indent: string) =>
      `${line}${indent}- { name: WEB2, online: true, storeCode: WEB2 }\n${indent}- { name: WEB3, online: true, storeCode: WEB3 }\n`,
  );

const ghost = { barcode: '6999999999999', name: '幽灵商品', sellPrice: '5.00', stock: '0' };

describe.each(backends)(
  'One bad record parks alone: it holds back only itself and what refers to it (%s)',
  (backend) => {
    let hub: TestHub;
    const good: string[] = [];
    const bad = { unbalanced: '', unknownItem: '', refused: '', unknownCode: '', unknownPayment: '' };
    const code = (name: string, connection: string, key: string, value: string): Promise<void> =>
      fillCrossref(hub.hub.world, { name, connection, key, value }, 'test');

    beforeAll(async () => {
      hub = await startTestHub({ backend, yaml: moreShops });
      const goods = hub.inventor.skus.map(({ code: barcode, name, price }) => ({
        barcode,
        name,
        sellPrice: price,
      }));
      for (const shop of ['WEB2', 'WEB3']) {
        hub.pos.seedProducts(shop, goods);
        await code('orgs', 'erp', shop, '100');
        await code('ship-from', 'pos', shop, 'W01');
      }
      await code('settle-customers', 'erp', 'WEB2', 'CUST-NOBODY');
      for (const account of ['WEB', 'S03']) hub.pos.seedProducts(account, [ghost]);
      await pollAll(hub, 'pos', ['product']);
      await quiet(hub.database);
    });
    afterAll(() => hub?.stop());

    const shipped = (number: string, shop = 'WEB'): boolean =>
      hub.pos.orders(shop).some((order) => order.orderNo === number && String(order.state) === '2');
    const owed = (number: string): boolean =>
      hub.erp.bill('AR_receivable', `AR-${number}`)?.FDocumentStatus === 'C';
    const done = (number: string, shop?: string): boolean => shipped(number, shop) && owed(number);
    const audited = (number: string): boolean =>
      hub.erp.bill('SAL_OUTSTOCK', number)?.FDocumentStatus === 'C';

    it('finishes thirty good orders although five among them are bad, each in its own way', async () => {
      const place = (count: number): void => {
        for (let n = 0; n < count; n += 1) good.push(hub.pos.placeOrder('WEB', hub.inventor.order()));
      };
      const one = [{ barcode: hub.inventor.skus[0]?.code ?? '', quantity: '1' }];
      const order = { ...hub.inventor.order(), items: one };
      place(6);
      bad.unbalanced = hub.pos.placeOrder('WEB', { ...order, totalAmount: '99999.00' });
      place(6);
      bad.unknownItem = hub.pos.placeOrder('WEB', {
        ...order,
        items: [...one, { barcode: ghost.barcode, quantity: '1' }],
      });
      place(6);
      bad.refused = hub.pos.placeOrder('WEB2', { ...order, orderNo: 'WEB2-0001' });
      place(6);
      bad.unknownCode = hub.pos.placeOrder('WEB3', { ...order, orderNo: 'WEB3-0001' });
      place(6);
      bad.unknownPayment = hub.pos.placeOrder('WEB', { ...order, payMethod: 'Bitcoin' });
      await until('all good orders are shipped and owed', () => good.every((number) => done(number)), 45_000);
      await quiet(hub.database);
      expect(good).toHaveLength(30);
      expect(good.map((number) => hub.erp.bill('SAL_SaleOrder', number)?.FDocumentStatus)).toEqual(
        good.map(() => 'C'),
      );
    });

    it('says of each bad one where it stands, with a code and a sentence', async () => {
      expect(await newestInbox(hub, 'pos', 'online-order', `WEB/${bad.unbalanced}`)).toMatchObject({
        state: 'dead',
        error_code: 'apply.unbalanced',
        error: expect.stringContaining('99999'),
      });
      expect(await linkOf(hub, 'erp', 'SAL_SaleOrder', bad.unknownItem)).toMatchObject({
        state: 'waiting',
        error_code: 'push.waits-for-record',
        error: `mapping kingdee/order, lines[].skuId: product ${ghost.barcode} is not in erp yet`,
      });
      expect(await linkOf(hub, 'erp', 'SAL_SaleOrder', bad.refused)).toMatchObject({
        state: 'parked',
        error_code: 'kingdee.invalid',
        error: expect.stringContaining('CUST-NOBODY'),
      });
      expect(await linkOf(hub, 'erp', 'SAL_SaleOrder', bad.unknownCode)).toMatchObject({
        state: 'waiting',
        error_code: 'push.waits-for-code',
        error:
          'mapping kingdee/order, FCustId.FNumber: table settle-customers has no code of erp for WEB3; add it',
      });
      expect(await newestInbox(hub, 'pos', 'online-order', `WEB/${bad.unknownPayment}`)).toMatchObject({
        state: 'waiting',
        error_code: 'apply.waits-for-code',
        error:
          'mapping pospal/online-order, payments[].method: table payment-methods does not know Bitcoin of pos; add it',
      });
      for (const number of Object.values(bad)) {
        expect(hub.erp.bill('SAL_SaleOrder', number)).toBeUndefined();
        expect(hub.wms.order(`${number}-1`)).toBeUndefined();
      }
    });

    it('shows all of them to whoever asks for the state of the hub', async () => {
      const status = (await statusOf(hub)) as {
        trouble: { code: string; count: number }[];
      };
      const codes = new Map(status.trouble.map((one) => [one.code, one.count]));
      expect(Object.fromEntries(codes)).toEqual({
        'apply.unbalanced': 1,
        'apply.waits-for-code': 1,
        'push.waits-for-record': 1,
        'push.waits-for-code': 1,
        'kingdee.invalid': 1,
      });
    });

    it('lets an order go on when the code it waited for is filled in, inward and outward', async () => {
      await code('settle-customers', 'erp', 'WEB3', 'CUST-WEB');
      await code('payment-methods', 'pos', 'crypto', 'Bitcoin');
      await until('both are done', () => done(bad.unknownCode, 'WEB3') && done(bad.unknownPayment));
    });

    it('gives a refused order another chance when it changes, after what was missing has come', async () => {
      hub.erp.seedCustomers([{ number: 'CUST-NOBODY', name: '现在有了' }]);
      hub.pos.changeOrder('WEB2', bad.refused, { contactAddress: '上海市上海市浦东新区新的街道1号' });
      await until('it is done', () => done(bad.refused, 'WEB2'));
    });

    it('holds back the day bill of the one store whose ticket has an unknown item, and no other', async () => {
      const [sku] = hub.inventor.skus;
      const numbers = new Map<string, string>();
      for (const store of hub.stores) {
        const items = [{ barcode: sku?.code ?? '', quantity: '1' }];
        if (store === 'S03') items.push({ barcode: ghost.barcode, quantity: '2' });
        hub.pos.sellTicket(store, { at: closedDay(), items });
        numbers.set(store, `${store}-${new Date(closedDay()).toISOString().slice(0, 10)}-sale-${store}`);
      }
      await until(
        'the other stores are booked',
        () => audited(numbers.get('S01') ?? '') && audited(numbers.get('S02') ?? ''),
      );
      await quiet(hub.database);
      expect(await linkOf(hub, 'erp', 'SAL_OUTSTOCK', numbers.get('S03') ?? '')).toMatchObject({
        state: 'waiting',
        error_code: 'push.waits-for-record',
      });

      hub.erp.seedMaterials([{ number: ghost.barcode, name: ghost.name, barcode: ghost.barcode }]);
      hub.wms.seedItems([{ itemCode: ghost.barcode, itemName: ghost.name }]);
      await pollAll(hub, 'erp', ['BD_MATERIAL']);
      await until('the bill and the order that waited for the item are done', () => {
        return audited(numbers.get('S03') ?? '') && done(bad.unknownItem);
      });
    });
  },
);
