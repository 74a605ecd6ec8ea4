/**
 * What to do about a server that an earlier hub left behind. A hub that is killed cannot stop its server: the
 * server goes on, healthy, with nobody to use it. It is ended and started anew, so that every start has one
 * shape; a server that a living hub still uses is left alone.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HubError } from '../../errors.ts';
import { connect, tryLock } from './hub-lock.ts';
import type { Place } from './place.ts';
import { run } from './run-as.ts';
import { isAlive } from './start-lock.ts';

const settleMs = 60_000;
const pollMs = 50;

/** The lines of postmaster.pid the hub reads. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping` or `standby`; undefined very early. */
  readonly status: string | undefined;
}

/** Reads PostgreSQL's lock file; undefined when there is none. */
export async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  try {
    const lines = (await readFile(pidFile(cluster), 'utf8')).split('\n').map((line) => line.trim());
    return { pid: Math.abs(Number(lines[0])), port: Number(lines[3] ?? 0), status: lines[7] || undefined };
  } catch {
    return undefined;
  }
}

/** Ends a server without a hub. Throws `data.in-use` when a living hub uses it. */
export async function clearLeftover(
  place: Place,
  urlFor: (port: number) => Promise<string>,
  log: (line: string) => void,
): Promise<void> {
  const found = await readPidFile(place.cluster);
  if (found === undefined || !isAlive(found.pid)) return;
  if (!(await isServerOf(found.pid, place.cluster))) {
    await disownPidFile(place.cluster);
    return;
  }
  const deadline = Date.now() + settleMs;
  while (isAlive(found.pid)) {
    const state = await ask(await urlFor((await readPidFile(place.cluster))?.port ?? found.port));
    if (state === 'used') throw new HubError('data.in-use', { dir: place.wanted });
    if (state === 'free' || Date.now() > deadline) break;
    await wait(pollMs);
  }
  if (!isAlive(found.pid)) return;
  log(`ending the database server (process ${found.pid}) that an earlier hub left running`);
  await endServer(found.pid, place.wanted);
}

/**
 * Ends a server: a fast shutdown, which ends sessions and writes a checkpoint; if it takes too long an
 * immediate one, after which the next start recovers from the log.
 */
export async function endServer(pid: number, dir: string, patienceMs = 30_000): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', patienceMs],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!send(pid, signal)) return;
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await wait(20);
    }
  }
  throw new HubError('postgres.stuck', { pid, dir });
}

/** False when the process is already gone. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** `used`: a hub holds the lock. `free`: it answers and nobody holds it. `silent`: it does not answer yet. */
async function ask(url: string): Promise<'used' | 'free' | 'silent'> {
  let client: Awaited<ReturnType<typeof connect>>;
  try {
    client = await connect(url, 2_000);
  } catch (thrown) {
    // A wrong password means a server that answers but cannot be asked: nobody may end it.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === '28P01') return 'used';
    return 'silent';
  }
  try {
    return (await tryLock(client)) ? 'free' : 'used';
  } catch {
    return 'silent';
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Process ids are used again: whether this one really is a server of this cluster. */
async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(cluster);
  } catch {
    const { code, output } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
    return code !== 0 ? process.platform !== 'linux' && isAlive(pid) : output.includes(cluster);
  }
}

/**
 * The id in the lock file now belongs to some other program, and PostgreSQL would refuse to start. It takes
 * its parent's id for a stale one but still looks at the shared memory named in the file, which deleting the
 * file would lose. So the file is made to name this process, the parent of the server to come.
 */
async function disownPidFile(cluster: string): Promise<void> {
  const file = pidFile(cluster);
  const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [String(process.pid), ...rest].join('\n'));
}

function pidFile(cluster: string): string {
  return path.join(cluster, 'postmaster.pid');
}
