import type { HubSchemas } from '../api/client.ts';
import { defineTexts } from '../language/index.ts';

/** Something health has found. */
export type Finding = HubSchemas['Health']['findings'][number];

interface Said {
  readonly en: string;
  readonly 'zh-CN': string;
}
type OfEach = Readonly<Record<Finding['code'], Said>>;

/** What is the matter, by code. */
export const findingWhat = defineTexts('finding-what', {
  'health.paused': {
    en: '{{connection}} is held back until {{until}}: {{reason}}',
    'zh-CN': '{{connection}} 已暂停至 {{until}}：{{reason}}',
  },
  'health.not-answering': {
    en: '{{connection}} does not answer; it is asked again and again with one call',
    'zh-CN': '{{connection}} 没有应答，正以单次调用反复试探',
  },
  'health.sign-in-refused': {
    en: '{{connection}} refuses the credential {{credential}}',
    'zh-CN': '{{connection}} 拒绝凭据 {{credential}}',
  },
  'health.authorisation-ended': {
    en: 'What lets the hub into {{connection}} ended on {{day}}',
    'zh-CN': '枢纽对 {{connection}} 的授权已于 {{day}} 到期',
  },
  'health.authorisation-ends': {
    en: 'What lets the hub into {{connection}} ends on {{day}}, in {{left}}',
    'zh-CN': '枢纽对 {{connection}} 的授权将于 {{day}} 到期，还剩 {{left}}',
  },
  'health.books-closing': {
    en: '{{count}} documents of {{month}} are not in {{connection}} yet, and its books are closed in {{left}}',
    'zh-CN': '{{month}} 有 {{count}} 张单据尚未进入 {{connection}}，该月账期将在 {{left}}后关闭',
  },
  'health.period-closed': {
    en: '{{count}} documents{{worth}} wait for {{connection}}: its accounting period {{period}} is closed',
    'zh-CN': '{{count}} 张单据{{worth}} 在等 {{connection}}：其会计期间 {{period}} 已结账',
  },
  'health.deletions-held': {
    en: '{{count}} deletions in {{place}} are held: more at once than is believed',
    'zh-CN': '{{place}} 有 {{count}} 个删除被扣留：一次数量过多',
  },
  'health.stale': {
    en: '{{place}} is behind: the oldest of {{count}} copies has differed for {{age}}',
    'zh-CN': '{{place}} 落后：{{count}} 个副本中最早的已有 {{age}}与记录不一致',
  },
  'health.behind': {
    en: '{{place}} is a little behind: the oldest of {{count}} copies has differed for {{age}}',
    'zh-CN': '{{place}} 稍有落后：{{count}} 个副本中最早的已有 {{age}}与记录不一致',
  },
  'health.inbox-stale': {
    en: 'What {{place}} told is not taken in: the oldest of {{count}} messages is {{age}} old',
    'zh-CN': '{{place}} 的消息没有处理：{{count}} 条中最早的已等 {{age}}',
  },
  'health.inbox-behind': {
    en: 'What {{place}} told is taken in late: the oldest of {{count}} messages is {{age}} old',
    'zh-CN': '{{place}} 的消息处理延迟：{{count}} 条中最早的已等 {{age}}',
  },
  'health.poll-stale': {
    en: '{{place}} was last read completely {{age}} ago; it is to be read every {{interval}}',
    'zh-CN': '{{place}} 上次完整读取在 {{age}}前，应每 {{interval}}读取一次',
  },
  'health.poll-late': {
    en: '{{place}} was last read completely {{age}} ago; it is to be read every {{interval}}',
    'zh-CN': '{{place}} 上次完整读取在 {{age}}前，应每 {{interval}}读取一次',
  },
  'health.budget-used': {
    en: 'All calls {{connection}} allows today are used',
    'zh-CN': '{{connection}} 今日调用额度已用完',
  },
  'health.budget-short': {
    en: '{{used}} of the calls {{connection}} allows today are used',
    'zh-CN': '{{connection}} 今日调用额度已用 {{used}}',
  },
  'health.unknown-writes': {
    en: 'Of {{count}} writes to {{place}} nobody knows whether they happened',
    'zh-CN': '对 {{place}} 的 {{count}} 次写入结果未知',
  },
  'health.dead-letters': {
    en: '{{count}} messages or copies of {{place}} cannot go on as they are',
    'zh-CN': '{{place}} 有 {{count}} 条消息或副本无法继续',
  },
  'health.waits-for-code': {
    en: '{{count}} messages or copies of {{place}} wait for a code that no table has',
    'zh-CN': '{{place}} 有 {{count}} 条消息或副本在等待缺失的编码',
  },
  'health.blocked': {
    en: '{{count}} copies in {{place}} wait for a record that will not come there by itself',
    'zh-CN': '{{place}} 有 {{count}} 个副本在等待一条不会自行出现的记录',
  },
  'health.waits-long': {
    en: '{{count}} copies in {{place}} wait for a step or a record there, the oldest for {{age}}',
    'zh-CN': '{{place}} 有 {{count}} 个副本在等待某一步骤或记录，最久的已等 {{age}}',
  },
  'health.requests-overdue': {
    en: '{{count}} requests ({{kind}}) to {{place}} should have been answered by now',
    'zh-CN': '对 {{place}} 的 {{count}} 个请求（{{kind}}）逾期未答复',
  },
  'health.conflicts': {
    en: '{{count}} values of {{entity}} records are disputed between systems',
    'zh-CN': '{{entity}} 记录有 {{count}} 个值在各系统间不一致',
  },
  'health.subscription-failing': {
    en: 'Every post to the subscription {{subscription}} has failed for {{age}}; {{count}} events wait for it',
    'zh-CN': '订阅 {{subscription}} 的投递已连续失败 {{age}}，积压 {{count}} 个事件',
  },
  'health.subscription-off': {
    en: 'The subscription {{subscription}} is {{state}}: it gets nothing',
    'zh-CN': '订阅 {{subscription}} 处于 {{state}} 状态，收不到任何事件',
  },
  'health.rule-stuck': {
    en: '{{count}} actions of {{rule}} have failed or may not have been done',
    'zh-CN': '{{rule}} 有 {{count}} 个动作失败或结果未知',
  },
  'health.milestone-missed': {
    en: '{{count}} times {{rule}} was missed since yesterday',
    'zh-CN': '自昨日起 {{rule}} 错过了 {{count}} 次',
  },
  'health.derivation-parked': {
    en: '{{count}} documents of the rule {{rule}} cannot be made',
    'zh-CN': '规则 {{rule}} 有 {{count}} 张单据无法生成',
  },
} satisfies OfEach);

