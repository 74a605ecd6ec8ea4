/** Codes of what systems tell: messages that are not, not yet or no more applied. */
import type { StuckRow } from './stuck-row.ts';

export const stuckMessages = {
  'apply.ambiguous-match': {
    goesOn: 'person',
    english: [
      'It may be one of several records.',
      'Say who it is: `lianhub matches list` ([more](matching.md)).',
    ],
    chinese: [
      '它可能是几条记录中的一条。',
      '指明是谁：`lianhub matches list`（[更多](matching.zh-CN.md)）。',
    ],
  },
  'apply.failed': {
    goesOn: 'person',
    english: [
      'Something unexpected happened while it was applied; the log has the cause.',
      'Put the cause right, then `lianhub deadletters retry`.',
    ],
    chinese: ['入账时发生意外；原因在日志里。', '消除原因，然后 `lianhub deadletters retry`。'],
  },
  'apply.fetched-before-write': {
    goesOn: 'itself',
    english: ['It was read before our own write there was done: it is read once more.'],
    chinese: ['它的读取早于我们自己在那里完成的写入：会再读一次。'],
  },
  'apply.invalid': {
    goesOn: 'person',
    english: [
      'A value does not fit the model; the sentence names path and value.',
      'Correct it at the source, or map it.',
    ],
    chinese: ['某个值不符合模型；说明里有路径和值。', '在来源处改正，或映射它。'],
  },
  'apply.key-on-two-objects': {
    goesOn: 'person',
    english: [
      'Two objects of one system have one business key; the one told later is put aside.',
      'Correct or delete one of them there, then let it be told again.',
    ],
    chinese: [
      '一个系统里两个对象用了同一业务键；后告知的被搁置。',
      '在那里改正或删除其中一个，再让它重新告知。',
    ],
  },
  'apply.no-as-of': {
    goesOn: 'person',
    english: ['A reading of stock does not say when it was true.', 'Map `asOf`.'],
    chinese: ['库存读数没有说明是何时的。', '请映射 `asOf`。'],
  },
  'apply.no-news': {
    goesOn: 'nobody',
    english: ['The same content was applied before.'],
    chinese: ['同样的内容之前已入账。'],
  },
  'apply.no-occurred-at': {
    goesOn: 'person',
    english: ['A movement does not say when it happened.', 'Map `occurredAt`.'],
    chinese: ['库存变动没有说发生时间。', '请映射 `occurredAt`。'],
  },
  'apply.not-ours': {
    goesOn: 'nobody',
    english: ["Somebody else's document in a system that is only read for the stages of ours."],
    chinese: ['那个系统里别人的单据，我们只读取自己单据的状态。'],
  },
  'apply.not-owner': {
    goesOn: 'nobody',
    english: [
      'Somebody else owns that stock. If that is wrong, name the owner under `stock:` ([whose word counts](../natures.md)).',
    ],
    chinese: ['这份库存归别的系统。如果不对，在 `stock:` 下写明归属（[谁说了算](../natures.zh-CN.md)）。'],
  },
  'apply.older': {
    goesOn: 'nobody',
    english: ['Its revision is older than the one applied last.'],
    chinese: ['修订号比上次入账的旧。'],
  },
  'apply.older-reading': {
    goesOn: 'nobody',
    english: ['It was read before what is known was read.'],
    chinese: ['它的读取早于已知内容的读取。'],
  },
  'apply.order-unclear': {
    goesOn: 'itself',
    english: ['Nothing tells whether the message or what is known is newer: the object is read once more.'],
    chinese: ['无法判断消息和已知内容谁更新：会再读一次该对象。'],
  },
  'apply.other-movement': {
    goesOn: 'person',
    english: [
      'A movement was told again under its key with other content; the sentence names both.',
      'Correct it at the source with a movement of its own key.',
    ],
    chinese: ['同一个键的库存变动又以不同内容告知；说明里有两者。', '在来源处用新的键另记一笔来更正。'],
  },
  'apply.own-create': {
    goesOn: 'nobody',
    english: ['It is what the hub itself has created.'],
    chinese: ['它就是 hub 自己新建的对象。'],
  },
  'apply.own-create-open': {
    goesOn: 'itself',
    english: ['It may be what the hub itself is just creating: it is held back until that is settled.'],
    chinese: ['可能是 hub 正在新建的对象：等新建有了定论再处理。'],
  },
  'apply.read-before-write': {
    goesOn: 'nobody',
    english: ['It was read before our own write there was done; the next poll reads it again.'],
    chinese: ['它的读取早于我们自己在那里完成的写入；下次轮询会再读。'],
  },
  'apply.try-again': {
    goesOn: 'itself',
    english: ['Two messages met at one record.'],
    chinese: ['两条消息同时碰到一条记录。'],
  },
  'apply.unbalanced': {
    goesOn: 'person',
    english: [
      'The lines, freight and rounding of the order do not add up to what is paid.',
      'Correct it at the source, or map the amount that is missing.',
    ],
    chinese: ['订单各行、运费和抹零合计与实付不符。', '在来源处改正，或映射漏掉的金额。'],
  },
  'apply.unknown-entity': {
    goesOn: 'person',
    english: ['Its record is of an entity this version does not know.', 'Run the version that wrote it.'],
    chinese: ['它的记录属于本版本不认识的实体。', '运行写下它的那个版本。'],
  },
  'apply.unknown-reference': {
    goesOn: 'itself',
    english: [
      'It speaks of a document the hub has not seen. It is looked for again, at first every second, then less often, and dead after about an hour.',
      'See that the document is told: `lianhub fetch`.',
    ],
    chinese: [
      '它提到一张 hub 没见过的单据。会再找：起初每秒一次，以后渐疏，约一小时后成为死信。',
      '确认那张单据会被告知：`lianhub fetch`。',
    ],
  },
  'apply.unstorable': {
    goesOn: 'person',
    english: [
      'A text holds a NUL or half a character; the sentence names the field.',
      'Correct it at the source.',
    ],
    chinese: ['文本里有 NUL 或半个字符；说明里有字段。', '在来源处改正。'],
  },
  'apply.waits-for-code': {
    goesOn: 'person',
    english: [
      'A code table lacks what it says. It goes on by itself when that is filled in.',
      '`lianhub crossrefs missing` lists what is missing and what it holds back; `lianhub crossrefs set` fills it in ([code tables](../crossrefs.md)).',
    ],
    chinese: [
      '编码对照里没有它说的编码。补上后自动继续。',
      '`lianhub crossrefs missing` 列出缺什么、挡住了什么；用 `lianhub crossrefs set` 补上（[编码对照](../crossrefs.zh-CN.md)）。',
    ],
  },

  'inbox.cannot-fetch': {
    goesOn: 'person',
    english: [
      'The system told only an id, and the connector has no way to read that object.',
      'Have it tell the whole object, or read it by polling.',
    ],
    chinese: ['对方只告知了 id，而连接器无法读取该对象。', '让对方告知完整对象，或改用轮询读取。'],
  },
  'inbox.edited': {
    goesOn: 'nobody',
    english: ['A person corrected it; the corrected one went on in its place.'],
    chinese: ['有人改正了它；改正后的消息代替它继续。'],
  },
  'inbox.no-answer': {
    goesOn: 'person',
    english: [
      'The system was asked for the object, and its answer had nothing for that id.',
      'See whether it exists there, then `lianhub deadletters retry` or `skip`.',
    ],
    chinese: [
      '向对方读取该对象，应答里没有这个 id。',
      '查看那里是否存在，再 `lianhub deadletters retry` 或 `skip`。',
    ],
  },
  'inbox.no-party': {
    goesOn: 'person',
    english: [
      'A genuine message about an object that no party reads.',
      'Add a party, or switch it off at the vendor.',
    ],
    chinese: ['签名正确、但没有参与方读取其对象的消息。', '增加一个参与方，或在对方关掉它。'],
  },
  'inbox.not-an-object': {
    goesOn: 'person',
    english: ['The message is not a JSON object.', 'Correct it at the source, or switch it off there.'],
    chinese: ['消息不是 JSON 对象。', '在来源处改正，或在那里关掉它。'],
  },
  'inbox.not-understood': {
    goesOn: 'person',
    english: [
      'A genuine message, and the connector does not know what it is about.',
      'Switch it off at the vendor, or add it to the connector.',
    ],
    chinese: ['签名正确，但连接器不知道它说的是什么。', '在对方关掉它，或在连接器里加上。'],
  },
  'inbox.retried': {
    goesOn: 'itself',
    english: ['A person had the letter tried again; its turn comes at the rate that was given.'],
    chinese: ['有人让这封死信重试；按给定的速度轮到它。'],
  },
  'inbox.skipped': {
    goesOn: 'nobody',
    english: ['A person left it. It comes back when the source tells the object again.'],
    chinese: ['有人搁置了它。来源再次告知该对象时它会回来。'],
  },
  'inbox.superseded': {
    goesOn: 'nobody',
    english: ['A later version of the object was applied meanwhile.'],
    chinese: ['该对象的较新版本已入账。'],
  },
  'inbox.unusable-id': {
    goesOn: 'person',
    english: [
      'An object without an id, or with one that no key can hold; it is kept whole.',
      'Correct it at the source, then `lianhub deadletters skip`.',
    ],
    chinese: [
      '没有 id 的对象，或 id 无法作为键；完整保留。',
      '在来源处改正，然后 `lianhub deadletters skip`。',
    ],
  },

  'mapping.bad-shape': {
    goesOn: 'person',
    english: [
      'Where the mapping expects a list, an object or a single value, there is something else.',
      'Correct it at the source, or the mapping; `lianhub preview` shows where each value comes from.',
    ],
    chinese: [
      '映射期望列表、对象或单个值的地方是别的东西。',
      '在来源处改正，或改映射；`lianhub preview` 显示每个值从哪里来。',
    ],
  },
  'mapping.bad-value': {
    goesOn: 'person',
    english: [
      'A value cannot be converted as the mapping says; the sentence names field and value.',
      'Correct it at the source, or the conversion ([conversions](../mapping.md#conversions)).',
    ],
    chinese: [
      '某个值无法按映射转换；说明里有字段和值。',
      '在来源处改正，或改转换方式（[转换](../mapping.zh-CN.md#转换)）。',
    ],
  },
  'mapping.expression-failed': {
    goesOn: 'person',
    english: [
      'An expression of the mapping cannot be computed for this object.',
      'Correct the expression, or what it reads ([expressions](../mapping.md#expressions)).',
    ],
    chinese: [
      '映射里的表达式对这个对象算不出来。',
      '改正表达式，或它读取的内容（[表达式](../mapping.zh-CN.md#表达式)）。',
    ],
  },
  'mapping.missing': {
    goesOn: 'person',
    english: [
      'A field that is needed is missing, or cannot be sent as it is known (a masked phone).',
      'Complete it at the source, or give the mapping another place or a default.',
    ],
    chinese: [
      '缺少必需的字段，或所知的值不能发送（如脱敏的手机号）。',
      '在来源处补全，或在映射里换个来源、给个默认值。',
    ],
  },
  'mapping.unmapped-value': {
    goesOn: 'person',
    english: [
      'A word the mapping has no line for.',
      'Add the word to the mapping ([words](../mapping.md#words-codes-and-references)), put it in use, then `lianhub deadletters retry`.',
    ],
    chinese: [
      '映射里没有这个取值。',
      '把它加进映射（[取值](../mapping.zh-CN.md#词编码与引用)），启用后 `lianhub deadletters retry`。',
    ],
  },

  'person.erased': {
    goesOn: 'nobody',
    english: [
      'It is about a person who was erased; nothing of it is kept ([personal data](personal-data.md)).',
    ],
    chinese: ['它关于一位已被抹去的人；内容不保留（[个人数据](personal-data.zh-CN.md)）。'],
  },
} as const satisfies Record<string, StuckRow>;
