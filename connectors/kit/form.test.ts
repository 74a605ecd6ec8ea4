import { expect, it } from 'vitest';
import { basic, bearer, staticKey } from './credentials.ts';
import { formText, parseForm, percentEncode, withQuery } from './form.ts';
import { joinSorted } from './signature.ts';

it('a form is written in the order given, and read back', () => {
  const text = formText({ b: '一 & 二', a: [1, true], none: undefined, sign: '=+ ~' });
  expect(text).toBe('b=%E4%B8%80+%26+%E4%BA%8C&a=1&a=true&sign=%3D%2B+%7E');
  expect([...parseForm(text)]).toEqual([
    ['b', ['一 & 二']],
    ['a', ['1', 'true']],
    ['sign', ['=+ ~']],
  ]);
});

it('parameters go behind those an address has, before its fragment', () => {
  expect(withQuery('https://a.b/c', { q: 'x y' })).toBe('https://a.b/c?q=x%20y');
  expect(withQuery('https://a.b/c?k=1', { q: "*'()!" })).toBe('https://a.b/c?k=1&q=%2A%27%28%29%21');
  expect(withQuery('https://a.b/c?#top', { q: undefined })).toBe('https://a.b/c?#top');
  expect(withQuery('https://a.b/c?#top', { q: 1 })).toBe('https://a.b/c?q=1#top');
  expect(percentEncode('\ud800-._~')).toBe('%EF%BF%BD-._~');
});

it('keys go where the vendor wants them', () => {
  expect(bearer('t')).toEqual({ authorization: 'Bearer t' });
  expect(basic('用户', 'p:w')).toEqual({ authorization: 'Basic 55So5oi3OnA6dw==' });
  expect(staticKey({ header: 'X-Key', prefix: 'Token ' }, 'k')).toEqual({
    headers: { 'x-key': 'Token k' },
    query: {},
  });
  expect(staticKey({ query: 'key' }, 'k')).toEqual({ headers: {}, query: { key: 'k' } });
});

it('parameters are joined for signing by name, not by where they stood', () => {
  const params = new Map([
    ['b', '2'],
    ['sign', 'x'],
    ['a', ''],
    ['B', '1'],
  ]);
  expect(joinSorted(params, { without: ['sign'] })).toBe('B1b2');
  expect(joinSorted(params, { equals: '=', between: '&', keepEmpty: true })).toBe('B=1&a=&b=2&sign=x');
});
