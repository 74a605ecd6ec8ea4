import { type ConnectorSession, type JsonObject, type Notice, serve } from '../kit/index.ts';
import pospal from './index.ts';
import { createSimulator, type PospalSimulator, type PospalSimulatorOptions } from './simulator/index.ts';

/** A connection against a fresh simulator over real HTTP, for tests. */
export interface Started {
  readonly simulator: PospalSimulator;
  readonly session: ConnectorSession;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a simulator with three articles in every account, and opens a connection to it with these settings. */
export async function start(
  options: PospalSimulatorOptions = {},
  settings: { config?: JsonObject; secrets?: JsonObject; now?: () => number } = {},
): Promise<Started> {
  const simulator = createSimulator({ pageSize: 10, resendAfterMs: [1, 1, 1], ...options });
  for (const { name } of options.accounts ?? [{ name: 'WEB' }, { name: 'S01' }, { name: 'S02' }]) {
    simulator.seedProducts(name, [
      { barcode: '6901', name: '高山绿茶', sellPrice: '39.90', stock: '100' },
      { barcode: '6902', name: '手工面', sellPrice: '12.00', stock: '50' },
      { barcode: '6903', name: '赠品杯', sellPrice: '5', stock: '9' },
    ]);
  }
  const served = await serve(simulator.app);
  const made = simulator.connectionFor(served.url);
  const session = pospal.open({
    connection: 'pos',
    config: pospal.config.parse({ ...made.config, ...settings.config }),
    secrets: pospal.secrets.parse({ ...made.secrets, ...settings.secrets }),
    now: settings.now ?? Date.now,
  });
  return {
    simulator,
    session,
    url: served.url,
    async close() {
      await session.close();
      await simulator.stop();
      await served.close();
    },
  };
}

/** Reads a list to its end, storing the cursor between pages as the hub does. */
export async function readAll(
  session: ConnectorSession,
  object: string,
  from: { cursor?: JsonObject; since?: string } = { since: '2000-01-01T00:00:00.000Z' },
): Promise<{ items: Notice[]; cursor: JsonObject; pages: number }> {
  const list = session.objects[object]?.list;
  if (list === undefined) throw new Error(`${object} cannot be listed.`);
  const items: Notice[] = [];
  let request = from;
  for (let pages = 1; ; pages += 1) {
    const page = await list({ ...request, signal: AbortSignal.timeout(20_000) });
    items.push(...page.items);
    request = { cursor: JSON.parse(JSON.stringify(page.cursor)) as JsonObject };
    if (!page.more) return { items, cursor: request.cursor ?? {}, pages };
  }
}

export const patient = (): AbortSignal => AbortSignal.timeout(20_000);
