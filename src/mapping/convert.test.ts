import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as exact from '../model/decimal.ts';
import { conversionOf, isMasked } from './convert.ts';
import { arithmetic } from './decimal.ts';
import { read } from './mapping.fixture.ts';
import { Refused } from './refused.ts';
import type { Json } from './types.ts';

function pair(options: string): ReturnType<typeof conversionOf> {
  const spec = read(`mapping: x/y\nentity: order\nobject: Y\nfields:\n  number: { at: a, ${options} }\n`)
    .fields[0];
  if (spec?.kind !== 'field') throw new Error('not a field');
  return conversionOf(spec);
}

/** inward(outward(v)) is v. */
function law<T extends Json>(options: string, values: fc.Arbitrary<T>): void {
  const { inward, outward } = pair(options);
  fc.assert(
    fc.property(values, (value) => {
      const sent = outward(value);
      expect(sent).not.toBeInstanceOf(Refused);
      expect(inward(sent as Json)).toEqual(value);
    }),
  );
}

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });
/** Decimals in the one spelling. */
const decimals = (places: number) =>
  fc.tuple(fc.boolean(), digits(1, 15), digits(0, places)).map(([negative, whole, part]) => {
    const head = whole.replace(/^0+(?=\d)/, '');
    const tail = part.replace(/0+$/, '');
    const text = tail === '' ? head : `${head}.${tail}`;
    return negative && text !== '0' ? `-${text}` : text;
  });
const instants = (stepMs: number, from = '1992-01-02', to = '2099-12-31') =>
  fc
    .integer({ min: Date.parse(from) / stepMs, max: Date.parse(to) / stepMs })
    .map((count) => new Date(count * stepMs).toISOString());
const days = fc
  .integer({ min: 0, max: 40_000 })
  .map((day) => new Date(Date.UTC(1950, 0, 1 + day)).toISOString().slice(0, 10));

describe('every conversion comes back to what it started from', () => {
  it('text', () =>
    law(
      'as: text',
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !isMasked(text)),
    ));
  it('decimal', () => law('as: decimal', decimals(20)));
  it('decimal with a scale that holds it', () => law('as: decimal, scale: 6', decimals(6)));
  it('integer', () =>
    law(
      'as: integer',
      fc.maxSafeInteger().map((value) => (value === 0 ? 0 : value)),
    ));
  it('boolean', () => law('as: boolean', fc.boolean()));
  it('boolean in words', () => law('as: boolean, format: "Y|N"', fc.boolean()));
  it('money in yuan', () => law('as: money', decimals(2)));
  it('money in fen', () =>
    law(
      'as: money, unit: fen',
      decimals(2).filter((text) => text.length < 15),
    ));
  it('datetime with seconds, China', () =>
    law('as: datetime, format: "yyyy-MM-dd HH:mm:ss", zone: Asia/Shanghai', instants(1000)));
  it('datetime run together', () => law('as: datetime, format: yyyyMMddHHmmssSSS, zone: UTC', instants(1)));
  it('datetime in words', () =>
    law('as: datetime, format: "d LLL yyyy HH:mm", zone: Asia/Shanghai', instants(60_000)));
  it('datetime in China before its clocks stood still', () =>
    law(
      'as: datetime, format: "yyyy-MM-dd HH:mm:ss", zone: Asia/Shanghai',
      instants(1000, '1950-01-01', '1985-01-01'),
    ));
  it('datetime as ISO text with a zone', () => law('as: datetime, zone: UTC', instants(1)));
  it('date', () => law('as: date', days));
  it('date in a format', () => law('as: date, format: "yyyy/MM/dd"', days));
  it('epoch in seconds', () => law('as: epoch, unit: s', instants(1000)));
  it('epoch in milliseconds', () => law('as: epoch, unit: ms', instants(1)));
  it('json', () =>
    law(
      'as: json',
      fc
        .jsonValue()
        .map((value) => value as Json)
        .filter((value) => value !== null),
    ));
  it('phone', () => {
    const mobiles = fc.tuple(fc.constantFrom('3', '5', '7', '8', '9'), digits(9, 9)).map(([second, rest]) => {
      return { kind: 'real', e164: `+861${second}${rest}`, display: `1${second}${rest}` };
    });
    law('as: phone', mobiles);
  });
  it('enum', () =>
    law(
      'enum: { draft: [A, Z], submitted: 2, approved: C }',
      fc.constantFrom('draft', 'submitted', 'approved'),
    ));
});

describe('times', () => {
  it('follows summer time and refuses the hour that is skipped', () => {
    const { inward } = pair('as: datetime, format: "yyyy-MM-dd HH:mm", zone: America/New_York');
    expect(inward('2026-03-08 02:30')).toBeInstanceOf(Refused);
    expect(inward('2026-07-01 12:00')).toBe('2026-07-01T16:00:00.000Z');
  });
  it("reads the vendor's ways of saying no date as not told", () => {
    const { inward } = pair('as: datetime, format: "yyyy-MM-dd HH:mm:ss"');
    expect(inward('0000-00-00 00:00:00')).toBeUndefined();
    expect(inward('0001-01-01 00:00:00')).toBeUndefined();
    expect(pair('as: epoch, unit: s').inward(0)).toBeUndefined();
  });
  it.each([
    '0050-01-01 00:00:00',
    '2026-02-29 00:00:00',
    '2026-13-01 00:00:00',
    '2026-01-01 24:00:00',
    '2026-1-1 0:0:0',
    'yesterday',
  ])('refuses %s', (text) => {
    expect(pair('as: datetime, format: "yyyy-MM-dd HH:mm:ss"').inward(text)).toBeInstanceOf(Refused);
  });
  it('writes the local day of an instant', () => {
    expect(pair('as: date, zone: Asia/Shanghai').outward('2026-10-31T17:00:00Z')).toBe('2026-11-01');
  });
  it('refuses a time without a zone where an instant is due', () => {
    expect(pair('as: epoch, unit: s').outward('2026-01-01T00:00:00')).toBeInstanceOf(Refused);
  });
});

