import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMapping, readMapping } from './index.ts';
import { inContext, ORDER, outContext, RECORD, read } from './mapping.fixture.ts';
import { type Tracer, type TraceStep, traceMapping } from './trace.ts';
import type {
  CompiledMapping,
  InResult,
  JsonObject,
  ListSpec,
  MappingDocument,
  OutResult,
  Spec,
} from './types.ts';

const root = fileURLToPath(new URL('../../mappings/', import.meta.url));
const shipped = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => {
    const result = readMapping(file, readFileSync(root + file));
    return result.ok ? [{ file, doc: result.doc }] : [];
  });

/** Every value below a path, by its path; elements by their key, or by their place where they have none. */
function flat(value: unknown, path: string, into: Map<string, unknown>): Map<string, unknown> {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, one] of value.entries()) {
      const key: unknown = typeof one === 'object' && one !== null ? Reflect.get(one, 'key') : undefined;
      flat(one, `${path}[${String(key ?? index)}]`, into);
    }
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, one] of Object.entries(value)) flat(one, path === '' ? name : `${path}.${name}`, into);
  } else if (value !== undefined) into.set(path, value);
  return into;
}

function told(steps: readonly TraceStep[], side: 'canonical' | 'vendor'): Map<string, unknown> {
  const all = new Map<string, unknown>();
  for (const step of steps) {
    const path = step[side];
    if (path !== undefined && step.converted !== undefined) flat(step.converted, path, all);
  }
  return all;
}

