import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entities, withExt } from '../model/index.ts';
import { checkMapping } from './check.ts';
import { inContext, outContext, read, withFields } from './mapping.fixture.ts';
import { readMapping } from './read.ts';
import type { JsonObject, JsonSchema } from './types.ts';

function codes(text: string, objectSchema?: JsonSchema): string[] {
  const result = readMapping('m.yaml', text);
  const checked =
    result.doc === undefined
      ? []
      : checkMapping(result.doc, { entities, ...(objectSchema === undefined ? {} : { objectSchema }) });
  return [...result.problems, ...checked].map(({ line, code }) => `${line} ${code}`);
}
const head = 'mapping: x/y\nentity: order\nobject: Y\n';

describe('split: several values in one text', () => {
  const mapping = withFields(
    'receiver: { at: addr, optional: true, split: { by: " ", into: [receiver.region.province, receiver.region.city, receiver.address] } }',
  );
  const receiver = { region: { province: '上海市', city: '上海市' }, address: '徐汇区 漕溪北路 1 号' };
  it('takes the text apart, the last part being the rest', () => {
    expect(mapping.inward({ addr: '上海市 上海市 徐汇区 漕溪北路 1 号' }, inContext())).toEqual({
      ok: true,
      values: { receiver },
    });
    expect(mapping.mappedPaths).toEqual([
      'receiver.region.province',
      'receiver.region.city',
      'receiver.address',
    ]);
  });
  it('puts it together again', () => {
    expect(mapping.outward({ receiver }, outContext())).toEqual({
      ok: true,
      body: { addr: '上海市 上海市 徐汇区 漕溪北路 1 号' },
    });
    expect(mapping.outward({ receiver: { address: 'x' } }, outContext())).toMatchObject({
      body: { addr: '  x' },
    });
    expect(mapping.outward({}, outContext())).toEqual({ ok: true, body: {} });
  });
  it('tells nothing of parts that are missing or masked', () => {
    expect(mapping.inward({ addr: '上海市  徐***' }, inContext())).toEqual({
      ok: true,
      values: { receiver: { region: { province: '上海市' } } },
    });
  });
  it('refuses a part that would come back as two', () => {
    expect(
      mapping.outward({ receiver: { region: { province: 'a b' }, address: 'x' } }, outContext()),
    ).toMatchObject({
      ok: false,
      errors: [{ code: 'mapping.expression-failed', field: 'receiver', line: 5 }],
    });
  });
  it('asks for its parts where they are not optional', () => {
    const strict = withFields('n: { at: t, split: { by: "/", into: [number, kind] }, required: true }');
    expect(strict.inward({ t: 'A/web' }, inContext())).toMatchObject({
      values: { number: 'A', kind: 'web' },
    });
    expect(strict.inward({ t: 'A' }, inContext())).toMatchObject({
      errors: [{ code: 'mapping.missing', field: 'kind' }],
    });
    expect(strict.outward({}, outContext())).toMatchObject({ errors: [{ code: 'mapping.missing' }] });
  });
  it('works in lists', () => {
    const lines = withFields(
      'lines:\n  at: rows\n  key: { key: id, assigned: ours }\n  fields:\n    both: { at: t, split: { by: ":", into: [name, batch] } }',
    );
    const body = { rows: [{ id: 'a', t: 'tea:B1' }] };
    const values = { lines: [{ key: 'a', name: 'tea', batch: 'B1' }] };
    expect(lines.inward(body, inContext())).toEqual({ ok: true, values });
    expect(lines.outward(values, outContext())).toEqual({ ok: true, body });
  });
  it('comes back whatever the values are', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '-', '/', ' '), maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom('-', '--', ' / '), text, text, text, (by, a, b, c) => {
        const some = withFields(
          `x: { at: t, optional: true, split: { by: ${JSON.stringify(by)}, into: [ext.a, ext.b, ext.c] } }`,
        );
        const ext = Object.fromEntries(Object.entries({ a, b, c }).filter(([, value]) => value !== ''));
        const sent = some.outward({ ext }, outContext());
        if (!sent.ok) return;
        const back = some.inward(sent.body, inContext());
        expect(back).toEqual({ ok: true, values: Object.keys(ext).length === 0 ? {} : { ext } });
      }),
      { numRuns: 60 },
    );
  });
  it('is checked like any field', () => {
    expect(
      codes(`${head}fields:\n  x: { at: t, split: { by: " ", into: [receiver.nam, notes] } }\n`),
    ).toEqual(['5 mapping.unknown-path', '5 mapping.unknown-path']);
    expect(codes(`${head}fields:\n  x: { at: t, split: { by: " ", into: [notes] } }\n`)).toEqual([
      '5 mapping.missing-key',
    ]);
    expect(
      codes(`${head}fields:\n  x: { at: t, as: decimal, split: { by: " ", into: [notes, number] } }\n`),
    ).toEqual(['5 mapping.unknown-key']);
    expect(
      codes(`${head}fields:\n  number: no\n  x: { at: t, split: { by: " ", into: [notes, number] } }\n`),
    ).toEqual(['6 mapping.two-writers']);
  });
});

