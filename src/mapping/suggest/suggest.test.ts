import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { entities, isEntityName, withExt } from '../../model/index.ts';
import { findGaps } from '../check-gaps.ts';
import { readMapping } from '../read.ts';
import type { JsonObject, JsonSchema, MappingDocument, Spec } from '../types.ts';
import { type Suggestion, suggest } from './index.ts';

const root = `${import.meta.dirname}/../../../`;
const tables = [
  'carriers',
  'currencies',
  'orgs',
  'payment-methods',
  'settle-customers',
  'units',
  'warehouses',
];

function schemasOf(connector: string): Record<string, JsonSchema> {
  const document = parse(readFileSync(`${root}openapi/${connector}.yaml`, 'utf8')) as {
    components: { schemas: Record<string, JsonSchema> };
  };
  return document.components.schemas;
}

function suggestFor(doc: MappingDocument, components: Record<string, JsonSchema>): Suggestion {
  const entity = doc.entity.value;
  if (!isEntityName(entity)) throw new Error(`no entity ${entity}`);
  return suggest({
    name: doc.name.value,
    object: doc.object.value,
    direction: doc.direction,
    entity: entities[entity],
    objectSchema: components[doc.object.value] ?? {},
    components,
    tables,
  });
}

/** Pairs of a mapping that are one field each: what a guess can be held against. */
function plainPairs(specs: readonly Spec[], prefix = ''): { path: string; at: string }[] {
  return specs.flatMap((spec) => {
    const path = prefix + spec.path;
    if (spec.kind === 'list') {
      return [{ path, at: spec.at.value }, ...plainPairs(spec.fields, `${path}[].`)];
    }
    const isPlain = spec.from === undefined && spec.inward === undefined && spec.constant === undefined;
    return spec.at === undefined || !isPlain || spec.path === 'key' ? [] : [{ path, at: spec.at.value }];
  });
}

const shipped = readdirSync(`${root}mappings`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'tables')
  .flatMap(({ name }) => {
    const components = schemasOf(name);
    return readdirSync(`${root}mappings/${name}`).flatMap((file) => {
      const { doc } = readMapping(file, readFileSync(`${root}mappings/${name}/${file}`, 'utf8'));
      return doc === undefined ? [] : [{ doc, components }];
    });
  });

