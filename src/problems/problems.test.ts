import { expect, it } from 'vitest';
import { formatProblem, hintFor, inOrder, nearest } from './index.ts';

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
