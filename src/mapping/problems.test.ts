import { describe, expect, it } from 'vitest';
import { formatProblem } from '../problems/index.ts';
import { changed, problems } from './check.fixture.ts';
import { ORDER } from './mapping.fixture.ts';
import { LARGEST_FILE, readMapping } from './read.ts';

it('finds nothing wrong with a mapping that is right', () => {
  expect(problems(ORDER)).toEqual([]);
});

// [mistake, text, what stands at the place, code, part of the message or hint]
const MISTAKES: readonly (readonly [string, string, string, string, string])[] = [
  [
    'an option that does not exist',
    changed('required: true', 'requird: true'),
    'requird',
    'mapping.unknown-key',
    'Did you mean required?',
  ],
  [
    'a top-level key that does not exist',
    changed('amend:', 'ammend:'),
    'ammend',
    'mapping.unknown-key',
    'Did you mean amend?',
  ],
  [
    'a conversion that does not exist',
    changed('as: datetime', 'as: date-time'),
    'date-time',
    'mapping.unknown-key',
    'Did you mean datetime?',
  ],
  [
    'an entity that does not exist',
    changed('entity: order', 'entity: ordr'),
    'ordr',
    'mapping.unknown-entity',
    'Did you mean order?',
  ],
  [
    'a canonical path that does not exist',
    changed('receiver.name', 'reciever.name'),
    'reciever.name:',
    'mapping.unknown-path',
    'Did you mean receiver.name?',
  ],
  [
    'a canonical path of an element that does not exist',
    changed('quantity: {', 'quantty: {'),
    'quantty:',
    'mapping.unknown-path',
    'Did you mean quantity?',
  ],
  [
    'a vendor path that does not exist',
    changed('at: FCust.FNumber', 'at: FCust.FNumbr'),
    'FCust.FNumbr',
    'mapping.unknown-vendor-path',
    'Did you mean FCust.FNumber or FCurr.FNumber?',
  ],
  [
    'a vendor path of an element that does not exist',
    changed('at: FQty', 'at: FQyt'),
    'FQyt',
    'mapping.unknown-vendor-path',
    'Did you mean FQty?',
  ],
  [
    'a path through a list',
    changed('notes: { at: FNote', 'notes: { at: Entries.FQty'),
    'Entries.FQty',
    'mapping.through-list',
    'goes through the list Entries',
  ],
  [
    'a position in a path',
    changed('at: FNote', 'at: Notes.0.text'),
    'Notes.0.text',
    'mapping.positional-key',
    'position',
  ],
  [
    'a position as the key of a list',
    changed('key: { key: FEntryID }', 'key: { key: $index }'),
    '$index',
    'mapping.positional-key',
    'position',
  ],
  [
    'a list without a key',
    changed('    key: { key: FEntryID }\n', ''),
    'lines:',
    'mapping.missing-key',
    'has no key',
  ],
  [
    'a type the canonical side does not hold',
    changed(', as: decimal }\n      price', ' }\n      price'),
    'quantity:',
    'mapping.type-mismatch',
    'Say as: decimal.',
  ],
  [
    'a type the vendor does not hold',
    changed('at: FLinkMan', 'at: FFlag'),
    'FFlag',
    'mapping.vendor-type-mismatch',
    'boolean',
  ],
  [
    'a vendor object taken as a value',
    changed('at: FCust.FNumber', 'at: FCust'),
    'FCust,',
    'mapping.vendor-type-mismatch',
    'object',
  ],
  [
    'two vendor words that are one',
    changed('draft: [A, Z], submitted: B', 'draft: [A, Z], submitted: A'),
    'A, approved',
    'mapping.enum-not-invertible',
    'else: draft',
  ],
  [
    'a canonical word that does not exist',
    changed('approved: C }', 'aproved: C }'),
    'aproved',
    'mapping.unknown-enum-value',
    'Did you mean approved?',
  ],
  [
    'a vendor word that does not exist',
    changed('submitted: B', 'submitted: X'),
    'X,',
    'mapping.unknown-enum-value',
    'cannot be X',
  ],
  [
    'a target that is no other record',
    changed('fields:', 'target: storeId\nfields:'),
    'storeId',
    'mapping.not-a-reference',
    'does not name another record',
  ],
  [
    'two writers of one vendor path',
    changed('at: FNote', 'at: FLinkMan'),
    'FLinkMan, clears',
    'mapping.two-writers',
    'line 10',
  ],
  [
    'a writer inside what another one writes',
    changed('FOrg.FNumber: lookup', 'FCust: lookup'),
    'FCust: lookup',
    'mapping.two-writers',
    'line 8',
  ],
  [
    'a reference as plain text',
    changed(', ref: product', ''),
    'skuId:',
    'mapping.type-mismatch',
    'ref: product',
  ],
  [
    'a reference to something else',
    changed('ref: product', 'ref: customer'),
    'customer }',
    'mapping.type-mismatch',
    'names a product, not a customer',
  ],
  [
    'an expression that is none',
    changed('\'line.kind == "gift"\'', "'line.kind =='"),
    "' }",
    'mapping.expression-syntax',
    'not an expression',
  ],
  [
    'an expression that reads what does not exist',
    changed('record.storeId', 'record.storId'),
    'record.storId',
    'mapping.unknown-path',
    'Did you mean storeId?',
  ],
  [
    'a function that does not exist',
    changed('lookup("orgs"', 'lookupp("orgs"'),
    'lookupp',
    'mapping.expression-type',
    'Did you mean lookup?',
  ],
  [
    'a variable of the other direction',
    changed('channelId: \'"erp"\'', 'channelId: record.storeId'),
    'record.storeId',
    'mapping.expression-type',
    'only on the way out',
  ],
  [
    'a line outside a list',
    changed('record.storeId', 'line.kind'),
    'line.kind)',
    'mapping.expression-type',
    'only inside a list',
  ],
  [
    'a condition that is no condition',
    changed('== "paid"', '+ "paid"'),
    'record.states',
    'mapping.expression-type',
    'true or false',
  ],
  [
    'types that do not go together',
    changed('channelId: \'"erp"\'', 'channelId: \'1 + "a"\''),
    '1 + "a"',
    'mapping.expression-type',
    'no such overload',
  ],
  [
    'a number where text is due',
    changed('channelId: \'"erp"\'', 'channelId: 1 + 1'),
    '1 + 1',
    'mapping.expression-type',
    'needs string',
  ],
  [
    'a decimal compared as a number',
    changed('\'line.kind == "gift"\'', "'line.price > 0'"),
    'line.price > 0',
    'mapping.expression-type',
    'Decimals are text',
  ],
  [
    'a name in a loop that no element has',
    changed('record.storeId', 'record.lines.map(l, l.skuIdd)[0]'),
    'skuIdd',
    'mapping.unknown-path',
    'Did you mean skuId?',
  ],
  [
    'a text where a condition is due',
    changed('record.states.payment == "paid"', 'record.states.payment'),
    'record.states.payment',
    'mapping.expression-type',
    'true or false, this gives string',
  ],
  [
    'true or false for a text of the vendor',
    changed('FOrg.FNumber: lookup("orgs", record.storeId)', 'FOrg.FNumber: record.storeId == "1"'),
    'FOrg.FNumber',
    'mapping.vendor-type-mismatch',
    'this gives bool',
  ],
  [
    'a position that goes by another name',
    changed('key: { key: FEntryID }', 'key: { key: FSeq }'),
    'FSeq',
    'mapping.positional-key',
    'counts positions',
  ],
  [
    'what the vendor insists on and nobody fills',
    changed('  FOrg.FNumber: lookup("orgs", record.storeId)\n', '  FFlag: true\n'),
    'SalesOrder',
    'mapping.required-unfilled',
    'FOrg',
  ],
  [
    'what the vendor insists on in an element',
    changed('FQty, as', 'FPrice, as'),
    'Entries',
    'mapping.required-unfilled',
    'FQty',
  ],
  [
    'a format without minutes',
    changed('yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd HH'),
    'format:',
    'mapping.bad-format',
    'does not hold',
  ],
  [
    'a zone that does not exist',
    changed('Asia/Shanghai', 'Asia/Beijing'),
    'zone:',
    'mapping.conflicting-options',
    'Asia/Shanghai',
  ],
  [
    'two ways to convert one value',
    changed('table: customers }', 'table: customers, enum: { a: b } }'),
    'enum:',
    'mapping.conflicting-options',
    'table and enum',
  ],
  [
    'a number that loses its spelling',
    changed('submitted: B', 'submitted: 01'),
    '01',
    'mapping.unquoted-number',
    'Write "01".',
  ],
  [
    'a default that is no word of the field',
    changed('optional: true, enum: { draft', 'default: drafft, enum: { draft'),
    'drafft',
    'mapping.unknown-enum-value',
    'Did you mean draft?',
  ],
  [
    'a key written twice',
    changed('  notes:', '  number: FNo\n  notes:'),
    'number: FNo',
    'mapping.duplicate-key',
    'number is written twice',
  ],
  ['a tab', changed('  notes:', '\tnotes:'), '\tnotes', 'mapping.tab', 'Indent with spaces.'],
  ['an alias', changed('table: currencies', 'table: *x'), '*x', 'mapping.alias', 'aliases'],
  ['an anchor', changed('table: currencies', 'table: &x y'), 'y,', 'mapping.alias', 'anchors'],
  ['a tag', changed('table: currencies', 'table: !!js/function x'), '!!js/function x', 'mapping.tag', 'tag'],
  ['YAML that is none', changed('amend: { approved', 'amend: { [approved'), '}', 'mapping.yaml', ''],
];

