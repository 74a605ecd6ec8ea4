import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector, ObjectOperations } from '../connectors/kit/types.ts';
import { connectors } from '../connectors/registry.ts';
import { conflictsCommand } from '../src/cli/conflicts.ts';
import { type Hub, startHub } from '../src/hub.ts';
import { type ListedConflict, listConflicts } from '../src/ledger/conflicts.ts';
import type { JsonObject } from '../src/model/index.ts';
import { preview } from '../src/rehearsal/preview.ts';
import { inspect } from '../src/setup/inspect.ts';
import { quiet, startTestHub, type TestHub, until } from './harness.ts';
import { tell } from './support/read-outs.ts';

/** Both systems keep goods, tell them and are told them; the ERP's word counts for their kind of pack. */
const hubYaml = `
connections:
  erp: { connector: kingdee, simulator: {} }
  pos: { connector: pospal, simulator: {} }
syncs:
  product:
    conflict: park
    owners: { category: erp }
    parties:
      erp: { mapping: kingdee/material, read: { webhook: true }, write: { create: false, update: true } }
      pos: { mapping: pospal/product, read: { webhook: true }, write: { create: false, update: true } }
server: { port: 0 }
lanes: { shards: 1, sweep: 200ms }
`;
const mappings = {
  'kingdee/material': `
mapping: kingdee/material
entity: product
object: BD_MATERIAL
fields:
  code: FNumber
  name: { at: FName, optional: true }
  specification: { at: FSpecification, optional: true }
  category: { at: FMaterialGroup.FNumber, optional: true }
  active: { at: FForbidStatus, as: boolean, format: "A|B", optional: true }
`,
  'pospal/product': `
mapping: pospal/product
entity: product
object: product
fields:
  code: barcode
  name: { at: name, optional: true }
  specification: { at: description, optional: true }
  category: { at: attribute1, optional: true }
  active: { at: enable, optional: true, enum: { "true": 1, "false": [0, -1] } }
`,
};

/** A system's goods by id, and what was written to them. */
class Goods {
  readonly rows = new Map<string, JsonObject>();
  readonly writes: { readonly id: string; readonly body: JsonObject }[] = [];
  /** While it is pending, writes that came are not answered. */
  answers: Promise<void> = Promise.resolve();

  readonly operations: ObjectOperations = {
    list: async () => ({ items: [], cursor: {}, more: false }),
    find: async ({ items }) =>
      items.map(({ remoteId = '' }) => ({ found: true, remoteId, stepDone: this.rows.has(remoteId) })),
    write: async ({ items }) => {
      const results = items.map(({ remoteId = '', body }) => {
        this.writes.push({ id: remoteId, body });
        this.rows.set(remoteId, { ...this.rows.get(remoteId), ...body });
        return { ok: true as const, remoteId };
      });
      await this.answers;
      return results;
    },
  };
}

/** The registered connector, whose goods are these. */
function withGoods(connector: Connector, object: string, goods: Goods): Connector {
  return {
    ...connector,
    open: (context) => {
      const session = connector.open(context);
      return { ...session, objects: { ...session.objects, [object]: goods.operations } };
    },
  };
}

