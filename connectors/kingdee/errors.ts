/**
 * What Kingdee's answers mean for the work. Texts come first: they are exact where MsgCode is broad (it is
 * one number for a whole batch, and a third-party table the vendor has not published).
 *
 * A row of kind `unknown` means "something may have happened"; for a read that is simply `retry`
 * (see `decisionOf`).
 */
import { type Decision, decide, defineErrorTable } from '../kit/index.ts';

const sessionLost =
  /会话信息已丢失|请重新登录|会话已过期|会话失效|登录已过期|登录已失效|Session information is lost|session expired/i;

export const errorTable = defineErrorTable([
  // Gateway of the public cloud: HTTP 519 with its own codes.
  {
    status: 519,
    code: 4006,
    kind: 'fatal',
    hubCode: 'kingdee.clock',
    message:
      'The gateway refused the time stamp: set the clock of this machine, or change `timestamp` ({text}).',
  },
  {
    status: 519,
    code: 4002,
    kind: 'fatal',
    hubCode: 'kingdee.app-id',
    message: 'The gateway got no app id: check appId ({text}).',
  },
  {
    status: 519,
    code: 5001,
    kind: 'fatal',
    hubCode: 'kingdee.no-such-api',
    message: 'The gateway does not know this address: check serverUrl ({text}).',
  },
  { status: 519, kind: 'retry', hubCode: 'kingdee.gateway', message: 'The gateway answered 519 ({text}).' },
  // Signing in.
  {
    text: /次数超限/,
    kind: 'fatal',
    hubCode: 'kingdee.account-locked',
    message:
      'Kingdee has locked this user after too many tries; an administrator unlocks it, or wait half an hour ({text}).',
  },
  {
    text: /不允许用户.*登录/,
    kind: 'fatal',
    hubCode: 'kingdee.user-not-allowed',
    message: 'The user is not on the white list of the third-party application: {text}',
  },
  {
    code: '002005000003016',
    kind: 'fatal',
    hubCode: 'kingdee.signature',
    message: 'The login signature did not match: check appId and appSecret ({text}).',
  },
  {
    text: /Fail to verify thirty passport/i,
    kind: 'fatal',
    hubCode: 'kingdee.account-set',
    message: 'Kingdee could not verify the application: check acctId, appId and appSecret ({text}).',
  },
  {
    text: sessionLost,
    kind: 'reauth',
    hubCode: 'kingdee.session-lost',
    message: 'The Kingdee session is gone.',
  },
  {
    text: /没有.*权限|无权限/,
    kind: 'fatal',
    hubCode: 'kingdee.no-permission',
    message: 'The Kingdee user lacks a permission: {text}',
  },
  // The books.
  {
    text: /已?关账|已?结账|期间已关闭|关闭的期间/,
    kind: 'closed',
    hubCode: 'kingdee.period-closed',
    message: 'The accounting period is closed: {text}',
  },
  // One bill.
  {
    text: /已存在/,
    kind: 'unknown',
    hubCode: 'kingdee.duplicate-number',
    message: 'A bill with this number exists already: {text}',
  },
  {
    text: /已被其他用户修改/,
    kind: 'conflict',
    hubCode: 'kingdee.changed-meanwhile',
    message: 'Somebody changed the bill meanwhile: {text}',
  },
  {
    text: /网控|网络控制/,
    kind: 'retry',
    hubCode: 'kingdee.locked',
    message: 'Somebody has the bill open in Kingdee: {text}',
  },
  {
    text: /下游单据|下推.*反审核/,
    kind: 'reject',
    hubCode: 'kingdee.has-followers',
    message: 'Other bills were made from this one, so it cannot be taken back: {text}',
  },
  {
    text: /已审核.*不允许|不允许.*(提交|审核|删除|修改)|只有.*状态.*(允许|才能)/,
    kind: 'conflict',
    hubCode: 'kingdee.wrong-state',
    message: 'The bill is not in the state this step needs: {text}',
  },
  {
    text: /不存在的单据|单据不存在|内码.*不存在/,
    kind: 'absent',
    hubCode: 'kingdee.no-such-bill',
    message: 'The bill no longer exists in Kingdee: {text}',
  },
  {
    text: /负库存|库存不足|更新库存.*不成功/,
    kind: 'reject',
    hubCode: 'kingdee.stock-short',
    message: 'Not enough stock in Kingdee: {text}',
  },
  {
    text: /死锁|deadlock|超时时间已到|timeout expired/i,
    kind: 'retry',
    hubCode: 'kingdee.database-busy',
    message: 'The Kingdee database was busy: {text}',
  },
  // The transport. A text before 200 is over means the exception came in the place of an answer.
  {
    text: /^response_error:/,
    kind: 'unknown',
    hubCode: 'kingdee.exception',
    message: 'Kingdee failed while it worked: {text}',
  },
  {
    status: [429, 503],
    kind: 'throttle',
    hubCode: 'kingdee.busy',
    message: 'Kingdee asks to slow down ({code}).',
    afterMs: 10_000,
  },
  {
    status: [401, 403],
    kind: 'fatal',
    hubCode: 'kingdee.refused',
    message: 'The server refuses the connection: check serverUrl and the network path.',
  },
  {
    status: 404,
    kind: 'fatal',
    hubCode: 'kingdee.no-such-api',
    message: 'The address does not exist: check serverUrl, it usually ends in /k3cloud/.',
  },
  {
    status: '5xx',
    kind: 'unknown',
    hubCode: 'kingdee.server-error',
    message: 'The Kingdee server failed: {text}',
  },
  {
    text: /^\s*<(!doctype|html)/i,
    kind: 'unknown',
    hubCode: 'kingdee.not-json',
    message: 'A web page came in the place of an answer: a proxy or login page stands before Kingdee.',
  },
  // MsgCode, where no text was known.
  { code: 1, kind: 'reauth', hubCode: 'kingdee.session-lost', message: 'The Kingdee session is gone.' },
  {
    code: 2,
    kind: 'fatal',
    hubCode: 'kingdee.no-permission',
    message: 'The Kingdee user lacks a permission: {text}',
  },
  { code: 6, kind: 'retry', hubCode: 'kingdee.database', message: 'The Kingdee database failed: {text}' },
  { code: 7, kind: 'fatal', hubCode: 'kingdee.licence', message: 'Kingdee licence trouble: {text}' },
  { code: 10, kind: 'absent', hubCode: 'kingdee.no-data', message: 'Kingdee found no such data: {text}' },
  { code: 11, kind: 'reject', hubCode: 'kingdee.invalid', message: 'Kingdee refused the values: {text}' },
  {
    code: 12,
    kind: 'conflict',
    hubCode: 'kingdee.wrong-state',
    message: 'Kingdee does not allow this now: {text}',
  },
  { code: 13, kind: 'retry', hubCode: 'kingdee.locked', message: 'The bill is locked by somebody: {text}' },
  {
    code: 14,
    kind: 'throttle',
    hubCode: 'kingdee.call-limit',
    message: 'Too many calls for Kingdee: {text}',
    afterMs: 10_000,
  },
  {
    code: 15,
    kind: 'fatal',
    hubCode: 'kingdee.administrator',
    message: 'Kingdee does not let an administrator sign in here: use another user ({text}).',
  },
  {
    code: [3, 5, 8, 9],
    kind: 'reject',
    hubCode: 'kingdee.bad-request',
    message: 'Kingdee does not know a form, field or value of the request: {text}',
  },
  { kind: 'reject', hubCode: 'kingdee.refused-item', message: 'Kingdee refused: {text}' },
]);

/** What one vendor answer, or one entry of its error list, says. */
export interface Complaint {
  readonly status: number;
  readonly code?: string | number | undefined;
  readonly text: string;
  readonly field?: string | undefined;
}

/** The decision for a complaint. `write` tells whether an ambiguous failure may have left something behind. */
export function decisionOf(complaint: Complaint, write: boolean): Decision {
  const found = decide(errorTable, complaint);
  if (!found) throw new Error('The last row of the error table matches everything.');
  if (found.kind === 'unknown' && !write) return { ...found, kind: 'retry' };
  if (found.kind === 'reject' && complaint.field) return { ...found, field: complaint.field };
  if (found.kind === 'closed') return { ...found, ...periodIn(complaint.text) };
  return found;
}

/** A year and month in a text such as 2026年3期, as `yyyy-MM`. */
function periodIn(text: string): { period?: string } {
  const found = /(20\d{2})\s*[年.\-/]\s*(\d{1,2})/.exec(text);
  return found ? { period: `${found[1]}-${(found[2] ?? '').padStart(2, '0')}` } : {};
}
