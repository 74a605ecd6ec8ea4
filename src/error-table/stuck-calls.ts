/** Codes of calls to systems, and of finding out what was deleted there. */
import type { StuckRow } from './stuck-row.ts';

export const stuckCalls = {
  'http.bad-address': {
    goesOn: 'person',
    english: ['The address of the connection is none.', 'Correct it in hub.yaml and start the hub with it.'],
    chinese: ['连接的地址不是合法地址。', '在 hub.yaml 里改正，重新启动。'],
  },
  'http.budget-used': {
    goesOn: 'itself',
    english: [
      'This kind of work has used its share of the day; other work goes on.',
      'Poll less often, divide `budget:` otherwise, or raise the quota at the vendor ([limits](../limits.md)).',
    ],
    chinese: [
      '这类工作已用完当天的份额；其他工作继续。',
      '减少轮询、重新分配 `budget:`，或向厂商申请提高限额（[限额](../limits.zh-CN.md)）。',
    ],
  },
  'http.circuit-open': {
    goesOn: 'itself',
    english: [
      'The system has not answered several times in a row; one call at a time asks again.',
      'Ask whoever runs that system.',
    ],
    chinese: ['对方连续多次没有应答；每次只用一个调用去试探。', '询问该系统的运维。'],
  },
  'http.limits-unknown': {
    goesOn: 'itself',
    english: [
      'The database did not say whether a call is allowed; tried again in a second.',
      '`lianhub doctor` looks at the database.',
    ],
    chinese: ['数据库没有说明是否允许调用；一秒后再试。', '用 `lianhub doctor` 检查数据库。'],
  },
  'http.no-answer': {
    goesOn: 'itself',
    english: [
      'A call was sent and not answered, or its answer was cut. A reading is tried again; a write is looked up first.',
      'Ask whoever runs that system.',
    ],
    chinese: ['调用已发出但没有应答，或应答被截断。读取会重试；写入先查询。', '询问该系统的运维。'],
  },
  'http.rate-limit': {
    goesOn: 'itself',
    english: [
      'The next call is too far off to wait for; the connection rests until then.',
      'Raise `limits:` as far as the vendor allows it ([limits](../limits.md)).',
    ],
    chinese: [
      '下一次调用的时刻太远，不值得等；连接休息到那时。',
      '在厂商允许的范围内提高 `limits:`（[限额](../limits.zh-CN.md)）。',
    ],
  },
  'http.too-large': {
    goesOn: 'person',
    english: ['An answer of more than 32 MB is not read.', 'Ask that system for less at once.'],
    chinese: ['超过 32 MB 的应答不读。', '向该系统一次少要一些。'],
  },
  'http.unreachable': {
    goesOn: 'itself',
    english: [
      'The system cannot be reached, so nothing has arrived there; only its own lanes wait.',
      'See that its address is right, and the network and its certificate in order.',
    ],
    chinese: ['连不上对方系统，所以那里什么也没收到；只有它自己的通道在等。', '检查地址、网络和证书。'],
  },

  'read.deadline': {
    goesOn: 'itself',
    english: ['A reading had no answer within its deadline.', 'Ask whoever runs that system.'],
    chinese: ['读取在期限内没有应答。', '询问该系统的运维。'],
  },
  'read.failed': {
    goesOn: 'itself',
    english: [
      'A reading failed unexpectedly; the log has the cause.',
      'It is a mistake in the connector: tell its author.',
    ],
    chinese: ['读取意外失败；原因在日志里。', '这是连接器的错误：告诉它的作者。'],
  },
  'read.no-answer': {
    goesOn: 'itself',
    english: ['The reading before an update answered nothing for this id.', 'See whether it exists there.'],
    chinese: ['更新前的读取没有返回这个 id。', '查看那里是否存在。'],
  },
  'paging.foreign-link': {
    goesOn: 'person',
    english: [
      'The next page of a list is said to be on another host, where the key must not be shown.',
      'Correct the address of the connection.',
    ],
    chinese: ['列表的下一页指向另一台主机，不能把密钥给它看。', '改正连接的地址。'],
  },
  'paging.stuck': {
    goesOn: 'itself',
    english: ['A list answers with the same place again and again.', 'Ask whoever runs that system.'],
    chinese: ['列表总是返回同一个位置。', '询问该系统的运维。'],
  },
  'list.bad-cursor': {
    goesOn: 'person',
    english: [
      'The stored place of a list cannot be read, and the list does not go on.',
      'It is a mistake in the connector: tell its author. Until then read the object by `lianhub backfill start` ([backfill](backfill.md)).',
    ],
    chinese: [
      '存下的列表位置读不出来，列表无法继续。',
      '这是连接器的错误：告诉它的作者。在此之前用 `lianhub backfill start` 读取该对象（[回填](backfill.zh-CN.md)）。',
    ],
  },
  'oauth.no-token': {
    goesOn: 'itself',
    english: [
      'The token server gave no token.',
      'Check its address; a proxy or a login page may stand before it.',
    ],
    chinese: ['令牌服务器没有给出令牌。', '检查它的地址；前面可能有代理或登录页。'],
  },
  'oauth.refused': {
    goesOn: 'person',
    english: [
      'The token server refuses; the sentence has its word.',
      'Renew client id, secret or authorisation and start the hub with it.',
    ],
    chinese: ['令牌服务器拒绝；说明里有它的原话。', '更新 client id、密钥或授权，重新启动。'],
  },
  'oauth.too-fast': {
    goesOn: 'itself',
    english: ['The token server asks for fewer sign-ins.'],
    chinese: ['令牌服务器要求减少登录次数。'],
  },
  'connection.paused': {
    goesOn: 'itself',
    english: [
      'The connection is held back; the sentence says why. It is tried again by itself, or at the next start.',
      'Put right what it says: most often a credential.',
    ],
    chinese: ['连接被暂停；说明里有原因。过一会儿或下次启动时自动再试。', '按说明改正：多半是凭据。'],
  },
  'connector.bug': {
    goesOn: 'itself',
    english: [
      'The connector failed unexpectedly; a write is looked up before it is repeated. The log has the cause.',
      'It is a mistake in the connector: tell its author.',
    ],
    chinese: ['连接器意外失败；重复写入之前会先查询。原因在日志里。', '这是连接器的错误：告诉它的作者。'],
  },

  'deletes.brake': {
    goesOn: 'person',
    english: [
      'More deletions at once than is believed: all of them are held.',
      'Look at them and decide: `lianhub deletes list`, `confirm`, `reject` ([deletions](deletes.md)).',
    ],
    chinese: [
      '一次删除的数量超过可信范围：全部扣下。',
      '查看并决定：`lianhub deletes list`、`confirm`、`reject`（[删除](deletes.zh-CN.md)）。',
    ],
  },
  'deletes.cannot-ask': {
    goesOn: 'person',
    english: [
      'The system offers no way to ask whether an object is gone.',
      'Look there, then `lianhub deletes confirm` or `reject`.',
    ],
    chinese: ['该系统无法询问对象是否已删除。', '到那里查看，再 `lianhub deletes confirm` 或 `reject`。'],
  },
  'deletes.cannot-list': {
    goesOn: 'person',
    english: [
      'The system cannot list all of an object, so nobody notices what is gone there.',
      'Take the party out of `deletes.from`.',
    ],
    chinese: ['该系统不能列出全部对象，无从发现那里删掉了什么。', '把该参与方从 `deletes.from` 去掉。'],
  },
  'deletes.empty-list': {
    goesOn: 'person',
    english: [
      'A complete listing showed nothing at all: nothing is taken for deleted.',
      'See whether the account may still read that object there.',
    ],
    chinese: ['完整列出的结果一个也没有：不认为有什么被删除。', '查看账号在那里是否还能读该对象。'],
  },
  'deletes.gone': {
    goesOn: 'nobody',
    english: ['The object was deleted there, and what it tells is older than that.'],
    chinese: ['对象在那里已删除，而所告知的内容比删除还早。'],
  },
  'deletes.held': {
    goesOn: 'nobody',
    english: ['The deletion it tells is held by the brake: see `deletes.brake`.'],
    chinese: ['它告知的删除被刹车扣下：见 `deletes.brake`。'],
  },
  'deletes.no-answer': {
    goesOn: 'person',
    english: [
      'Asked whether the object is gone, the system answered nothing for its id.',
      'Look there, then `lianhub deletes confirm` or `reject`.',
    ],
    chinese: [
      '询问对象是否已删除，对方的应答里没有这个 id。',
      '到那里查看，再 `lianhub deletes confirm` 或 `reject`。',
    ],
  },
  'deletes.other-copies': {
    goesOn: 'nobody',
    english: ['The copy is gone; that system holds other copies of the record, so the record lives on.'],
    chinese: ['这个副本已删除；该系统还有这条记录的其他副本，所以记录继续存在。'],
  },
  'deletes.record-deleted': {
    goesOn: 'nobody',
    english: ['The record was deleted, and this is only a copy of it.'],
    chinese: ['记录已删除，而这只是它的一个副本。'],
  },
  'deletes.still-there': {
    goesOn: 'nobody',
    english: ['A deletion was told, and the object is still there: it was read instead.'],
    chinese: ['告知了删除，但对象仍然存在：改为读取它。'],
  },
  'deletes.unknown': {
    goesOn: 'nobody',
    english: ['A deletion was told of something the hub has no copy of.'],
    chinese: ['告知删除的对象，hub 没有它的副本。'],
  },
} as const satisfies Record<string, StuckRow>;
