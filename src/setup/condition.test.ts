import { expect, test } from 'vitest';
import { compileExpression } from '../derive/index.ts';
import { isAboutItem } from '../lanes/apply/faults.ts';
import { condition } from './condition.ts';

test('a condition that cannot be told of a record is a fault of that record alone', () => {
  const starts = condition(compileExpression('record.name.startsWith("a")', ['record']), 'product.erp');
  expect([starts({ name: 'apple' }), starts({ name: 'pear' })]).toEqual([true, false]);
  const failure = (): unknown => {
    try {
      return starts({});
    } catch (error) {
      return error;
    }
  };
  expect(failure()).toMatchObject({
    message: expect.stringMatching(/^product\.erp, when: found no matching/),
  });
  expect(failure()).toSatisfy(isAboutItem);
});
