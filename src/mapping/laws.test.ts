import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readShipped, shippedNames } from '../../bench/mapping/shipped.ts';
import {
  canonicalPaths,
  decimal,
  entities,
  entityNames,
  isEntityName,
  isList,
  isObject,
  isPhoneClaim,
  validatePartial,
} from '../model/index.ts';
import { compileMapping } from './compile.ts';
import { arithmetic } from './decimal.ts';
import {
  bodiesOf,
  bothWays,
  decimals,
  inward,
  optionsFor,
  outward,
  recordsOf,
  resolved,
} from './laws.fixture.ts';
import { read } from './mapping.fixture.ts';
import { writePhone } from './phone.ts';
import type { Json, JsonObject, JsonSchema, MappingDocument, Spec } from './types.ts';

/** Record → body → record, and body → record → body, are the identity on what the mapping carries. */
function carriesThereAndBack(doc: MappingDocument, numRuns: number): void {
  const mapping = compileMapping(doc);
  fc.assert(
    fc.property(recordsOf(doc.fields), (record) => {
      const sent = mapping.outward(record, outward);
      if (!sent.ok) throw new Error(JSON.stringify(sent));
      const back = mapping.inward(sent.body, inward);
      if (!back.ok) throw new Error(JSON.stringify([sent.body, back]));
      const values = resolved(back.values);
      expect(values).toEqual(record);
      expect(mapping.outward(values as JsonObject, outward)).toEqual(sent);
    }),
    { numRuns },
  );
}

function vendorSchemas(connector: string): Readonly<Record<string, JsonSchema>> {
  const text = readFileSync(new URL(`../../openapi/${connector}.yaml`, import.meta.url), 'utf8');
  return (parse(text) as { components: { schemas: Record<string, JsonSchema> } }).components.schemas;
}

describe.each(shippedNames())('%s', (name) => {
  const doc = readShipped(name);
  const both = bothWays(doc);
  it('carries every value there and back', () => carriesThereAndBack(both, 40));

  const schemas = vendorSchemas(name.split('/')[0] ?? '');
  const anyBody = bodiesOf(schemas[doc.object.value] ?? {}, schemas) as fc.Arbitrary<JsonObject>;
  const twin = compileMapping(both);
  // What the description allows, and in most of it values that mean something at the places the mapping reads.
  const bodies = fc.tuple(anyBody, fc.option(recordsOf(both.fields), { freq: 4 })).map(([body, record]) => {
    const sent = record === null ? undefined : twin.outward(record, outward);
    return sent?.ok === true ? over(body, sent.body) : body;
  });
  it('reads what it wrote for anything the vendor may say', () => {
    let mapped = 0;
    fc.assert(
      fc.property(bodies, (body) => {
        const told = twin.inward(body, inward);
        if (!told.ok) return;
        mapped++;
        const values = resolved(told.values) as JsonObject;
        const sent = twin.outward(values, outward);
        if (!sent.ok) {
          // Amounts with more places than the vendor takes are refused, never rounded by themselves.
          expect(sent.waits).toEqual([]);
          for (const error of sent.errors) expect(error.message).toMatch(/has more than 2 decimal places/);
          return;
        }
        const back = twin.inward(sent.body, inward);
        if (!back.ok) throw new Error(JSON.stringify([sent.body, back]));
        const again = resolved(back.values) as JsonObject;
        // What a line rounds to its scale stays as it was rounded; everything else is what it was.
        expect(twin.outward(again, outward)).toEqual(sent);
        if (!rounds(both.fields)) expect(again).toEqual(asDialled(withoutHidden(values)));
      }),
      { numRuns: 60 },
    );
    expect(mapped).toBeGreaterThan(0);
  });

  // Some are written only.
  if (doc.direction === 'out') return;
  it('tells only what the model knows', () => {
    const mapping = compileMapping(doc);
    const entity = isEntityName(mapping.entity) ? entities[mapping.entity] : undefined;
    if (entity === undefined) throw new Error(`no entity ${mapping.entity}`);
    fc.assert(
      fc.property(bodies, (body) => {
        const told = mapping.inward(body, inward);
        // What a mapping refuses says nothing; few bodies of some objects are taken, and those count.
        fc.pre(told.ok);
        if (told.ok) expect(validatePartial(entity, resolved(told.values) as JsonObject)).toEqual([]);
      }),
      { numRuns: 25, maxSkipsPerRun: 2_000 },
    );
  });
});

function rounds(specs: readonly Spec[]): boolean {
  return specs.some((spec) =>
    spec.kind === 'list' ? rounds(spec.fields) : spec.scale !== undefined || spec.rounding !== undefined,
  );
}

