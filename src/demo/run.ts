import { setTimeout as delay } from 'node:timers/promises';
import type { ErpSimulator } from '../../connectors/kit/erp-simulator.ts';
import type { HubConfig } from '../config/index.ts';
import { type Hub, type HubOptions, startHub } from '../hub.ts';
import { seedCrossrefs } from '../ledger/crossrefs.ts';
import { pollNow } from '../ledger/cursors.ts';
import { startTemporary } from '../ledger/embedded/temporary.ts';
import { countLinks, countRecords, listTrouble, workLeft } from '../ledger/overview.ts';
import { type CustomerFigures, countCustomers, readKnown } from './customers.ts';
import { customerVendorsOf, masterData, vendorsOf } from './erp.ts';
import { Inventor, seedVendors, storeCodes, type Vendors } from './goods.ts';
import { type CustomerVendors, type People, seedAccounts, seedOthers } from './people.ts';
import { type DemoSummary, type Expected, summarise } from './summary.ts';

export interface DemoOptions {
  /** Online orders. */
  readonly orders: number;
  /** Till tickets, about 1 in 30 of them a return. */
  readonly tickets: number;
  readonly stores: number;
  /** False: nothing is pushed by the shop, everything is found by polling. */
  readonly push: boolean;
  readonly seed: number;
  /** Gives up when nothing moves for this long, milliseconds. */
  readonly patienceMs: number;
  readonly onProgress?: (done: number, total: number, what: string) => void;
  /** Called when everything is read and the day's trade begins. */
  readonly onTrade?: () => void;
}

export interface DemoResult {
  readonly summary: DemoSummary;
  /** Vendor calls to the ERP per form and operation, after the first reading of master data. */
  readonly erpCalls: ReadonlyMap<string, number>;
  /** What the hub could not go on with. */
  readonly trouble: readonly string[];
}

/** Runs the main job once: a temporary hub, simulated vendors over HTTP, and a count at the vendors' at the end. */
export async function runDemo(base: HubOptions, options: DemoOptions): Promise<DemoResult> {
  const stores = Array.from(
    { length: options.stores },
    (_, index) => `S${String(index + 1).padStart(2, '0')}`,
  );
  const embedded = base.databaseUrl === undefined ? await startTemporary({ durable: true }) : undefined;
  let hub: Hub | undefined;
  try {
    hub = await startHub({
      ...base,
      databaseUrl: base.databaseUrl ?? embedded?.url,
      schema: `demo_${process.pid}`,
      config: demoConfig(base.config, stores, options.push),
    });
    return await play(hub, stores, options);
  } finally {
    if (hub && !embedded) await hub.database.query(`drop schema if exists demo_${process.pid} cascade`);
    await hub?.stop();
    await embedded?.stop();
  }
}

function demoConfig(config: HubConfig, stores: readonly string[], push: boolean): HubConfig {
  const accounts = [
    { name: 'WEB', online: true, storeCode: 'WEB' },
    ...stores.map((store) => ({ name: store, storeCode: store })),
  ];
  const { pos } = config.connections;
  if (!pos?.simulator) throw new TypeError('the demo needs a connection pos that is played by a simulator');
  const poll = push ? undefined : 1_000;
  const orders = config.syncs.order;
  const parties = Object.fromEntries(
    Object.entries(orders?.parties ?? {}).map(([name, party]) => [
      name,
      party.read === undefined || poll === undefined ? party : { ...party, read: { webhook: false, poll } },
    ]),
  );
  // Tills that upload late: tickets of two days ago are found by a poll that reads back that far.
  const readBack = push ? {} : { overlapMs: 3 * 86_400_000 };
  const simulated = {
    ...pos,
    simulator: { dailyQuota: 10_000_000, accounts },
    config: { ...pos.config, ...readBack },
  };
  return {
    ...config,
    connections: { ...config.connections, pos: simulated },
    syncs: { ...config.syncs, ...(orders === undefined ? {} : { order: { ...orders, parties } }) },
    server: { ...config.server, port: 0, host: '127.0.0.1' },
  };
}

