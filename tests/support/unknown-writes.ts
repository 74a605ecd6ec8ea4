/** Orders sent while vendors do not say what became of a write, and what a hub noted about it. */
import { workLeft } from '../../src/ledger/overview.ts';
import { type TestHub, until } from '../harness.ts';
import { withFacts } from './read-outs.ts';

/**
 * Deadlines a test can wait for, and long enough for a busy machine: a write that cannot be sent in time is not sent, and
 * tried once more.
 */
export const hurry = { writeDeadlineMs: 1_500, latenessMs: 200 };

/** The vendors' real facts with deadlines a test can wait for. */
export const hurried = withFacts((facts) => ({ ...facts, ...hurry, searchLagMs: 0 }));

/** Gives the vendors of a running hub another time to take a write in. */
export function allow(hub: TestHub, writeDeadlineMs: number): void {
  for (const { facts } of hub.hub.world.landscape.parties) Object.assign(facts, { writeDeadlineMs });
}

export interface Journal {
  readonly object: string;
  readonly step: string;
  readonly outcome: string | null;
  readonly lookups: number;
  readonly found_later: boolean | null;
}

export interface Run {
  readonly number: string;
  /** The steps that were unknown for a while. */
  readonly unknown: Set<string>;
  readonly journal: readonly Journal[];
}

/** What was tried for an order and everything made from it, oldest first. */
async function journalOf(hub: TestHub, number: string): Promise<Journal[]> {
  const found = await hub.database.query<Journal>(
    `select l.object, t.step, t.outcome, t.lookups, (t.answer ->> 'foundLater')::boolean as found_later
     from tries t join links l on l.id = t.link_id
     where t.key = $1 or t.key like $1 || '-%' or t.key = 'AR-' || $1 order by t.started_at`,
    [number],
  );
  return found.rows;
}

/** Places an order and notes its number in the list; watches its journal until it is shipped and owed. */
export async function runOrder(hub: TestHub, orders: string[]): Promise<Run> {
  const sku = hub.inventor.skus[orders.length % 10];
  const number = hub.pos.placeOrder('WEB', {
    ...hub.inventor.order(),
    items: [{ barcode: sku?.code ?? '', quantity: '1' }],
  });
  orders.push(number);
  const unknown = new Set<string>();
  await until(
    'the order is shipped and owed, and the hub knows it',
    async () => {
      for (const one of await journalOf(hub, number)) {
        if (one.outcome === 'unknown') unknown.add(`${one.object} ${one.step}`);
      }
      const shop = hub.pos.orders('WEB').find((order) => order.orderNo === number);
      const owed = hub.erp.bill('AR_receivable', `AR-${number}`)?.FDocumentStatus === 'C';
      return String(shop?.state) === '2' && owed && (await workLeft(hub.database)) === 0;
    },
    45_000,
  );
  return { number, unknown, journal: await journalOf(hub, number) };
}
