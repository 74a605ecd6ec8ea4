import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { CodeTables } from '../lanes/code-tables.ts';
import { seedCodes } from '../lanes/fill-crossref.ts';
import { listCrossrefs } from '../ledger/crossrefs.ts';
import { type Database, openDatabase } from '../ledger/database.ts';
import { newId } from '../ledger/ids.ts';
import { insertInbox } from '../ledger/inbox.ts';
import { insertLinks } from '../ledger/links.ts';
import { migrate } from '../ledger/migrate.ts';
import { migrations } from '../ledger/migrations/index.ts';
import { missingCodes } from '../ledger/missing.ts';
import { ensurePartitions } from '../ledger/partitions.ts';
import { insertRecords } from '../ledger/records.ts';
import { writeShadows } from '../ledger/shadows.ts';
import { insertInboxWaits, insertLinkWaits, releaseFilled, setReleasePace } from '../ledger/waits.ts';
import { endCode, importSheet, setCode } from './change.ts';
import { readTableFile } from './files.ts';
import { tableNamed } from './table.ts';

const schema = `t_crossref_changes_${process.pid}`;
let database: Database;

beforeAll(async () => {
  database = await openDatabase({ url: inject('databaseUrl'), schema, max: 3 });
  await migrate(database, migrations);
  await database.transaction((sql) => ensurePartitions(sql, new Date()));
});
beforeEach(async () => {
  await database.query(
    'truncate crossrefs, crossref_tables, waits, inbox, links, shadows, records; update release_pace set per_second = 200, tokens = 200, at = now()',
  );
});
afterAll(async () => {
  await database.query(`drop schema ${schema} cascade`);
  await database.close();
});

const author = 'li.na';
const li = (name: string, key: string, value: string, more: object = {}) =>
  setCode(database, {
    table: name,
    connection: 'erp',
    key,
    values: { '': value },
    author,
    create: true,
    ...more,
  });
const tables = async (): Promise<CodeTables> => {
  const loaded = new CodeTables();
  await loaded.load(database);
  return loaded;
};
const sheet = (content: string) =>
  readTableFile(new TextEncoder().encode(content), { file: 'warehouses.csv', table: 'warehouses' });

/** A record with a copy in the ERP that was last written with these codes, or waits for one. */
async function copy(
  number: string,
  more: {
    codes?: string[];
    waitsFor?: string;
    amount?: string;
    businessDate?: string;
    connection?: string;
  } = {},
): Promise<string> {
  const recordId = newId();
  const id = newId();
  const { codes, waitsFor, amount, connection = 'erp', businessDate } = more;
  await insertRecords(database, [
    {
      id: recordId,
      entity: 'order',
      state: 'live',
      alias_of: null,
      data: { number, ...(businessDate ? { businessDate } : {}) },
      version: 1,
      provenance: {},
      mapping_version: null,
    },
  ]);
  await insertLinks(database, [
    {
      id,
      record_id: recordId,
      entity: 'order',
      connection,
      object: 'SAL_SaleOrder',
      origin: false,
      remote_id: null,
      remote_number: null,
      state: waitsFor ? 'waiting' : 'idle',
      lane: `push/${connection}/SAL_SaleOrder/0`,
      priority: 5,
      seen_revision: null,
      seen_hash: null,
    },
  ]);
  if (codes) await writeShadows(database, [{ link_id: id, codes }]);
  if (waitsFor)
    await insertLinkWaits(database, [
      { linkId: id, kind: 'table', target: waitsFor, amount, currency: 'CNY' },
    ]);
  return id;
}

async function waitingMessage(remoteId: string, target: string, amount?: string): Promise<void> {
  await insertInbox(database, [
    { connection: 'pos', object: 'ticket', remoteId, via: 'poll', lane: 'apply/pos/0', body: '{}' },
  ]);
  const found = await database.query<{ id: number; received_at: Date }>(
    `update inbox set state = 'waiting' where id = (select max(id) from inbox) returning id, received_at`,
  );
  const { id = 0, received_at: receivedAt = new Date() } = found.rows[0] ?? {};
  await insertInboxWaits(database, [
    { inboxId: id, receivedAt, kind: 'table', target, back: true, amount, currency: 'CNY' },
  ]);
}

