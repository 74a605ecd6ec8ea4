/** What health and the doctor find, in Chinese, for the pages: the commands themselves speak English. */
import type { FindingCode as DoctorCode } from '../src/cli/doctor/findings.ts';
import type { FindingCode as HealthCode } from '../src/observe/findings.ts';

/** What is the matter, and what to do. `{name}` is filled in. */
type Said = readonly [what: string, action: string];

export const healthChinese: Readonly<Record<HealthCode, Said>> = {
  'health.paused': [
    '{connection} 被暂停到 {until}：{reason}',
    '按说明改正；到时 hub 自动继续，改了设置则立即继续。',
  ],
  'health.not-answering': [
    '{connection} 没有应答；每次只用一个调用反复试探。',
    '询问该系统的运维。什么都不会丢：它告知的和要告知它的都在等。',
  ],
  'health.sign-in-refused': ['{connection} 拒绝凭据 {credential}。', '更新它的密钥，用新密钥启动 hub。'],
  'health.authorisation-ended': [
    '按 hub.yaml 所写，hub 进入 {connection} 的授权已于 {day} 结束。',
    '在那里续期，用新密钥启动 hub，并把 authorisedUntil 改为新的结束日。',
  ],
  'health.authorisation-ends': [
    'hub 进入 {connection} 的授权将于 {day} 结束，还有 {left}。',
    '及时在那里续期，并把 authorisedUntil 改为新的结束日。',
  ],
  'health.books-closing': [
    '{month} 有 {count} 张单据还没到 {connection}，该月 {left} 后关账。',
    '用 `lianhub deadletters` 查看它们在等什么；关账后该系统会拒绝它们。',
  ],
  'health.deletions-held': [
    '{place} 有 {count} 个删除被扣下：一次多得不可信。',
    '用 `lianhub deletes` 查看，然后确认或拒绝。',
  ],
  'health.stale': [
    '{place} 落后：{count} 个副本中最早的一个与其记录不一致已有 {age}。',
    '查看它的写入得到什么应答：GET /v1/status 的 trouble；再看它的限额和速度。',
  ],
  'health.behind': [
    '{place} 稍有落后：{count} 个副本中最早的一个与其记录不一致已有 {age}。',
    '在变少就不用管。若在变多：增加 worker，或提高该系统的限额。',
  ],
  'health.inbox-stale': [
    '{place} 告知的消息没有入账：{count} 条中最早的一条已有 {age}。',
    '确认 worker 在运行（`lianhub start --role worker`），看它们的日志。',
  ],
  'health.inbox-behind': [
    '{place} 告知的消息入账迟了：{count} 条中最早的一条已有 {age}。',
    '在变少就不用管。若在变多：增加 worker。',
  ],
  'health.poll-stale': [
    '{place} 上次完整读取在 {age} 前，本应每 {interval} 读一次。{why}',
    '确认对方有应答，轮询的调用份额没有用完。',
  ],
  'health.poll-late': [
    '{place} 上次完整读取在 {age} 前，本应每 {interval} 读一次。{why}',
    '下次读取正常就不用管。否则查看它的限额和轮询的调用份额。',
  ],
  'health.budget-used': [
    '{connection} 今天允许的调用已全部用完。',
    '那里到午夜自动继续。减少轮询，或向厂商提高限额并改 limits.perDay。',
  ],
  'health.budget-short': [
    '{connection} 今天允许的调用已用 {used}。',
    '减少轮询或多攒些写入，或向厂商提高限额并改 limits.perDay。',
  ],
  'health.period-closed': [
    '{count} 张单据{worth} 在等 {connection}：其会计期间 {period} 已结账。',
    '在那里反结账后用 `lianhub periods open` 告知 hub，或改到未结账的日期：`lianhub redate`，或参与方的 `closedPeriod: { redate: nextOpenDay }`。',
  ],
  'health.unknown-writes': [
    '对 {place} 的 {count} 次写入，无人知道是否发生。',
    '逐一到那里查看并告诉 hub：`lianhub deadletters`。',
  ],
  'health.dead-letters': [
    '{place} 有 {count} 条消息或副本以现状无法继续。',
    '用 `lianhub deadletters` 按原因查看，消除原因后重试。',
  ],
  'health.waits-for-code': [
    '{place} 有 {count} 条消息或副本在等编码对照里没有的编码。',
    '补上缺的编码：`lianhub crossrefs`。之后自动继续。',
  ],
  'health.blocked': [
    '{place} 有 {count} 个副本在等一条不会自行出现在那里的记录。',
    '查看它们引用什么：`lianhub deadletters`；让那条记录到那里，或改掉要写的内容。',
  ],
  'health.waits-long': [
    '{place} 有 {count} 个副本在等那里的一步或一条记录，最久的已等 {age}。',
    '确认那里有人审批，被引用的记录已写入。',
  ],
  'health.requests-overdue': [
    '对 {place} 的 {count} 个请求（{kind}）早该有答复。',
    '到那里询问，用 `lianhub requests` 登记答复。',
  ],
  'health.conflicts': [
    '{entity} 记录有 {count} 个值各系统各执一词。',
    '用 `lianhub conflicts` 决定，或在 hub.yaml 里写明字段归谁。',
  ],
  'health.subscription-failing': [
    '对订阅 {subscription} 的投递已连续失败 {age}；{count} 个事件在等它。',
    '询问接收方的运维。会越来越少地重试，最后关闭。',
  ],
  'health.subscription-off': [
    '订阅 {subscription} 处于 {state}：什么也收不到。',
    '用 `lianhub subscriptions` 查看原因；重新打开，并补发错过的。',
  ],
  'health.rule-stuck': [
    '{rule} 有 {count} 个动作失败，或可能没有执行。',
    '用 `lianhub rules` 查看，按说明改正后重试。',
  ],
  'health.milestone-missed': [
    '从昨天起 {rule} 错过了 {count} 次。',
    '用 `lianhub rules` 查看是哪些，以及被什么耽搁。',
  ],
  'health.derivation-parked': [
    '规则 {rule} 有 {count} 张单据做不出来。',
    '用 `lianhub derived` 查看原因并改正；改了之后会重试。',
  ],
};