describe('a suggestion', () => {
  it('guesses at least six of ten plain pairs of the shipped mappings first', () => {
    let right = 0;
    let all = 0;
    for (const { doc, components } of shipped) {
      const guesses = new Map(suggestFor(doc, components).guesses.map((guess) => [guess.path, guess.at]));
      for (const { path, at } of plainPairs(doc.fields)) {
        all += 1;
        if (guesses.get(path) === at) right += 1;
      }
    }
    expect(all).toBeGreaterThan(150);
    expect(right / all).toBeGreaterThan(0.6);
  });

  it('is a file the reader takes, whatever is paired with whatever, and never says that it is complete', () => {
    const connectors = ['kingdee', 'pospal', 'qimen'].map(schemasOf);
    for (const components of connectors) {
      for (const [at, object] of Object.keys(components).entries()) {
        const entity = Object.values(entities)[at % Object.keys(entities).length];
        if (entity === undefined) continue;
        const objectSchema = components[object] ?? {};
        const options = {
          name: 'a/b',
          object,
          direction: 'both',
          entity,
          tables,
          objectSchema,
          components,
        } as const;
        const { text, gaps } = suggest(options);
        const read = readMapping('draft.yaml', text);
        expect(read.problems, text).toEqual([]);
        expect(gaps).toBeGreaterThan(0);
        expect(findGaps('draft.yaml', text)).toHaveLength(gaps);
      }
    }
  });

  it('finds its way by Chinese titles alone', () => {
    const field = (title: string): JsonSchema & { title: string } => ({ type: 'string', title });
    const objectSchema: JsonSchema = {
      type: 'object',
      properties: {
        a1: field('单据编号'),
        a2: field('收货人姓名'),
        a3: field('手机号'),
        a4: field('详细地址'),
        a5: field('备注'),
        a6: {
          type: 'array',
          items: {
            type: 'object',
            properties: { b1: field('物料编码'), b2: field('数量'), b3: field('含税单价') },
          },
        },
      },
    };
    const { guesses } = suggest({
      name: 'a/b',
      object: 'order',
      direction: 'out',
      entity: entities.order,
      objectSchema,
      tables,
    });
    expect(Object.fromEntries(guesses.map(({ path, at }) => [path, at]))).toMatchObject({
      number: 'a1',
      'receiver.name': 'a2',
      'receiver.phone': 'a3',
      'receiver.address': 'a4',
      notes: 'a5',
      lines: 'a6',
      'lines[].skuId': 'b1',
      'lines[].quantity': 'b2',
      'lines[].price': 'b3',
    });
  });

  it('knows the fields a company has declared for itself', () => {
    const declared = { order: { deliverySlot: { type: 'text', title: '配送时段' } } } as const;
    const { guesses } = suggest({
      name: 'a/b',
      object: 'order',
      direction: 'in',
      entity: withExt(entities, declared).order,
      objectSchema: { type: 'object', properties: { delivery_slot: { type: 'string' } } },
      tables,
    });
    expect(guesses).toContainEqual(
      expect.objectContaining({ path: 'ext.deliverySlot', at: 'delivery_slot' }),
    );
  });

  it('learns from samples where nothing is described: fields, formats, units, words', () => {
    const sample = (at: number): JsonObject => ({
      order_no: `A${at}`,
      created_time: 1700000000 + at,
      pay_time: '2026-11-21 09:30:00',
      total_amount: 1990 + at,
      receiver: { mobile: '13800000000', city: '上海' },
      items: [{ item_id: `${at}-1`, sku: 'X', qty: 2 }],
    });
    const { text, guesses } = suggest({
      name: 'shop/order',
      object: 'trade',
      direction: 'in',
      entity: entities.order,
      samples: [sample(1), sample(2), sample(3)],
      tables,
    });
    expect(guesses).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'number', at: 'order_no' }),
        expect.objectContaining({ path: 'receiver.region.city', at: 'receiver.city' }),
        expect.objectContaining({ path: 'lines[].skuId', at: 'sku' }),
      ]),
    );
    expect(text).toMatch(/paidAt: \{ at: pay_time, as: datetime, format: "yyyy-MM-dd HH:mm:ss"/);
    expect(readMapping('draft.yaml', text).ok).toBe(true);
  });

  it('stays readable whatever a vendor calls its fields and says about them', () => {
    const hostile = [
      '__proto__',
      'constructor',
      'a"b',
      "a'b",
      'a b',
      'a: b',
      '# x',
      '0',
      'a[0]',
      '单 据',
      'null',
      'qty\n',
      '\u0000',
    ];
    const name = fc.oneof(
      fc.constantFrom(...hostile, 'qty', 'orderNo', 'items', 'phone'),
      fc.string({ maxLength: 8 }),
    );
    const leaf = fc.record({
      type: fc.constantFrom('string', 'integer', 'boolean', 'number'),
      description: fc.oneof(fc.string(), fc.constantFrom('数量 # gap:', 'a\nb', '0 a, 1 b')),
    });
    const level = fc
      .dictionary(name, leaf, { maxKeys: 6 })
      .map((properties) => ({ type: 'object', properties }));
    const schema = fc.dictionary(
      name,
      fc.oneof(
        leaf,
        level,
        level.map((items) => ({ type: 'array', items })),
      ),
    );
    fc.assert(
      fc.property(schema, fc.constantFrom('in', 'out', 'both'), (properties, direction) => {
        const objectSchema = { type: 'object', properties } as JsonSchema;
        const { text } = suggest({
          name: 'a/b',
          object: 'X',
          direction,
          entity: entities.order,
          objectSchema,
          tables,
        });
        expect(readMapping('draft.yaml', text).problems, text).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same every time', () => {
    const [first] = shipped;
    if (first === undefined) throw new Error('no shipped mapping');
    expect(suggestFor(first.doc, first.components)).toEqual(suggestFor(first.doc, first.components));
  });
});

it('an open question is a problem at its place until its comment is gone', () => {
  const text = 'fields:\n  a: b # gap: is it?\n  # gap: other\n  c: d # 0.90\n';
  expect(findGaps('x.yaml', text).map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual(
    ['2:8 to be decided: is it?', '3:3 to be decided: other'],
  );
});
