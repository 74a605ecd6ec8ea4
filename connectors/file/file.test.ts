import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import iconv from 'iconv-lite';
import { readSheet } from 'read-excel-file/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import writeSheet from 'write-excel-file/node';
import type { ConnectorSession, JsonObject, Notice, WriteItem } from '../kit/index.ts';
import { openFolder } from './folder.ts';
import file from './index.ts';
import { type SftpServer, serveSftp } from './sftp-server.fixture.ts';

let folder: string;
let server: SftpServer | undefined;
const sessions: ConnectorSession[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lianhub-file-'));
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

function open(thing: JsonObject, more: { place?: JsonObject; secrets?: JsonObject } = {}): ConnectorSession {
  const place = more.place ?? { type: 'folder', path: '.' };
  const session = file.open({
    connection: 'files',
    config: file.config.parse({ place, objects: { thing: { id: '编码', settleMs: 0, ...thing } } }),
    secrets: file.secrets.parse(more.secrets ?? {}),
    now: Date.now,
    folder,
  });
  sessions.push(session);
  return session;
}

/** Everything there is to read from a place on, the cursor stored and read back between pages. */
async function readAll(
  session: ConnectorSession,
  from?: JsonObject,
): Promise<{ items: Notice[]; cursor: JsonObject; pages: number }> {
  const items: Notice[] = [];
  let cursor = from;
  for (let pages = 1; ; pages++) {
    const page = await session.objects.thing?.list?.({ signal: signal(), ...(cursor ? { cursor } : {}) });
    if (!page) throw new Error('no list');
    items.push(...page.items);
    cursor = JSON.parse(JSON.stringify(page.cursor)) as JsonObject;
    if (!page.more) return { items, cursor, pages };
  }
}

const idsOf = (items: readonly Notice[]): string[] => items.map(({ remoteId }) => remoteId);

async function write(session: ConnectorSession, ...items: Omit<WriteItem, 'key'>[]) {
  const told = items.map((item) => ({ key: 'k', ...item }));
  return (await session.objects.thing?.write?.({ step: 'create', items: told, signal: signal() })) ?? [];
}

describe('CSV comes in', () => {
  it('in GBK, in pages; rows that are none are told with their line and what is wrong', async () => {
    const rows = Array.from({ length: 1200 }, (_, at) => `T-${at},高山绿茶 ${at},${at}.50`);
    rows[3] = 'T-3,两列';
    rows[700] = ',没有编码,1';
    const bytes = Buffer.concat([
      iconv.encode(['编码,名称,售价', ...rows.slice(0, 10), ''].join('\r\n'), 'gbk'),
      Buffer.from([0x54, 0x2d, 0x58, 0x2c, 0xff, 0xff, 0x2c, 0x31, 0x0d, 0x0a]),
      iconv.encode(rows.slice(10).join('\r\n'), 'gbk'),
    ]);
    await writeFile(path.join(folder, 'goods-1.csv'), bytes);
    await writeFile(path.join(folder, 'goods-2.csv.part'), 'half');
    const session = open({ files: 'goods-*', encoding: 'gbk' });
    const { items, pages } = await readAll(session);
    expect(pages).toBe(4);
    const good = items.filter((item) => item.body);
    expect(good).toHaveLength(1198);
    expect(good.at(-1)).toMatchObject({
      remoteId: 'T-1199',
      body: { 编码: 'T-1199', 名称: '高山绿茶 1199', 售价: '1199.50' },
    });
    const bad = items.filter((item) => !item.body);
    // Told once: no later poll shows them again. As new as their file.
    expect(good[0]).toMatchObject({ once: true, revision: expect.stringMatching(/^20.*Z$/) });
    const told = await session.objects.thing?.fetch?.({ hints: bad, signal: signal() });
    expect(told?.map((one) => (one.found ? '' : one.decision.message))).toEqual([
      'goods-1.csv, line 5: it has 2 columns where the heading has 3; correct it and put the file there again',
      'goods-1.csv, line 12: it holds bytes that are not of this encoding: set encoding to what the file is written in; correct it and put the file there again',
      'goods-1.csv, line 703: 编码 is empty, and it tells the objects apart; correct it and put the file there again',
    ]);
  });

  it('goes on where another process stopped, reads what has changed anew, and nothing twice', async () => {
    const text = ['编码,名称', ...Array.from({ length: 25 }, (_, at) => `A${at},x`)].join('\n');
    await writeFile(path.join(folder, 'a.csv'), text);
    const first = await open({ files: '*.csv', pageSize: 10 }).objects.thing?.list?.({ signal: signal() });
    expect(first?.items).toHaveLength(10);
    const other = open({ files: '*.csv', pageSize: 10 });
    const rest = await readAll(other, first?.cursor);
    expect(idsOf(rest.items)).toEqual(Array.from({ length: 15 }, (_, at) => `A${at + 10}`));
    expect((await readAll(other, rest.cursor)).items).toEqual([]);
    await writeFile(path.join(folder, 'a.csv'), `${text}\nA25,new`);
    expect((await readAll(other, rest.cursor)).items).toHaveLength(26);
  });

  it('a file that is still being written waits until it stands still', async () => {
    await writeFile(path.join(folder, 'a.csv'), '编码\nA');
    const session = open({ files: '*.csv', settleMs: 60_000 });
    const first = await readAll(session);
    expect(first.items).toEqual([]);
    expect(idsOf((await readAll(session, first.cursor)).items)).toEqual(['A']);
  });

  it('a file that was read is put away only when its rows are kept', async () => {
    await writeFile(path.join(folder, 'a.csv'), '编码,删\nA,0\nB,1');
    const session = open({ files: '*.csv', done: { move: 'done' }, deleted: { column: '删', is: [1] } });
    const page = await session.objects.thing?.list?.({ signal: signal() });
    expect(page?.items.map(({ remoteId, deleted }) => [remoteId, deleted ?? false])).toEqual([
      ['A', false],
      ['B', true],
    ]);
    expect(await readdir(folder)).toEqual(['a.csv']);
    expect((await readAll(session, page?.cursor)).items).toEqual([]);
    expect(await readdir(path.join(folder, 'done'))).toEqual(['a.csv']);
  });

  it.each([
    ['编码,名称,名称\nA,b,c', 'a.csv, line 1: two columns are named 名称'],
    ['code,name\nA,b', 'a.csv, line 1: there is no column 编码 (it has code, name)'],
    ['编码,名称\nA,"open\nB,c\n', 'a.csv, line 3: Quote Not Closed'],
  ])('%j is told at its line', async (text, message) => {
    await writeFile(path.join(folder, 'a.csv'), text);
    const session = open({ files: '*.csv' });
    const { items } = await readAll(session);
    const told = await session.objects.thing?.fetch?.({ hints: items, signal: signal() });
    expect(told?.map((one) => (one.found ? '' : one.decision.message))).toEqual([
      expect.stringContaining(message),
    ]);
  });
});

describe('Excel comes in', () => {
  it('with numbers digit for digit, days, and codes as they are written', async () => {
    const day = { value: new Date('2026-11-01T00:00:00Z'), type: Date, format: 'yyyy-mm-dd' };
    const sheet = [
      ['报表', null, null, null],
      ['编码', '数量', '单价', '日期'].map((value) => ({ value, type: String })),
      [{ value: '001', type: String }, { value: 12, type: Number }, { value: 0.1 + 0.2, type: Number }, day],
      [{ value: '002', type: String }, null, null, null],
    ].map((row) => row.map((cell) => (typeof cell === 'string' ? { value: cell, type: String } : cell)));
    await writeFile(path.join(folder, 'a.xlsx'), await writeSheet(sheet as never).toBuffer());
    const { items } = await readAll(open({ files: '*.xlsx', format: 'xlsx', headingRow: 2 }));
    expect(items.map((item) => item.body)).toEqual([
      { 编码: '001', 数量: '12', 单价: '0.3', 日期: '2026-11-01' },
      { 编码: '002', 数量: '', 单价: '', 日期: '' },
    ]);
  });
});

describe('rows go out', () => {
  it('into a table, each once, in an encoding that has all their letters or not at all', async () => {
    const session = open({
      files: 'out.csv',
      encoding: 'gbk',
      columns: ['编码', '名称'],
      write: { file: 'out.csv' },
    });
    const tea = { 编码: 'A', 名称: '绿茶, "特级"' };
    expect(
      await write(session, { body: tea }, { body: { 编码: 'B', 名称: '🍵' } }, { body: { 名称: 'x' } }),
    ).toMatchObject([
      { ok: true, remoteId: 'A' },
      { ok: false, decision: { code: 'file.not-in-encoding', field: '名称' } },
      { ok: false, decision: { code: 'file.no-id', field: '编码' } },
    ]);
    await Promise.all([write(session, { body: tea }), write(session, { body: { 编码: 'C', 名称: '红茶' } })]);
    expect(await write(session, { remoteId: 'C', body: { 编码: 'C', 名称: '黑茶' } })).toMatchObject([
      { ok: true },
    ]);
    expect(await write(session, { body: { 编码: 'D', 颜色: '绿' } })).toMatchObject([
      { ok: false, decision: { code: 'file.no-column', field: '颜色' } },
    ]);
    const text = iconv.decode(await readFile(path.join(folder, 'out.csv')), 'gbk');
    expect(text).toBe('编码,名称\r\nA,"绿茶, ""特级"""\r\nC,黑茶\r\n');
    const found = await session.objects.thing?.find?.({
      step: 'create',
      items: [
        { key: 'k', body: tea },
        { key: 'k', body: { 编码: 'Z' } },
      ],
      signal: signal(),
    });
    expect(found).toMatchObject([{ found: true, remoteId: 'A', stepDone: true }, { found: false }]);
    expect(await readdir(folder)).toEqual(['out.csv']);
  });

  it('into Excel, codes as text and what Excel is to reckon with as numbers', async () => {
    const session = open({ format: 'xlsx', numbers: ['数量'], write: { file: 'out.xlsx' } });
    await write(session, { body: { 编码: '001', 数量: '12.5' } });
    await write(session, { body: { 编码: '002', 数量: '12345678901234567890' } });
    expect(await readSheet(await readFile(path.join(folder, 'out.xlsx')))).toEqual([
      ['编码', '数量'],
      ['001', 12.5],
      ['002', '12345678901234567890'],
    ]);
  });

  it('into a file of their own for each call, for somebody who fetches them', async () => {
    const session = open({ write: { file: 'out-{{time}}.csv', as: 'drop', bom: false } });
    await write(session, { body: { 编码: 'A' } }, { body: { 编码: 'B' } });
    await write(session, { remoteId: 'A', body: { 编码: 'A' } });
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    const texts = await Promise.all(names.sort().map((name) => readFile(path.join(folder, name), 'utf8')));
    expect(texts.sort()).toEqual(['编码\r\nA\r\n', '编码\r\nA\r\nB\r\n']);
  });

  it('what somebody has saved meanwhile is not replaced', async () => {
    const place = openFolder(folder);
    const out = path.join(folder, 'out.csv');
    await writeFile(out, 'theirs');
    expect(await place.write('out.csv', Buffer.from('ours'), async () => false)).toBe(false);
    expect([await readFile(out, 'utf8'), await readdir(folder)]).toEqual(['theirs', ['out.csv']]);
    expect(await place.write('out.csv', Buffer.from('ours'), async () => true)).toBe(true);
    expect(await readFile(out, 'utf8')).toBe('ours');
  });

  it('a table with a row nobody can read is not written again without it', async () => {
    await writeFile(path.join(folder, 'out.csv'), '编码,名称\nA,b\nC\n');
    const session = open({ write: { file: 'out.csv' } });
    await expect(write(session, { body: { 编码: 'D', 名称: 'e' } })).rejects.toMatchObject({
      decision: { kind: 'fatal', code: 'file.damaged', message: expect.stringContaining('out.csv, line 3') },
    });
  });
});

describe('an SFTP server', () => {
  const thing = { files: '*.csv', done: 'delete', write: { file: 'back.csv' } };
  const place = (changes: JsonObject = {}): JsonObject => ({
    type: 'sftp',
    host: '127.0.0.1',
    port: server?.port ?? 0,
    user: 'hub',
    hostKey: server?.hostKey ?? '',
    path: '/',
    ...changes,
  });

  it('is read and written like a folder', async () => {
    server = await serveSftp(folder);
    await writeFile(path.join(folder, 'in.csv'), '编码,名称\nA,绿茶\n');
    // Listed with whole seconds.
    await utimes(path.join(folder, 'in.csv'), 1_700_000_000, 1_700_000_000);
    const session = open(thing, { place: place(), secrets: { password: server.password } });
    expect(await session.test(signal())).toMatchObject({ ok: true });
    expect((await readAll(session)).items).toMatchObject([{ remoteId: 'A', body: { 名称: '绿茶' } }]);
    expect(await readdir(folder)).toEqual([]);
    await write(session, { body: { 编码: 'B', 名称: '红茶' } });
    await write(session, { body: { 编码: 'C', 名称: '黑茶' } });
    expect(await readFile(path.join(folder, 'back.csv'), 'utf8')).toBe(
      '\uFEFF编码,名称\r\nB,红茶\r\nC,黑茶\r\n',
    );
    expect(await readdir(folder)).toEqual(['back.csv']);
  });

  it('with another key, a wrong password or without the folder is told, and not hammered', async () => {
    server = await serveSftp(folder);
    const { password } = server;
    const told = async (changes: JsonObject, secrets: JsonObject): Promise<string> => {
      const session = open(thing, { place: place(changes), secrets });
      for (let again = 0; again < 5; again++) await session.test(signal());
      return (await session.test(signal())).message;
    };
    const stranger = `SHA256:${'A'.repeat(43)}`;
    expect(await told({ hostKey: stranger }, { password })).toContain(
      `shows the key ${server.hostKey}, not the one`,
    );
    expect(await told({}, { password: 'wrong-password' })).toContain('check place.user and the secrets');
    expect(server.tried()).toBe(1);
    expect(await told({ path: '/none' }, { password })).toContain('make it, or correct place.path');
  });
});

it('a folder that is not there is told with what to do', async () => {
  await mkdir(path.join(folder, 'a'));
  const session = open({ files: '*' }, { place: { type: 'folder', path: 'b' } });
  expect(await session.test(signal())).toMatchObject({
    ok: false,
    message: expect.stringContaining('correct place.path'),
  });
});
