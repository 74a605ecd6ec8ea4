import type { Connector, Notice, ObjectFacts } from '../../connectors/kit/types.ts';
import { connectors } from '../../connectors/registry.ts';
import { type DemoSummary, summarise } from '../../src/demo/summary.ts';
import { entryOf } from '../../src/ingest/entries.ts';
import { pollNow } from '../../src/ledger/cursors.ts';
import { type InboxVia, insertInbox } from '../../src/ledger/inbox.ts';
import { countRecords, workLeft } from '../../src/ledger/overview.ts';
import type { JsonObject } from '../../src/model/index.ts';
import { type TestHub, until } from '../harness.ts';

/** Changes to the shipped hub.yaml so that nothing waits longer than a test has to. */
export function hasty(text: string): string {
  return text
    .replace('quiet: 5s', 'quiet: 800ms')
    .replace('poll: 2s', 'poll: 1s')
    .replace('  shards: 2', '  shards: 2\n  sweep: 200ms');
}

/** The registered connectors with other facts about their objects: same code, deadlines a test can wait for. */
export function withFacts(change: (facts: ObjectFacts, object: string) => ObjectFacts): {
  readonly [name: string]: Connector;
} {
  return Object.fromEntries(
    Object.entries(connectors).map(([name, connector]) => [
      name,
      {
        ...connector,
        objects: Object.fromEntries(
          Object.entries(connector.objects).map(([object, facts]) => [object, change(facts, object)]),
        ),
      },
    ]),
  );
}

/** China's 10:00 two days ago: a business day that is over for every till. */
export function closedDay(): number {
  const day = new Date(Date.now() + 8 * 3_600_000 - 2 * 86_400_000);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), 2);
}

/** What the vendors have after these orders and tickets, and nothing else, were put in. */
export async function outcome(
  hub: TestHub,
  orders: readonly string[],
  tickets: number,
): Promise<DemoSummary> {
  const expected = { orders, tickets, stores: hub.stores };
  return summarise(hub, expected, new Map(), 0, await countRecords(hub.database));
}

/** Waits until the vendors have everything, once, and the hub has nothing left to do; fails with what is short. */
export async function finished(
  hub: TestHub,
  orders: readonly string[],
  tickets: number,
  timeoutMs = 45_000,
): Promise<void> {
  let last: DemoSummary | undefined;
  try {
    await until(
      'the main job is complete',
      async () => {
        if ((await workLeft(hub.database)) > 0) return false;
        last = await outcome(hub, orders, tickets);
        return last.complete;
      },
      timeoutMs,
    );
  } catch (cause) {
    const { database } = hub;
    const stuck = {
      links: `select connection, object, entity, state, step, error_code, error from links
        where state <> 'idle' or error_code is not null limit 10`,
      groups: `select rule, group_key, state, error_code, error from derivation_groups where state <> 'done' limit 10`,
      inbox: `select connection, object, remote_id, via, state, error_code, error from inbox
        where state not in ('done', 'dropped') limit 10`,
      // Orders nobody made an instruction for, and all that was told of their bills.
      orders: `select r.data ->> 'number' as number, r.data -> 'states' as states, r.version, (
          select jsonb_agg(jsonb_build_array(i.id, i.via, i.state, i.error_code, convert_from(i.body, 'utf8')::jsonb ->> 'FDocumentStatus') order by i.id)
          from links l join inbox i on i.connection = l.connection and i.object = l.object and i.remote_id = l.remote_id
          where l.record_id = r.id and l.connection = 'erp') as told
        from records r where r.entity = 'order' and r.data ->> 'kind' = 'web' and not exists (
          select 1 from records f where f.entity = 'fulfilment' and f.data -> 'orderIds' ? r.id::text) limit 5`,
    };
    const trouble = Object.fromEntries(
      await Promise.all(
        Object.entries(stuck).map(async ([what, text]) => [what, (await database.query(text)).rows] as const),
      ),
    );
    throw new Error(`short: ${JSON.stringify({ last, trouble })}`, { cause });
  }
}

export interface GoldenRecord {
  readonly id: string;
  readonly version: number;
  readonly data: JsonObject;
}

/** Live golden records of an entity. */
export async function golden(hub: TestHub, entity: string): Promise<GoldenRecord[]> {
  const found = await hub.database.query<GoldenRecord>(
    `select id, version, data from records where entity = $1 and state = 'live' order by id`,
    [entity],
  );
  return found.rows;
}