function sorted(map: Map<string, unknown>): [string, unknown][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A trace tells the same values, or the same trouble, as the compiled mapping. */
function agrees(
  steps: readonly TraceStep[],
  result: InResult | OutResult,
  side: 'canonical' | 'vendor',
): void {
  if (result.ok) {
    const whole = flat('body' in result ? result.body : result.values, '', new Map());
    expect(sorted(told(steps, side))).toEqual(sorted(whole));
    expect(steps.flatMap((step) => [...step.waits, ...step.errors])).toEqual([]);
    return;
  }
  const messages = (list: readonly { message: string }[]) => list.map((one) => one.message).sort();
  expect(messages(steps.flatMap((step) => step.errors))).toEqual(messages(result.errors));
  const targets = (waits: readonly object[]) =>
    [...new Set(waits.map((wait) => JSON.stringify({ ...wait, field: undefined })))].sort();
  expect(targets(steps.flatMap((step) => step.waits))).toEqual(targets(result.waits));
}

const SCALARS = [
  ...[
    '',
    '0',
    '1',
    '2',
    '12.50',
    '-3',
    'Y',
    'true',
    'C',
    'A',
    'ship',
    'sale',
    'web',
    '张**',
    '138****1234',
    'x',
  ],
  ...['13800138000', '2026-11-01 12:00:00', '2026-11-01', '2026-11-01T04:00:00.000Z', '__proto__'],
  ...[0, 1, 3, 1.5, true, false, null],
] as const;

/** Objects that have something, or nothing, at each of the paths. */
function objectsOf(
  specs: readonly Spec[],
  side: 'canonical' | 'vendor',
  more: readonly string[] = [],
): fc.Arbitrary<JsonObject> {
  const scalar = fc.constantFrom(...SCALARS);
  const entries: Record<string, fc.Arbitrary<unknown>> = {};
  for (const path of more) entries[path] = scalar;
  for (const spec of specs) {
    const path = side === 'canonical' ? spec.path : spec.at?.value;
    if (path === undefined) continue;
    entries[path] =
      spec.kind === 'list' ? fc.oneof({ weight: 6, arbitrary: elementsOf(spec, side) }, scalar) : scalar;
  }
  return fc.record(entries, { requiredKeys: [] }).map((paths) => {
    const result: Record<string, unknown> = {};
    for (const [path, value] of Object.entries(paths)) {
      const names = path.split('.');
      let holder = result;
      for (const name of names.slice(0, -1)) {
        const next = holder[name];
        if (typeof next !== 'object' || next === null) holder[name] = {};
        holder = holder[name] as Record<string, unknown>;
      }
      holder[names.at(-1) ?? ''] = value;
    }
    return result as JsonObject;
  });
}

function elementsOf(list: ListSpec, side: 'canonical' | 'vendor'): fc.Arbitrary<unknown> {
  const key = side === 'canonical' ? 'key' : list.key.at.value;
  const element = fc
    .tuple(objectsOf(list.fields, side), fc.constantFrom('a', 'b', 7, ''))
    .map(([one, id]) => ({ ...one, [key]: id }));
  return fc.array(element, { maxLength: 3 });
}

const CONTEXTS = {
  in: { lookupBack: (_table: string, value: string) => (value.length > 3 ? undefined : `k${value}`) },
  out: { lookup: (_table: string, key: string) => (key.length > 3 ? undefined : `v${key}`) },
};

type Both = { readonly tracer: Tracer; readonly compiled: CompiledMapping };

function both(doc: MappingDocument): Both {
  return { tracer: traceMapping(doc), compiled: compileMapping(doc) };
}

function follows({ tracer, compiled }: Both, body: JsonObject, record: JsonObject): void {
  const inward = tracer.inward(body, inContext(CONTEXTS.in));
  expect(inward.result).toEqual(compiled.inward(body, inContext(CONTEXTS.in)));
  agrees(
    inward.steps.filter((step) => !step.how.startsWith('about ') || step.errors.length > 0),
    inward.result,
    'canonical',
  );
  const outward = tracer.outward(record, outContext(CONTEXTS.out));
  agrees(outward.steps, outward.result, 'vendor');
}

describe('what a trace shows is what the mapping does', () => {
  it.each(shipped)('for any document through $file', ({ doc }) => {
    const made = both(doc);
    const canonical = ['kind', 'storeId', 'channelId', 'businessDate', 'locationId', 'orderId', 'id'];
    fc.assert(
      fc.property(
        objectsOf(doc.fields, 'vendor'),
        objectsOf(doc.fields, 'canonical', canonical),
        (body, record) => follows(made, body, record),
      ),
      { numRuns: 40 },
    );
  });

  it('for parts of one text, texts of a list, and words with another for the rest', () => {
    const made = both(
      read(`mapping: x/y
entity: order
object: Y
fields:
  where: { at: addr, optional: true, split: { by: " ", into: [receiver.region.city, receiver.address] } }
  states.holds: { at: holds, join: ",", optional: true, clears: true }
  states.approval: { at: s, optional: true, enum: { draft: A, approved: [B, C] }, else: draft }
  lines:
    at: rows
    key: { key: id, assigned: ours }
    optional: true
    fields:
      both: { at: t, optional: true, split: { by: ":", into: [name, batch] } }
`),
    );
    const body = {
      addr: '上海 漕溪北路 1 号',
      holds: 'risk,stock',
      s: 'Z',
      rows: [{ id: 'a', t: 'tea:B1' }],
    };
    const values = { receiver: { region: { city: '上海' }, address: '1 号' }, states: { holds: ['risk'] } };
    const record = {
      ...values,
      lines: [
        { key: 'a', name: 'te:a', batch: 'B1' },
        { key: 'b', name: 'tea' },
      ],
    };
    follows(made, body, record);
    follows(made, { ...body, rows: [{ id: 'a', t: '***' }, { id: 'a' }] }, values);
    const { steps } = made.tracer.inward(body, inContext());
    expect(steps.find((step) => step.canonical === 'receiver.address')).toMatchObject({
      raw: '上海 漕溪北路 1 号',
      converted: '漕溪北路 1 号',
      how: 'part 2 of 2, by " "',
    });
    expect(steps.find((step) => step.canonical === 'lines[a].batch')).toMatchObject({
      raw: 'tea:B1',
      converted: 'B1',
    });
  });

  it('for the order of the tests', () => {
    follows(
      both(read(ORDER)),
      { FBillNo: 'W1', Entries: [{ FEntryID: 7, FQty: 'x' }] },
      RECORD as unknown as JsonObject,
    );
  });
});

describe('a trace', () => {
  const tracer = traceMapping(read(ORDER));

  it('shows each value with what it was, what it becomes, how, and the line that says so', () => {
    const { steps, applies, result } = tracer.outward(RECORD as unknown as JsonObject, outContext());
    expect(result.ok).toBe(true);
    expect(applies).toBe(true);
    expect(steps.find((step) => step.canonical === 'placedAt')).toEqual({
      canonical: 'placedAt',
      vendor: 'FDate',
      raw: '2026-11-01T04:00:00.000Z',
      converted: '2026-11-01 12:00:00',
      how: 'datetime yyyy-MM-dd HH:mm:ss Asia/Shanghai',
      line: 7,
      waits: [],
      errors: [],
    });
    expect(steps.find((step) => step.vendor === 'FOrg.FNumber')).toMatchObject({
      converted: '100',
      how: 'lookup("orgs", record.storeId)',
    });
    expect(steps.filter((step) => step.canonical?.endsWith('.skuId'))).toMatchObject([
      {
        canonical: 'lines[a].skuId',
        vendor: 'Entries[0].FMaterial.FNumber',
        raw: 'p1',
        converted: 'product-p1',
      },
      {
        canonical: 'lines[b].skuId',
        vendor: 'Entries[1].FMaterial.FNumber',
        raw: 'p2',
        converted: 'product-p2',
      },
    ]);
  });

  it('goes on where the mapping itself must stop, and says at which value', () => {
    const { steps, result } = tracer.inward(
      { FBillNo: 'W1', FDate: 'yesterday', FCust: { FNumber: 'NEW' }, FStatus: 'C' },
      inContext({ payload: 'partial' }),
    );
    expect(result.ok).toBe(false);
    expect(steps.find((step) => step.canonical === 'number')?.converted).toBe('W1');
    expect(steps.find((step) => step.canonical === 'states.approval')?.converted).toBe('approved');
    expect(steps.find((step) => step.canonical === 'placedAt')?.errors).toMatchObject([
      { code: 'mapping.bad-value', field: 'placedAt' },
    ]);
    expect(steps.find((step) => step.canonical === 'settlePartyId')?.waits).toMatchObject([
      { kind: 'table', table: 'customers', key: 'NEW' },
    ]);
  });
});
