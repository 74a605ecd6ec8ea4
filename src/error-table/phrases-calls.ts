/** What is said of copies that wait or are parked, and of calls to systems. */
import type { Phrase } from './phrases.ts';

export const phrasesOfCalls: readonly Phrase[] = [
  ['held by {who}', '由 {who} 挂起'],
  [
    '{step} of {what} in {connection} is done by {who}; it goes on when the status there shows it done',
    '{connection} 中 {what} 的 {step} 由 {who} 完成；那里的状态显示完成后继续',
  ],
  [
    '{mapping} writes to the object of {field}, which this record does not name',
    '{mapping} 写到 {field} 所指的对象，而这条记录没有指明',
  ],
  [
    '{mapping} is made from {object} of {field}, which this record does not name',
    '{mapping} 由 {field} 的 {object} 生成，而这条记录没有指明',
  ],
  [
    '{what} in {connection} is {stage} and its record has changed since; {mapping} leaves this to a person (amend: {policy}: park): change it there, or decide otherwise in the mapping',
    '{connection} 中的 {what} 已处于 {stage}，而记录此后又变了；{mapping} 把它留给人处理（amend: {policy}: park）：到那里修改，或在映射里另作决定',
  ],
  [
    '{what} in {connection} is {stage} and its record has changed since; {mapping} says {policy}, which {system} does not offer: use another word in amend:',
    '{connection} 中的 {what} 已处于 {stage}，而记录此后又变了；{mapping} 写的 {policy}，{system} 不提供：在 amend: 中换一个词',
  ],
  [
    '{what} in {connection} has status {status}, in which it cannot be edited, and its record has changed since; amend: of {mapping} says {said}: say what is to be done at that stage (unauditEditAudit, park), or change it there',
    '{connection} 中的 {what} 状态为 {status}，不能修改，而记录此后又变了；{mapping} 的 amend: 写的是 {said}：写明该阶段怎么做（unauditEditAudit、park），或到那里修改',
  ],
  [
    '{connection} answered with an object ({id}) that cannot be linked to this record, most likely because another record is linked to it; compare both there',
    '{connection} 应答的对象（{id}）无法关联到这条记录，多半因为它已关联到另一条；请到那里比较两者',
  ],
  [
    'nobody can tell whether this was written to {connection}, which offers nothing to look it up by; look there and say whether it exists',
    '无法断定是否已写入 {connection}，而它没有可供查询的依据；请到那里查看，再说明是否存在',
  ],
  [
    '{connection}, book {book}, has closed the period {period}: what is dated in it waits until it is open (lianhub periods open {option})',
    '{connection} 的账簿 {book} 已结账期间 {period}：属于该期间的单据等到它打开（lianhub periods open {option}）',
  ],
  [
    '{connection} has closed the period {period}: what is dated in it waits until it is open (lianhub periods open {option})',
    '{connection} 已结账期间 {period}：属于该期间的单据等到它打开（lianhub periods open {option}）',
  ],
  [
    '{object} {id} in {connection} shows something else at every look before an update; find out who keeps changing it there, then change the record once more',
    '{connection} 中的 {object} {id} 每次更新前查看都不一样；查明那里是谁在不断改动，再改一次记录',
  ],
  [
    '{object} {id} in {connection} shows something we had not seen; it is merged before anything is written',
    '{connection} 中的 {object} {id} 显示了我们没见过的内容；先合并再写入',
  ],
  ['{object} {id} could not be read before its update: {reason}', '{object} {id} 更新前读取失败：{reason}'],
  ['{connection} offers no way to fetch a {object}', '{connection} 无法单独读取 {object}'],
  [
    '{connection} cannot write {object}; remove write: from this party or choose another object',
    '{connection} 不能写 {object}；去掉该参与方的 write:，或换一个对象',
  ],
  [
    'the connector answered without a word about this item; it is looked up before anything is written again',
    '连接器的应答没有提到这一条；再次写入之前会先查询',
  ],
  [
    '{what}: no answer within the deadline; it is looked up before anything is written again',
    '{what}：期限内没有应答；再次写入之前会先查询',
  ],
  [
    '{what}: the connector failed unexpectedly; the write is looked up before it is repeated',
    '{what}：连接器意外失败；重复写入之前会先查询',
  ],
  ['{what}: no answer within the deadline', '{what}：期限内没有应答'],
  ['{what}: failed unexpectedly; the log has the cause', '{what}：意外失败；原因在日志里'],
  ['{what}: the connector failed unexpectedly', '{what}：连接器意外失败'],
  ['the connection rests', '连接暂停中'],
  [
    'none of these can be written to {connection} first: {steps}; give one of the references patch: true in its mapping, or take it away at its source',
    '这些都无法先写入 {connection}：{steps}；请在映射里给其中一个引用加 patch: true，或在来源处去掉它',
  ],
  // Calls
  [
    'The vendor could not be reached ({code}); nothing was sent. Check the address and the network path.',
    '连不上对方系统（{code}）；什么都没有发出。检查地址和网络。',
  ],
  [
    'The vendor could not be reached; nothing was sent. Check the address and the network path.',
    '连不上对方系统；什么都没有发出。检查地址和网络。',
  ],
  [
    'The vendor was reached but gave no whole answer ({code}); the write may have happened.',
    '连上了对方系统，但应答不完整（{code}）；写入可能已经发生。',
  ],
  [
    'The vendor was reached but gave no whole answer; the write may have happened.',
    '连上了对方系统，但应答不完整；写入可能已经发生。',
  ],
  [
    'The vendor was reached but gave no whole answer ({code}); nothing was changed.',
    '连上了对方系统，但应答不完整（{code}）；没有改动任何内容。',
  ],
  [
    'The vendor was reached but gave no whole answer; nothing was changed.',
    '连上了对方系统，但应答不完整；没有改动任何内容。',
  ],
  [
    'The answer is larger than this connection allows; ask for less at once.',
    '应答超过该连接允许的大小；请一次少要一些。',
  ],
  ['The call was stopped before anything was sent.', '调用在发出任何内容之前被停止。'],
  [
    'The address set for this connection is not a valid http(s) address; correct the configuration.',
    '该连接的地址不是合法的 http(s) 地址；请改正配置。',
  ],
  [
    'The vendor did not answer {count} times in a row; it is asked again in {ms} ms.',
    '对方系统连续 {count} 次没有应答；{ms} 毫秒后再试。',
  ],
  [
    'The call limit set for this connection is used up; the next call is possible in {ms} ms.',
    '该连接的调用限额已用完；{ms} 毫秒后才能再调用。',
  ],
  [
    "Today's calls of {connection} is used up; it goes on at {time}, midnight in {zone}.",
    '{connection} 今天的调用已用完；{time}（{zone} 午夜）继续。',
  ],
  [
    "Today's share for {purpose} of {connection} is used up; it goes on at {time}, midnight in {zone}.",
    '{connection} 今天用于 {purpose} 的调用份额已用完；{time}（{zone} 午夜）继续。',
  ],
  [
    'Whether this connection may call now cannot be told ({why}); nothing was sent.',
    '无法判断该连接现在是否可以调用（{why}）；什么都没有发出。',
  ],
  ['the ledger does not answer', '数据库没有应答'],
  ['the hub stops', 'hub 正在停止'],
  [
    'The vendor answers with the same place in the list again and again.',
    '对方系统的列表总是返回同一个位置。',
  ],
  [
    'The next page is said to be on another host; the list is not followed there.',
    '下一页指向另一台主机；不跟随到那里。',
  ],
  [
    'The stored place of the list of {object} cannot be read; start the list anew.',
    '{object} 列表存下的位置读不出来；请重新开始。',
  ],
  ['The token server asks for fewer sign-ins.', '令牌服务器要求减少登录次数。'],
  [
    'The token server refuses ({reason}): the refresh token is no longer good; let a person authorise the hub again and set the new one.',
    '令牌服务器拒绝（{reason}）：刷新令牌已失效；请人工重新授权，并填入新的刷新令牌。',
  ],
  [
    'The token server refuses ({reason}): check client id, client secret, scope and grant.',
    '令牌服务器拒绝（{reason}）：检查 client id、client secret、scope 和授权方式。',
  ],
  [
    'The token server refuses (HTTP {status}): check client id and client secret.',
    '令牌服务器拒绝（HTTP {status}）：检查 client id 和 client secret。',
  ],
  [
    'The token server gave no token (HTTP {status}): check its address; a proxy or login page may stand before it.',
    '令牌服务器没有给出令牌（HTTP {status}）：检查它的地址；前面可能有代理或登录页。',
  ],
  // Rules
  ['its event is not kept any more', '它的事件已不再保留'],
  ['its condition does not hold', '它的条件不成立'],
  ['given up after {count} tries: {reason}', '尝试 {count} 次后放弃：{reason}'],
];
