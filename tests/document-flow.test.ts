import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/hub.ts';
import type { JsonObject } from '../src/model/index.ts';
import { startTestHub, type TestHub, until } from './harness.ts';
import { closedDay, golden, hasty, linkOf, pollAll, withFacts } from './support/read-outs.ts';

/** Deadlines a test can wait for, and a busy machine keeps; the warehouse takes tokens, and the shop's orders are read before they are changed. */
const connectors = withFacts((facts, object) => ({
  ...facts,
  writeDeadlineMs: 1_500,
  latenessMs: 100,
  searchLagMs: 0,
  ...(object === 'delivery-order' ? { createSafety: 'token', tokenValidMs: 60_000 } : {}),
  ...(object === 'online-order' ? { readBeforeWrite: true } : {}),
}));

/** Sales orders are audited by a workflow of the ERP; what is only handed in is edited, what is audited is left alone. */
const byWorkflow = `mapping: kingdee/order
extends: kingdee/order
flow: [{ create: save }, submit, { audit: ~, wait: workflow }]
amend: { submit: edit, approved: park }
`;

function settings(text: string): string {
  return hasty(text)
    .replace('late: amend', 'late: reopen')
    .replace(
      'mapping: kingdee/order\n        write: { create: true, update: false }',
      `mapping: kingdee/order
        read: { poll: 1h }
        write: { create: true, update: true }`,
    )
    .replace(
      'mapping: kingdee/retail-day-sale\n        write: { create: true, update: false }',
      `mapping: kingdee/retail-day-sale
        write: { create: true, update: true }`,
    )
    .replace('connector: qimen\n    simulator: {}', 'connector: qimen\n    simulator: { lifecycle: false }');
}

interface Try {
  readonly step: string;
  readonly outcome: string | null;
  readonly found_later: boolean | null;
  readonly difference: { readonly body: JsonObject } | null;
}

