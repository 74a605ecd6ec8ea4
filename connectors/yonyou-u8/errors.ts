/**
 * What U8's answers mean for the work. Two codes are verified: "0" and 20002 (nothing found). There is no table of the
 * others in any source, so texts decide; they are practitioners' knowledge (unverified).
 *
 * A row of kind `unknown` means "something may have happened"; for a read that is simply `retry` (see `decisionOf`).
 */
import { type Decision, decide, defineErrorTable } from '../kit/index.ts';

export const errorTable = defineErrorTable([
  { code: 20002, kind: 'absent', hubCode: 'yonyou-u8.nothing-found', message: 'U8 found nothing: {text}' },
  {
    text: /token.*(无效|过期|失效|不存在|错误|不正确)|(无效|过期|失效|非法).*token|(invalid|expired).*token/i,
    kind: 'reauth',
    hubCode: 'yonyou-u8.token-lost',
    message: 'The token is no longer good.',
  },
  {
    text: /app_?(key|secret).*(无效|错误|不正确|不存在)|(调用方|提供方|账号|帐号).*(不存在|无效|错误)/i,
    kind: 'fatal',
    hubCode: 'yonyou-u8.credentials',
    message:
      'The open platform does not accept the app: check fromAccount, toAccount, appKey and appSecret ({text}).',
  },
  {
    text: /(订阅|购买|服务).*(过期|到期|失效|停用)|未(订阅|购买|授权)|没有.*权限|无权限/,
    kind: 'fatal',
    hubCode: 'yonyou-u8.not-allowed',
    message: 'The company has not subscribed to this, or no longer: {text}',
  },
  {
    text: /频率|限流|次数.*(超|限)|too many/i,
    kind: 'throttle',
    hubCode: 'yonyou-u8.call-limit',
    message: 'Too many calls for the open platform: {text}',
    afterMs: 30_000,
  },
  // The relay knows that U8 cannot be reached: nothing has happened there.
  {
    text: /(不在线|离线|未连接|未启动|未运行|连接失败|无法连接)/,
    kind: 'retry',
    hubCode: 'yonyou-u8.client-offline',
    message: "Yonyou's client beside the U8 server is not running or not connected: {text}",
  },
  {
    text: /超时|timed? ?out/i,
    kind: 'unknown',
    hubCode: 'yonyou-u8.timed-out',
    message: 'U8 was still at work when the relay stopped waiting: {text}',
  },
  {
    text: /已?(结账|月结|关账)|期间.*关闭/,
    kind: 'closed',
    hubCode: 'yonyou-u8.period-closed',
    message: 'The accounting period is closed: {text}',
  },
  {
    text: /(单据)?(编?号|code).*(重复|已存在|已经存在)/i,
    kind: 'unknown',
    hubCode: 'yonyou-u8.duplicate-number',
    message: 'A bill with this number exists already: {text}',
  },
  {
    text: /被锁定|正在(被|由)?.*(使用|编辑|修改)|死锁|deadlock|稍后/i,
    kind: 'retry',
    hubCode: 'yonyou-u8.busy',
    message: 'Somebody is at work on this in U8: {text}',
  },
  {
    text: /(已|未|尚未)(审核|关闭|弃审)|已被.*修改|状态.*(不允许|不能)|不能(审核|弃审|修改)/,
    kind: 'conflict',
    hubCode: 'yonyou-u8.wrong-state',
    message: 'The bill is not in the state this step needs: {text}',
  },
  {
    text: /可用量|现存量.*不足|库存不足|零出库|负库存/,
    kind: 'reject',
    hubCode: 'yonyou-u8.stock-short',
    message: 'Not enough stock in U8: {text}',
  },
  // The transport.
  {
    status: [429, 503],
    kind: 'throttle',
    hubCode: 'yonyou-u8.slow-down',
    message: 'The open platform asks to slow down.',
    afterMs: 30_000,
  },
  {
    status: [401, 403, 404],
    kind: 'fatal',
    hubCode: 'yonyou-u8.refused',
    message: 'The open platform refuses the connection: check baseUrl and the network path.',
  },
  {
    status: '5xx',
    kind: 'unknown',
    hubCode: 'yonyou-u8.server-error',
    message: 'The open platform failed ({text}).',
  },
  {
    text: /^\s*<|^unreadable:/i,
    kind: 'unknown',
    hubCode: 'yonyou-u8.not-json',
    message:
      'Something else than an answer came back: a proxy or login page may stand before the open platform.',
  },
  { kind: 'reject', hubCode: 'yonyou-u8.refused-item', message: 'U8 refused ({code}): {text}' },
]);

/** What one answer says. */
export interface Complaint {
  readonly status: number;
  readonly code?: string | undefined;
  readonly text: string;
}

/** The decision for a complaint. `write` tells whether an ambiguous failure may have left something behind. */
export function decisionOf(complaint: Complaint, write: boolean): Decision {
  const found = decide(errorTable, complaint);
  if (!found) throw new Error('The last row of the error table matches everything.');
  if (found.kind === 'unknown' && !write) return { ...found, kind: 'retry' };
  if (found.kind !== 'closed') return found;
  const period = /(20\d{2})\s*[年.\-/]\s*(\d{1,2})/.exec(complaint.text);
  return period ? { ...found, period: `${period[1]}-${(period[2] ?? '').padStart(2, '0')}` } : found;
}
