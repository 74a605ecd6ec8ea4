/** Making the cluster on first use, and checking it on every later one. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../../errors.ts';
import { createOnce } from '../../security/keys.ts';
import type { Binaries } from './binaries.ts';
import { giveTo, type Place } from './place.ts';
import { type RunAs, run } from './run-as.ts';

/** The only role and the only database the hub uses in its own server. */
export const roleName = 'lianhub';
export const databaseName = 'lianhub';

/**
 * Makes the cluster if there is none (UTF-8, sorted by code point, password for every connection), else checks
 * that this build can run it. Returns the password.
 */
export async function readyCluster(
  place: Place,
  binaries: Binaries,
  as: RunAs | undefined,
  durable: boolean,
): Promise<string> {
  if (existsSync(path.join(place.cluster, 'PG_VERSION'))) {
    await checkVersion(place, binaries);
    return await readPassword(place);
  }
  await create(place, binaries, as, durable);
  return await readPassword(place);
}

async function checkVersion(place: Place, binaries: Binaries): Promise<void> {
  let found: string;
  try {
    found = (await readFile(path.join(place.cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (cause) {
    throw new HubError('data.unusable', { dir: place.folder, reason: reasonOf(cause) }, cause);
  }
  if (Number(found) !== binaries.major) {
    const values = { dir: place.folder, found, expected: binaries.major };
    throw new HubError('data.other-version', values);
  }
}

/** The password of the embedded role; throws `data.password-lost`. */
export async function readPassword(place: Place): Promise<string> {
  try {
    const password = (await readFile(place.passwordFile, 'utf8')).trim();
    if (password !== '') return password;
    throw new Error('the file is empty');
  } catch (cause) {
    throw new HubError('data.password-lost', { dir: place.folder, file: place.passwordFile }, cause);
  }
}

async function create(
  place: Place,
  binaries: Binaries,
  as: RunAs | undefined,
  durable: boolean,
): Promise<void> {
  // Made under another name and renamed: a start that is killed half-way leaves no half cluster behind.
  const workshop = `${place.cluster}.new-${randomBytes(4).toString('hex')}`;
  try {
    await rm(place.passwordFile, { force: true });
    await createOnce(place.passwordFile, `${randomBytes(24).toString('base64url')}\n`);
    await giveTo(place.passwordFile, as);
    await removeEarlierAttempts(place);
    await mkdir(workshop, { mode: 0o700 });
    await giveTo(workshop, as);
  } catch (cause) {
    throw new HubError('data.unusable', { dir: place.folder, reason: reasonOf(cause) }, cause);
  }
  const done = await run(binaries.initdb, initdbArguments(workshop, place.passwordFile, durable), as);
  if (done.code !== 0) {
    await rm(workshop, { recursive: true, force: true });
    throw new HubError('postgres.init-failed', { dir: place.folder, output: lastLines(done.output) });
  }
  await rename(workshop, place.cluster);
}

function initdbArguments(folder: string, passwordFile: string, durable: boolean): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${roleName}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
}

/** An initdb that was killed leaves a folder nobody will ever use. Safe under the start lock. */
async function removeEarlierAttempts(place: Place): Promise<void> {
  const prefix = `${path.basename(place.cluster)}.new-`;
  for (const name of await readdir(place.folder)) {
    if (name.startsWith(prefix)) await rm(path.join(place.folder, name), { recursive: true, force: true });
  }
}

/** The last lines a program said, short enough for a sentence. */
export function lastLines(output: string, count = 4): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n').slice(-1500) || 'nothing';
}
