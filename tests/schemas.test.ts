// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configuration files look like this
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { mappingFile, type Schema } from '../scripts/schemas.ts';
import { vendorPaths } from '../scripts/vendor-paths.ts';
import { readConfig } from '../src/config/index.ts';
import { packageRoot } from '../src/hub.ts';
import { readMapping } from '../src/mapping/index.ts';

const read = (file: string): string => readFileSync(path.join(packageRoot, file), 'utf8');
const mappings = readdirSync(path.join(packageRoot, 'mappings'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml') && !name.startsWith('tables'))
  .map((name) => path.join('mappings', name));
const configurations = ['hub.yaml', 'deploy/hub.example.yaml'];

/** What an editor would find wrong, by the schema a file names in its first line. */
function wrong(file: string, text = read(file)): string[] {
  const told = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1];
  expect(told, `${file} names its schema in the first line`).toBeDefined();
  const schema = JSON.parse(read(path.join(path.dirname(file), told ?? ''))) as Schema;
  // Zod reads alternatives beside a strict object as another way out, so the two are asked one after the other.
  const { allOf, ...strict } = schema;
  return [strict, ...(allOf ?? []).map((part) => ({ ...part, $defs: schema.$defs }))].flatMap((part) => {
    const result = z.fromJSONSchema(part as Parameters<typeof z.fromJSONSchema>[0]).safeParse(parse(text));
    return result.success
      ? []
      : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  });
}

describe('the JSON Schemas editors use', () => {
  it.each([...mappings, ...configurations])('accept %s', (file) => {
    expect(wrong(file)).toEqual([]);
  });

  const order = 'mappings/kingdee/order.yaml';
  it.each([
    ['an option that does not exist', order, 'required: true', 'requird: true'],
    ['a conversion that does not exist', order, 'as: datetime', 'as: date-time'],
    ['a key of the file that does not exist', order, 'flow:', 'flwo:'],
    ['a list without its place', order, '    at: FSaleOrderEntry\n', ''],
    ['a mode that does not exist', 'deploy/hub.example.yaml', '\n    mode: observe', '\n    mode: observed'],
    ['a duration that is none', 'hub.yaml', 'poll: 5m', 'poll: 5 minutes'],
    ['a key of hub.yaml that does not exist', 'hub.yaml', 'lanes:', 'lane:'],
  ])('refuse %s', (_name, file, from, to) => {
    expect(read(file)).toContain(from);
    expect(wrong(file, read(file).replace(from, to))).not.toEqual([]);
  });

  it('let a variable stand wherever the hub takes one', () => {
    const text =
      'connections:\n  a: { connector: pospal, mode: "${M:-live}", limits: { perDay: "${N:-5}" } }\n';
    expect(readConfig({ file: 'hub.yaml', text, env: {} }).ok).toBe(true);
    expect(wrong('hub.yaml', `# yaml-language-server: $schema=./schemas/hub.schema.json\n${text}`)).toEqual(
      [],
    );
  });

  it('offer the canonical paths of each entity with what they mean', () => {
    const part = mappingFile().allOf?.[0]?.anyOf?.find((one) => one.title === 'order');
    const fields = part?.properties?.fields?.properties ?? {};
    expect(fields['receiver.region.city']?.description).toBe('City. text');
    expect(fields.lines?.properties?.fields?.properties?.taxRate?.description).toContain('percent');
  });
});

it('the paths of each object of a vendor are offered, those of lists inside lists only', () => {
  const order = vendorPaths().find(({ object }) => object === 'SAL_SaleOrder');
  expect(order?.own).toEqual(expect.arrayContaining(['FBillNo', 'FCustId.FNumber', 'FSaleOrderEntry']));
  expect(order?.inLists).toEqual(expect.arrayContaining(['FMaterialId.FNumber', 'FQty']));
  expect(order?.own).not.toContain('FQty');
});

/** The names a reader lists when it meets one that is nowhere near. */
function knownTo(text: string): string[] {
  const problem = readMapping('m.yaml', text).problems.find((one) => one.message.endsWith('zzzzzzzzzzzz'));
  return (problem?.hint ?? '')
    .replace(/^Known here: |\.$/g, '')
    .split(', ')
    .sort();
}

describe('the schema of mappings', () => {
  const { properties = {}, $defs = {} } = mappingFile();
  const head = 'mapping: a/b\nentity: order\nobject: X\n';
  it.each([
    ['a file', `${head}zzzzzzzzzzzz: 1\n`, properties],
    ['a field', `${head}fields: { number: { zzzzzzzzzzzz: 1 } }\n`, $defs.field?.properties],
    ['a list', `${head}fields: { lines: { fields: {}, zzzzzzzzzzzz: 1 } }\n`, $defs.list?.properties],
    [
      'the key of a list',
      `${head}fields: { lines: { fields: {}, key: { zzzzzzzzzzzz: 1 } } }\n`,
      $defs.list?.properties?.key?.properties,
    ],
    ['about', `${head}about: { zzzzzzzzzzzz: 1 }\n`, properties.about?.properties],
  ])('knows the options of %s that the reader knows, and no other', (_name, text, known) => {
    expect(Object.keys(known ?? {}).sort()).toEqual(knownTo(text));
  });
});
