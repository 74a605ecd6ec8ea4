import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, type Expression } from './expression.ts';
import type { Runtime } from './functions.ts';
import { Refused } from './refused.ts';
import { nodesOf } from './straight.ts';
import type { Json, JsonObject } from './types.ts';

const at = { line: 1, column: 1 };

function compiled(source: string): Expression | undefined {
  const result = compileExpression({ source, at, place: () => at }, { direction: 'out', inList: true });
  return result.ok ? result.expression : undefined;
}

/** Answers some questions, and writes down all of them. */
function runtime(): Runtime & { readonly asked: Set<string> } {
  const asked = new Set<string>();
  const answer = (...question: unknown[]): string | undefined => {
    asked.add(JSON.stringify(question));
    return String(question.at(-1)).length % 2 === 0 ? undefined : `<${String(question.at(-1))}>`;
  };
  return {
    asked,
    lookup: (table, key) => answer('lookup', table, key),
    lookupBack: (table, value) => answer('back', table, value),
    remoteNumber: (entity, id) => answer('number', entity, id),
    remoteId: (entity, id) => answer('id', entity, id),
    remoteLine: (list, key) => answer('line', list, key),
  };
}

const names = ['a', 'b', 'toString', 'lines', '__proto__'] as const;
const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, '', 'a', 'b', '0', '1', '12.50', '-3', 0, 1, 2.5, -1),
  fc.string({ maxLength: 5 }),
);
const { value: json } = fc.letrec<{ value: Json; object: JsonObject; list: Json[] }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('object'), tie('list')),
  object: fc
    .array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 4 })
    .map((entries) =>
      JSON.parse(`{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)}}`),
    ),
  list: fc.array(tie('value'), { maxLength: 4 }),
}));
const object = fc
  .array(fc.tuple(fc.constantFrom(...names), json), { maxLength: 5 })
  .map((entries) => Object.fromEntries(entries) as JsonObject);
const record = fc
  .tuple(object, fc.array(object, { maxLength: 4 }))
  .map(([rest, lines]): JsonObject => ({ ...rest, lines }));

