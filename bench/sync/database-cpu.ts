import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Kernel ticks a second; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * CPU seconds a PostgreSQL server has used: its own, its living children's and those of children that ended.
 * Undefined where there is no /proc.
 */
export function databaseCpu(clusterFolder: string): number | undefined {
  try {
    const pid = Number(readFileSync(path.join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
    let ticks = 0;
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const stat = statOf(entry);
      if (!stat) continue;
      if (Number(entry) === pid) ticks += stat.own + stat.ended;
      else if (stat.parent === pid) ticks += stat.own;
    }
    return ticks / ticksPerSecond;
  } catch {
    // No /proc on this system: the figure is left out.
    return undefined;
  }
}

function statOf(pid: string): { parent: number; own: number; ended: number } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // The process ended meanwhile.
    return undefined;
  }
  // The name in brackets may hold anything; what follows is numbers.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (at: number): number => Number(fields[at] ?? 0);
  return { parent: number(1), own: number(11) + number(12), ended: number(13) + number(14) };
}
