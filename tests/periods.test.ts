import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Connector } from '../connectors/kit/types.ts';
import { periodsCommand } from '../src/cli/periods.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, startHub } from '../src/hub.ts';
import { listAudit } from '../src/ledger/audit.ts';
import { insertInbox } from '../src/ledger/inbox.ts';
import { silentLogger } from '../src/log.ts';
import type { JsonObject } from '../src/model/index.ts';
import { dropSchemas, quiet, tokenOf, until } from './harness.ts';
import { runCommand } from './support/command.ts';
import { type MemoryVendor, memoryVendor } from './support/memory-vendor.ts';

/** The ERP keeps books per organisation and its documents wait; the ledger's are dated another day. */
const yaml = `
connections:
  shop: { connector: memory }
  erp: { connector: memory }
  fin: { connector: memory }
syncs:
  product: { parties: { shop: { mapping: memory/goods, read: { webhook: true } } } }
  order:
    parties:
      shop: { mapping: memory/sale, read: { webhook: true } }
      erp: { mapping: memory/bill, write: { create: true }, closedPeriod: { book: org.code } }
      fin: { mapping: memory/bill, write: { create: true }, closedPeriod: { redate: nextOpenDay, note: true } }
lanes: { shards: 1, sweep: 200ms }
server: { port: 0 }
`;
const sale = `object: sale
entity: order
direction: in
fields:
  number: number
  placedAt: { at: at, as: datetime, format: "yyyy-MM-dd HH:mm", zone: Asia/Shanghai }
  currency: currency
  orgId: org
  notes: { at: memo, optional: true }
  amounts.payable: { at: amount, as: decimal }
  lines:
    at: lines
    key: { key: key, assigned: ours }
    fields: { skuId: { at: goods, ref: product }, quantity: { at: quantity, as: decimal }, amount: { at: amount, as: decimal } }
in:
  kind: '"web"'
`;
const goods = `object: goods
entity: product
direction: in
fields:
  code: number
`;
const bill = `object: bill
entity: order
fields:
  number: number
  placedAt: { at: date, as: datetime, format: "yyyy-MM-dd HH:mm", zone: Asia/Shanghai, direction: out }
  orgId: { at: org.code, direction: out }
  notes: { at: memo, direction: out }
flow: [{ create: save }]
`;
const text = { type: 'string' };
const objects = {
  goods: { type: 'object', properties: { number: text } },
  sale: {
    type: 'object',
    properties: {
      ...{ number: text, at: text, currency: text, org: text, memo: text, amount: text },
      lines: {
        type: 'array',
        items: { type: 'object', properties: { key: text, goods: text, quantity: text, amount: text } },
      },
    },
  },
  bill: {
    type: 'object',
    properties: {
      ...{ number: text, date: text, memo: text },
      org: { type: 'object', properties: { code: text } },
    },
  },
};

/** Books that are closed there: `erp 100 2025-09`. */
const shut = new Set<string>();
/** What systems were asked to write, taken or not: `erp O-1`. */
const asked: string[] = [];
let vendor: MemoryVendor;
let hub: Hub;
const schema = `t_${randomBytes(6).toString('hex')}`;

/** The vendor, whose books can be closed; the ledger names the period, the ERP does not. */
function withBooks(memory: Connector): Connector {
  return {
    ...memory,
    open: (context) => {
      const session = memory.open(context);
      const { connection } = context;
      const { write } = session.objects.bill ?? {};
      const closing: typeof write = async (request) => {
        const results = [];
        for (const item of request.items) {
          asked.push(`${connection} ${item.key}`);
          const { date, org } = item.body as { date: string; org: { code: string } };
          const period = date.slice(0, 7);
          if (!shut.has(`${connection} ${org.code} ${period}`)) {
            results.push(...((await write?.({ ...request, items: [item] })) ?? []));
            continue;
          }
          const decision = {
            ...{ kind: 'closed' as const, code: 'memory.period-closed', message: `${item.key}: 已结账` },
            ...(connection === 'fin' ? { period } : {}),
          };
          results.push({ ok: false as const, decision });
        }
        return results;
      };
      return {
        ...session,
        objects: { ...session.objects, bill: { ...session.objects.bill, write: closing } },
      };
    },
  };
}

