/** Values for laws: made from the canonical model, from a vendor's description, and from the lines of a mapping. */
import fc from 'fast-check';
import type { PathInfo } from '../model/paths.ts';
import { conversionOf, isMasked } from './convert.ts';
import { Refused } from './refused.ts';
import {
  type FieldSpec,
  type InContext,
  type Json,
  type JsonObject,
  type JsonSchema,
  type ListSpec,
  type MappingDocument,
  type OutContext,
  PendingReference,
  type Spec,
} from './types.ts';
import { VendorSchema } from './vendor-schema.ts';

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });

/** Decimals in the one spelling, far beyond what a float holds. */
export const decimals = (whole: number, places: number): fc.Arbitrary<string> =>
  fc.tuple(fc.boolean(), digits(1, whole), digits(0, places)).map(([negative, head, tail]) => {
    const [first, rest] = [head.replace(/^0+(?=\d)/, ''), tail.replace(/0+$/, '')];
    const text = rest === '' ? first : `${first}.${rest}`;
    return negative && text !== '0' ? `-${text}` : text;
  });

const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !isMasked(text));
/** Codes go through tables and references, which compare what is trimmed by nobody. */
const codes = fc.string({ unit: fc.constantFrom('A', 'b', '1', '-', '货', '_'), minLength: 1, maxLength: 8 });
const instants = (stepMs: number) =>
  fc
    .integer({ min: Date.UTC(1992, 0, 2) / stepMs, max: Date.UTC(2099, 11, 31) / stepMs })
    .map((count) => new Date(count * stepMs).toISOString());
const days = fc
  .integer({ min: 0, max: 40_000 })
  .map((day) => new Date(Date.UTC(1950, 0, 1 + day)).toISOString().slice(0, 10));
const mobiles = fc
  .tuple(fc.constantFrom('3', '5', '7', '8', '9'), digits(9, 9))
  .map(([second, rest]) => `1${second}${rest}`);
const phones = fc.oneof(
  mobiles.map((number) => ({ kind: 'real', e164: `+86${number}`, display: number })),
  fc.tuple(mobiles, digits(1, 4)).map(([number, extension]) => {
    return { kind: 'virtual', e164: `+86${number}`, extension, display: `${number}-${extension}` };
  }),
  fc.tuple(digits(7, 7), digits(1, 4)).map(([rest, extension]) => {
    const number = `021-6${rest}`;
    return { kind: 'real', e164: `+86216${rest}`, extension, display: `${number}-${extension}` };
  }),
);

/** Canonical values that a field can carry there and back; what its options lose is not among them. */
export function carried(field: FieldSpec): fc.Arbitrary<Json> {
  const { inward, outward } = conversionOf(field);
  if (field.join !== undefined) {
    const { join, ...one } = field;
    return fc.uniqueArray(carried(one), { minLength: 1, maxLength: 3 }).filter((list) => {
      const sent = outward(list);
      return typeof sent === 'string' && sent.split(join).length === list.length;
    });
  }
  if (field.table !== undefined || field.ref !== undefined) return codes;
  if (field.enum !== undefined) {
    const words = field.enum.map((entry) => entry.canonical);
    const isFlag = words.every((word) => word === 'true' || word === 'false');
    const values = words
      .map((word): Json => (isFlag ? word === 'true' : word))
      .filter((word) => {
        const sent = outward(word);
        return sent !== undefined && !(sent instanceof Refused) && sent !== '' && inward(sent) === word;
      });
    return fc.constantFrom(...values);
  }
  switch (field.as) {
    case 'decimal':
      return decimals(18, field.scale ?? 18);
    case 'money':
      return field.unit === 'fen' ? decimals(12, 2) : decimals(18, field.scale ?? 2);
    case 'integer':
      return fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value));
    case 'boolean':
      return fc.boolean();
    case 'datetime':
      return instants(field.format === undefined ? 1 : field.format.includes('ss') ? 1_000 : 60_000);
    case 'epoch':
      return instants(field.unit === 's' ? 1_000 : 1).filter((text) => Date.parse(text) !== 0);
    case 'date':
      return days;
    case 'phone':
      return phones;
    case 'json':
      return fc
        .jsonValue({ maxDepth: 2 })
        .map((value) => value as Json)
        .filter((value) => value !== null && value !== '');
    default:
      return texts;
  }
}

/**
 * The same mapping with every line in both directions: what it calculates, fixes or asks conditions for is left out,
 * and so is a second line about the same path.
 */
export function bothWays(doc: MappingDocument): MappingDocument {
  const { about: _about, target: _target, when: _when, ...rest } = doc;
  return { ...rest, direction: 'both', out: [], in: [], fields: specsBothWays(doc.fields) };
}

function specsBothWays(specs: readonly Spec[]): Spec[] {
  const kept: Spec[] = [];
  const free = (spec: Spec): boolean =>
    kept.every(
      (other) => !overlap(other.path, spec.path) && !overlap(other.at?.value ?? '', spec.at?.value ?? ''),
    );
  for (const spec of specs) {
    if (spec.at === undefined || !free(spec)) continue;
    if (spec.kind === 'list') {
      const { when: _when, ...list } = spec;
      const key = list.key.at.value;
      const fields = specsBothWays(list.fields).filter(
        (inner) => !overlap(inner.at?.value ?? '', key) && inner.path !== 'key',
      );
      kept.push({ ...list, direction: 'both', required: false, onCreate: false, fields });
      continue;
    }
    const { when: _when, from, inward, constant, default: _default, ...field } = spec;
    if (from !== undefined || inward !== undefined || constant !== undefined || field.piece !== undefined)
      continue;
    kept.push({ ...field, direction: 'both', required: false, onCreate: false });
  }
  return kept;
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Records that a mapping in both directions carries there and back. */
export function recordsOf(specs: readonly Spec[]): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(
      ...specs.map((spec) =>
        fc.option(spec.kind === 'list' ? elementsOf(spec) : carried(spec), { nil: undefined }),
      ),
    )
    .map((values) => {
      const record: Record<string, unknown> = {};
      for (const [at, spec] of specs.entries())
        if (values[at] !== undefined) put(record, spec.path, values[at]);
      return record as JsonObject;
    });
}

