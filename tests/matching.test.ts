import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { matchesCommand } from '../src/cli/matches.ts';
import { recordsCommand } from '../src/cli/records.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, startHub } from '../src/hub.ts';
import { insertInbox } from '../src/ledger/inbox.ts';
import { silentLogger } from '../src/log.ts';
import type { JsonObject } from '../src/model/index.ts';
import { dropSchemas, quiet, statusOf, until } from './harness.ts';
import { type MemoryVendor, memoryVendor } from './support/memory-vendor.ts';

const yaml = `
connections:
  crm: { connector: memory }
  shop: { connector: memory }
  erp: { connector: memory }
  old: { connector: memory }
syncs:
  customer:
    # What is told a moment later is newer here.
    skew: 0ms
    parties:
      crm: { mapping: memory/told, read: { poll: 1d } }
      shop: { mapping: memory/told, read: { poll: 1d } }
      erp: { mapping: memory/patient, write: { create: true, update: true }, when: record.active != false }
      old: { mapping: memory/strict, write: { create: true, update: true } }
  order:
    parties:
      shop: { mapping: memory/order-told, read: { poll: 1d } }
      erp: { mapping: memory/order, write: { create: true, update: true }, since: 2026-10-01 }
ext:
  customer:
    guarantor: { type: reference, title: Guarantor, entity: customer }
    parent: { type: reference, title: Parent company, entity: customer }
lanes: { shards: 2, sweep: 200ms, releasePerSecond: 1000 }
server: { port: 0 }
`;
const written = (guarantor: string): string => `entity: customer
object: customer
direction: out
fields:
  code: number
  name: name
  phone: { at: phone, as: phone }
  ext.guarantor: { at: guarantor, ref: customer${guarantor} }
`;
const mappings = {
  told: `entity: customer
object: customer
direction: in
fields:
  code: { at: number, optional: true }
  name: { at: name, optional: true }
  phone: { at: phone, as: phone, optional: true }
  email: { at: email, optional: true }
  active: { at: active, as: boolean, optional: true }
  ext.guarantor: { at: guarantor, ref: customer, optional: true }
  ext.parent: { at: parent, ref: customer, by: id, optional: true }
  identities:
    at: ids
    optional: true
    key: { key: id, assigned: ours }
    fields: { kind: kind, scope: scope, value: value, strength: strength }
`,
  patient: written(', patch: true'),
  strict: written(''),
  'order-told': `entity: order
object: order
direction: in
fields:
  number: number
  kind: { constant: b2b }
  placedAt: { at: at, as: datetime }
  customerId: { at: customer, ref: customer }
in:
  lines: '[]'
`,
  order: `entity: order
object: order
direction: out
fields:
  number: number
  customerId: { at: customer, ref: customer, required: true }
`,
};
const text = { type: 'string' };
const objects = {
  customer: {
    type: 'object',
    properties: {
      number: text,
      name: text,
      phone: text,
      email: text,
      guarantor: text,
      parent: text,
      active: { type: 'boolean' },
      ids: {
        type: 'array',
        items: {
          type: 'object',
          properties: { id: text, kind: text, scope: text, value: text, strength: text },
        },
      },
    },
  },
  order: { type: 'object', properties: { number: text, customer: text, at: text } },
};

