/**
 * What FXiaoke's answers mean for the work. Every answer comes under HTTP 200 and says `errorCode`; the vendor's own
 * page of return codes is the source of the numbers (verified), of the sentences only a few are known (unverified).
 * The vendor says that sentences may change, so they decide only where one code says several things or none.
 *
 * A row of kind `unknown` means that something may have happened; for a read that is simply `retry`.
 */
import { DateTime } from 'luxon';
import { type Decision, decide, defineErrorTable, type VendorAnswer } from '../kit/index.ts';

const missing = [10001, 10002, 10003, 10004, 10005, 10006, 10007, 10008, 10009, 10010, 10012, 10014, 10015];
const invalid = [
  ...[11001, 11002, 11003, 11004, 11005, 11006, 11007, 11008, 11009, 11010, 11011, 11012, 11013],
  ...[11015, 11016, 11017, 11018],
];

export const errorTable = defineErrorTable([
  {
    code: [20005, 20016, 11014],
    kind: 'reauth',
    hubCode: 'fxiaoke.token-lost',
    message: 'The FXiaoke token has run out.',
  },
  {
    code: 10013,
    text: /offset/i,
    kind: 'reject',
    hubCode: 'fxiaoke.offset',
    message: 'FXiaoke reads no further than row 10000 by offset: {text}',
  },
  { code: 10013, kind: 'reauth', hubCode: 'fxiaoke.token-lost', message: 'The FXiaoke token was not sent.' },
  {
    code: [20006, 20010, 20015, 11002, 11013],
    kind: 'fatal',
    hubCode: 'fxiaoke.secret',
    message: 'FXiaoke does not accept appId, appSecret or permanentCode ({code}: {text}); correct them.',
  },
  {
    code: [20012, 20014, 11008],
    kind: 'fatal',
    hubCode: 'fxiaoke.user',
    message: 'The employee in userId is not known or not open to this application ({code}: {text}).',
  },
  {
    code: [15003, 20017, 20020, 20021, 20022, 20023],
    kind: 'fatal',
    hubCode: 'fxiaoke.not-authorised',
    message:
      'The application may not do this in this enterprise ({code}: {text}): an administrator authorises it.',
  },
  {
    code: 10006,
    text: /not exist/i,
    kind: 'fatal',
    hubCode: 'fxiaoke.no-such-api',
    message: 'This cloud does not know the address called: check baseUrl ({text}).',
  },
  {
    code: [...missing, ...invalid, 12002],
    kind: 'fatal',
    hubCode: 'fxiaoke.bad-setting',
    message: 'FXiaoke misses or refuses a setting of the application ({code}: {text}).',
  },
  {
    code: 30002,
    kind: 'throttle',
    hubCode: 'fxiaoke.day-used',
    message: 'The calls the enterprise has bought for today are used up; they are counted anew at midnight.',
  },
  {
    code: 30003,
    kind: 'fatal',
    hubCode: 'fxiaoke.no-quota',
    message: 'The enterprise has bought no calls of the open platform ({text}).',
  },
  {
    code: 14001,
    kind: 'throttle',
    hubCode: 'fxiaoke.too-fast',
    message: 'FXiaoke asks for fewer calls of this interface.',
    afterMs: 20_000,
  },
  {
    code: 30004,
    kind: 'throttle',
    hubCode: 'fxiaoke.too-fast',
    message: 'FXiaoke asks for fewer calls per second.',
    afterMs: 2_000,
  },
  {
    code: [-1, -2, 50009],
    kind: 'unknown',
    hubCode: 'fxiaoke.system-error',
    message: 'FXiaoke failed while it worked ({code}: {text}).',
  },
  {
    code: [30007, 30027],
    kind: 'reject',
    hubCode: 'fxiaoke.no-such-employee',
    message: 'The employee or department named does not exist ({text}).',
  },
  {
    code: 201112011,
    kind: 'reject',
    hubCode: 'fxiaoke.no-such-relation',
    message: 'A record this one refers to does not exist in FXiaoke ({text}).',
  },
  // What the numbers do not say, or say of many things.
  {
    text: /重复|唯一|已存在|duplicate/i,
    kind: 'conflict',
    hubCode: 'fxiaoke.duplicate',
    message: 'FXiaoke has a record like this one already: {text}',
  },
  {
    text: /锁定|locked|审批中|审核中/i,
    kind: 'conflict',
    hubCode: 'fxiaoke.locked',
    message: 'The record is locked or in an approval: {text}',
  },
  {
    text: /数据.*(不存在|已删除|已作废)|(不存在|已删除|已作废).*数据|data.*not (found|exist)/i,
    kind: 'absent',
    hubCode: 'fxiaoke.absent',
    message: 'FXiaoke has no such record, or this employee may not see it: {text}',
  },
  {
    text: /权限/,
    kind: 'reject',
    hubCode: 'fxiaoke.no-permission',
    message: 'The employee in userId may not do this with this record: {text}',
  },
  {
    code: [12004, 15002, 32000],
    kind: 'reject',
    hubCode: 'fxiaoke.bad-request',
    message: 'FXiaoke refuses a field or value of the request: {text}',
  },
  // The transport.
  {
    status: [301, 302, 307, 308, 404],
    kind: 'fatal',
    hubCode: 'fxiaoke.wrong-address',
    message: 'This is not the address of the open platform: check baseUrl (not the web page).',
  },
  {
    status: [401, 403],
    kind: 'fatal',
    hubCode: 'fxiaoke.refused',
    message: 'The server refuses the connection: check baseUrl and the network path.',
  },
  {
    status: [429, 503],
    kind: 'throttle',
    hubCode: 'fxiaoke.busy',
    message: 'FXiaoke asks to slow down.',
    afterMs: 20_000,
  },
  { status: '5xx', kind: 'unknown', hubCode: 'fxiaoke.server-error', message: 'The FXiaoke server failed.' },
  {
    text: /^not-json/,
    kind: 'unknown',
    hubCode: 'fxiaoke.not-json',
    message: 'Something came that is no answer of the open platform: a proxy or login page stands before it.',
  },
  {
    kind: 'reject',
    hubCode: 'fxiaoke.refused-record',
    message: 'FXiaoke refused ({code}: {text}).',
  },
]);

/**
 * The decision for an answer.
 * @param write whether an ambiguous failure may have left something behind
 * @param now ms, for the pause until the day's calls are counted anew (midnight in China, verified)
 */
export function decisionOf(answer: VendorAnswer, write: boolean, now: number): Decision {
  const found = decide(errorTable, answer);
  if (!found) throw new Error('The last row of the error table matches everything.');
  if (found.kind === 'unknown' && !write) return { ...found, kind: 'retry' };
  if (found.code !== 'fxiaoke.day-used') return found;
  const midnight = DateTime.fromMillis(now, { zone: 'Asia/Shanghai' }).plus({ days: 1 }).startOf('day');
  return { ...found, afterMs: Math.max(1000, midnight.toMillis() - now) };
}
