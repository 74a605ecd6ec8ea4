import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { defineConnector } from '../connectors/kit/types.ts';
import type { PospalSimulator } from '../connectors/pospal/simulator/index.ts';
import { connectors, simulators } from '../connectors/registry.ts';
import type { WecomSimulator } from '../connectors/wecom/simulator/index.ts';
import { rulesCommand } from '../src/cli/rules.ts';
import { readConfig } from '../src/config/index.ts';
import { HubError } from '../src/errors.ts';
import type { NewEvent } from '../src/events/event.ts';
import { type Hub, type HubOptions, packageRoot, startHub } from '../src/hub.ts';
import { fanOutLane } from '../src/lanes/events/consumer.ts';
import { ruleConsumer } from '../src/lanes/rules/consume.ts';
import { pollNow } from '../src/ledger/cursors.ts';
import { insertEvents, readEvent } from '../src/ledger/events.ts';
import { newId } from '../src/ledger/ids.ts';
import { insertRecords } from '../src/ledger/records.ts';
import { type ListedTimer, listTimers, statusOfRules } from '../src/ledger/rule-desk.ts';
import { silentLogger } from '../src/log.ts';
import type { JsonObject } from '../src/model/index.ts';
import { inspect } from '../src/setup/inspect.ts';
import { dropSchemas, until } from './harness.ts';

const send = (to: string, content: string): string =>
  `{ action: wecom.send-message, input: { to: ${to}, message: { type: text, content: ${content} } } }`;

const yaml = `
connections:
  pos: { connector: pospal, simulator: { accounts: [{ name: S01 }] } }
  wecom: { connector: wecom, simulator: {} }
  counter: { connector: counter }
  idle: { connector: counter, mode: observe }
syncs:
  customer: { parties: { pos: { mapping: pospal/customer, read: { poll: 1d } } } }
rules:
  welcome:
    on: customer.created
    when: record.code.startsWith("W-")
    do: ${send('{ users: [LiNa] }', '"Welcome {{ record.name }}"')}
  parcel:
    on: shipment.created
    after: 2h
    unless: order.completed
    do: ${send('{ departments: ["1"] }', '"Parcel {{ record.number }}: ask for it"')}
  address:
    on: order.paid
    do: ${send('{ users: ["{{ record.cashier }}"] }', '"{{ record.number }} is paid"')}
  late:
    on: milestone.missed
    when: event.data.milestone == "accepted"
    do: ${send('{ departments: ["1"] }', '"Late: {{ record.number }}, since {{ event.data.since }}"')}
  count:
    on: product.updated
    after: 2h
    unless: product.deleted
    do: { action: counter.count, input: { code: "{{ record.code }}" } }
  quiet:
    on: product.deleted
    do: { action: idle.count, input: { code: "{{ record.code }}" } }
milestones:
  accepted:
    from: order.paid
    to: { on: fulfilment.updated, when: 'record.states.process == "accepted"' }
    within: 30m
mappings: ${path.join(packageRoot, 'mappings')}
lanes: { shards: 2, sweep: 200ms, linger: 60ms }
server: { port: 0 }
`;

/** Counts what it is asked to do, by key; nothing else. */
const counted = new Map<string, number>();
const counter = defineConnector({
  name: 'counter',
  title: { en: 'Counter', zh: '计数' },
  config: z.looseObject({}),
  secrets: z.looseObject({}),
  objects: {},
  actions: {
    count: {
      title: { en: 'Count', zh: '计数' },
      input: z.strictObject({ code: z.string() }),
      safety: 'none',
    },
  },
  open: () => ({
    objects: {},
    actions: {
      count: async ({ key }) => {
        counted.set(key, (counted.get(key) ?? 0) + 1);
        return { ok: true };
      },
    },
    test: async () => ({ ok: true, message: 'it is here' }),
    close: async () => undefined,
  }),
});

let hub: Hub;
let options: HubOptions;
let wecom: WecomSimulator;
const schema = `t_${randomBytes(6).toString('hex')}`;

