/** A real redis-server for tests: on a free port, in memory only, to be flushed, stopped and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

export interface RedisServer {
  readonly url: string;
  /** Wipes everything, as if somebody had run FLUSHALL. */
  flush(): Promise<void>;
  /** Ends the process at once; `start` brings an empty one back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Whether a redis-server is at hand. In CI it must be: there it throws instead of letting tests be left out.
 */
export function hasRedis(): boolean {
  const found = spawnSync('redis-server', ['--version']).status === 0;
  if (!found && process.env.CI !== undefined) throw new Error('CI needs a redis-server');
  return found;
}

/** Starts one and waits until it answers. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      {
        stdio: 'ignore',
      },
    );
    await command((redis) => redis.ping());
  }

  async function command(run: (redis: Redis) => Promise<unknown>): Promise<void> {
    const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 100, retryStrategy: () => 20 });
    // Refusals before the server listens; the client tries again.
    redis.on('error', () => undefined);
    try {
      await run(redis);
    } finally {
      redis.disconnect();
    }
  }

  async function kill(): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    ending.kill('SIGKILL');
    await ended;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    flush: () => command((redis) => redis.flushall()),
    kill,
    start,
    stop: kill,
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