describe('join: a list of plain values in one text', () => {
  const mapping = withFields('states.holds: { at: holds, join: ",", optional: true, clears: true }');
  it('comes and goes', () => {
    const values = { states: { holds: ['review', 'stock'] } };
    expect(mapping.inward({ holds: 'review,stock' }, inContext())).toEqual({ ok: true, values });
    expect(mapping.outward(values, outContext())).toEqual({ ok: true, body: { holds: 'review,stock' } });
    expect(mapping.outward({ states: { holds: [] } }, outContext())).toEqual({
      ok: true,
      body: { holds: '' },
    });
  });
  it('converts its elements and refuses one that would come back as two', () => {
    const some = withFields(
      'ext.sizes: { at: s, join: "|", as: decimal }\next.marks: { at: m, join: ",", enum: { red: R, blue: [B, L] } }',
    );
    const values = { ext: { sizes: ['1.5', '2'], marks: ['red', 'blue'] } };
    expect(some.inward({ s: '1.50|2', m: 'R,L' }, inContext())).toEqual({ ok: true, values });
    expect(some.outward(values, outContext())).toEqual({ ok: true, body: { s: '1.5|2', m: 'R,B' } });
    expect(mapping.outward({ states: { holds: ['a,b'] } }, outContext())).toMatchObject({
      errors: [{ code: 'mapping.bad-value', field: 'states.holds' }],
    });
    expect(mapping.outward({ states: { holds: 'a' } }, outContext())).toMatchObject({ ok: false });
  });
  it('stands only where there is a list of plain values', () => {
    expect(codes(`${head}fields:\n  states.holds: { at: h, join: "," }\n`)).toEqual([]);
    expect(codes(`${head}fields:\n  notes: { at: h, join: "," }\n`)).toEqual(['5 mapping.type-mismatch']);
    expect(codes(`${head}fields:\n  states.holds: { at: h, join: ",", table: holds }\n`)).toEqual([
      '5 mapping.conflicting-options',
    ]);
  });
});

describe('enum: a declared way back', () => {
  const mapping = withFields(
    'states.approval: { at: s, else: { in: draft, out: X }, enum: { draft: { write: Z, read: [A, Z] }, submitted: B, rejected: { write: B, read: [] } } }',
  );
  const sent = (approval: string): unknown => {
    const result = mapping.outward({ states: { approval } }, outContext());
    return result.ok ? result.body.s : result.errors[0]?.code;
  };
  const told = (s: string): unknown => mapping.inward({ s }, inContext());
  it('writes what is declared, whatever is read', () => {
    expect(['draft', 'submitted', 'rejected', 'approved'].map(sent)).toEqual(['Z', 'B', 'B', 'X']);
  });
  it('reads many as one, and everything else as else', () => {
    const approval = (value: string) => ({ ok: true, values: { states: { approval: value } } });
    expect(['A', 'Z', 'B', 'Q'].map(told)).toEqual(['draft', 'draft', 'submitted', 'draft'].map(approval));
  });
  it('is clean for the checker, and needs the word that is written', () => {
    const line =
      'at: s, enum: { draft: { write: Z, read: [A, Z] }, submitted: B, rejected: { write: B, read: [] }, approved: C }';
    expect(codes(`${head}fields:\n  states.approval: { ${line} }\n`)).toEqual([]);
    const wrong = codes(`${head}fields:\n  states.approval: { at: s, enum: { draft: { read: A } } }\n`);
    expect(wrong).toContain('5 mapping.missing-key');
    const words: JsonSchema = {
      type: 'object',
      properties: { s: { type: 'string', enum: ['A', 'B', 'C', 'Z'] } },
    };
    expect(
      codes(`${head}fields:\n  states.approval: { ${line.replace('write: B', 'write: Y')} }\n`, words),
    ).toEqual(['5 mapping.unknown-enum-value']);
  });
});

describe('phone: extensions', () => {
  it('are written as the vendor wants them', () => {
    const mapping = withFields('receiver.phone: { at: tel, as: phone, extension: "转" }');
    const phone = { kind: 'virtual', e164: '+8613800138000', extension: '12', display: '13800138000-12' };
    expect(mapping.outward({ receiver: { phone } }, outContext())).toEqual({
      ok: true,
      body: { tel: '13800138000转12' },
    });
  });
  it('belong to phones only', () => {
    expect(codes(`${head}fields:\n  notes: { at: t, extension: "-" }\n`)).toEqual([
      '5 mapping.conflicting-options',
    ]);
  });
});

