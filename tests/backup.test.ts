import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { openVendors, type StandingVendors, stores } from '../bench/operating/vendors.ts';
import { connectors } from '../connectors/registry.ts';
import type { HubConfig } from '../src/config/index.ts';
import { Inventor, seedVendors } from '../src/demo/goods.ts';
import { type Hub, packageRoot, startHub } from '../src/hub.ts';
import { verifyAudit } from '../src/ledger/audit-chain.ts';
import { pollNow } from '../src/ledger/cursors.ts';
import { openDatabase } from '../src/ledger/database.ts';
import { workLeft } from '../src/ledger/overview.ts';
import { silentLogger } from '../src/log.ts';
import { quiet, readMasterData, testConfig, until } from './harness.ts';
import { clean, complete, situation, verdictOf } from './support/counting.ts';
import { backUp } from './support/dump.ts';
import { freePort } from './support/free-port.ts';

vi.setConfig({ testTimeout: 120_000 });

test('a backup taken while the hub works, put into a fresh database: the sweep goes on from there, nothing is lost or doubled', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-backup-'));
  await chmod(folder, 0o711);
  const port = await freePort();
  const vendors = await openVendors(port);
  const inventor = new Inventor(618, 10);
  seedVendors(vendors, inventor, stores);
  const names = ['one', 'two'].map((name) => `t_${name}_${randomBytes(6).toString('hex')}`);
  const [first = '', second = ''] = await Promise.all(names.map(createDatabase));
  const hubs: Hub[] = [];
  onTestFinished(async () => {
    for (const hub of hubs) await hub.stop();
    await vendors.stop();
    for (const name of names) await onServer(`drop database if exists ${name} with (force)`);
    await rm(folder, { recursive: true, force: true });
  });
  const shipped = await testConfig();
  const config = {
    ...shipped,
    server: { ...shipped.server, port },
    lanes: { ...shipped.lanes, lease: 3_000, sweep: 200 },
    connections: Object.fromEntries(
      Object.entries(shipped.connections).map(([name, one]) => [
        name,
        // Vendors next door: what was under way at the backup is looked up after seconds.
        {
          ...{ ...one, simulator: undefined, deadlines: { write: 4_000, lateness: 500 } },
          ...vendors.connections[name],
        },
      ]),
    ),
  } as HubConfig;
  const start = async (databaseUrl: string, role: 'api' | 'worker' | 'all'): Promise<Hub> => {
    const hub = await startHub({
      ...{ config, connectors, simulators: {}, databaseUrl, role, dataDir: folder, log: silentLogger() },
      openapiFolder: path.join(packageRoot, 'openapi'),
    });
    hubs.push(hub);
    return hub;
  };

  const door = await start(first, 'api');
  const before = await start(first, 'worker');
  await readMasterData({ hub: before, database: before.database });
  for (const vendor of [vendors.erp, vendors.wms]) vendor.faults.latencyMs = 20;
  const orders: string[] = [];
  for (let n = 0; n < 30; n += 1) orders.push(vendors.pos.placeOrder('WEB', inventor.order()));
  await until('some are in the books', () => vendors.erp.bills('SAL_SaleOrder').length >= 8);
  // What a system tells once and was told it is kept is nowhere else: from here on vendors knock and wait.
  await door.stop();
  const restore = await backUp(first, before.database.schema, path.join(folder, 'backup'));
  // What is written after the backup is done at the vendors, and forgotten here.
  const atBackup = callsOf(vendors);
  await until(
    'it goes on',
    async () => callsOf(vendors) > atBackup + 5 || (await workLeft(before.database)) === 0,
  );
  await before.stop();

  await restore(second);
  const after = await start(second, 'all');
  await pollNow(after.database, 'pos', 'online-order');
  const expected = { orders, tickets: 0, stores };
  await until(
    'everything sold is where it belongs',
    () => complete(vendors, expected, after.database),
    90_000,
  ).catch(async (error: Error) => {
    const stands = await situation(vendors, expected, after.database);
    throw new Error(error.message, { cause: new Error(stands) });
  });
  await quiet(after.database);
  expect(verdictOf(vendors, expected)).toEqual(clean);
  expect((await verifyAudit(after.database)).findings).toEqual([]);
});

function callsOf({ erp, wms }: StandingVendors): number {
  let sum = 0;
  for (const vendor of [erp, wms]) for (const count of vendor.calls.values()) sum += count;
  return sum;
}

async function createDatabase(name: string): Promise<string> {
  await onServer(`create database ${name}`);
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(statement: string): Promise<void> {
  const database = await openDatabase({ url: inject('databaseUrl'), max: 1 });
  await database.query(statement);
  await database.close();
}
