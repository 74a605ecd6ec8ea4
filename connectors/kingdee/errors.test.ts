import { describe, expect, it } from 'vitest';
import { decisionOf } from './errors.ts';

const said = (text: string, code: string | number = 0, status = 200) =>
  decisionOf({ status, code, text }, true);

describe('a decision', () => {
  it.each([
    ['会话信息已丢失，请重新登录', 1, 'reauth', 'kingdee.session-lost'],
    ['Session information is lost', 4, 'reauth', 'kingdee.session-lost'],
    ['', 1, 'reauth', 'kingdee.session-lost'],
    ['登录失败次数超限，账号已锁定', 0, 'fatal', 'kingdee.account-locked'],
    ['第三方应用：X 不允许用户Y 登录', 0, 'fatal', 'kingdee.user-not-allowed'],
    ['您没有销售订单的查看权限', 4, 'fatal', 'kingdee.no-permission'],
    ['单据编号XSDD1已存在', 11, 'unknown', 'kingdee.duplicate-number'],
    ['单据已审核，不允许修改', 11, 'conflict', 'kingdee.wrong-state'],
    ['数据已被其他用户修改', 4, 'conflict', 'kingdee.changed-meanwhile'],
    ['存在网控冲突', 13, 'retry', 'kingdee.locked'],
    ['调用限制', 14, 'throttle', 'kingdee.call-limit'],
    ['库存组织已关账', 11, 'closed', 'kingdee.period-closed'],
    ['物料不存在', 11, 'reject', 'kingdee.invalid'],
    ['操作不允许', 12, 'conflict', 'kingdee.wrong-state'],
    ['字段不存在', 9, 'reject', 'kingdee.bad-request'],
  ])('for "%s" (MsgCode %s) is %s', (text, code, kind, hubCode) => {
    expect(said(text, code)).toMatchObject({ kind, code: hubCode });
  });

  it('of an exception or a web page is unknown for a write and retry for a read', () => {
    for (const text of ['response_error:{"Message":"x"}', '<html>502</html>']) {
      expect(decisionOf({ status: 200, text }, true).kind).toBe('unknown');
      expect(decisionOf({ status: 200, text }, false).kind).toBe('retry');
    }
  });

  it('reads the gateway codes under HTTP 519', () => {
    expect(said('x', 4006, 519)).toMatchObject({ kind: 'fatal', code: 'kingdee.clock' });
    expect(said('x', 1, 519)).toMatchObject({ kind: 'retry' });
  });

  it('names the field of a refusal and the period of a closed book', () => {
    expect(decisionOf({ status: 200, code: 11, text: '必填', field: 'FCustId' }, true).field).toBe('FCustId');
    expect(said('2026年3期已结账').period).toBe('2026-03');
  });
});
