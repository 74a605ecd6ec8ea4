import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainCommand } from '../src/cli/explain.ts';
import type { ExplainedField, Explanation } from '../src/explain/explain.ts';
import { decimal, type JsonObject } from '../src/model/index.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { commandsAt } from './support/commands-at.ts';
import { closedDay, finished, golden, hasty, linkOf, pollAll } from './support/read-outs.ts';

const ghost = { barcode: '6999999999999', name: '幽灵商品', sellPrice: '5.00', stock: '0' };

describe('Every value can be explained: which message, mapping version and rule set it, and which request carried it on', () => {
  let hub: TestHub;
  let run: (...words: string[]) => Promise<string>;
  let number: string;

  beforeAll(async () => {
    hub = await startTestHub({ yaml: hasty });
    run = await commandsAt(hub, explainCommand);
    number = hub.pos.placeOrder('WEB', hub.inventor.order());
    for (let n = 0; n < 4; n += 1) {
      hub.pos.sellTicket('S01', {
        at: closedDay() + n * 60_000,
        items: [{ barcode: sku(0), quantity: String(n + 1) }],
      });
    }
    await finished(hub, [number], 4);
  });
  afterAll(() => hub?.stop());

  const sku = (index: number): string => hub.inventor.skus[index]?.code ?? '';

  async function explained(...words: string[]): Promise<Explanation> {
    const { records } = JSON.parse(await run(...words, '--json')) as { records: Explanation[] };
    expect(records).toHaveLength(1);
    return records[0] as Explanation;
  }
  async function field(...words: string[]): Promise<ExplainedField> {
    const { fields } = await explained(...words);
    expect(fields).toHaveLength(1);
    return fields[0] as ExplainedField;
  }
  /** What a message says, as it lies in the inbox. */
  async function messageNamed(name: string): Promise<{ remote_id: string; body: JsonObject }> {
    const found = await hub.database.query<{ remote_id: string; body: Buffer }>(
      `select remote_id, body from inbox where 'inbox/' || id = $1`,
      [name],
    );
    const [row] = found.rows;
    return {
      remote_id: row?.remote_id ?? '',
      body: JSON.parse(row?.body.toString('utf8') ?? 'null') as JsonObject,
    };
  }

  it('names message, mapping version and line of a value, and the request that carried it to each system', async () => {
    const payable = await field('order', number, 'amounts.payable');
    expect(payable.set).toMatchObject({
      kind: 'message',
      told: { connection: 'pos', object: 'online-order', remoteId: `WEB/${number}` },
      mapping: expect.stringMatching(/^pospal\/online-order@[0-9a-f]{16}$/),
      read: { vendor: '_payable', how: 'money' },
    });
    const message = await messageNamed(payable.set.told?.message ?? '');
    expect(decimal.cmp(String(message.body._payable), String(payable.value))).toBe(0);

    const lines = (await explained('order', number, 'lines[].quantity')).fields;
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const erp = line.copies.find((copy) => copy.connection === 'erp');
      expect(erp).toMatchObject({
        object: 'SAL_SaleOrder',
        remoteNumber: number,
        request: { step: 'save', key: number, outcome: 'done' },
        afterwards: [{ step: 'submit' }, { step: 'audit' }],
      });
      const sent = erp?.written?.find((one) => one.vendor.endsWith('.FQty'))?.sent;
      expect(decimal.cmp(String(sent), String(line.value))).toBe(0);
    }
    expect(await run('order', number, 'amounts.payable')).toContain('read from _payable');
    expect(await run('order', number)).toMatch(/Goes into receivable AR-.* by rule receivable/);
  });

  it('goes through a daily summary down to each ticket, its line and its message', async () => {
    const [day] = await golden(hub, 'retailDay');
    const name = String(day?.data.number);
    const quantity = await field('retailDay', name, 'lines[].quantity');
    expect(quantity.value).toBe('10');
    expect(quantity.set).toMatchObject({ kind: 'rule', rule: 'retailDay' });
    const shares = quantity.madeFrom?.shares ?? [];
    expect(shares.map((share) => share.sums.quantity).sort()).toEqual(['1', '2', '3', '4']);
    const tickets = new Map(hub.pos.tickets('S01').map((ticket) => [`S01-${ticket.sn}`, ticket]));
    for (const share of shares) {
      expect(share).toMatchObject({ entity: 'order', mapping: expect.stringContaining('pospal/ticket@') });
      expect(tickets.has(share.number ?? '')).toBe(true);
      expect(`S01-${(await messageNamed(share.told?.message ?? '')).body.sn}`).toBe(share.number);
    }
    const sent = quantity.copies[0]?.written?.find((one) => one.vendor.endsWith('.FRealQty'))?.sent;
    expect(String(sent)).toBe('10');
    expect(await run('retailDay', name, 'lines[].quantity')).toMatch(/order S01-\d+ +line .* inbox\/\d+ by/);
    expect((await explained('order', shares[0]?.number ?? '')).madeOfIt).toMatchObject([{ number: name }]);
  });

  it('finds the field a rule has copied, and hides what tells something about a person until it is asked for', async () => {
    const hidden = await field('fulfilment', `${number}-1`, 'receiver.name');
    expect(hidden).toMatchObject({
      value: '***',
      personal: true,
      madeFrom: { copied: { entity: 'order', number, path: 'receiver.name', value: '***' } },
    });
    expect(hidden.madeFrom?.copied?.set).toMatchObject({ kind: 'message', read: { vendor: 'contactName' } });
    const open = await field('fulfilment', `${number}-1`, 'receiver.name', '--show-personal');
    const name = String(open.value);
    expect(name).toBe(hub.wms.order(`${number}-1`)?.receiver.name);
    expect(open.copies[0]?.written?.[0]).toMatchObject({
      vendor: 'deliveryOrder.receiverInfo.name',
      sent: name,
    });
    expect(JSON.stringify(await explained('fulfilment', `${number}-1`))).not.toContain(name);
    expect(JSON.stringify(await explained('order', number))).not.toContain(name);
  });

  it('knows of every value of every record who set it', async () => {
    const unknown: string[] = [];
    for (const entity of [
      'order',
      'fulfilment',
      'shipment',
      'receivable',
      'retailDay',
      'inventory',
      'product',
      'customer',
    ]) {
      const records = await golden(hub, entity);
      expect(records.length).toBeGreaterThan(0);
      for (const record of records.slice(0, 6)) {
        const { fields } = await explained(entity, record.id);
        expect(fields.length).toBeGreaterThan(0);
        for (const { path, set } of fields) {
          const isRead =
            set.kind === 'message' &&
            set.told !== undefined &&
            set.mapping !== undefined &&
            set.read !== undefined;
          if (!isRead && set.kind !== 'rule') unknown.push(`${entity} ${path} ${JSON.stringify(set)}`);
        }
      }
    }
    expect(unknown).toEqual([]);
  });

  it('says what a copy waits for and since when, and the nearest names for a wrong one', async () => {
    hub.pos.seedProducts('WEB', [ghost]);
    await pollAll(hub, 'pos', ['product']);
    await quiet(hub.database);
    const waiting = hub.pos.placeOrder('WEB', {
      ...hub.inventor.order(),
      items: [{ barcode: ghost.barcode, quantity: '1' }],
    });
    await until(
      'it waits',
      async () => (await linkOf(hub, 'erp', 'SAL_SaleOrder', waiting))?.state === 'waiting',
    );
    const { heldUp, fields } = await explained('order', waiting, 'lines[].quantity');
    expect(heldUp).toMatchObject([
      {
        connection: 'erp',
        state: 'waiting',
        code: 'push.waits-for-record',
        since: expect.stringMatching(/^20/),
        waitsFor: [{ kind: 'ref', entity: 'product', number: ghost.barcode }],
      },
    ]);
    expect(fields[0]?.copies.find((copy) => copy.connection === 'erp')?.why?.code).toBe(
      'push.waits-for-record',
    );

    await expect(run('order', `${number.slice(0, -1)}X`)).rejects.toThrow(`did you mean ${number}`);
    await expect(run('ordr', number)).rejects.toThrow('did you mean order?');
    await expect(run('order', number, 'amounts.payble')).rejects.toThrow('did you mean amounts.payable?');
  });
});
