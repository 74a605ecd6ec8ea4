/**
 * One start at a time per data folder. A file that holds the pid of the starting process and is touched while
 * it works; one left behind by a killed process is recognised (its process is gone, or it is no longer
 * touched) and taken over. It guards the start only: a running hub is known by HUB_LOCK in the database.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const staleAfterMs = 30_000;
const touchEveryMs = 5_000;
const retryMs = 25;

/** Runs `work` while this process alone is starting in that folder. */
export async function oneStartAtATime<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const mine = `${process.pid} ${randomBytes(8).toString('hex')}`;
  while (!(await take(file, mine))) {
    const stale = await staleText(file);
    if (stale === undefined) await wait(retryMs);
    else await discard(file, stale);
  }
  const touch = setInterval(() => {
    const now = new Date();
    // A lock that can no longer be touched has been removed with its folder: nothing left to guard.
    utimes(file, now, now).catch(() => undefined);
  }, touchEveryMs);
  touch.unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    held.delete(mine);
    await rm(file, { force: true });
  }
}

/** Locks of this very process: its own pid proves nothing after a restart in a container. */
const held = new Set<string>();

async function take(file: string, mine: string): Promise<boolean> {
  const draft = `${file}.${mine.replace(' ', '.')}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    await link(draft, file);
    held.add(mine);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return false;
    throw thrown;
  } finally {
    await rm(draft, { force: true });
  }
}

/** What a lock nobody holds any more says; undefined while it is held or already gone. */
async function staleText(file: string): Promise<string | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const pid = Number(text.split(' ')[0]);
    const left = pid === process.pid ? !held.has(text) : !isAlive(pid);
    return left || Date.now() - mtimeMs > staleAfterMs ? text : undefined;
  } catch {
    // Gone in the meantime: the next attempt to take it decides.
    return undefined;
  }
}

async function discard(file: string, stale: string): Promise<void> {
  const away = `${file}.stale.${randomBytes(4).toString('hex')}`;
  try {
    await rename(file, away);
    // Another start may have discarded it and taken its own in between: then that one is put back.
    if ((await readFile(away, 'utf8')) !== stale) await link(away, file);
  } catch {
    // Another process was faster; the next attempt to take it decides.
  } finally {
    await rm(away, { force: true });
  }
}

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