/** What to do, by code. */
export const findingAction = defineTexts('finding-action', {
  'health.paused': {
    en: 'Put right what it says. It goes on by itself at that time, or at once when you let it go on.',
    'zh-CN': '按说明处理。到时自动继续，也可立即恢复。',
  },
  'health.not-answering': {
    en: 'Ask whoever runs that system. Nothing is lost: everything waits.',
    'zh-CN': '联系该系统的运维。数据不会丢失，全部等待中。',
  },
  'health.sign-in-refused': {
    en: 'Renew its secret and give it to the connection.',
    'zh-CN': '更新密钥并填入该连接。',
  },
  'health.authorisation-ended': {
    en: 'Renew it there, give the new secret to the connection, and set its new end.',
    'zh-CN': '到对方系统续期，将新密钥填入连接，并更新到期日。',
  },
  'health.authorisation-ends': {
    en: 'Renew it there in time, and set its new end.',
    'zh-CN': '及时续期，并更新到期日。',
  },
  'health.books-closing': {
    en: 'See what they wait for; afterwards that system refuses them.',
    'zh-CN': '查看它们在等什么；关账后对方会拒收。',
  },
  'health.period-closed': {
    en: 'Open it there and say so with `lianhub periods open`, or move them to an open day with `lianhub redate`.',
    'zh-CN': '在对方反结账后用 `lianhub periods open` 告知，或用 `lianhub redate` 改到未结账的日期。',
  },
  'health.deletions-held': {
    en: 'Look at them, and confirm or reject them with `lianhub deletes`.',
    'zh-CN': '查看后用 `lianhub deletes` 确认或拒绝。',
  },
  'health.stale': {
    en: 'See what its writes are answered, then its limits and its speed.',
    'zh-CN': '查看写入的应答，再看限额与速度。',
  },
  'health.behind': {
    en: 'Nothing, while it gets less. If it grows: more workers, or a higher limit.',
    'zh-CN': '若在减少则无需处理；若在增加，请增加 worker 或提高限额。',
  },
  'health.inbox-stale': {
    en: 'See that workers run and what their log says.',
    'zh-CN': '确认 worker 正在运行，并查看其日志。',
  },
  'health.inbox-behind': {
    en: 'Nothing, while it gets less. If it grows: more workers.',
    'zh-CN': '若在减少则无需处理；若在增加，请增加 worker。',
  },
  'health.poll-stale': {
    en: 'See that the system answers and that its calls for polls are not used up.',
    'zh-CN': '确认对方有应答，且轮询额度未用完。',
  },
  'health.poll-late': {
    en: 'Nothing, if the next reading succeeds. Else see its limits.',
    'zh-CN': '若下次读取成功则无需处理，否则查看限额。',
  },
  'health.budget-used': {
    en: 'It goes on at midnight there. Poll less often, or raise the quota at the vendor.',
    'zh-CN': '对方零点后自动恢复。可减少轮询，或向厂商提高额度。',
  },
  'health.budget-short': {
    en: 'Poll less often or gather more writes, or raise the quota at the vendor.',
    'zh-CN': '减少轮询或合并写入，或向厂商提高额度。',
  },
  'health.unknown-writes': {
    en: 'Look there for each of them, and say what you have found.',
    'zh-CN': '逐一到对方系统核对，并登记结果。',
  },
  'health.dead-letters': {
    en: 'Look at them by cause, put the cause right, and try them again.',
    'zh-CN': '按原因查看，消除原因后重试。',
  },
  'health.waits-for-code': {
    en: 'Fill in what is missing; they go on by themselves.',
    'zh-CN': '补齐缺失编码，之后自动继续。',
  },
  'health.blocked': {
    en: 'See what they refer to; bring that record there or change what is written.',
    'zh-CN': '查看所引用的记录，将其写入对方，或修改要写的内容。',
  },
  'health.waits-long': {
    en: 'See that somebody there approves what waits, and that what is referred to is written.',
    'zh-CN': '确认对方有人审批，且被引用的记录已写入。',
  },
  'health.requests-overdue': {
    en: 'Ask there, and note what they answer.',
    'zh-CN': '向对方询问，并登记答复。',
  },
  'health.conflicts': {
    en: 'Decide which value holds, or say who owns the field.',
    'zh-CN': '裁决采用哪个值，或指定字段归属。',
  },
  'health.subscription-failing': {
    en: 'Ask whoever runs the receiver. It is posted more and more seldom, then switched off.',
    'zh-CN': '联系接收方运维。重试会越来越少，最终停用。',
  },
  'health.subscription-off': {
    en: 'See why, switch it on again, and replay what it has missed.',
    'zh-CN': '查看原因，重新启用并补发。',
  },
  'health.rule-stuck': {
    en: 'Look at them, put right what is said there, and try them again.',
    'zh-CN': '查看并按说明处理后重试。',
  },
  'health.milestone-missed': {
    en: 'Look at which ones, and at what held them up.',
    'zh-CN': '查看是哪些，以及延误原因。',
  },
  'health.derivation-parked': {
    en: 'See why and put right what is said there; they are tried again when it changes.',
    'zh-CN': '查看原因并处理，变更后会自动重试。',
  },
} satisfies OfEach);
