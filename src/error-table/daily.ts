/** Errors of what people do day by day: fetch, push again, bind, hold, edit; and of putting a configuration in use. */
import type { ErrorRow } from './row.ts';

export const dailyErrors = {
  'daily.bad-option': {
    status: 422,
    message: '{option} cannot be {value} ({expected}).',
    chinese: ['{option} 不能是 {value}（{expected}）。'],
  },
  'daily.which': {
    status: 422,
    message: 'Nothing says which are meant, or too much does: {expected}.',
    chinese: ['没有说明指的是哪些，或说得太多：{expected}。'],
  },
  'holds.no-copy': {
    status: 404,
    message: 'This record has no copy {object} in {connection}.',
    hint: 'lianhub order and GET /v1/records/{id} show its copies.',
    chinese: [
      '这条记录在 {connection} 中没有 {object} 副本。',
      'lianhub order 和 GET /v1/records/{id} 显示它的副本。',
    ],
  },
  'periods.bad-period': {
    status: 422,
    message: '{period} is no accounting period.',
    hint: 'Give a month: 2026-10.',
    chinese: ['{period} 不是会计期间。', '给出月份，例如 2026-10。'],
  },
  'push.nothing-to-write': {
    status: 409,
    message: 'There is nothing to push to {connection}: {why} ({entity}).',
    chinese: ['没有什么要推送到 {connection}：{why}（{entity}）。'],
  },
  'push.unknown-write': {
    status: 409,
    message: 'Nobody can tell whether the last write to {connection} took effect ({name}).',
    hint: 'Look there, and say so first with lianhub deadletters resolve.',
    chinese: [
      '无法断定对 {connection} 的上一次写入是否生效（{name}）。',
      '到那里查看，并先用 lianhub deadletters resolve 说明结果。',
    ],
  },
  'fetch.not-read': {
    status: 404,
    message: 'Nothing in the configuration reads {object} of {connection}; it reads {known}.',
    chinese: ['配置中没有读取 {connection} 的 {object}；读取的有 {known}。'],
  },
  'fetch.not-offered': {
    status: 422,
    message: '{connection} offers no way to read single objects of {object}.',
    hint: 'Read a range of time: --since and --until.',
    chinese: ['{connection} 无法单独读取 {object} 的某个对象。', '按时间范围读取：--since 和 --until。'],
  },
  'fetch.unknown-number': {
    status: 404,
    message: 'The hub knows no {object} of {connection} by the number {number}, and cannot look it up there.',
    hint: 'Give its id there, or read a range of time: --since and --until.',
    chinese: [
      'hub 不知道 {connection} 中单号为 {number} 的 {object}，也无法到那里查找。',
      '给出它在那里的 id，或按时间范围读取：--since 和 --until。',
    ],
  },
  'bind.origin': {
    status: 409,
    message: 'This record came from {object} {remoteId} of {connection}; that is not taken off.',
    chinese: ['这条记录来自 {connection} 的 {object} {remoteId}，不能解除。'],
  },
  'bind.no-party': {
    status: 422,
    message: 'The configuration keeps no {entity} as {object} in {connection}; it keeps {known}.',
    chinese: ['配置没有把 {entity} 作为 {object} 放在 {connection}；现有 {known}。'],
  },
  'bind.has-copy': {
    status: 409,
    message: 'This record is {object} {remoteId} in {connection} already.',
    hint: 'lianhub unbind takes it off first.',
    chinese: ['这条记录在 {connection} 中已是 {object} {remoteId}。', '先用 lianhub unbind 解除。'],
  },
  'bind.no-copy': {
    status: 409,
    message: 'This record is bound to nothing in {connection}.',
    chinese: ['这条记录没有绑定到 {connection} 的任何对象。'],
  },
  'bind.taken': {
    status: 409,
    message: '{object} {remoteId} of {connection} belongs to {entity} {number}.',
    hint: 'Take it off there first with lianhub unbind.',
    chinese: [
      '{connection} 的 {object} {remoteId} 属于 {entity} {number}。',
      '先在那里用 lianhub unbind 解除。',
    ],
  },
  'bind.under-way': {
    status: 409,
    message:
      'A write of this copy (push/{link}) to {connection} is under way, or nobody knows what became of it.',
    hint: 'Wait for it; if it stays unknown, say what became of it with lianhub deadletters resolve.',
    chinese: [
      '这个副本（push/{link}）对 {connection} 的写入正在进行，或结果未知。',
      '等它完成；若一直未知，用 lianhub deadletters resolve 说明结果。',
    ],
  },
  'bind.untold': {
    status: 409,
    message:
      'Something told about {object} {remoteId} of {connection} is still to be applied, and would bind it again.',
    hint: 'Try again in a moment; lianhub problems shows what holds it up.',
    chinese: [
      '关于 {connection} 的 {object} {remoteId} 还有消息没有入账，会再次绑定它。',
      '稍后再试；lianhub problems 显示它被什么挡住。',
    ],
  },
  'bind.not-found': {
    status: 404,
    message: '{connection} was asked and has no {object} {name}.',
    hint: 'Look there for its number and its id.',
    chinese: ['已询问 {connection}，那里没有 {object} {name}。', '到那里核对它的单号和 id。'],
  },
  'bind.needs-id': {
    status: 422,
    message: '{connection} cannot be asked for the id of {object} {number}.',
    hint: 'Give the id of the object there: --id',
    chinese: ['无法向 {connection} 询问 {object} {number} 的 id。', '给出该对象在那里的 id：--id'],
  },
  'edit.owned': {
    status: 409,
    message: '{path} of this {entity} belongs to {owner}.',
    hint: 'Correct it there; the hub takes it over from there.',
    chinese: ['这个 {entity} 的 {path} 归 {owner}。', '到那里改正；hub 会从那里取来。'],
  },
  'edit.bad-field': {
    status: 422,
    message: '{path} of {entity} cannot be set: {reason}.',
    chinese: ['{entity} 的 {path} 不能设置：{reason}。'],
  },
  'edit.bad-filter': {
    status: 422,
    message: 'The filter cannot be used: {reason}.',
    hint: 'It is an expression over record, as record.storeId == "S01".',
    chinese: ['筛选条件不能用：{reason}。', '它是关于 record 的表达式，例如 record.storeId == "S01"。'],
  },
  'edit.too-many': {
    status: 422,
    message: 'More than {most} records are meant.',
    hint: 'Narrow the filter, or do it in parts.',
    chinese: ['涉及的记录超过 {most} 条。', '缩小筛选范围，或分批进行。'],
  },
  'edit.unknown': {
    status: 404,
    message: 'There was no edit {id}.',
    hint: 'lianhub audit list --action records.edit shows those there were.',
    chinese: ['没有修改 {id}。', 'lianhub audit list --action records.edit 列出做过的修改。'],
  },
  'redate.no-date': {
    status: 422,
    message: 'A {entity} has no {field}.',
    hint: 'Documents have one.',
    chinese: ['{entity} 没有 {field}。', '单据才有。'],
  },
  'credentials.unknown-step': {
    status: 422,
    message: 'No step in {connection} runs under the credential {credential}; steps name {known}.',
    chinese: ['{connection} 中没有哪一步使用凭据 {credential}；各步使用的是 {known}。'],
  },
  'credentials.unknown': {
    status: 422,
    message: '{connection} has no credential {credential}; it has {known}.',
    hint: 'Add it under secrets of the connection in hub.yaml, and start the hub anew.',
    chinese: [
      '{connection} 没有凭据 {credential}；现有 {known}。',
      '在 hub.yaml 该连接的 secrets 下添加，再重新启动 hub。',
    ],
  },
  'rerun.same': {
    status: 409,
    message: 'Mapping {name} is in use as version {version}, and was before: nothing was changed.',
    hint: 'Name the version the copies were written with: --from',
    chinese: [
      '映射 {name} 使用的是版本 {version}，之前也是：没有任何变化。',
      '指明写出那些副本时的版本：--from',
    ],
  },
  'config.orphans': {
    status: 409,
    message: '{count} would lose the place they are kept in: {list}.',
    hint: 'Put it back, or let them go: lianhub apply --allow orphans',
    chinese: ['{count} 会失去存放之处：{list}。', '放回去，或允许去掉：lianhub apply --allow orphans'],
  },
  'config.changed-meanwhile': {
    status: 409,
    message: 'The configuration was put in use by {author} at {at} meanwhile.',
    hint: 'Look at lianhub plan again.',
    chinese: ['期间 {author} 已于 {at} 启用了别的配置。', '再看一次 lianhub plan。'],
  },
  'config.never-applied': {
    status: 404,
    message: 'No configuration was put in use in this database yet.',
    hint: 'lianhub start and lianhub apply do that.',
    chinese: ['这个数据库还没有启用过任何配置。', 'lianhub start 和 lianhub apply 会启用。'],
  },
} as const satisfies Record<string, ErrorRow>;