function elementsOf(list: ListSpec): fc.Arbitrary<Json> {
  return fc
    .uniqueArray(fc.tuple(codes, recordsOf(list.fields)), {
      minLength: 1,
      maxLength: 3,
      selector: ([key]) => key,
    })
    .map((elements) => elements.map(([key, element]) => ({ key, ...element })));
}

function put(record: Record<string, unknown>, path: string, value: unknown): void {
  let holder: object = record;
  const names = path.split('.');
  for (const name of names.slice(0, -1)) {
    if (!Object.hasOwn(holder, name)) define(holder, name, {});
    holder = Reflect.get(holder, name) as object;
  }
  define(holder, names.at(-1) ?? '', value);
}

function define(holder: object, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Codes, numbers and line ids that are their own opposites. */
export const outward: OutContext = {
  connection: 'c',
  creating: true,
  lookup: (table, key) => `${table}:${key}`,
  remoteNumber: (entity, id) => `no ${entity} ${id}`,
  remoteId: (entity, id) => `id ${entity} ${id}`,
  lineId: (list, key) => `${list}#${key}`,
};
export const inward: InContext = {
  connection: 'c',
  payload: 'partial',
  lookup: (table, key) => `${table}:${key}`,
  lookupBack: (table, value) => (value.startsWith(`${table}:`) ? value.slice(table.length + 1) : value),
  lineKey: (list, id) => (id.startsWith(`${list}#`) ? id.slice(list.length + 1) : id),
};

/** Values with references found: `no product x` is x. */
export function resolved(value: unknown): Json {
  if (value instanceof PendingReference) {
    const named = `${value.by === 'id' ? 'id' : 'no'} ${value.entity} `;
    return value.value.startsWith(named) ? value.value.slice(named.length) : value.value;
  }
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value as Json;
  const copy: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) define(copy, name, resolved(inner));
  return copy as JsonObject;
}

/** Bodies as a vendor's description allows them, most of them with most fields. */
export function bodiesOf(
  schema: JsonSchema,
  components: Readonly<Record<string, JsonSchema>>,
  depth = 0,
): fc.Arbitrary<Json> {
  const { types, words, properties, items } = new VendorSchema(schema, components).root();
  if (words !== undefined) {
    const isNumber = types.has('integer') && !types.has('string');
    return fc.constantFrom(...words.map((word): Json => (isNumber ? Number(word) : word)));
  }
  if (items !== undefined) {
    return depth > 4
      ? fc.constant([])
      : fc.array(bodiesOf(items, components, depth + 1), { minLength: 1, maxLength: 3 });
  }
  if (properties.size > 0) {
    const shape = Object.fromEntries(
      [...properties].map(([name, property]) => [name, bodiesOf(property, components, depth + 1)]),
    );
    return fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Json>;
  }
  const kinds: fc.Arbitrary<Json>[] = [];
  if (types.size === 0 || types.has('string')) kinds.push(vendorTexts);
  if (types.has('integer') || types.has('number'))
    kinds.push(fc.integer({ min: -10_000, max: 2_000_000_000 }));
  if (types.has('boolean')) kinds.push(fc.boolean());
  if (types.has('null')) kinds.push(fc.constant(null));
  return kinds.length === 0 ? fc.constant({}) : fc.oneof(...kinds);
}

/** What vendors write into texts. */
const vendorTexts: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: codes },
  { weight: 3, arbitrary: decimals(6, 3) },
  instants(1_000).map((text) => text.slice(0, 19).replace('T', ' ')),
  days,
  mobiles,
  fc.constantFrom('', '0', '1', '0000-00-00 00:00:00', '138****0000', '张**', 'true', 'Y'),
  texts,
);

/** A conversion for a canonical value, as it could stand in a mapping. */
export function optionsFor(info: PathInfo): fc.Arbitrary<string> {
  switch (info.type) {
    case 'decimal':
      return fc.constant('as: decimal');
    case 'money':
      return fc.constantFrom('as: money', 'as: money, unit: fen', 'as: decimal', 'as: money, scale: 4');
    case 'integer':
      return fc.constant('as: integer');
    case 'boolean':
      return fc.constantFrom(
        'as: boolean',
        'as: boolean, format: "Y|N"',
        'enum: { "true": 1, "false": [0, -1] }',
      );
    case 'instant':
      return fc.constantFrom(
        'as: datetime, format: "yyyy-MM-dd HH:mm:ss", zone: Asia/Shanghai',
        'as: datetime, zone: UTC',
        'as: datetime, format: "d LLL yyyy HH:mm", zone: Asia/Tokyo',
        'as: epoch, unit: s',
        'as: epoch, unit: ms',
      );
    case 'date':
      return fc.constantFrom('as: date', 'as: date, format: yyyyMMdd');
    case 'reference':
      return fc.constantFrom(`ref: ${info.entity}`, `ref: ${info.entity}, by: id`);
    case 'choice': {
      const words = info.words ?? [];
      const pairs = words.map((word, at) => `${word}: [${at + 10}, x${at}]`).join(', ');
      return fc.constantFrom(`enum: { ${pairs} }`, 'as: text');
    }
    case 'code':
      return fc.constantFrom('table: codes', 'as: text');
    default:
      return fc.constant('as: text');
  }
}
