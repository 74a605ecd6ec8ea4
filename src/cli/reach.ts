/** Sessions for commands that ask a system something, opened when the first is asked for. */
import type { ConnectorSession } from '../../connectors/kit/types.ts';
import type { HubOptions } from '../hub.ts';
import { SharedLimits } from '../lanes/limits/shared.ts';
import type { Database } from '../ledger/database.ts';
import type { Keyring } from '../security/index.ts';
import { openSessions } from '../setup/sessions.ts';

export interface Reachable {
  session(connection: string): ConnectorSession | undefined;
  credentials(connection: string): readonly string[] | undefined;
  close(): Promise<void>;
}

/** Sessions share the limits of the running hub, call by call. Simulated systems are left out. */
export function reachOf(options: HubOptions, database: Database, keys: Keyring): Reachable {
  const { config, connectors, log } = options;
  let limits: SharedLimits | undefined;
  let sessions: ReadonlyMap<string, ConnectorSession> | undefined;
  const opened = (): ReadonlyMap<string, ConnectorSession> => {
    if (sessions) return sessions;
    limits = new SharedLimits(log);
    limits.use(database, keys);
    sessions = openSessions(config, connectors, new Map(), () => undefined, limits).sessions;
    return sessions;
  };
  return {
    session: (connection) => opened().get(connection),
    credentials(connection) {
      const known = config.connections[connection];
      return known === undefined || known.simulator !== undefined ? undefined : Object.keys(known.secrets);
    },
    async close() {
      for (const session of sessions?.values() ?? []) await session.close();
      await limits?.stop();
    },
  };
}
