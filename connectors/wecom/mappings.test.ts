import { describe, expect, it } from 'vitest';
import { entities, type JsonObject, matchValues, validatePartial } from '../../src/model/index.ts';
import { inContext, inward, outContext, shippedMapping } from '../../tests/support/shipped-mappings.ts';
import { customer, start } from './testing.ts';

async function shown(): Promise<{ readonly id: string; readonly corp: string; readonly body: JsonObject }> {
  const running = await start();
  try {
    const { simulator } = running;
    const id = simulator.addCustomer({ name: '张三', unionid: 'oUnion1', gender: 2 });
    simulator.follow('LiNa', id, { createtime: 1_760_000_000, remark: '张姐', mobiles: ['13800138000'] });
    simulator.tag('LiNa', id, { group: 'LianHub', add: ['VIP'] });
    simulator.tag('LiNa', id, { group: '等级', add: ['金卡'] });
    return { id, corp: simulator.corpId, body: await customer(running.session, id) };
  } finally {
    await running.close();
  }
}

describe('mapping of a WeCom customer', () => {
  it('tells who it is, who is in touch with it, and the tags, and writes back what is ours', async () => {
    const mapping = shippedMapping('wecom/customer');
    const { id, corp, body } = await shown();
    const values = inward(mapping, body, inContext({ connection: 'wecom' }));
    expect(values).toMatchObject({
      kind: 'person',
      name: '张三',
      gender: 'female',
      phone: { kind: 'real', e164: '+8613800138000' },
      tags: ['VIP'],
      followers: [
        {
          key: 'LiNa',
          userId: 'LiNa',
          since: '2025-10-09T08:53:20.000Z',
          remark: '张姐',
          tags: ['VIP', '金卡'],
        },
      ],
    });
    expect(validatePartial(entities.customer, values)).toEqual([]);
    const strong = matchValues(entities.customer, values).filter(({ strength }) => strength === 'strong');
    expect(strong).toEqual([
      { name: 'external_userid', scope: corp, value: id, strength: 'strong' },
      { name: 'unionid', scope: 'wechat', value: 'oUnion1', strength: 'strong' },
    ]);
    const change = {
      ...values,
      tags: ['VIP', '钻石'],
      followers: [{ key: 'LiNa', userId: 'LiNa', remark: '张总' }],
    };
    expect(mapping.outward(change, outContext({ creating: false }))).toEqual({
      ok: true,
      body: { _tags: ['VIP', '钻石'], _followers: [{ userid: 'LiNa', remark: '张总' }] },
    });
  });
});