describe('every mistake is told with its place, its code and what to do', () => {
  it.each(MISTAKES)('%s', (_name, text, there, code, says) => {
    const found = problems(text);
    const lines = text.split('\n');
    const hit = found.find(
      (problem) =>
        problem.code === code && lines[problem.line - 1]?.slice(problem.column - 1).startsWith(there),
    );
    expect(found.map((problem) => formatProblem(problem, text)).join('\n')).toContain(code);
    expect(hit, JSON.stringify(found)).toBeDefined();
    expect(`${hit?.message} ${hit?.hint ?? ''}`).toContain(says);
  });

  it('reports everything at once, in the order of the file', () => {
    const text = changed('at: FQty', 'at: FQyt')
      .replace('required: true', 'requird: true')
      .replace('record.storeId', 'record.storId');
    const found = problems(text);
    expect(found.map((problem) => problem.code)).toEqual([
      'mapping.unknown-key',
      'mapping.required-unfilled',
      'mapping.unknown-vendor-path',
      'mapping.unknown-path',
    ]);
  });
});

describe('files that are no mappings', () => {
  const code = (text: string | Uint8Array): string | undefined =>
    readMapping('m.yaml', text).problems[0]?.code;
  it('refuses what is too large, empty, or not UTF-8, with the place of the first bad byte', () => {
    expect(code('#'.repeat(LARGEST_FILE + 1))).toBe('mapping.too-large');
    expect(code('')).toBe('mapping.empty');
    expect(code('- a\n- b')).toBe('mapping.wrong-shape');
    const gbk = Buffer.concat([Buffer.from('mapping: a/b\nentity: '), Buffer.from([0xc9, 0xcc])]);
    expect(readMapping('m.yaml', gbk).problems[0]).toMatchObject({
      code: 'mapping.not-utf8',
      line: 2,
      column: 9,
    });
  });
  it('refuses bombs without falling over', () => {
    expect(code('['.repeat(200_000))).toBe('mapping.too-deep');
    expect(code(`${'- '.repeat(200_000)}x`)).toMatch(/^mapping\./);
    const bomb = ['a: &a [x,x]', 'b: &b [*a,*a]', 'c: &c [*b,*b]'].join('\n');
    expect(code(bomb)).toBe('mapping.alias');
    expect(code('a: 1\n---\nb: 2')).toBe('mapping.several-documents');
    expect(code('mapping: "a\u0000"')).toBe('mapping.yaml');
  });
  it('reads a file with a byte order mark and Windows line ends', () => {
    expect(readMapping('m.yaml', `\ufeff${ORDER.replaceAll('\n', '\r\n')}`).ok).toBe(true);
  });
});

describe('where in a file an expression is', () => {
  const at = (value: string): string | undefined => {
    const text = `mapping: a/b\nentity: order\nobject: X\nout:\n  x: ${value}\n`;
    return problems(text)
      .filter((problem) => problem.code.startsWith('mapping.expression'))
      .map((problem) => `${problem.line}:${problem.column}`)[0];
  };
  it('is found in plain, quoted, escaped and block text', () => {
    expect(at('concat("a", nope)')).toBe('5:18');
    expect(at('\'concat("a", nope)\'')).toBe('5:19');
    expect(at("'concat(\"it''s\", nope)'")).toBe('5:23');
    expect(at('"concat(\\"a\\", nope)"')).toBe('5:21');
    expect(at('|-\n    concat("a",\n      nope)')).toBe('7:7');
  });
});
