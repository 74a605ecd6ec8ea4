import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { serve } from '../src/http/serve.ts';
import { packageRoot } from '../src/hub.ts';
import { documents, nextClosing } from '../src/lanes/closing.ts';
import { pauseConnection } from '../src/ledger/connections.ts';
import { newId } from '../src/ledger/ids.ts';
import { insertRecords } from '../src/ledger/records.ts';
import { takeSnapshot } from '../src/ledger/snapshot.ts';
import { addTraffic } from '../src/ledger/traffic.ts';
import type { JsonObject } from '../src/model/json.ts';
import { idsOf, type TraceIds } from '../src/observe/tracing.ts';
import { startTestHub, type TestHub, tokenOf, until } from './harness.ts';
import { hasPrometheus, startPrometheus } from './support/prometheus.ts';

const rules = path.join(packageRoot, 'deploy/prometheus/rules.yml');
const dashboards = path.join(packageRoot, 'deploy/grafana/dashboards');

let hub: TestHub;
let collector: Awaited<ReturnType<typeof startCollector>>;

beforeAll(async () => {
  collector = await startCollector();
  hub = await startTestHub({
    tracing: { url: `${collector.url}/v1/traces` },
    config: (config) => {
      const { erp } = config.connections;
      if (!erp) throw new Error('there is no ERP');
      const days = {
        authorisedUntil: '2099-01-01T00:00:00.000Z',
        closing: { day: 5, zone: 'Asia/Shanghai' },
      };
      const connections = { ...config.connections, erp: { ...erp, ...days } };
      return { ...config, connections, server: { ...config.server, metricsPort: 0 } };
    },
  });
});
afterAll(async () => {
  await hub?.stop();
  await collector?.close();
});

async function metricsText(): Promise<string> {
  const answer = await fetch(`${hub.url}/metrics`);
  expect(answer.status).toBe(200);
  return answer.text();
}

/** What the hub itself exports: names of Node's are not ours to choose. */
function ownOf(text: string): string {
  return `${text
    .split('\n')
    .filter((line) => /^(# \w+ )?lianhub_/.test(line))
    .join('\n')}\n`;
}

/** The value of a series; its labels in any order. */
function seriesOf(text: string, name: string, labels: Readonly<Record<string, string>>): number | undefined {
  const line = text
    .split('\n')
    .find(
      (one) =>
        one.startsWith(`${name}{`) &&
        Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`)),
    );
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}

describe('what is exported', () => {
  test('counts what was told, taken in and written, by a few labels and never by an id', async () => {
    const text = await metricsText();
    const products = { connection: 'erp', object: 'BD_MATERIAL' };
    expect(seriesOf(text, 'lianhub_messages_received_total', { ...products, via: 'poll' })).toBeGreaterThan(
      0,
    );
    expect(
      seriesOf(text, 'lianhub_messages_applied_total', { ...products, outcome: 'done' }),
    ).toBeGreaterThan(0);
    expect(
      seriesOf(text, 'lianhub_vendor_call_seconds_count', { connection: 'erp', kind: 'poll' }),
    ).toBeGreaterThan(0);
    expect(seriesOf(text, 'lianhub_inbox_oldest_seconds', products)).toBe(0);
    expect(seriesOf(text, 'lianhub_dead_letters', { ...products, what: 'message' })).toBe(0);
    expect(seriesOf(text, 'lianhub_health', { connection: 'erp' })).toBe(0);
    expect(seriesOf(text, 'lianhub_authorisation_expires_seconds', { connection: 'erp' })).toBeGreaterThan(0);
    const closing = seriesOf(text, 'lianhub_closing_seconds', { connection: 'erp' });
    expect(closing).toBeGreaterThan(0);
    expect(closing).toBeLessThanOrEqual(31 * 86_400);
    expect(seriesOf(text, 'lianhub_closing_open_documents', { connection: 'erp' })).toBe(0);
    const labels = new Set([...text.matchAll(/[{,]([a-z_]+)="/g)].map((match) => match[1]));
    const known =
      'connection object entity outcome via kind state what subject share rule sync role token subscription le';
    const ofNode = 'type space version major minor patch';
    expect([...labels].filter((label) => !`${known} ${ofNode}`.split(' ').includes(label ?? ''))).toEqual([]);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  test('everything that rules and dashboards ask for', async () => {
    const exported = new Set([...(await metricsText()).matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]));
    const asking = [rules, ...readdirSync(dashboards).map((name) => path.join(dashboards, name))];
    const asked = asking.flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/\b(?:lianhub|nodejs|process)_[a-z0-9_]+/g),
    ]);
    const names = new Set(asked.map(([name]) => name.replace(/_(bucket|count|sum)$/, '')));
    expect(names.size).toBeGreaterThan(20);
    expect([...names].filter((name) => !exported.has(name))).toEqual([]);
  });

  test('to programs on this machine, to whoever has a token, and on a port of its own', async () => {
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${hub.url}/metrics`, { headers })).status;
    expect(await ask({})).toBe(200);
    // What a proxy passes on comes from this machine, too.
    expect(await ask({ 'x-forwarded-for': '203.0.113.9' })).toBe(401);
    const authorization = `Bearer ${await tokenOf(hub)}`;
    expect(await ask({ 'x-forwarded-for': '203.0.113.9', authorization })).toBe(200);
    expect((await fetch(`${hub.hub.metricsUrl}/metrics`)).status).toBe(200);
    expect((await fetch(`${hub.hub.metricsUrl}/v1/status`)).status).toBe(404);
  });
});

