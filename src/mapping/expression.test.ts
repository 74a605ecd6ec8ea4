import { describe, expect, it } from 'vitest';
import { compileExpression, type ExpressionPlace } from './expression.ts';
import type { Runtime } from './functions.ts';
import { Refused } from './refused.ts';
import type { Json, JsonObject } from './types.ts';

const runtime: Runtime = {
  lookup: (_table, key) => (key === 'S1' ? '100' : undefined),
  lookupBack: () => undefined,
  remoteNumber: (entity, id) => `${entity}/${id}`,
  remoteId: () => undefined,
  remoteLine: (list, key) => `${list}/${key}`,
};
const record: JsonObject = {
  kind: 'gift',
  storeId: 'S1',
  a: { b: null },
  n: 3,
  empty: '',
  lines: [{ q: '1.10' }, { q: '2' }],
};

function evaluate(source: string): Json | undefined | Refused {
  const at = { line: 1, column: 1 };
  const result = compileExpression({ source, at, place: () => at }, { direction: 'out', inList: false });
  if (!result.ok) throw new Error(result.message);
  return result.expression.evaluate({ connection: 'erp', record, line: null }, runtime);
}

function refusal(source: string, place: ExpressionPlace = { direction: 'out', inList: false }): string {
  const at = { line: 1, column: 1 };
  const result = compileExpression({ source, at, place: () => at }, place);
  return result.ok ? 'ok' : result.message;
}

describe('missing fields', () => {
  it.each<[string, Json | undefined]>([
    ['record.nope', undefined],
    ['record.nope.deeper', undefined],
    ['record.nope == "x"', false],
    ['record.nope == null', true],
    ['has(record.nope.deeper)', false],
    ['has(record.a)', true],
    ['has(record.a.b)', false],
    ['has(record.empty)', false],
    ['record.lines[9].q', undefined],
    ['record.lines.map(l, l.nope)', [null, null]],
    ['record.kind == "gift" ? "a" : null', 'a'],
    ['record.kind != "gift" ? "a" : null', undefined],
    ['trim(record.nope)', undefined],
    ['coalesce(record.nope, record.kind)', 'gift'],
    ['record.constructor', undefined],
    ['record["__proto__"]', undefined],
  ])('%s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  it.each([
    'record.nope > 1',
    'record.nope + "x"',
    'add(record.nope, "1")',
    'concat(record.nope, "x")',
    'record.kind.deeper',
    'record.lines.q',
  ])('nothing is guessed: %s is refused', (source) => {
    expect(evaluate(source)).toBeInstanceOf(Refused);
  });
});

describe('functions', () => {
  it.each<[string, Json | undefined]>([
    ['add("0.1", "0.2")', '0.3'],
    ['sub("1", 3)', '-2'],
    ['mul("1.10", 3)', '3.3'],
    ['div("1", "3", 4)', '0.3333'],
    ['sum(record.lines.map(l, l.q))', '3.1'],
    ['cmp("1.0", "1")', 0],
    ['neg("0")', '0'],
    ['abs("-1.5")', '1.5'],
    ['round("1.005", 2)', '1.01'],
    ['fixed("1", 2)', '1.00'],
    ['trim("  a ")', 'a'],
    ['upper("a")', 'A'],
    ['left("上海市徐汇区", 3)', '上海市'],
    ['left("😀😀", 1)', '😀'],
    ['right("abc", 2)', 'bc'],
    ['replace("a-b-c", "-", "")', 'abc'],
    ['concat(record.kind, "-", record.n)', 'gift-3'],
    ['text(record.n)', '3'],
    ['lookup("orgs", record.storeId)', '100'],
    ['lookup("orgs", "S9", "none")', 'none'],
    ['lookup("orgs", record.nope)', undefined],
    ['remoteNo("order", "x")', 'order/x'],
    ['remoteNo("x")', '*/x'],
    ['remoteLine("Entries", "a")', 'Entries/a'],
    ['formatDate("2026-11-01T04:00:00Z", "yyyy/MM/dd HH:mm", "Asia/Shanghai")', '2026/11/01 12:00'],
    ['toUtc("2026-11-01 12:00", "yyyy-MM-dd HH:mm", "Asia/Shanghai")', '2026-11-01T04:00:00.000Z'],
    ['businessDate("2026-11-01T19:59:00Z", "Asia/Shanghai", "04:00")', '2026-11-01'],
    ['businessDate("2026-11-01T20:00:00Z", "Asia/Shanghai", "04:00")', '2026-11-02'],
    ['phone("+86 13800138000")', '13800138000'],
    ['phoneText({"kind": "real", "e164": "+8613800138000"})', '13800138000'],
    ['record.lines.exists(l, l.q == "2")', true],
    ['{"a": record.n, "b": [1, "x"]}', { a: 3, b: [1, 'x'] }],
    ['connection', 'erp'],
    ['9007199254740993', '9007199254740993'],
  ])('%s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });
});

describe('bounds', () => {
  it('refuses what could run for ever or is not ours', () => {
    expect(refusal('record.kind.matches("(a+)+$")')).toContain('matches');
    expect(refusal(`${'1+'.repeat(1500)}1`)).toContain('longer than');
    expect(refusal(`${'1+'.repeat(600)}1`)).not.toBe('ok');
    expect(refusal(`${'('.repeat(100)}1${')'.repeat(100)}`)).not.toBe('ok');
    expect(refusal('record.lines.map(a, record.lines.map(b, record.lines.map(c, 1)))')).toContain('loops');
    expect(refusal('process')).toContain('not a variable');
    expect(refusal('')).toContain('empty');
  });
  it('knows where it stands', () => {
    expect(refusal('line.x')).toContain('inside a list');
    expect(refusal('remote.x')).toContain('on the way in');
    expect(refusal('remoteNo("a", "b")', { direction: 'in', inList: false })).toContain('on the way out');
    expect(refusal('lookupBack("a", "b")')).toContain('on the way in');
    expect(refusal('record.x == remote.x', { direction: 'either', inList: false })).toContain('both sides');
    expect(refusal('connection == "a"', { direction: 'out', inList: false, bare: true })).toContain(
      'not known here',
    );
  });
});
