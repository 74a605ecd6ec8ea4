import { describe, expect, it } from 'vitest';
import { type SignMethod, sign, verifySign } from './signature.ts';

const params = new Map([
  ['method', 'taobao.qimen.deliveryorder.create'],
  ['timestamp', '2024-01-02 03:04:05'],
  ['format', 'xml'],
  ['app_key', '12345678'],
  ['v', '2.0'],
  ['sign_method', 'md5'],
  ['customerId', 'c1001'],
]);
const body = '<?xml version="1.0" encoding="UTF-8"?><request><remark>测试</remark></request>';
const input = { params, body, secret: 'test_secret', method: 'md5' as SignMethod };

describe('signature', () => {
  it('gives the known digests', () => {
    expect(sign(input)).toBe('9A37758597BB938B4C6F21E93302EA10');
    expect(sign({ ...input, body: '' })).toBe('61BAAE43EC076D5B7668850BA0923E4C');
  });

  it('is the same over text and over its bytes', () => {
    expect(sign({ ...input, body: Buffer.from(body) })).toBe(sign(input));
  });

  it('does not sign the signature, whatever it is', () => {
    expect(sign({ ...input, params: new Map([...params, ['sign', 'X']]) })).toBe(sign(input));
  });

  it('covers every parameter that travels, also ones nobody documented', () => {
    const more = new Map([...params, ['added_by_proxy', '1']]);
    expect(sign({ ...input, params: more })).not.toBe(sign(input));
  });

  it('accepts an empty parameter by the rule of senders and by the rule of receivers', () => {
    const withEmpty = new Map([...params, ['session', '']]);
    const skipped = sign({ ...input, params: withEmpty, empties: 'skip' });
    const kept = sign({ ...input, params: withEmpty, empties: 'keep' });
    expect(skipped).toBe(sign(input));
    expect(kept).not.toBe(skipped);
    for (const given of [skipped, kept])
      expect(verifySign(given, { ...input, params: withEmpty })).toBe(true);
  });

  it('verifies what it signed and nothing else, with every method', () => {
    for (const method of ['md5', 'hmac', 'hmac-sha256'] as const) {
      const given = sign({ ...input, method });
      expect(given).toMatch(method === 'hmac-sha256' ? /^[0-9A-F]{64}$/ : /^[0-9A-F]{32}$/);
      expect(verifySign(given, { ...input, method })).toBe(true);
      expect(verifySign(given, { ...input, method, body: `${body} ` })).toBe(false);
      expect(verifySign(given, { ...input, method, secret: 'other' })).toBe(false);
      expect(verifySign('', { ...input, method })).toBe(false);
    }
  });
});
