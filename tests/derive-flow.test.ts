import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as decimal from '../src/model/decimal.ts';
import { isList, isObject, type JsonObject } from '../src/model/index.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { closedDay, finished, golden, hasty } from './support/read-outs.ts';

describe('Till tickets become one bill per store, business day and direction', () => {
  let hub: TestHub;
  let tickets = 0;
  const day = new Date(closedDay() + 8 * 3_600_000).toISOString().slice(0, 10);
  beforeAll(async () => {
    hub = await startTestHub({ yaml: hasty });
  });
  afterAll(() => hub?.stop());

  const skuAt = (index: number) => hub.inventor.skus[index] ?? { code: '', price: '0' };
  const item = (index: number, quantity: string) => ({ barcode: skuAt(index).code, quantity });
  const members = (store: string): readonly string[] => hub.members.get(store) ?? [];
  const entriesOf = (bill: JsonObject | undefined): JsonObject[] =>
    isList(bill?.FEntity) ? bill.FEntity.filter(isObject) : [];

  /** What a bill comes to, line by line as the books compute it. */
  const amountOf = (bill: JsonObject | undefined): string =>
    entriesOf(bill).reduce(
      (sum, line) =>
        decimal.add(sum, decimal.round(decimal.mul(String(line.FRealQty), String(line.FTaxPrice)), 2)),
      '0',
    );

  it('adds up lines by article; what comes back is a bill of its own', async () => {
    const first = hub.pos.sellTicket('S01', { at: closedDay(), items: [item(0, '2'), item(1, '1')] });
    hub.pos.sellTicket('S01', { at: closedDay() + 60_000, items: [item(0, '3')] });
    hub.pos.returnTicket('S01', first, { at: closedDay() + 120_000, items: [item(1, '1')] });
    hub.pos.sellTicket('S02', { at: closedDay(), items: [item(2, '4')] });
    tickets += 4;
    await finished(hub, [], tickets);

    const sale = hub.erp.bill('SAL_OUTSTOCK', `S01-${day}-sale-S01`);
    expect(
      entriesOf(sale)
        .map((line) => [isObject(line.FMaterialID) ? line.FMaterialID.FNumber : '', String(line.FRealQty)])
        .sort(),
    ).toEqual([
      [skuAt(0).code, '5'],
      [skuAt(1).code, '1'],
    ]);
    const expected = decimal.add(decimal.mul(skuAt(0).price, '5'), skuAt(1).price);
    expect(decimal.cmp(amountOf(sale), expected)).toBe(0);
    expect(sale).toMatchObject({ FDocumentStatus: 'C', FCustomerID: { FNumber: 'CUST-S01' } });
    expect(entriesOf(hub.erp.bill('SAL_RETURNSTOCK', `S01-${day}-return-S01`))).toHaveLength(1);
    expect(entriesOf(hub.erp.bill('SAL_OUTSTOCK', `S02-${day}-sale-S02`))).toHaveLength(1);
    expect(hub.erp.bills('SAL_OUTSTOCK').length + hub.erp.bills('SAL_RETURNSTOCK').length).toBe(3);
  });

  it('keeps every ticket as what its customer bought, and makes neither customers nor goods in the ERP', async () => {
    const customers = hub.erp.bills('BD_Customer').length;
    const materials = hub.erp.bills('BD_MATERIAL').length;
    const [member] = members('S03');
    for (let n = 0; n < 3; n += 1) {
      hub.pos.sellTicket('S03', {
        at: closedDay() + n * 60_000,
        items: [item(n, '1')],
        ...(member === undefined ? {} : { customerUid: member }),
      });
      tickets += 1;
    }
    await finished(hub, [], tickets);
    const bought = (await golden(hub, 'order')).filter(({ data }) => data.storeId === 'S03');
    const owners = new Set(bought.map(({ data }) => data.customerId));
    expect(bought).toHaveLength(3);
    expect(owners.size).toBe(1);
    const owner = (await golden(hub, 'customer')).find(({ id }) => owners.has(id));
    expect(String(owner?.data.code)).toMatch(/^M-S03-/);
    expect(hub.erp.bills('BD_Customer')).toHaveLength(customers);
    expect(hub.erp.bills('BD_MATERIAL')).toHaveLength(materials);
  });

  it('leaves out tickets that were voided at the till', async () => {
    const before = hub.erp.bills('SAL_OUTSTOCK').length;
    const at = closedDay() - 86_400_000;
    hub.pos.sellTicket('S02', { at, items: [item(5, '9')], invalid: true });
    hub.pos.sellTicket('S02', { at, items: [item(6, '1')] });
    await until('the day is booked', () => hub.erp.bills('SAL_OUTSTOCK').length > before);
    await quiet(hub.database);
    const earlier = new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);
    const bill = hub.erp.bill('SAL_OUTSTOCK', `S02-${earlier}-sale-S02`);
    expect(entriesOf(bill).map((line) => String(line.FRealQty))).toEqual(['1']);
    expect(hub.erp.bills('SAL_OUTSTOCK')).toHaveLength(before + 1);
  });

  it('books what was taken, not what the lines say, where the till has rounded', async () => {
    const at = closedDay() - 2 * 86_400_000;
    const number = `S03-${new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)}-sale-S03`;
    hub.pos.sellTicket('S03', { at, items: [item(3, '3'), item(4, '1')], rounding: '-0.04' });
    hub.pos.sellTicket('S03', { at: at + 60_000, items: [item(4, '2')], rounding: '0.02' });
    await until('the day is booked', () => hub.erp.bill('SAL_OUTSTOCK', number)?.FDocumentStatus === 'C');
    const lines = decimal.add(decimal.mul(skuAt(3).price, '3'), decimal.mul(skuAt(4).price, '3'));
    expect(amountOf(hub.erp.bill('SAL_OUTSTOCK', number))).toBe(decimal.sub(lines, '0.02'));
  });

  it('does not book a day that is not over', async () => {
    const before = hub.erp.bills('SAL_OUTSTOCK').length;
    hub.pos.sellTicket('S01', { at: Date.now(), items: [item(7, '1')] });
    await until('the ticket is counted', async () => {
      const open = await hub.database.query<{ due_at: Date }>(
        `select due_at from derivation_groups where state = 'due'`,
      );
      // 04:00 in China on the day after.
      return open.rows.length === 1 && open.rows[0]?.due_at.toISOString().slice(11, 16) === '20:00';
    });
    expect(hub.erp.bills('SAL_OUTSTOCK')).toHaveLength(before);
  });
});

describe('A group that may not be amended', () => {
  it('parks what comes after posting and says so', async () => {
    const hub = await startTestHub({ yaml: (text) => hasty(text).replace('late: amend', 'late: park') });
    try {
      const items = [{ barcode: hub.inventor.skus[0]?.code ?? '', quantity: '1' }];
      hub.pos.sellTicket('S01', { at: closedDay(), items });
      await finished(hub, [], 1);
      hub.pos.sellTicket('S01', { at: closedDay() + 60_000, items });
      await until('the group is parked', async () => {
        const parked = await hub.database.query<{ error_code: string; error: string }>(
          `select error_code, error from derivation_groups where state = 'parked'`,
        );
        return (
          parked.rows[0]?.error_code === 'derive.late' &&
          parked.rows[0].error.includes('changed after it was posted')
        );
      });
      expect(hub.erp.bills('SAL_OUTSTOCK')).toHaveLength(1);
    } finally {
      await hub.stop();
    }
  });
});
