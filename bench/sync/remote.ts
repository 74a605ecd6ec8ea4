/** Calling functions of a child process: one message out, one back. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';

type Handler = (argument: never) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}
interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Answers calls of the parent with these functions; ends the process when the parent is gone. */
export function answer(handlers: Handlers): void {
  process.on('message', (call: Call) => {
    const handler = handlers[call.name];
    void Promise.resolve()
      .then(() => {
        if (!handler) throw new TypeError(`this process has no ${call.name}`);
        return handler(call.argument as never);
      })
      .then(
        (value): Reply => ({ id: call.id, value }),
        (error: unknown): Reply => ({
          id: call.id,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
      )
      .then((reply) => {
        process.send?.(reply);
      });
  });
  process.once('disconnect', () => process.exit(0));
}

export interface Remote<H extends Handlers> {
  call<Name extends keyof H & string>(
    name: Name,
    argument: Parameters<H[Name]>[0],
  ): Promise<Awaited<ReturnType<H[Name]>>>;
  readonly pid: number;
  /** Ends the process; calls still open fail. */
  stop(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '../..');
let code: string | undefined;

/** From now on sources are started as the JavaScript made of them, which lies in this folder. */
export function startFrom(folder: string): void {
  code = folder;
}

/** That folder. Throws when nobody has made it. */
export function startedFrom(): string {
  if (code === undefined) throw new Error('the sources were not transpiled');
  return code;
}

function startedFor(file: string): string {
  if (code === undefined || !file.endsWith('.ts')) return file;
  return path.join(code, path.relative(root, file)).replace(/\.ts$/, '.js');
}

/** Starts a module of ours, source or JavaScript, in a process of its own. `nodeOptions` go before it, e.g. a profiler's. */
export function start<H extends Handlers>(
  file: string,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): Remote<H> {
  const module = startedFor(file);
  const child: ChildProcess = fork(module, args, {
    execArgv: [...(module.endsWith('.ts') ? ['--import', 'tsx'] : []), ...nodeOptions],
    serialization: 'advanced',
    // What it says goes to standard error: standard output belongs to the result.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let next = 0;
  child.on('message', (reply: Reply) => {
    const waiting = open.get(reply.id);
    open.delete(reply.id);
    if (reply.error === undefined) waiting?.resolve(reply.value);
    else waiting?.reject(new Error(reply.error));
  });
  void ended.then(() => {
    for (const waiting of open.values()) waiting.reject(new Error(`${file} ended unexpectedly`));
  });
  return {
    pid: child.pid ?? 0,
    call(name, argument) {
      return new Promise((resolve, reject) => {
        next += 1;
        open.set(next, { resolve: (value) => resolve(value as never), reject });
        child.send({ id: next, name, argument } satisfies Call, (error) => {
          if (error) reject(error);
        });
      });
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
