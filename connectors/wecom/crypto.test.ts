import { describe, expect, it } from 'vitest';
import { isSigned, opened, type SealingKeys } from './crypto.ts';

/** The vendor's published example. */
const keys: SealingKeys = {
  token: 'QDG6eK',
  encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
  receiver: 'wx5823bf96d3bd56c7',
};
const sealed = {
  timestamp: '1409659813',
  nonce: '1372623149',
  signature: '477715d11cdb4164915debcba66cb864d751f3e6',
  encrypted:
    'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==',
};

describe('sealed messages', () => {
  it("opens the vendor's own example, and knows its signature", () => {
    expect(isSigned(keys, sealed)).toBe(true);
    expect(opened(keys, sealed.encrypted)).toContain('<Content><![CDATA[hello]]></Content>');
  });

  it('does not take what was signed with another token, at another time or over another text', () => {
    expect(isSigned({ ...keys, token: 'QDG6eL' }, sealed)).toBe(false);
    for (const name of ['timestamp', 'nonce', 'encrypted'] as const) {
      expect(isSigned(keys, { ...sealed, [name]: `${sealed[name]}1` })).toBe(false);
    }
  });

  it('does not open what was sealed for another corp, under another key, or is no cipher text', () => {
    expect(opened({ ...keys, receiver: 'wx0000000000000000' }, sealed.encrypted)).toBeUndefined();
    expect(opened({ ...keys, encodingAesKey: 'A'.repeat(43) }, sealed.encrypted)).toBeUndefined();
    for (const text of ['', 'AAAA', sealed.encrypted.slice(0, 43), '没有']) {
      expect(opened(keys, text)).toBeUndefined();
    }
  });

  it('opens a message of another key whose text fills its last block, and one with characters of several bytes', () => {
    const full = { token: 'T0ken', encodingAesKey: 'A'.repeat(43), receiver: '' };
    const text = 'fg51d++cMKa/CyXgYh6CfvWpdvY6k85oucGDo3pVdmtpSadlf776VSvFiUImWrv68NNSHzaEOneJIoAhPaXDnw==';
    expect(opened(full, text)).toBe('success12345');
  });
});
