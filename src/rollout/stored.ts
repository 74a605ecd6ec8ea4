/** Everything a configuration says, read and checked as a whole, ready to be put in use. */
import type { Connector } from '../../connectors/kit/types.ts';
import { type HubConfig, InvalidConfig } from '../config/index.ts';
import { type KeyOptions, loadKeys } from '../security/index.ts';
import { inspect } from '../setup/inspect.ts';
import { checkSessions } from '../setup/sessions.ts';
import { readTableSeeds } from '../setup/tables.ts';
import type { Stored } from './store.ts';

export interface StoredOptions extends KeyOptions {
  readonly config: HubConfig;
  readonly connectors: Readonly<Record<string, Connector>>;
  /** Folder of the vendors' API descriptions. */
  readonly openapiFolder: string;
}

/** Throws `config.invalid` with everything that is wrong: nothing of a wrong one is used. */
export async function storedOf(options: StoredOptions): Promise<Stored> {
  const { config, connectors, secretKey, dataDir } = options;
  const { landscape, mappings, book, errors, textOf } = await inspect(options);
  const problems = [...errors, ...(await checkSessions(config, connectors))];
  if (problems.length > 0) throw new InvalidConfig(problems, textOf);
  const seeds = await readTableSeeds(config.tables);
  return { config, landscape, mappings, book, seeds, keys: await loadKeys({ secretKey, dataDir }) };
}
