import { describe, expect, test } from 'vitest';
import { PendingReference } from '../../mapping/index.ts';
import { addressValue, documentValue, Hasher, identityValue, recogniser } from './tombstones.ts';
import { Eraser, normalValue, scalarsOf, valuesUnder, withoutPaths } from './values.ts';

describe('an eraser', () => {
  const eraser = new Eraser(['13987654321', '欧阳雪琪', 'M1', '望江路1288号']);

  test('takes values out of JSON and leaves everything else as it was written, digits of numbers too', () => {
    const text =
      '{"id":12345678901234567890,"M1":"M1","tel":13987654321,"n":"给\\u6b27\\u9633雪琪打13987654321","sum":1.50}';
    expect(eraser.json(text)).toBe(
      '{"id":12345678901234567890,"***":"***","tel":"***","n":"给***打***","sum":1.50}',
    );
  });

  test('finds no value inside a longer number or word; a short one only where it stands alone', () => {
    expect(eraser.text('2013987654321 139876543210 M12 M1.')).toBe('2013987654321 139876543210 M12 M1.');
    expect(eraser.text('M1')).toBe('***');
    expect(eraser.text(`a=${encodeURIComponent('望江路1288号')}&b=1`)).toBe('a=***&b=1');
  });

  test('keeps nothing of bytes it cannot read', () => {
    expect(eraser.bytes(Buffer.from([0xff, 0xfe]))).toBeUndefined();
    expect(eraser.bytes(Buffer.from('{"a":"M1"}'))?.toString()).toBe('{"a":"***"}');
  });
});

test('a number is the same however it is written', () => {
  for (const one of [
    '13987654321',
    '+8613987654321',
    '86 139-8765-4321',
    '139 8765 4321',
    '１３９８７６５４３２１',
  ])
    expect(normalValue(one)).toBe('+8613987654321');
  expect(normalValue(' VIP-1 ')).toBe('vip-1');
});

test('the values of a message are found in JSON, forms and XML', () => {
  expect(scalarsOf('{"a":["x\\u4e2d",17]}')).toEqual(['a', 'x中', '17']);
  expect(scalarsOf('{"body":"{\\"uid\\":123}"}')).toEqual(['body', '{"uid":123}', 'uid', '123']);
  expect(scalarsOf('body=%7B%22uid%22%3A123%7D&t=5')).toEqual(['{"uid":123}', 'uid', '123', '5']);
  expect(scalarsOf('<r><name><![CDATA[李雷]]></name><tel>1</tel></r>')).toEqual(['李雷', '1']);
});

test('personal values are those below the paths, without what says nothing about anybody', () => {
  const data = {
    code: 'C',
    phone: { kind: 'real', display: '139' },
    gender: 'female',
    lines: [{ notes: 'x', n: 1 }],
  };
  expect(valuesUnder(data, ['phone', 'gender', 'lines[].notes'])).toEqual(['139', 'x']);
  expect(withoutPaths(data, ['phone', 'lines[].notes'])).toEqual({
    code: 'C',
    gender: 'female',
    lines: [{ n: 1 }],
  });
});

describe('somebody who was erased', () => {
  const hasher = new Hasher(Buffer.alloc(32, 7));
  const stone = (strength: 'strong' | 'weak') => (value: string) => ({
    hash: hasher.hash(value),
    sieve: hasher.sieve(value),
    strength,
    erasure_id: 'one',
  });
  const erased = recogniser(hasher, [
    ...[identityValue('VIP-66'), addressValue('pos', 'S01/9'), documentValue('pos', 'order', 'WEB/1')].map(
      stone('strong'),
    ),
    ...[identityValue('+8613987654321'), identityValue('欧阳雪琪')].map(stone('weak')),
  ]);
  const customer = (values: object, remoteId = 'S02/1') =>
    erased.ofValues({ connection: 'pos', object: 'customer', remote_id: remoteId }, 'customer', {
      ...values,
    });
  const order = (values: object, remoteId = 'WEB/2') =>
    erased.ofValues({ connection: 'pos', object: 'order', remote_id: remoteId }, 'order', { ...values });
  const phone = { kind: 'real', e164: '+8613987654321', display: '139 8765 4321' };

  test('is known by number, address, or phone and name together; another with the same phone or name is not', () => {
    expect(customer({ code: 'vip-66' })).toBe('drop');
    expect(customer({}, 'S01/9')).toBe('drop');
    expect(customer({ phone, name: '欧阳雪琪' })).toBe('drop');
    expect(customer({ phone, name: '欧阳雪晴' })).toBe('keep');
    expect(customer({ name: '欧阳雪琪' })).toBe('keep');
  });

  test('is taken out of documents that were about them, or that name them', () => {
    expect(order({}, 'WEB/1')).toBe('strip');
    expect(order({ customerId: new PendingReference('customer', 'number', 'VIP-66') })).toBe('strip');
    expect(order({ receiver: { name: '欧阳雪琪', phone } })).toBe('strip');
    expect(order({ receiver: { name: '李雷', phone } })).toBe('keep');
  });

  test('is known in messages as they come', () => {
    expect(erased.inMessage('pos', '{"no":"VIP-66"}')).toBe(true);
    expect(erased.inMessage('pos', 'tel=13987654321&name=%E6%AC%A7%E9%98%B3%E9%9B%AA%E7%90%AA')).toBe(true);
    expect(erased.inMessage('pos', 'tel=13987654321')).toBe(false);
  });
});
