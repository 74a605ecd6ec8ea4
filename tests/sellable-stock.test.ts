import { expect, test } from 'vitest';
import { workLeft } from '../src/ledger/overview.ts';
import { startTestHub, until } from './harness.ts';
import { hasty, pollAll } from './support/read-outs.ts';

test('goods ordered are not for sale, and what was shipped and booked is taken off once, from the next reading of the books on', async () => {
  const hub = await startTestHub({
    yaml: (text) =>
      hasty(text.replace('kingdee/inventory, read: { poll: 2s }', 'kingdee/inventory, read: { poll: 1h }')),
  });
  try {
    const code = hub.inventor.skus[0]?.code ?? '';
    const shown = () => String(hub.pos.products('WEB').find((row) => row.barcode === code)?.stock);
    const booked = () =>
      hub.erp.inventory().find((row) => row.material === code && row.stock === 'CK001')?.quantity;
    await until('the shop knows the stock', () => shown() === '100000');
    const number = hub.pos.placeOrder('WEB', {
      ...hub.inventor.order(),
      items: [{ barcode: code, quantity: '3' }],
    });
    await until('the shop has less to sell, whatever was booked', () => shown() === '99997');
    const reserved = (more: string) =>
      hub.database.query(`select 1 from reservations where released_at is ${more}`);
    await until('what was shipped is booked', async () => {
      const isOwed = hub.erp.bill('AR_receivable', `AR-${number}`)?.FDocumentStatus === 'C';
      const isOpen = (await reserved('null')).rowCount > 0 || (await workLeft(hub.database)) > 0;
      return isOwed && booked() === '99997' && !isOpen;
    });
    // Nobody has read the books since: what they were told to hold is still taken off what they held.
    expect(shown()).toBe('99997');
    expect((await reserved('not null')).rowCount).toBeGreaterThan(0);

    // As if it had been booked a while ago.
    await hub.database.query(`update reservations set released_at = released_at - interval '1 minute'`);
    await pollAll(hub, 'erp', ['STK_Inventory']);
    await until('the reading has been applied', async () => {
      const told = await hub.database.query(
        `select 1 from records where entity = 'inventory' and data ->> 'onHand' = '99997'`,
      );
      return told.rowCount === 1 && (await workLeft(hub.database)) === 0;
    });
    const pushed = await hub.database.query<{ stock: string }>(
      `select t.body ->> 'stock' as stock from tries t join links l on l.id = t.link_id
       join records r on r.id = l.record_id where l.object = 'product' and r.entity = 'inventory'
         and r.data ->> 'onHand' = '99997' order by t.started_at`,
    );
    expect(pushed.rows.map(({ stock }) => stock)).toEqual(['100000', '99997']);
    expect(shown()).toBe('99997');
  } finally {
    await hub.stop();
  }
});
