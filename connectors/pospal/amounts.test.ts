import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitAddress } from './address.ts';
import { balance, positive } from './amounts.ts';

describe('amounts add up', () => {
  it('takes a few cents as rounding and leaves the lines alone', () => {
    expect(balance({ payable: '51.5', freight: '0', lines: ['39.9', '12'], roundingLimit: '1' })).toEqual({
      lines: ['39.9', '12'],
      shares: ['0', '0'],
      goods: '51.9',
      rounding: '-0.4',
      discount: '0',
    });
  });

  it('spreads a discount on the whole order over the lines, to the cent', () => {
    const sums = balance({
      payable: '90',
      freight: '10',
      lines: ['33.33', '33.33', '33.34'],
      roundingLimit: '1',
    });
    expect(sums).toMatchObject({ discount: '20', goods: '80', rounding: '0' });
    expect(sums.shares).toEqual(['6.67', '6.66', '6.67']);
  });

  it('does not invent an explanation when more is paid than the lines say', () => {
    expect(balance({ payable: '60', freight: '0', lines: ['50'], roundingLimit: '1' })).toMatchObject({
      goods: '50',
      rounding: '0',
      discount: '0',
    });
  });

  it('always holds Σ lines + freight + rounding = payable when no more is paid than the lines say', () => {
    const cents = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(
        fc.array(cents, { minLength: 1, maxLength: 20 }),
        cents,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (lines, freight, part) => {
          const goods = lines.reduce((all, line) => all + line, 0);
          const payable = Math.round(goods * part) + freight;
          const yuan = (value: number): string => new Decimal(value).div(100).toFixed();
          const sums = balance({
            payable: yuan(payable),
            freight: yuan(freight),
            lines: lines.map(yuan),
            roundingLimit: '1',
          });
          const left = sums.lines
            .reduce((all, line) => all.plus(line), new Decimal(yuan(freight)))
            .plus(sums.rounding);
          expect(left.toFixed()).toBe(yuan(payable));
          expect(sums.lines.every((line) => !new Decimal(line).isNegative())).toBe(true);
        },
      ),
    );
  });

  it('turns a return positive however it is signed', () => {
    expect(positive(['-3', '-1.5'])).toEqual(['3', '1.5']);
    expect(positive(['3', '1.5'])).toEqual(['3', '1.5']);
    expect(positive(['-3', '1'])).toEqual(['3', '-1']);
  });
});

describe('addresses', () => {
  it.each([
    ['广东省广州市天河区天河路1号', ['广东省', '广州市', '天河区', '天河路1号']],
    ['上海市浦东新区世纪大道100号', ['上海市', '上海市', '浦东新区', '世纪大道100号']],
    ['北京市北京市朝阳区建国路8号', ['北京市', '北京市', '朝阳区', '建国路8号']],
    ['广西壮族自治区南宁市青秀区民族大道5号', ['广西壮族自治区', '南宁市', '青秀区', '民族大道5号']],
    ['浙江省 金华市 义乌市 江滨路3号', ['浙江省', '金华市', '义乌市', '江滨路3号']],
    ['广东省东莞市阳光小区1栋', ['广东省', '东莞市', undefined, '阳光小区1栋']],
    ['天河路1号', [undefined, undefined, undefined, '天河路1号']],
  ])('splits %s', (text, [province, city, district, street]) => {
    const split = splitAddress(text);
    expect([split.province, split.city, split.district, split.street]).toEqual([
      province,
      city,
      district,
      street,
    ]);
  });
});
