import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { deletesCommand } from '../src/cli/deletes.ts';
import { readConfig } from '../src/config/index.ts';
import { type Hub, startHub } from '../src/hub.ts';
import { entryOf } from '../src/ingest/entries.ts';
import { fullDrain } from '../src/lanes/deletes/full-pass.ts';
import { auditOf } from '../src/ledger/audit.ts';
import { insertInbox } from '../src/ledger/inbox.ts';
import { silentLogger } from '../src/log.ts';
import type { JsonObject } from '../src/model/index.ts';
import { inspect } from '../src/setup/inspect.ts';
import { LiveMappings } from '../src/setup/live.ts';
import { dropSchemas, quiet, statusOf, until } from './harness.ts';
import { manners, withManners } from './support/deleting-vendor.ts';
import { type MemoryVendor, memoryVendor } from './support/memory-vendor.ts';
import { stepByStep } from './support/step-by-step.ts';

/** The CRM's deletions count; the till's copies go with the record, the desk's cannot be deleted there. */
const yaml = `
connections:
  crm: { connector: memory }
  till: { connector: memory }
  desk: { connector: memory }
syncs:
  product:
    deletes: { from: [crm], brake: 40%, max: 3, full: 1d }
    conflict: park
    parties:
      crm: { mapping: memory/goods, read: { webhook: true }, write: { create: false } }
      till: { mapping: memory/goods, read: { webhook: true }, write: { create: true, remove: true } }
      desk: { mapping: memory/fixed, read: { webhook: true }, write: { create: true, remove: true } }
  fulfilment: { parties: { crm: { mapping: memory/job, read: { webhook: true } } } }
  shipment:
    deletes: { from: [crm], brake: 100%, full: 1d }
    parties: { crm: { mapping: memory/parcel, read: { webhook: true } } }
derive:
  notes: { from: product, entity: location, set: { code: record.code, name: record.code, kind: '"warehouse"' } }
lanes: { shards: 1, sweep: 200ms }
server: { port: 0 }
`;
const fields = `entity: product
fields:
  code: number
  name: { at: name, optional: true }
flow: [{ create: save }]
`;
const job = `object: job
entity: fulfilment
direction: in
fields:
  number: number
  lines:
    at: lines
    key: { key: key, assigned: ours }
    fields: { skuId: { at: goods, ref: product }, quantity: { at: quantity, as: decimal } }
in:
  orderIds: '[]'
`;
const parcel = `object: parcel
entity: shipment
direction: in
fields:
  number: number
  fulfilmentId: { at: job, ref: fulfilment }
  lines:
    at: lines
    key: { key: key, assigned: ours }
    fields: { skuId: { at: goods, ref: product }, qty: { at: quantity, as: decimal } }
`;
const text = { type: 'string' };
const lines = {
  type: 'array',
  items: { type: 'object', properties: { key: text, goods: text, quantity: text } },
};
const goods = { type: 'object', properties: { number: text, name: text } };
let vendor: MemoryVendor;
let hub: Hub;
let run: (...words: string[]) => Promise<string>;
/** What is wrong with a configuration for these vendors, with its place. */
let problemsOf: (text: string) => Promise<string[]>;
const schema = `t_${randomBytes(6).toString('hex')}`;

beforeAll(async () => {
  vendor = await memoryVendor(
    { goods: `object: goods\n${fields}`, fixed: `object: fixed\n${fields}`, job, parcel },
    {
      goods,
      fixed: goods,
      job: { type: 'object', properties: { number: text, lines } },
      parcel: { type: 'object', properties: { number: text, job: text, lines } },
    },
  );
  const connectors = withManners(vendor, ['fixed', 'job', 'parcel']);
  const file = path.join(vendor.folder, 'hub.yaml');
  const config = readConfig({ file, text: yaml, env: {} });
  if (!config.ok) throw new Error(config.problems.map((one) => one.message).join('\n'));
  const options = {
    config: config.config,
    openapiFolder: vendor.openapiFolder,
    connectors,
    simulators: {},
    dataDir: vendor.folder,
    databaseUrl: inject('databaseUrl'),
    schema,
    log: silentLogger(),
  };
  hub = await startHub(options);
  problemsOf = async (text) => {
    const read = readConfig({ file, text, env: {} });
    if (!read.ok) return read.problems.map((one) => `${one.line}:${one.column} ${one.code}`);
    const { errors, warnings } = await inspect({ ...options, config: read.config });
    return [...errors, ...warnings].map((one) => `${one.line}:${one.column} ${one.code}`);
  };
  const { mappings } = await inspect(options);
  const live = await LiveMappings.open({ ...options, files: mappings, database: hub.database });
  run = async (...words) => {
    let printed = '';
    const command = deletesCommand({
      open: async () => ({
        database: hub.database,
        live,
        tables: undefined as never,
        close: async () => undefined,
      }),
      write: (told) => {
        printed += told;
      },
      user: 'li.na',
    });
    command.exitOverride();
    await command.parseAsync(words, { from: 'user' });
    return printed;
  };
  // Enough that one deletion is a small share.
  await make('Z1', 'Z2', 'Z3', 'Z4', 'Z5', 'Z6');
});
afterAll(async () => {
  await hub?.stop();
  await dropSchemas(schema);
  await vendor?.remove();
});
// What earlier deletions count for the brake is no matter of the next promise.
beforeEach(() =>
  hub.database.query(
    `update deletions set changed_at = changed_at - interval '2 hours' where state = 'deleted'`,
  ),
);

