import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { entities } from '../model/index.ts';
import { checkMapping, compileMapping, formatProblem, type JsonSchema, readMapping } from './index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const OpenApi = z.object({
  components: z.object({
    schemas: z.record(
      z.string(),
      z.custom<JsonSchema>((value) => typeof value === 'object'),
    ),
  }),
});
const folders = readdirSync(`${root}mappings`, { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && entry.name !== 'tables',
);

describe.each(folders.map((folder) => folder.name))('the shipped mappings of %s', (connector) => {
  const files = readdirSync(`${root}mappings/${connector}`).filter((name) => name.endsWith('.yaml'));
  it('exist', () => expect(files).not.toEqual([]));
  it.each(files)('%s is read, fits both sides and compiles', (name) => {
    const file = `mappings/${connector}/${name}`;
    const text = readFileSync(root + file, 'utf8');
    const read = readMapping(file, text);
    const { schemas } = OpenApi.parse(
      parse(readFileSync(`${root}openapi/${connector}.yaml`, 'utf8')),
    ).components;
    const objectSchema = read.doc === undefined ? undefined : schemas[read.doc.object.value];
    expect(objectSchema, `openapi/${connector}.yaml describes the object`).toBeDefined();
    const checked =
      read.doc === undefined || objectSchema === undefined
        ? []
        : checkMapping(read.doc, { entities, objectSchema, components: schemas });
    expect([...read.problems, ...checked].map((problem) => formatProblem(problem, text)).join('\n')).toBe('');
    if (!read.ok) throw new Error('unreachable: problems are empty');
    expect(compileMapping(read.doc).name).toBe(`${connector}/${name.replace('.yaml', '')}`);
  });
});
