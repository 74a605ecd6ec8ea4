/** Errors of what people ask about and decide: conflicts, letters, matches, code tables, mappings. */
import type { ErrorRow } from './row.ts';

export const decisionErrors = {
  'adopt.unknown': {
    status: 404,
    message: 'There is no {what}; expected one of: {expected}.',
    chinese: ['没有{what}；应为以下之一：{expected}。'],
  },
  'adopt.which-pair': {
    status: 422,
    message: 'Nothing says which two systems of {sync} are meant; there are {connections}.',
    hint: 'Name one with --connection and the other with --with.',
    chinese: [
      '没有说明指的是 {sync} 的哪两个系统；现有 {connections}。',
      '用 --connection 指明一个，用 --with 指明另一个。',
    ],
  },
  'requests.unknown': {
    status: 404,
    message: 'There is no request {id}, or several begin so.',
    hint: 'lianhub requests list --closed shows those there are.',
    chinese: ['没有请求 {id}，或有几个以此开头。', 'lianhub requests list --closed 列出所有请求。'],
  },
  'requests.not-offered': {
    status: 422,
    message: '{connection} cannot be asked to {kind} a {entity}; of {known} it offers {offered}.',
    hint: 'What systems can be asked is in docs/reference/connectors.md.',
    chinese: [
      '不能请 {connection} 对 {entity} 做 {kind}；在 {known} 中它提供 {offered}。',
      '各系统可接受哪些请求，见 docs/reference/connectors.md。',
    ],
  },
  'requests.not-live': {
    status: 409,
    message: 'Nothing is asked of {connection}: it is connected in mode {mode}.',
    chinese: ['不向 {connection} 提出任何请求：它以 {mode} 模式连接。'],
  },
  'requests.bad-payload': {
    status: 422,
    message: 'A {entity} cannot be as this {kind} would make it: {reason}.',
    chinese: ['{entity} 不能成为这个 {kind} 所要的样子：{reason}。'],
  },
  'requests.open': {
    status: 409,
    message: '{connection} is asked to {kind} this already: {id}.',
    hint: 'It is asked for until there is an answer; lianhub requests show {id}.',
    chinese: [
      '已经在请 {connection} 做 {kind}：{id}。',
      '在得到答复之前会一直请求；lianhub requests show {id}。',
    ],
  },
  'requests.sent': {
    status: 409,
    message: 'Request {id} is {state} and was sent, so it cannot be taken back.',
    hint: 'Once there is an answer, ask for the opposite.',
    chinese: ['请求 {id} 状态为 {state}，已经发出，不能撤回。', '等有了答复，再提出相反的请求。'],
  },
  'requests.not-closable': {
    status: 409,
    message: 'Request {id} is {state}; only one that is over can be closed, once.',
    hint: 'One that was not sent yet is taken back with lianhub requests withdraw.',
    chinese: [
      '请求 {id} 状态为 {state}；只有已结束的请求可以了结，且只能一次。',
      '还没有发出的，用 lianhub requests withdraw 撤回。',
    ],
  },

  'rules.unknown': {
    status: 404,
    message: 'No rule has begun anything as {id}, or several begin so.',
    hint: 'lianhub rules list --all shows what there is.',
    chinese: ['没有规则以 {id} 开始过什么，或有几个以此开头。', 'lianhub rules list --all 列出全部。'],
  },
  'rules.which': {
    status: 422,
    message: 'Nothing says what is meant: name one, or all of a rule with --rule, or of a code with --code.',
    chinese: ['没有说明指的是什么：写明一个，或用 --rule 指一条规则的全部，或用 --code 指一个代码的全部。'],
  },
  'rules.not-decidable': {
    status: 409,
    message: '{id} is {state}; this can be decided about what is {states}.',
    chinese: ['{id} 状态为 {state}；只有 {states} 的才能这样处理。'],
  },

  'derived.unknown': {
    status: 404,
    message: 'No rule has made a document {name}.',
    hint: 'Give its number or the id of its record. Documents that systems have told are not derived.',
    chinese: ['没有规则生成过单据 {name}。', '给出它的单号或记录的 id。系统自己告知的单据不是派生的。'],
  },
  'derived.nothing-to-decide': {
    status: 409,
    message: 'Nothing of rule {rule} is parked for a decision as {group}.',
    hint: 'Run lianhub derived list: only what is parked with derive.late is decided about; the rest is tried again.',
    chinese: [
      '规则 {rule} 没有以 {group} 搁置、等待决定的内容。',
      '运行 lianhub derived list：只有因 derive.late 搁置的需要决定；其余的会重试。',
    ],
  },

  'backfill.unknown': {
    status: 404,
    message: 'There is no backfill {id}.',
    hint: 'lianhub backfill list shows those there are.',
    chinese: ['没有回填 {id}。', 'lianhub backfill list 列出现有回填。'],
  },
  'backfill.not-read': {
    status: 422,
    message: 'Nothing in the configuration reads {object} of {connection}; it reads {known}.',
    hint: 'Name an object of a party with read, or add one to hub.yaml.',
    chinese: [
      '配置中没有读取 {connection} 的 {object}；读取的有 {known}。',
      '指明某个带 read 的参与方的对象，或在 hub.yaml 中加上。',
    ],
  },
  'backfill.bad-option': {
    status: 422,
    message: '{option} cannot be {value}; expected {expected}.',
    chinese: ['{option} 不能是 {value}；应为 {expected}。'],
  },
  'backfill.running': {
    status: 409,
    message: 'A backfill of {object} of {connection} is running already.',
    hint: 'lianhub backfill list shows how far it is; lianhub backfill cancel <id> stops it.',
    chinese: [
      '{connection} 的 {object} 已有回填在进行。',
      'lianhub backfill list 显示进度；lianhub backfill cancel <id> 停止它。',
    ],
  },
  'backfill.not-running': {
    status: 409,
    message: 'Backfill {id} is not running; it is {state}.',
    chinese: ['回填 {id} 没有在进行，状态为 {state}。'],
  },
  'backfill.not-stopped': {
    status: 409,
    message: 'Backfill {id} cannot go on: it is {state}, or another one of its object is running.',
    hint: 'Only one that was cancelled or has failed goes on; a new one reads everything again.',
    chinese: [
      '回填 {id} 不能继续：状态为 {state}，或其对象已有另一个回填在进行。',
      '只有已取消或已失败的可以继续；新建的会从头读取。',
    ],
  },
  'deletes.unknown': {
    status: 404,
    message: 'No deletion of {connection}/{object} {id} waits for a decision.',
    hint: 'lianhub deletes list shows those that do.',
    chinese: ['{connection}/{object} 的 {id} 没有等待决定的删除。', 'lianhub deletes list 列出等待决定的。'],
  },
  'deletes.nothing-meant': {
    status: 400,
    message: 'Nothing says which deletions are meant.',
    hint: 'Give their ids in that system, or --all; not both.',
    chinese: ['没有说明指的是哪些删除。', '给出它们在该系统的 id，或用 --all；不能同时使用。'],
  },
  'deletes.no-pass': {
    status: 404,
    message: '{connection}/{object} is never listed completely.',
    hint: 'Name its party in deletes: { from: … } of the sync; its system must list all objects.',
    chinese: [
      '{connection}/{object} 从不完整列出。',
      '在同步的 deletes: { from: … } 中写上它的参与方；该系统必须能列出全部对象。',
    ],
  },

  'deadletters.unknown': {
    status: 404,
    message: 'There is no dead letter {name}.',
    hint: 'lianhub deadletters list shows those there are, as inbox/<number> or push/<id>.',
    chinese: [
      '没有死信 {name}。',
      'lianhub deadletters list 列出现有死信，形如 inbox/<number> 或 push/<id>。',
    ],
  },
  'deadletters.gone': {
    status: 409,
    message: '{name} is no dead letter any more; it is {state}.',
    chinese: ['{name} 已不是死信，现在状态为 {state}。'],
  },
  'deadletters.nothing-meant': {
    status: 400,
    message: 'Nothing says which letters are meant.',
    hint: 'Name them, give filters or --group, or say --all.',
    chinese: ['没有说明指的是哪些死信。', '写明是哪些，给出筛选条件或 --group，或用 --all。'],
  },
  'deadletters.bad-option': {
    status: 422,
    message: '{option} cannot be {value}; expected {expected}.',
    chinese: ['{option} 不能是 {value}；应为 {expected}。'],
  },
  'deadletters.unknown-write': {
    status: 409,
    message: 'Nobody can tell whether {name} was written, so it is neither tried again nor left.',
    hint: 'Look in that system, then lianhub deadletters resolve {name} --exists <its id there>, or --absent.',
    chinese: [
      '无法断定 {name} 是否已写入，因此既不重试也不放过。',
      '到该系统查看，再用 lianhub deadletters resolve {name} --exists <它在那里的 id>，或 --absent。',
    ],
  },
  'deadletters.not-a-message': {
    status: 409,
    message: '{name} is a write, and what is sent is made by the mapping.',
    hint: 'Correct the record at its source, the mapping or a code table, then try it again.',
    chinese: ['{name} 是一次写入，所发内容由映射生成。', '在来源处、映射或编码对照里改正，再重试。'],
  },
  'deadletters.bad-body': {
    status: 422,
    message: 'The body {what} is not a JSON object: {reason}.',
    chinese: ['{what} 的内容不是 JSON 对象：{reason}。'],
  },
  'deadletters.not-unknown': {
    status: 409,
    message: 'The outcome of {name} is not unknown; the copy is {state}.',
    hint: 'lianhub deadletters show {name} tells what became of it.',
    chinese: ['{name} 的结果并非未知；副本状态为 {state}。', 'lianhub deadletters show {name} 说明其经过。'],
  },
  'deadletters.remote-taken': {
    status: 409,
    message: '{object} {remoteId} of {connection} is linked to another record already: {entity} {number}.',
    hint: 'Look there again: the object of this record must be another one, or it is not there (--absent).',
    chinese: [
      '{connection} 的 {object} {remoteId} 已关联到另一条记录：{entity} {number}。',
      '再到那里核对：这条记录的对象应是另一个，或那里没有（--absent）。',
    ],
  },
  'deadletters.other-remote': {
    status: 409,
    message: '{name} is linked to {known} already, not to {remoteId}.',
    hint: 'Only that object can show whether the step was done.',
    chinese: ['{name} 已关联到 {known}，而不是 {remoteId}。', '只有那个对象能表明这一步是否完成。'],
  },
  'explain.unknown-entity': {
    status: 404,
    message: 'The model has no entity {name} ({hint}).',
    chinese: ['模型中没有实体 {name}（{hint}）。'],
  },
  'explain.unknown-record': {
    status: 404,
    message: 'No {entity} is known as {name} ({hint}).',
    hint: 'Give its number, its id in a system, or the id of its record.',
    chinese: ['没有名为 {name} 的 {entity}（{hint}）。', '给出它的单号、在某个系统中的 id，或记录的 id。'],
  },
  'explain.unknown-field': {
    status: 404,
    message: '{entity} {name} has no field {field} ({hint}).',
    hint: 'Elements of lists are named by their key: lines[10].quantity.',
    chinese: ['{entity} {name} 没有字段 {field}（{hint}）。', '列表的元素用键来指明：lines[10].quantity。'],
  },
  'conflicts.unknown': {
    status: 404,
    message: 'There is no conflict {id}.',
    hint: 'Run lianhub conflicts list; a conflict is named by the id it prints.',
    chinese: ['没有冲突 {id}。', '运行 lianhub conflicts list；冲突用它列出的 id 指明。'],
  },
  'conflicts.resolved': {
    status: 409,
    message: 'The conflict {id} was resolved by {by} at {at}.',
    hint: 'Change the value in one of the systems if it is to be another one.',
    chinese: ['冲突 {id} 已由 {by} 于 {at} 解决。', '若要改成别的值，请在其中一个系统里修改。'],
  },
  'conflicts.changed': {
    status: 409,
    message: 'The conflict {id} has changed since you looked at it: it was @{seen} and is @{version}.',
    hint: 'Look at it again with lianhub conflicts show, and resolve what it is now.',
    chinese: [
      '冲突 {id} 在您查看之后已变化：当时是 @{seen}，现在是 @{version}。',
      '用 lianhub conflicts show 再看一次，按现在的情况解决。',
    ],
  },
  'conflicts.record-gone': {
    status: 409,
    message: 'The record of conflict {id} is no longer there ({state}), so there is nothing to decide.',
    chinese: ['冲突 {id} 的记录已不在（{state}），没有什么要决定的。'],
  },
  'conflicts.no-value': {
    status: 422,
    message: 'In conflict {id} nothing is shown by {take}; there are {known}.',
    hint: 'Take one of these, or give the value itself with --value.',
    chinese: ['冲突 {id} 中 {take} 没有显示任何值；现有 {known}。', '取其中之一，或用 --value 直接给出值。'],
  },
  'conflicts.several-values': {
    status: 422,
    message: 'In conflict {id} the copies of {take} show different values: {known}.',
    hint: 'Name one copy as it is printed, or give the value itself with --value.',
    chinese: [
      '冲突 {id} 中 {take} 的几个副本显示不同的值：{known}。',
      '按所列指明一个副本，或用 --value 直接给出值。',
    ],
  },
  'conflicts.bad-value': {
    status: 422,
    message: 'The value {value} cannot stand at {path}: {reason}.',
    chinese: ['值 {value} 不能用于 {path}：{reason}。'],
  },
  'conflicts.bad-choice': {
    status: 422,
    message: 'It is not clear what is to be resolved: {reason}.',
    hint: 'Run lianhub conflicts resolve --help for its options.',
    chinese: ['不清楚要解决什么：{reason}。', '运行 lianhub conflicts resolve --help 查看选项。'],
  },
  'records.unknown': {
    status: 404,
    message: 'The hub has no record {name}.',
    hint: 'Give the id of a record, or a number it is known by.',
    chinese: ['hub 没有记录 {name}。', '给出记录的 id，或它已知的单号。'],
  },
  'records.search-too-wide': {
    status: 422,
    message: 'This search took longer than {seconds} s and was given up.',
    hint: 'Say more: an entity, a number, a longer text.',
    chinese: ['这次查找超过 {seconds} 秒，已放弃。', '说得更具体：实体、单号、更长的文字。'],
  },
  'records.ambiguous-name': {
    status: 409,
    message: '{name} names several records: {list}.',
    hint: 'Give the id of one of them.',
    chinese: ['{name} 对应几条记录：{list}。', '给出其中一条的 id。'],
  },
  'records.already-merged': {
    status: 409,
    message: '{name} was merged into {into} already.',
    hint: 'Merge that one, or take them apart first with lianhub records unmerge.',
    chinese: ['{name} 已合并到 {into}。', '合并那一条，或先用 lianhub records unmerge 拆开。'],
  },
  'records.cannot-merge': {
    status: 409,
    message: '{keep} and {other} cannot be one record: {reason}.',
    chinese: ['{keep} 和 {other} 不能成为一条记录：{reason}。'],
  },
  'records.not-merged': {
    status: 409,
    message: 'Nobody has merged {name} into another record, so there is nothing to take apart.',
    hint: 'What the hub itself has found to be one record is none that two systems ever told apart.',
    chinese: [
      '没有人把 {name} 合并到别的记录，因此无可拆开。',
      'hub 自己认定为一条的记录，各系统从未分开告知过。',
    ],
  },
  'records.kept-is-merged': {
    status: 409,
    message: '{name} lives on in {kept}, which has been merged or deleted itself since.',
    hint: 'Take that one apart first with lianhub records unmerge.',
    chinese: [
      '{name} 并入了 {kept}，而后者此后也已合并或删除。',
      '先用 lianhub records unmerge 拆开那一条。',
    ],
  },
  'records.cannot-unmerge': {
    status: 409,
    message: '{name} cannot be taken apart: {reason}.',
    hint: 'Let a system tell the record whole first, then try again.',
    chinese: ['{name} 不能拆开：{reason}。', '先让某个系统完整告知该记录，再试。'],
  },
  'matches.unknown': {
    status: 404,
    message: 'There is no proposal {id}, or several begin like that.',
    hint: 'lianhub matches list shows those there are.',
    chinese: ['没有匹配建议 {id}，或有几个以此开头。', 'lianhub matches list 列出现有的。'],
  },
  'matches.decided': {
    status: 409,
    message: 'Somebody has decided about {id} already.',
    hint: 'lianhub matches show tells who and how; lianhub records merge and unmerge change it.',
    chinese: [
      '{id} 已有人决定。',
      'lianhub matches show 说明是谁、如何决定；用 lianhub records merge 和 unmerge 更改。',
    ],
  },
  'matches.no-candidate': {
    status: 422,
    message: '{record} is none of the candidates of {id}: {candidates}.',
    hint: 'Name one of them with --with, or use lianhub records merge for two records nobody has proposed.',
    chinese: [
      '{record} 不是 {id} 的候选：{candidates}。',
      '用 --with 指明其中之一；若是没有建议过的两条记录，用 lianhub records merge。',
    ],
  },

  'crossrefs.unknown-table': {
    status: 404,
    message: 'There is no code table {table} ({hint}).',
    chinese: ['没有编码对照 {table}（{hint}）。'],
  },
  'crossrefs.no-row': {
    status: 404,
    message: 'The code table {table} has no row for {key} of {connection}.',
    hint: 'lianhub crossrefs show lists the rows there are.',
    chinese: [
      '编码对照 {table} 中没有 {connection} 的 {key} 这一行。',
      'lianhub crossrefs show 列出现有的行。',
    ],
  },
  'crossrefs.bad-value': {
    status: 422,
    message: '{what} is {value}; expected {expected}.',
    chinese: ['{what}为 {value}；应为 {expected}。'],
  },
  'crossrefs.bad-file': {
    status: 422,
    message: '{file} has {count}, and nothing of it was taken:\n{list}',
    chinese: ['{file} 有 {count}，什么都没有导入：\n{list}'],
  },
  'crossrefs.other-columns': {
    status: 409,
    message: 'The code table {table} has the columns {known}, and the file has {found}.',
    hint: 'Key columns and the first value column stay what they are, in their order; other value columns may be added.',
    chinese: [
      '编码对照 {table} 的列是 {known}，而文件的列是 {found}。',
      '键列和第一个值列及其顺序不能变；可以增加别的值列。',
    ],
  },
  'mappings.unknown': {
    status: 404,
    message: 'No mapping named {name} is used here; there are {known}.',
    hint: 'Name it in a party of hub.yaml first.',
    chinese: ['这里没有使用名为 {name} 的映射；现有 {known}。', '先在 hub.yaml 的某个参与方里写上它。'],
  },
  'mappings.unknown-version': {
    status: 404,
    message: 'The mapping {name} has no version {version}, or several that begin like that.',
    hint: 'lianhub mappings history lists the versions there are.',
    chinese: [
      '映射 {name} 没有版本 {version}，或有几个以此开头。',
      'lianhub mappings history 列出现有版本。',
    ],
  },
  'mappings.unreadable': {
    status: 404,
    message: 'The mapping file {file} cannot be read: {reason}.',
    chinese: ['映射文件 {file} 读不出来：{reason}。'],
  },
  'preview.no-party': {
    status: 422,
    message: 'No party speaks {name} {way}, so there is nothing to show.',
    hint: 'Give the other way (--in or --out) or another mapping.',
    chinese: [
      '没有参与方使用 {name} 的{way}方向，因此没有可显示的。',
      '给出另一个方向（--in 或 --out），或换一个映射。',
    ],
  },
  'preview.bad-sample': {
    status: 422,
    message: 'The sample {file} is not a JSON object: {reason}.',
    chinese: ['样例 {file} 不是 JSON 对象：{reason}。'],
  },
  'preview.nothing-found': {
    status: 404,
    message: 'There is no {what} to show.',
    hint: 'Give a sample with --sample, or another record.',
    chinese: ['没有可显示的{what}。', '用 --sample 给出样例，或换一条记录。'],
  },
  'rehearsal.unknown-rule': {
    status: 404,
    message: 'There is no derivation named {rule} in {file}; there are {known}.',
    chinese: ['{file} 中没有名为 {rule} 的派生规则；现有 {known}。'],
  },
} as const satisfies Record<string, ErrorRow>;
