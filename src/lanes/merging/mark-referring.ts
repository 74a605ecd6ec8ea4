import type { Database } from '../../ledger/database.ts';
import { advanceMarking, referringLinks, takeUnmarked } from '../../ledger/record-merges.ts';
import { releaseLinks } from '../../ledger/releases.ts';
import type { Sql } from '../../ledger/sql.ts';
import { releasePace } from '../../ledger/waits.ts';
import { entities, entityNames } from '../../model/index.ts';

/** Records looked at in one transaction. */
const pageSize = 2_000;
/** Before every id. */
const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Makes due whatever refers to records that were merged, or taken apart, and are not done with; spread over time at
 * the pace of the hub. Called after the commit, page by page; whoever dies at it is followed by the sweep, which goes on
 * behind the last page.
 */
export async function markReferring(
  database: Database,
  isOver: () => boolean = () => false,
  limit: number = pageSize,
): Promise<void> {
  while (!isOver() && (await database.transaction((sql) => markPage(sql, limit))));
}

/** False: nothing is left, or others are at it. */
async function markPage(sql: Sql, limit: number): Promise<boolean> {
  const merge = await takeUnmarked(sql);
  if (!merge) return false;
  const question = { ...referringTo(merge.entity), id: merge.merged };
  const { to, links } = await referringLinks(sql, question, merge.scanned_to ?? firstId, limit);
  const perSecond = await releasePace(sql);
  await releaseLinks(
    sql,
    links.map((id, index) => ({
      id,
      delayMs: Math.max(0, ((merge.marked + index) / perSecond) * 1000 - merge.age_ms),
    })),
  );
  await advanceMarking(sql, merge.id, { to, marked: links.length });
  return true;
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
