import { describe, expect, it } from 'vitest';
import { entities } from '../model/index.ts';
import { checkMapping } from './check.ts';
import { compileMapping } from './compile.ts';
import { inContext, ORDER, outContext, RECORD } from './mapping.fixture.ts';
import { readMapping } from './read.ts';
import type { JsonObject, MappingDocument, ReadResult } from './types.ts';

const bases: Record<string, string> = { 'erp/order': ORDER };

function readWith(own: string, others: Record<string, string> = {}): ReadResult {
  const all = { ...bases, ...others };
  return readMapping('acme/order.yaml', `mapping: erp/order-acme\nextends: erp/order\n${own}`, {
    base: (name) => {
      const text = all[name];
      return text === undefined ? undefined : { file: `shipped/${name}.yaml`, text };
    },
    names: Object.keys(all),
  });
}

function extended(own: string): MappingDocument {
  const result = readWith(own);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.doc;
}

function sent(own: string): JsonObject {
  const result = compileMapping(extended(own)).outward(RECORD, outContext());
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.body;
}

function told(own: string, others?: Record<string, string>): string[] {
  return readWith(own, others).problems.map(({ file, line, code }) => `${file}:${line} ${code}`);
}

describe("a company's own variant of a mapping", () => {
  it('is the shipped one where it says nothing', () => {
    const doc = extended('');
    expect(doc).toMatchObject({ bases: ['erp/order'], entity: { value: 'order' }, direction: 'both' });
    expect(doc.name.value).toBe('erp/order-acme');
    expect(sent('')).toMatchObject({ FBillNo: 'W1', FOrg: { FNumber: '100' } });
    expect(doc.flow.map((step) => step.name)).toEqual(['save', 'submit', 'audit']);
  });

  it('adds, replaces and takes away fields, lines and steps', () => {
    const body = sent(`fields:
  notes: FMemo
  receiver.name: ~
  channelId: { at: F_ACME_Channel }
  lines:
    fields:
      price: ~
      quantity: { at: FStockQty, as: decimal }
      name: F_ACME_Name
out:
  FOrg.FNumber: ~
  F_ACME_Kind: '"shop"'
`);
    expect(body).not.toHaveProperty('FLinkMan');
    expect(body).not.toHaveProperty('FOrg');
    expect(body).not.toHaveProperty('FNote');
    expect(body).toMatchObject({ FMemo: '请放前台', F_ACME_Kind: 'shop', FCust: { FNumber: 'CUST1' } });
    expect((body.Entries as JsonObject[])[0]).toEqual({
      FMaterial: { FNumber: 'product-p1' },
      FStockQty: '2',
      FIsFree: false,
    });
  });

  it('replaces conditions, steps and amendments, and takes them away', () => {
    const doc = extended('when: ~\nflow: [ { create: draft } ]\namend: { approved: ~, submitted: park }\n');
    expect(doc.when).toBeUndefined();
    expect(compileMapping(doc)).toMatchObject({
      flow: [{ name: 'draft', create: true }],
      amend: { submitted: 'park' },
    });
    expect(extended('fields:\n  lines:\n    when: ~\n').fields.at(-1)).not.toHaveProperty('when');
    expect(extended('fields:\n  lines:\n    required: true\n').fields.at(-1)).toMatchObject({
      required: true,
      key: { at: { value: 'FEntryID' } },
    });
  });

  it('has a version that follows both texts', () => {
    const versions = [
      extended(''),
      extended('out: { FOrg.FNumber: ~ }\n'),
      readWith('', { 'erp/order': ORDER.replace('FNote', 'FRemark') }).doc,
    ].map((doc) => doc?.version);
    expect(new Set(versions).size).toBe(3);
    expect(versions[0]).toMatch(/^[0-9a-f]{16}$/);
  });

  it('goes on from a variant, too', () => {
    const middle = 'mapping: erp/order-group\nextends: erp/order\nfields:\n  notes: FGroupNote\n';
    const result = readMapping('own.yaml', 'mapping: erp/own\nextends: erp/order-group\n', {
      base: (name) => ({ file: `${name}.yaml`, text: name === 'erp/order' ? ORDER : middle }),
    });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.doc.bases).toEqual(['erp/order-group', 'erp/order']);
    expect(compileMapping(result.doc).outward(RECORD, outContext())).toMatchObject({
      body: { FGroupNote: '请放前台' },
    });
  });
});

