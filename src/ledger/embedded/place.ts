/**
 * Where the embedded database lives. Normally inside the hub's data folder; when the hub is root and the
 * server's user cannot enter that folder (a project below a private folder), under /var/lib/lianhub instead,
 * with a note in the data folder saying where.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../../errors.ts';
import { makeFolder, systemFolder } from './folders.ts';
import { canReach, type RunAs } from './run-as.ts';

export interface Place {
  /** The folder asked for, absolute. */
  readonly wanted: string;
  /** The folder that holds all of the following. */
  readonly folder: string;
  /** PostgreSQL's own data folder. */
  readonly cluster: string;
  readonly passwordFile: string;
  readonly logFile: string;
}

const note = 'postgres-is-elsewhere.txt';

/** Makes and checks the folder for a wanted data folder. Throws `data.unusable`. */
export async function choosePlace(
  dataDir: string,
  as: RunAs | undefined,
  log: (line: string) => void,
): Promise<Place> {
  const wanted = path.resolve(dataDir);
  try {
    await makeFolder(wanted);
    await probe(wanted);
    const elsewhere = path.join(systemFolder, elsewhereName(wanted));
    const moved = existsSync(path.join(wanted, note)) && hasCluster(elsewhere);
    if (!moved) {
      if (await canReach(wanted, as)) return placeIn(wanted, wanted);
      // Never begin an empty database beside one that only became unreachable.
      if (hasCluster(wanted)) throw new Error('the user that runs PostgreSQL can no longer enter it');
    }
    await makeFolder(elsewhere);
    await probe(elsewhere);
    if (!(await canReach(elsewhere, as))) throw new Error(`nor can PostgreSQL's user enter ${elsewhere}`);
    await writeFile(path.join(wanted, note), `${elsewhere}\n`);
    log(`the user that runs PostgreSQL cannot enter ${wanted}; the database is in ${elsewhere}`);
    return placeIn(wanted, elsewhere);
  } catch (cause) {
    if (cause instanceof HubError) throw cause;
    throw new HubError('data.unusable', { dir: wanted, reason: reasonOf(cause) }, cause);
  }
}

/** Hands a folder to the user the server runs as. */
export async function giveTo(target: string, as: RunAs | undefined): Promise<void> {
  if (as !== undefined) await chown(target, as.uid, as.gid);
}

function hasCluster(folder: string): boolean {
  return existsSync(path.join(folder, 'postgres', 'PG_VERSION'));
}

function placeIn(wanted: string, folder: string): Place {
  return {
    wanted,
    folder,
    cluster: path.join(folder, 'postgres'),
    passwordFile: path.join(folder, 'postgres.password'),
    logFile: path.join(folder, 'postgres.log'),
  };
}

/** `<last two names>-<hash of the whole path>`: readable, and never the same for two folders. */
export function elsewhereName(wanted: string): string {
  const words = wanted
    .split(path.sep)
    .slice(-2)
    .join('-')
    .replace(/[^A-Za-z0-9._-]+/g, '')
    .slice(-60);
  return `${words.replace(/^[-.]+/, '')}-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`;
}

async function probe(folder: string): Promise<void> {
  // Not named after the process: hubs in containers that share a volume all are process 1.
  const file = path.join(folder, `.probe-${randomBytes(8).toString('hex')}`);
  await writeFile(file, '');
  await rm(file);
}
