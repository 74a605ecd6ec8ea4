import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableError } from './json.ts';
import { buildXml, parseXml } from './xml.ts';

const asLists = { arrays: ['orderLines.orderLine'] };

describe('reading', () => {
  it('keeps every value as the text sent: zeros, blanks, long ids', () => {
    const text = '<r><code>007</code><name> a b </name><qty>1.10</qty><id>9007199254740993</id></r>';
    expect(parseXml(text, { arrays: [] })).toEqual({
      r: { code: '007', name: ' a b ', qty: '1.10', id: '9007199254740993' },
    });
  });

  it('makes a list of an element that may repeat, also when it is there once', () => {
    const text = '<r>\n <orderLines>\n  <orderLine><no>1</no></orderLine>\n </orderLines>\n</r>';
    expect(parseXml(text, asLists)).toEqual({ r: { orderLines: { orderLine: [{ no: '1' }] } } });
  });

  it('lists only at the path asked for', () => {
    const text = '<r><orderLine>x</orderLine><orderLines><orderLine>y</orderLine></orderLines></r>';
    expect(parseXml(text, asLists)).toEqual({ r: { orderLine: 'x', orderLines: { orderLine: ['y'] } } });
  });

  it('shows an empty element as empty text', () => {
    expect(parseXml('<r><a/><b></b></r>', { arrays: [] })).toEqual({ r: { a: '', b: '' } });
  });

  it('decodes the five entities, character references and CDATA, and nothing else', () => {
    const text = '<r><a>1&amp;2&lt;&#20013;&#x4e2d;</a><b><![CDATA[<x>&amp;]]></b><c>&nbsp;&company;</c></r>';
    expect(parseXml(text, { arrays: [] })).toEqual({
      r: { a: '1&2<中中', b: '<x>&amp;', c: '&nbsp;&company;' },
    });
  });

  it('reads a document with thousands of entities', () => {
    const text = `<r>${'<a>1&amp;2</a>'.repeat(3000)}</r>`;
    expect(parseXml(text, { arrays: [] })).toEqual({ r: { a: Array.from({ length: 3000 }, () => '1&2') } });
  });

  it('refuses a document type, wherever it hides', () => {
    const bomb = '<!DOCTYPE r [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;">]><r>&y;</r>';
    expect(() => parseXml(bomb, { arrays: [] })).toThrow('document type');
    expect(() => parseXml(`<!-- <![CDATA[ -->${bomb}`, { arrays: [] })).toThrow('document type');
    expect(parseXml('<r><![CDATA[<!DOCTYPE html>]]></r>', { arrays: [] })).toEqual({ r: '<!DOCTYPE html>' });
  });

  it('refuses what is not well-formed XML with one root', () => {
    const senseless = [
      '',
      'x',
      '{"a":1}',
      '<a>',
      '<a/><b/>',
      '<html><br></html>',
      '<a></b>',
      '<a>'.repeat(5000),
    ];
    for (const text of senseless) expect(() => parseXml(text, { arrays: [] })).toThrow(UnreadableError);
  });

  it('reads the encoding the document declares', () => {
    const gbk = Buffer.concat([
      Buffer.from('<?xml version="1.0" encoding="GBK"?><r>'),
      Buffer.from([0xd6, 0xd0]),
      Buffer.from('</r>'),
    ]);
    expect(parseXml(gbk, { arrays: [] })).toEqual({ r: '中' });
    expect(() =>
      parseXml(Buffer.from('<?xml version="1.0" encoding="no-such"?><r/>'), { arrays: [] }),
    ).toThrow('encoding');
  });
});

describe('writing', () => {
  it('repeats the element for a list and leaves out what is not there', () => {
    const body = { orderLines: { orderLine: [{ no: 1 }, { no: 2, batch: null }] }, remark: '' };
    expect(buildXml('request', body)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<request><orderLines><orderLine><no>1</no></orderLine>' +
        '<orderLine><no>2</no></orderLine></orderLines><remark></remark></request>',
    );
  });

  it('strips characters XML cannot carry and keeps the rest, emoji included', () => {
    const text = buildXml('r', { a: 'x\u0000\u0008y\ud800z😀\t<&>"\'' });
    expect(parseXml(text, { arrays: [] })).toEqual({ r: { a: 'xyz😀\t<&>"\'' } });
  });

  it('refuses a property name that would break the document', () => {
    expect(() => buildXml('r', { 'a><b': 1 })).toThrow(UnreadableError);
  });

  it('gives back any text it has written', () => {
    const clean = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/\r|^\s*$|\p{Cc}/u.test(text));
    fc.assert(
      fc.property(fc.array(clean, { minLength: 1 }), (values) => {
        expect(parseXml(buildXml('r', { v: values }), { arrays: ['v'] })).toEqual({ r: { v: values } });
      }),
    );
  });
});