/** Something a system pushes, as its webhook would bring it. */
type Said = { readonly revision?: string; readonly body?: JsonObject; readonly deleted?: true };

async function insert(
  connection: string,
  remoteId: string,
  more: Said,
  object = connection === 'desk' ? 'fixed' : 'goods',
): Promise<void> {
  const entry = entryOf(hub.world.landscape, connection, { object, remoteId, ...more }, 'webhook');
  await insertInbox(hub.database, [entry]);
  hub.world.ring([entry.lane]);
}

async function tell(connection: string, remoteId: string, more: Said, object?: string): Promise<void> {
  await insert(connection, remoteId, more, object);
  await quiet(hub.database);
}

/** Goods somebody makes in the CRM, known everywhere since. */
async function make(...numbers: readonly string[]): Promise<void> {
  for (const number of numbers) {
    const body = { number, name: `goods ${number}` };
    vendor.held('crm', 'goods').set(number, body);
    await tell('crm', number, { revision: '5', body });
  }
  for (const number of numbers) {
    await until(`${number} is everywhere`, () =>
      ['till/goods', 'desk/fixed'].every((place) => {
        const [connection = '', object = ''] = place.split('/');
        return vendor.held(connection, object).has(number);
      }),
    );
  }
  await quiet(hub.database);
}

async function stateOf(number: string, entity = 'product'): Promise<string | undefined> {
  const found = await hub.database.query<{ state: string }>(
    `select state from records where entity = $1 and data ->> 'code' = $2`,
    [entity, number],
  );
  expect(found.rows.length).toBe(1);
  return found.rows[0]?.state;
}

/** What became of the last message about an object. */
async function lastCode(connection: string, remoteId: string): Promise<string | null | undefined> {
  const found = await hub.database.query<{ error_code: string | null }>(
    'select error_code from inbox where connection = $1 and remote_id = $2 order by id desc limit 1',
    [connection, remoteId],
  );
  return found.rows[0]?.error_code;
}

/** Has all ids of the CRM listed, and waits until that is over. */
async function look(): Promise<void> {
  const before = await hub.database.query<{ pass: string }>(
    `select pass from full_passes where connection = 'crm'`,
  );
  await run('look', 'crm', 'goods');
  hub.world.ring(['full/crm/goods']);
  await until('the pass is over', async () => {
    const now = await hub.database.query<{ pass: string; phase: string }>(
      `select pass, phase from full_passes where connection = 'crm'`,
    );
    return now.rows[0]?.phase === 'idle' && now.rows[0].pass !== before.rows[0]?.pass;
  });
  await quiet(hub.database);
}

interface Listed {
  readonly waiting: readonly { readonly remote_id: string; readonly state: string; readonly error: string }[];
  readonly copies: readonly {
    readonly kind: string;
    readonly connection: string;
    readonly remote_id: string;
  }[];
}
const listed = async (): Promise<Listed> => JSON.parse(await run('list', '--json')) as Listed;
const kindsOf = async (id: string): Promise<string[]> =>
  (await listed()).copies.filter((one) => one.remote_id === id).map((one) => `${one.kind} ${one.connection}`);

