import { describe, expect, it } from 'vitest';
import { quotaPause, refusalDecision, transportDecision } from './errors.ts';

const options = { errorCodes: {}, retryAfterMs: 900_000, now: Date.parse('2026-11-20T04:00:00.000Z') };

describe('refusals of Pospal', () => {
  it.each([
    ['签名验证失败', 'fatal', 'pospal.bad-signature'],
    ['appId不存在', 'fatal', 'pospal.unknown-app'],
    ['重复提交修改', 'unknown', 'pospal.duplicate-submission'],
    ['今日接口访问次数已超出上限', 'throttle', 'pospal.over-quota'],
    ['接口访问过于频繁，每分钟不能超过60次', 'throttle', 'pospal.too-fast'],
    ['查询时间跨度不能超过1天', 'reject', 'pospal.window-too-wide'],
    ['订单不存在', 'absent', 'pospal.absent'],
    ['订单状态不允许此操作', 'reject', 'pospal.order-state'],
    ['系统繁忙，请稍后再试', 'retry', 'pospal.busy'],
    ['什么都没说过的错误', 'reject', 'pospal.refused'],
  ])('%s means %s', (message, kind, code) => {
    expect(refusalDecision({ errorCode: '1', messages: [message] }, options)).toMatchObject({ kind, code });
  });

  it('follows a code the operator has learnt before its own table', () => {
    const told = { ...options, errorCodes: { '1032': 'throttle' as const } };
    expect(refusalDecision({ errorCode: '1032', messages: ['签名'] }, told)).toMatchObject({
      kind: 'throttle',
      afterMs: 900_000,
    });
  });

  it('pauses until midnight in China at most', () => {
    expect(quotaPause(Date.parse('2026-11-20T15:55:00.000Z'), 900_000)).toBe(300_000);
    expect(quotaPause(Date.parse('2026-11-20T16:00:00.000Z'), 900_000)).toBe(900_000);
  });

  it.each([
    [502, true, 'unknown'],
    [502, false, 'retry'],
    [200, true, 'unknown'],
    [200, false, 'retry'],
    [404, true, 'fatal'],
    [429, false, 'throttle'],
    [413, true, 'reject'],
  ])('reads HTTP %i (write: %s) as %s', (status, write, kind) => {
    expect(transportDecision(status, write)).toMatchObject({ kind });
  });
});