describe('what is wrong is told at its own place', () => {
  it('in the file that is extended', () => {
    const broken = { 'erp/order': ORDER.replace('as: money', 'as: mony') };
    expect(told('', broken)).toEqual(['shipped/erp/order.yaml:13 mapping.unknown-key']);
  });
  it('by the checker, in both files', () => {
    const result = readWith('fields:\n  notez: FNote2\n  receiver.name: ~\n', {
      'erp/order': ORDER.replace('receiver.phone', 'receiver.fone'),
    });
    if (result.doc === undefined) throw new Error('not read');
    const problems = checkMapping(result.doc, { entities });
    expect(problems.map(({ file, line, code }) => `${file}:${line} ${code}`).sort()).toEqual([
      'acme/order.yaml:4 mapping.unknown-path',
      'shipped/erp/order.yaml:11 mapping.unknown-path',
    ]);
  });
  it('when it runs', () => {
    const mapping = compileMapping(extended('fields:\n  currency: { at: FMoney, required: true }\n'));
    const result = mapping.outward({ amounts: { payable: 'much' } }, outContext());
    if (result.ok) throw new Error('expected errors');
    expect(result.errors.map(({ field, file, line }) => ({ field, file, line }))).toEqual([
      { field: 'number', file: 'shipped/erp/order.yaml', line: 6 },
      { field: 'currency', file: undefined, line: 4 },
      { field: 'amounts.payable', file: 'shipped/erp/order.yaml', line: 13 },
    ]);
    expect(result.errors[0]?.message).toContain('erp/order-acme, line 6 of shipped/erp/order.yaml: number');
  });
  it.each([
    ['a mapping nobody has', 'extends: erp/ordr\n', 'mapping.duplicate-key'],
    ['something to take away that is not there', 'fields:\n  notez: ~\n', 'mapping.nothing-to-drop'],
    [
      'an element field that is not there',
      'fields:\n  lines:\n    fields:\n      prize: ~\n',
      'mapping.nothing-to-drop',
    ],
    ['a line of out: that is not there', 'out:\n  FOrgg.FNumber: ~\n', 'mapping.nothing-to-drop'],
  ])('names %s', (_what, own, code) => {
    expect(told(own).map((line) => line.split(' ')[1])).toContain(code);
  });
  it('names a base that does not exist, with the nearest one, and one that goes in a circle', () => {
    const other = readMapping('a.yaml', 'mapping: a/b\nextends: erp/ordr\n', {
      base: () => undefined,
      names: ['erp/order'],
    });
    expect(other.problems).toMatchObject([
      { code: 'mapping.unknown-base', line: 2, column: 10, hint: expect.stringContaining('erp/order') },
    ]);
    const circle = readMapping('a.yaml', 'mapping: a/b\nextends: a/c\n', {
      base: (name) => ({ file: `${name}.yaml`, text: `mapping: ${name}\nextends: a/c\n` }),
    });
    expect(circle.problems).toMatchObject([{ code: 'mapping.extends-circle', file: 'a/c.yaml' }]);
    expect(readMapping('a.yaml', 'mapping: a/b\nextends: a/c\n').problems).toMatchObject([
      { code: 'mapping.unknown-base' },
    ]);
  });
  it('still lets nobody leave out what nothing is inherited for', () => {
    const alone = readMapping('a.yaml', 'mapping: a/b\nfields:\n  notes: ~\n');
    expect(alone.problems.map((problem) => problem.code).sort()).toEqual([
      'mapping.missing-key',
      'mapping.missing-key',
      'mapping.wrong-shape',
    ]);
  });
});

it('works inward, too', () => {
  const mapping = compileMapping(
    extended('fields:\n  number: { at: F_ACME_No }\n  lines: ~\nin:\n  channelId: ~\n'),
  );
  const body = { F_ACME_No: 'A1', FDate: '2026-11-01 12:00:00', FCust: { FNumber: 'CUST1' }, FAmount: '1' };
  expect(mapping.inward(body, inContext())).toEqual({
    ok: true,
    values: {
      number: 'A1',
      placedAt: '2026-11-01T04:00:00.000Z',
      settlePartyId: 'c1',
      notes: null,
      amounts: { payable: '1' },
    },
  });
});
