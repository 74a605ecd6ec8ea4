import { expect, test } from 'vitest';
import { withHidden } from './hidden-kept.ts';

const full = {
  no: 'W1',
  buyer: { name: '陈静', tel: '13800000001' },
  lines: [
    { sku: 'A', note: '给陈静' },
    { sku: 'B', note: 'x' },
  ],
};
const masked = {
  no: 'W1',
  buyer: { name: '***', tel: '***' },
  lines: [
    { sku: 'A', note: '给***' },
    { sku: 'B', note: 'x' },
  ],
};

test('what was hidden stays what it was while something beside it is changed', () => {
  const given = { ...masked, no: 'W2', buyer: { ...masked.buyer, tel: '13900000002' } };
  expect(withHidden(full, masked, given)).toEqual({
    value: { ...full, no: 'W2', buyer: { name: '陈静', tel: '13900000002' } },
    misplaced: [],
  });
  const lines = [masked.lines[0] ?? {}, { sku: 'B', note: 'y' }];
  expect(withHidden(full, masked, { ...masked, lines }).value).toMatchObject({
    lines: [{ note: '给陈静' }, { note: 'y' }],
  });
});

test('what was hidden is not guessed where it was moved', () => {
  const swapped = { ...masked, lines: [...masked.lines].reverse() };
  expect(withHidden(full, masked, swapped).misplaced).toEqual(['/lines/1/note']);
  const fewer = { ...masked, lines: [{ sku: 'A', note: '给***', more: 1 }] };
  expect(withHidden(full, masked, fewer).misplaced).toEqual(['/lines/0/note']);
  expect(withHidden(full, masked, { seller: '***' }).misplaced).toEqual(['/seller']);
});
