/**
 * What Neocrm's answers mean for the work. Errors come in several dialects, mostly under HTTP 200; the vendor publishes
 * no list of codes. Two codes are known from integrators (verified: 1002002, 300001); the rest is read from the words,
 * which are assumed (unverified). Codes learnt from a live system go into `errorCodes`.
 *
 * A row of kind `unknown` means that something may have happened; for a read that is simply `retry`.
 */
import { type Decision, decide, defineErrorTable, type VendorAnswer } from '../kit/index.ts';
import type { NeocrmConfig } from './config.ts';

export const errorTable = defineErrorTable([
  {
    code: 'invalid_grant',
    kind: 'fatal',
    hubCode: 'neocrm.password',
    message:
      'Neocrm does not accept the user: check username, password and securityToken (a new password brings a new token) ({text}).',
  },
  {
    code: ['invalid_client', 'unauthorized_client', 'invalid_request', 'unsupported_grant_type'],
    kind: 'fatal',
    hubCode: 'neocrm.client',
    message: 'Neocrm does not accept the application ({code}: {text}): check clientId and clientSecret.',
  },
  {
    code: 20000002,
    kind: 'reauth',
    hubCode: 'neocrm.token-lost',
    message: 'The Neocrm token has run out.',
  },
  {
    code: 1002002,
    kind: 'conflict',
    hubCode: 'neocrm.duplicate',
    message: 'Neocrm has a record like this one already: {text}',
  },
  {
    code: 300001,
    kind: 'reject',
    hubCode: 'neocrm.bad-request',
    message: 'Neocrm refuses a field or value of the request: {text}',
  },
  {
    text: /token.*(expired|invalid)|(expired|invalid).*token|令牌.*(过期|失效|无效)|登录.*(过期|失效)/i,
    kind: 'reauth',
    hubCode: 'neocrm.token-lost',
    message: 'The Neocrm token has run out.',
  },
  {
    text: /频率|频繁|限流|too many|rate limit|并发/i,
    kind: 'throttle',
    hubCode: 'neocrm.too-fast',
    message: 'Neocrm asks for fewer calls: {text}',
    afterMs: 10_000,
  },
  {
    text: /(当日|每日|daily).*(上限|用完|limit|quota)/i,
    kind: 'throttle',
    hubCode: 'neocrm.day-used',
    message: "The tenant's calls for today are used up: {text}",
    afterMs: 900_000,
  },
  {
    text: /重复|查重|唯一|已存在|duplicate/i,
    kind: 'conflict',
    hubCode: 'neocrm.duplicate',
    message: 'Neocrm has a record like this one already: {text}',
  },
  {
    text: /已激活|已生效|already activ/i,
    kind: 'conflict',
    hubCode: 'neocrm.activated',
    message: 'The order is in force already: {text}',
  },
  {
    text: /锁定|locked|审批中/i,
    kind: 'conflict',
    hubCode: 'neocrm.locked',
    message: 'The record is locked or in an approval: {text}',
  },
  {
    text: /(数据|记录).*(不存在|已删除)|(record|data).*not (found|exist)/i,
    kind: 'absent',
    hubCode: 'neocrm.absent',
    message: 'Neocrm has no such record, or this user may not see it: {text}',
  },
  {
    text: /权限|permission|privilege/i,
    kind: 'reject',
    hubCode: 'neocrm.no-permission',
    message: 'The user may not do this with this record: {text}',
  },
  {
    status: 401,
    kind: 'reauth',
    hubCode: 'neocrm.token-lost',
    message: 'Neocrm does not know the token any more.',
  },
  {
    status: 403,
    kind: 'fatal',
    hubCode: 'neocrm.refused',
    message: 'The server refuses the connection: check baseUrl and what the application may do.',
  },
  {
    status: [301, 302, 307, 308, 404],
    kind: 'fatal',
    hubCode: 'neocrm.wrong-address',
    message: 'There is no such address: check baseUrl and tokenUrl (the API host, not the web page).',
  },
  {
    status: [429, 503],
    kind: 'throttle',
    hubCode: 'neocrm.too-fast',
    message: 'Neocrm asks for fewer calls.',
    afterMs: 10_000,
  },
  { status: '5xx', kind: 'unknown', hubCode: 'neocrm.server-error', message: 'The Neocrm server failed.' },
  {
    text: /系统(繁忙|异常|错误)|system (error|busy)|超时|timeout/i,
    kind: 'unknown',
    hubCode: 'neocrm.system-error',
    message: 'Neocrm failed while it worked: {text}',
  },
  {
    text: /^not-json/,
    kind: 'unknown',
    hubCode: 'neocrm.not-json',
    message: 'Something came that is no answer of Neocrm: a proxy or login page stands before it.',
  },
  { kind: 'reject', hubCode: 'neocrm.refused-record', message: 'Neocrm refused ({code}: {text}).' },
]);

/** The decision for an answer. `write`: whether an ambiguous failure may have left something behind. */
export function decisionOf(
  answer: VendorAnswer,
  write: boolean,
  learnt: NeocrmConfig['errorCodes'] = {},
): Decision {
  const known = answer.code === undefined ? undefined : learnt[String(answer.code)];
  if (known !== undefined) {
    const message = `Neocrm refused (${answer.code}: ${(answer.text ?? '').slice(0, 300)}).`;
    return {
      kind: known,
      code: 'neocrm.known-code',
      message,
      ...(known === 'throttle' ? { afterMs: 10_000 } : {}),
    };
  }
  const found = decide(errorTable, answer);
  if (!found) throw new Error('The last row of the error table matches everything.');
  return found.kind === 'unknown' && !write ? { ...found, kind: 'retry' } : found;
}