test('documents of a month whose books are about to be closed are counted while they are not there', async () => {
  const open = async (data: object, entity = 'order'): Promise<void> => {
    const [record, link] = [newId(), newId()];
    await insertRecords(hub.database, [
      {
        ...{ id: record, entity, state: 'live', alias_of: null, data: data as JsonObject, version: 1 },
        ...{ provenance: {}, mapping_version: null },
      },
    ]);
    await hub.database.query(
      `insert into links (id, record_id, entity, connection, object, origin, state, lane, priority, dirty_since, due_at)
       values ($1, $2, $3, 'books', 'bill', false, 'parked', 'push/books/bill/0', 5, now() - interval '1 hour', now())`,
      [link, record, entity],
    );
  };
  await open({ placedAt: '2026-10-31T15:59:59.000Z' });
  await open({ placedAt: '2026-10-31T16:00:00.000Z' });
  await open({ placedAt: '2026-10-30T10:00:00.000Z', businessDate: '2026-11-01' });
  await open({ placedAt: '2026-11-02T10:00:00.000Z', businessDate: '2026-10-31' });
  await open({ occurredAt: '2026-10-01T00:00:00.000Z' }, 'product');
  await open({});
  const { before } = nextClosing(
    { day: 5, zone: 'Asia/Shanghai' },
    Date.parse('2026-11-04T00:00:00Z') / 1000,
  );
  const { open_documents: found } = await takeSnapshot(hub.database, [
    { connection: 'books', entities: documents, ...before },
  ]);
  expect(found).toEqual([{ connection: 'books', count: 2, since: expect.any(Number) }]);
  await hub.database.query(`delete from links where connection = 'books'`);
});

const told = z.object({
  state: z.string(),
  connections: z.array(
    z.object({
      connection: z.string(),
      state: z.string(),
      findings: z.array(z.object({ code: z.string(), what: z.string(), action: z.string() })),
    }),
  ),
  syncs: z.array(z.object({ sync: z.string(), state: z.string() })),
});

async function health(): Promise<z.infer<typeof told>> {
  const authorization = `Bearer ${await tokenOf(hub)}`;
  return told.parse(await (await fetch(`${hub.url}/v1/health`, { headers: { authorization } })).json());
}

