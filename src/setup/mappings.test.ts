import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../config/index.ts';
import { checkMappingFile, MappingSurroundings } from './mappings.ts';

const openapi = fileURLToPath(new URL('../../openapi', import.meta.url));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lianhub-mappings-'));
  await mkdir(path.join(folder, 'kingdee'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Ext = ConstructorParameters<typeof MappingSurroundings>[2] & object;

async function check(name: string, text: string, ext: Ext['ext'] = {}) {
  const file = path.join(folder, `${name}.yaml`);
  await writeFile(file, text);
  const surroundings = new MappingSurroundings(openapi, undefined, {
    connections: {},
    ext,
    mappings: folder,
  });
  const checked = await checkMappingFile(file, surroundings);
  if (checked === undefined) throw new Error('not read');
  return checked;
}

const variant = `mapping: kingdee/order-acme
extends: kingdee/order
custom: { F_ACME_Channel: text, FSaleOrderEntry.F_ACME_Batch: text }
fields:
  channelId: { at: F_ACME_Channel, direction: out }
  lines:
    fields:
      batch: { at: F_ACME_Batch }
`;

describe("a company's variant of a shipped mapping", () => {
  it('goes on from the one that ships, with fields of its own', async () => {
    const { problems, compiled, bases } = await check('kingdee/order-acme', variant);
    expect(problems).toEqual([]);
    expect(compiled).toMatchObject({ name: 'kingdee/order-acme', entity: 'order', object: 'SAL_SaleOrder' });
    expect(Object.keys(bases)).toHaveLength(1);
  });
  it('may stand under the same name in a folder of its own', async () => {
    const own = variant.replace('kingdee/order-acme', 'kingdee/order');
    expect(await check('kingdee/order', own)).toMatchObject({
      problems: [],
      compiled: { name: 'kingdee/order' },
    });
  });
  it('goes on from another of the company', async () => {
    await writeFile(path.join(folder, 'kingdee/group.yaml'), variant.replace('order-acme', 'group'));
    const { problems, compiled } = await check(
      'kingdee/shop',
      'mapping: kingdee/shop\nextends: kingdee/group\nfields:\n  channelId: ~\n',
    );
    expect(problems).toEqual([]);
    expect(compiled?.name).toBe('kingdee/shop');
  });
  it('is told where it is wrong', async () => {
    const { problems, file } = await check(
      'kingdee/order-acme',
      variant.replace('F_ACME_Channel, direction', 'F_ACME_Chanel, direction'),
    );
    expect(problems).toMatchObject([{ file, line: 5, code: 'mapping.unknown-vendor-path' }]);
  });
});

describe('fields of the company in the hub', () => {
  const text =
    'mapping: kingdee/own\nextends: kingdee/order\nfields:\n  ext.colour: { at: FNote, direction: out }\n  notes: ~\n';
  it('are known by the names hub.yaml declares', async () => {
    const ext = { order: { colour: { type: 'text' as const, title: 'Colour' } } };
    expect((await check('kingdee/own', text, ext)).problems).toEqual([]);
    const wrong = await check('kingdee/own', text.replace('ext.colour', 'ext.color'), ext);
    expect(wrong.problems).toMatchObject([
      { code: 'mapping.unknown-path', hint: expect.stringContaining('ext.colour') },
    ]);
  });
  it('are declared for entities there are, with what their type needs', () => {
    const read = (ext: string) =>
      readConfig({
        file: 'hub.yaml',
        text: `connections: {}\next:\n${ext}`,
        env: {},
        known: { entities: ['order'] },
      });
    expect(read('  order: { colour: { type: choice, title: C, words: [red] } }\n').ok).toBe(true);
    const wrong = [
      '  ordr: { colour: { type: text, title: C } }\n',
      '  order: { colour: { type: choice, title: C } }\n',
      '  order: { colour: { type: reference, title: C, entity: ordr } }\n',
      '  order: { "a.b": { type: text, title: C } }\n',
    ].map((ext) => {
      const result = read(ext);
      return result.ok ? 'ok' : result.problems.map(({ line }) => line);
    });
    expect(wrong).toEqual([[3], [3], [3], [3]]);
  });
});
