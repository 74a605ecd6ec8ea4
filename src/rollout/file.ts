/** The file hub.yaml is kept in: whether it can be written, and writing it so that it appears whole or not at all. */
import { randomBytes } from 'node:crypto';
import { access, chmod, constants, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HubError, reasonOf } from '../errors.ts';

/** The text as it is now. Errors: `config.unreadable`. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new HubError('config.unreadable', { file, reason: reasonOf(cause) }, cause);
  }
}

/** Why the file cannot be written; undefined: it can. */
export async function unwritable(file: string): Promise<string | undefined> {
  try {
    const real = await realpath(file);
    await access(real, constants.W_OK);
    await access(path.dirname(real), constants.W_OK);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Writes beside the file, then in its place, with its mode; a file that is mounted by itself is written where it is. */
export async function writeText(file: string, text: string): Promise<void> {
  const real = await realpath(file);
  const draft = `${real}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await chmod(draft, (await stat(real)).mode & 0o777);
    await rename(draft, real);
  } catch (error) {
    await rm(draft, { force: true });
    if (!(error instanceof Error && 'code' in error && (error.code === 'EBUSY' || error.code === 'EXDEV')))
      throw error;
    await writeFile(real, text);
  }
}