const { expression } = fc.letrec<{ expression: string; truth: string; path: string }>((tie) => ({
  path: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom('record', 'line', 'l', 'record.lines', 'record.a', 'line.a', 'l.a'),
    fc.tuple(tie('path'), fc.constantFrom(...names)).map(([base, name]) => `${base}.${name}`),
    fc.tuple(tie('path'), fc.constantFrom('0', '1', '"a"')).map(([base, key]) => `${base}[${key}]`),
  ),
  truth: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom('true', 'false', 'record.a', 'line.b', 'l.a'),
    tie('path').map((path) => `has(${path})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('==', '!=', '<', '>='), tie('expression'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(tie('truth'), fc.constantFrom('&&', '||'), tie('truth'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('truth').map((inner) => `!(${inner})`),
    fc.tuple(tie('path'), tie('truth')).map(([list, inner]) => `${list}.exists(l, ${inner})`),
    fc.tuple(tie('path'), tie('truth')).map(([list, inner]) => `${list}.all(l, ${inner})`),
    tie('expression').map((inner) => `(${inner}) in ["a", "b", "1"]`),
    tie('path').map((path) => `${path}.contains("a")`),
    tie('path').map((path) => `${path}.size() > 1`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `cmp(${a}, ${b}) > 0`),
  ),
  expression: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('"a"', '"1"', '0', '1', 'null', 'true', '1.5', 'connection', '""'),
    tie('path'),
    tie('truth'),
    fc.tuple(tie('truth'), tie('expression'), tie('expression')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `coalesce(${a}, ${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `concat(${a}, ${b}, "-")`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} + ${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `add(${a}, ${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `div(${a}, ${b}, 3)`),
    tie('expression').map((inner) => `lookup("t", ${inner})`),
    tie('expression').map((inner) => `lookup("t", ${inner}, "none")`),
    tie('expression').map((inner) => `trim(${inner})`),
    tie('expression').map((inner) => `{"x": ${inner}, "y": [${inner}]}`),
    fc.tuple(tie('path'), tie('expression')).map(([list, inner]) => `${list}.map(l, ${inner})`),
    fc.tuple(tie('path'), tie('truth')).map(([list, inner]) => `${list}.filter(l, ${inner})`),
    fc.tuple(tie('path'), tie('truth')).map(([list, inner]) => `${list}.filter(l, ${inner}).map(l, l.a)[0]`),
  ),
}));

describe('the short way of an expression', () => {
  it("gives the library's answer, asks its questions and fails where it fails", () => {
    let answered = 0;
    fc.assert(
      fc.property(expression, fc.array(record, { minLength: 2, maxLength: 5 }), (source, records) => {
        const made = compiled(source);
        fc.pre(made !== undefined);
        for (const one of records) {
          const lines = one.lines as JsonObject[];
          const scope = { connection: 'erp', record: one, line: lines[0] ?? null };
          // A scope of its own for each line, as lines share what does not depend on them.
          for (const line of [null, ...lines]) {
            const [ours, theirs] = [runtime(), runtime()];
            scope.line = line;
            const answer = made.evaluate(scope, ours);
            expect(answer).toEqual(made.interpret({ ...scope }, theirs));
            expect([...ours.asked].sort()).toEqual([...theirs.asked].sort());
            if (!(answer instanceof Refused)) answered++;
          }
        }
      }),
      { numRuns: 400 },
    );
    // Most of it must be about answers, or nothing was compared.
    expect(answered).toBeGreaterThan(1_000);
  });

  it('evaluates what does not depend on the line once for all lines', () => {
    const made = compiled('line.key == record.lines.filter(l, l.paid == true).map(l, l.key)[0]');
    let reads = 0;
    const lines = Array.from({ length: 50 }, (_, key) => ({
      key,
      get paid() {
        reads++;
        return true;
      },
    }));
    const scope = { connection: 'erp', record: { lines }, line: null as JsonObject | null };
    const answers = lines.map((line) => {
      scope.line = line as unknown as JsonObject;
      return made?.evaluate(scope, runtime());
    });
    expect(answers.filter((answer) => answer === true)).toHaveLength(1);
    expect(reads).toBe(50);
  });
});

describe('what an evaluation may cost', () => {
  const many = Array.from({ length: 3_000 }, (_, key) => ({ key: String(key), text: 'x'.repeat(200) }));
  const scope = { connection: 'erp', record: { lines: many, text: 'x'.repeat(500_000) }, line: null };
  const grown = (depth: number): string =>
    depth === 0 ? 'record.lines[0].text' : `replace(${grown(depth - 1)}, "x", "${'x'.repeat(100)}")`;
  it.each([
    ['loops in loops over long lists', 'record.lines.map(a, record.lines.filter(b, a.key == b.key).size())'],
    [
      'the same, as the library does it',
      '[record.lines.map(a, record.lines.filter(b, a.key == b.key).size()), [1 - 1]]',
    ],
    ['texts that grow', grown(5)],
    ['texts put together in a loop', 'record.lines.map(a, record.text + a.text + record.text)'],
    ['texts joined', 'record.lines.map(a, string(a.text)).join(string(record.text))'],
    ['long texts searched again and again', 'record.lines.exists(a, record.text.contains("y" + a.key))'],
    ['long texts changed again and again', 'record.lines.map(a, upper(record.text)).size()'],
    [
      'whole lists compared again and again',
      'record.lines.filter(a, record.lines == record.lines.map(b, b))',
    ],
    ['lists put together again and again', 'record.lines.map(a, record.lines + record.lines).size()'],
    ['a list searched in again and again', 'record.lines.filter(a, a in record.lines.map(b, b.key)).size()'],
  ])('stops %s', (_what, source) => {
    const made = compiled(source);
    if (made === undefined) throw new Error('does not compile');
    const started = performance.now();
    const answer = made.evaluate(scope as never, runtime());
    expect(answer).toBeInstanceOf(Refused);
    expect((answer as Refused).reason).toMatch(/too much work|text longer than/);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
  it.each([
    'record.deep == [1] || record.deep.size() == 1',
    'record.deep + [1]',
    '-record.deep',
    'text(record.deep)',
  ])('makes no types of what is nested: %s', (source) => {
    let deep: Json = [];
    for (let level = 0; level < 5_000; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
    const answer = compiled(source)?.evaluate({ connection: '', record: { deep }, line: null }, runtime());
    expect((answer as Refused).reason).toMatch(/nested too deep|needs a text/);
  });
  it('leaves room for a long order', () => {
    const made = compiled('sum(record.lines.filter(l, l.key != "7").map(l, coalesce(l.amount, "1")))');
    expect(made?.evaluate(scope as never, runtime())).toBe('2999');
  });
  it('counts the nodes of a body', () => {
    expect(
      nodesOf([
        {
          op: '==',
          args: [
            { op: 'id', args: 'a' },
            { op: 'value', args: 1n },
          ],
        },
      ]),
    ).toBe(3);
  });
});
