/** What the connectors' tests share: a connection to a simulator on loopback, and short ways to use it. Not part of the build. */
import { serve } from './index.ts';
import type { Simulator } from './simulator.ts';
import type {
  Connector,
  ConnectorSession,
  JsonObject,
  Notice,
  ObjectOperations,
  WriteItem,
  WriteResult,
} from './types.ts';

/** A connection, the simulator it talks to, and where that is served. */
export interface Started<Sim extends Simulator> {
  readonly simulator: Sim;
  readonly session: ConnectorSession;
  readonly url: string;
  /** Ends all three; may be called again. */
  close(): Promise<void>;
}

export interface StartSettings {
  /** Name of the connection. Default `test`. */
  readonly connection?: string;
  /** Laid over what the simulator says about itself. */
  readonly config?: JsonObject;
  readonly secrets?: JsonObject;
  readonly now?: () => number;
}

/** Serves a simulator over real HTTP and opens a connection to it. Throws when the settings do not fit the connector. */
export async function startAgainst<Config, Secrets, Sim extends Simulator>(
  connector: Connector<Config, Secrets>,
  simulator: Sim,
  { connection = 'test', config, secrets, now = Date.now }: StartSettings = {},
): Promise<Started<Sim>> {
  const served = await serve(simulator.app);
  const made = simulator.connectionFor(served.url);
  const session = connector.open({
    connection,
    config: connector.config.parse({ ...made.config, ...config }),
    secrets: connector.secrets.parse({ ...made.secrets, ...secrets }),
    now,
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

/** Never fires. */
export const signal = new AbortController().signal;

/** Operations of an object; throws when the connector lacks it. */
export function objectOf(session: ConnectorSession, name: string): Required<ObjectOperations> {
  const object = session.objects[name];
  if (!object) throw new Error(`no object ${name}`);
  return object as Required<ObjectOperations>;
}

/** The item again, now that it exists at the vendor. Throws when the write was refused. */
export function existing(item: WriteItem, result: WriteResult | undefined): WriteItem {
  if (!result?.ok) throw new Error(`not written: ${JSON.stringify(result)}`);
  return {
    ...item,
    remoteId: result.remoteId,
    ...(result.remoteNumber ? { remoteNumber: result.remoteNumber } : {}),
    ...(result.lineIds ? { lineIds: result.lineIds } : {}),
  };
}

/** Follows pages to the end, the cursor stored and read back between them as the hub does; `from`: where an earlier reading ended. */
export async function listAll(
  session: ConnectorSession,
  object: string,
  from?: JsonObject,
  since = '2000-01-01T00:00:00.000Z',
): Promise<{ readonly items: Notice[]; readonly cursor: JsonObject; readonly pages: number }> {
  const list = session.objects[object]?.list;
  if (!list) throw new Error(`The connector has no list for ${object}.`);
  const items: Notice[] = [];
  let cursor = from;
  for (let pages = 1; pages <= 1000; pages++) {
    const page = await list({ ...(cursor === undefined ? { since } : { cursor }), signal });
    items.push(...page.items);
    cursor = JSON.parse(JSON.stringify(page.cursor)) as JsonObject;
    if (!page.more) return { items, cursor, pages };
  }
  throw new Error(`The list of ${object} does not end: it said "more" a thousand times.`);
}
