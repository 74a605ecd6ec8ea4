/** What is said of messages that are not, not yet or no more applied, and of derived documents. */
import type { Phrase } from './phrases.ts';

export const phrasesOfMessages: readonly Phrase[] = [
  // Codes and records that are waited for
  [
    'mapping {mapping}, {field}: table {table} does not know {key} of {connection}; add it',
    '映射 {mapping} 的 {field}：编码对照 {table} 没有 {connection} 的 {key}；请补上',
  ],
  [
    'mapping {mapping}, {field}: table {table} has no code of {connection} for {key}; add it',
    '映射 {mapping} 的 {field}：编码对照 {table} 没有 {key} 在 {connection} 的编码；请补上',
  ],
  [
    'mapping {mapping}, {field}: {what} {name} is not in {connection} yet',
    '映射 {mapping} 的 {field}：{what} {name} 还不在 {connection} 中',
  ],
  [
    'mapping {mapping}, {field}: {what} {name} is no record of the hub any more; correct the reference at its source',
    '映射 {mapping} 的 {field}：{what} {name} 已不是 hub 的记录；请在来源处改正引用',
  ],
  [
    'mapping {mapping}, {field}: {what} {name} was deleted; restore it, or make it in {connection}',
    '映射 {mapping} 的 {field}：{what} {name} 已删除；请恢复，或在 {connection} 中建立',
  ],
  [
    'mapping {mapping}, {field}: {what} {name} is not made there by the hub (no party of {connection} has write: { create: true } for {entity}); make it in {place}',
    '映射 {mapping} 的 {field}：hub 不在那里建立 {what} {name}（{connection} 没有参与方对 {entity} 写有 write: { create: true }）；请在 {place} 中建立',
  ],
  [
    'mapping {mapping}, {field}: {what} {name} is out of the scope of {connection}: {reason}',
    '映射 {mapping} 的 {field}：{what} {name} 不在 {connection} 的范围内：{reason}',
  ],
  ['party {party} of {sync} only runs in mode {mode}', '{sync} 的参与方 {party} 只以 {mode} 模式运行'],
  [
    'it is history, from before {day} (since of party {party} of {sync})',
    '它是 {day} 之前的历史数据（{sync} 的参与方 {party} 的 since）',
  ],
  [
    'a condition (when) of party {party} of {sync} or of {mapping} leaves it out',
    '{sync} 的参与方 {party} 或 {mapping} 的条件（when）排除了它',
  ],
  // Messages
  ['the message is not a JSON object', '消息不是 JSON 对象'],
  ['nothing in the configuration reads {object} of {connection}', '配置中没有读取 {connection} 的 {object}'],
  [
    'the message is genuine, but the connector does not know what it is about',
    '消息签名正确，但连接器不知道它说的是什么',
  ],
  [
    'ids are 1 to {longest} characters, without NUL and broken characters',
    'id 应为 1 至 {longest} 个字符，不含 NUL 和残缺字符',
  ],
  [
    '{connection} gave only an id of {object} and offers no way to fetch it',
    '{connection} 只给了 {object} 的 id，而又无法单独读取',
  ],
  ['the fetch answered nothing for this id', '读取的应答里没有这个 id'],
  ['the reading answered nothing for this id', '读取的应答里没有这个 id'],
  [
    'no {entity} is known in {connection} by {by} {value}; it is looked for again',
    '{connection} 中没有已知的 {entity}，其 {by} 为 {value}；会再找',
  ],
  [
    '{field} holds a NUL or half a character, which cannot be stored; correct it at the source',
    '{field} 含有 NUL 或半个字符，无法保存；请在来源处改正',
  ],
  [
    'the {parts} of the order add up to {sum}, but it says {total}; correct it at the source',
    '订单的 {parts} 合计为 {sum}，而订单上写的是 {total}；请在来源处改正',
  ],
  ['{name} is not a field of the model', '{name} 不是模型的字段'],
  ['{entity} is not an entity', '{entity} 不是模型的实体'],
  ['{field} is required and was not told', '{field} 必填而没有告知'],
  [
    'its strong keys ({kinds}) name {count} different records of {entity}; say which one it is with lianhub matches',
    '它的强标识（{kinds}）对应 {count} 条不同的 {entity} 记录；请指明是哪一条',
  ],
  [
    'it shares keys with a record that is just being made; it is read again',
    '它与一条正在新建的记录标识相同；会再读一次',
  ],
  ['somebody else changed the same record; it is read again', '同一条记录同时被改动；会再读一次'],
  [
    '{object} {id} has the {name} {value} of {other}; correct or delete one of them in {connection}',
    '{object} {id} 与 {other} 的 {name} 同为 {value}；请在 {connection} 中改正或删除其中一个',
  ],
  ['a stock reading must say when it was true (asOf)', '库存读数必须说明时点（asOf）'],
  ['a movement must say when it happened (occurredAt)', '库存变动必须说明发生时间（occurredAt）'],
  [
    'the stock of {location} belongs to {owner}; what {connection} tells of it is not counted. If that is wrong, name the owner under stock: in hub.yaml',
    '{location} 的库存归 {owner}；{connection} 告知的不计入。如果不对，在 hub.yaml 的 stock: 下写明归属',
  ],
  [
    'movement {key} was counted before, told by message {message}',
    '库存变动 {key} 已计入，由消息 {message} 告知',
  ],
  [
    'movement {key} was counted as {before} (message {message}) and is now told as {now}; a correction is a movement with a key of its own',
    '库存变动 {key} 已按 {before} 计入（消息 {message}），现在告知为 {now}；更正须用新的键另记一笔',
  ],
  ['{quantity} of {sku} at {place} on {time}', '{time} 在 {place} 的 {sku} {quantity}'],
  ['revision {revision} is older than {last}', '修订号 {revision} 比 {last} 旧'],
  [
    'read at {time}, before our own write there was done; it is read again',
    '读取于 {time}，早于我们自己在那里完成的写入；会再读一次',
  ],
  ['read at {time}, before our own write there was done', '读取于 {time}，早于我们自己在那里完成的写入'],
  ['read at {time}, before the reading that was applied last was done', '读取于 {time}，早于上次入账的读取'],
  ['the same content was applied before', '同样的内容之前已入账'],
  [
    'nothing tells whether this is newer than what was applied last; the object is read',
    '无法判断它是否比上次入账的新；会读取该对象',
  ],
  [
    'something was told after this was written and before it was answered; the object is read',
    '写入之后、应答之前又有消息告知；会读取该对象',
  ],
  ['answered before the reading of {time} was begun', '应答早于 {time} 开始的读取'],
  ['something told later was applied before it; the object is read', '较晚的消息已先入账；会读取该对象'],
  ['something told later was applied before it', '较晚的消息已先入账'],
  ['it is what the hub itself created', '它就是 hub 自己新建的对象'],
  [
    'may be about what the hub itself is just creating in {connection}; looked at again when that is known',
    '可能是 hub 正在 {connection} 新建的对象；有定论后再看',
  ],
  [
    '{object} {id} of {connection} was not made by the hub, and nothing but stages is read of it',
    '{connection} 的 {object} {id} 不是 hub 建的，而只读取其状态',
  ],
  [
    '{object} of {connection} is about a person who was erased; nothing of it is kept',
    '{connection} 的 {object} 关于一位已被抹去的人；内容不保留',
  ],
  ['a later version succeeded; before: {reason}', '较新的版本已成功；之前：{reason}'],
  ['tried again; before: {reason}', '已重试；之前：{reason}'],
  // Deletions
  ['no copy of {what} in {connection} is known', '{connection} 中没有已知的 {what} 副本'],
  ['{what} is known to be deleted', '已知 {what} 已删除'],
  ['that system holds other copies of the record: it lives on', '该系统还有这条记录的其他副本：记录继续存在'],
  ['{what} is still there in {connection}; it was read', '{what} 在 {connection} 中仍然存在；已读取'],
  [
    'the record was deleted; {what} in {connection} is only a copy of it',
    '记录已删除；{connection} 中的 {what} 只是它的一个副本',
  ],
  [
    '{what} was deleted in {connection}, and is not there again',
    '{what} 在 {connection} 中已删除，没有再出现',
  ],
  [
    '{what} was deleted in {connection} at {time}; this is an answer to what was written before',
    '{what} 已于 {time} 在 {connection} 中删除；这是对此前写入的应答',
  ],
  [
    '{what} was deleted in {connection} at {time}; this was read before',
    '{what} 已于 {time} 在 {connection} 中删除；它的读取早于删除',
  ],
  [
    '{what} was deleted in {connection} at {time}; the object is read to see whether it is there again',
    '{what} 已于 {time} 在 {connection} 中删除；会读取该对象，看是否又有了',
  ],
  [
    '{what} was deleted in {connection} at {time}; nothing says that this was told of a later one',
    '{what} 已于 {time} 在 {connection} 中删除；没有依据表明这是之后的对象',
  ],
  ['{why}; decide with lianhub deletes', '{why}；请决定：lianhub deletes'],
  ['{count} earlier deletions wait for a decision', '此前有 {count} 个删除等待决定'],
  [
    '{gone} would be deleted within an hour, and at most {most} may be (max)',
    '一小时内会删除 {gone} 个，而最多允许 {most} 个（max）',
  ],
  [
    '{gone} of {copies} would be deleted within an hour, and at most {share}% may be (brake)',
    '{copies} 个中有 {gone} 个会在一小时内删除，而最多允许 {share}%（brake）',
  ],
  [
    '{connection} offers no way to ask for one {object}; look there and decide with lianhub deletes',
    '{connection} 无法单独询问 {object}；到那里查看，再决定：lianhub deletes',
  ],
  ['{connection} cannot list {object}', '{connection} 不能列出 {object}'],
  [
    '{connection} listed no {object} at all; nothing is taken for deleted',
    '{connection} 列出的 {object} 一个也没有；不认为有什么被删除',
  ],
  // Derived documents
  ['rule {rule} needs {field}, which the record does not tell', '规则 {rule} 需要 {field}，而记录没有告知'],
  [
    'rule {rule}: {expression} could not be computed: {reason}',
    '规则 {rule}：{expression} 算不出来：{reason}',
  ],
  ['rule {rule}: no product is known by the code {code}', '规则 {rule}：没有编码为 {code} 的已知商品'],
  [
    'rule {rule}: component {sku} of bundle {bundle} is no product that is known',
    '规则 {rule}：套装 {bundle} 的组件 {sku} 不是已知商品',
  ],
  ['rule {rule}: bundle {bundle} has no components on {day}', '规则 {rule}：套装 {bundle} 在 {day} 没有组件'],
  ['rule {rule}: the bundle {chain} contains itself', '规则 {rule}：套装 {chain} 包含自己'],
  ['rule {rule}: the record has a line with the key {key} already', '规则 {rule}：记录中已有键为 {key} 的行'],
  ['{what} makes a {entity} that is not valid: {issues}', '{what} 生成的 {entity} 不合模型：{issues}'],
  ['hub.yaml has no rule {rule} any more', 'hub.yaml 里已没有规则 {rule}'],
  [
    '{what}: nothing is left of it after it was posted; cancel it where it was posted',
    '{what}：过账之后已没有内容；请到过账处取消',
  ],
  [
    '{what}: sources changed after it was posted; decide whether the difference is posted',
    '{what}：过账之后来源又有变化；请决定差额是否过账',
  ],
  [
    '{what}: {fields} changed after it was posted, which no next part can say; change it where it was posted',
    '{what}：过账之后 {fields} 变了，后续分单无法表达；请到过账处修改',
  ],
];
