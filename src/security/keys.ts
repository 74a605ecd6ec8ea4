import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../errors.ts';
import { followSource, type Keyring, readKey, type SecretKey } from './seal.ts';

/** Name of the key file inside the data folder. */
export const keyFileName = 'secret.key';

export interface KeyOptions {
  /** `HUB_SECRET_KEY`: one key, or several parted by commas, the newest first. */
  readonly secretKey?: string | undefined;
  /** Where the key file lives when no key is given; it is made there (0600) on first use. */
  readonly dataDir: string;
}

/**
 * The keys of this hub: from HUB_SECRET_KEY, else from the key file in the data folder. Two hubs that start at
 * the same moment end with the same key. Refuses a key file that others can read.
 */
export async function loadKeys(options: KeyOptions): Promise<Keyring> {
  if (options.secretKey !== undefined && options.secretKey.trim() !== '') {
    return ring(options.secretKey.split(','), 'HUB_SECRET_KEY');
  }
  const file = path.join(options.dataDir, keyFileName);
  try {
    await mkdir(options.dataDir, { recursive: true });
    const existing = await readIfThere(file);
    if (existing === undefined) await createOnce(file, `${randomBytes(32).toString('base64')}\n`);
  } catch (cause) {
    throw new HubError('data.unusable', { dir: options.dataDir, reason: reasonOf(cause) }, cause);
  }
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new HubError('secrets.bad-key', { where: file, reason: 'other users may read it; make it 0600' });
  }
  const keys = ring((await readFile(file, 'utf8')).trim().split('\n'), file);
  follow(keys, file);
  return keys;
}

/** What is at hand without making anything: undefined where there is neither HUB_SECRET_KEY nor a key file. */
export async function loadKeysIfThere(options: KeyOptions): Promise<Keyring | undefined> {
  const isGiven = options.secretKey !== undefined && options.secretKey.trim() !== '';
  const there = isGiven || (await readIfThere(path.join(options.dataDir, keyFileName))) !== undefined;
  return there ? loadKeys(options) : undefined;
}

/** How often a key file is looked at before something is sealed, milliseconds. */
export const keyFileCheckMs = 1_000;

/** Lets the keys of a running process follow their file: a new key is sealed with within a second, and read at once. */
function follow(keys: Keyring, file: string): void {
  let lookedAt = performance.now();
  let seen = markOf(file);
  followSource(keys, (wanted) => {
    const now = performance.now();
    if (!wanted && now - lookedAt < keyFileCheckMs) return;
    lookedAt = now;
    try {
      const mark = markOf(file);
      if (mark === seen) return;
      const newer = ring(readFileSync(file, 'utf8').trim().split('\n'), file);
      // What this process could open it goes on opening: somebody may be about to keep what was sealed a moment ago.
      const kept = keys.filter((one) => !newer.some((other) => other.id === one.id));
      (keys as unknown as SecretKey[]).splice(0, keys.length, ...newer, ...kept);
      seen = mark;
    } catch {
      // A file that cannot be read now is looked at again; until then the keys stay what they are.
    }
  });
}

function markOf(file: string): string {
  const { ino, mtimeMs, size } = statSync(file);
  return `${ino}/${mtimeMs}/${size}`;
}

/**
 * Puts a new key before those in the key file, unless one was put there that has not taken over yet. Whoever is killed at
 * it leaves the old file or the new one. Answers whether the key is new.
 */
export async function addKeyToFile(dataDir: string): Promise<boolean> {
  const file = path.join(dataDir, keyFileName);
  const before = (await readFile(file, 'utf8')).trim();
  if (before.includes('\n')) return false;
  await replaceFile(file, `${randomBytes(32).toString('base64')}\n${before}\n`);
  return true;
}

/** Name of the file that keys are moved to when nothing is sealed with them any more. No hub reads it. */
export const retiredFileName = 'secret.key.retired';

/** Moves all keys but the first out of the key file, to `secret.key.retired`; answers how many. */
export async function retireOldKeys(dataDir: string): Promise<number> {
  const file = path.join(dataDir, keyFileName);
  const [first = '', ...old] = (await readFile(file, 'utf8')).trim().split('\n');
  if (old.length === 0) return 0;
  const retired = path.join(dataDir, retiredFileName);
  const earlier = ((await readIfThere(retired)) ?? '').split('\n').filter((one) => one !== '');
  await replaceFile(retired, `${[...new Set([...old, ...earlier])].join('\n')}\n`);
  await replaceFile(file, `${first}\n`);
  return old.length;
}

async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
}

function ring(texts: readonly string[], where: string): Keyring {
  const [first = '', ...others] = texts.filter((text) => text.trim() !== '');
  return [readKey(first, where), ...others.map((text) => readKey(text, where))];
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Writes a private file that appears whole or not at all; leaves one that is already there. */
export async function createOnce(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  } finally {
    await rm(draft, { force: true });
  }
}
