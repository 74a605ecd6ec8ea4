import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { crossrefsCommand } from '../../src/cli/crossrefs.ts';
import { HubError } from '../../src/errors.ts';
import { CodeTables } from '../../src/lanes/code-tables.ts';
import { type Database, openDatabase } from '../../src/ledger/database.ts';
import { newId } from '../../src/ledger/ids.ts';
import { insertLinks } from '../../src/ledger/links.ts';
import { migrate } from '../../src/ledger/migrate.ts';
import { migrations } from '../../src/ledger/migrations/index.ts';
import { insertRecords } from '../../src/ledger/records.ts';
import { writeShadows } from '../../src/ledger/shadows.ts';
import { insertLinkWaits } from '../../src/ledger/waits.ts';
import { compileMapping, readMapping } from '../../src/mapping/index.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { blocksOf } from './examples.ts';

const docs = path.resolve(import.meta.dirname, '../../docs');
const schema = `t_crossrefs_guide_${process.pid}`;
let database: Database;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lianhub-guide-'));
  database = await openDatabase({ url: inject('databaseUrl'), schema, max: 3 });
  await migrate(database, migrations);
  for (const number of ['SO-3', 'SO-4', 'SO-5']) await order(number, { waitsFor: 'warehouses/W07' });
});
afterAll(async () => {
  await database.query(`drop schema ${schema} cascade`);
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function trade(): Promise<void> {
  await order('SO-1', { businessDate: '2026-11-05', codes: ['warehouses/W01'] });
  await order('SO-2', { codes: ['warehouses/W01'] });
}

/** An order whose copy in the ERP was written with codes, or waits for one. */
async function order(
  number: string,
  more: { businessDate?: string; codes?: string[]; waitsFor?: string },
): Promise<void> {
  const { businessDate, codes, waitsFor } = more;
  const [recordId, linkId] = [newId(), newId()];
  const data = { number, ...(businessDate ? { businessDate } : {}) };
  await insertRecords(database, [
    {
      id: recordId,
      entity: 'order',
      state: 'live',
      alias_of: null,
      data,
      version: 1,
      provenance: {},
      mapping_version: null,
    },
  ]);
  await insertLinks(database, [
    {
      id: linkId,
      record_id: recordId,
      entity: 'order',
      connection: 'erp',
      object: 'SAL_SaleOrder',
      origin: false,
      remote_id: null,
      remote_number: null,
      state: waitsFor ? 'waiting' : 'idle',
      lane: 'push/erp/SAL_SaleOrder/0',
      priority: 5,
      seen_revision: null,
      seen_hash: null,
    },
  ]);
  if (codes) await writeShadows(database, [{ link_id: linkId, codes }]);
  if (!waitsFor) return;
  await insertLinkWaits(database, [
    { linkId, kind: 'table', target: waitsFor, amount: '133.30', currency: 'CNY' },
  ]);
  await database.query(`update links set dirty_since = '2026-11-20T08:00:00Z', error = $2 where id = $1`, [
    linkId,
    'mapping kingdee/order, FStockOrgId: table warehouses has no code of erp for W07; add it',
  ]);
}

/** What a command prints, or says when it fails. */
async function lianhub(line: string): Promise<string> {
  const words = [...line.matchAll(/'([^']*)'|\S+/g)].map((match) => match[1] ?? match[0]);
  expect(words.slice(0, 2)).toEqual(['lianhub', 'crossrefs']);
  let printed = '';
  const command = crossrefsCommand({
    user: 'li.na',
    write: (text) => {
      printed += text.toString();
    },
    open: async () => ({ database, connections: ['pos', 'erp', 'wms'], close: async () => undefined }),
  });
  try {
    await command.parseAsync(words.slice(2), { from: 'user' });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return error.toText();
  }
  return printed.trimEnd();
}

async function mapped(yaml: string, record: JsonObject): Promise<unknown> {
  const read = readMapping('guide.yaml', yaml);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const codes = new CodeTables();
  await codes.load(database);
  const result = compileMapping(read.doc).outward(record, {
    connection: 'erp',
    creating: true,
    lookup: (table, key, date) => codes.lookup('erp', table, key, date),
    remoteNumber: () => undefined,
    remoteId: () => undefined,
    lineId: () => undefined,
  });
  return result.ok ? result.body : result;
}

test('every file, command and mapping of the guide does what the guide says', async () => {
  const blocks = blocksOf(await readFile(path.join(docs, 'crossrefs.md'), 'utf8'));
  const here = process.cwd();
  process.chdir(folder);
  try {
    for (const [index, block] of blocks.entries()) {
      const [info = '', ...lines] = block.split('\n');
      const content = lines.join('\n');
      if (info.startsWith('csv ')) await writeFile(path.join(folder, info.slice(4)), `${content}\n`);
      if (info === 'console') {
        for (const call of content.split(/^\$ /m).slice(1)) {
          const [line = '', ...said] = call.trimEnd().split('\n');
          expect(`${line}\n${await lianhub(line)}`).toBe([line, ...said].join('\n'));
        }
      }
      if (info === 'yaml') {
        const [record, body] = blocks.slice(index + 1, index + 3).map((text) => JSON.parse(text.slice(5)));
        expect(await mapped(content, record)).toEqual(body);
        // What the guide speaks of from here on: orders that were written with these codes.
        if (content.includes('lookup("warehouses"')) await trade();
      }
    }
  } finally {
    process.chdir(here);
  }
});

test('the guide is the same in Chinese', async () => {
  const [english, chinese] = await Promise.all(
    ['crossrefs.md', 'crossrefs.zh-CN.md'].map((name) => readFile(path.join(docs, name), 'utf8')),
  );
  expect(blocksOf(chinese ?? '')).toEqual(blocksOf(english ?? ''));
});