async function play(hub: Hub, stores: readonly string[], options: DemoOptions): Promise<DemoResult> {
  const vendors = simulatedVendors(hub);
  const { database } = hub;
  const { landscape } = hub.world;
  const master = masterData(landscape);
  await seedCrossrefs(database, storeCodes(stores));
  await hub.world.tables.load(database);
  const inventor = new Inventor(options.seed, 60);
  const people = await seedFirst(hub, stores, options);
  const seeded = seedVendors(vendors, inventor, stores);
  const members = new Map(seeded.members);
  if (people) seedOthers({ ...people.vendors, pos: vendors.pos }, people, members, options.push);
  if (!options.push) vendors.pos.notifyAt(undefined);
  for (const [connection, object] of master) await pollNow(database, connection, object);
  hub.world.ring(master.map(([connection, object]) => `poll/${connection}/${object}`));
  await until(options.patienceMs, 'master data', async () => {
    const links = await countLinks(database);
    const count = (connection: string, object: string): number =>
      links
        .filter((one) => one.connection === connection && one.object === object)
        .reduce((sum, one) => sum + one.count, 0);
    return {
      done: master.reduce((sum, [connection, object]) => sum + count(connection, object), 0),
      total: 62 + 120 + stores.length * 20,
    };
  });
  await pollNow(database, 'erp', landscape.stock.object ?? '');
  await until(options.patienceMs, 'stock', async () => {
    const records = await countRecords(database);
    const known = records.find((one) => one.entity === 'inventory')?.count ?? 0;
    return { done: known, total: 60 * (stores.length + 1) };
  });
  const customersNow = async (): Promise<CustomerFigures | undefined> =>
    people &&
    countCustomers({ ...vendors, ...people.vendors }, people, await readKnown(database, people), stores);
  if (people) {
    await pollNow(database, 'wecom', 'external-contact');
    hub.world.ring(['poll/wecom/external-contact']);
    await until(options.patienceMs, 'customers', async () => {
      const { customersKnownToAll = 0, customers = 0 } = (await customersNow()) ?? {};
      const isBusy = (await workLeft(database)) > 0;
      return {
        done: isBusy ? Math.min(customersKnownToAll, customers - 1) : customersKnownToAll,
        total: customers,
      };
    });
  }

  const callsBefore = new Map(vendors.erp.callsByForm);
  const started = Date.now();
  options.onTrade?.();
  const expected = trade(vendors, inventor, stores, members, options);
  if (!options.push) hub.world.ring(['poll/pos/online-order', 'poll/pos/ticket']);
  await finish(hub, expected, options, customersNow);
  const seconds = (Date.now() - started) / 1000;
  const erpCalls = new Map(
    [...vendors.erp.callsByForm].map(([what, count]) => [what, count - (callsBefore.get(what) ?? 0)]),
  );
  const trouble = (await listTrouble(database)).map(
    (one) =>
      `${one.kind} ${one.connection}/${one.object} ${one.state} ×${one.count}: ${one.code ?? ''} ${one.error ?? ''}`,
  );
  const recorded = await countRecords(database);
  const summary = summarise(vendors, expected, erpCalls, seconds, recorded, await customersNow());
  return { summary, erpCalls, trouble };
}

/**
 * The accounts of the CRM are read before the tills are: a member without one gets one. Undefined where there is no
 * CRM and no WeCom.
 */
async function seedFirst(
  { database, simulators, world }: Hub,
  stores: readonly string[],
  options: DemoOptions,
): Promise<(People & { readonly vendors: CustomerVendors }) | undefined> {
  const vendors = customerVendorsOf({ simulators });
  if (!vendors) return undefined;
  const people = seedAccounts(vendors, options.seed, stores);
  await pollNow(database, 'crm', 'AccountObj');
  world.ring(['poll/crm/AccountObj']);
  await until(options.patienceMs, 'accounts', async () => {
    const records = await countRecords(database);
    return {
      done: records.find((one) => one.entity === 'customer')?.count ?? 0,
      total: people.persons.length,
    };
  });
  return { ...people, vendors };
}

