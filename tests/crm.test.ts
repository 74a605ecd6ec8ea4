import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { FxiaokeSimulator } from '../connectors/fxiaoke/simulator/index.ts';
import type { NeocrmSimulator } from '../connectors/neocrm/simulator/index.ts';
import type { PospalSimulator } from '../connectors/pospal/simulator/index.ts';
import { simulators } from '../connectors/registry.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, packageRoot, startHub } from '../src/hub.ts';
import { pollNow } from '../src/ledger/cursors.ts';
import { silentLogger } from '../src/log.ts';
import type { JsonObject } from '../src/model/index.ts';
import { dropSchemas, quiet, until } from './harness.ts';
import { withFacts } from './support/read-outs.ts';

/** Two CRMs and the tills: members are accounts in both, and what they buy is shown to both. */
const yaml = `
connections:
  fx: { connector: fxiaoke, simulator: {}, config: { interfaceLimit: { calls: 1000, seconds: 1 } } }
  neo: { connector: neocrm, simulator: {}, config: { limits: {} } }
  pos: { connector: pospal, simulator: { dailyQuota: 100000, accounts: [{ name: S01, storeCode: S01 }] } }
syncs:
  product:
    parties:
      pos: { mapping: pospal/product, read: { poll: 1d } }
      neo: { mapping: neocrm/product, write: { create: true, update: true } }
  customer:
    skew: 0ms
    parties:
      fx: { mapping: fxiaoke/account, read: { webhook: true, poll: 1d }, write: { create: true, update: true } }
      neo: { mapping: neocrm/account, read: { poll: 1d }, write: { create: true, update: true } }
      pos: { mapping: pospal/customer, read: { webhook: true, poll: 1d } }
  order:
    parties:
      till: { connection: pos, mapping: pospal/ticket, read: { webhook: true, poll: 1d } }
      fx:
        mapping: fxiaoke/consumption
        write: { create: true, update: false }
        when: record.customerId != null
      neo:
        mapping: neocrm/order
        read: { poll: 1d }
        write: { create: true, update: false }
        when: record.customerId != null && record.direction == "sale"
      neo-consumption:
        connection: neo
        mapping: neocrm/consumption
        write: { create: true, update: false }
        when: record.customerId != null
lanes: { shards: 2, sweep: 200ms }
server: { port: 0 }
`;
/** The vendors' real facts with deadlines a test can wait for. */
const hurried = withFacts((facts) => ({ ...facts, writeDeadlineMs: 400, latenessMs: 50, searchLagMs: 0 }));

