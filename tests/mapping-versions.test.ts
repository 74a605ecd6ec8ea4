import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../src/hub.ts';
import { pauseConnection } from '../src/ledger/connections.ts';
import { activationsOf, mappingVersions } from '../src/ledger/mappings.ts';
import { silentLogger } from '../src/log.ts';
import type { JsonObject } from '../src/model/index.ts';
import {
  applyProposal,
  countProposal,
  proposeText,
  proposeVersion,
  type Setup,
} from '../src/rehearsal/versions.ts';
import { inspect } from '../src/setup/inspect.ts';
import { LiveMappings } from '../src/setup/live.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { hasty, lastTold, tell } from './support/read-outs.ts';

const stock = 'pospal/stock';
const author = 'li.na';

describe('Another version of a mapping', () => {
  let hub: TestHub;
  let text: string;
  /** What the shop is told is one less than can be sold. */
  let careful: string;

  beforeAll(async () => {
    hub = await startTestHub({ yaml: hasty });
    await quiet(hub.database);
    text = await readFile(path.join(packageRoot, 'mappings', `${stock}.yaml`), 'utf8');
    careful = text.replace(
      'sellable: { at: stock, as: decimal, required: true }',
      `sellable: { at: stock, from: 'sub(record.sellable, "1")', as: decimal, required: true }`,
    );
  });
  afterAll(() => hub?.stop());

  /** What another process, or a command, has open beside the running hub. */
  async function setup(): Promise<Setup> {
    const { config, connectors, openapiFolder } = hub.options;
    const { mappings: files } = await inspect({ config, connectors, openapiFolder });
    const { database } = hub;
    const log = silentLogger();
    const live = await LiveMappings.open({ config, connectors, openapiFolder, files, database, log });
    return { live, files, tables: hub.hub.world.tables, database };
  }

  const copies = async (where: string): Promise<number> => {
    const found = await hub.database.query<{ n: number }>(
      `select count(*)::int as n from links l left join shadows s on s.link_id = l.id
       where l.connection = 'pos' and l.entity = 'inventory' and ${where}`,
    );
    return found.rows[0]?.n ?? 0;
  };
  const tries = async (): Promise<number> => {
    const found = await hub.database.query<{ n: number }>('select count(*)::int as n from tries');
    return found.rows[0]?.n ?? 0;
  };
  const versionOf = (name: string): string | undefined =>
    hub.hub.world.landscape.parties.find((party) => party.mapping.name === name)?.mapping.version;
  const told = async (): Promise<string[]> => {
    const found = await hub.database.query<{ stock: string }>(
      `select distinct on (t.link_id) t.body ->> 'stock' as stock from tries t join links l on l.id = t.link_id
       where l.entity = 'inventory' order by t.link_id, t.started_at desc, t.id desc`,
    );
    return found.rows.map((row) => row.stock);
  };

  it('is counted before it is put in use, and counting changes nothing', async () => {
    const opened = await setup();
    const all = await copies('true');
    const [before, marks] = [await tries(), await copies('l.marks > 0')];
    const counted = await countProposal(opened, await proposeText(opened, 'stock.yaml', careful));
    expect(counted).toEqual({ looked: all, due: { write: all, wait: 0, park: 0, rest: 0 }, reordered: 0 });
    expect(all).toBeGreaterThan(5);
    expect([await tries(), await copies('l.marks > 0')]).toEqual([before, marks]);
  });

  it('is used by every process within seconds, and each copy it concerns is written once', async () => {
    const opened = await setup();
    const other = await setup();
    const proposal = await proposeText(opened, 'stock.yaml', careful);
    const before = { tries: await tries(), told: await told() };
    const { isNew } = await applyProposal(opened, proposal, { author, note: 'one less', perSecond: 10_000 });
    expect(isNew).toBe(true);
    const version = proposal.version?.version;
    await until('the hub uses it', () => versionOf(stock) === version);
    await until(
      'every copy was made by it',
      async () => (await copies(`s.mapping_version is distinct from '${version}'`)) === 0,
    );
    await quiet(hub.database);
    const all = await copies('true');
    expect((await tries()) - before.tries).toBe(all);
    expect((await told()).map(Number)).toEqual(before.told.map((one) => Number(one) - 1));
    const [decision] = await activationsOf(hub.database, stock);
    expect(decision).toMatchObject({ version, author, note: 'one less', marked: all });
    expect(decision?.finished_at).not.toBeNull();
    // A process that has not looked yet does so before it plans the first copy that became due.
    expect(other.live.mappings.get(stock)?.compiled.version).not.toBe(version);
    await other.live.keepUp(decision?.id ?? 0);
    expect(other.live.mappings.get(stock)?.compiled.version).toBe(version);
    expect(other.live.landscape.parties.some((party) => party.mapping.version === version)).toBe(true);
  });

  it('that is in use already is not put in use again', async () => {
    const opened = await setup();
    const again = await applyProposal(opened, await proposeText(opened, 'stock.yaml', careful), { author });
    expect(again).toEqual({ isNew: false, released: 0 });
    expect(await activationsOf(hub.database, stock)).toHaveLength(1);
  });

  it('stays in use after a restart, and a changed file is told to be out of use', async () => {
    const opened = await setup();
    expect(opened.live.mappings.get(stock)?.text).toBe(careful);
    expect(opened.live.overrides).toMatchObject([{ name: stock, author, isFileNewer: false }]);
    const files = new Map(opened.files);
    const file = files.get(stock);
    if (!file) throw new Error('no file');
    files.set(stock, { ...file, compiled: { ...file.compiled, version: 'edited-since' } });
    const { config, connectors, openapiFolder } = hub.options;
    const { database } = hub;
    const log = silentLogger();
    const restarted = await LiveMappings.open({ config, connectors, openapiFolder, files, database, log });
    expect(restarted.overrides).toMatchObject([
      { name: stock, fileVersion: 'edited-since', isFileNewer: true },
    ]);
  });

  it('with the same values in another order writes nothing', async () => {
    const opened = await setup();
    const [first = '', second = ''] = careful.split('\n').filter((line) => line.startsWith('  '));
    const swapped = careful.replace(`${first}\n${second}`, `${second}\n${first}`);
    const proposal = await proposeText(opened, 'stock.yaml', swapped);
    const all = await copies('true');
    expect(await countProposal(opened, proposal)).toMatchObject({ reordered: all, due: { write: 0 } });
    const before = await tries();
    await applyProposal(opened, proposal, { author });
    await until('the hub uses it', () => versionOf(stock) === proposal.version?.version);
    await until('all copies were looked at', async () => {
      return (await activationsOf(hub.database, stock))[0]?.finished_at !== null;
    });
    await hub.database.query(
      `update links set state = 'due', marks = marks + 1 where entity = 'inventory' and connection = 'pos'`,
    );
    await quiet(hub.database);
    expect(await tries()).toBe(before);
  });

  it('rolled back to the file goes back at the rate that was asked for', async () => {
    const opened = await setup();
    await pauseConnection(hub.database, 'pos', 60_000, 'for the test');
    const proposal = await proposeVersion(opened, stock, 'file');
    await applyProposal(opened, proposal, { author, perSecond: 5 });
    await until('all copies were looked at', async () => {
      return (await activationsOf(hub.database, stock))[0]?.finished_at !== null;
    });
    const all = await copies('true');
    expect(await copies(`l.state = 'due'`)).toBe(all);
    const { rows } = await hub.database.query<{ seconds: number }>(
      `select extract(epoch from max(due_at) - min(due_at))::float8 as seconds from links
       where connection = 'pos' and entity = 'inventory'`,
    );
    expect(rows[0]?.seconds).toBeGreaterThan((all - 1) / 5 - 0.5);
    expect(rows[0]?.seconds).toBeLessThan((all - 1) / 5 + 2);
    await hub.database.query(`update connections set paused_until = null`);
    await until(
      'the file is followed',
      async () => versionOf(stock) === opened.files.get(stock)?.compiled.version,
    );
    await quiet(hub.database);
    expect(await copies(`s.mapping_version is distinct from '${versionOf(stock)}'`)).toBe(0);
    expect((await setup()).live.overrides).toEqual([]);
  });

  it('that extends a file is kept with the text of that file', async () => {
    const opened = await setup();
    const own = `mapping: ${stock}
extends: ${stock}
fields:
  sellable: { at: stock, from: 'sub(record.sellable, "2")', as: decimal, required: true }
`;
    const proposal = await proposeText(opened, 'stock.yaml', own);
    await applyProposal(opened, proposal, { author, perSecond: 10_000 });
    await until('the hub uses it', () => versionOf(stock) === proposal.version?.version);
    const kept = (await mappingVersions(hub.database, stock)).find((row) => row.content === own);
    expect(kept?.bases).toEqual({ [stock]: text });
    // What the file says later changes nothing about this version.
    const again = await proposeText(opened, 'x', own, { [stock]: text });
    expect(again.mapping.compiled.version).toBe(kept?.version);
    await applyProposal(opened, await proposeVersion(opened, stock, 'file'), { author, perSecond: 10_000 });
    await quiet(hub.database);
  });

  it('reads again what the one before it refused, unless something newer came since', async () => {
    const opened = await setup();
    const { remoteId, body } = await lastTold(hub, 'pos', 'product');
    const stale = await lastTold(hub, 'pos', 'product', `remote_id <> '${remoteId}'`);
    // Read, not pushed: of what is pushed without a revision the hub would ask the shop itself.
    const read = (id: string, body: JsonObject) =>
      tell(hub, 'pos', { object: 'product', remoteId: id, body }, 'poll', new Date().toISOString());
    const refused = (id: string, of: JsonObject) => read(id, { ...of, sellPrice: 'a lot', name: 'renamed' });
    expect(await refused(remoteId, body)).toMatchObject({ state: 'dead', error_code: 'mapping.bad-value' });
    expect(await refused(stale.remoteId, stale.body)).toMatchObject({ state: 'dead' });
    await read(stale.remoteId, { ...stale.body, name: 'newer' });
    const product = await readFile(path.join(packageRoot, 'mappings/pospal/product.yaml'), 'utf8');
    const without = product.replace(/^ {2}price: .*\n/m, '');
    await applyProposal(opened, await proposeText(opened, 'product.yaml', without), {
      author,
      perSecond: 10_000,
    });
    const became = async (id: string): Promise<string[]> => {
      const { rows } = await hub.database.query<{ state: string }>(
        `select state from inbox where connection = 'pos' and object = 'product' and remote_id = $1 and body is not null
           and convert_from(body, 'utf8')::jsonb ->> 'sellPrice' = 'a lot'`,
        [id],
      );
      return rows.map((row) => row.state);
    };
    await until('it was read again', async () => (await became(remoteId))[0] === 'done');
    expect(await became(stale.remoteId)).toEqual(['dropped']);
  });

  it('with a mistake is refused with its place and never used', async () => {
    const opened = await setup();
    const wrong = text.replace('at: stock', 'at: stok');
    await expect(proposeText(opened, 'stock.yaml', wrong)).rejects.toMatchObject({ code: 'config.invalid' });
    const unused = text.replace('mapping: pospal/stock', 'mapping: pospal/other');
    await expect(proposeText(opened, 'stock.yaml', unused)).rejects.toMatchObject({
      code: 'mappings.unknown',
    });
    await expect(proposeVersion(opened, stock, 'nothing')).rejects.toMatchObject({
      code: 'mappings.unknown-version',
    });
  });
});