/** The same without the telephone numbers that are hidden: those are nothing to send on. */
function withoutHidden<T extends Json>(value: T): T {
  if (isList(value)) return value.map(withoutHidden) as unknown as T;
  if (!isObject(value)) return value;
  const told = Object.entries(value).filter(
    ([, inner]) =>
      !(isPhoneClaim(inner) && isObject(inner) && (inner.kind === 'masked' || inner.kind === 'sealed')),
  );
  return Object.fromEntries(told.map(([name, inner]) => [name, withoutHidden(inner)])) as T;
}

/** The first object with the values of the second over its own. */
function over(body: JsonObject, values: JsonObject): JsonObject {
  const made: Record<string, Json> = { ...body };
  for (const [name, value] of Object.entries(values)) {
    const own = made[name];
    made[name] = isObject(own) && isObject(value) ? over(own, value) : value;
  }
  return made;
}

/** Names a vendor could give its fields, and some that no vendor should. */
const vendorName = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', "it's", '"', '`', `$${'{x}'}`, '\\', '名称', '*/'),
  fc.string({ unit: fc.constantFrom('a', 'B', '_', '9', "'", '"', '$'), minLength: 1, maxLength: 5 }),
);

/** Documents over a random entity: random fields, conversions and places. */
const documents = fc.constantFrom(...entityNames).chain((entity) => {
  const infos = [...canonicalPaths(entity).values()].filter(
    (info) => info.kind === 'value' && info.type !== 'json',
  );
  return fc
    .shuffledSubarray(infos, { minLength: 1, maxLength: 8 })
    .chain((chosen) =>
      fc
        .tuple(...chosen.map((info) => fc.tuple(fc.constant(info), optionsFor(info), vendorName)))
        .map((fields) => documentOf(entity, fields)),
    );
});

type Chosen = readonly [info: { readonly path: string }, options: string, name: string];

function documentOf(entity: string, fields: readonly Chosen[]): MappingDocument {
  const top: string[] = [];
  const lists = new Map<string, string[]>();
  for (const [at, [{ path }, options, name]] of fields.entries()) {
    // A number in front keeps hostile names apart; behind a dot they stand as they are.
    const place = JSON.stringify(/^\d+$/.test(name) ? `v${at}` : `v${at}.${name}`);
    const [list, inner, deeper] = path.split('[].');
    if (inner === undefined) top.push(`  ${JSON.stringify(path)}: { at: ${place}, ${options} }`);
    else if (deeper === undefined && inner !== 'key') {
      const lines = lists.get(list ?? '') ?? [];
      lists.set(list ?? '', [...lines, `      ${inner}: { at: ${place}, ${options} }`]);
    }
  }
  for (const [list, lines] of lists) {
    const assigned = lines.length % 2 === 0 ? ', assigned: ours' : '';
    top.push(
      `  ${list}:\n    at: l.${list}\n    key: { key: _id.k${assigned} }\n    fields:\n${lines.join('\n')}`,
    );
  }
  if (top.length === 0) top.push('  number: no');
  return read(`mapping: x/y\nentity: ${entity}\nobject: Y\nfields:\n${top.join('\n')}\n`);
}

describe('random mappings', () => {
  it('carry every value there and back', () => {
    fc.assert(
      fc.property(documents, (doc) => carriesThereAndBack(doc, 4)),
      { numRuns: 150 },
    );
  });
});

describe('decimals never pass through a float', () => {
  it('however many digits they have', () => {
    const long = decimals(20, 18).filter((text) => text.length < 38);
    const mapping = compileMapping(
      read(
        'mapping: x/y\nentity: order\nobject: Y\nfields:\n  amounts.paid: { at: a, as: decimal }\n  amounts.goods: { at: b, as: money, scale: 18 }\n  ext.c: { at: c, from: "add(record.amounts.paid, record.amounts.goods)" }\n',
      ),
    );
    fc.assert(
      fc.property(long, long, (paid, goods) => {
        const record = { amounts: { paid, goods } };
        const sent = mapping.outward(record, outward);
        if (!sent.ok) throw new Error(JSON.stringify(sent));
        expect(sent.body.c).toBe(decimal.add(paid, goods));
        expect(mapping.inward(sent.body, inward)).toEqual({ ok: true, values: record });
        expect(arithmetic.sub(arithmetic.add(paid, goods), goods)).toBe(paid);
      }),
    );
  });
});

/** Phones as the vendor writes them: 543123.8 comes back as 054-31238, the same number. */
function asDialled(value: Json): Json {
  if (isList(value)) return value.map(asDialled);
  if (!isObject(value)) return value;
  if (isPhoneClaim(value) && typeof value.e164 === 'string')
    return { ...value, display: writePhone(value) ?? 'nothing' };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asDialled(inner)]));
}
