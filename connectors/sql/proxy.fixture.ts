/** A PostgreSQL behind a wire that can fail: what a simulator is to other connectors, this is to databases. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { Hono } from 'hono';
import pg from 'pg';
import { type FaultKind, Faults, type JsonObject, jsonObject, type Simulator } from '../kit/index.ts';

export interface WiredDatabase extends Simulator {
  /** Runs a statement behind the wire. */
  run(text: string): Promise<readonly JsonObject[]>;
  /** Connections that came through the wire. */
  connections(): number;
  readonly port: number;
}

/** Faults that happen before a statement reaches the server, and those after its commit. */
const before: readonly FaultKind[] = ['error500', 'refuse', 'garbage'];
const after: readonly FaultKind[] = ['error500AfterEffect', 'timeoutAfterEffect'];

/** @param table statement that makes the table; everything lives in a schema of its own, gone after `stop` */
export async function startWired(
  databaseUrl: string,
  table: string,
  objects: JsonObject,
): Promise<WiredDatabase> {
  const url = new URL(databaseUrl);
  const schema = `wired_${process.pid}_${Date.now().toString(36)}_${Math.floor(Math.random() * 1e6)}`;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`create schema ${schema}; set search_path = ${schema}; ${table}`);
  const faults = new Faults();
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((near) => {
    count++;
    const far = connect(Number(url.port), url.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    let mute = false;
    near.on('data', (data) => {
      const operation = operationIn(data.toString('latin1'));
      const refusal = operation && faults.takeAnswer(operation);
      if (refusal) return void near.write(refusalOf(jsonObject(refusal.body)));
      const early = operation && faults.takeFirst(before, operation);
      if (early === 'garbage') near.end('<html>Login</html>');
      else if (early) near.destroy();
      if (early) return;
      // Only an insert is followed by a commit that somebody waits for in vain.
      const late = operation === 'commit' ? faults.takeFirst(after, 'insert') : undefined;
      if (late) mute = true;
      far.write(data);
      // The server has done it by the time it says so.
      if (late === 'error500AfterEffect') far.once('data', () => near.destroy());
    });
    far.on('data', (data) => {
      if (!mute) near.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    app: new Hono(),
    faults,
    calls: new Map(),
    port,
    connections: () => count,
    run: async (text) => (await client.query<JsonObject>(text)).rows,
    notifyAt() {},
    connectionFor: () => ({
      config: {
        dialect: 'postgres',
        host: '127.0.0.1',
        port,
        database: url.pathname.slice(1),
        user: decodeURIComponent(url.username),
        schema,
        timeoutMs: 5_000,
        objects,
      },
      secrets: { password: decodeURIComponent(url.password) },
    }),
    async stop() {
      await client.query(`drop schema ${schema} cascade`);
      await client.end();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What a server says instead of doing it: ErrorResponse with SQLSTATE and text, then ReadyForQuery. */
function refusalOf({ code, message }: JsonObject): Buffer {
  const fields = Buffer.from(`SERROR\0VERROR\0C${String(code)}\0M${String(message)}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from('E'), length, fields, Buffer.from('Z\0\0\0\u0005I')]);
}

function operationIn(text: string): 'insert' | 'select' | 'commit' | undefined {
  return (['insert', 'commit', 'select'] as const).find((word) => text.includes(word));
}
