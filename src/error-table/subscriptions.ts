/** Errors of who gets which events, and of what was sent to them. */
import type { ErrorRow } from './row.ts';

export const subscriptionErrors = {
  'subscriptions.unknown': {
    status: 404,
    message: 'There is no subscription {name}.',
    hint: 'lianhub subscriptions list shows those there are.',
    chinese: ['没有订阅 {name}。', 'lianhub subscriptions list 列出现有订阅。'],
  },
  'subscriptions.name-taken': {
    status: 409,
    message: 'There is a subscription named {name} already.',
    hint: 'Take another name, or change that one.',
    chinese: ['已有名为 {name} 的订阅。', '换一个名字，或修改那个订阅。'],
  },
  'subscriptions.bad-name': {
    status: 422,
    message: 'A subscription cannot be named {name}.',
    hint: 'Letters, digits, dashes and underscores, up to 60, beginning with a letter.',
    chinese: ['订阅不能命名为 {name}。', '以字母开头，由字母、数字、连字符和下划线组成，最多 60 个字符。'],
  },
  'subscriptions.bad-type': { status: 422, message: '{reason}. {hint}', chinese: ['{reason}。{hint}'] },
  'subscriptions.bad-filter': {
    status: 422,
    message: 'The filter cannot be used, character {column}: {reason}. {hint}\n{place}',
    chinese: ['筛选条件不能用，第 {column} 个字符处：{reason}。{hint}\n{place}'],
  },
  'subscriptions.declared': {
    status: 409,
    message: 'Subscription {name} is written in hub.yaml.',
    hint: 'Change it there, under subscriptions:, and start the hub again.',
    chinese: ['订阅 {name} 写在 hub.yaml 里。', '在其中的 subscriptions: 下修改，再重新启动 hub。'],
  },
  'subscriptions.changed': {
    status: 412,
    message: 'Somebody has changed subscription {name} meanwhile.',
    hint: 'Read it again, and send the change with its new ETag.',
    chinese: ['期间有人修改了订阅 {name}。', '重新读取，用新的 ETag 发送修改。'],
  },
  'subscriptions.filter-failed': {
    status: 422,
    message: 'The filter of subscription {name} cannot be told of an event: {reason}.',
    hint: 'Ask in the filter first whether it is there (record.name != null && …), enable it, and replay from when it was parked.',
    chinese: [
      '订阅 {name} 的筛选条件对某个事件算不出来：{reason}。',
      '在筛选条件里先判断有没有（record.name != null && …），启用订阅，再从搁置时起补发。',
    ],
  },
  'subscriptions.failing': {
    status: 409,
    message: 'Subscription {name} took nothing for five days and was switched off.',
    hint: 'Put its receiver right, enable it, and replay from then.',
    chinese: ['订阅 {name} 连续五天没有收下任何事件，已停用。', '修好接收方，启用订阅，再从那时起补发。'],
  },
  'deliveries.unknown': {
    status: 404,
    message: 'There is no delivery {id}.',
    hint: 'lianhub deliveries list shows what was sent as long as it is kept.',
    chinese: ['没有投递 {id}。', 'lianhub deliveries list 列出仍在保留期内的投递。'],
  },
  'deliveries.event-gone': {
    status: 410,
    message: 'The event {id} is older than events are kept.',
    chinese: ['事件 {id} 已超过保留期。'],
  },
  'deliveries.nothing-kept': {
    status: 422,
    message: 'Nothing says what is to be sent again.',
    hint: 'Give a moment with since, or the id of a delivery.',
    chinese: ['没有说明要补发什么。', '用 since 给出时间，或给出投递的 id。'],
  },
} as const satisfies Record<string, ErrorRow>;
