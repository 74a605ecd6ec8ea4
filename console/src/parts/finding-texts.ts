import type { HubSchemas } from '../api/client.ts';
import findings from '../language/generated/findings.json';
import { defineTexts } from '../language/index.ts';

/** Something health has found. */
export type Finding = HubSchemas['Health']['findings'][number];

interface Said {
  readonly en: string;
  readonly 'zh-CN': string;
}
type OfEach = Readonly<Record<Finding['code'], Said>>;

/** What is the matter, by code: from the tables that the guide is made of as well. */
export const findingWhat = defineTexts('finding-what', findings satisfies OfEach);

/** What to do here, by code; the guide says it for the command line. */
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
