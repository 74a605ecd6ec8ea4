import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

const told = (before: string, after: string) =>
  lineDiff(before, after).map(
    ({ change, text }) => `${{ same: ' ', removed: '-', added: '+' }[change]}${text}`,
  );

test('what stayed, what went and what came', () => {
  expect(told('a\nb\nc\nd\n', 'a\nx\nc\nd\ne\n')).toEqual([' a', '-b', '+x', ' c', ' d', '+e']);
  expect(told('a\r\n', 'a\n')).toEqual([' a']);
  expect(told('', 'a')).toEqual(['+a']);
  expect(lineDiff('a\nb', 'b')).toEqual([
    { change: 'removed', before: 1, after: null, text: 'a' },
    { change: 'same', before: 2, after: 1, text: 'b' },
  ]);
});

test('both texts can be read out of any comparison', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (one, two) => {
      const found = lineDiff(`${one.join('\n')}\n`, `${two.join('\n')}\n`);
      const side = (without: string) =>
        found.filter((line) => line.change !== without).map((line) => line.text);
      expect([side('added'), side('removed')]).toEqual([one, two]);
    }),
  );
});