let vendor: MemoryVendor;
let hub: Hub;
const schema = `t_${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  vendor = await memoryVendor(mappings, objects);
  const file = path.join(vendor.folder, 'hub.yaml');
  const config = readConfig({ file, text: yaml, env: {} });
  if (!config.ok) throw new Error(config.problems.map((one) => one.message).join('\n'));
  hub = await startHub({
    config: config.config,
    openapiFolder: vendor.openapiFolder,
    connectors: vendor.connectors,
    simulators: {},
    dataDir: vendor.folder,
    databaseUrl: inject('databaseUrl'),
    schema,
    log: silentLogger(),
  });
});
afterAll(async () => {
  await hub?.stop();
  await dropSchemas(schema);
  await vendor?.remove();
});

/** Something a system tells, as a webhook would bring it. */
async function tell(connection: string, object: string, ...bodies: readonly JsonObject[]): Promise<void> {
  const { landscape } = hub.world;
  const entries = bodies.map((body) => {
    const remoteId = String(body.id ?? body.number);
    const { id: _id, revision, ...rest } = body;
    const lane = landscape.applyLane(connection, object, remoteId);
    const told = { connection, object, remoteId, via: 'webhook' as const, body: JSON.stringify(rest), lane };
    return typeof revision === 'string' ? { ...told, revision } : told;
  });
  await insertInbox(hub.database, entries);
  hub.world.ring(entries.map((entry) => entry.lane));
  await quiet(hub.database);
  const dead = await hub.database.query<{ error: string }>(`select error from inbox where state = 'dead'`);
  expect(dead.rows).toEqual([]);
}

interface Golden {
  readonly id: string;
  readonly state: string;
  readonly data: JsonObject;
}

async function customers(field: string, value: string): Promise<Golden[]> {
  const found = await hub.database.query<Golden>(
    `select id, state, data from records where entity = 'customer' and data ->> $1 = $2 order by id`,
    [field, value],
  );
  return found.rows;
}

async function idOf(code: string): Promise<string> {
  return (await customers('code', code))[0]?.id ?? `no customer ${code}`;
}

async function trouble(connection: string, number: string): Promise<readonly (string | null)[]> {
  const found = await hub.database.query<{ state: string; code: string | null; error: string | null }>(
    `select l.state, l.error_code as code, l.error from links l join records r on r.id = l.record_id
     where l.connection = $1 and coalesce(r.data ->> 'number', r.data ->> 'code') = $2 and not l.origin`,
    [connection, number],
  );
  const [link] = found.rows;
  return [link?.state ?? 'no link', link?.code ?? null, link?.error ?? null];
}

/** What a command prints. */
async function run(command: typeof matchesCommand, ...words: string[]): Promise<string> {
  let printed = '';
  const made = command({
    open: async () => ({ world: hub.world, close: async () => undefined }),
    write: (some) => {
      printed += String(some);
    },
    user: 'han.mei',
  });
  await made.parseAsync(words, { from: 'user' });
  return printed;
}

interface Listed {
  readonly matches: readonly {
    id: string;
    recordId: string | null;
    remoteId: string | null;
    candidates: readonly { record: string }[];
  }[];
}

async function listed(...words: string[]): Promise<Listed['matches']> {
  return (JSON.parse(await run(matchesCommand, 'list', '--json', ...words)) as Listed).matches;
}

describe('references that cannot be written yet', () => {
  test('two that wait for each other are told the whole circle, or are written without and then patched', async () => {
    await tell(
      'crm',
      'customer',
      { number: 'A1', name: 'a', guarantor: 'B1' },
      { number: 'B1', name: 'b', guarantor: 'A1' },
    );
    await until('both know each other in the ERP', () => {
      const erp = vendor.held('erp', 'customer');
      return erp.get('A1')?.guarantor === 'B1' && erp.get('B1')?.guarantor === 'A1';
    });
    const first = vendor.writes.filter((one) => one.connection === 'erp')[0];
    expect([first?.step, first?.body.guarantor]).toEqual(['create', undefined]);
    await until('the circle is told', async () => (await trouble('old', 'A1'))[1] === 'push.reference-cycle');
    const [state, , error] = await trouble('old', 'A1');
    expect(state).toBe('waiting');
    expect(error).toContain('customer A1 waits for customer B1');
    expect(error).toContain('customer B1 waits for customer A1');
    expect((await trouble('old', 'B1'))[1]).toBe('push.reference-cycle');
    // Taken away at its source, the circle is none any more.
    await tell('crm', 'customer', { number: 'B1', name: 'b', guarantor: 'C1' }, { number: 'C1', name: 'c' });
    await until('both are there', () => vendor.held('old', 'customer').get('A1')?.guarantor === 'B1');
  });

  test('one that is spoken of by its id here and by its number there is one record when it is told', async () => {
    await tell('shop', 'customer', { number: 'T1', name: 't1', guarantor: 'T3' });
    await tell('shop', 'customer', { number: 'T2', name: 't2', parent: 'shop-t3' });
    const spokenOf = async (): Promise<readonly { state: string; copies: number }[]> => {
      const found = await hub.database.query<{ state: string; copies: number }>(
        `select r.state, (select count(*)::int from links l where l.record_id = r.id and l.connection = 'shop') as copies
         from records r where r.entity = 'customer' and r.id::text in (
           select data #>> '{ext,guarantor}' from records where data ->> 'code' = 'T1'
           union select data #>> '{ext,parent}' from records where data ->> 'code' = 'T2') order by 1`,
      );
      return found.rows;
    };
    expect(await spokenOf()).toEqual(Array(2).fill({ state: 'placeholder', copies: 1 }));
    await tell('shop', 'customer', { id: 'shop-t3', number: 'T3', name: 't3' });
    expect(await spokenOf()).toEqual([
      { state: 'live', copies: 1 },
      { state: 'merged', copies: 0 },
    ]);
    await until(
      'who spoke of it by its number goes on',
      () => vendor.held('erp', 'customer').get('T1')?.guarantor === 'T3',
    );
    expect((await customers('code', 'T3')).map(({ data }) => data.name)).toEqual(['t3']);
    // Also where both are spoken of, and told, in one go.
    await tell(
      'shop',
      'customer',
      { number: 'T4', name: 't4', guarantor: 'T5', parent: 'shop-t5' },
      { id: 'shop-t5', number: 'T5', name: 't5' },
    );
    const left = await hub.database.query(
      `select 1 from records where state = 'placeholder' and entity = 'customer'`,
    );
    expect(left.rowCount).toBe(0);
  });

  test('a target out of scope is told with its reason and age, and waited for until it comes into scope', async () => {
    await tell('crm', 'customer', { number: 'D1', name: 'd', active: false });
    await tell('shop', 'order', { number: 'O-D1', customer: 'D1', at: '2026-11-01T00:00:00Z' });
    // The shop names its customers itself: what it calls D1 is the very customer of the CRM.
    await tell('shop', 'customer', { number: 'D1', name: 'd' });
    await until('the order is blocked', async () => (await trouble('erp', 'O-D1'))[1] === 'push.blocked-by');
    const [state, , error] = await trouble('erp', 'O-D1');
    expect(state).toBe('waiting');
    expect(error).toContain(
      'mapping memory/order, customerId: customer D1 is out of the scope of erp: a condition (when) of party erp of customer',
    );
    const status = (await statusOf(hub)) as { waiting: JsonObject[] };
    expect(status.waiting.find((one) => one.number === 'D1')).toMatchObject({
      connection: 'erp',
      entity: 'customer',
      count: 1,
      codes: ['push.blocked-by'],
    });
    await tell('crm', 'customer', { number: 'D1', name: 'd', active: true });
    await until('the order is in the ERP', () => vendor.held('erp', 'order').get('O-D1')?.customer === 'D1');
  });
});