describe('A document goes its way at the vendor', () => {
  let hub: TestHub;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lianhub-mappings-'));
    await cp(path.join(packageRoot, 'mappings'), folder, { recursive: true });
    await writeFile(path.join(folder, 'kingdee/order.yaml'), byWorkflow);
    const config = { yaml: settings, config: <C>(one: C): C => ({ ...one, mappings: folder }) };
    hub = await startTestHub({ ...config, connectors });
  });
  afterAll(async () => {
    await hub?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function triesOf(object: string, key: string): Promise<Try[]> {
    const found = await hub.database.query<Try>(
      `select t.step, t.outcome, (t.answer ->> 'foundLater')::boolean as found_later, t.difference
       from tries t join links l on l.id = t.link_id where l.object = $1 and t.key = $2 order by t.started_at`,
      [object, key],
    );
    return found.rows;
  }

  const erpCalls = (operation: string): number => hub.erp.callsByForm.get(operation) ?? 0;
  const orderLink = (number: string) => linkOf(hub, 'erp', 'SAL_SaleOrder', number);
  const bill = (number: string) => hub.erp.bill('SAL_SaleOrder', number);

  /** An order of one piece, in the books and handed in. */
  async function handedIn(): Promise<string> {
    const [sku] = hub.inventor.skus;
    const items = [{ barcode: sku?.code ?? '', quantity: '1' }];
    const number = hub.pos.placeOrder('WEB', { ...hub.inventor.order(), items });
    await until(
      'the order waits for the workflow',
      async () => (await orderLink(number))?.state === 'waiting',
    );
    return number;
  }

  it('an audited bill is taken back, edited, handed in and audited again, each step looked up when its answer is lost', async () => {
    const day = new Date(closedDay() + 8 * 3_600_000).toISOString().slice(0, 10);
    const number = `S01-${day}-sale-S01`;
    const sell = (quantity: string): string =>
      hub.pos.sellTicket('S01', {
        at: closedDay(),
        items: [{ barcode: hub.inventor.skus[0]?.code ?? '', quantity }],
      });
    const shown = () => hub.erp.bill('SAL_OUTSTOCK', number) as JsonObject & { FEntity: JsonObject[] };
    sell('2');
    await until('the day is audited and at rest', async () => {
      return (await linkOf(hub, 'erp', 'SAL_OUTSTOCK', number))?.state === 'idle';
    });
    expect(shown()).toMatchObject({ FDocumentStatus: 'C', FEntity: [{ FRealQty: 2 }] });
    const before = (await triesOf('SAL_OUTSTOCK', number)).length;
    for (const operation of ['UnAudit', 'BatchSave', 'Submit', 'Audit'])
      hub.erp.faults.next(1, 'error500AfterEffect', operation);
    const calls = ['UnAudit', 'Submit', 'Audit'].map((one) => erpCalls(`${one} SAL_OUTSTOCK`));
    sell('3');
    await until('the difference is audited', async () => {
      const link = await linkOf(hub, 'erp', 'SAL_OUTSTOCK', number);
      return (
        link?.state === 'idle' &&
        shown().FDocumentStatus === 'C' &&
        Number(shown().FEntity[0]?.FRealQty) === 5
      );
    });
    expect(hub.erp.bills('SAL_OUTSTOCK')).toHaveLength(1);
    const again = ['UnAudit', 'Submit', 'Audit'].map((one) => erpCalls(`${one} SAL_OUTSTOCK`));
    expect(again).toEqual(calls.map((count) => count + 1));
    const chain = (await triesOf('SAL_OUTSTOCK', number)).slice(before);
    expect(chain.map(({ step, outcome, found_later }) => [step, outcome, found_later])).toEqual([
      ['unaudit', 'done', true],
      // Content leaves no trace in a status: the same values are sent again.
      ['update', 'absent', null],
      ['update', 'done', null],
      ['submit', 'done', true],
      ['audit', 'done', true],
    ]);
    // Only what differs goes out, with the entry id of its line.
    const { FEntity: lines, ...head } = (chain[1]?.difference?.body ?? {}) as { FEntity?: JsonObject[] };
    expect(head).toEqual({});
    expect(lines?.map((line) => Object.keys(line).sort())).toEqual([['FEntryID', 'FRealQty', '_key']]);
  });

  it('what others do is waited for; a bill they have pushed and audited is adopted, not pushed again', async () => {
    hub.wms.faults.next(1, 'error500AfterEffect', 'deliveryorder.create');
    const number = await handedIn();
    // It is looked at again every now and then, and due for that moment: state and reason are read together.
    let waiting: Awaited<ReturnType<typeof orderLink>>;
    await until('nothing is left to do but to wait', async () => {
      waiting = await orderLink(number);
      return waiting?.state === 'waiting';
    });
    expect(waiting).toMatchObject({
      error_code: 'push.waits-for-step',
      error: expect.stringContaining('done by workflow'),
    });
    hub.erp.byHand('Audit', 'SAL_SaleOrder', number);
    const pushed = hub.erp.pushByHand(number);
    hub.erp.byHand('Submit', 'SAL_OUTSTOCK', pushed);
    hub.erp.byHand('Audit', 'SAL_OUTSTOCK', pushed);
    await pollAll(hub, 'erp', ['SAL_SaleOrder']);
    await until('the warehouse has the order, and the hub knows', async () => {
      return (await linkOf(hub, 'wms', 'delivery-order', `${number}-1`))?.state === 'idle';
    });
    expect(await orderLink(number)).toMatchObject({ state: 'idle', step: 'audit' });
    expect(erpCalls('Audit SAL_SaleOrder')).toBe(0);
    // A token that is still known makes sending again safe, and looking it up before needless.
    expect((await triesOf('delivery-order', `${number}-1`)).map(({ outcome }) => outcome)).toEqual([
      'repeated',
      'done',
    ]);
    expect(hub.wms.orders().filter(({ code }) => code === `${number}-1`)).toHaveLength(1);

    hub.wms.advance(`${number}-1`);
    const shipment = (await shipmentOf(number)) ?? '';
    await until('the shipment is in the books', async () => {
      return (await linkOf(hub, 'erp', 'SAL_OUTSTOCK', shipment))?.state === 'idle';
    });
    expect(await linkOf(hub, 'erp', 'SAL_OUTSTOCK', shipment)).toMatchObject({
      remote_number: pushed,
      step: 'audit',
    });
    expect(erpCalls('Push SAL_SaleOrder')).toBe(0);
    expect(await triesOf('SAL_OUTSTOCK', shipment)).toMatchObject([{ step: 'push', outcome: 'done' }]);
  });

  it('what is only handed in is withdrawn, edited and handed in again; what is audited waits for a person, if amend: says so', async () => {
    const number = await handedIn();
    const submits = erpCalls('Submit SAL_SaleOrder');
    hub.pos.changeOrder('WEB', number, { contactAddress: '上海市上海市浦东新区新路1号' });
    await until('the bill has the new address and is handed in', async () => {
      const link = await orderLink(number);
      const shown = bill(number);
      return (
        link?.state === 'waiting' &&
        shown?.FDocumentStatus === 'B' &&
        JSON.stringify(shown.FReceiveAddress ?? '').includes('新路1号')
      );
    });
    expect(erpCalls('CancelAssign SAL_SaleOrder')).toBe(1);
    expect(erpCalls('Submit SAL_SaleOrder')).toBe(submits + 1);
    hub.erp.byHand('Audit', 'SAL_SaleOrder', number);
    await pollAll(hub, 'erp', ['SAL_SaleOrder']);
    await until('the audit is known', async () => (await orderLink(number))?.step === 'audit');
    hub.pos.changeOrder('WEB', number, { contactAddress: '上海市上海市浦东新区新路2号' });
    await until('a person is asked', async () => (await orderLink(number))?.state === 'parked');
    expect(await orderLink(number)).toMatchObject({
      error_code: 'push.amend-parked',
      error: expect.stringContaining('is approved and its record has changed since'),
    });
    expect(bill(number)).toMatchObject({ FDocumentStatus: 'C' });
    // Taken back by hand, it may be edited, and nothing is in the way any more.
    hub.erp.byHand('UnAudit', 'SAL_SaleOrder', number);
    await pollAll(hub, 'erp', ['SAL_SaleOrder']);
    await until('the bill has the newest address', () =>
      JSON.stringify(bill(number)?.FReceiveAddress ?? '').includes('新路2号'),
    );
  });

  it('what others show for the first time is merged before it is overwritten', async () => {
    const number = await handedIn();
    hub.erp.byHand('Audit', 'SAL_SaleOrder', number);
    await pollAll(hub, 'erp', ['SAL_SaleOrder']);
    await until('the warehouse has the order', () => hub.wms.order(`${number}-1`) !== undefined);
    // Nobody tells the hub of this any more.
    hub.pos.notifyAt(undefined);
    hub.pos.changeOrder('WEB', number, { contactAddress: '上海市上海市浦东新区新路3号' });
    hub.wms.advance(`${number}-1`);
    await until('the shop knows that it is shipped', () => {
      return hub.pos.orders('WEB').some(({ orderNo, state }) => orderNo === number && String(state) === '2');
    });
    const known = (await golden(hub, 'order')).find(({ data }) => data.number === number);
    expect(JSON.stringify(known?.data.receiver)).toContain('新路3号');
  });

  async function shipmentOf(order: string): Promise<string | undefined> {
    let number: string | undefined;
    await until('the shipment is known', async () => {
      const all = await golden(hub, 'shipment');
      number = all.map(({ data }) => String(data.number)).find((one) => one.startsWith(order));
      return number !== undefined;
    });
    return number;
  }
});
