import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startEmbedded } from '../src/ledger/embedded/index.ts';
import { readPidFile } from '../src/ledger/embedded/leftover.ts';

/** A PostgreSQL of the soak's own, which can be ended without a goodbye. */
export interface SoakPostgres {
  readonly url: string;
  /** Ends it as `pg_ctl stop -m immediate` does, and starts it again on the same port: it recovers from its log. */
  restartImmediate(): Promise<void>;
  /** What the server's log says of deadlocks: who waited for whom, with which statements. */
  deadlockNotes(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts one in a folder. It does not wait for the disk: processes end in a soak, machines do not. */
export async function startPostgres(folder: string): Promise<SoakPostgres> {
  let lost: () => void = () => undefined;
  const start = (port?: number) =>
    startEmbedded({
      dataDir: folder,
      durable: false,
      onLost: () => lost(),
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { url } = server;
  const port = Number(new URL(url).port);
  return {
    url,
    async restartImmediate() {
      const found = await readPidFile(server.dataDir);
      if (found === undefined) throw new Error('the database is not running');
      const ended = new Promise<void>((resolve) => {
        lost = resolve;
      });
      process.kill(found.pid, 'SIGQUIT');
      await ended;
      server = await start(port);
    },
    async deadlockNotes() {
      const log = await readFile(path.join(path.dirname(server.dataDir), 'postgres.log'), 'utf8');
      return log
        .split(/^(?=\d{4}-\d\d-\d\d )/m)
        .filter((entry, at, all) => /deadlock detected/.test(`${all[at - 1] ?? ''}${entry}`))
        .join('');
    },
    stop: () => server.stop(),
  };
}
