import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../errors.ts';
import { type Keyring, readKey } from './seal.ts';

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
  return ring((await readFile(file, 'utf8')).trim().split('\n'), file);
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
