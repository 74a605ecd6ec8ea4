/** Errors of webhooks coming in, and of telling them again. */
import type { ErrorRow } from './row.ts';

export const webhookErrors = {
  'hook.unknown-connection': {
    status: 404,
    message: 'There is no connection named {connection}.',
    hint: 'The names are those under connections: in hub.yaml.',
    chinese: ['没有名为 {connection} 的连接。', '连接名见 hub.yaml 的 connections:。'],
  },
  'hook.not-received': {
    status: 404,
    message: 'The connection {connection} takes no webhooks.',
    hint: 'Its connector has none; read it with read: { poll: … }.',
    chinese: ['连接 {connection} 不接收 Webhook。', '它的连接器没有 Webhook；用 read: { poll: … } 读取。'],
  },
  'hook.bad-signature': {
    status: 401,
    message: 'The signature of this message is not valid.',
    hint: 'Check that both sides have the same secret.',
    chinese: ['消息的签名无效。', '确认双方使用同一密钥。'],
  },
  'hook.stale': {
    status: 401,
    message: 'This message is too old or from the future to be trusted.',
    hint: 'Check the clocks of both sides.',
    chinese: ['消息太旧或来自未来，不可信。', '检查双方的时钟。'],
  },
  'hook.unparseable': {
    status: 400,
    message: 'This message cannot be read: {reason}.',
    chinese: ['消息读不懂：{reason}。'],
  },
  'request.broken-off': {
    status: 400,
    message: 'The connection was closed before the whole body had come.',
    chinese: ['请求体没有传完，连接就断开了。'],
  },
  'hook.forbidden-address': {
    status: 403,
    message: 'Messages of {connection} are not taken from {address}.',
    hint: 'Add the address under webhook: { from: … } of the connection; behind a proxy, say server: { proxy: … }.',
    chinese: [
      '不接收 {address} 发来的 {connection} 的消息。',
      '在该连接的 webhook: { from: … } 中加上此地址；若在代理之后，写明 server: { proxy: … }。',
    ],
  },
  'hook.busy': {
    status: 429,
    message: 'More messages of {connection} come than are taken; this one was not kept.',
    hint: 'Send it again later, or raise webhook: { rate: … } of the connection.',
    chinese: [
      '{connection} 的消息来得太多，这一条没有保存。',
      '稍后重发，或提高该连接的 webhook: { rate: … }。',
    ],
  },
  'hook.too-late': {
    status: 503,
    message: 'A message of {connection} could not be kept within {ms} ms, as long as its sender waits.',
    hint: 'The sender tells it again. If this goes on, the database is too slow or gone: see /readyz.',
    chinese: [
      '{connection} 的一条消息没能在发送方等待的 {ms} 毫秒内保存。',
      '发送方会重发。若一直如此，说明数据库太慢或不可用：见 /readyz。',
    ],
  },
  'replay.not-received': {
    status: 404,
    message: 'There is nothing to tell again: {connection} receives no webhooks.',
    hint: 'What is polled is read again with lianhub backfill.',
    chinese: ['没有可重放的：{connection} 不接收 Webhook。', '轮询来的数据用 lianhub backfill 重新读取。'],
  },
  'replay.bad-option': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
    chinese: ['{option} 不能是 {value}（{expected}）。'],
  },
} as const satisfies Record<string, ErrorRow>;