const states = async (): Promise<Record<string, number>> => {
  const found = await database.query<{ state: string; n: number }>(
    `select state, count(*)::int as n from (select state from links union all select state from inbox) s group by 1`,
  );
  return Object.fromEntries(found.rows.map(({ state, n }) => [state, n]));
};

describe('Codes are looked up at the business date', () => {
  it('both ways, whatever was changed later', async () => {
    await li('tax', 'S01', 'OLD');
    await li('tax', 'S01', 'NEW', { from: '2026-06-01' });
    await li('tax', 'S01', 'FAIR', { from: '2026-06-18', to: '2026-06-20' });
    const codes = await tables();
    const at = (day: string) => codes.lookup('erp', 'tax', 'S01', day);
    expect(['2026-05-31', '2026-06-01', '2026-06-18', '2026-06-20', '2026-06-21'].map(at)).toEqual([
      'OLD',
      'NEW',
      'FAIR',
      'FAIR',
      'NEW',
    ]);
    expect(codes.lookupBack('erp', 'tax', 'OLD', '2026-05-31')).toBe('S01');
    expect(codes.lookupBack('erp', 'tax', 'OLD', '2026-06-01')).toBeUndefined();
    // A code given to another key counts for that one from then on.
    await li('tax', 'S02', 'NEW', { from: '2026-07-01' });
    const later = await tables();
    expect(['2026-06-30', '2026-07-01'].map((day) => later.lookupBack('erp', 'tax', 'NEW', day))).toEqual([
      'S01',
      'S02',
    ]);
  });

  it('and without one at today, whose midnight is that of the shops', async () => {
    await li('tax', 'S01', 'OLD');
    await li('tax', 'S01', 'NEW', { from: '2026-06-01' });
    let now = Date.parse('2026-05-31T15:59:59Z');
    const codes = new CodeTables(() => now);
    await codes.load(database);
    expect(codes.lookup('erp', 'tax', 'S01')).toBe('OLD');
    now += 1_000;
    expect(codes.lookup('erp', 'tax', 'S01')).toBe('NEW');
  });

  it('an end leaves days before it as they were', async () => {
    await li('tax', 'S01', 'OLD');
    await endCode(database, { table: 'tax', connection: 'erp', key: 'S01', lastDay: '2026-06-30', author });
    const codes = await tables();
    expect(['2026-06-30', '2026-07-01'].map((day) => codes.lookup('erp', 'tax', 'S01', day))).toEqual([
      'OLD',
      undefined,
    ]);
  });
});

