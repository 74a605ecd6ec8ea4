import type { CodeTables } from '../lanes/code-tables.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { Database } from '../ledger/database.ts';
import type { MappingDocument } from '../mapping/index.ts';
import type { LiveMappings } from '../setup/live.ts';

/** What explanations are made from: the data, and the way the hub is set up. */
export interface Setting {
  readonly database: Database;
  readonly live: LiveMappings;
  readonly tables: CodeTables;
}

export function landscapeOf({ live }: Setting): Landscape {
  return live.landscape;
}

/** The mapping through which a system's object of an entity is read and written now; undefined when there is none. */
export function documentOf(
  { live }: Setting,
  connection: string,
  object: string,
  entity: string | null,
): MappingDocument | undefined {
  const parties = live.landscape.partiesOf(connection, object);
  const party =
    entity === null
      ? (parties.find((one) => one.reads) ?? parties[0])
      : parties.find((one) => one.entity === entity);
  return party && live.mappings.get(party.mapping.name)?.doc;
}
