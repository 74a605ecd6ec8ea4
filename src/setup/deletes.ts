/** What a sync says about deletions, held against what the systems can tell and do. */
import type { ObjectFacts } from '../../connectors/kit/types.ts';
import type { PartyConfig, Problem, Source, SyncConfig } from '../config/index.ts';
import type { DeletePolicy } from '../lanes/landscape.ts';

/** The bounds within which this party's deletions count; empty where they only unlink. */
export function deletesOf({ deletes }: SyncConfig, party: PartyConfig): { deletes?: DeletePolicy } {
  if (!deletes?.from.includes(party.name)) return {};
  const { brake, max, full } = deletes;
  return { deletes: { brake, max, fullMs: full } };
}

/** Deletions that could never be noticed, and those that are to be carried on to where that is not offered. */
export function deletesUnseen(
  source: Source,
  sync: SyncConfig,
  party: PartyConfig,
  facts: ObjectFacts,
): Problem[] {
  const problems: Problem[] = [];
  const at = sync.deletes?.from.indexOf(party.name) ?? -1;
  if (at >= 0) {
    const reads = party.read !== undefined && (party.read.webhook || party.read.poll !== undefined);
    const seen = facts.listsAll === true || facts.tellsDeletions === true;
    if (!reads || !seen) {
      const message = reads
        ? `${party.connection} neither lists all objects of ${party.mapping} nor tells deletions`
        : `nothing is read of ${party.name}`;
      problems.push(
        source.problem(['syncs', sync.name, 'deletes', 'from', at], 'config.deletes-unseen', message),
      );
    }
  }
  if (party.write?.remove === true && facts.removes !== true) {
    const place = ['syncs', sync.name, 'parties', party.name, 'write', 'remove'];
    const message = `${party.connection} offers no way to delete objects of ${party.mapping}`;
    problems.push({ ...source.problem(place, 'config.cannot-remove', message), severity: 'warning' });
  }
  return problems;
}