describe('A table has several columns', () => {
  const content =
    'connection,key.store,key.kind,value,value.owner\nerp,S01,main,CK001,100\nerp,S01,"re|turn",CK002,\n,S01,main,ANY,900\n';

  it('of which each can be asked for, either way', async () => {
    await importSheet(database, await sheet(content), { author });
    const codes = await tables();
    expect(codes.lookup('erp', 'warehouses', 'S01|main')).toBe('CK001');
    expect(codes.lookup('erp', 'warehouses.owner', 'S01|main')).toBe('100');
    expect(codes.lookup('wms', 'warehouses.owner', 'S01|main')).toBe('900');
    expect(codes.lookupBack('erp', 'warehouses', 'CK002')).toBe('S01|re\\|turn');
    expect(codes.lookupBack('erp', 'warehouses.kind', 'CK002')).toBe('re|turn');
    expect(codes.lookupBack('erp', 'warehouses.owner.store', '100')).toBe('S01');
    expect(codes.lookup('erp', 'warehouses.nothing', 'S01|main')).toBeUndefined();
    expect(codes.lookup('erp', 'warehouses.constructor', 'S01|main')).toBeUndefined();
  });

  it('which files may add to, and whose keys they may not change', async () => {
    await importSheet(database, await sheet(content), { author });
    await importSheet(
      database,
      await sheet('connection,key.store,key.kind,value,value.title\nerp,S01,main,CK001,一号\n'),
      { author },
    );
    const codes = await tables();
    expect(codes.lookup('erp', 'warehouses.title', 'S01|main')).toBe('一号');
    expect(codes.lookup('erp', 'warehouses.owner', 'S01|main')).toBe('100');
    const other = importSheet(database, await sheet('connection,key,value\nerp,S01,CK\n'), { author });
    await expect(other).rejects.toMatchObject({ code: 'crossrefs.other-columns' });
  });

  it('and a key with too few parts is refused', async () => {
    await importSheet(database, await sheet(content), { author });
    await expect(li('warehouses', 'S01', 'CK')).rejects.toThrow('expected store|kind');
    await expect(li('warehouses', 'S01|main', 'CK', { values: { ownr: 'x' } })).rejects.toThrow(
      'expected one of value, owner',
    );
  });
});

describe('A change', () => {
  it('tells whose it is, and what was removed is remembered and not seeded again', async () => {
    const seed = { name: 'units', connection: 'erp', key: 'pcs', value: 'Pcs' };
    await seedCodes(database, [seed]);
    await li('units', 'pcs', 'EA');
    await seedCodes(database, [seed]);
    expect((await tables()).lookupBack('erp', 'units', 'Pcs')).toBeUndefined();
    const rows = await listCrossrefs(database, { name: 'units', removed: true });
    expect(rows.map(({ value, author, removedBy }) => [value, author, removedBy])).toEqual([
      ['Pcs', 'seed', 'li.na'],
      ['EA', 'li.na', null],
    ]);
    await li('units', 'pcs', 'Pcs');
    expect((await tables()).lookup('erp', 'units', 'pcs')).toBe('Pcs');
  });

  it('is seen by who holds the tables, also one made by hand in the database', async () => {
    await li('units', 'pcs', 'Pcs');
    const codes = await tables();
    const { version } = codes;
    const isStale = () => database.transaction((sql) => codes.isStale(sql, version));
    expect(await isStale()).toBe(false);
    await database.query(`update crossrefs set value = 'EA'`);
    expect(await isStale()).toBe(true);
    await codes.load(database);
    // Whoever looked a code up before that did so in the old tables, and is still told so.
    expect(await isStale()).toBe(true);
    expect(codes.lookup('erp', 'units', 'pcs')).toBe('EA');
    await database.query('delete from crossrefs');
    await codes.refresh(database);
    expect(codes.lookup('erp', 'units', 'pcs')).toBeUndefined();
  });

  it('lists what it touches before it is made', async () => {
    await li('warehouses', 'W01', 'CK001');
    await copy('SO-1', { codes: ['warehouses/W01', 'units/pcs'], businessDate: '2026-05-01' });
    await copy('SO-2', { codes: ['warehouses/W01'] });
    await copy('SO-3', { codes: ['warehouses/W02', 'units/W01'] });
    await copy('SO-4', { codes: ['warehouses/W01'], connection: 'wms' });
    const dry = await li('warehouses', 'W01', 'CK-NEW', { dryRun: true });
    expect(dry).toMatchObject({ applied: false, changes: [{ key: 'W01' }] });
    expect(dry.touched).toEqual([
      {
        connection: 'erp',
        entity: 'order',
        object: 'SAL_SaleOrder',
        count: 2,
        examples: expect.arrayContaining(['SO-1', 'SO-2']),
      },
    ]);
    expect((await tables()).lookup('erp', 'warehouses', 'W01')).toBe('CK001');
    // From June on, the order of May keeps its code.
    const june = await li('warehouses', 'W01', 'CK-NEW', { dryRun: true, from: '2026-06-01' });
    expect(june.touched).toMatchObject([{ count: 1, examples: ['SO-2'] }]);
    // A row for every connection touches those that have none of their own.
    const all = await li('warehouses', 'W01', 'ANY', { dryRun: true, connection: '' });
    expect(all.touched).toMatchObject([{ connection: 'wms', count: 1 }]);
    const ended = await endCode(database, {
      table: 'warehouses',
      connection: 'erp',
      key: 'W01',
      lastDay: '2026-06-30',
      author,
      dryRun: true,
    });
    expect(ended.touched).toMatchObject([{ count: 1 }]);
    const nothing = await li('warehouses', 'W01', 'CK001');
    expect(nothing).toMatchObject({ changes: [], touched: [] });
  });

  it('has what it touches compared again when that is asked for', async () => {
    await li('warehouses', 'W01', 'CK001');
    const id = await copy('SO-1', { codes: ['warehouses/W01'] });
    await copy('SO-2', { codes: ['warehouses/W02'] });
    expect((await li('warehouses', 'W01', 'CK-2')).due).toBe(0);
    expect(await states()).toEqual({ idle: 2 });
    expect((await li('warehouses', 'W01', 'CK-3', { writeAgain: true })).due).toBe(1);
    const due = await database.query(`select id from links where state = 'due'`);
    expect(due.rows).toEqual([{ id }]);
  });

  it('of a table nobody knows is refused, unless something waits for it', async () => {
    await li('warehouses', 'W01', 'CK001');
    const typo = { table: 'warehouse', connection: 'erp', key: 'W02', values: { '': 'CK002' }, author };
    await expect(setCode(database, typo)).rejects.toThrow(
      'There is no code table warehouse (did you mean warehouses?)',
    );
    await expect(tableNamed(database, 'warehouse')).rejects.toMatchObject({
      code: 'crossrefs.unknown-table',
    });
    await copy('SO-1', { waitsFor: 'warehouse/W02' });
    expect(await setCode(database, typo)).toMatchObject({ applied: true, released: 1 });
    await expect(
      endCode(database, { table: 'warehouse', connection: 'erp', key: 'W99', lastDay: '2026-06-30', author }),
    ).rejects.toMatchObject({ code: 'crossrefs.no-row' });
  });
});