describe.runIf(hasPrometheus())('a real Prometheus', () => {
  test('finds rules, their tests and what is exported right', async () => {
    const folder = path.dirname(rules);
    execFileSync('promtool', ['check', 'rules', rules], { stdio: 'pipe' });
    execFileSync('promtool', ['test', 'rules', path.join(folder, 'rules.test.yml')], { stdio: 'pipe' });
    execFileSync('promtool', ['check', 'config', '--syntax-only', path.join(folder, 'prometheus.yml')], {
      stdio: 'pipe',
    });
    execFileSync('promtool', ['check', 'metrics'], { input: ownOf(await metricsText()), stdio: 'pipe' });
  });

  test('scrapes a running hub, evaluates every rule and says when something is held back', async () => {
    await hub.database.query(
      `insert into deletions (link_id, record_id, entity, connection, object, remote_id, via, state)
       values ($1, $1, 'product', 'erp', 'BD_MATERIAL', '1', 'pass', 'held')`,
      [newId()],
    );
    const prometheus = await startPrometheus(new URL(hub.hub.metricsUrl ?? '').host, rules);
    try {
      await until('it has scraped the hub', async () => {
        const found = await prometheus.get('query?query=lianhub_messages_applied_total');
        return (found as { result?: unknown[] } | undefined)?.result?.length !== 0 && found !== undefined;
      });
      const evaluated = z.object({
        groups: z.array(
          z.object({ rules: z.array(z.object({ name: z.string(), health: z.string(), state: z.string() })) }),
        ),
      });
      await until('all rules are evaluated and the alert is raised', async () => {
        const found = evaluated.safeParse(await prometheus.get('rules'));
        const all = found.data?.groups.flatMap((group) => group.rules) ?? [];
        return (
          all.length > 15 &&
          all.every((rule) => rule.health === 'ok') &&
          all.some((rule) => rule.name === 'LianHubBrake' && rule.state === 'firing')
        );
      });
    } finally {
      await prometheus.stop();
      await hub.database.query(`delete from deletions where remote_id = '1' and state = 'held'`);
    }
  });
});

describe('a trace', () => {
  test('leads from the message that was received to the calls it has caused, by ids any process can work out', async () => {
    const number = hub.pos.placeOrder('WEB', hub.inventor.order());
    let traces: readonly TraceIds[] = [];
    const callOf = (): Span | undefined =>
      collector.spans.find(
        (span) => span.name.startsWith('call erp ') && traces.some((ids) => ids.traceId === span.traceId),
      );
    await until('the order is written to the ERP, and that is told', async () => {
      const { rows } = await hub.database.query<{ id: number }>(
        `select id from inbox where connection = 'pos' and remote_id like $1`,
        [`%${number}%`],
      );
      traces = rows.map((row) => idsOf(hub.database.schema, row.id));
      return callOf() !== undefined;
    });
    const call = callOf();
    const find = (id: string | undefined): Span | undefined =>
      collector.spans.find((span) => span.spanId === id);
    await until('its whole way is told', () => find(find(call?.parentSpanId)?.parentSpanId) !== undefined);
    const write = find(call?.parentSpanId);
    const root = find(write?.parentSpanId);
    expect(write?.name).toMatch(/^write erp\/\S+ \w+$/);
    expect(root?.name).toMatch(/^message pos\//);
    expect(root?.parentSpanId ?? '').toBe('');
    expect(traces.map((ids) => ids.spanId)).toContain(root?.spanId);
    // Ids only: nothing of what was bought, and nobody who did.
    const said = collector.spans.flatMap((span) => [span.name, ...textsOf(span.attributes)]);
    expect(said).toContain('erp');
    for (const text of said) expect(text).not.toMatch(/\b1[3-9]\d{9}\b/);
  });
});

const spanSchema = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })).default([]),
});
const textsOf = (attributes: Span['attributes']): string[] =>
  attributes.flatMap(({ value }) => Object.values(value).map(String));
type Span = z.infer<typeof spanSchema>;
const exported = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});