export interface InboxState {
  readonly state: string;
  readonly error_code: string | null;
  readonly error: string | null;
}

/** Tells the hub something as a vendor would, through the inbox, and waits for what becomes of it. */
export async function tell(
  hub: TestHub,
  connection: string,
  notice: Notice,
  via: InboxVia = 'webhook',
  readAt?: string,
): Promise<InboxState> {
  const { database, world } = hub.hub;
  const entry = {
    ...entryOf(world.landscape, connection, notice, via),
    ...(readAt === undefined ? {} : { readAt }),
  };
  await insertInbox(database, [entry]);
  world.ring([entry.lane]);
  let row: InboxState | undefined;
  await until(`${notice.object} ${notice.remoteId} is applied`, async () => {
    row = await newestInbox(hub, connection, notice.object, notice.remoteId, [via]);
    return row !== undefined && row.state !== 'due';
  });
  return row as InboxState;
}

export async function newestInbox(
  hub: TestHub,
  connection: string,
  object: string,
  remoteId: string,
  via: readonly InboxVia[] = ['webhook', 'poll'],
): Promise<InboxState | undefined> {
  const found = await hub.database.query<InboxState>(
    `select state, error_code, error from inbox
     where connection = $1 and object = $2 and remote_id = $3 and via = any($4) order by id desc limit 1`,
    [connection, object, remoteId, via],
  );
  return found.rows[0];
}

/** What a vendor last told about one object of a kind: something to alter and tell again. */
export async function lastTold(
  hub: TestHub,
  connection: string,
  object: string,
  where = 'true',
): Promise<{ remoteId: string; revision: string | null; body: JsonObject }> {
  const found = await hub.database.query<{ remote_id: string; revision: string | null; body: Buffer }>(
    `select remote_id, revision, body from inbox
     where connection = $1 and object = $2 and via <> 'answer' and body is not null and ${where}
     order by id desc limit 1`,
    [connection, object],
  );
  const row = found.rows[0];
  if (!row) throw new Error(`${connection} never told of ${object}`);
  return {
    remoteId: row.remote_id,
    revision: row.revision,
    body: JSON.parse(row.body.toString('utf8')) as JsonObject,
  };
}

export interface LinkState {
  readonly id: string;
  readonly state: string;
  readonly step: string | null;
  readonly remote_number: string | null;
  readonly error_code: string | null;
  readonly error: string | null;
}

/** Copies of records in one system, by our own number of the record. */
export async function linkOf(
  hub: TestHub,
  connection: string,
  object: string,
  number: string,
): Promise<LinkState | undefined> {
  const found = await hub.database.query<LinkState>(
    `select l.id, l.state, l.step, l.remote_number, l.error_code, l.error from links l
     join records r on r.id = l.record_id
     where l.connection = $1 and l.object = $2 and r.data ->> 'number' = $3`,
    [connection, object, number],
  );
  return found.rows[0];
}

/** Polls every object of a connection (or those named) once and waits until the rounds are complete. */
export async function pollAll(hub: TestHub, connection: string, objects: readonly string[]): Promise<void> {
  const { database, world } = hub.hub;
  const asked = await database.query<{ at: string }>(`select clock_timestamp()::text as at`);
  for (const object of objects) await pollNow(database, connection, object);
  world.ring(objects.map((object) => `poll/${connection}/${object}`));
  // A round that was under way already may have read its first pages before the question.
  await until(`${connection} was polled`, async () => {
    const covered = await database.query(
      `select 1 from cursors where connection = $1 and object = any($2) and covered_at >= $3::timestamptz`,
      [connection, objects, asked.rows[0]?.at],
    );
    return covered.rowCount === objects.length;
  });
}

/** Calls that write something at a vendor, all systems together, by operation. */
export function writesOf(hub: TestHub): Record<string, number> {
  const writing =
    /BatchSave|Save|Submit|Audit|Push|deliveryorder\.create|shipOrder|completeOrder|updateProductInfo/;
  const counts: Record<string, number> = {};
  for (const calls of [hub.erp.callsByForm, hub.wms.calls, hub.pos.calls]) {
    for (const [operation, count] of calls) if (writing.test(operation)) counts[operation] = count;
  }
  return counts;
}