describe('A value two systems have changed differently waits for a person', () => {
  const erp = new Goods();
  const pos = new Goods();
  let folder: string;
  let hub: TestHub;
  let running: Hub;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lianhub-mappings-'));
    for (const [name, text] of Object.entries(mappings)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, `${name}.yaml`), text);
    }
    hub = await startTestHub({
      seed: false,
      yaml: () => hubYaml,
      config: (config) => ({ ...config, mappings: folder }),
      connectors: {
        ...connectors,
        kingdee: withGoods(connectors.kingdee as Connector, 'BD_MATERIAL', erp),
        pospal: withGoods(connectors.pospal as Connector, 'product', pos),
      },
    });
    running = hub.hub;
  });
  afterAll(async () => {
    if (running !== hub?.hub) await running?.stop();
    await hub?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Somebody changes goods in one system, which tells them; waits until that is applied, and what follows is done. */
  async function inErp(code: string, change: JsonObject): Promise<void> {
    erp.rows.set(code, { ...erp.rows.get(code), ...change });
    await told('erp', 'BD_MATERIAL', code, erp.rows.get(code));
  }
  async function inPos(code: string, change: JsonObject, store = 'S01'): Promise<void> {
    const id = `${store}/${code}`;
    pos.rows.set(id, { ...pos.rows.get(id), ...change });
    await told('pos', 'product', id, pos.rows.get(id));
  }
  async function told(
    connection: string,
    object: string,
    remoteId: string,
    body: JsonObject = {},
  ): Promise<void> {
    const where = { ...hub, hub: running, database: running.database };
    expect(await tell(where, connection, { object, remoteId, body })).toMatchObject({ error: null });
    await quiet(running.database);
  }

  let count = 0;
  /** Goods both systems have. */
  async function goods(): Promise<string> {
    count += 1;
    const code = `SKU${count}`;
    await inErp(code, { FNumber: code, FName: 'Tea', FSpecification: '100 g', FForbidStatus: 'A' });
    await inPos(code, { barcode: code, name: 'Tea', description: '100 g', enable: 1 });
    return code;
  }
  /** The ERP names them anew, the shop too, in another way. */
  async function disputed(): Promise<string> {
    const code = await goods();
    await inErp(code, { FName: 'Green tea' });
    await inPos(code, { name: 'Oolong' });
    return code;
  }

  async function golden(code: string): Promise<JsonObject | undefined> {
    const found = await running.database.query<{ data: JsonObject }>(
      `select data from records where entity = 'product' and data ->> 'code' = $1`,
      [code],
    );
    return found.rows[0]?.data;
  }
  async function conflictsOf(code: string): Promise<ListedConflict[]> {
    return (await listConflicts(running.database, {})).filter((one) => one.number === code);
  }
  async function only(code: string): Promise<ListedConflict> {
    const found = await conflictsOf(code);
    expect(found).toHaveLength(1);
    return found[0] as ListedConflict;
  }
  const valuesOf = (one: ListedConflict): unknown =>
    Object.fromEntries(Object.values(one.told).map((shown) => [shown.connection, shown.value]));
  const erpName = (code: string): unknown => erp.rows.get(code)?.FName;
  const posName = (code: string): unknown => pos.rows.get(`S01/${code}`)?.name;

  /** What the command prints. */
  async function run(...words: string[]): Promise<string> {
    let printed = '';
    const { database, world } = running;
    const close = async (): Promise<void> => undefined;
    const command = conflictsCommand({
      open: async () => ({ database, connections: [], close }),
      openWorld: async () => ({ world, close }),
      write: (text) => {
        printed += text;
      },
      user: 'han.mei',
    });
    await command.parseAsync(words, { from: 'user' });
    await quiet(database);
    return printed;
  }

  it('and nothing but that value: everything else flows both ways, and each system keeps its own', async () => {
    const code = await goods();
    await inErp(code, { FName: 'Green tea' });
    const before = [erp.writes.length, pos.writes.length];
    await inPos(code, { name: 'Oolong' });
    expect([erp.writes.length, pos.writes.length]).toEqual(before);
    expect((await golden(code))?.name).toBe('Green tea');
    const conflict = await only(code);
    expect(conflict).toMatchObject({ path: 'name', golden: 'Green tea', state: 'open', entity: 'product' });
    expect(valuesOf(conflict)).toEqual({ erp: 'Green tea', pos: 'Oolong' });

    await inErp(code, { FSpecification: '200 g' });
    expect(pos.writes.at(-1)).toMatchObject({ body: { name: 'Oolong', description: '200 g' } });
    await inPos(code, { enable: 0 });
    expect(erp.writes.at(-1)).toMatchObject({ body: { FName: 'Green tea', FForbidStatus: 'B' } });
    expect([erpName(code), posName(code)]).toEqual(['Green tea', 'Oolong']);
    expect(await golden(code)).toMatchObject({ name: 'Green tea', specification: '200 g', active: false });
    expect((await only(code)).version).toBe(conflict.version);

    const other = await goods();
    await inErp(other, { FName: 'Black tea' });
    expect(posName(other)).toBe('Black tea');
  });

  it('is shown with what each system says, to people and in the status', async () => {
    const code = await disputed();
    const { id, version } = await only(code);
    const listed = await run('list', '--entity', 'product', '--connection', 'pos', '--path', 'name');
    expect(listed).toContain(`${id}@${version}  product ${code}  name  Green tea`);
    expect(await run('list', '--connection', 'wms')).toBe('Nothing is in conflict.\n');
    const shown = await run('show', id);
    expect(shown).toMatch(
      /pos\/product\/S01\/SKU\d+\s+Oolong\s+before: Tea\s+\S+ \(message \d+, pospal\/product@/,
    );
    expect(shown).toMatch(/erp\/BD_MATERIAL\/SKU\d+\s+Green tea/);
    const status = (await (await fetch(`${running.url}/v1/status`)).json()) as { conflicts: unknown };
    expect(status.conflicts).toMatchObject([{ entity: 'product', path: 'name', count: 2 }]);
  });

  it('is previewed as each system is told it', async () => {
    const code = await disputed();
    const { landscape, tables } = running.world;
    const mapping = (await inspect(hub.options)).mappings.get('pospal/product');
    if (!mapping) throw new Error('no mapping');
    const subject = { kind: 'record', entity: 'product', number: code } as const;
    const { database } = running;
    const side = { landscape, codes: tables };
    const { result } = await preview({ side, mapping, way: 'out', subject, database });
    expect(result).toMatchObject({ ok: true, body: { name: 'Oolong' } });
  });

  it('takes in what any of them says next, and is not decided by who has not seen that', async () => {
    const code = await disputed();
    const seen = await only(code);
    await inErp(code, { FName: 'Black tea' });
    expect((await golden(code))?.name).toBe('Green tea');
    expect([erpName(code), posName(code)]).toEqual(['Black tea', 'Oolong']);
    const now = await only(code);
    expect(valuesOf(now)).toEqual({ erp: 'Black tea', pos: 'Oolong' });
    const resolve = (version: number): Promise<string> =>
      run('resolve', `${seen.id}@${version}`, '--take', 'erp');
    await expect(resolve(seen.version)).rejects.toMatchObject({ code: 'conflicts.changed' });
    await resolve(now.version);
    expect([(await golden(code))?.name, posName(code)]).toEqual(['Black tea', 'Black tea']);
  });

  it('is decided by taking what one shows: the other is written, with the person as its origin', async () => {
    const code = await disputed();
    const { id } = await only(code);
    const before = pos.writes.length;
    expect(await run('resolve', id, '--take', 'pos', '--dry-run')).toContain('nothing was changed');
    expect((await golden(code))?.name).toBe('Green tea');
    await run('resolve', id, '--take', 'pos', '--author', 'li.na');
    expect([(await golden(code))?.name, erpName(code), posName(code)]).toEqual([
      'Oolong',
      'Oolong',
      'Oolong',
    ]);
    expect(pos.writes).toHaveLength(before);
    expect(await only(code)).toMatchObject({
      ...{ state: 'resolved', resolved_by: 'li.na' },
      resolution: { take: 'pos', value: 'Oolong' },
    });
    const history = await running.database.query(
      `select c.origin, c.patch, r.provenance -> 'name' ->> 'by' as by, r.conflicted from records r
       join changes c on c.record_id = r.id and c.version = r.version where r.data ->> 'code' = $1`,
      [code],
    );
    expect(history.rows).toMatchObject([
      {
        origin: { by: 'li.na', conflict: id },
        patch: { name: { from: 'Green tea', to: 'Oolong' } },
        by: 'li.na',
        conflicted: null,
      },
    ]);
    await expect(run('resolve', id, '--take', 'erp')).rejects.toMatchObject({ code: 'conflicts.resolved' });
    expect(await run('list', '--resolved')).toContain('resolved by li.na');
    // From now on it is a value like any other.
    await inPos(code, { name: 'White tea' });
    expect(erpName(code)).toBe('White tea');
  });

  it('is written again where the golden value had been sent before the conflict', async () => {
    const code = await disputed();
    expect(pos.writes.filter((one) => one.id === `S01/${code}`)).toMatchObject([
      { body: { name: 'Green tea' } },
    ]);
    await run('resolve', (await only(code)).id, '--take', 'golden');
    expect([(await golden(code))?.name, posName(code)]).toEqual(['Green tea', 'Green tea']);
  });

  it('is written again also when its own value is just being sent beside another field', async () => {
    const code = await disputed();
    let answer: () => void = () => undefined;
    pos.answers = new Promise((resolve) => {
      answer = resolve;
    });
    const applied = inErp(code, { FSpecification: '250 g' });
    try {
      await until('it is being sent', () => pos.rows.get(`S01/${code}`)?.description === '250 g');
      expect(posName(code)).toBe('Oolong');
    } catch (error) {
      answer();
      throw error;
    }
    const decided = run('resolve', (await only(code)).id, '--take', 'golden');
    await until('it is decided', async () => (await only(code)).state === 'resolved');
    answer();
    await Promise.all([applied, decided]);
    expect(posName(code)).toBe('Green tea');
  });

  it('may be between copies of one system, of which one is named', async () => {
    const code = await disputed();
    await inPos(code, { barcode: code, name: 'Oolong tea', description: '100 g', enable: 1 }, 'S02');
    const { id, told } = await only(code);
    expect(Object.keys(told)).toHaveLength(3);
    const take = (copy: string): Promise<string> => run('resolve', id, '--take', copy);
    await expect(take('pos')).rejects.toMatchObject({ code: 'conflicts.several-values' });
    await take(`pos/product/S02/${code}`);
    expect([erpName(code), posName(code)]).toEqual(['Oolong tea', 'Oolong tea']);
  });

  it('is decided by typing a value that fits the model', async () => {
    const code = await disputed();
    const { id } = await only(code);
    const type = (value: string): Promise<string> => run('resolve', id, '--value', value);
    await expect(type('5')).rejects.toThrow(/The value 5 cannot stand at name: .*expected string/);
    await expect(type('Jasmine')).rejects.toMatchObject({ code: 'conflicts.bad-value' });
    await expect(run('resolve', id, '--take', 'wms')).rejects.toThrow('there are golden, ');
    await expect(run('resolve', id)).rejects.toMatchObject({ code: 'conflicts.bad-choice' });
    await expect(run('resolve', 'SKU1', '--take', 'erp')).rejects.toMatchObject({
      code: 'conflicts.unknown',
    });
    expect((await only(code)).state).toBe('open');
    await type('"Jasmine"');
    expect([(await golden(code))?.name, erpName(code), posName(code)]).toEqual([
      'Jasmine',
      'Jasmine',
      'Jasmine',
    ]);
  });

  it('is over when the systems come to agree, on the golden value or on another', async () => {
    const [back, third] = [await disputed(), await disputed()];
    await inPos(back, { name: 'Green tea' });
    expect(await only(back)).toMatchObject({ state: 'resolved', resolved_by: 'hub' });
    await inPos(third, { name: 'Matcha' });
    expect((await only(third)).state).toBe('open');
    await inErp(third, { FName: 'Matcha' });
    expect(await only(third)).toMatchObject({ state: 'resolved', resolution: { value: 'Matcha' } });
    expect((await golden(third))?.name).toBe('Matcha');
    await inErp(third, { FName: 'Sencha' });
    expect(posName(third)).toBe('Sencha');
  });

  it('is decided once when two people do it at the same moment', async () => {
    const code = await disputed();
    const { id } = await only(code);
    const both = await Promise.allSettled([
      run('resolve', id, '--take', 'erp', '--author', 'li.na'),
      run('resolve', id, '--take', 'pos', '--author', 'han.mei'),
    ]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = both.find((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'conflicts.resolved' });
    const { resolution } = await only(code);
    expect([(await golden(code))?.name, erpName(code), posName(code)]).toEqual(
      Array(3).fill(resolution?.value),
    );
  });

  it('is decided for many at once, after they were counted', async () => {
    const codes = [await disputed(), await disputed(), await disputed()];
    const open = await listConflicts(running.database, { state: 'open' });
    const all = ['resolve', '--all', '--entity', 'product', '--path', 'name', '--take', 'erp'];
    const counted = `${open.length} resolved, 0 refused, ${open.length} copies to be written`;
    expect(await run(...all, '--dry-run')).toContain(`would be: ${counted}`);
    expect(await listConflicts(running.database, { state: 'open' })).toHaveLength(open.length);
    expect(JSON.parse(await run(...all, '--json'))).toMatchObject({ applied: true, refused: [] });
    expect(await run('list')).toBe('Nothing is in conflict.\n');
    for (const code of codes) expect(posName(code)).toBe('Green tea');
  });

  it('and where one system owns it, the other is told again although that was sent to it before', async () => {
    const code = await goods();
    await inErp(code, { FMaterialGroup: { FNumber: 'T1' } });
    expect(pos.rows.get(`S01/${code}`)?.attribute1).toBe('T1');
    await inPos(code, {});
    await inPos(code, { attribute1: 'mine' });
    expect(pos.rows.get(`S01/${code}`)?.attribute1).toBe('T1');
    expect((await golden(code))?.category).toBe('T1');
    expect(await conflictsOf(code)).toEqual([]);
  });

  it('survives a restart', async () => {
    const code = await disputed();
    await running.stop();
    running = await startHub(hub.options);
    await inErp(code, { FSpecification: '300 g' });
    expect(pos.writes.at(-1)).toMatchObject({ body: { name: 'Oolong', description: '300 g' } });
    await inPos(code, { name: 'Pu-erh' });
    expect(valuesOf(await only(code))).toEqual({ erp: 'Green tea', pos: 'Pu-erh' });
    await run('resolve', (await only(code)).id, '--take', 'pos');
    expect(erpName(code)).toBe('Pu-erh');
  });
});