export const doctorChinese: Readonly<Record<DoctorCode, Said>> = {
  'database.unreachable': [
    '什么都收不进、做不了：来的被拒绝，厂商以后会再发。',
    '启动 PostgreSQL，检查 HUB_DATABASE_URL 和网络。',
  ],
  'database.connections': [
    'hub 的一个进程要打开的连接比 PostgreSQL 全部可用的还多。',
    '提高 PostgreSQL 的 max_connections，或降低 hub.yaml 的 database.connections。',
  ],
  'database.connections-scarce': [
    '再启动一个 hub 进程，空闲连接就不够了。',
    '提高 max_connections，降低 hub.yaml 的 database.connections，或关掉其他使用者。',
  ],
  'migrations.none': [
    '这个数据库从未被 hub 用过。',
    '启动一次 hub，或检查 HUB_DATABASE_URL 指的数据库对不对。',
  ],
  'migrations.pending': ['表比这个版本旧，下次启动会升级。', '先备份，再在各处启动这个版本。'],
  'migrations.unknown': ['更新的 hub 用过这个数据库，这个版本不会在上面启动。', '运行那个版本或更新的版本。'],
  'queue.unreachable': [
    '唤醒传不到。工作靠巡检每秒继续一次，hub 无法启动。',
    '启动 Redis，检查 HUB_REDIS_URL 和网络。',
  ],
  'queue.evicts': ['Redis 内存满时会丢键，包括队列所用的。', '在 Redis 里设 maxmemory-policy noeviction。'],
  'clock.database': [
    '本机与数据库时间不一致：签名、到期和时长会判断错。',
    '让两者跟同一个时间服务器（chrony、systemd-timesyncd）。',
  ],
  'clock.redis': [
    '本机与 Redis 时间不一致：唤醒可能被拖延。',
    '让两者跟同一个时间服务器（chrony、systemd-timesyncd）。',
  ],
  'disk.scarce': ['数据目录所在的磁盘快满了。', '腾出空间，或缩短保存时间（hub.yaml 的 retention）。'],
  'disk.full': ['数据目录所在的磁盘满了：内嵌数据库不再接收任何东西。', '立即腾出空间。'],
  'lanes.neglected': [
    '有工作到期而没有进程在做。',
    '启动 worker（lianhub start --role worker），或看正在运行的那些的日志。',
  ],
  'tries.open': [
    '一次写入开始了，结局没有记下；查清之前它的副本被扣住。',
    '该连接一能用就会查询：确认它没有被暂停（lianhub deadletters）。',
  ],
  'tries.unknown': [
    '一次写入可能已生效，而该系统无从查询。绝不会自动重写。',
    '到那里人工查看，然后决定：lianhub deadletters list --state unknown。',
  ],
  'waits.old': [
    '副本或消息等一条记录或编码已满一天，仍没有来。',
    '编码：lianhub crossrefs missing。记录：用 lianhub explain 查看引用了什么。',
  ],
  'keys.missing': [
    '有加密保存的密钥，却没有任何主密钥。',
    '把 HUB_SECRET_KEY 或数据目录里的主密钥文件从保管处放回来。',
  ],
  'keys.unreadable': [
    '某个加密的密钥用手头的主密钥打不开：需要它的都会失败。',
    '放回当时加密用的主密钥，或重新设置该密钥。',
  ],
  'keys.older': ['还有值是用旧主密钥加密的。', 'lianhub keys rotate 用最新的主密钥重新加密。'],
  'keys.file': ['主密钥无法使用。', '看它说什么；主密钥是 32 个随机字节，放在别人读不到的文件里。'],
  'variables.file': [
    '通过 API 或控制台填入的密钥无法读取：中枢不能启动。',
    '从备份恢复该文件；或把它移走，再重新填入这些密钥。',
  ],
  'audit.broken': [
    '审计日志与当初写下的不同。',
    '保持数据库原样，与备份比较：lianhub audit verify 指出是哪些条目。',
  ],
  'partitions.missing': [
    '某张表没有地方放现在或下周要来的数据。',
    '启动 worker：它每小时建一次。若一直如此，看它的日志。',
  ],
  'partitions.orphan': ['有一张表是拿走的东西留下的；没有人读它。', '查看后删掉。'],
};