describe('What was deleted in one system', () => {
  test('is deleted where that system counts: its copies where that is offered, what was derived from it, and a late word does not bring it back', async () => {
    await make('A1');
    expect(await stateOf('A1', 'location')).toBe('live');
    manners.losesAnswer = true;
    vendor.held('crm', 'goods').delete('A1');
    await tell('crm', 'A1', { revision: '7', deleted: true });
    await until('the till has deleted it', () => !vendor.held('till', 'goods').has('A1'));
    await quiet(hub.database);
    expect([await stateOf('A1'), await stateOf('A1', 'location')]).toEqual(['deleted', 'deleted']);
    // The answer was lost: looked up, not sent again.
    expect(manners.removed).toEqual(['till A1']);
    expect(vendor.held('desk', 'fixed').has('A1')).toBe(true);
    expect(await kindsOf('A1')).toEqual(['left desk']);

    await tell('crm', 'A1', { revision: '6', body: { number: 'A1', name: 'late' } });
    expect(await lastCode('crm', 'A1')).toBe('deletes.gone');
    // Newer than the deletion, but nothing is there.
    await tell('crm', 'A1', { revision: '8', body: { number: 'A1', name: 'later' } });
    expect(await lastCode('crm', 'A1')).toBe('deletes.gone');
    await tell('desk', 'A1', { body: { number: 'A1', name: 'edited' } });
    expect(await lastCode('desk', 'A1')).toBe('deletes.record-deleted');
    expect(await stateOf('A1')).toBe('deleted');
    // A deletion from before what is known says nothing either.
    await make('A2');
    await tell('crm', 'A2', { revision: '4', deleted: true });
    expect([await lastCode('crm', 'A2'), await stateOf('A2')]).toEqual(['apply.older', 'live']);
  });

  test('lives again as the same record when it is made again there, and so do the copies the hub had deleted', async () => {
    await make('B1');
    vendor.held('crm', 'goods').delete('B1');
    await tell('crm', 'B1', { revision: '7', deleted: true });
    await until('the till has deleted it', () => !vendor.held('till', 'goods').has('B1'));
    await quiet(hub.database);
    const body = { number: 'B1', name: 'back' };
    vendor.held('crm', 'goods').set('B1', body);
    await tell('crm', 'B1', { revision: '9', body });
    expect([await stateOf('B1'), await stateOf('B1', 'location')]).toEqual(['live', 'live']);
    await until('the till has it again', () => vendor.held('till', 'goods').get('B1')?.name === 'back');
    await until('the desk follows', () => vendor.held('desk', 'fixed').get('B1')?.name === 'back');
    expect(await kindsOf('B1')).toEqual([]);
  });

  test('is disputed no longer, also when it lives again', async () => {
    await make('K1');
    // Nothing reaches the till meanwhile: what is changed there was changed without seeing what the CRM says.
    manners.closed = 'till';
    const edited = { number: 'K1', name: 'by the CRM' };
    vendor.held('crm', 'goods').set('K1', edited);
    await insert('crm', 'K1', { revision: '6', body: edited });
    await until('the desk has it', () => vendor.held('desk', 'fixed').get('K1')?.name === 'by the CRM');
    const other = { number: 'K1', name: 'by the till' };
    vendor.held('till', 'goods').set('K1', other);
    await insert('till', 'K1', { body: other });
    const disputes = async (): Promise<readonly string[]> =>
      (
        await hub.database.query<{ said: string }>(
          `select c.state || ' ' || coalesce(c.resolved_by, '') || ' ' || (r.conflicted is not null)::text as said
         from conflicts c join records r on r.id = c.record_id where r.data ->> 'code' = 'K1'`,
        )
      ).rows.map((row) => row.said);
    await until('it is disputed', async () => (await disputes()).length > 0);
    expect(await disputes()).toEqual(['open  true']);
    manners.closed = undefined;
    vendor.held('crm', 'goods').delete('K1');
    await tell('crm', 'K1', { revision: '7', deleted: true });
    expect(await disputes()).toEqual(['resolved hub false']);
    vendor.held('crm', 'goods').set('K1', edited);
    await tell('crm', 'K1', { revision: '9', body: edited });
    expect([await stateOf('K1'), ...(await disputes())]).toEqual(['live', 'resolved hub false']);
  });

  test('only unlinks the copy anywhere else; it stays gone and is listed', async () => {
    await make('C1');
    vendor.held('till', 'goods').delete('C1');
    await tell('till', 'C1', { deleted: true });
    expect(await stateOf('C1')).toBe('live');
    vendor.held('crm', 'goods').set('C1', { number: 'C1', name: 'new' });
    await tell('crm', 'C1', { revision: '6', body: { number: 'C1', name: 'new' } });
    await until('the desk follows', () => vendor.held('desk', 'fixed').get('C1')?.name === 'new');
    await quiet(hub.database);
    expect(vendor.held('till', 'goods').has('C1')).toBe(false);
    expect(await kindsOf('C1')).toEqual(['gone till']);
  });

  test('no longer counts in what it was part of: goods of a deleted shipment are not shipped any more', async () => {
    await make('L1');
    const line = (quantity: string) => [{ key: '1', goods: 'L1', quantity }];
    const job = { revision: '1', body: { number: 'J1', lines: line('3') } };
    await tell('crm', 'J1', job, 'job');
    const shipped = async (): Promise<unknown> => {
      const found = await hub.database.query<{ data: JsonObject }>(
        `select data from records where entity = 'fulfilment' and data ->> 'number' = 'J1'`,
      );
      const { lines: told, states } = (found.rows[0]?.data ?? {}) as {
        lines?: JsonObject[];
        states?: JsonObject;
      };
      return [told?.[0]?.shippedQuantity, states?.fulfilment];
    };
    for (const [number, quantity] of [
      ['P1', '1'],
      ['P2', '2'],
    ] as const) {
      const body = { number, job: 'J1', lines: line(quantity) };
      await tell('crm', number, { revision: '1', body }, 'parcel');
    }
    expect(await shipped()).toEqual(['3', 'shipped']);
    await tell('crm', 'P1', { revision: '2', deleted: true }, 'parcel');
    expect(await shipped()).toEqual(['2', 'partial']);
    await tell('crm', 'P2', { revision: '2', deleted: true }, 'parcel');
    expect(await shipped()).toEqual(['0', 'none']);
  });

  test('is read where nothing says when it was told, and what is still there stays', async () => {
    await make('D1');
    await tell('crm', 'D1', { deleted: true });
    expect(await stateOf('D1')).toBe('live');
    vendor.held('crm', 'goods').delete('D1');
    await tell('crm', 'D1', { deleted: true });
    expect(await stateOf('D1')).toBe('deleted');
  });
});

