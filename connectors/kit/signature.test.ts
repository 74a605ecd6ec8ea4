import { describe, expect, it } from 'vitest';
import { equalConstantTime, hmacSha256Hex, md5Upper, sha256Hex } from './signature.ts';

describe('digests', () => {
  it('are the known ones', () => {
    expect(md5Upper('abc')).toBe('900150983CD24FB0D6963F7D28E17F72');
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hmacSha256Hex('key', 'The quick brown fox jumps over the lazy dog')).toBe(
      'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
    );
  });

  it('take text as UTF-8 and parts as one', () => {
    expect(md5Upper('中', Buffer.from('文'))).toBe(md5Upper(Buffer.from('中文', 'utf8')));
  });
});

describe('comparing signatures', () => {
  it('is exact, whatever the lengths', () => {
    expect(equalConstantTime('abc', 'abc')).toBe(true);
    expect(equalConstantTime('abc', 'abd')).toBe(false);
    expect(equalConstantTime('abc', 'abcd')).toBe(false);
    expect(equalConstantTime('', '')).toBe(true);
    expect(equalConstantTime('', 'a')).toBe(false);
    expect(equalConstantTime('\ud800', '\ud801')).toBe(false);
  });
});
