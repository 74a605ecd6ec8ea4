/**
 * What YonBIP's answers mean for the work. Codes of the platform (31….) are exact; 999 and 1002 are "the business
 * refused" and only the text says why. Codes are from the vendor's tables, the texts of 999 are practitioners'
 * knowledge (unverified).
 *
 * A row of kind `unknown` means "something may have happened"; for a read that is simply `retry` (see `decisionOf`).
 */
import { type Decision, decide, defineErrorTable } from '../kit/index.ts';

export const errorTable = defineErrorTable([
  // The gateway.
  {
    code: 310404,
    kind: 'fatal',
    hubCode: 'yonyou.no-such-api',
    message:
      'The gateway does not know this API: check gatewayUrl, which ends in /iuap-api-gateway ({text}).',
  },
  {
    code: [310001, 310003, 310036],
    kind: 'reauth',
    hubCode: 'yonyou.token-lost',
    message: 'The Yonyou token is no longer good.',
  },
  // One API answers so in plain text instead of JSON.
  {
    text: /^非法token/,
    kind: 'reauth',
    hubCode: 'yonyou.token-lost',
    message: 'The Yonyou token is no longer good.',
  },
  {
    code: 310037,
    kind: 'fatal',
    hubCode: 'yonyou.not-authorised',
    message: 'The app may not call this API: tick it in the open platform under API 授权 ({text}).',
  },
  {
    code: [310005, 310006, 10018],
    kind: 'fatal',
    hubCode: 'yonyou.no-app',
    message:
      'Yonyou does not know the app, or it is disabled: check appKey and the app in the open platform ({text}).',
  },
  {
    code: [310031, 310038, 310041, 310047],
    kind: 'fatal',
    hubCode: 'yonyou.address-refused',
    message:
      "This machine's address is not on the white list of the app ({code}): add it in the open platform ({text}).",
  },
  {
    code: [310032, 310039, 310042, 310046],
    kind: 'throttle',
    hubCode: 'yonyou.call-limit',
    message: 'Too many calls for Yonyou ({code}): lower `limits`, or buy more calls.',
    afterMs: 15_000,
  },
  {
    code: 310043,
    kind: 'throttle',
    hubCode: 'yonyou.breaker-open',
    message: 'Yonyou has switched this API off for a while because it failed too often.',
    afterMs: 60_000,
  },
  {
    code: [310002, 310008, 310015, 310023, 310405, 506],
    kind: 'reject',
    hubCode: 'yonyou.bad-request',
    message: 'Yonyou cannot read the request ({code}): {text}',
  },
  // It may have been done all the same.
  {
    code: [202, 310504],
    kind: 'unknown',
    hubCode: 'yonyou.still-running',
    message: 'Yonyou was still at work when it stopped waiting ({code}).',
  },
  {
    code: [310071, 310072, 315001],
    kind: 'unknown',
    hubCode: 'yonyou.backend',
    message: 'A service behind the gateway failed: {text}',
  },
  // The books and single bills; texts only.
  {
    text: /已?(关账|结账)|期间.*关闭/,
    kind: 'closed',
    hubCode: 'yonyou.period-closed',
    message: 'The accounting period is closed: {text}',
  },
  {
    text: /其他人操作|已被.*修改|时间戳|并发/,
    kind: 'conflict',
    hubCode: 'yonyou.changed-meanwhile',
    message: 'Somebody changed the bill meanwhile: {text}',
  },
  {
    text: /单据(编号|号).*(重复|已存在)|编码.*(重复|已存在)/,
    kind: 'unknown',
    hubCode: 'yonyou.duplicate-number',
    message: 'A bill with this number exists already: {text}',
  },
  {
    text: /(已|未|尚未)(审核|提交|审批|关闭)|状态.*(不允许|不能)|(不允许|不能|不可)(重复)?(审核|提交|弃审|修改|删除)/,
    kind: 'conflict',
    hubCode: 'yonyou.wrong-state',
    message: 'The bill is not in the state this step needs: {text}',
  },
  {
    text: /存量不足|库存不足|现存量|可用量/,
    kind: 'reject',
    hubCode: 'yonyou.stock-short',
    message: 'Not enough stock in Yonyou: {text}',
  },
  {
    text: /数据不存在|单据不存在|未获取到|未查询到|找不到单据/,
    kind: 'absent',
    hubCode: 'yonyou.no-such-bill',
    message: 'Yonyou does not have this any more: {text}',
  },
  {
    text: /锁定|加锁|稍后(再试|重试)|死锁|deadlock/i,
    kind: 'retry',
    hubCode: 'yonyou.busy',
    message: 'Somebody else is at work on this in Yonyou: {text}',
  },
  { code: 118001, kind: 'absent', hubCode: 'yonyou.nothing-found', message: 'Yonyou found nothing: {text}' },
  // The transport.
  {
    status: [429, 503],
    kind: 'throttle',
    hubCode: 'yonyou.slow-down',
    message: 'Yonyou asks to slow down.',
    afterMs: 15_000,
  },
  {
    status: [401, 403],
    kind: 'fatal',
    hubCode: 'yonyou.refused',
    message: 'The server refuses the connection: check the addresses and the network path.',
  },
  {
    status: 404,
    kind: 'fatal',
    hubCode: 'yonyou.no-such-address',
    message: 'The address does not exist: check lookupUrl, gatewayUrl and tokenUrl.',
  },
  {
    status: '5xx',
    kind: 'unknown',
    hubCode: 'yonyou.server-error',
    message: 'The Yonyou server failed ({text}).',
  },
  {
    text: /^\s*<|^unreadable:/i,
    kind: 'unknown',
    hubCode: 'yonyou.not-json',
    message: 'Something else than an answer came back: a proxy or login page may stand before Yonyou.',
  },
  { kind: 'reject', hubCode: 'yonyou.refused-item', message: 'Yonyou refused: {text}' },
]);

/** What one answer, or one message inside it, says. */
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