async function start(): Promise<void> {
  hub = await startHub(options);
  wecom = hub.simulators.get('wecom')?.simulator as WecomSimulator;
  wecom.addDepartment({ id: 1, name: '总部', parentid: 0 });
  wecom.addMember({ userid: 'LiNa' });
}

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'lianhub-rules-'));
  const file = path.join(folder, 'hub.yaml');
  await writeFile(file, yaml);
  const config = readConfig({ file, text: yaml, env: {} });
  if (!config.ok) throw new Error(config.problems.map((one) => `${one.line} ${one.message}`).join('\n'));
  options = {
    config: config.config,
    openapiFolder: path.join(packageRoot, 'openapi'),
    connectors: { ...connectors, counter },
    simulators,
    dataDir: folder,
    databaseUrl: inject('databaseUrl'),
    schema,
    log: silentLogger(),
  };
  await start();
});
afterAll(async () => {
  await hub?.stop();
  await dropSchemas(schema);
  await rm(options.dataDir, { recursive: true, force: true });
});

/** Records with a number, as if a system had told them; answers their ids. */
async function given(entity: string, ...all: readonly JsonObject[]): Promise<string[]> {
  const rows = all.map((data) => ({
    ...{ id: newId(), entity, state: 'live' as const, alias_of: null, data },
    ...{ version: 1, provenance: {}, mapping_version: null },
  }));
  await insertRecords(hub.database, rows);
  return rows.map((row) => row.id);
}

/** Events about records, written the way the hub's own transactions write them. */
async function happens(...all: readonly (readonly [type: string, subject: string])[]): Promise<string[]> {
  const events = all.map(
    ([type, subject]): NewEvent => ({
      ...{ id: newId(), type, subject, key: subject, occurredAt: new Date(), data: {}, withRecord: true },
    }),
  );
  await hub.database.transaction((sql) => insertEvents(sql, events));
  hub.world.ring([fanOutLane]);
  return events.map((event) => event.id);
}

/** As if so much time had passed for all that waits. */
async function pass(hours: number): Promise<void> {
  await hub.database.query(
    `update rule_timers set due_at = due_at - $1 * interval '1 hour' where state = 'due'`,
    [hours],
  );
}

async function timerOf(rule: string, subject: string, state?: string): Promise<ListedTimer> {
  let found: ListedTimer | undefined;
  await until(`${rule} is ${state ?? 'there'}`, async () => {
    [found] = await listTimers(hub.database, { rule, subject });
    return found !== undefined && (state === undefined || found.state === state);
  });
  return found as ListedTimer;
}

const messages = (text: string): number =>
  wecom.messages.filter(({ body }) => JSON.stringify(body).includes(text)).length;

/** What a command prints, or says when it fails. */
async function lianhub(...words: string[]): Promise<string> {
  let printed = '';
  const command = rulesCommand({
    open: async () => ({ database: hub.database, connections: [], close: async () => undefined }),
    write: (text) => {
      printed += text.toString();
    },
    user: 'li.na',
  });
  try {
    await command.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return error.toText();
  }
  return printed.trimEnd();
}