beforeAll(async () => {
  vendor = await memoryVendor({ goods, sale, bill }, objects);
  const config = readConfig({ file: path.join(vendor.folder, 'hub.yaml'), text: yaml, env: {} });
  if (!config.ok) throw new Error(config.problems.map((one) => one.message).join('\n'));
  hub = await startHub({
    config: config.config,
    openapiFolder: vendor.openapiFolder,
    connectors: { memory: withBooks(vendor.connectors.memory as Connector) },
    simulators: {},
    dataDir: vendor.folder,
    databaseUrl: inject('databaseUrl'),
    schema,
    log: silentLogger(),
  });
});
afterAll(async () => {
  await hub?.stop();
  await dropSchemas(schema);
  await vendor?.remove();
});

/** Orders as the shop's webhook would bring them. */
async function tell(...orders: readonly { number: string; at: string; amount?: string; org?: string }[]) {
  const lane = (id: string): string => hub.world.landscape.applyLane('shop', 'sale', id);
  await insertInbox(
    hub.database,
    orders.map((order) => ({
      ...{ connection: 'shop', object: 'sale', remoteId: order.number, via: 'webhook' as const },
      body: JSON.stringify({
        ...{ currency: 'CNY', amount: '10.00', org: '100', memo: 'gift', ...order },
        lines: [{ key: '1', goods: 'tea', quantity: '1', amount: order.amount ?? '10.00' }],
      }),
      lane: lane(order.number),
    })),
  );
  hub.world.ring(orders.map((order) => lane(order.number)));
  await quiet(hub.database);
  const refused = await hub.database.query(
    'select error_code, error from inbox where error_code is not null',
  );
  expect(refused.rows).toEqual([]);
}

async function ask(method: 'GET' | 'POST', to: string, body?: object): Promise<JsonObject> {
  const answer = await fetch(`${hub.url}${to}`, {
    method,
    ...(body ? { body: JSON.stringify(body) } : {}),
    headers: { authorization: `Bearer ${await tokenOf(hub)}`, 'content-type': 'application/json' },
  });
  return { status: answer.status, ...((await answer.json()) as JsonObject) };
}

function command(...words: string[]) {
  const around = {
    open: async () => ({ world: hub.world, close: async () => undefined }),
    write: (told: string) => process.stdout.write(told),
    user: 'li.na',
  };
  return runCommand(periodsCommand(around), words);
}

const times = (call: string): number => asked.filter((one) => one === call).length;
const booked = (connection: string) => vendor.held(connection, 'bill');
const copies = async (numbers: readonly string[], connection: string) =>
  (
    await hub.database.query<{ id: string; record_id: string; state: string; code: string | null }>(
      `select l.id, l.record_id, l.state, l.error_code as code from links l join records r on r.id = l.record_id
       where l.connection = $2 and r.data ->> 'number' = any($1) order by r.data ->> 'number'`,
      [numbers, connection],
    )
  ).rows;
/** As if an hour had gone by. */
const anHourLater = () =>
  hub.database.query('update periods set probe_at = now() where probe_at is not null');

