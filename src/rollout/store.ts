/** Puts what a configuration says beside the data, in one transaction. */
import type { HubConfig } from '../config/index.ts';
import { passesOf } from '../lanes/deletes/full-pass.ts';
import { seedCodesIn } from '../lanes/fill-crossref.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { RuleBook } from '../lanes/rules/rule.ts';
import { declareSubscriptions } from '../lanes/subscriptions/declare.ts';
import { saveConnection } from '../ledger/connections.ts';
import { declareCursors } from '../ledger/cursors.ts';
import { declareInterest } from '../ledger/events.ts';
import { declarePasses } from '../ledger/full-passes.ts';
import { saveMappings } from '../ledger/mappings.ts';
import type { Sql } from '../ledger/sql.ts';
import { setReleasePace } from '../ledger/waits.ts';
import { type Keyring, seal } from '../security/index.ts';
import type { LoadedMappings } from '../setup/mappings.ts';
import { declaredSubscriptions } from '../setup/subscriptions.ts';
import type { readTableSeeds } from '../setup/tables.ts';

export interface Stored {
  readonly config: HubConfig;
  readonly landscape: Landscape;
  readonly mappings: LoadedMappings['mappings'];
  readonly book: RuleBook;
  readonly seeds: Awaited<ReturnType<typeof readTableSeeds>>;
  readonly keys: Keyring;
}

/** Connections with sealed secrets, mappings, codes of files, polls, what rules listen to, subscriptions. */
export async function storeConfiguration(
  sql: Sql,
  { config, landscape, mappings, book, seeds, keys }: Stored,
): Promise<void> {
  for (const connection of Object.values(config.connections)) {
    const secrets = JSON.stringify(connection.secrets);
    await saveConnection(sql, {
      id: connection.name,
      connector: connection.connector,
      config: connection.config,
      secrets: Buffer.from(seal(keys, secrets, `connections/${connection.name}`)),
      mode: connection.mode,
    });
  }
  await saveMappings(
    sql,
    [...mappings.values()].map((one) => ({
      name: one.name,
      version: one.compiled.version,
      content: one.text,
      bases: one.bases,
    })),
  );
  await seedCodesIn(sql, seeds.rows, seeds.tables);
  await setReleasePace(sql, config.lanes.releasePerSecond);
  const polled = new Map<string, { connection: string; object: string; interval_ms: number }>();
  for (const party of landscape.parties) {
    if (party.pollMs === undefined) continue;
    const { connection, object, pollMs } = party;
    polled.set(`${connection}/${object}`, { connection, object, interval_ms: pollMs });
  }
  await declareCursors(sql, [...polled.values()]);
  await declarePasses(sql, passesOf(landscape));
  await declareInterest(sql, 'rules', book.types);
  await declareSubscriptions(sql, declaredSubscriptions(config), keys);
}
