/** Codes of what is to be written: copies that wait or are parked, and documents that rules cannot make. */
import type { StuckRow } from './stuck-row.ts';

export const stuckCopies = {
  'push.amend-not-offered': {
    goesOn: 'person',
    english: [
      'Its record has changed, and `amend:` of the mapping uses a word that system does not offer.',
      'Use a word that it offers: the sentence names the stage.',
    ],
    chinese: ['记录变了，而映射的 `amend:` 用了该系统不提供的词。', '使用它提供的词：说明里有阶段。'],
  },
  'push.amend-not-possible': {
    goesOn: 'person',
    english: [
      'The record has changed after the document had come too far to be edited.',
      'Change it there by hand, take it back there, or say what is to be done in `amend:` ([how](../mapping.md#documents-flow-stages-and-targets)).',
    ],
    chinese: [
      '单据已走到不能修改的阶段，而记录又变了。',
      '在那里手工修改、在那里撤回，或在 `amend:` 里写明该怎么做（[写法](../mapping.zh-CN.md#单据步骤阶段与目标)）。',
    ],
  },
  'push.amend-parked': {
    goesOn: 'person',
    english: [
      'The record has changed, and the mapping leaves documents of this stage to a person (`amend: … park`).',
      'Change it there by hand, or decide otherwise in the mapping.',
    ],
    chinese: [
      '记录变了，而映射把这个阶段的单据留给人处理（`amend: … park`）。',
      '在那里手工修改，或在映射里另作决定。',
    ],
  },
  'push.answer-not-kept': {
    goesOn: 'person',
    english: [
      'The system answered with an object that is linked to another record.',
      'Compare both there, then `lianhub deadletters retry`.',
    ],
    chinese: [
      '对方的应答里是一个已关联到别的记录的对象。',
      '在那里比较两者，然后 `lianhub deadletters retry`。',
    ],
  },
  'push.blocked-by': {
    goesOn: 'person',
    english: [
      'Nobody makes what it refers to in that system: the sentence says why.',
      'Change that, or make it there by hand and say so: `lianhub bind`.',
    ],
    chinese: [
      '它引用的对象在那个系统里没人会建：说明里有原因。',
      '改掉原因，或在那里手工建立并告知 hub：`lianhub bind`。',
    ],
  },
  'push.cannot-read-first': {
    goesOn: 'person',
    english: [
      'The object must be read before it is changed, and the connector has no way to read it.',
      'Change it there by hand, then `lianhub deadletters skip`; or add the reading to the connector.',
    ],
    chinese: [
      '修改前必须先读取该对象，而连接器无法读取。',
      '在那里手工修改，然后 `lianhub deadletters skip`；或在连接器里加上读取。',
    ],
  },
  'push.deadline': {
    goesOn: 'itself',
    english: ['No answer within the deadline: it is looked up before anything is written again.'],
    chinese: ['期限内没有应答：再次写入之前会先查询。'],
  },
  'push.held': {
    goesOn: 'person',
    english: [
      'A person holds the record.',
      '`lianhub holds` says who and why, `lianhub release` lets it go on.',
    ],
    chinese: ['有人挂起了这条记录。', '`lianhub holds` 说明是谁、为什么；`lianhub release` 放行。'],
  },
  'push.keeps-changing': {
    goesOn: 'person',
    english: [
      'The object shows something else at every look before an update.',
      'Find out what keeps changing it there; then change the record once more.',
    ],
    chinese: ['每次更新前查看，该对象显示的都不一样。', '查明那里是什么在不断改动它；然后再改一次记录。'],
  },
  'push.no-parent': {
    goesOn: 'person',
    english: [
      'The record does not name the document this one is made from.',
      'Complete it at the source, or map it.',
    ],
    chinese: ['记录没有指明它由哪张单据生成。', '在来源处补全，或映射它。'],
  },
  'push.no-result': {
    goesOn: 'itself',
    english: ['The answer had no word about this item: it is looked up before anything is written again.'],
    chinese: ['应答里没有提到这一条：再次写入之前会先查询。'],
  },
  'push.no-target': {
    goesOn: 'person',
    english: [
      'The record does not name the object this mapping writes to.',
      'Complete it at the source, or map it.',
    ],
    chinese: ['记录没有指明该映射要写到哪个对象。', '在来源处补全，或映射它。'],
  },
  'push.not-writable': {
    goesOn: 'person',
    english: [
      'The connector cannot write that object.',
      'Remove `write:` from the party, or choose another mapping.',
    ],
    chinese: ['连接器不能写该对象。', '去掉该参与方的 `write:`，或换一个映射。'],
  },
  'push.period-closed': {
    goesOn: 'itself',
    english: [
      'The books of that system are closed for the period of the document. All documents of that period wait together, and go on when it is open.',
      '`lianhub periods` lists what waits; open the period there and say so with `lianhub periods open`, or move the documents with `lianhub redate` ([closed periods](periods.md)).',
    ],
    chinese: [
      '该系统在单据所属期间已结账。该期间的所有单据一起等待，期间打开后继续。',
      '`lianhub periods` 列出在等什么；在那里反结账后用 `lianhub periods open` 告知 hub，或用 `lianhub redate` 改单据日期（[会计期间](periods.zh-CN.md)）。',
    ],
  },
  'push.reads-first': {
    goesOn: 'itself',
    english: ['The object shows something new, which is merged before it is overwritten.'],
    chinese: ['对方显示了新内容，先合并再覆盖。'],
  },
  'push.reference-cycle': {
    goesOn: 'person',
    english: [
      'Records wait for one another in a circle; the sentence names it.',
      'Give one reference of the circle `patch: true`, or take it away at its source ([more](matching.md)).',
    ],
    chinese: [
      '几条记录互相等待成环；说明里有整个环。',
      '给环中的一个引用加 `patch: true`，或在来源处去掉它（[更多](matching.zh-CN.md)）。',
    ],
  },
  'push.skipped': {
    goesOn: 'nobody',
    english: ['A person left the copy as it is there. It is written again when its record changes.'],
    chinese: ['有人让那里的副本保持原样。记录改变时会再写。'],
  },
  'push.unknown': {
    goesOn: 'person',
    english: [
      'Nobody can tell whether it was written, and that system offers nothing to look it up by.',
      'Look there, then say what you found: `lianhub deadletters resolve <letter> --exists <id>`, or `--absent` and it is written anew ([dead letters](dead-letters.md#decide)).',
    ],
    chinese: [
      '无法断定是否已写入，而该系统没有可供查询的依据。',
      '到那里查看，再说明所见：`lianhub deadletters resolve <letter> --exists <id>`，或 `--absent` 后重新写入（[死信](dead-letters.zh-CN.md#处理)）。',
    ],
  },
  'push.waits-for-code': {
    goesOn: 'person',
    english: [
      'A code table has no code of that system for a value. It goes on by itself when that is filled in.',
      '`lianhub crossrefs missing` lists what is missing and what it holds back; `lianhub crossrefs set` fills it in ([code tables](../crossrefs.md)).',
    ],
    chinese: [
      '编码对照里没有某个值在该系统的编码。补上后自动继续。',
      '`lianhub crossrefs missing` 列出缺什么、挡住了什么；用 `lianhub crossrefs set` 补上（[编码对照](../crossrefs.zh-CN.md)）。',
    ],
  },
  'push.waits-for-record': {
    goesOn: 'itself',
    english: [
      'What it refers to is not in that system yet.',
      '`lianhub explain` says what it waits for: find out why the hub could not write that, or make it there.',
    ],
    chinese: [
      '它引用的对象还不在那个系统里。',
      '`lianhub explain` 说明它在等什么：查明 hub 为什么写不了那个对象，或在那里建立。',
    ],
  },
  'push.waits-for-step': {
    goesOn: 'itself',
    english: [
      'Somebody else has to do the next step, such as an approval by workflow.',
      'See whose turn it is there.',
    ],
    chinese: ['下一步由别人完成，例如审批流。', '查看那里轮到谁。'],
  },

  'derive.contradiction': {
    goesOn: 'person',
    english: [
      'Values do not fit: batches beyond the line, a bundle inside itself, weights of both signs.',
      'Correct the source or the goods.',
    ],
    chinese: ['数值矛盾：批次超过行数量、套装包含自己、权重有正有负。', '改正来源或商品。'],
  },
  'derive.expression': {
    goesOn: 'person',
    english: [
      'An expression of the rule cannot be computed for this source.',
      'Correct the source, or the rule and then `lianhub derived retry`.',
    ],
    chinese: ['规则的表达式对这个来源算不出来。', '改正来源；或改规则，然后 `lianhub derived retry`。'],
  },
  'derive.failed': {
    goesOn: 'person',
    english: ['Something unexpected; the log has the cause.', 'Put it right, then `lianhub derived retry`.'],
    chinese: ['意外错误；原因在日志里。', '消除原因，然后 `lianhub derived retry`。'],
  },
  'derive.invalid': {
    goesOn: 'person',
    english: [
      'The rule makes a document the model does not allow; the sentence names the fields.',
      'Correct the rule, then `lianhub derived retry`.',
    ],
    chinese: ['规则做出的单据不合模型；说明里有字段。', '改正规则，然后 `lianhub derived retry`。'],
  },
  'derive.late': {
    goesOn: 'person',
    english: [
      'Something came after posting.',
      'Decide: `lianhub derived post` or `leave` ([more](../derive.md)).',
    ],
    chinese: [
      '过账之后又有变化。',
      '决定：`lianhub derived post` 或 `leave`（[更多](../derive.zh-CN.md)）。',
    ],
  },
  'derive.no-rule': {
    goesOn: 'person',
    english: ['hub.yaml has no such rule any more.', 'Put it back, or leave it.'],
    chinese: ['hub.yaml 里已没有这条规则。', '放回去，或不去管它。'],
  },
  'derive.not-known': {
    goesOn: 'itself',
    english: [
      'Goods of a bundle or an appended line are not known yet.',
      'See that they are told: `lianhub fetch`.',
    ],
    chinese: ['不认识套装组件或追加行的商品。', '确认它们会被告知：`lianhub fetch`。'],
  },
  'derive.not-told': {
    goesOn: 'person',
    english: ['The source lacks a field the rule needs.', 'Complete it at the source, or change the rule.'],
    chinese: ['来源缺少规则需要的字段。', '在来源处补全，或改规则。'],
  },
} as const satisfies Record<string, StuckRow>;
