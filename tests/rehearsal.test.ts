import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTableFile } from '../src/crossrefs/files.ts';
import { packageRoot } from '../src/hub.ts';
import { CodeTables } from '../src/lanes/code-tables.ts';
import { type Database, openDatabase } from '../src/ledger/database.ts';
import { silentLogger } from '../src/log.ts';
import { rehearseCrossref } from '../src/rehearsal/crossref.ts';
import { rehearseDerivation } from '../src/rehearsal/derivation.ts';
import type { Rehearsal } from '../src/rehearsal/findings.ts';
import { preview } from '../src/rehearsal/preview.ts';
import { rehearse } from '../src/rehearsal/rehearse.ts';
import { proposeText, type Setup, sideWith } from '../src/rehearsal/versions.ts';
import { inspect } from '../src/setup/inspect.ts';
import { buildLandscape } from '../src/setup/landscape.ts';
import { LiveMappings } from '../src/setup/live.ts';
import { startTestHub, type TestHub, testConfig } from './harness.ts';
import { closedDay, finished, hasty } from './support/read-outs.ts';

const orders = 6;
const tickets = 9;

describe('A rehearsal over what really happened', () => {
  let hub: TestHub;
  let database: Database;
  let setup: Setup;
  let before: Record<string, string>;

  beforeAll(async () => {
    hub = await startTestHub({ yaml: hasty });
    const numbers: string[] = [];
    for (let n = 0; n < orders; n += 1) numbers.push(hub.pos.placeOrder('WEB', hub.inventor.order()));
    for (let n = 0; n < tickets; n += 1) {
      const store = hub.stores[n % 3] as string;
      hub.pos.sellTicket(store, hub.inventor.ticket(closedDay() + n * 60_000, hub.members.get(store) ?? []));
    }
    await finished(hub, numbers, tickets);
    // From here on nothing moves but what a rehearsal itself would move.
    await hub.hub.stop();
    database = await openDatabase({
      url: hub.options.databaseUrl ?? '',
      schema: hub.database.schema,
      max: 3,
    });
    const { config, connectors, openapiFolder } = hub.options;
    const { mappings: files } = await inspect({ config, connectors, openapiFolder });
    const tables = new CodeTables();
    await tables.load(database);
    const log = silentLogger();
    const live = await LiveMappings.open({ config, connectors, openapiFolder, files, database, log });
    setup = { live, files, tables, database };
    before = await everyRow(database);
  });
  afterAll(async () => {
    await database?.close();
    await hub?.stop();
  });

  const textOf = (name: string): Promise<string> =>
    readFile(path.join(packageRoot, 'mappings', `${name}.yaml`), 'utf8');

  /** Rehearses a mapping with lines of its file replaced. */
  async function changed(
    name: string,
    changes: Readonly<Record<string, string>>,
    more: { pageSize?: number; last?: number } = {},
  ): Promise<Rehearsal> {
    let text = await textOf(name);
    for (const [from, to] of Object.entries(changes)) {
      expect(text).toContain(from);
      text = text.replace(from, to);
    }
    const proposal = await proposeText(setup, `${name}.yaml`, text);
    return rehearse({ database, ...proposal, ...more });
  }

  it('of a mapping that says the same finds nothing different', async () => {
    const found = await changed('kingdee/order', {});
    expect(found).toMatchObject({ compared: { in: 0, out: orders }, different: 0, fields: [], troubles: [] });
  });

  it('counts the fields that would be written differently, with at most five examples each', async () => {
    const found = await changed('kingdee/order', {
      'notes: { at: FNote, direction: out }': `notes: { at: FNote, from: '"checked"', direction: out }`,
      'quantity: { at: FQty, as: decimal, required: true }':
        'quantity: { at: FQty, as: decimal, scale: 3, required: true }',
    });
    expect(found.different).toBe(orders);
    expect(found.fields.map(({ way, where, field, count }) => ({ way, where, field, count }))).toEqual([
      { way: 'out', where: 'erp/SAL_SaleOrder', field: 'FNote', count: orders },
      { way: 'out', where: 'erp/SAL_SaleOrder', field: 'FSaleOrderEntry[].FQty', count: orders },
    ]);
    expect(found.fields[0]?.examples).toHaveLength(5);
    expect(found.fields[0]?.examples[0]).toMatchObject({ after: 'checked' });
    expect(found.fields[1]?.examples[0]?.after).toMatch(/^\d+\.000$/);
    expect(found.troubles).toEqual([]);
  });

  it('runs inward over the messages that were kept', async () => {
    const found = await changed('pospal/online-order', {
      '  amounts.paid: { at: _paid, as: money, direction: in }\n': '',
    });
    // Each was told once, and shown once more in answer to its status.
    expect(found.compared.in).toBe(2 * orders);
    expect(found.fields).toMatchObject([{ way: 'in', field: 'amounts.paid', count: orders }]);
    expect(found.fields[0]?.examples[0]).not.toHaveProperty('after');
  });

  it('counts errors and waits that would be new', async () => {
    const found = await changed('kingdee/order', {
      'currency: { at: FSaleOrderFinance.FSettleCurrId.FNumber, table: currencies, direction: out, required: true }':
        'currency: { at: FSaleOrderFinance.FSettleCurrId.FNumber, table: orgs, direction: out, required: true }',
      'notes: { at: FNote, direction: out }': 'orgId: { at: FNote, direction: out, required: true }',
    });
    expect(found.troubles).toMatchObject([
      { change: 'new', kind: 'error', what: 'mapping.missing orgId', count: orders },
      { change: 'new', kind: 'wait', what: 'table orgs/CNY', count: orders },
    ]);
    const { troubles } = await rehearse({
      database,
      before: (
        await proposeText(
          setup,
          'x.yaml',
          (await textOf('kingdee/order')).replace('table: currencies', 'table: orgs'),
        )
      ).after,
      after: await sideWith(setup, 'kingdee/order', 'active'),
      parties: setup.live.landscape.parties.filter((party) => party.mapping.name === 'kingdee/order'),
    });
    expect(troubles).toMatchObject([{ change: 'gone', kind: 'wait', what: 'table orgs/CNY', count: orders }]);
  });

  it('finds the same page by page, and stops where it was told to', async () => {
    const change = {
      'notes: { at: FNote, direction: out }': `notes: { at: FNote, from: '"x"', direction: out }`,
    };
    expect(await changed('kingdee/order', change, { pageSize: 2 })).toEqual(
      await changed('kingdee/order', change),
    );
    expect((await changed('kingdee/order', change, { pageSize: 2, last: 3 })).compared.out).toBe(3);
    const inward = { '  amounts.paid: { at: _paid, as: money, direction: in }\n': '' };
    expect(await changed('pospal/online-order', inward, { pageSize: 2 })).toEqual(
      await changed('pospal/online-order', inward),
    );
  });

  it('of a code table shows what its file would change, in every system', async () => {
    const csv = 'connection,key,value\nerp,WEB,CUST-NEW\n';
    const sheet = await readTableFile(Buffer.from(csv), {
      file: 'settle-customers.csv',
      table: 'settle-customers',
    });
    const { live, tables } = setup;
    const found = await rehearseCrossref({ database, landscape: live.landscape, tables, sheet });
    const order = found.fields.find((one) => one.where === 'erp/SAL_SaleOrder');
    expect(order).toMatchObject({ field: 'FCustId.FNumber', count: orders });
    expect(order?.examples[0]).toMatchObject({ before: 'CUST-WEB', after: 'CUST-NEW' });
    expect(tables.lookup('erp', 'settle-customers', 'WEB')).toBe('CUST-WEB');
  });

  it('of a derivation shows which documents would be made differently', async () => {
    const config = await testConfig((text) => text.replace('    tenders: true\n', ''));
    const mappings = setup.live.mappings;
    const rules = (one: typeof config) =>
      buildLandscape(one, hub.options.connectors, mappings).landscape.rules;
    const after = rules(config).find((rule) => rule.name === 'retailDay');
    const now = rules(hub.options.config).find((rule) => rule.name === 'retailDay');
    if (!after || !now) throw new Error('no rule');
    const { tables } = setup;
    const same = await rehearseDerivation({ database, tables, before: now, after: now });
    expect(same).toMatchObject({ different: 0 });
    expect(same.compared.derive).toBeGreaterThanOrEqual(3);
    const found = await rehearseDerivation({ database, tables, before: now, after, pageSize: 4 });
    expect(found.fields).toMatchObject([{ way: 'derive', where: 'retailDay', field: 'tenders' }]);
    expect(found.fields[0]?.count).toBe(same.compared.derive);
    const added = await rehearseDerivation({ database, tables, before: undefined, after });
    expect(added.troubles).toMatchObject([
      { change: 'gone', kind: 'not-let-out', count: same.compared.derive },
    ]);
  });

  it('previews real objects value by value, both ways', async () => {
    const side = { landscape: setup.live.landscape, codes: setup.tables };
    const of = (name: string, way: 'in' | 'out') => {
      const mapping = setup.live.mappings.get(name);
      if (!mapping) throw new Error(`no ${name}`);
      return preview({ side, mapping, way, subject: { kind: 'last' }, database });
    };
    const out = await of('kingdee/order', 'out');
    expect(out.result.ok).toBe(true);
    const sku = out.steps.find((step) => step.canonical?.endsWith('.skuId'));
    expect(sku?.converted).toEqual(expect.any(String));
    expect(sku?.raw).not.toBe(sku?.converted);
    const number = out.steps.find((step) => step.canonical === 'number')?.converted;
    const again = await preview({
      side,
      mapping: setup.live.mappings.get('pospal/online-order') ?? expect.fail(),
      way: 'in',
      subject: { kind: 'record', entity: 'order', number: String(number) },
      database,
    });
    expect(again.steps.find((step) => step.canonical === 'number')).toMatchObject({
      raw: number,
      converted: number,
    });
    expect((await of('kingdee/material', 'in')).result.ok).toBe(true);
    await expect(of('pospal/product', 'out')).rejects.toMatchObject({ code: 'preview.no-party' });
  });

  it('has written nothing at all', async () => {
    expect(await everyRow(database)).toEqual(before);
  });
});

/** Every table with how many rows it has, when the last of them was written, and what is in them. */
async function everyRow(database: Database): Promise<Record<string, string>> {
  const { rows } = await database.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = to_regnamespace($1) order by 1`,
    [database.schema],
  );
  const found: Record<string, string> = {};
  for (const { name } of rows) {
    const answer = await database.query<{ state: string }>(
      `select concat_ws(' ', count(*), max(xmin::text::bigint), max(xmax::text::bigint), sum(hashtext(t::text)::bigint)) as state
       from "${name}" t`,
    );
    found[name] = answer.rows[0]?.state ?? '';
  }
  return found;
}
