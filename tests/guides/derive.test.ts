import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  applies,
  type Catalog,
  combine,
  type DeriveRule,
  deriveOne,
  emptyCatalog,
  explainLines,
  readRule,
  settle,
  share,
  splitRecord,
} from '../../src/derive/index.ts';
import type { JsonObject } from '../../src/model/index.ts';
import { blocksOf, type Example, examplesOf } from './examples.ts';

const folder = path.resolve(import.meta.dirname, '../../docs');
const english = readFileSync(path.join(folder, 'derive.md'), 'utf8');
const chinese = readFileSync(path.join(folder, 'derive.zh-CN.md'), 'utf8');

/** The goods the guide says there are: its first JSON block. */
const goods = JSON.parse(
  (blocksOf(english).find((block) => block.startsWith('json\n')) ?? '').slice(5),
) as JsonObject[];
const catalog: Catalog = {
  ...emptyCatalog,
  product: (id) => goods.find((one) => one.id === id),
  productOf: (code) => goods.find((one) => one.code === code),
};

function ruleOf(example: Example): DeriveRule {
  const [[name, document] = ['', undefined]] = Object.entries(
    parse(example.source) as Record<string, unknown>,
  );
  return readRule(name, document);
}

function listOf(value: unknown): JsonObject[] {
  return (Array.isArray(value) ? value : [value]) as JsonObject[];
}

/** What the rule makes of the sources: a list where it splits, else one document. */
function derived(rule: DeriveRule, sources: readonly JsonObject[]): unknown {
  const taken = sources.filter((one) => applies(rule, one));
  expect(taken).toHaveLength(sources.length);
  if (rule.kind === 'group')
    return combine(
      rule,
      taken.map((one) => share(rule, one, catalog)),
    );
  const [source = {}] = taken;
  if (rule.kind === 'one') return deriveOne(rule, source, catalog).data;
  return splitRecord(rule, source, {}, catalog).map(({ data }) => data);
}

describe('every example of the guide to derived documents holds', () => {
  const examples = examplesOf(english);
  test('there are examples', () => {
    expect(examples.length).toBeGreaterThan(7);
    expect(examples.every(({ values }) => values.length >= 2)).toBe(true);
  });

  test.each(examples.map((example) => [`${example.title} (line ${example.line})`, example] as const))(
    '%s',
    (_title, example) => {
      const rule = ruleOf(example);
      const [sources, document, third, last] = example.values;
      expect(derived(rule, listOf(sources))).toEqual(document);
      if (last !== undefined) {
        const posted = [{ part: 1, data: document as JsonObject, posted: true }];
        const wanted = derived(rule, listOf(third)) as JsonObject;
        expect(settle(rule, wanted, posted)).toEqual({ kind: 'create', data: last });
      } else if (third !== undefined) {
        const counted = listOf(sources).map((one) => ({
          recordId: String(one.id),
          entity: rule.from,
          number: String(one.number),
          version: 1,
          share: share(rule, one, catalog),
        }));
        expect(explainLines(counted)).toEqual(third);
      }
    },
  );

  test('the translation has the same examples', () => {
    expect(blocksOf(chinese)).toEqual(blocksOf(english));
  });
});
