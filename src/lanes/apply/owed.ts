/** What a copy that was just paired is owed at once: fields another system, or the hub, owns. */
import { ownersOf, type StateRules } from '../../merge/index.ts';
import type { JsonObject } from '../../model/index.ts';
import type { Party } from '../landscape.ts';
import type { World } from '../world.ts';
import { differingPaths } from './opening.ts';
import type { Working } from './unit.ts';

/**
 * Paths at which a copy shows another value than the golden record though somebody else owns them: where the party
 * says `paired: owned` they are written like any later difference instead of waiting for a decision. Pure.
 */
export function owedPaths(
  { writes, connection }: Pick<Party, 'writes' | 'connection'>,
  rules: StateRules,
  golden: JsonObject,
  shown: JsonObject,
): readonly string[] {
  if (!isOwedAtOnce(writes)) return [];
  const isElsewhere = ownedElsewhere(connection, rules, golden, shown);
  return differingPaths(golden, shown).filter(isElsewhere);
}

/**
 * The same for a copy that was there before, when another one is paired and brings values along: those its owner tells
 * are no open question for a copy whose party says `paired: owned`.
 */
export function owedFrom(
  { landscape }: Pick<World, 'landscape'>,
  link: { readonly connection: string; readonly object: string },
  record: Pick<Working, 'entity' | 'data'>,
): (path: string) => boolean {
  const party = landscape.party(link.connection, link.object, record.entity);
  if (!party || !isOwedAtOnce(party.writes)) return () => false;
  return ownedElsewhere(link.connection, landscape.merging.get(record.entity) ?? {}, record.data, {});
}

function isOwedAtOnce(writes: Party['writes']): boolean {
  return writes?.update === true && writes.paired === 'owned';
}

function ownedElsewhere(
  connection: string,
  rules: StateRules,
  golden: JsonObject,
  shown: JsonObject,
): (path: string) => boolean {
  const ownerOf = ownersOf(rules.owners, golden, shown);
  return (path) => {
    const owner = ownerOf(path);
    return owner !== undefined && owner !== connection;
  };
}
