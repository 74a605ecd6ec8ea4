import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  checkMapping,
  compileMapping,
  formatProblem,
  type InContext,
  type InwardValue,
  type OutContext,
  PendingReference,
  readMapping,
} from '../../src/mapping/index.ts';
import { entities, type Json, type JsonObject } from '../../src/model/index.ts';
import { blocksOf, type Example, examplesOf } from './examples.ts';

const folder = path.resolve(import.meta.dirname, '../../docs');
const english = readFileSync(path.join(folder, 'mapping.md'), 'utf8');
const chinese = readFileSync(path.join(folder, 'mapping.zh-CN.md'), 'utf8');

/** The codes the guide says there are: table, ours, theirs. */
const codes = [...english.matchAll(/[Tt]able `([\w-]+)` (?:calls )?our\s+`([\w-]+)` `([\w-]+)`/g)].map(
  ([, table, ours, theirs]) => ({ table, ours, theirs }),
);

const inContext: InContext = {
  connection: 'shop',
  payload: 'full',
  lookup: (table, key) => codes.find((one) => one.table === table && one.ours === key)?.theirs,
  lookupBack: (table, value) => codes.find((one) => one.table === table && one.theirs === value)?.ours,
  lineKey: () => undefined,
};
const outContext: OutContext = {
  connection: 'shop',
  creating: true,
  lookup: inContext.lookup,
  remoteNumber: (_entity, id) => id.replace(/^id-of-/, ''),
  remoteId: (_entity, id) => id.replace(/^id-of-/, ''),
  lineId: () => undefined,
};

/** Whole mappings of the guide, which others may extend. */
const bases = new Map(
  examplesOf(english).flatMap(({ source }) => {
    const name = /^mapping: (\S+)/.exec(source)?.[1];
    return name === undefined ? [] : [[name, { file: `${name}.yaml`, text: source }] as const];
  }),
);

/** Blocks without a head are parts of a mapping for orders. */
function whole(text: string): string {
  if (text.startsWith('mapping:')) return text;
  return `mapping: example/part\n${/^entity:/m.test(text) ? '' : 'entity: order\n'}object: Part\n${text}`;
}

function compiled(example: Example) {
  const text = whole(example.source);
  const read = readMapping('example.yaml', text, { base: (name) => bases.get(name) });
  const problems = [...read.problems, ...(read.doc ? checkMapping(read.doc, { entities }) : [])];
  const errors = problems.filter((problem) => problem.severity !== 'warning');
  expect(errors.map((problem) => formatProblem(problem, text))).toEqual([]);
  if (!read.ok) throw new Error('unreachable');
  return compileMapping(read.doc);
}

/** References as the guide writes them. */
function settled(value: InwardValue): Json {
  if (value instanceof PendingReference) return `id-of-${value.value}`;
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, settled(below)]));
}

describe('Every example of the mapping guide does what the guide says', () => {
  test('and there are many', () => {
    expect(examplesOf(english).length).toBeGreaterThan(25);
    expect(codes.length).toBeGreaterThan(4);
  });

  for (const example of examplesOf(english)) {
    const [vendor, record] = example.values as [JsonObject, JsonObject];
    if (example.way !== 'out') {
      test(`${example.title} (line ${example.line}), vendor to ours`, () => {
        const result = compiled(example).inward(vendor, inContext);
        expect(result.ok ? settled(result.values) : result).toEqual(record);
      });
    }
    if (example.way !== 'in') {
      test(`${example.title} (line ${example.line}), ours to vendor`, () => {
        const mapping = compiled(example);
        expect(mapping.applies(record)).toBe(true);
        const result = mapping.outward(record, outContext);
        expect(result.ok ? result.body : result).toEqual(vendor);
      });
    }
  }

  test('in both languages', () => {
    expect(blocksOf(chinese)).toEqual(blocksOf(english));
  });
});
