import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../hub.ts';
import { readTableSeeds } from './tables.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lianhub-tables-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): Promise<void> =>
  writeFile(path.join(folder, name), content);

describe('The files of code tables', () => {
  it('that ship are right', async () => {
    const { tables, rows } = await readTableSeeds(path.join(packageRoot, 'mappings/tables'));
    expect(tables).toContainEqual({ name: 'warehouses', keys: ['key'], values: ['value'] });
    expect(rows).toContainEqual(
      expect.objectContaining({ name: 'carriers', connection: 'pos', key: 'SF', value: '顺丰速运' }),
    );
  });

  it('are refused together, with every mistake of every file', async () => {
    await file('a.csv', 'connection,key,value\nerp,,A\n');
    await file('b.csv', 'connection,key\n');
    await file('c.csv', Uint8Array.from([0xff, 0xfe, 0x41]));
    await file('d.e.csv', 'connection,key,value\n');
    await file('fine.csv', 'connection,key,value\nerp,A,B\n');
    await file('notes.txt', 'no table');
    const said = String(await readTableSeeds(folder).catch((error: unknown) => error));
    expect(said).toContain('has 4 problems, and nothing of it was taken');
    expect(said).toContain(`${path.join(folder, 'a.csv')}:2:2 crossref.empty`);
    expect(said).toContain('b.csv:1:1 crossref.heading');
    expect(said).toContain('c.csv:1:1 crossref.unreadable: the file is not UTF-8');
    expect(said).toContain('d.e.csv:1:1 crossref.name: d.e is not a name for a table');
  });

  it('may be missing', async () => {
    expect(await readTableSeeds(path.join(folder, 'nowhere'))).toEqual({ tables: [], rows: [] });
  });
});