describe('A file', () => {
  it('with one bad row changes nothing', async () => {
    await li('warehouses', 'W01', 'CK001');
    const bad = sheet('connection,key,value\nerp,W01,CK-NEW\nerp,,CK002\n').then((read) =>
      importSheet(database, read, { author }),
    );
    await expect(bad).rejects.toThrow('warehouses.csv:3:2');
    expect((await tables()).lookup('erp', 'warehouses', 'W01')).toBe('CK001');
  });

  it('of which a dry run tells every change and makes none', async () => {
    await li('warehouses', 'W01', 'CK001');
    const read = await sheet('connection,key,value\nerp,W01,CK-NEW\nerp,W02,CK002\n');
    const dry = await importSheet(database, read, { author, dryRun: true });
    expect(
      dry.changes.map(({ key, before, after }) => [
        key,
        before.map((one) => one.value),
        after.map((one) => one.value),
      ]),
    ).toEqual([
      ['W01', ['CK001'], ['CK-NEW']],
      ['W02', [], ['CK002']],
    ]);
    expect(await listCrossrefs(database, { name: 'warehouses' })).toHaveLength(1);
    expect((await importSheet(database, read, { author })).applied).toBe(true);
    expect((await importSheet(database, read, { author })).changes).toEqual([]);
  });

  it('writes the first of several values of a key and understands them all', async () => {
    await importSheet(database, await sheet('connection,key,value\npos,cash,payCode_1\npos,cash,Cash\n'), {
      author,
    });
    const codes = await tables();
    expect(codes.lookup('pos', 'warehouses', 'cash')).toBe('payCode_1');
    expect(['payCode_1', 'Cash'].map((value) => codes.lookupBack('pos', 'warehouses', value))).toEqual([
      'cash',
      'cash',
    ]);
  });
});

