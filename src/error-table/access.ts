/** Errors of using the API: who asks, whether they may, and requests that are not what they should be. */
import type { ErrorRow } from './row.ts';

export const accessErrors = {
  'auth.missing': {
    status: 401,
    message: 'This needs a token or a session.',
    hint: 'Sign in at /console/, or send the header Authorization: Bearer lh_…; lianhub tokens create makes a token.',
    chinese: [
      '此操作需要令牌或会话。',
      '在 /console/ 登录，或发送请求头 Authorization: Bearer lh_…；用 lianhub tokens create 创建令牌。',
    ],
  },
  'auth.invalid': {
    status: 401,
    message: 'This token is not known here.',
    hint: 'lianhub tokens list shows those there are; lianhub tokens create makes a new one.',
    chinese: ['这里没有这个令牌。', 'lianhub tokens list 列出现有令牌；lianhub tokens create 创建新令牌。'],
  },
  'auth.expired': {
    status: 401,
    message: 'This token has expired.',
    hint: 'Make a new one with lianhub tokens create.',
    chinese: ['令牌已过期。', '用 lianhub tokens create 创建新令牌。'],
  },
  'auth.revoked': {
    status: 401,
    message: 'This token was revoked.',
    hint: 'Make a new one with lianhub tokens create.',
    chinese: ['令牌已被吊销。', '用 lianhub tokens create 创建新令牌。'],
  },
  'auth.scope': {
    status: 403,
    message: 'This needs the scope {scope}, which you do not have.',
    hint: 'Ask an admin for a role that has it: lianhub users list and lianhub tokens list show who may do what.',
    chinese: [
      '此操作需要权限 {scope}，而您没有该权限。',
      '请管理员给您一个有此权限的角色：lianhub users list 和 lianhub tokens list 列出谁有哪些权限。',
    ],
  },
  'auth.too-many-failures': {
    status: 429,
    message: 'Too many requests with tokens that are not valid came from this address.',
    hint: 'Wait for the time in Retry-After. Tokens that were valid a moment ago go on working.',
    chinese: ['来自该地址的无效令牌请求过多。', '按 Retry-After 所说的时间等待。刚才还有效的令牌不受影响。'],
  },
  'request.too-many': {
    status: 429,
    message: 'This token or user makes more than {limit} requests a second.',
    hint: 'Wait for the time in Retry-After; lists take limit= up to 200.',
    chinese: [
      '该令牌或用户每秒的请求超过 {limit} 个。',
      '按 Retry-After 所说的时间等待；列表接口的 limit= 最大可到 200。',
    ],
  },
  'request.malformed': {
    status: 400,
    message: 'The request cannot be read: {reason}.',
    chinese: ['请求无法读取：{reason}。'],
  },
  'request.not-json': {
    status: 415,
    message: 'The body is not JSON by its Content-Type.',
    hint: 'Send Content-Type: application/json.',
    chinese: ['按 Content-Type，请求体不是 JSON。', '发送 Content-Type: application/json。'],
  },
  'request.invalid': {
    status: 422,
    message: '{count} in the request {verb} wrong: {first}.',
    hint: 'errors names each with a JSON pointer.',
    chinese: ['请求中有 {count} 处不正确：{first}。', 'errors 用 JSON pointer 指出每一处。'],
  },
  'request.stale': {
    status: 412,
    message: 'It was changed by somebody else meanwhile.',
    hint: 'Read it again, and send its ETag in If-Match.',
    chinese: ['内容已被他人修改。', '重新读取，并在 If-Match 中发送它的 ETag。'],
  },
  'request.unconditional': {
    status: 428,
    message: 'A change needs the header If-Match.',
    hint: 'Read it first, and send its ETag in If-Match.',
    chinese: ['修改需要请求头 If-Match。', '先读取，并在 If-Match 中发送它的 ETag。'],
  },
  'idempotency.other-request': {
    status: 422,
    message: 'This Idempotency-Key was used for another request.',
    hint: 'Use a new key for each request, and the same only to repeat it.',
    chinese: [
      '这个 Idempotency-Key 已用于另一个请求。',
      '每个请求用新的键；只有重复同一请求时才用同一个键。',
    ],
  },
  'idempotency.unfinished': {
    status: 409,
    message: 'The request with this Idempotency-Key is being worked on, or was cut off.',
    hint: 'Repeat it in a moment. If that stays so, look whether it took effect before using a new key.',
    chinese: [
      '使用这个 Idempotency-Key 的请求仍在处理，或已中断。',
      '稍后重复该请求。若一直如此，先确认它是否已生效，再换新的键。',
    ],
  },
  'connections.unknown': {
    status: 404,
    message: 'There is no connection named {connection}.',
    hint: 'The names are those under connections: in hub.yaml.',
    chinese: ['没有名为 {connection} 的连接。', '连接名见 hub.yaml 的 connections:。'],
  },
  'tokens.exists': {
    status: 409,
    message: 'There is a token named {name} already.',
    hint: 'Choose another name, or revoke that one first: lianhub tokens revoke {name}',
    chinese: ['已有名为 {name} 的令牌。', '换一个名字，或先吊销那个令牌：lianhub tokens revoke {name}'],
  },
  'connections.unknown-object': {
    status: 404,
    message: 'The connection {connection} has no object {object}.',
    hint: 'GET /v1/connections/<id>/objects lists those there are.',
    chinese: ['连接 {connection} 没有对象 {object}。', 'GET /v1/connections/<id>/objects 列出有哪些对象。'],
  },
  'links.unknown': {
    status: 404,
    message: 'There is no copy with the id {id}.',
    hint: 'GET /v1/links?remote=… finds it by its id or number in a system.',
    chinese: ['没有 id 为 {id} 的副本。', '用 GET /v1/links?remote=… 按它在系统中的 id 或单号查找。'],
  },
  'jobs.unknown': {
    status: 404,
    message: 'There is no job {id}; jobs are kept for a week.',
    chinese: ['没有任务 {id}；任务保留一周。'],
  },
  'jobs.not-running': {
    status: 409,
    message: 'The job {id} is over: it is {state}.',
    chinese: ['任务 {id} 已经结束，状态为 {state}。'],
  },
  'jobs.too-many': {
    status: 409,
    message: 'This process is at {running} jobs already.',
    hint: 'Wait for one to end, or cancel one: GET /v1/jobs lists them.',
    chinese: ['这个进程已在执行 {running} 个任务。', '等一个任务结束，或取消一个：GET /v1/jobs 列出任务。'],
  },
  'jobs.lost': {
    status: 500,
    message: 'Nothing was heard of whoever was at it for {seconds} seconds.',
    hint: 'It was stopped or has died: start it again.',
    chinese: ['执行者已有 {seconds} 秒没有消息。', '它被停止或已崩溃：重新发起。'],
  },
  'inbox.unknown': {
    status: 404,
    message: 'There is no message {id}.',
    chinese: ['没有消息 {id}。'],
  },
  'audit.unknown': {
    status: 404,
    message: 'There is no entry {id} in the audit log.',
    hint: 'GET /v1/audit lists them.',
    chinese: ['审计日志中没有条目 {id}。', 'GET /v1/audit 列出全部条目。'],
  },
  'events.unknown': {
    status: 404,
    message: 'There is no event {id}, or it is not kept any more.',
    chinese: ['没有事件 {id}，或它已不再保留。'],
  },
  'syncs.unknown': {
    status: 404,
    message: 'There is no sync {name} in hub.yaml; there are {known}.',
    chinese: ['hub.yaml 中没有同步 {name}；现有 {known}。'],
  },
  'mappings.not-this': {
    status: 422,
    message: 'The text is of the mapping {found}, not of {name}.',
    hint: 'Its first lines say which it is of.',
    chinese: ['这份文本属于映射 {found}，而不是 {name}。', '它开头几行写明属于哪个映射。'],
  },
  'live.too-many': {
    status: 429,
    message: 'This process tells {count} listeners already what goes on.',
    hint: 'Close streams that nobody looks at.',
    chinese: ['这个进程已在向 {count} 个监听者推送动态。', '关掉没有人看的页面或数据流。'],
  },
  'tokens.unknown': {
    status: 404,
    message: 'There is no token {name} in use.',
    hint: 'lianhub tokens list shows those there are.',
    chinese: ['没有在用的令牌 {name}。', 'lianhub tokens list 列出现有令牌。'],
  },
  'audit.broken': {
    status: 500,
    message: 'The audit log is not what was written: {count} found.',
    hint: 'Keep the database as it is, compare it with a backup, and find out who can write to it.',
    chinese: [
      '审计日志与当初写下的不同：发现 {count} 处。',
      '保持数据库原样，与备份比较，并查明谁能写入它。',
    ],
  },
  'person.bad-query': {
    status: 400,
    message: 'A person is named by a customer number, phone, member number, UnionID or One-ID; {given}.',
    hint: 'lianhub person preview --phone 13800000000',
    chinese: [
      '指明一个人要用客户编号、手机号、会员号、UnionID 或 One-ID；{given}。',
      'lianhub person preview --phone 13800000000',
    ],
  },
  'person.unknown': {
    status: 404,
    message: 'Nobody is known by that.',
    hint: 'lianhub records finds people by what else is known of them; --one-id takes the id of a record.',
    chinese: ['没有人对应这些信息。', 'lianhub records 可按其他已知信息找人；--one-id 接受记录的 id。'],
  },
  'person.ambiguous': {
    status: 409,
    message: 'That names {count} people: {ids}.',
    hint: 'Name one by --one-id, or by something more that only they have.',
    chinese: ['这对应 {count} 个人：{ids}。', '用 --one-id 指明一个，或补充只有此人才有的信息。'],
  },
  'person.under-way': {
    status: 409,
    message: '{count} copies of what is about this person are being written just now.',
    hint: 'Wait until they are done, or say so with --anyway: what is under way then goes out without a name and an address.',
    chinese: [
      '与此人有关的 {count} 个副本正在写入。',
      '等它们写完，或加 --anyway 表示照做：正在写的会不带姓名和地址发出。',
    ],
  },
  'person.not-all': {
    status: 500,
    message: '{count} rows still hold a value of this person.',
    hint: 'Erase again; if that stays so, lianhub person preview names the tables.',
    chinese: [
      '还有 {count} 行留有此人的值。',
      '再抹除一次；若仍如此，lianhub person preview 会指出是哪些表。',
    ],
  },
  'keys.one-key': {
    status: 409,
    message: 'HUB_SECRET_KEY holds one key, and everything is sealed with it.',
    hint: 'Put a new key before it, parted by a comma, in all processes: lianhub keys rotate --help says how.',
    chinese: [
      'HUB_SECRET_KEY 只有一个主密钥，一切都用它加密。',
      '在所有进程里把新主密钥放在它前面，用逗号隔开：做法见 lianhub keys rotate --help。',
    ],
  },
  'keys.unreadable': {
    status: 500,
    message: '{count} sealed values open with no key at hand and were left as they are.',
    hint: 'lianhub doctor names them. Put the key back they were sealed with, or set these secrets anew.',
    chinese: [
      '{count} 个加密的值用手头的主密钥都打不开，保持原样。',
      'lianhub doctor 指出是哪些。放回当时加密用的主密钥，或重新设置这些密钥。',
    ],
  },
  'audit.bad-option': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
    chinese: ['{option} 不能是 {value}（{expected}）。'],
  },
  'tokens.bad-option': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
    chinese: ['{option} 不能是 {value}（{expected}）。'],
  },
} as const satisfies Record<string, ErrorRow>;
