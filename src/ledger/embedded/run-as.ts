/**
 * PostgreSQL refuses to run as root. When the hub is root, its server runs as an ordinary user instead; this
 * module finds or makes that user, and asks what that user may reach.
 */
import { spawn } from 'node:child_process';
import { HubError } from '../../errors.ts';

/** Ids to start a process with; absent means: as the hub itself. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface Finished {
  /** Exit code, or undefined when a signal ended it or it could not be started. */
  readonly code: number | undefined;
  /** Standard output and standard error, in the order they came. */
  readonly output: string;
}

/** Runs a program to its end, in `/`, with no more environment than it needs. Never throws. */
export function run(file: string, args: readonly string[], as?: RunAs): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      ...as,
      cwd: '/',
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ code: undefined, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? undefined, output }));
  });
}

/** What a database process sees: nothing of the hub's own environment, which may hold secrets. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMP } = process.env;
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(SystemRoot === undefined ? {} : { SystemRoot }),
    ...(TEMP === undefined ? {} : { TEMP }),
    ...(TMP === undefined ? {} : { TMP }),
    LC_ALL: 'C',
    TZ: 'UTC',
  };
}

/**
 * The user the server runs as: undefined when the hub is not root. Else the first of: a user named
 * `postgres`, one named `lianhub`, a new system user `lianhub`, `nobody`.
 */
export async function serverUser(): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = (await idsOf('postgres')) ?? (await idsOf('lianhub'));
  if (existing !== undefined) return existing;
  const made = await run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/bin/false',
    'lianhub',
  ]);
  const ids = (await idsOf('lianhub')) ?? (await idsOf('nobody'));
  if (ids === undefined) throw new HubError('postgres.no-user', { reason: made.output.trim() });
  return ids;
}

async function idsOf(name: string): Promise<RunAs | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  const ids = { uid: Number(uid.output.trim()), gid: Number(gid.output.trim()) };
  return ids.uid > 0 ? ids : undefined;
}

/** Whether that user can pass through (folder) or execute (file) a path; asked of the system, not guessed. */
export async function canReach(target: string, as: RunAs | undefined): Promise<boolean> {
  const { code } = await run('/bin/sh', ['-c', 'test -x "$0"', target], as);
  return code === 0;
}
