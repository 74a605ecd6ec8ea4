import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { errorTable } from '../errors.ts';
import { decode, formatProblem, hintFor, inOrder, nearest, problemReport, problemTable } from './index.ts';

const problem = { file: 'm.yaml', line: 1, column: 4, code: 'c', message: 'm', hint: 'h' };

it('draws carets under the word, also after Chinese characters', () => {
  expect(formatProblem(problem, '中文 x')).toBe('m.yaml:1:4 c: m (h)\n    1 | 中文 x\n      |      ^');
});

it('shows the part of a very long line that matters', () => {
  const far = formatProblem({ ...problem, column: 500 }, `${'a'.repeat(498)} X ${'b'.repeat(500)}`).split(
    '\n',
  );
  expect(far[1]?.[far[2]?.indexOf('^') ?? -1]).toBe('X');
});

it('tells each problem once, in the order of the file', () => {
  const later = { ...problem, line: 2 };
  expect(inOrder([later, problem, later])).toEqual([problem, later]);
});

it('offers the known names when none is near', () => {
  expect(hintFor('epr', ['erp', 'pos'])).toBe('did you mean erp?');
  expect(hintFor('zzzz', ['erp', 'pos'])).toBe('expected one of erp, pos');
});

it('knows the nearest names', () => {
  expect(nearest('recieverName', ['receiverName', 'number'])).toEqual(['receiverName']);
  expect(nearest('name', ['receiver.name', 'notes'])).toEqual(['receiver.name']);
  expect(nearest('zzzzzz', ['receiver.name'])).toEqual([]);
});

it('one document for machines says everything, and whether anything must be put right', () => {
  const warning = { ...problem, severity: 'warning' as const };
  const { hint, ...bare } = problem;
  expect(problemReport([warning, bare])).toEqual({
    ok: false,
    problems: [
      { file: 'm.yaml', line: 1, column: 4, code: 'c', message: 'm', hint, severity: 'warning' },
      { file: 'm.yaml', line: 1, column: 4, code: 'c', message: 'm', hint: null, severity: 'error' },
    ],
  });
  expect(problemReport([warning]).ok).toBe(true);
  expect(formatProblem(warning, '').split('\n')[0]).toBe('m.yaml:1:4 warning c: m (h)');
});

it('files come in the order they were looked at, each with its problems in order', () => {
  const other = { ...problem, file: 'a.yaml', line: 9 };
  const later = { ...problem, line: 5 };
  expect(inOrder([later, other, problem]).map(({ file, line }) => `${file}:${line}`)).toEqual([
    'm.yaml:1',
    'm.yaml:5',
    'a.yaml:9',
  ]);
});

it('bytes that are no UTF-8 are told with the first bad one', () => {
  const gbk = Buffer.concat([Buffer.from('a: 1\nbb: '), Buffer.from([0xc9, 0xcc])]);
  expect(decode('x', gbk, 100, 'config')).toMatchObject({
    ok: false,
    problem: { line: 2, column: 5, code: 'config.not-utf8' },
  });
  expect(decode('x', Buffer.alloc(101), 100, 'config')).toMatchObject({
    problem: { code: 'config.too-large' },
  });
  expect(decode('x', Buffer.from('\ufeffa'), 100, 'config')).toEqual({ ok: true, text: 'a' });
});

/** Codes that are told of records when a mapping runs; they are no problems of a file. */
const RUN = [
  'missing',
  'bad-value',
  'bad-shape',
  'unmapped-value',
  'duplicate-line',
  'expression',
  'expression-failed',
];

it('every code a reader or checker tells is in the table, and no other', () => {
  const root = path.resolve(import.meta.dirname, '..');
  const text = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => /^(?:mapping|config|setup|cli|rollout)\/.*\.ts$/.test(name) && !name.endsWith('.test.ts'),
    )
    .map((name) => readFileSync(path.join(root, name), 'utf8'))
    .join('\n');
  const told = new Set(
    [...text.matchAll(/['`]((?:mapping|config)\.[a-z0-9-]+)'/g)].map(([, code = '']) => code),
  );
  // Made of a part and a word: config.unknown-connector, config.secrets, config.not-utf8, …
  for (const what of ['connector', 'connection', 'entity', 'mapping', 'party'])
    told.add(`config.unknown-${what}`);
  for (const part of ['config', 'secrets']) told.add(`config.${part}`);
  for (const part of ['not-utf8', 'too-large']) told.add(`config.${part}`).add(`mapping.${part}`);
  // What the audit calls it.
  told.delete('config.apply');
  for (const code of RUN) told.delete(`mapping.${code}`);
  for (const code of Object.keys(errorTable)) if (!(code in problemTable)) told.delete(code);
  expect([...told].sort()).toEqual(Object.keys(problemTable).sort());
});