describe('rules', () => {
  it('are run once per event, from what a system has told to the message of another, journalled', async () => {
    const pos = hub.simulators.get('pos')?.simulator as PospalSimulator;
    pos.seedCustomers('S01', [
      { number: 'W-1', name: '雷雷' },
      { number: 'X-1', name: '韩梅' },
    ]);
    await pollNow(hub.database, 'pos', 'customer');
    hub.world.ring(['poll/pos/customer']);
    await until('the message is there', () => messages('Welcome 雷雷') === 1);
    await until(
      'it is done',
      async () => (await listTimers(hub.database, { rule: 'welcome' }))[0]?.state === 'done',
    );
    const [timer, ...others] = await listTimers(hub.database, { rule: 'welcome' });
    expect(others).toEqual([]);
    expect(timer?.answer).toMatchObject({ id: expect.stringMatching(/^msg/) });
    const tries = await hub.database.query<{ key: string; outcome: string }>(
      `select key, outcome from tries where link_id = $1`,
      [timer?.id],
    );
    expect(tries.rows).toEqual([{ key: `${timer?.event_id}/rules.welcome`, outcome: 'done' }]);

    // Told once more, it is still the same event.
    const event = await readEvent(hub.database, timer?.event_id ?? '');
    const { book } = await inspect(options);
    await hub.database.transaction((sql) =>
      ruleConsumer(hub.world, book, 2).consume(sql, event ? [event] : []),
    );
    expect(await listTimers(hub.database, { rule: 'welcome' })).toEqual([timer]);
    expect(messages('Welcome')).toBe(1);
  });

  it('wait, and are cancelled by what happens to a related record, before or after', async () => {
    const orders = await given(
      'order',
      { number: 'SO-1' },
      { number: 'SO-2' },
      { number: 'SO-3' },
      { number: 'SO-4' },
    );
    const [one, two, three, four] = orders as [string, string, string, string];
    const instructions = await given(
      'fulfilment',
      { number: 'F-1', orderIds: [one] },
      { number: 'F-3', orderIds: [three] },
    );
    const parcels = await given(
      'shipment',
      { number: 'SH-1', fulfilmentId: instructions[0] ?? '' },
      { number: 'SH-2', orderId: two },
      { number: 'SH-3', fulfilmentId: instructions[1] ?? '' },
      { number: 'SH-4' },
    );
    const [first, second, third, stray] = parcels as [string, string, string, string];
    await happens(['shipment.created', first], ['shipment.created', second]);
    await timerOf('parcel', second, 'due');
    const [completed] = await happens(['order.completed', one], ['order.completed', three]);
    expect(await timerOf('parcel', first, 'cancelled')).toMatchObject({ ended_by: completed });
    // Heard of too late: the order was completed before. And one of which nobody can tell what could end it.
    await happens(['shipment.created', third], ['shipment.created', stray]);
    await timerOf('parcel', third, 'cancelled');
    expect(await timerOf('parcel', stray, 'failed')).toMatchObject({ code: 'rules.not-related' });
    // Both at once: what comes later ends it all the same.
    const [both] = (await given('shipment', { number: 'SH-5', orderId: four })) as [string];
    await happens(['shipment.created', both], ['order.completed', four]);
    await timerOf('parcel', both, 'cancelled');

    await pass(2);
    await timerOf('parcel', second, 'done');
    expect(['SH-1', 'SH-2', 'SH-3', 'SH-4', 'SH-5'].map((parcel) => messages(`Parcel ${parcel}:`))).toEqual([
      0, 1, 0, 0, 0,
    ]);
    await lianhub('skip', '--rule', 'parcel', '--note', 'a test parcel');
    expect(await timerOf('parcel', stray, 'skipped')).toMatchObject({
      reason: 'skipped by li.na: a test parcel',
    });
  });

  it('that are refused park alone, are listed, and are done once what was wrong is put right', async () => {
    const [bad, none, good] = (await given(
      'order',
      { number: 'SO-11', cashier: 'ZhaoLei' },
      { number: 'SO-12' },
      { number: 'SO-13', cashier: 'LiNa' },
    )) as [string, string, string];
    await happens(['order.paid', bad], ['order.paid', none], ['order.paid', good]);
    await timerOf('address', good, 'done');
    expect(await timerOf('address', bad, 'failed')).toMatchObject({
      code: expect.stringMatching(/^wecom\./),
    });
    expect(await timerOf('address', none, 'failed')).toMatchObject({
      code: 'rules.input',
      reason: expect.stringContaining('input.to.users.0: record.cashier is not told'),
    });
    const listed = await lianhub('list');
    expect(listed).toContain('order SO-11');
    expect(listed).toContain('order SO-12');
    expect(listed).not.toContain('order SO-13');
    wecom.addMember({ userid: 'ZhaoLei' });
    expect(await lianhub('retry')).toContain('--rule');
    expect(await lianhub('retry', '--rule', 'address')).toBe('2 due again.');
    await timerOf('address', bad, 'done');
    expect(messages('SO-11 is paid')).toBe(1);
    const still = await timerOf('address', none, 'failed');
    expect(await lianhub('show', still.id)).toContain('record.cashier is not told');
    expect(await lianhub('resolve', still.id, '--as', 'done')).toContain('is failed');
    await lianhub('skip', still.id);
  });

  it('of which nobody knows whether they were done are not repeated, and a person says what became of them', async () => {
    const [maybe, not] = (await given(
      'order',
      { number: 'SO-21', cashier: 'LiNa' },
      { number: 'SO-22', cashier: 'LiNa' },
    )) as [string, string];
    wecom.faults.next(1, 'error500AfterEffect', 'send');
    await happens(['order.paid', maybe]);
    const first = await timerOf('address', maybe, 'unknown');
    wecom.faults.next(1, 'error500AfterEffect', 'send');
    await happens(['order.paid', not]);
    const second = await timerOf('address', not, 'unknown');
    expect([messages('SO-21'), messages('SO-22')]).toEqual([1, 1]);
    expect(await lianhub('resolve', first.id, '--as', 'done', '--note', 'Li Na has it')).toContain(': done.');
    await lianhub('resolve', second.id, '--as', 'not-done');
    await timerOf('address', not, 'done');
    expect([messages('SO-21'), messages('SO-22')]).toEqual([1, 2]);
    const tries = await hub.database.query<{ outcome: string }>(
      `select outcome from tries where link_id = $1 order by started_at`,
      [second.id],
    );
    expect(tries.rows.map((row) => row.outcome)).toEqual(['unknown', 'done']);
  });

  it('do nothing at a system that is not live, and say what they would have done', async () => {
    const [sku] = (await given('product', { code: 'P-quiet' })) as [string];
    await happens(['product.deleted', sku]);
    expect(await timerOf('quiet', sku, 'skipped')).toMatchObject({
      code: 'rules.not-live',
      input: { code: 'P-quiet' },
    });
  });
});