describe("custom: a company's own fields at the vendor", () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: {
      FNote: { type: 'string' },
      FCust: { type: 'object', properties: { FNumber: { type: 'string' } } },
      Entries: { type: 'array', items: { type: 'object', properties: { FQty: { type: 'string' } } } },
    },
  };
  const fields =
    'fields:\n  notes: F_ACME_Text\n  lines:\n    at: Entries\n    key: { key: _key }\n    fields:\n      quantity: { at: F_ACME_Qty, as: decimal }\n      name: FCust.F_ACME_Name\n';
  it('are unknown until they are declared', () => {
    expect(codes(`${head}${fields}`, schema).filter((line) => line.includes('unknown-vendor'))).toHaveLength(
      3,
    );
    const custom =
      'custom:\n  F_ACME_Text: text\n  Entries.F_ACME_Qty: decimal\n  Entries.FCust.F_ACME_Name: text\n';
    expect(codes(`${head}${fields}${custom}`, schema)).toEqual([]);
  });
  it('keep what the vendor describes, and have types', () => {
    const text = `${head}custom: { FCust.F_A: boolean, Entries.F_B: text }\nfields:\n  notes: { at: FCust.F_A }\n  settlePartyId: FCust.FNumber\n`;
    expect(codes(text, schema)).toEqual(['6 mapping.vendor-type-mismatch']);
  });
  it.each([
    ['FNote', 'the vendor describes it itself'],
    ['FNote.F_A', 'single value'],
  ])('cannot take the place of %s', (path, message) => {
    const doc = read(`${head}custom: { ${path}: text }\nfields:\n  number: FNote\n`);
    expect(checkMapping(doc, { entities, objectSchema: schema })).toMatchObject([
      { code: 'mapping.custom-clash', line: 4, message: expect.stringContaining(message) },
    ]);
  });
});

describe("ext: a company's own fields in the hub", () => {
  const own = withExt(entities, {
    order: {
      colour: { type: 'choice', title: 'Colour', words: ['red', 'blue'] },
      weight: { type: 'decimal', title: 'Weight' },
      agent: { type: 'reference', title: 'Agent', entity: 'customer' },
    },
  });
  const problems = (fields: string) =>
    checkMapping(read(`${head}fields:\n${fields}`), { entities: own }).map(({ code, hint }) => [code, hint]);
  it('have types and names', () => {
    expect(problems('  ext.weight: { at: w, as: decimal }\n  ext.agent: { at: a, ref: customer }\n')).toEqual(
      [],
    );
    expect(problems('  ext.weigth: { at: w, as: decimal }\n')).toEqual([
      ['mapping.unknown-path', expect.stringContaining('ext.weight')],
    ]);
    expect(problems('  ext.weight: { at: w, as: datetime }\n')[0]?.[0]).toBe('mapping.type-mismatch');
    expect(problems('  ext.colour: { at: w, enum: { green: G } }\n').flat()).toContain(
      'mapping.unknown-enum-value',
    );
  });
  it('stay open where none are declared', () => {
    const text = 'mapping: x/y\nentity: customer\nobject: Y\nfields:\n  ext.anything: a\n';
    expect(checkMapping(read(text), { entities: own })).toEqual([]);
  });
});

describe('a step somebody else does', () => {
  it('is waited for; it is neither the create nor done under a credential of the hub', () => {
    const flow = (steps: string): string => `${head}fields:\n  number: no\nflow: [${steps}]\n`;
    expect(codes(flow('{ create: save }, { audit: ~, wait: workflow }'))).toEqual([]);
    expect(codes(flow('{ create: save, wait: workflow }'))).toEqual(['6 mapping.conflicting-options']);
    expect(codes(flow('save, { audit: auditor, wait: workflow }'))).toEqual([
      '6 mapping.conflicting-options',
    ]);
  });
});

describe('amend', () => {
  it('knows what can be done, and the stages', () => {
    expect(
      codes(`${head}fields:\n  number: no\namend: { approved: changeOrder, save: park }\nflow: [save]\n`),
    ).toEqual([]);
    expect(codes(`${head}fields:\n  number: no\namend: { approved: changeOrdr }\n`)).toEqual([
      '6 mapping.unknown-key',
    ]);
    expect(codes(`${head}fields:\n  number: no\namend: { aproved: park }\n`)).toEqual([
      '6 mapping.unknown-stage',
    ]);
  });
});

describe('values that are objects where a word is due', () => {
  it.each(['enum: { draft: A }', 'as: boolean', 'as: text', 'as: decimal', 'as: phone', 'join: ","'])(
    'are refused by %s, whatever they say about themselves',
    (options) => {
      const mapping = withFields(`ext.x: { at: x, ${options} }`);
      const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown;
      for (const x of [{ toString: 1 }, { toString: null, valueOf: 1 }, [1], deep]) {
        expect(mapping.inward({ x } as unknown as JsonObject, inContext())).toMatchObject({
          ok: false,
          errors: [{ field: 'ext.x' }],
        });
        // A list of numbers can be joined.
        const fine = options.startsWith('join') && Array.isArray(x) && x !== deep;
        expect(mapping.outward({ ext: { x } } as unknown as JsonObject, outContext()).ok).toBe(fine);
      }
    },
  );
});
