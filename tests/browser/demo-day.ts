/** A day in the demo's shops with what goes wrong in one: for tests that look at pages, and for their pictures. */
import { fillCrossref } from '../../src/lanes/fill-crossref.ts';
import { listTrouble } from '../../src/ledger/overview.ts';
import type { TestHub } from '../harness.ts';
import { quiet, until } from '../harness.ts';
import { hasty, pollAll } from '../support/read-outs.ts';

/** The demo with two more shops in hub.yaml and milestones; give it to `consoleDesk` as `yaml`. */
export function demoDayYaml(text: string): string {
  const limited = hasty(text).replace(
    '    connector: pospal\n',
    '    connector: pospal\n    limits: { perDay: 5000 }\n',
  );
  return `${limited.replace(
    /( +)- \{ name: WEB, .*\n/,
    (line, indent: string) =>
      `${line}${['WEB2', 'WEB3'].map((name) => `${indent}- { name: ${name}, online: true, storeCode: ${name} }\n`).join('')}`,
  )}
milestones:
  in-warehouse:
    from: { on: order.paid, when: 'record.kind == "web"' }
    to: { on: fulfilment.created, by: 'record.orderIds[0]' }
    within: 30m
  told-to-shop:
    from: { on: shipment.created, by: record.orderId }
    to: { on: link.completed, when: 'event.data.connection == "pos" && event.data.entity == "order"', by: event.subject }
    within: 30m
`;
}

/** What came of the day, by name. */
export interface DemoDay {
  /** Numbers of orders that went through. */
  readonly orders: readonly string[];
  /** Orders the ERP refuses: their customer for settlements is unknown there (`kingdee.invalid`). */
  readonly refused: readonly string[];
  /** Orders that wait for the codes of a shop nobody has entered (store WEB3). */
  readonly waiting: readonly string[];
}

/** Twelve orders and twenty tickets that go through, three orders that are refused, two that wait for a code. */
export async function demoDay(hub: TestHub): Promise<DemoDay> {
  const { pos, inventor, stores, members, database } = hub;
  for (const shop of ['WEB2', 'WEB3']) {
    pos.seedProducts(
      shop,
      inventor.skus.map(({ code, name, price }) => ({ barcode: code, name, sellPrice: price })),
    );
  }
  const enter = (name: string, connection: string, key: string, value: string) =>
    fillCrossref(hub.hub.world, { name, connection, key, value }, 'demo');
  await enter('orgs', 'erp', 'WEB2', '100');
  await enter('ship-from', 'pos', 'WEB2', 'W01');
  await enter('settle-customers', 'erp', 'WEB2', 'CUST-NOBODY');
  await pollAll(hub, 'pos', ['product']);
  await quiet(database);
  const place = (shop: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) =>
      // Shops number their orders alike; theirs must differ from those of the first.
      pos.placeOrder(shop, {
        ...inventor.order(),
        ...(shop === 'WEB' ? {} : { orderNo: `${shop}-${at + 1}` }),
      }),
    );
  const day: DemoDay = { orders: place('WEB', 12), refused: place('WEB2', 3), waiting: place('WEB3', 2) };
  const opening = Date.parse(`${new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)}T02:00:00Z`);
  for (let count = 0; count < 20; count += 1) {
    const store = stores[count % stores.length] as string;
    pos.sellTicket(store, inventor.ticket(opening + count * 60_000, members.get(store) ?? []));
  }
  const standing = async () => {
    const { rows } = await database.query<{ shipped: number; refused: number; waiting: number }>(
      `select (select count(*)::int from links where entity = 'receivable' and state = 'idle') as shipped,
         (select count(*)::int from links where state = 'parked' and error_code = 'kingdee.invalid') as refused,
         (select count(*)::int from links where state = 'waiting')
           + (select count(*)::int from inbox where state = 'waiting') as waiting`,
    );
    return rows[0] ?? { shipped: 0, refused: 0, waiting: 0 };
  };
  const isOver = async (): Promise<boolean> => {
    const { shipped, refused, waiting } = await standing();
    return shipped >= 12 && refused >= 3 && waiting >= 2;
  };
  await until('the day is over', isOver, 60_000).catch(async (cause: unknown) => {
    throw new Error(JSON.stringify([await standing(), await listTrouble(database)], null, 2), { cause });
  });
  await quiet(database);
  return day;
}