describe('numbers', () => {
  it('spells every number one way', () => {
    const { inward } = pair('as: decimal');
    expect(['12.50', '012.5', 12.5, '1.25e1', ' 12.5 '].map(inward)).toEqual(Array(5).fill('12.5'));
    expect(inward('-0.00')).toBe('0');
    expect(inward('0.0000001')).toBe('0.0000001');
    expect(inward(1e-7)).toBe('0.0000001');
  });
  it.each(['1,234.00', '12.5.1', '', 'NaN', 'Infinity', '1e999', '0x10', '９'])('refuses %s', (text) => {
    expect(pair('as: decimal').inward(text)).toBeInstanceOf(Refused);
  });
  it('rounds half up to a scale, and money only when told to', () => {
    expect(pair('as: decimal, scale: 2').outward('1.005')).toBe('1.01');
    expect(pair('as: decimal, scale: 2').outward('-0.001')).toBe('0.00');
    expect(pair('as: money').outward('1.005')).toBeInstanceOf(Refused);
    expect(pair('as: money, rounding: half-even').outward('1.005')).toBe('1.00');
    expect(pair('as: money, unit: fen').outward('1.5')).toBe(150);
    expect(pair('as: money, unit: fen').inward(-5)).toBe('-0.05');
  });
});

describe('what a vendor hides or does not know', () => {
  it.each(['***', '张**', '138****1234', '上海市徐汇区***'])('takes %s as not told', (text) => {
    expect(pair('as: text').inward(text)).toBeUndefined();
  });
  it('keeps a text with stars that hides nothing', () => {
    expect(pair('as: text').inward('**促销**')).toBe('**促销**');
    expect(pair('as: text').inward('5*3 cm')).toBe('5*3 cm');
  });
  it('tells masked, virtual and sealed numbers from real ones and dials only what can be dialled', () => {
    const { inward, outward } = pair('as: phone');
    expect(inward('138****1234')).toEqual({ kind: 'masked', display: '138****1234' });
    expect(inward('13800138000-1234')).toEqual({
      kind: 'virtual',
      e164: '+8613800138000',
      extension: '1234',
      display: '13800138000-1234',
    });
    expect(inward('021-61234567')).toMatchObject({ kind: 'real', e164: '+862161234567' });
    expect(outward({ kind: 'masked', display: '138****1234' })).toBeUndefined();
    expect(
      outward({ kind: 'virtual', e164: '+8613800138000', extension: '1234', display: '13800138000-1234' }),
    ).toBe('13800138000-1234');
    expect(outward({ kind: 'real', e164: '+14155552671', display: '(415) 555-2671' })).toBe('+14155552671');
  });
  it.each([
    ['021-61234567转801', '021-61234567-801'],
    ['02161234567-801', '021-61234567-801'],
    ['0571-88776655分机12', '0571-88776655-12'],
    ['021-6123 4567', '021-61234567'],
  ])('reads %s as a landline and dials %s, the extension behind it', (text, dialled) => {
    const { inward, outward } = pair('as: phone');
    const phone = inward(text);
    expect(phone).toMatchObject({ kind: 'real' });
    expect(outward(phone as Json)).toBe(dialled);
    expect(inward(dialled)).toEqual({ ...(phone as object), display: dialled });
  });
  it.each(['13800138000转12', '13800138000,12', '4008208820-12'])('takes %s for a relay', (text) => {
    const { inward, outward } = pair('as: phone, extension: "#"');
    expect(inward(text)).toMatchObject({ kind: 'virtual', extension: '12', display: text });
    expect(outward(inward(text) as Json)).toMatch(/#12$/);
  });
  it('does not take a number with dashes for one with an extension', () => {
    expect(pair('as: phone').inward('400-820-8820')).toEqual({
      kind: 'real',
      e164: '+864008208820',
      display: '400-820-8820',
    });
  });
  it('answers an unmapped enum value with else, or not at all', () => {
    expect(pair('enum: { draft: A }').inward('Q')).toBeInstanceOf(Refused);
    expect(pair('enum: { draft: A }, else: draft').inward('Q')).toBe('draft');
    expect(pair('enum: { draft: A }').outward('approved')).toBeInstanceOf(Refused);
    expect(pair('enum: { draft: 1 }').inward('1')).toBe('draft');
    expect(pair('enum: { draft: 1 }').outward('draft')).toBe(1);
  });
});

describe('arithmetic of expressions', () => {
  it('divides and compares as exact arithmetic does', () => {
    const numbers = decimals(12);
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 0, max: 12 }), (a, b, scale) => {
        expect(arithmetic.cmp(a, b)).toBe(BigInt(exact.cmp(a, b)));
        if (b !== '0') expect(arithmetic.div(a, b, BigInt(scale))).toBe(exact.div(a, b, scale));
        expect(arithmetic.add(a, b)).toBe(exact.add(a, b));
        expect(arithmetic.sub(a, b)).toBe(exact.sub(a, b));
      }),
    );
    expect(() => arithmetic.div('1', '0.00', 2n)).toThrow('division by zero');
  });
});