describe('A missing code', () => {
  it('is one item of work, with how many wait, what they are worth and since when', async () => {
    await copy('SO-1', { waitsFor: 'warehouses/W07', amount: '10.10' });
    await copy('SO-2', { waitsFor: 'warehouses/W07', amount: '0.20' });
    await waitingMessage('T-1', 'payment-methods/Bitcoin', '5');
    await waitingMessage('T-1', 'payment-methods/Bitcoin', '7.5');
    const missing = await missingCodes(database);
    expect(missing).toMatchObject([
      {
        table: 'warehouses',
        connection: 'erp',
        code: 'W07',
        back: false,
        count: 2,
        links: 2,
        amounts: [{ currency: 'CNY', amount: '10.30' }],
      },
      {
        table: 'payment-methods',
        connection: 'pos',
        code: 'Bitcoin',
        back: true,
        count: 1,
        messages: 1,
        amounts: [{ currency: 'CNY', amount: '7.5' }],
      },
    ]);
    expect(missing[0]?.oldest).toBeInstanceOf(Date);
    expect(await missingCodes(database, { table: 'units' })).toEqual([]);
  });

  it('that is filled in lets go on no more than the pace allows, whoever asks and however often', async () => {
    await setReleasePace(database, 3);
    for (let n = 0; n < 8; n += 1) await copy(`SO-${n}`, { waitsFor: 'warehouses/W07' });
    const filled = await li('warehouses', 'W07', 'CK007');
    expect(filled).toMatchObject({ waiting: 8, released: 3, lanes: ['push/erp/SAL_SaleOrder/0'] });
    expect(await states()).toEqual({ due: 3, waiting: 5 });
    expect(await missingCodes(database)).toMatchObject([{ count: 5, filled: 5 }]);
    // Whoever asks, in this process or after a restart: the clock of the database says how many.
    const later = (seconds: number) =>
      database.query(`update release_pace set at = clock_timestamp() - $1 * interval '1 s', tokens = 0`, [
        seconds,
      ]);
    await later(-3_600);
    expect((await database.transaction(releaseFilled)).count).toBe(0);
    await later(1);
    expect((await database.transaction(releaseFilled)).count).toBe(3);
    // Hours of standing still are not made up for at once.
    for (let n = 0; n < 4; n += 1) await copy(`SO-1${n}`, { waitsFor: 'warehouses/W07' });
    await database.query('update waits set filled_at = now()');
    await later(7_200);
    expect((await database.transaction(releaseFilled)).count).toBe(3);
    expect(await states()).toEqual({ due: 9, waiting: 3 });
    await later(1);
    expect((await database.transaction(releaseFilled)).count).toBe(3);
    expect(await database.query('select 1 from waits')).toMatchObject({ rowCount: 0 });
  });

  it('that was taken away again before its turn is missing as before', async () => {
    await setReleasePace(database, 1);
    await copy('SO-1', { waitsFor: 'warehouses/W07' });
    const id = await copy('SO-2', { waitsFor: 'warehouses/W07' });
    await li('warehouses', 'W07', 'CK007');
    await insertLinkWaits(database, [{ linkId: id, kind: 'table', target: 'warehouses/W07' }]);
    expect(await missingCodes(database)).toMatchObject([{ count: 1, filled: 0 }]);
  });

  it('frees a link that waits for two of them once, and forgets both', async () => {
    const id = await copy('SO-1', { waitsFor: 'warehouses/W07' });
    await insertLinkWaits(database, [{ linkId: id, kind: 'table', target: 'units/box' }]);
    await li('warehouses', 'W07', 'CK007');
    expect(await states()).toEqual({ due: 1 });
    expect(await missingCodes(database)).toEqual([]);
    expect(await database.query('select 1 from waits')).toMatchObject({ rowCount: 0 });
  });
});