/** The day's trade: orders now, tickets of two days ago, so that their business day is over. */
function trade(
  vendors: Vendors<ErpSimulator>,
  inventor: Inventor,
  stores: readonly string[],
  members: ReadonlyMap<string, readonly string[]>,
  options: DemoOptions,
): Expected {
  const orders: string[] = [];
  for (let count = 0; count < options.orders; count += 1)
    orders.push(vendors.pos.placeOrder('WEB', inventor.order()));
  const day = new Date(Date.now() + 8 * 3_600_000 - 2 * 86_400_000);
  // 10:00 in China on that day; shops sell for ten hours.
  const opening = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 2);
  let tickets = 0;
  for (let index = 0; tickets < options.tickets; index += 1) {
    const store = stores[index % stores.length] as string;
    const at = opening + inventor.int(0, 36_000) * 1000;
    const sn = vendors.pos.sellTicket(store, inventor.ticket(at, members.get(store) ?? []));
    tickets += 1;
    if (tickets < options.tickets && inventor.int(1, 30) === 1) {
      vendors.pos.returnTicket(store, sn, { at: at + 60_000 });
      tickets += 1;
    }
  }
  return { orders, tickets, stores };
}

async function finish(
  hub: Hub,
  expected: Expected,
  options: DemoOptions,
  customersNow: () => Promise<CustomerFigures | undefined>,
): Promise<void> {
  const { database } = hub;
  const vendors = simulatedVendors(hub);
  // Some ERPs make the receivable themselves.
  const charges = hub.world.landscape.holder('erp', 'receivable') !== undefined;
  const total = expected.orders.length * (charges ? 4 : 3) + expected.tickets;
  await until(
    options.patienceMs,
    'orders and tickets',
    async () => {
      const links = await countLinks(database);
      const idle = (entity: string, connection: string): number =>
        links
          .filter((one) => one.entity === entity && one.connection === connection && one.state === 'idle')
          .reduce((sum, one) => sum + one.count, 0);
      const records = await countRecords(database);
      const tickets = (records.find((one) => one.entity === 'order')?.count ?? 0) - idle('order', 'erp');
      const done =
        Math.min(expected.orders.length, idle('order', 'erp')) +
        Math.min(expected.orders.length, idle('fulfilment', 'wms')) +
        Math.min(expected.orders.length, idle('receivable', 'erp')) +
        Math.min(
          expected.orders.length,
          vendors.pos.orders('WEB').filter((order) => String(order.state) === '2').length,
        ) +
        Math.min(expected.tickets, Math.max(0, tickets));
      return { done, total };
    },
    options.onProgress,
  );
  // The till's days close, then the stock of the books has to reach the shop once more.
  await until(options.patienceMs, 'day bills and stock', async () => {
    const left = await workLeft(database);
    // Less work left is progress, too.
    if (left > 0) return { done: 1 / (1 + left), total: 1 };
    const recorded = await countRecords(database);
    const { agrees } = summarise(vendors, expected, new Map(), 0, recorded, await customersNow());
    return { done: agrees ? 1 : 0, total: 1 };
  });
}

function simulatedVendors(hub: Hub): Vendors<ErpSimulator> {
  const vendors = vendorsOf(hub);
  if (!vendors) throw new TypeError('the demo needs simulators behind pos, erp and wms');
  return vendors;
}

/** Waits for a condition; gives up when it makes no progress for `patienceMs`. The caller counts what is missing. */
async function until(
  patienceMs: number,
  what: string,
  look: () => Promise<{ done: number; total: number }>,
  onProgress?: (done: number, total: number, what: string) => void,
): Promise<void> {
  let best = -1;
  let since = Date.now();
  for (;;) {
    const { done, total } = await look();
    onProgress?.(done, total, what);
    if (done >= total) return;
    if (done > best) {
      best = done;
      since = Date.now();
    } else if (Date.now() - since > patienceMs) return;
    await delay(200);
  }
}
