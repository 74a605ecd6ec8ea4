import { expect, it } from 'vitest';
import { linesAt, withExtraLines, withoutOwnNames } from './bill-lines.ts';

it('Lines get what is said for each, charges become lines behind them, and names of ours stay here', () => {
  const body = {
    number: 'W-1',
    lines: [{ _key: 'a', product: 'M01' }],
    _each: { 'stock.code': 'CK01', product: 'never over a line' },
    _more: { freight: { 'product.code': 'FREIGHT', 'product.kind': 'service' }, fees: null },
  };
  const made = withExtraLines(body, 'lines');
  expect(linesAt(made, 'lines')).toEqual([
    { _key: 'a', product: 'M01', stock: { code: 'CK01' } },
    { _key: '+freight', product: { code: 'FREIGHT', kind: 'service' }, stock: { code: 'CK01' } },
  ]);
  expect(withoutOwnNames({ ...made, _status: 'Insert' })).toEqual({
    ...{ number: 'W-1', _status: 'Insert' },
    lines: [
      { product: 'M01', stock: { code: 'CK01' } },
      { product: { code: 'FREIGHT', kind: 'service' }, stock: { code: 'CK01' } },
    ],
  });
  expect(linesAt({ lines: 'none' }, 'lines')).toEqual([]);
});
