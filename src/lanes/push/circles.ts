import { type AwaitedLink, awaitedLinks, noteCircles, waitingPairs } from '../../ledger/circles.ts';
import type { Database } from '../../ledger/database.ts';

/** Links looked at from one start; more than this in a chain of waiting is no circle anybody would mend at once. */
const limit = 2_000;

/**
 * Finds links that wait for each other in a circle, starting from those that have just begun to wait, and tells each
 * of them the whole circle. To be asked after the commit: of two that close a circle at the same time, the later one
 * sees both.
 */
export async function tellCircles(database: Database, linkIds: readonly string[]): Promise<void> {
  const edges = new Map<string, AwaitedLink[]>();
  let next = [...new Set(linkIds)];
  while (next.length > 0 && edges.size < limit) {
    for (const id of next) edges.set(id, []);
    const found = await awaitedLinks(database, next);
    for (const edge of found) edges.get(edge.from)?.push(edge);
    next = [...new Set(found.map((edge) => edge.to))].filter((id) => !edges.has(id));
  }
  const circles = circlesOf(edges);
  if (circles.length === 0) return;
  await database.transaction((sql) =>
    noteCircles(
      sql,
      circles.flatMap((circle) => circle.map((edge) => ({ id: edge.from, error: sentenceOf(circle) }))),
    ),
  );
}

/** The same for everything that waits for something waiting: what a process that died did not come to tell. */
export async function tellAllCircles(database: Database): Promise<void> {
  await tellCircles(database, await waitingPairs(database, limit));
}

/** Circles of waiting, each once, beginning anywhere. Every link is in one of them at the most. Pure. */
export function circlesOf(edges: ReadonlyMap<string, readonly AwaitedLink[]>): AwaitedLink[][] {
  const circles: AwaitedLink[][] = [];
  const done = new Set<string>();
  for (const start of edges.keys()) {
    // Depth first, each link once: a way back onto the current path is a circle.
    const path: AwaitedLink[] = [];
    const onPath = new Map<string, number>([[start, 0]]);
    const ways = [[...(done.has(start) ? [] : (edges.get(start) ?? []))]];
    for (let way = ways.at(-1); way !== undefined; way = ways.at(-1)) {
      const edge = way.pop();
      if (edge === undefined) {
        ways.pop();
        const left = path.pop();
        done.add(left?.to ?? start);
        onPath.delete(left?.to ?? start);
        continue;
      }
      const at = onPath.get(edge.to);
      if (at !== undefined) circles.push([...path.slice(at), edge]);
      else if (!done.has(edge.to)) {
        path.push(edge);
        onPath.set(edge.to, path.length);
        ways.push([...(edges.get(edge.to) ?? [])]);
      }
    }
  }
  return circles;
}

function sentenceOf(circle: readonly AwaitedLink[]): string {
  const steps = circle.map((edge) => `${edge.waiting} waits for ${edge.awaited}`).join(', ');
  return `none of these can be written to ${circle[0]?.connection} first: ${steps}; give one of the references patch: true in its mapping, or take it away at its source`;
}
