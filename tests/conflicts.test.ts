import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conflictsCommand } from '../src/cli/conflicts.ts';
import { type Hub, startHub } from '../src/hub.ts';
import { mergeRecords } from '../src/lanes/merging/merge-records.ts';
import { unmergeRecord } from '../src/lanes/merging/unmerge-record.ts';
import { type ListedConflict, listConflicts } from '../src/ledger/conflicts.ts';
import type { JsonObject } from '../src/model/index.ts';
import { preview } from '../src/rehearsal/preview.ts';
import { inspect } from '../src/setup/inspect.ts';
import { quiet, statusOf, type TestHub, until } from './harness.ts';
import { type Goods, type GoodsHub, startGoodsHub, toldGoods } from './support/goods.ts';

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
describe('A value two systems have changed differently waits for a person', () => {
  let erp: Goods;
  let pos: Goods;
  let both: GoodsHub;
  let hub: TestHub;
  let running: Hub;

  beforeAll(async () => {
    both = await startGoodsHub(hubYaml);
    ({ hub, erp, pos } = both);
    running = hub.hub;
  });
  afterAll(async () => {
    if (running !== hub?.hub) await running?.stop();
    await both?.stop();
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
  const told = (connection: string, object: string, remoteId: string, body?: JsonObject): Promise<void> =>
    toldGoods(hub, running, connection, object, remoteId, body);

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
  async function idOf(code: string): Promise<string | undefined> {
    const found = await running.database.query<{ id: string }>(
      `select id from records where entity = 'product' and data ->> 'code' = $1`,
      [code],
    );
    return found.rows[0]?.id;
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
    const status = (await statusOf(running)) as { conflicts: unknown };
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

  it('follows its record into the one it is merged into, and back', async () => {
    const [one, other] = [await goods(), await disputed()];
    const [keep = '', gone = ''] = await Promise.all([idOf(one), idOf(other)]);
    const values = { erp: 'Green tea', pos: 'Oolong' };
    expect(valuesOf(await only(other))).toEqual(values);
    await mergeRecords(running.world, keep, gone, 'li.na');
    await quiet(running.database);
    expect(await only(one)).toMatchObject({ state: 'open', record_id: keep });
    expect(valuesOf(await only(one))).toEqual(values);
    // Nobody is told the value in dispute.
    expect([erpName(other), posName(other)]).toEqual(['Green tea', 'Oolong']);
    await unmergeRecord(running.world, gone, 'li.na');
    await quiet(running.database);
    expect(await conflictsOf(one)).toEqual([]);
    expect(await only(other)).toMatchObject({ state: 'open', record_id: gone, golden: 'Green tea' });
    await run('resolve', (await only(other)).id, '--take', 'pos');
    expect([erpName(other), erpName(one)]).toEqual(['Oolong', 'Tea']);
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
