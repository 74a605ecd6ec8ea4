/** The hub's data, for commands that look at it or change it while the hub runs, or while it does not. */
import type { HubOptions } from '../hub.ts';
import { type Database, openDatabase } from '../ledger/database.ts';
import { attachEmbedded, startEmbedded } from '../ledger/embedded/index.ts';
import { migrate } from '../ledger/migrate.ts';
import { migrations } from '../ledger/migrations/index.ts';

export interface OpenLedger {
  readonly database: Database;
  close(): Promise<void>;
}

/**
 * Opens HUB_DATABASE_URL, else the embedded database: the one a running hub has started, or one for as long as the
 * command runs. Brings its tables up to date, unless it is told to leave them as they are.
 */
export async function openLedger(
  options: Pick<HubOptions, 'databaseUrl' | 'dataDir' | 'schema' | 'log'>,
  { migrates = true }: { readonly migrates?: boolean } = {},
): Promise<OpenLedger> {
  const { dataDir, schema, log } = options;
  let url = options.databaseUrl ?? (await attachEmbedded(dataDir));
  let stop: () => Promise<void> = async () => undefined;
  if (url === undefined) {
    const embedded = await startEmbedded({ dataDir, log: (line) => log.info(line) });
    url = embedded.url;
    stop = () => embedded.stop();
  }
  try {
    const database = await openDatabase({
      url,
      max: 4,
      applicationName: 'lianhub command',
      ...(schema === undefined ? {} : { schema }),
      onIdleError: (error) => log.warn({ err: error }, 'a database connection broke; the pool replaces it'),
    });
    const close = async (): Promise<void> => {
      await database.close();
      await stop();
    };
    try {
      if (migrates) await migrate(database, migrations);
      return { database, close };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    await stop();
    throw error;
  }
}
