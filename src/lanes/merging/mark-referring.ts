import type { Database } from '../../ledger/database.ts';
import { noteMarked, referringLinks, unmarkedMerges } from '../../ledger/record-merges.ts';
import { releaseLinks } from '../../ledger/releases.ts';
import { releasePace } from '../../ledger/waits.ts';
import { entities, entityNames } from '../../model/index.ts';

/** Records read at once. */
const page = 500;

/**
 * Makes due whatever refers to records that were merged, or taken apart, and are not done with; spread over time at
 * the pace of the hub. Called after the commit; whoever dies at it is followed by the sweep, which begins anew.
 */
export async function markReferring(database: Database): Promise<void> {
  for (const merge of await unmarkedMerges(database)) {
    const question = { ...referringTo(merge.entity), id: merge.merged };
    const perSecond = await releasePace(database);
    let after = '00000000-0000-0000-0000-000000000000';
    for (let turn = 0; ; ) {
      const links = await referringLinks(database, question, after, page);
      const last = links.at(-1);
      if (last === undefined) break;
      await database.transaction((sql) =>
        releaseLinks(
          sql,
          links.map(({ id }, index) => ({ id, delayMs: ((turn + index) / perSecond) * 1000 })),
        ),
      );
      turn += links.length;
      after = last.record_id;
    }
    await noteMarked(database, merge.id);
  }
}

/** Which entities can name a record of this one, and where; paths as jsonpath. Pure. */
export function referringTo(entity: string): { readonly entities: string[]; readonly paths: string[] } {
  const named = entityNames.flatMap((name) =>
    Object.entries(entities[name].references)
      .filter(([, target]) => target === entity)
      .map(([path]) => ({ name, path })),
  );
  const paths = named.map(({ path }) => {
    const steps = path
      .split('.')
      .map((step) => (step.endsWith('[]') ? `."${step.slice(0, -2)}"[*]` : `."${step}"`));
    return `$${steps.join('')} ? (@ == $id)`;
  });
  return { entities: [...new Set(named.map(({ name }) => name))], paths: [...new Set(paths)] };
}
