import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { type Served, serve } from '../../connectors/kit/index.ts';
import type { HubConfig } from '../config/index.ts';
import { problem } from '../http/problem.ts';
import type { Hub } from '../hub.ts';
import { pollNow } from '../ledger/cursors.ts';
import { masterData, vendorsOf } from './erp.ts';
import { Inventor, seedVendors } from './goods.ts';

const posSimulator = z.object({
  accounts: z.array(z.object({ name: z.string(), online: z.boolean().default(false) })),
});

/** Where the customers of the simulated shop are served. */
export type Shop = Served;

/** Most a single request may sell. */
const most = 1000;

/**
 * Something to play with beside a running hub whose vendors are all simulated: fills them with goods and
 * members, and serves the customers' side, `POST /orders?n=5` and `POST /tickets?n=20`. Undefined when the
 * configuration is not the shipped demo.
 */
export async function openShop(hub: Hub, config: HubConfig): Promise<Shop | undefined> {
  const simulated = vendorsOf(hub);
  const accounts = posSimulator.safeParse(config.connections.pos?.simulator);
  if (!simulated || !accounts.success) return undefined;
  const vendors = simulated;
  const web = accounts.data.accounts.find((one) => one.online)?.name;
  const stores = accounts.data.accounts.filter((one) => !one.online).map((one) => one.name);
  if (web !== 'WEB' || stores.length === 0) return undefined;

  const inventor = new Inventor(618, 60);
  const { members } = seedVendors(vendors, inventor, stores);
  const master = masterData(hub.world.landscape);
  for (const [connection, object] of master) await pollNow(hub.database, connection, object);
  hub.world.ring(master.map(([connection, object]) => `poll/${connection}/${object}`));
  // Goods and members are the same at every start, what is bought is not.
  const buyer = new Inventor(Date.now(), 60);

  function sellOrders(context: Context): Response {
    const count = howMany(context);
    if (count === undefined) return refusal(context);
    const orders = Array.from({ length: count }, () => vendors.pos.placeOrder('WEB', buyer.order()));
    return context.json({ orders, watch: `${hub.url}/v1/status` });
  }

  function sellTickets(context: Context): Response {
    const count = howMany(context);
    if (count === undefined) return refusal(context);
    // Two days ago, so that the business day is over and its bill is due.
    const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    const tickets = Array.from({ length: count }, (_, index) => {
      const store = stores[index % stores.length] as string;
      const at = Date.parse(`${day}T02:00:00Z`) + buyer.int(0, 36_000) * 1000;
      return vendors.pos.sellTicket(store, buyer.ticket(at, members.get(store) ?? []));
    });
    return context.json({ tickets, businessDate: day, watch: `${hub.url}/v1/status` });
  }

  const app = new Hono();
  app.post('/orders', sellOrders);
  app.post('/tickets', sellTickets);
  app.notFound((context) =>
    problem(
      context,
      404,
      'demo.no-such-thing',
      'the simulated shop takes POST /orders?n=5 and /tickets?n=20',
    ),
  );
  return serve(app);
}

function howMany(context: Context): number | undefined {
  const count = Number(context.req.query('n') ?? '1');
  return Number.isInteger(count) && count > 0 && count <= most ? count : undefined;
}

function refusal(context: Context): Response {
  return problem(context, 400, 'demo.how-many', `n is a whole number from 1 to ${most}`);
}
