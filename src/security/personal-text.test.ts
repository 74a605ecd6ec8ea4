import { expect, test } from 'vitest';
import { createLogger } from '../log.ts';
import { withoutContacts, withoutContactsIn } from './personal-text.ts';

test('mobile numbers and e-mail addresses are hidden in texts; other numbers stay', () => {
  expect(withoutContacts('客户 13912345678 / +8613912345678 li.lei@example.com 不存在')).toBe(
    '客户 *** / *** *** 不存在',
  );
  expect(withoutContacts('order 20261101139123456780001, 1762000000000 ms')).toBe(
    'order 20261101139123456780001, 1762000000000 ms',
  );
  expect(withoutContactsIn({ list: [{ error: 'tel 13912345678', count: 3 }] })).toEqual({
    list: [{ error: 'tel ***', count: 3 }],
  });
});

test('a log line shows no personal value, in fields, messages, errors and bindings', () => {
  const lines: string[] = [];
  const log = createLogger({ destination: { write: (line: string) => void lines.push(line) } });
  const order = { number: 'W-1', receiver: { name: '张三丰' }, contactTel: '021-55667788' };
  log
    .child({ phone: '13912345678' })
    .warn({ order, err: new Error('tel 13912345678') }, 'li.lei@example.com');
  const [line = ''] = lines;
  expect(line).toContain('W-1');
  for (const value of ['张三丰', '13912345678', '021-55667788', 'li.lei']) expect(line).not.toContain(value);
});
