import { setTimeout as delay } from 'node:timers/promises';
import type { KingdeeSimulator } from '../../connectors/kingdee/simulator/index.ts';
import type { PospalSimulator } from '../../connectors/pospal/simulator/index.ts';
import type { QimenSimulator } from '../../connectors/qimen/simulator/index.ts';
import type { HubConfig } from '../config/index.ts';
import { type Hub, type HubOptions, startHub } from '../hub.ts';
import { seedCrossrefs } from '../ledger/crossrefs.ts';
import { pollNow } from '../ledger/cursors.ts';
import { startTemporary } from '../ledger/embedded/temporary.ts';
import { countLinks, countRecords, listTrouble, workLeft } from '../ledger/overview.ts';
import { Inventor, seedVendors, storeCodes, type Vendors } from './goods.ts';
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
  const vendors = vendorsOf(hub);
  const { database } = hub;
  await seedCrossrefs(database, storeCodes(stores));
  await hub.world.tables.load(database);
  const inventor = new Inventor(options.seed, 60);
  const seeded = seedVendors(vendors, inventor, stores);
  if (!options.push) vendors.pos.notifyAt(undefined);
  for (const [connection, object] of [
    ['erp', 'BD_MATERIAL'],
    ['pos', 'product'],
    ['pos', 'customer'],
  ] as const) {
    await pollNow(database, connection, object);
  }
  hub.world.ring(['poll/erp/BD_MATERIAL', 'poll/pos/product', 'poll/pos/customer']);
  await until(options.patienceMs, 'master data', async () => {
    const links = await countLinks(database);
    const count = (connection: string, object: string): number =>
      links
        .filter((one) => one.connection === connection && one.object === object)
        .reduce((sum, one) => sum + one.count, 0);
    return {
      done: count('erp', 'BD_MATERIAL') + count('pos', 'product') + count('pos', 'customer'),
      total: 62 + 120 + stores.length * 20,
    };
  });
  await pollNow(database, 'erp', 'STK_Inventory');
  await until(options.patienceMs, 'stock', async () => {
    const records = await countRecords(database);
    const known = records.find((one) => one.entity === 'inventory')?.count ?? 0;
    return { done: known, total: 60 * (stores.length + 1) };
  });

  const callsBefore = new Map(vendors.erp.callsByForm);
  const started = Date.now();
  options.onTrade?.();
  const expected = trade(vendors, inventor, stores, seeded.members, options);
  if (!options.push) hub.world.ring(['poll/pos/online-order', 'poll/pos/ticket']);
  await finish(hub, expected, options);
  const seconds = (Date.now() - started) / 1000;
  const erpCalls = new Map(
    [...vendors.erp.callsByForm].map(([what, count]) => [what, count - (callsBefore.get(what) ?? 0)]),
  );
  const trouble = (await listTrouble(database)).map(
    (one) =>
      `${one.kind} ${one.connection}/${one.object} ${one.state} ×${one.count}: ${one.code ?? ''} ${one.error ?? ''}`,
  );
  const recorded = await countRecords(database);
  return { summary: summarise(vendors, expected, erpCalls, seconds, recorded), erpCalls, trouble };
}

/** The day's trade: orders now, tickets of two days ago, so that their business day is over. */
function trade(
  vendors: Vendors,
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

async function finish(hub: Hub, expected: Expected, options: DemoOptions): Promise<void> {
  const { database } = hub;
  const vendors = vendorsOf(hub);
  const total = expected.orders.length * 4 + expected.tickets;
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
    const agrees =
      left === 0 && summarise(vendors, expected, new Map(), 0, await countRecords(database)).agrees;
    return { done: agrees ? 1 : 0, total: 1 };
  });
}

function vendorsOf(hub: Hub): Vendors {
  const of = (name: string): unknown => hub.simulators.get(name)?.simulator;
  return {
    pos: of('pos') as PospalSimulator,
    erp: of('erp') as KingdeeSimulator,
    wms: of('wms') as QimenSimulator,
  };
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