describe('A complete listing', () => {
  test('finds what is gone, page by page, goes on where it was cut, and believes nothing that is not confirmed', async () => {
    await make('E1', 'E2', 'E3', 'E4');
    vendor.held('crm', 'goods').delete('E2');
    manners.hidden.add('E3');
    manners.failures = 1;
    manners.pages = 0;
    const all = vendor.held('crm', 'goods').size - 1;
    await look();
    expect([await stateOf('E2'), await stateOf('E3')]).toEqual(['deleted', 'live']);
    // One page was read twice: the one that had failed.
    expect(manners.pages).toBe(Math.ceil(all / 2) + 1);
    expect((await listed()).waiting).toEqual([]);

    // Asked for one that is missing, the system does not answer so that anything could be believed.
    const decision = { kind: 'reject' as const, code: 'memory.forbidden', message: 'Not for you.' };
    manners.fetches = () => ({ found: false, decision });
    await look();
    manners.fetches = undefined;
    expect((await listed()).waiting).toMatchObject([
      { remote_id: 'E3', state: 'candidate', error: 'Not for you.' },
    ]);
    expect(await stateOf('E3')).toBe('live');

    manners.hidden.clear();
    manners.empty = true;
    const before = manners.fetched;
    await look();
    manners.empty = false;
    expect(manners.fetched).toBe(before);
    await look();
    expect((await listed()).waiting).toEqual([]);
    expect(await stateOf('E1')).toBe('live');
  });
});

describe('What a complete listing leaves to do', () => {
  const states = async (): Promise<JsonObject> => {
    const { rows } = await hub.database.query<JsonObject>(
      `select (select phase from full_passes where connection = 'crm' and object = 'goods') as phase,
         (select count(*)::int from deletions where remote_id like 'Q_' and state = 'candidate') as waiting,
         (select count(*)::int from deletions where remote_id like 'Q_' and state = 'held') as held,
         (select count(distinct error)::int from deletions where remote_id like 'Q_' and state = 'held') as reasons,
         (select count(*)::int from inbox where connection = 'crm' and remote_id like 'Q_' and deleted) as told`,
    );
    return rows[0] as JsonObject;
  };
  const steps = () => stepByStep(hub.database, 'full/crm/goods', fullDrain(hub.world, 2), states);

  test('is done in parts of bounded size, each by whoever comes next, and counts as one', async () => {
    await make('Q1', 'Q2', 'Q3', 'Q4', 'Q5');
    for (const number of ['Q1', 'Q2', 'Q3']) vendor.held('crm', 'goods').delete(number);
    await run('look', 'crm', 'goods');
    const gone = await steps();
    const largest = (name: string, seen: JsonObject[]): number =>
      Math.max(...seen.map((one, at) => Number(one[name]) - Number(seen[at - 1]?.[name] ?? 0)));
    expect([largest('waiting', gone), largest('told', gone)]).toEqual([2, 2]);
    expect(gone.at(-1)).toEqual({ phase: 'idle', waiting: 0, held: 0, reasons: 0, told: 3 });
    await quiet(hub.database);
    expect([await stateOf('Q1'), await stateOf('Q4')]).toEqual(['deleted', 'live']);

    await hub.database.query(
      `update deletions set changed_at = changed_at - interval '2 hours' where state = 'deleted'`,
    );
    await make('Q6', 'Q7', 'Q8', 'Q9');
    for (const number of ['Q4', 'Q5', 'Q6', 'Q7', 'Q8']) vendor.held('crm', 'goods').delete(number);
    await run('look', 'crm', 'goods');
    const held = await steps();
    expect([largest('waiting', held), largest('held', held)]).toEqual([2, 2]);
    expect(held.at(-1)).toEqual({ phase: 'idle', waiting: 0, held: 5, reasons: 1, told: 3 });
    await run('reject', 'crm', 'goods', '--all');
  });
});

