import type { Command } from 'commander';
import type { HubSurroundings } from '../../src/cli/opened.ts';
import { CodeTables } from '../../src/lanes/code-tables.ts';
import { silentLogger } from '../../src/log.ts';
import { inspect } from '../../src/setup/inspect.ts';
import { LiveMappings } from '../../src/setup/live.ts';
import type { TestHub } from '../harness.ts';

/** Runs commands beside a running hub; each call answers what was printed. */
export async function commandsAt(
  hub: TestHub,
  make: (around: HubSurroundings) => Command,
): Promise<(...words: string[]) => Promise<string>> {
  const { database } = hub;
  const { config, connectors, openapiFolder } = hub.options;
  const { mappings: files } = await inspect({ config, connectors, openapiFolder });
  const tables = new CodeTables();
  await tables.load(database);
  const live = await LiveMappings.open({
    config,
    connectors,
    openapiFolder,
    files,
    database,
    log: silentLogger(),
  });
  return async (...words) => {
    let printed = '';
    const command = make({
      open: async () => ({ database, live, tables, close: async () => undefined }),
      write: (text) => {
        printed += text;
      },
      user: 'han.mei',
    });
    await command.parseAsync(words, { from: 'user' });
    return printed;
  };
}
