/**
 * The bare job by hand: the same libraries, the same verification, the same inbox table and the same
 * durability, and nothing else. Signed webhook → inbox row, many per commit → read back → mapped by a
 * function → POSTed over kept-alive connections in a sliding window → marked done. No golden record, no
 * links, no history, no retry: what it loses when something fails is lost.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import axios from 'axios';
import { Hono } from 'hono';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { migrations } from '../../src/ledger/migrations/index.ts';
import { ensurePartitions } from '../../src/ledger/partitions.ts';
import { receiverOf } from '../connector/index.ts';
import { callsAtOnce, type ShopOrder } from '../connector/shapes.ts';
import { Batcher, batch } from './batcher.ts';
import { billOf } from './goods.ts';
import type { Setting, Side } from './side.ts';

const insertText = `
  insert into inbox (received_at, connection, object, remote_id, via, body, lane, priority, state, due_at)
  select date_trunc('milliseconds', clock_timestamp()), 'shop', object, remote_id, 'webhook', body,
         'limit', 5, 'due', now()
  from unnest($1::text[], $2::text[], $3::bytea[]) as x(object, remote_id, body)`;
const readText = `
  select id, received_at, object, body from inbox
  where lane = 'limit' and priority = 5 and state = 'due' and id > $1 order by id limit $2`;
const doneText = `
  update inbox i set state = 'done', finished_at = now(), attempts = 1
  from unnest($1::timestamptz[], $2::bigint[]) as x(received_at, id)
  where i.received_at = x.received_at and i.id = x.id`;

interface Row {
  readonly id: number;
  readonly received_at: Date;
  readonly object: string;
  readonly body: Buffer;
}

export async function startLimit(setting: Setting): Promise<Side> {
  const database = await openDatabase({ url: setting.databaseUrl, schema: setting.schema, max: 4 });
  await migrate(database, migrations);
  await database.transaction((sql) => ensurePartitions(sql, new Date()));
  const worker = new Worker(database, setting.target);
  const door = new Batcher<{ object: string; remoteId: string; body: Uint8Array }>(async (rows) => {
    await database.query({ name: 'limit-insert', text: insertText }, [
      rows.map((row) => row.object),
      rows.map((row) => row.remoteId),
      rows.map((row) => Buffer.from(row.body)),
    ]);
    worker.wake();
  });
  const receiver = receiverOf(setting.key, Date.now);
  const app = new Hono();
  app.post('/hooks/:connection', async (context) => {
    const body = new Uint8Array(await context.req.raw.arrayBuffer());
    const verdict = receiver.receive({
      method: 'POST',
      query: '',
      headers: context.req.header(),
      body,
      receivedAt: new Date(),
    });
    if (!verdict.ok) return context.text(verdict.message, 401);
    for (const { object, remoteId } of verdict.notices) await door.add({ object, remoteId, body });
    return context.text('ok');
  });
  const server = createAdaptorServer({ fetch: (request, env) => app.fetch(request, env) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    queue: 'none',
    async quiet() {
      const { rows } = await database.query<{ busy: boolean }>(
        `select exists (select 1 from inbox where state = 'due') as busy`,
      );
      return rows[0]?.busy === false;
    },
    trouble: async () => worker.trouble,
    async stop() {
      (server as http.Server).closeAllConnections();
      server.close();
      worker.stop();
      await database.close();
    },
  };
}

/** Reads rows in order, keeps the window full, and marks what was answered, many rows per commit. */
class Worker {
  readonly trouble: string[] = [];
  readonly #database: Database;
  readonly #target: string;
  readonly #agent = new http.Agent({ keepAlive: true, keepAliveMsecs: 60_000, maxSockets: callsAtOnce });
  readonly #post = axios.getAdapter('http');
  readonly #done: Batcher<Row>;
  #rows: Row[] = [];
  #last = 0;
  #reading = false;
  #rung = false;
  #underWay = 0;

  constructor(database: Database, target: string) {
    this.#database = database;
    this.#target = `${target}/bills`;
    this.#done = new Batcher(async (rows) => {
      await this.#database.query({ name: 'limit-done', text: doneText }, [
        rows.map((row) => row.received_at),
        rows.map((row) => row.id),
      ]);
    });
  }

  /** Rows were committed. */
  wake(): void {
    this.#rung = true;
    if (!this.#reading) void this.#read();
  }

  stop(): void {
    this.#agent.destroy();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    while (this.#rung && this.#rows.length < batch) {
      this.#rung = false;
      const { rows } = await this.#database.query<Row>({ name: 'limit-read', text: readText }, [
        this.#last,
        batch,
      ]);
      if (rows.length === batch) this.#rung = true;
      this.#last = rows.at(-1)?.id ?? this.#last;
      this.#rows.push(...rows);
      this.#fill();
    }
    this.#reading = false;
  }

  #fill(): void {
    while (this.#underWay < callsAtOnce) {
      const row = this.#rows.shift();
      if (!row) break;
      this.#underWay += 1;
      void this.#send(row).finally(() => {
        this.#underWay -= 1;
        this.#fill();
      });
    }
    if (this.#rung && !this.#reading && this.#rows.length < callsAtOnce) void this.#read();
  }

  async #send(row: Row): Promise<void> {
    try {
      const message = JSON.parse(row.body.toString('utf8')) as { readonly data: ShopOrder };
      if (row.object === 'order') {
        const answer = await this.#post({
          method: 'POST',
          url: this.#target,
          headers: new axios.AxiosHeaders({ 'content-type': 'application/json' }),
          data: Buffer.from(JSON.stringify(billOf(message.data))),
          httpAgent: this.#agent,
          proxy: false,
          maxRedirects: 0,
          responseType: 'arraybuffer',
        });
        if (answer.status !== 201) throw new Error(`answered ${answer.status}`);
      }
    } catch (error) {
      this.#note(row, error);
      return;
    }
    // The window moves on; the mark follows with the next commit.
    void this.#done.add(row).catch((error: unknown) => this.#note(row, error));
  }

  #note(row: Row, error: unknown): void {
    this.trouble.push(`${row.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
