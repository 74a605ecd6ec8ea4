import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { inject } from 'vitest';
import { packageRoot } from '../../src/hub.ts';

/** How a hub process came to its end. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A hub in a process of its own, started by the command users start it with. */
export interface HubProcess {
  readonly pid: number;
  /** Address of the API; undefined for a worker. */
  readonly url: string | undefined;
  /** Of an admin, when this was the first start of its database. */
  readonly token: string | undefined;
  /** Everything it has said so far, for messages of failing tests. */
  output(): string;
  /** Resolves when the process is gone, whoever ended it. */
  readonly ended: Promise<Ending>;
  /** Kills it as the kernel would: no handler of it runs. Resolves when it is gone. */
  kill(): Promise<Ending>;
  /** Ctrl-C. Resolves when it is gone. */
  interrupt(): Promise<Ending>;
  /** Stops it from running at all, as a machine that is suspended. Its connections stay open. */
  freeze(): void;
  thaw(): void;
}

export interface HubProcessOptions {
  readonly role?: 'api' | 'worker' | 'all';
  /** True: the sources, as `npm start` starts them; else the same as JavaScript, which costs a third. @default false */
  readonly fromSources?: boolean;
  /** hub.yaml. @default the shipped one */
  readonly config?: string;
  /** HUB_… variables and PORT; nothing else of this process's environment is passed on but PATH. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const startDeadlineMs = 90_000;
const running = new Set<ChildProcess>();
// A test run that is cut off must not leave hubs behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `lianhub start` and resolves when it says that it is running. Rejects with what it said when it ends first. */
export async function startHubProcess(options: HubProcessOptions): Promise<HubProcess> {
  const { role = 'all', fromSources = false, config, env } = options;
  const child = spawn(
    process.execPath,
    [
      ...(fromSources
        ? ['--import', 'tsx', path.join(packageRoot, 'src/cli/main.ts')]
        : [path.join(inject('code'), 'src/cli/main.js')]),
      ...['start', '--role', role],
      ...(config === undefined ? [] : ['--config', config]),
    ],
    {
      cwd: packageRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HUB_LOG_LEVEL: 'warn', ...env },
    },
  );
  running.add(child);
  let said = '';
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      said += `\n(${role} ${child.pid} ended with ${code ?? signal})\n`;
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(deadline);
      reject(new Error(`the hub (${role}) ${why}; it said:\n${said}`));
    };
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`was not running after ${startDeadlineMs} ms`);
    }, startDeadlineMs);
    const hear = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      // The last line of what it prints when it is up.
      if (/ is running\.[\s\S]*lianhub (-- )?check/.test(said)) {
        clearTimeout(deadline);
        resolve();
      }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(({ code, signal }) => fail(`ended at once with ${code ?? signal}`));
    child.once('error', (error) => fail(error.message));
  });
  const end = (signal: NodeJS.Signals): Promise<Ending> => {
    child.kill(signal);
    return ended;
  };
  return {
    pid: child.pid as number,
    url: /^ {2}API +(\S+)$/m.exec(said)?.[1],
    token: /^ {2}Token +(\S+)$/m.exec(said)?.[1],
    output: () => said,
    ended,
    kill: () => end('SIGKILL'),
    interrupt: () => end('SIGINT'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}
