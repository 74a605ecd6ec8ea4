import { expect, it } from 'vitest';
import { signV1, signV2 } from './signature.ts';

const body = '{"appId":"ABCDEF","customerNum":"1001"}';

it('signs V1 as the known vector', () => {
  expect(signV1('999888777', body)).toBe('F27534215CA683F8919B1B17B6336186');
});

it('signs V2 as the known vector', () => {
  expect(signV2('ABCDEF', '999888777', '1700000000000', body)).toBe('5E10286A6492F50A9951602154348C1D');
});

it('signs Chinese text as its UTF-8 bytes', () => {
  expect(signV1('1', '{"name":"银豹"}')).toBe(signV1('1', Buffer.from('{"name":"银豹"}').toString('utf8')));
  expect(signV1('1', '{"name":"银豹"}')).not.toBe(signV1('1', '{"name":"\\u94f6\\u8c79"}'));
});