let hub: Hub;
let folder: string;
let fx: FxiaokeSimulator;
let neo: NeocrmSimulator;
let pos: PospalSimulator;
const schema = `t_${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lianhub-crm-'));
  const config = readConfig({ file: path.join(packageRoot, 'hub.yaml'), text: yaml, env: {} });
  if (!config.ok) throw new Error(config.problems.map((one) => one.message).join('\n'));
  hub = await startHub({
    config: config.config,
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors: hurried,
    simulators,
    dataDir: folder,
    databaseUrl: inject('databaseUrl'),
    schema,
    log: silentLogger(),
  });
  const simulator = (name: string): unknown => hub.simulators.get(name)?.simulator;
  fx = simulator('fx') as FxiaokeSimulator;
  neo = simulator('neo') as NeocrmSimulator;
  pos = simulator('pos') as PospalSimulator;
});
afterAll(async () => {
  await hub?.stop();
  await dropSchemas(schema);
  await rm(folder, { recursive: true, force: true });
});

async function poll(connection: string, object: string): Promise<void> {
  await pollNow(hub.database, connection, object);
  hub.world.ring([`poll/${connection}/${object}`]);
}

async function golden(entity: string): Promise<JsonObject[]> {
  const found = await hub.database.query<{ data: JsonObject }>(
    `select data from records where entity = $1 and state = 'live' order by id`,
    [entity],
  );
  return found.rows.map((row) => row.data);
}

/** What stands in the way, for a test that waits in vain. */
async function trouble(): Promise<unknown> {
  const links = await hub.database.query(
    `select connection, object, state, step, error_code, error from links where error_code is not null or state <> 'idle'`,
  );
  const paused = await hub.database.query(
    'select id, paused_until, paused_reason from connections where paused_until is not null',
  );
  const records = await hub.database.query(`select entity, state, data ->> 'code' as code from records`);
  const inbox = await hub.database.query(
    `select connection, object, state, error_code, error from inbox where state not in ('done', 'dropped')`,
  );
  return { links: links.rows, inbox: inbox.rows, paused: paused.rows, records: records.rows };
}

async function comesTrue(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  try {
    await until(what, condition, 20_000);
  } catch (error) {
    throw new Error(JSON.stringify(await trouble()), { cause: error });
  }
}

describe('a CRM account and a member of the tills who are one', () => {
  let account = '';

  test('end as one customer, known to all three', async () => {
    account = fx.add('AccountObj', { name: '王小明', account_no: 'M1', tel: '13800138000' });
    await comesTrue('the account is known', async () => (await golden('customer')).length === 1);
    pos.seedProducts('S01', [{ barcode: '6901', name: '高山绿茶', sellPrice: '39.90', stock: '9' }]);
    pos.seedCustomers('S01', [{ number: 'M1', name: '王小明', phone: '13800138000' }]);
    await poll('pos', 'product');
    await poll('pos', 'customer');
    await comesTrue('the account is in the other CRM', () => neo.records('account').length === 1);
    await comesTrue('the member is known', async () => (await golden('customer'))[0]?.kind === 'person');
    await quiet(hub.database);
    expect(await golden('customer')).toMatchObject([{ code: 'M1', name: '王小明', kind: 'person' }]);
    expect(neo.records('account')).toMatchObject([{ accountName: '王小明', phone: '13800138000' }]);
    expect(fx.records('AccountObj')).toHaveLength(1);
  });

  test('changed on both sides have both changes on both sides, and then nothing is written any more', async () => {
    const writes = () => [fx.calls.get('/cgi/crm/v2/data/update') ?? 0, neo.calls.get('update/account') ?? 0];
    const [toFx = 0, toNeo = 0] = writes();
    const id = String(neo.records('account')[0]?.id);
    fx.change('AccountObj', account, { tel: '13900139000' });
    neo.change('account', id, { comment: '喜欢绿茶' });
    await poll('neo', 'account');
    await comesTrue('both have both', () => {
      const [there] = fx.records('AccountObj');
      const [here] = neo.records('account');
      return there?.remark === '喜欢绿茶' && here?.phone === '13900139000';
    });
    await quiet(hub.database);
    expect(fx.records('AccountObj')).toMatchObject([{ tel: '13900139000', account_no: 'M1' }]);
    const before = writes();
    expect(before).toEqual([toFx + 1, toNeo + 1]);
    await poll('fx', 'AccountObj');
    await poll('neo', 'account');
    await comesTrue('both were read again', async () => {
      const told = await hub.database.query<{ due: string }>(
        `select count(*) as due from cursors where connection in ('fx', 'neo') and object in ('AccountObj', 'account') and due_at > now() + interval '1 hour'`,
      );
      return Number(told.rows[0]?.due) === 2;
    });
    await quiet(hub.database);
    expect(writes()).toEqual(before);
  });
});

describe('what a member buys', () => {
  test('is a consumption record in each CRM exactly once, and an order with its lines, though every answer was lost', async () => {
    for (const kind of ['timeoutAfterEffect', 'error500AfterEffect'] as const) {
      fx.faults.next(1, kind, 'create');
      for (const object of ['order', 'orderProduct', 'hubConsumption__c']) neo.faults.next(1, kind, object);
      neo.faults.next(1, kind, 'activation');
    }
    const customerUid = String(pos.customers('S01')[0]?.customerUid);
    const sold = [1, 2].map(() =>
      pos.sellTicket('S01', { items: [{ barcode: '6901', quantity: '2' }], customerUid }),
    );
    pos.returnTicket('S01', sold[0] ?? '', { customerUid });
    const bought = () => [
      fx.records('hub_consumption__c').length,
      neo.records('hubConsumption__c').length,
      neo.records('order').filter((order) => order.poStatus === '2').length,
    ];
    await comesTrue('all is there', () => bought().join() === '3,3,2');
    await quiet(hub.database);
    expect(bought()).toEqual([3, 3, 2]);
    const numbers = fx.records('hub_consumption__c').map((record) => record.hub_number__c);
    expect(new Set(numbers).size).toBe(3);
    const amounts = fx.records('hub_consumption__c').map((record) => record.hub_amount__c);
    expect(amounts.sort()).toEqual(['-79.80', '79.80', '79.80']);
    for (const record of fx.records('hub_consumption__c')) {
      expect(record.hub_customer__c).toBe(fx.records('AccountObj')[0]?._id);
    }
    expect(neo.records('orderProduct').map((line) => line.quantity)).toEqual(['2', '2']);
    const tries = await hub.database.query<{ connection: string; unclear: string }>(
      `select l.connection, count(*) as unclear from tries t join links l on l.id = t.link_id
       where (t.answer ->> 'foundLater')::boolean group by 1 order by 1`,
    );
    expect(tries.rows.map((row) => [row.connection, Number(row.unclear) > 0])).toEqual([
      ['fx', true],
      ['neo', true],
    ]);
  });
});
