/**
 * The least that can acknowledge a webhook after its commit: one Hono route with the same verification, and one insert
 * for all that came while the last was under way. Nothing is split by configuration, recognised, rung or counted.
 */
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { openDatabase } from '../../src/ledger/database.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { migrations } from '../../src/ledger/migrations/index.ts';
import { ensurePartitions } from '../../src/ledger/partitions.ts';
import { receiverOf } from '../connector/index.ts';
import { Batcher } from '../sync/batcher.ts';
import type { Setting } from '../sync/side.ts';

/** The rows of the inbox, and the messages as they came, as the hub keeps both; `keeps` false: the inbox alone. */
const insertRows = `
  insert into inbox (received_at, connection, object, remote_id, via, body, lane, priority, state, due_at)
  select date_trunc('milliseconds', clock_timestamp()), 'shop', object, remote_id, 'webhook', body,
         'limit', 4, 'due', now()
  from unnest($1::text[], $2::text[], $3::bytea[]) as x(object, remote_id, body)`;
const insertBoth = `
  with kept as (
    insert into webhook_messages (received_at, connection, method, query, headers, body, previous_secret)
    select date_trunc('milliseconds', clock_timestamp()), 'shop', 'POST', '', headers, body, false
    from unnest($4::bytea[], $5::jsonb[]) as m(body, headers))
  ${insertRows}`;

interface Row {
  readonly object: string;
  readonly remoteId: string;
  readonly body: Buffer;
  readonly raw: Buffer;
  readonly headers: string;
}

export interface BareRoute {
  /** `http://host:port` that takes webhooks. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @param keeps whether messages are kept as they came, as the hub does */
export async function startBareRoute(setting: Setting, keeps: boolean): Promise<BareRoute> {
  const database = await openDatabase({ url: setting.databaseUrl, schema: setting.schema, max: 4 });
  await migrate(database, migrations);
  await database.transaction((sql) => ensurePartitions(sql, new Date()));
  const door = new Batcher<Row>(async (rows) => {
    const values = [
      rows.map((row) => row.object),
      rows.map((row) => row.remoteId),
      rows.map((row) => row.body),
    ];
    if (keeps)
      values.push(
        rows.map((row) => row.raw) as never,
        rows.map((row) => row.headers),
      );
    const statement = keeps
      ? { name: 'limit-both', text: insertBoth }
      : { name: 'limit-rows', text: insertRows };
    await database.query(statement, values);
  });
  const receiver = receiverOf(setting.key, Date.now);
  const app = new Hono();
  app.post('/hooks/:connection', async (context) => {
    const body = new Uint8Array(await context.req.raw.arrayBuffer());
    const headers = context.req.header();
    const verdict = receiver.receive({ method: 'POST', query: '', headers, body, receivedAt: new Date() });
    if (!verdict.ok) return context.text(verdict.message, 401);
    for (const notice of verdict.notices) {
      await door.add({
        object: notice.object,
        remoteId: notice.remoteId,
        body: Buffer.from(JSON.stringify(notice.body)),
        raw: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
        headers: JSON.stringify({ 'content-type': headers['content-type'] }),
      });
    }
    return context.text('ok');
  });
  const server = createAdaptorServer({ fetch: (request, env) => app.fetch(request, env) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      (server as http.Server).closeAllConnections();
      server.close();
      await database.close();
    },
  };
}
