/** Which records the systems of a sync both have, which may be one, and which only one has. */
import { HubError } from '../../errors.ts';
import {
  countDoubtful,
  countHolders,
  listDoubtful,
  listPairs,
  type PairRow,
  type PairScope,
} from '../../ledger/adoption-pairs.ts';
import type { Sql } from '../../ledger/sql.ts';
import type { Landscape } from '../landscape.ts';

export interface PairSummary {
  readonly here: string;
  readonly there: string;
  readonly paired: number;
  readonly ambiguous: number;
  readonly onlyHere: number;
  readonly onlyThere: number;
}

export type PairList = 'paired' | 'ambiguous' | 'only-here' | 'only-there';

/** Counts for each two connections of a sync or entity. Throws `adopt.unknown`. */
export async function summaryOfPairs(sql: Sql, landscape: Landscape, name: string): Promise<PairSummary[]> {
  const { scope, connections } = scopeOf(landscape, name);
  const counts = await countHolders(sql, scope);
  const doubtful = await countDoubtful(sql, scope.entity);
  const sum = (meant: (holders: readonly string[]) => boolean): number =>
    counts.reduce((total, { holders, count }) => total + (meant(holders) ? count : 0), 0);
  return connections.flatMap((here, index) =>
    connections.slice(index + 1).map((there) => ({
      here,
      there,
      paired: sum((holders) => holders.includes(here) && holders.includes(there)),
      ambiguous: doubtful.find((one) => one.here === here && one.there === there)?.count ?? 0,
      onlyHere: sum((holders) => holders.includes(here) && !holders.includes(there)),
      onlyThere: sum((holders) => !holders.includes(here) && holders.includes(there)),
    })),
  );
}

export interface PairQuestion {
  readonly list: PairList;
  /** The connection that is here; absent: the first of two. */
  readonly connection?: string | undefined;
  readonly other?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A page of one list. Throws `adopt.unknown` and `adopt.which-pair`. */
export function listOfPairs(
  sql: Sql,
  landscape: Landscape,
  name: string,
  { list, connection, other, after, limit }: PairQuestion,
): Promise<PairRow[]> {
  const { scope, connections } = scopeOf(landscape, name);
  for (const one of [connection, other]) {
    if (one === undefined || connections.includes(one)) continue;
    throw new HubError('adopt.unknown', { what: `connection ${one}`, expected: connections.join(', ') });
  }
  const here = connection ?? connections.find((one) => one !== other);
  const rest = connections.filter((one) => one !== here);
  const there = other ?? rest[0];
  const isClear = connections.length === 2 || (connection !== undefined && other !== undefined);
  if (here === undefined || there === undefined || here === there || !isClear) {
    throw new HubError('adopt.which-pair', { sync: name, connections: connections.join(', ') });
  }
  const page = { ...scope, here, there, after, limit };
  if (list === 'ambiguous') return listDoubtful(sql, page);
  if (list === 'only-there') return listPairs(sql, { ...page, here: there, there: here }, true);
  return listPairs(sql, page, list === 'only-here');
}

function scopeOf(
  landscape: Landscape,
  name: string,
): { readonly scope: PairScope; readonly connections: readonly string[] } {
  const bySync = landscape.parties.filter((party) => party.sync === name);
  const meant = bySync.length > 0 ? bySync : landscape.parties.filter((party) => party.entity === name);
  const parties = meant.filter(({ mapping }) => mapping.about === undefined && mapping.target === undefined);
  const [first] = parties;
  if (!first) {
    const expected = [...new Set(landscape.parties.map((party) => party.sync))].join(', ');
    throw new HubError('adopt.unknown', { what: `sync or entity ${name}`, expected });
  }
  return {
    scope: {
      entity: first.entity,
      places: parties.map(({ connection, object }) => `${connection}/${object}`),
    },
    connections: [...new Set(parties.map((party) => party.connection))].sort(),
  };
}
