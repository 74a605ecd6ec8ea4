/** Where files are: what the connector needs of a folder, wherever it is. */
import type { Readable } from 'node:stream';
import { ConnectorError, type Decision, isDecision } from '../kit/index.ts';

export interface Entry {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** All names are of files in the folder; methods throw ConnectorError. */
export interface Place {
  /** Files in the folder; folders and hidden files are left out. */
  list(): Promise<Entry[]>;
  read(name: string): Promise<Readable>;
  /**
   * Puts a whole file there: nobody ever sees half of it. False, and nothing is put there, when `isStill` is given and
   * says no at the last moment.
   */
  write(name: string, content: Buffer, isStill?: () => Promise<boolean>): Promise<boolean>;
  /** Into a folder in this one, which is made where it is missing. */
  move(name: string, folder: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes a file that must not be there yet; false when it is. */
  claim(name: string): Promise<boolean>;
  /** Where it is, for people. */
  readonly title: string;
  close(): Promise<void>;
}

/** Names we make while writing; nobody reads them. */
export const partSuffix = '.part';

/** Whether a name is one of those: hidden, or not finished by whoever writes it. */
export function isUnfinished(name: string): boolean {
  return name.startsWith('.') || name.startsWith('~$') || /\.(part|tmp|filepart|crdownload)$/i.test(name);
}

/** A pattern with * and ? as a test of names. */
export function matcherOf(pattern: string): (name: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 'u');
  return (name) => expression.test(name) && !isUnfinished(name);
}

/** Holds other processes off while a file is read, changed and written again. */
export async function locked<R>(
  place: Place,
  name: string,
  now: () => number,
  work: () => Promise<R>,
): Promise<R> {
  const lock = `.${name}.lock`;
  for (let tries = 0; !(await place.claim(lock)); tries++) {
    if (tries >= 100) throw new ConnectorError(held(name));
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Whoever made it has ended without taking it away.
    if (tries === 50 && (await isOld(place, lock, now()))) await place.remove(lock).catch(() => undefined);
  }
  try {
    return await work();
  } finally {
    await place.remove(lock).catch(() => undefined);
  }
}

/** A lock is held for the time of a reading and a writing. */
const lockForMs = 120_000;

async function isOld(place: Place, lock: string, now: number): Promise<boolean> {
  const found = (await place.list()).find((entry) => entry.name === lock);
  return found !== undefined && now - found.modified > lockForMs;
}

function held(name: string): Decision {
  return {
    kind: 'retry',
    code: 'file.locked',
    message: `${name} is being written by another process; nothing was changed.`,
  };
}

const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];

/** What an error of a file system or an SFTP server means. `write`: it may have happened at the last moment. */
export function decisionOf(error: unknown, what: string): Decision | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as Error & { code?: unknown };
  const told = `${String(code ?? '')} ${error.message}`.replace(/\p{Cc}+/gu, ' ').slice(0, 200);
  const decision = (kind: Decision['kind'], name: string, advice: string): Decision => ({
    kind,
    code: `file.${name}`,
    message: `${what}: ${told}: ${advice}`,
  });
  if (/authentication methods failed/i.test(error.message) || code === 'ERR_GENERIC_CLIENT_AUTH')
    return decision('fatal', 'not-let-in', 'check place.user and the secrets');
  if (code === 'EACCES' || code === 'EPERM' || code === 3)
    return decision('fatal', 'forbidden', 'give the hub the right to read and write there');
  if (code === 'ENOENT' || code === 2 || code === 'ENOTDIR')
    return decision('absent', 'absent', 'it is not there');
  if (code === 'ENOSPC' || code === 'EDQUOT') return decision('retry', 'full', 'make room there');
  if (code === 'EEXIST') return decision('retry', 'exists', 'somebody else has just made it');
  if (unreachable.includes(String(code)))
    return decision(
      'retry',
      'unreachable',
      'nothing was changed; check place.host, place.port and the network path',
    );
  if (typeof code === 'string' || typeof code === 'number')
    return decision('retry', 'trouble', 'nothing was changed');
  return undefined;
}

/** Runs a listing of the folder itself: without it nothing works. */
export async function inFolder<R>(what: string, work: () => Promise<R>): Promise<R> {
  try {
    return await at(what, work);
  } catch (error) {
    if (!isDecision(error, 'absent')) throw error;
    const { message } = error.decision;
    throw new ConnectorError(
      { kind: 'fatal', code: 'file.no-folder', message: `${message}; make it, or correct place.path` },
      error,
    );
  }
}

/** Runs something at a place; its errors become decisions. */
export async function at<R>(what: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    const decision = decisionOf(error, what);
    if (decision) throw new ConnectorError(decision, error);
    throw error;
  }
}
