import type { Landscape, Party } from '../lanes/landscape.ts';
import type { InContext } from '../mapping/index.ts';

/** What is asked of code tables. */
export interface Codes {
  lookup(connection: string, table: string, key: string, date?: string): string | undefined;
  lookupBack(connection: string, table: string, value: string, date?: string): string | undefined;
}

/** One way the hub could be set up: the way it is, or the way it would be. */
export interface Side {
  readonly landscape: Landscape;
  readonly codes: Codes;
}

/** The context in which a party's mapping reads a message; see prepare() of the apply lane. */
export function inContextOf(side: Side, party: Party, via: string): InContext {
  const { connection } = party;
  return {
    connection,
    payload: via === 'answer' || party.facts.payload === 'partial' ? 'partial' : 'full',
    lookup: (table, key, date) => side.codes.lookup(connection, table, key, date),
    lookupBack: (table, value, date) => side.codes.lookupBack(connection, table, value, date),
    lineKey: () => undefined,
  };
}