describe('who is who', () => {
  test('a weak key proposes and never decides; what was rejected is not proposed again', async () => {
    await tell('crm', 'customer', { number: 'W1', name: 'w', phone: '13900000001' });
    await tell('shop', 'customer', { number: 'W2', name: 'v', phone: '13900000001' });
    const [match, more] = await listed('customer');
    expect(more).toBeUndefined();
    expect(match).toMatchObject({ recordId: await idOf('W2'), candidates: [{ record: await idOf('W1') }] });
    const shown = await run(matchesCommand, 'show', match?.id ?? '');
    expect(shown).toContain('phone (weak)');
    expect(shown).toContain('phone: the same');
    expect(shown).not.toContain('13900000001');
    await run(matchesCommand, 'reject', match?.id ?? '');
    await expect(run(matchesCommand, 'confirm', match?.id ?? '')).rejects.toThrow('has decided about');
    await tell('shop', 'customer', { number: 'W2', name: 'v', phone: '13900000002' });
    await tell('shop', 'customer', { number: 'W2', name: 'v', phone: '13900000001', email: 'v@example.com' });
    await tell('crm', 'customer', { number: 'W1', name: 'w', phone: '13900000001', email: 'v@example.com' });
    expect(await listed('customer')).toEqual([]);
  });

  test('an object that is strongly two records waits for a person and then becomes what was said', async () => {
    const openid = { id: 'x', kind: 'openid', scope: 'wx-1', value: 'o-77', strength: 'strong' };
    await tell('crm', 'customer', { number: 'S1', name: 's' }, { id: 'crm-9', name: 't', ids: [openid] });
    const both = { number: 'S1', name: 'both', ids: [openid] };
    await tell('shop', 'customer', { id: 'shop-1', ...both }, { id: 'shop-2', ...both });
    const open = (await listed()).toSorted((a, b) => String(a.remoteId).localeCompare(String(b.remoteId)));
    expect(open.map((one) => one.candidates.length)).toEqual([2, 2]);
    await expect(run(matchesCommand, 'confirm', open[0]?.id ?? '')).rejects.toThrow('none of the candidates');
    await run(matchesCommand, 'confirm', open[0]?.id ?? '', '--with', await idOf('S1'));
    await run(matchesCommand, 'reject', open[1]?.id ?? '');
    await quiet(hub.database);
    const links = await hub.database.query<{ remote_id: string; record_id: string }>(
      `select remote_id, record_id from links where connection = 'shop' and remote_id like 'shop-%' order by 1`,
    );
    const [first, second] = links.rows;
    expect(first?.record_id).toBe(await idOf('S1'));
    expect([await idOf('S1'), (await customers('name', 't'))[0]?.id]).not.toContain(second?.record_id);
    expect(second).toBeDefined();
    expect(await listed()).toEqual([]);
  });

  test('two records become one and two again, each with what its own systems told', async () => {
    await tell('crm', 'customer', { number: 'M1', name: 'm', phone: '13900000011' });
    await tell('shop', 'customer', {
      number: 'M2',
      name: 'mm',
      email: 'm@example.com',
      phone: '13900000012',
    });
    await tell('shop', 'order', { number: 'O-M2', customer: 'M2', at: '2026-11-01T00:00:00Z' });
    const [kept, other] = [await idOf('M1'), await idOf('M2')];
    await until('both are in the ERP', () => vendor.held('erp', 'order').get('O-M2')?.customer === 'M2');

    await run(recordsCommand, 'merge', 'M1', 'M2', '--author', 'li.na');
    await quiet(hub.database);
    const [one] = await customers('code', 'M1');
    // The shop told later; its own number the record keeps.
    expect(one?.data).toMatchObject({ code: 'M1', name: 'mm', email: 'm@example.com' });
    await until('both copies show the result', () =>
      ['M1', 'M2'].every((number) => vendor.held('erp', 'customer').get(number)?.name === 'mm'),
    );
    await until(
      'what named the other follows',
      () => vendor.held('erp', 'order').get('O-M2')?.customer === 'M1',
    );
    await expect(run(recordsCommand, 'merge', kept, other)).rejects.toThrow('was merged into');
    await expect(run(recordsCommand, 'merge', kept, kept)).rejects.toThrow('the same record');

    await tell('crm', 'customer', { number: 'M1', name: 'm', phone: '13900000019' });
    // By its clock the shop has changed the phone before the CRM did, as long as both are one.
    await tell('shop', 'customer', {
      number: 'M2',
      name: 'mm',
      email: 'new@example.com',
      phone: '13900000013',
      revision: '2026-11-01T00:00:00Z',
    });
    const phone = (number: string) => ({ phone: { e164: `+86${number}` } });
    expect((await customers('code', 'M1'))[0]?.data).toMatchObject(phone('13900000019'));
    expect((await customers('code', 'M1'))[0]?.data).toMatchObject({ email: 'new@example.com' });

    await run(recordsCommand, 'unmerge', other, '--author', 'li.na');
    await quiet(hub.database);
    expect((await customers('code', 'M1'))[0]?.data).toEqual({
      code: 'M1',
      name: 'm',
      phone: { kind: 'real', e164: '+8613900000019', display: '13900000019' },
    });
    const [back] = await customers('code', 'M2');
    expect([back?.id, back?.state]).toEqual([other, 'live']);
    expect(back?.data).toMatchObject({ name: 'mm', email: 'new@example.com', ...phone('13900000013') });
    await until('each copy shows its own again', () => {
      const erp = vendor.held('erp', 'customer');
      return erp.get('M1')?.name === 'm' && erp.get('M2')?.name === 'mm';
    });
    await until(
      'the order names who it named',
      () => vendor.held('erp', 'order').get('O-M2')?.customer === 'M2',
    );
    // Both are known by their own numbers again, and nobody proposes that they are one.
    await tell('shop', 'customer', { number: 'M2', name: 'm2', email: 'new@example.com' });
    expect((await customers('code', 'M2'))[0]?.data.name).toBe('m2');
    expect(await listed()).toEqual([]);
    await expect(run(recordsCommand, 'unmerge', other)).rejects.toThrow('Nobody has merged');
    const said = await hub.database.query(
      `select 1 from changes where record_id = any($1::uuid[]) and origin ->> 'author' = 'li.na'`,
      [[kept, other]],
    );
    expect(said.rowCount).toBe(4);
  });

  test('a document from before a system takes part is read and never told there; from the first day on it is', async () => {
    const orders = ['2026-09-30T15:59:59Z', '2026-10-01T00:00:00Z'].map((at, index) => ({
      ...{ number: `O-S${index}`, customer: 'M2', at },
    }));
    await tell('shop', 'order', ...orders);
    await until('the young one is told', () => vendor.held('erp', 'order').has('O-S1'));
    await quiet(hub.database);
    const known = await hub.database.query(
      `select 1 from records where data ->> 'number' = 'O-S0' and state = 'live'`,
    );
    expect([known.rowCount, vendor.held('erp', 'order').has('O-S0')]).toEqual([1, false]);
  });

  test('documents are never one', async () => {
    await tell('shop', 'order', { number: 'O-1', customer: 'A1', at: '2026-11-01T00:00:00Z' });
    await tell('shop', 'order', { number: 'O-2', customer: 'A1', at: '2026-11-01T00:00:00Z' });
    const found = await hub.database.query<{ id: string }>(
      `select id from records where entity = 'order' and data ->> 'number' in ('O-1', 'O-2')`,
    );
    const [first, second] = found.rows.map((row) => row.id);
    await expect(run(recordsCommand, 'merge', first ?? '', second ?? '')).rejects.toThrow(
      'documents belong to whoever issued them',
    );
  });
});
