/**
 * What every simulator is: the vendor's API as a Hono app over memory. Simulators serve the demo, the
 * tests, the benchmarks, and users who rehearse before production.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Faults } from './faults.ts';
import type { LimitWatch } from './limit-watch.ts';
import type { JsonObject } from './types.ts';

export interface Simulator {
  readonly app: Hono;
  /** Config and secrets a connection to this simulator needs, served at `baseUrl`. */
  connectionFor(baseUrl: string): { readonly config: JsonObject; readonly secrets: JsonObject };
  /** Where webhooks go from now on; undefined: nowhere, they are not kept. */
  notifyAt(webhookUrl: string | undefined): void;
  readonly faults: Faults;
  /** Calls received per operation, those that failed on purpose included. */
  readonly calls: ReadonlyMap<string, number>;
  /** Counts calls as the vendor would, and how often a limit was exceeded; where the simulator keeps limits. */
  readonly limits?: LimitWatch;
  /** Stops timers and webhooks; the memory can still be read. */
  stop(): Promise<void>;
}

export interface Served {
  /** `http://127.0.0.1:<port>`, no slash at the end. */
  readonly url: string;
  /** Ends every connection at once, also those a fault holds open. */
  close(): Promise<void>;
}

/** Serves an app on 127.0.0.1. Port 0 takes a free one. Rejects when the port is taken. */
export async function serve(app: Pick<Hono, 'fetch'>, port = 0): Promise<Served> {
  const server = createAdaptorServer({ fetch: (request, env) => app.fetch(request, env) });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port: taken } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${taken}`,
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        server.close(() => resolve());
        (server as Server).closeAllConnections();
      });
      return closing;
    },
  };
}