/** Takes OTLP over HTTP, as a collector does. */
async function startCollector() {
  const spans: Span[] = [];
  const listener = getRequestListener(async (request) => {
    const told = exported.parse(await request.json());
    spans.push(...told.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
    return Response.json({});
  });
  const served = await serve((incoming, outgoing) => void listener(incoming, outgoing), {
    port: 0,
    host: '127.0.0.1',
    purpose: 'a collector',
  });
  return { ...served, spans };
}

describe('health', () => {
  test('says of a connection and of its syncs what is wrong and what to do', async () => {
    await pauseConnection(hub.database, 'wms', 600_000, 'the secret is not known there');
    const ofWms = async () => (await health()).connections.find((one) => one.connection === 'wms');
    await until('it is told', async () => (await ofWms())?.state === 'red');
    const { connections, syncs } = await health();
    const wms = connections.find((one) => one.connection === 'wms');
    expect(wms?.findings).toEqual([expect.objectContaining({ code: 'health.paused' })]);
    expect(wms?.findings[0]?.what).toMatch(/^wms is held back until .*: the secret is not known there$/);
    expect(connections.find((one) => one.connection === 'pos')?.state).toBe('green');
    expect(syncs.filter((one) => one.state === 'red').length).toBeGreaterThan(0);
    expect(syncs.filter((one) => one.state === 'green').length).toBeGreaterThan(0);
  });
});

describe('flows', () => {
  const flows = async (minutes: number) => {
    const authorization = `Bearer ${await tokenOf(hub)}`;
    const answer = await fetch(`${hub.url}/v1/flows?minutes=${minutes}`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    return flowsSchema.parse(await answer.json());
  };

  test('say how much came in and was written in each step, as all processes together have counted it', async () => {
    const at = { connection: 'erp', object: 'BD_MATERIAL' };
    const inLedger = async (): Promise<number> =>
      (
        await hub.database.query<{ count: number }>(
          `select count(*)::int as count from inbox where connection = $1 and object = $2`,
          [at.connection, at.object],
        )
      ).rows[0]?.count ?? 0;
    const told = async (minutes: number) =>
      (await flows(minutes)).places.find(
        (one) => one.connection === at.connection && one.object === at.object,
      );
    const sum = (counts: readonly number[] = []): number => counts.reduce((total, one) => total + one, 0);
    await until('what was counted is kept', async () => {
      const counted = sum((await told(60))?.received);
      return counted > 0 && counted === (await inLedger());
    });
    // What another process has counted is added to it.
    const before = sum((await told(60))?.received);
    const none = { written: 0, refused: 0, repeated: 0, dead: 0 };
    await addTraffic(hub.database, [{ ...at, ...none, received: 3 }]);
    const place = await told(60);
    expect(sum(place?.received)).toBe(before + 3);
    expect(place).toMatchObject({ syncs: ['product'], reads: true, writes: false, pollSeconds: 300 });
    expect(place?.readUpTo).not.toBeNull();
  });

  test('have about sixty steps, however far back they go', async () => {
    for (const [minutes, stepSeconds, steps] of [
      [5, 60, 5],
      [60, 60, 60],
      [1_440, 1_440, 60],
      [10_080, 10_080, 60],
    ] as const) {
      const told = await flows(minutes);
      expect([told.stepSeconds, told.steps]).toEqual([stepSeconds, steps]);
      expect(told.places.every(({ received }) => received.length === steps)).toBe(true);
      expect(Date.parse(told.from) + steps * stepSeconds * 1_000).toBeGreaterThan(Date.now());
    }
  });
});

const counts = z.array(z.number());
const flowsSchema = z.object({
  from: z.string(),
  stepSeconds: z.number(),
  steps: z.number(),
  places: z.array(
    z.object({
      ...{ connection: z.string(), object: z.string(), syncs: z.array(z.string()) },
      ...{ reads: z.boolean(), writes: z.boolean(), received: counts, written: counts },
      ...{ readUpTo: z.string().nullable(), pollSeconds: z.number().nullable() },
    }),
  ),
});