describe('milestones', () => {
  it('that are missed raise an event, for rules too, and are counted; those that are met say nothing', async () => {
    const before = (await statusOfRules(hub.database)).find((one) => one.rule === 'milestones.accepted');
    const [met, missed] = (await given(
      'order',
      { number: 'SO-31', cashier: 'LiNa' },
      { number: 'SO-32', cashier: 'LiNa' },
    )) as [string, string];
    const [instruction, other] = (await given(
      'fulfilment',
      { number: 'F-31', orderIds: [met], states: { process: 'accepted' } },
      { number: 'F-32', orderIds: [missed], states: { process: 'accepted' } },
    )) as [string, string];
    await happens(['order.paid', met], ['order.paid', missed]);
    await timerOf('accepted', missed, 'due');
    // It begins once for each order, however often it is told.
    await happens(['order.paid', met], ['fulfilment.updated', instruction]);
    await timerOf('accepted', met, 'met');
    await pass(0.5);
    await until('it is told', () => messages('Late: SO-32') === 1);
    expect(messages('Late: SO-31')).toBe(0);
    const [done] = await happens(['fulfilment.updated', other]);
    await until('it was done after all', async () => {
      const timer = await timerOf('accepted', missed, 'missed');
      return timer.ended_by === done;
    });
    const status = (await statusOfRules(hub.database)).find((one) => one.rule === 'milestones.accepted');
    const grown = (outcome: string): number =>
      (status?.outcomes[outcome] ?? 0) - (before?.outcomes[outcome] ?? 0);
    expect({ met: grown('met'), late: grown('late') }).toEqual({ met: 1, late: 1 });
    expect(grown('missed')).toBeGreaterThanOrEqual(1);
    expect(await lianhub('status')).toContain('milestones.accepted');
  });
});

describe('10,000 rules that wait', () => {
  it('are done exactly once each over a restart in the midst of them', async () => {
    const total = 10_000;
    const skus = await given(
      'product',
      ...Array.from({ length: total }, (_none, at) => ({ code: `P-${at}` })),
    );
    await happens(...skus.map((sku) => ['product.updated', sku] as const));
    const waiting = async (): Promise<number> =>
      (await statusOfRules(hub.database)).find((one) => one.rule === 'rules.count')?.waiting ?? 0;
    await until('all of them wait', async () => (await waiting()) === total);
    expect(counted.size).toBe(0);

    await hub.database.query(
      `update rule_timers set due_at = due_at - interval '2 hours' where rule = 'rules.count' and id in (
         select id from rule_timers where rule = 'rules.count' order by id limit 5000)`,
    );
    await until('some are done', () => counted.size >= 1_000);
    await hub.stop();
    const before = counted.size;
    expect(before).toBeLessThan(total);
    await start();
    await until('the first half is done', async () => (await waiting()) === total / 2);
    expect(counted.size).toBe(total / 2);
    await pass(2);
    await until('all are done', async () => (await waiting()) === 0);
    expect(counted.size).toBe(total);
    expect([...counted.values()].every((times) => times === 1)).toBe(true);
    const status = (await statusOfRules(hub.database)).find((one) => one.rule === 'rules.count');
    expect(status?.outcomes).toEqual({ done: total });
  });
});
