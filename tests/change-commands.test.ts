import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { z } from 'zod';
import { mappingsCommand } from '../src/cli/mappings.ts';
import { previewCommand } from '../src/cli/preview.ts';
import { rehearseCommand } from '../src/cli/rehearse.ts';
import { packageRoot } from '../src/hub.ts';
import { openDatabase } from '../src/ledger/database.ts';

const order = {
  number: 'W1',
  kind: 'web',
  direction: 'sale',
  channelId: 'WEB',
  currency: 'CNY',
  placedAt: '2026-11-01T04:00:00.000Z',
  lines: [],
};

describe('The commands that change mappings, beside no running hub', () => {
  let folder: string;
  let name: string;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lianhub-change-'));
    name = `c_${randomBytes(6).toString('hex')}`;
    const database = await openDatabase({ url: inject('databaseUrl'), max: 1 });
    await database.query(`create database ${name}`);
    await database.close();
    const address = new URL(inject('databaseUrl'));
    address.pathname = `/${name}`;
    url = address.href;
    await writeFile(path.join(folder, 'order.json'), JSON.stringify(order));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });
  afterAll(async () => {
    const database = await openDatabase({ url: inject('databaseUrl'), max: 1 });
    await database.query(`drop database if exists ${name} with (force)`);
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a command prints, and how it ends. */
  async function run(
    command: Command,
    args: readonly string[],
    databaseUrl: string | undefined = url,
  ): Promise<{ text: string; code: number }> {
    vi.stubEnv('HUB_DATABASE_URL', databaseUrl);
    vi.stubEnv('HUB_DATA_DIR', path.join(folder, 'data'));
    vi.stubEnv('HUB_CONFIG', undefined);
    let text = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    });
    process.exitCode = undefined;
    try {
      await command.parseAsync([...args], { from: 'user' });
    } finally {
      vi.restoreAllMocks();
    }
    return { text, code: Number(process.exitCode ?? 0) };
  }
  const json = async <Schema extends z.ZodType>(schema: Schema, command: Command, ...args: string[]) =>
    schema.parse(JSON.parse((await run(command, [...args, '--json'])).text));

  it('show a sample value by value without any database', async () => {
    const { text, code } = await run(
      previewCommand(),
      ['kingdee/order', '--out', '--sample', path.join(folder, 'order.json')],
      '',
    );
    expect(text).toContain('hub → erp SAL_SaleOrder');
    expect(text).toMatch(/placedAt → FDate +2026-11-01T04:00:00.000Z → 2026-11-01 12:00:00 +datetime/);
    expect(text).toMatch(/currency → \S+ +CNY → PRE001 +table currencies/);
    expect(code).toBe(0);
  });

  it('say with a place what stands in the way, and end with 1', async () => {
    await writeFile(
      path.join(folder, 'bad.json'),
      JSON.stringify({ ...order, currency: 'ZZZ', number: null }),
    );
    const args = ['kingdee/order', '--out', '--sample', path.join(folder, 'bad.json')];
    const { text, code } = await run(previewCommand(), args, '');
    expect(text).toContain('! waits for table currencies/ZZZ');
    expect(text).toContain('! mapping.missing: kingdee/order, line');
    expect(code).toBe(1);
  });

  it('put a version in use, tell its history, and go back to the file', async () => {
    const file = path.join(folder, 'order.yaml');
    const text = await readFile(path.join(packageRoot, 'mappings/kingdee/order.yaml'), 'utf8');
    await writeFile(file, text.replace('notes: { at: FNote,', `notes: { at: FNote, from: '"x"',`));
    const Applied = z.object({
      name: z.literal('kingdee/order'),
      version: z.string(),
      applied: z.boolean().optional(),
    });
    const dry = await json(
      Applied.extend({ dryRun: z.literal(true) }),
      mappingsCommand(),
      'apply',
      file,
      '--dry-run',
    );
    const List = z.object({
      mappings: z.array(
        z.object({ name: z.string(), version: z.string(), from: z.enum(['file', 'applied']) }),
      ),
    });
    const inUse = async () =>
      (await json(List, mappingsCommand(), 'list')).mappings.find((one) => one.name === 'kingdee/order');
    const before = await inUse();
    expect(before?.from).toBe('file');
    const applied = await json(
      Applied,
      mappingsCommand(),
      'apply',
      file,
      '--note',
      'why not',
      '--author',
      'li.na',
    );
    expect(applied).toMatchObject({ version: dry.version, applied: true });
    expect(await inUse()).toMatchObject({ version: dry.version, from: 'applied' });
    expect((await run(mappingsCommand(), ['show', 'kingdee/order'])).text).toContain(`from: '"x"'`);

    const Rehearsal = z.object({ different: z.number(), troubles: z.array(z.unknown()) });
    const none = await json(Rehearsal, rehearseCommand(), 'mapping', 'kingdee/order', '--against', 'active');
    expect(none).toEqual({ different: 0, troubles: [] });

    await run(mappingsCommand(), ['rollback', 'kingdee/order', 'file', '--author', 'li.na']);
    expect(await inUse()).toEqual(before);
    const back = await run(mappingsCommand(), ['rollback', 'kingdee/order', dry.version.slice(0, 8)]);
    expect(back.text).toContain(`${dry.version} is in use instead of ${before?.version}`);
    const History = z.object({
      decisions: z.array(
        z.object({ version: z.string().nullable(), author: z.string(), note: z.string().nullable() }),
      ),
    });
    const { decisions } = await json(History, mappingsCommand(), 'history', 'kingdee/order');
    expect(decisions.map((one) => one.version)).toEqual([dry.version, null, dry.version]);
    expect(decisions.at(-1)).toMatchObject({ author: 'li.na', note: 'why not' });
  });

  it('refuse a file with mistakes, with every place, and store nothing', async () => {
    const file = path.join(folder, 'wrong.yaml');
    await writeFile(
      file,
      'mapping: kingdee/order\nentity: order\nobject: SAL_SaleOrder\nfields:\n  nmber: FBillNo\n',
    );
    await expect(run(mappingsCommand(), ['apply', file])).rejects.toMatchObject({ code: 'config.invalid' });
    await expect(run(mappingsCommand(), ['apply', path.join(folder, 'none.yaml')])).rejects.toMatchObject({
      code: 'mappings.unreadable',
    });
    await expect(run(mappingsCommand(), ['show', 'no/such'])).rejects.toMatchObject({
      code: 'mappings.unknown',
    });
  });
});
