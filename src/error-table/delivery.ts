/** Errors of where events are sent to: addresses that are refused, and what came of posting there. */
import type { ErrorRow } from './row.ts';

export const deliveryErrors = {
  'destination.bad-url': {
    status: 422,
    message: 'This is no address events can be posted to: {reason}.',
    hint: 'Expected for example https://example.com/hooks/orders.',
    chinese: ['事件不能推送到这个地址：{reason}。', '应形如 https://example.com/hooks/orders。'],
  },
  'destination.scheme': {
    status: 422,
    message: 'Events are posted to https addresses, and to http in networks of your own, not to {scheme}.',
    chinese: ['事件推送到 https 地址，在自己的网络里也可用 http，但不能用 {scheme}。'],
  },
  'destination.userinfo': {
    status: 422,
    message: 'The address has a user name or a password in it, which would end up in logs.',
    hint: 'Send it as a header of the subscription instead.',
    chinese: ['地址里有用户名或密码，会留在日志里。', '改用订阅的请求头发送。'],
  },
  'destination.port': {
    status: 422,
    message: 'Nothing is posted to port {port}: other services than web servers listen there.',
    hint: 'Use 443 or a port above 1023; or name the host under outbound.allow in hub.yaml.',
    chinese: [
      '不向端口 {port} 推送：在那里监听的不是 Web 服务。',
      '使用 443 或 1023 以上的端口；或在 hub.yaml 的 outbound.allow 中写上该主机。',
    ],
  },
  'destination.plain-http': {
    status: 422,
    message: 'Over plain http everybody on the way to {host} could read the events.',
    hint: 'Use https; or name the host or its network under outbound.allow in hub.yaml.',
    chinese: [
      '用明文 http，去往 {host} 途中的任何人都能读到事件。',
      '使用 https；或在 hub.yaml 的 outbound.allow 中写上该主机或其网络。',
    ],
  },
  'destination.inner-address': {
    status: 422,
    message: '{host} is {kind}, and no host or network that events may be posted to.',
    hint: 'If it is yours, name the host or its network under outbound.allow in hub.yaml.',
    chinese: [
      '{host} 是{kind}，不在允许推送的主机或网络之内。',
      '若是您自己的，在 hub.yaml 的 outbound.allow 中写上该主机或其网络。',
    ],
  },
  'destination.never': {
    status: 422,
    message: '{host} is {kind}; nothing is ever posted there.',
    chinese: ['{host} 是{kind}；绝不向那里推送。'],
  },
  'destination.bad-header': {
    status: 422,
    message: 'The header {name} cannot be sent: {reason}.',
    chinese: ['请求头 {name} 不能发送：{reason}。'],
  },
  'destination.bad-secret': {
    status: 422,
    message: 'The secret cannot sign: {reason}.',
    hint: 'Expected whsec_ and 24 to 64 random bytes in base64; leave it out to be given one.',
    chinese: [
      '这个密钥不能签名：{reason}。',
      '应为 whsec_ 加上 24 至 64 个随机字节的 base64；不填则自动生成。',
    ],
  },

  'delivery.unknown-name': {
    status: 502,
    message: 'There is no address for {host} ({reason}).',
    hint: 'Check the host name of the subscription, and the DNS of the hub.',
    chinese: ['{host} 没有对应的地址（{reason}）。', '检查订阅的主机名和 hub 所用的 DNS。'],
  },
  'delivery.refused': {
    status: 502,
    message: 'Nobody takes connections at {host}.',
    hint: 'Check that the receiver runs and listens on that port.',
    chinese: ['{host} 没有程序接受连接。', '确认接收方在运行，并在该端口监听。'],
  },
  'delivery.unreachable': {
    status: 502,
    message: '{host} cannot be reached ({reason}).',
    hint: 'Check routes and firewalls between the hub and the receiver.',
    chinese: ['连不上 {host}（{reason}）。', '检查 hub 与接收方之间的路由和防火墙。'],
  },
  'delivery.tls': {
    status: 502,
    message: 'No safe connection to {host} was made ({reason}).',
    hint: 'Renew the certificate of the receiver, or let the hub trust its authority with NODE_EXTRA_CA_CERTS.',
    chinese: [
      '无法与 {host} 建立安全连接（{reason}）。',
      '更新接收方的证书，或用 NODE_EXTRA_CA_CERTS 让 hub 信任其签发机构。',
    ],
  },
  'delivery.cut-off': {
    status: 502,
    message: '{host} closed the connection before it answered ({reason}); it may have got the event.',
    chinese: ['{host} 在应答之前断开了连接（{reason}）；它可能已收到事件。'],
  },
  'delivery.bad-answer': {
    status: 502,
    message: '{host} did not answer in HTTP ({reason}).',
    chinese: ['{host} 的应答不是 HTTP（{reason}）。'],
  },
  'delivery.timeout': {
    status: 504,
    message: '{host} did not answer within {seconds} s; it may have got the event.',
    hint: 'The receiver should store the event, answer, and work on it afterwards.',
    chinese: [
      '{host} 在 {seconds} 秒内没有应答；它可能已收到事件。',
      '接收方应先保存事件并应答，之后再处理。',
    ],
  },
  'delivery.stopped': {
    status: 503,
    message: 'The hub stopped before {host} answered; the event is posted again.',
    chinese: ['hub 在 {host} 应答之前停止；事件会再次推送。'],
  },
  'delivery.redirected': {
    status: 502,
    message: '{host} answered {status}, a redirect, which is not followed.',
    hint: 'Give the subscription the address the receiver redirects to.',
    chinese: ['{host} 应答 {status}，即重定向；hub 不跟随重定向。', '把订阅的地址改为接收方重定向到的地址。'],
  },
  'delivery.gone': {
    status: 502,
    message: '{host} answered 410: it wants no more events.',
    chinese: ['{host} 应答 410：它不再接收事件。'],
  },
  'delivery.not-taken': {
    status: 502,
    message: '{host} answered {status}.',
    chinese: ['{host} 应答 {status}。'],
  },
  'delivery.too-large': {
    status: 413,
    message:
      'The event has {bytes} bytes, and no link can be made because the hub does not know its own address.',
    hint: 'Set server.publicUrl in hub.yaml: events above 256 kB are sent as a link.',
    chinese: [
      '事件有 {bytes} 字节，而 hub 不知道自己的地址，做不出链接。',
      '在 hub.yaml 中设置 server.publicUrl：超过 256 kB 的事件以链接发送。',
    ],
  },
  'delivery.bad-link': {
    status: 403,
    message: 'This link to the data of an event is not one this hub has made, or it is too old.',
    hint: 'Replay the delivery to be sent a new one.',
    chinese: ['这个事件数据的链接不是本 hub 生成的，或已过期。', '重新投递即可得到新的链接。'],
  },
} as const satisfies Record<string, ErrorRow>;
