import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { sessionCookies, signedToken } from './session-cookie.ts';

const key = 'k'.repeat(43);
const sign = (token: string, by = key): string =>
  encodeURIComponent(`${token}.${createHmac('sha256', by).update(token).digest('base64')}`);

test('a session is known by what this hub has signed, and by nothing made up', () => {
  expect(signedToken(sign('abc'), key)).toBe('abc');
  const forged = [
    'abc',
    'abc.',
    `abc.${'A'.repeat(43)}%3D`,
    '%',
    '.',
    '',
    sign('abc', 'other'),
    'x'.repeat(5_000),
  ];
  for (const value of [...forged, sign('abc').replace('abc', 'abd')])
    expect(signedToken(value, key)).toBe(undefined);
});

test('of the cookies of a request the one that came by https counts first', () => {
  const header =
    'a=1; lianhub.session_token=plain; __Secure-lianhub.session_token=secure; lianhub.session_token=later';
  expect(sessionCookies(header)).toEqual(['secure', 'plain']);
  expect([sessionCookies(header, true), sessionCookies(header, false)]).toEqual([['secure'], ['plain']]);
  expect(sessionCookies('xlianhub.session_token=1; lianhub.session_token')).toEqual([]);
  expect(sessionCookies(undefined)).toEqual([]);
});
