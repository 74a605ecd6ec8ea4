import { DateTime } from 'luxon';
import { type Decision, type DecisionKind, decide, defineErrorTable } from '../kit/index.ts';

/**
 * What Pospal's refusals mean. Business errors come under HTTP 200 as `status: "error"` with an errorCode and
 * Chinese sentences. The numeric codes are published nowhere, so this table reads the sentences; only the one
 * about repeated submission is known from a live system, the others are the wording such services use.
 * Codes learnt later go into `errorCodes` of the configuration.
 */
export const pospalErrors = defineErrorTable([
  {
    text: /重复提交/,
    kind: 'unknown',
    hubCode: 'pospal.duplicate-submission',
    message: 'Pospal has already taken this change; it is looked up before anything is sent again.',
  },
  {
    text: /签名|signature/i,
    kind: 'fatal',
    hubCode: 'pospal.bad-signature',
    message: 'Pospal does not accept the signature: check appKeys for this store account.',
  },
  {
    text: /appId.*(不存在|无效|错误|未开通|停用)|未授权|无权限/i,
    kind: 'fatal',
    hubCode: 'pospal.unknown-app',
    message: 'Pospal does not know this appId on this host: check appId and the area in baseUrl.',
  },
  {
    text: /(访问|调用|请求).*(频繁|每分钟)|过于频繁/,
    kind: 'throttle',
    afterMs: 60_000,
    hubCode: 'pospal.too-fast',
    message: 'Pospal asks for fewer calls per minute.',
  },
  {
    text: /(访问|调用|请求).*(次数|上限|超出|超过|配额)|配额/,
    kind: 'throttle',
    hubCode: 'pospal.over-quota',
    message: "The store account's calls for today are used up; buy more or poll less often.",
  },
  {
    text: /postBackParameter/i,
    kind: 'conflict',
    hubCode: 'pospal.cursor-refused',
    message: 'Pospal no longer accepts the place where the last page ended; the window is read again.',
  },
  {
    text: /时间.*(跨度|范围|超过|不能)|time\s?range/i,
    kind: 'reject',
    hubCode: 'pospal.window-too-wide',
    message: 'The time window is wider than Pospal allows: set noLimitTimeRange or orderWindowMs.',
  },
  {
    text: /不存在|未找到|找不到/,
    kind: 'absent',
    hubCode: 'pospal.absent',
    message: 'Pospal has no such object in this store account.',
  },
  {
    text: /状态/,
    kind: 'reject',
    hubCode: 'pospal.order-state',
    message: "The order's state does not allow this step.",
  },
  {
    text: /系统(繁忙|异常)|稍后再试|服务器/,
    kind: 'retry',
    hubCode: 'pospal.busy',
    message: 'Pospal is busy.',
  },
]);

/** What the HTTP status alone means, before the envelope is looked at. */
export const transportErrors = defineErrorTable([
  {
    status: 401,
    kind: 'fatal',
    hubCode: 'pospal.refused-access',
    message: 'Pospal refuses access: check baseUrl, appId and appKey.',
  },
  {
    status: 403,
    kind: 'fatal',
    hubCode: 'pospal.refused-access',
    message: 'Pospal refuses access: check baseUrl, appId and appKey.',
  },
  {
    status: 404,
    kind: 'fatal',
    hubCode: 'pospal.wrong-address',
    message: 'There is no such address at Pospal: check baseUrl and baseUrlV2 of this store account.',
  },
  {
    status: 429,
    kind: 'throttle',
    afterMs: 60_000,
    hubCode: 'pospal.too-fast',
    message: 'Pospal asks for fewer calls per minute.',
  },
]);

/** How a call is judged when the HTTP status is no success or the answer is no envelope. */
export function transportDecision(status: number, write: boolean): Decision {
  const known = decide(transportErrors, { status });
  if (known !== undefined) return known;
  if (status >= 400 && status < 500) {
    return { kind: 'reject', code: 'pospal.bad-request', message: `Pospal answered HTTP ${status}.` };
  }
  const what =
    status === 200
      ? 'something that is no Pospal answer (a proxy or login page may stand before it: check baseUrl)'
      : `HTTP ${status}`;
  return write
    ? {
        kind: 'unknown',
        code: 'pospal.unclear-answer',
        message: `Pospal answered ${what}; the change may have happened.`,
      }
    : { kind: 'retry', code: 'pospal.unclear-answer', message: `Pospal answered ${what}.` };
}

/** The refusal of one call, as the envelope told it. */
export interface Refusal {
  readonly errorCode: string;
  readonly messages: readonly string[];
}

/**
 * Reads a refusal: configured code, then the table, else `reject`. Over quota waits at most `retryAfterMs` and at
 * most until midnight in China (that the count starts anew then is assumed).
 */
export function refusalDecision(
  refusal: Refusal,
  options: { errorCodes: Readonly<Record<string, DecisionKind>>; retryAfterMs: number; now: number },
): Decision {
  const text = refusal.messages.join('; ');
  const told = `errorCode ${refusal.errorCode === '' ? 'none' : refusal.errorCode}: ${text.slice(0, 300)}`;
  const configured = options.errorCodes[refusal.errorCode];
  if (configured !== undefined) {
    const afterMs =
      configured === 'throttle' ? { afterMs: quotaPause(options.now, options.retryAfterMs) } : {};
    return {
      kind: configured,
      code: `pospal.code${refusal.errorCode}`,
      message: `Pospal refused (${told}).`,
      ...afterMs,
    };
  }
  const known = decide(pospalErrors, { status: 200, code: refusal.errorCode, text });
  if (known === undefined)
    return { kind: 'reject', code: 'pospal.refused', message: `Pospal refused (${told}).` };
  const message = `${known.message} (${told})`;
  if (known.code !== 'pospal.over-quota') return { ...known, message };
  return { ...known, message, afterMs: quotaPause(options.now, options.retryAfterMs) };
}

/** Milliseconds to wait when a day's calls are used up. */
export function quotaPause(now: number, retryAfterMs: number): number {
  const midnight = DateTime.fromMillis(now, { zone: 'Asia/Shanghai' })
    .plus({ days: 1 })
    .startOf('day')
    .toMillis();
  return Math.min(retryAfterMs, midnight - now);
}