describe('a closed accounting period', () => {
  test('is learnt from one refusal: its documents wait as one group, others flow, and all are booked once when it is opened', async () => {
    shut.add('erp 100 2025-09');
    await tell({ number: 'O-1', at: '2025-09-30 23:00', amount: '100.00' });
    await tell(
      { number: 'O-2', at: '2025-09-01 18:00', amount: '50.00' },
      // The first of October there, and the books of another organisation.
      { number: 'O-3', at: '2025-10-01 00:30' },
      { number: 'O-4', at: '2025-09-15 18:00', org: '200' },
    );
    expect(await copies(['O-1', 'O-2'], 'erp')).toMatchObject([
      { state: 'waiting', code: 'push.period-closed' },
      { state: 'waiting', code: 'push.period-closed' },
    ]);
    expect([times('erp O-1'), times('erp O-2')]).toEqual([1, 0]);
    expect([...booked('erp').keys()].sort()).toEqual(['O-3', 'O-4']);
    expect([...booked('fin').keys()].sort()).toEqual(['O-1', 'O-2', 'O-3', 'O-4']);

    const group = { count: 2, amounts: { CNY: '150' } };
    const name = { connection: 'erp', book: '100', period: '2025-09' };
    expect((await ask('GET', '/v1/periods?state=closed')).items).toMatchObject([
      { ...name, state: 'closed', knownBy: 'refused', waiting: group },
    ]);
    expect((await ask('GET', '/v1/problems?code=push.period-closed')).items).toMatchObject([
      { connection: 'erp', ...group, cause: expect.stringContaining('the period 2025-09') },
    ]);
    expect((await ask('GET', '/v1/waits/summary')).kinds).toMatchObject([
      { kind: 'period', count: 2, targets: 1 },
    ]);
    expect((await ask('GET', '/v1/waits?kind=period')).items).toMatchObject([
      { target: 'erp/100/2025-09', number: expect.stringMatching(/^O-[12]$/) },
      { target: 'erp/100/2025-09' },
    ]);
    const health = JSON.stringify(await ask('GET', '/v1/health'));
    expect(health).toContain('2 documents, worth 150 CNY, wait for erp');
    const [first] = await copies(['O-1'], 'erp');
    expect(await ask('GET', `/v1/records/${first?.record_id}/explain`)).toMatchObject({
      heldUp: [{ waitsFor: [{ kind: 'period', target: 'erp/100/2025-09', together: { count: 2 } }] }],
    });

    // One of them tries now and then, for all.
    await anHourLater();
    await until('one copy has tried again', async () => times('erp O-1') === 2);
    await quiet(hub.database);
    expect((await copies(['O-1', 'O-2'], 'erp')).map((one) => one.state)).toEqual(['waiting', 'waiting']);
    expect(times('erp O-2')).toBe(0);

    shut.clear();
    const opening = { ...name, reason: 'reopened for late invoices' };
    expect(await ask('POST', '/v1/periods/open', { ...opening, dryRun: true })).toMatchObject({
      ...{ copies: 2, amounts: { CNY: '150' } },
    });
    expect((await copies(['O-1'], 'erp'))[0]?.state).toBe('waiting');
    expect(await ask('POST', '/v1/periods/open', opening)).toMatchObject({ state: 'open', copies: 2 });
    await until('both are booked', async () => booked('erp').has('O-1') && booked('erp').has('O-2'));
    await quiet(hub.database);
    expect([times('erp O-1'), times('erp O-2')]).toEqual([3, 1]);
    expect(booked('erp').get('O-1')).toMatchObject({ date: '2025-09-30 23:00', memo: 'gift' });
    expect(await listAudit(hub.database, { action: 'periods.open' }, 9)).toMatchObject([
      { subject: 'period/erp/100/2025-09', details: { reason: 'reopened for late invoices', copies: 2 } },
    ]);
  });

  test('is open again when a try is taken, and everything of it follows', async () => {
    shut.add('erp 100 2025-08');
    await tell({ number: 'O-5', at: '2025-08-02 18:00' });
    await tell({ number: 'O-6', at: '2025-08-03 18:00' });
    expect([times('erp O-5'), times('erp O-6')]).toEqual([1, 0]);
    shut.clear();
    await anHourLater();
    await until('both are booked', async () => booked('erp').has('O-5') && booked('erp').has('O-6'));
    expect([times('erp O-5'), times('erp O-6')]).toEqual([2, 1]);
    expect((await ask('GET', '/v1/periods?connection=erp&state=open')).items).toMatchObject([
      { period: '2025-08', knownBy: 'accepted', waiting: { count: 0 } },
      { period: '2025-09', knownBy: 'set' },
    ]);
  });

  test('is closed by a person beforehand: nothing is tried, and commands say what is held and freed', async () => {
    const words = ['erp', '2025-05', '--reason', 'month-end', '--json'];
    const preview = await command('close', ...words, '--dry-run');
    expect(JSON.parse(preview.stdout)).toMatchObject({ state: 'closed', changed: true, copies: 0 });
    expect(JSON.parse((await command('close', ...words)).stdout)).toMatchObject({ changed: true });
    await tell({ number: 'O-7', at: '2025-05-31 18:00', org: '200' });
    await anHourLater();
    expect(await copies(['O-7'], 'erp')).toMatchObject([{ state: 'waiting', code: 'push.period-closed' }]);
    const listed = JSON.parse((await command('list', '--closed', '--json')).stdout);
    expect(listed).toMatchObject({ periods: [{ book: '', period: '2025-05', author: 'li.na', count: 1 }] });
    const opened = await command('open', ...words.slice(0, 4));
    expect(opened.stdout).toContain('2025-05 of erp is open; 1 copies that waited for it go on (10 CNY)');
    await until('it is booked', async () => booked('erp').has('O-7'));
    expect(times('erp O-7')).toBe(1);
    await expect(command('close', 'nobody', ...words.slice(1))).rejects.toMatchObject({
      code: 'connections.unknown',
    });
    await expect(command('close', 'erp', '2025-13', '--reason', 'x')).rejects.toMatchObject({
      code: 'periods.bad-period',
    });
  });

  test('dates its documents the next open day where a rule says so, in that system only, audited and explained', async () => {
    shut.add('fin 100 2025-06').add('fin 100 2025-07');
    await tell({ number: 'O-8', at: '2025-07-31 18:00' });
    await tell({ number: 'O-9', at: '2025-06-30 18:00' });
    await tell({ number: 'O-10', at: '2025-06-29 18:00' });
    // One refusal tells of each period; what comes later is not refused any more.
    expect([times('fin O-8'), times('fin O-9'), times('fin O-10')]).toEqual([2, 2, 1]);
    expect(booked('fin').get('O-8')).toMatchObject({
      date: '2025-08-01 00:00',
      memo: 'gift 原日期 2025-07-31',
    });
    expect(booked('fin').get('O-10')).toMatchObject({
      date: '2025-08-01 00:00',
      memo: 'gift 原日期 2025-06-29',
    });
    expect(booked('erp').get('O-8')).toMatchObject({ date: '2025-07-31 18:00', memo: 'gift' });
    const [copy] = await copies(['O-8'], 'fin');
    expect(copy?.state).toBe('idle');
    const rule = { from: '2025-07-31', to: '2025-08-01', period: '2025-07' };
    expect(await listAudit(hub.database, { subject: `record/${copy?.record_id}` }, 9)).toMatchObject([
      { author: 'rule/closedPeriod', action: 'periods.redate', details: { connection: 'fin', ...rule } },
    ]);
    const explained = await ask('GET', `/v1/records/${copy?.record_id}/explain?field=placedAt`);
    expect(JSON.stringify(explained)).toContain(JSON.stringify(rule));

    // The books are opened again: what was written stays as it is.
    shut.clear();
    await ask('POST', '/v1/periods/open', { connection: 'fin', period: '2025-07', reason: 'reopened' });
    await ask('POST', `/v1/records/${copy?.record_id}/push`, { connection: 'fin', reason: 'look again' });
    await quiet(hub.database);
    expect(booked('fin').get('O-8')).toMatchObject({ date: '2025-08-01 00:00' });
  });
});