describe('Too many deletions at once', () => {
  test('of a listing or told within an hour wait for a person, who confirms or rejects them', async () => {
    const numbers = ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8', 'F9'];
    await make(...numbers);
    for (const number of numbers.slice(0, 4)) vendor.held('crm', 'goods').delete(number);
    await look();
    expect((await listed()).waiting.map((one) => one.state)).toEqual(['held', 'held', 'held', 'held']);
    expect(await Promise.all(numbers.map((number) => stateOf(number)))).not.toContain('deleted');
    const status = (await statusOf(hub)) as {
      deletes: { waiting: JsonObject[] };
    };
    expect(status.deletes.waiting).toMatchObject([{ connection: 'crm', state: 'held', count: 4 }]);

    // While these wait, not even one more is believed.
    vendor.held('crm', 'goods').delete('F5');
    await tell('crm', 'F5', { revision: '6', deleted: true });
    expect([await lastCode('crm', 'F5'), await stateOf('F5')]).toEqual(['deletes.held', 'live']);

    await run('confirm', 'crm', 'goods', '--all', '--dry-run');
    expect((await listed()).waiting.length).toBe(5);
    // Made again since it was found missing: the system is asked once more.
    vendor.held('crm', 'goods').set('F2', { number: 'F2', name: 'again' });
    await run('confirm', 'crm', 'goods', 'F1', 'F2', '--note', 'looked there');
    await quiet(hub.database);
    expect([await stateOf('F1'), await stateOf('F2')]).toEqual(['deleted', 'live']);
    await run('reject', 'crm', 'goods', '--all', '--author', 'wang.wei');
    await quiet(hub.database);
    expect((await listed()).waiting).toEqual([]);
    expect([await stateOf('F3'), await stateOf('F5')]).toEqual(['live', 'live']);
    expect(await kindsOf('F3')).toEqual(['gone crm']);
    const [audit] = await auditOf(hub.database, 'crm/goods/F1');
    expect(audit).toMatchObject({
      author: 'li.na',
      action: 'deletes.confirm',
      details: { note: 'looked there' },
    });
    await expect(run('confirm', 'crm', 'goods', 'F3')).rejects.toThrow('waits for a decision');
    // Nor is what was rejected found again.
    await look();
    expect((await listed()).waiting).toEqual([]);

    for (const number of ['F6', 'F7', 'F8']) {
      vendor.held('crm', 'goods').delete(number);
      await tell('crm', number, { revision: '6', deleted: true });
    }
    // The one that was confirmed counts, too: the fourth of this hour.
    expect([await stateOf('F6'), await stateOf('F7'), await stateOf('F8')]).toEqual([
      'deleted',
      'deleted',
      'live',
    ]);
    expect((await listed()).waiting).toMatchObject([
      { remote_id: 'F8', error: expect.stringMatching(/at most 3/) },
    ]);
  });
});

test('a party whose deletions could never be noticed, and a removal nobody offers, are told with their places', async () => {
  const warning = '13:94 config.cannot-remove';
  expect(await problemsOf(yaml)).toEqual([warning]);
  expect(await problemsOf(yaml.replace('[crm]', '[crm, cmr]'))).toEqual(['8:28 config.unknown-party']);
  const silent = yaml
    .replace('[crm]', '[till]')
    .replace('till: { mapping: memory/goods, read: { webhook: true }, ', 'till: { mapping: memory/goods, ');
  expect(await problemsOf(silent)).toEqual(['8:23 config.deletes-unseen', warning]);
});
