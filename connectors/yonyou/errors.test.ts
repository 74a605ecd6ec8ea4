import { describe, expect, it } from 'vitest';
import { batchOf, plainName, rowsOf } from './answers.ts';
import { decisionOf } from './errors.ts';

const said = (code: string, text = '', status = 200) => decisionOf({ status, code, text }, true);

describe('a decision', () => {
  it.each([
    ['310404', '网关上没有注册此API', 404, 'fatal', 'yonyou.no-such-api'],
    ['310036', '非法token', 200, 'reauth', 'yonyou.token-lost'],
    ['310037', 'API未被授权', 200, 'fatal', 'yonyou.not-authorised'],
    ['10018', '应用不存在', 200, 'fatal', 'yonyou.no-app'],
    ['310041', '', 200, 'fatal', 'yonyou.address-refused'],
    ['310032', '', 200, 'throttle', 'yonyou.call-limit'],
    ['310046', '', 200, 'throttle', 'yonyou.call-limit'],
    ['310043', '', 200, 'throttle', 'yonyou.breaker-open'],
    ['310008', '缺少必填参数', 200, 'reject', 'yonyou.bad-request'],
    ['310504', '请求超时', 200, 'unknown', 'yonyou.still-running'],
    ['202', '处理中', 200, 'unknown', 'yonyou.still-running'],
    ['310072', '连接被拒绝', 200, 'unknown', 'yonyou.backend'],
    ['999', '单据编号重复:W-1', 200, 'unknown', 'yonyou.duplicate-number'],
    ['999', '单据未提交，不能审核', 200, 'conflict', 'yonyou.wrong-state'],
    ['999', '网络上有其他人操作或者已经关闭、审核,删除失败！', 200, 'conflict', 'yonyou.changed-meanwhile'],
    ['999', '物料M01存量不足', 200, 'reject', 'yonyou.stock-short'],
    ['999', '2026年3期已结账', 200, 'closed', 'yonyou.period-closed'],
    ['999', '未获取到当前订单商品信息', 200, 'absent', 'yonyou.no-such-bill'],
    ['1002', '数据不存在', 200, 'absent', 'yonyou.no-such-bill'],
    ['999', '客户编码:X未找到', 200, 'reject', 'yonyou.refused-item'],
    ['118001', '根据条件查询结果为空', 200, 'absent', 'yonyou.nothing-found'],
  ])('for %s "%s" is what the work needs', (code, text, status, kind, hubCode) => {
    expect(said(code, text, status)).toMatchObject({ kind, code: hubCode });
  });

  it('of something that may have happened is retry for a read', () => {
    expect(decisionOf({ status: 502, text: '<html>' }, false).kind).toBe('retry');
    expect(decisionOf({ status: 502, text: '<html>' }, true).kind).toBe('unknown');
  });

  it('names the period of a closed book', () => {
    expect(said('999', '2026年3期已结账').period).toBe('2026-03');
  });
});

describe('an answer', () => {
  it('says of a batch what was done, however it words the rest', () => {
    const infos = [{ id: '1' }];
    expect(batchOf({ count: 2, sucessCount: 1, failCount: 1, infos, messages: ['null'] })).toEqual({
      done: infos,
      messages: [],
      whole: false,
    });
    expect(batchOf({ failCount: 1, messages: [{ key: 'W-2', message: '单据未提交' }] }).messages).toEqual([
      'W-2 单据未提交',
    ]);
    expect(batchOf({ failCount: 1, messages: '物料分类编码:1未找到' }).messages).toHaveLength(1);
    expect(batchOf({ failCount: 0, messages: [] }).whole).toBe(true);
  });

  it('gives its rows without the row of totals', () => {
    const row = { id: '1', code: 'W-1' };
    expect(rowsOf({ recordList: [row, { code: '合计' }] })).toEqual([row]);
    expect(rowsOf([row])).toEqual([row]);
    expect(rowsOf(null)).toEqual([]);
  });

  it('shows a name in whatever languages it comes', () => {
    expect([plainName('甲'), plainName({ simplifiedName: '乙' }), plainName({ zh_CN: '丙' })]).toEqual([
      '甲',
      '乙',
      '丙',
    ]);
  });
});
