/**
 * HUB_LOCK says that a living hub uses an embedded server. It is an advisory lock on a connection of its own:
 * the server gives it back the moment the hub's process is gone, however it went.
 */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** Key of the advisory lock a hub holds on its embedded server: `LIAN` in ASCII. */
export const HUB_LOCK = 0x4c49414e;

const retryMs = 500;

export interface HubLock {
  release(): Promise<void>;
}

/** pg's client; the type declarations lack these two methods, which decide whether it keeps the process alive. */
export class Connection extends pg.Client {
  declare ref: () => void;
  declare unref: () => void;
}

/** Opens one connection outside any pool. */
export async function connect(url: string, timeoutMs = 5_000): Promise<Connection> {
  const client = new Connection({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    application_name: 'lianhub start',
  });
  // Errors after connecting mean the connection is gone; whoever uses it next is told by the query.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Tries to take HUB_LOCK on an open connection. */
export async function tryLock(client: Connection): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    'SELECT pg_try_advisory_lock($1::bigint) AS taken',
    [HUB_LOCK],
  );
  return rows[0]?.taken === true;
}

/**
 * Takes HUB_LOCK and keeps it, also across a crash restart of the server. Undefined when another hub has it.
 */
export async function holdHubLock(url: string): Promise<HubLock | undefined> {
  let released = false;
  let client = await connect(url);
  if (!(await tryLock(client))) {
    await client.end();
    return undefined;
  }
  keep(client);

  function keep(current: Connection): void {
    current.unref();
    current.once('end', () => {
      if (!released) void again();
    });
  }

  async function again(): Promise<void> {
    while (!released) {
      try {
        client = await connect(url);
        // Given back meanwhile: whoever starts next must find it free.
        if (!released && (await tryLock(client)) && !released) return keep(client);
        await client.end();
      } catch {
        // The server is still recovering; the next attempt finds it or the hub is told that it is lost.
      }
      await wait(retryMs, undefined, { ref: false });
    }
    await client.end().catch(() => undefined);
  }

  return {
    async release() {
      released = true;
      client.ref();
      // A connection that is already gone has given the lock back.
      await client.end().catch(() => undefined);
    },
  };
}
