import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonObject, parseJson, stringifyJson, UnreadableError } from './json.ts';

describe('numbers', () => {
  it('keeps 64-bit ids digit by digit, as text', () => {
    expect(parseJson('{"uid":1098765432109876543,"n":-9223372036854775808}')).toEqual({
      uid: '1098765432109876543',
      n: '-9223372036854775808',
    });
  });

  it('keeps a decimal a double cannot hold, as text', () => {
    expect(parseJson('[123456789012345678.10, 0.1234567890123456789]')).toEqual([
      '123456789012345678.10',
      '0.1234567890123456789',
    ]);
  });

  it('leaves ordinary numbers numbers', () => {
    expect(parseJson('[0, -1, 12.50, 9007199254740991, 1e3]')).toEqual([0, -1, 12.5, 9007199254740991, 1000]);
  });

  it('keeps a number beyond the range of a double, as text', () => {
    expect(parseJson('[1e400]')).toEqual(['1e400']);
  });

  it('does not touch digits inside strings, also after escaped quotes and backslashes', () => {
    const text = '{"a":"x\\", 1234567890123456789","b":"\\\\","c":1234567890123456789,"d":"9e99"}';
    expect(parseJson(text)).toEqual({
      a: 'x", 1234567890123456789',
      b: '\\',
      c: '1234567890123456789',
      d: '9e99',
    });
  });

  it('reads a long number at the very top and between blanks', () => {
    expect(parseJson(' 12345678901234567890 ')).toBe('12345678901234567890');
    expect(parseJson('[ 1 ,\n12345678901234567890\t]')).toEqual([1, '12345678901234567890']);
  });
});

describe('text', () => {
  it('tolerates a byte order mark and raw control characters inside strings', () => {
    expect(parseJson('\ufeff{\n\t"a":"line\none\ttab\u0001"\r\n}')).toEqual({ a: 'line\none\ttab\u0001' });
  });

  it('reads anything JSON.stringify writes as JSON.parse does, when no number is long', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        fc.pre(!/[0-9.]{16}|[0-9]e/i.test(text));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('gives every integer back with the digits sent', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.string(), (integer, name) => {
        const read = parseJson(`{${JSON.stringify(name)}:[${integer}]}`);
        expect(read).toEqual({
          [name]: [Number.isSafeInteger(Number(integer)) ? Number(integer) : `${integer}`],
        });
      }),
    );
  });

  it('refuses what is not JSON without quoting it', () => {
    for (const text of ['', '<html>secret</html>', '{"token":"secret"', '[1,]', '[0123456789012345678]']) {
      expect(() => parseJson(text)).toThrow(UnreadableError);
      expect(() => parseJson(text)).not.toThrow(/secret/);
    }
  });

  it('says what it got when an object was expected', () => {
    expect(() => jsonObject(null)).toThrow('Expected a JSON object and got null.');
    expect(() => jsonObject([])).toThrow('got a list');
    expect(jsonObject({ a: 1 })).toEqual({ a: 1 });
  });
});

describe('writing', () => {
  it('writes named decimal strings as bare numbers without losing a digit', () => {
    const bill = { FBillNo: '0012', FEntity: [{ FQty: '1.50', FId: '9007199254740993' }], FQty: '2' };
    expect(stringifyJson(bill, { numbers: ['FEntity.FQty', 'FId'] })).toBe(
      '{"FBillNo":"0012","FEntity":[{"FQty":1.50,"FId":9007199254740993}],"FQty":"2"}',
    );
    expect(stringifyJson(bill, { numbers: ['FQty'] })).toContain('"FQty":2}');
  });

  it('never writes a bare number that JSON does not know', () => {
    const odd = { q: ['007', '1.', '.5', '', 'NaN', '+1', '-0.5'] };
    expect(stringifyJson(odd, { numbers: ['q'] })).toBe('{"q":["007","1.",".5","","NaN","+1",-0.5]}');
  });

  it('writes what the native writer writes when no numbers are named', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(stringifyJson(plain, { numbers: ['none.such'] })).toBe(stringifyJson(plain));
      }),
    );
  });
});
