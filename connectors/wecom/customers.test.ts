import { afterEach, describe, expect, it } from 'vitest';
import { ConnectorError, type Decision, type JsonObject, type WriteResult } from '../kit/index.ts';
import { listAll, signal } from '../kit/testing.ts';
import { wecomConfig } from './config.ts';
import wecom from './index.ts';
import { customer, type Running, seed, start } from './testing.ts';

let open: Running | undefined;
afterEach(async () => {
  if (open) await open.close();
  open = undefined;
});

async function begin(...given: Parameters<typeof start>): Promise<Running> {
  open = await start(...given);
  return open;
}

async function update(
  running: Running,
  remoteId: string,
  body: JsonObject,
): Promise<WriteResult | undefined> {
  const item = { key: remoteId, remoteId, body };
  const write = running.session.objects['external-contact']?.write;
  return (await write?.({ step: 'update', items: [item], signal }))?.[0];
}

const ids = (items: readonly { readonly remoteId: string }[]): string[] =>
  items.map(({ remoteId }) => remoteId).sort();

describe('customers', () => {
  it('is one object with its followers, the longest first, however many members are in touch with it', async () => {
    const { session, simulator } = await begin();
    const id = simulator.addCustomer({ name: '张三', unionid: 'oUnion1', gender: 1 });
    simulator.follow('WangWei', id, {
      createtime: 1_760_000_500,
      remark: '张三-老客',
      mobiles: ['13900139000'],
    });
    simulator.follow('LiNa', id, {
      createtime: 1_760_000_100,
      state: '渠道01',
      mobiles: ['', '13800138000'],
    });
    simulator.tag('LiNa', id, { group: '等级', add: ['金卡'] });
    simulator.tag('LiNa', id, { group: 'LianHub', add: ['VIP'] });
    simulator.privateTag('WangWei', id, '我的标签');
    expect(await customer(session, id)).toMatchObject({
      external_userid: id,
      name: '张三',
      _identities: [
        { kind: 'external_userid', scope: simulator.corpId, value: id, strength: 'strong' },
        { kind: 'unionid', scope: 'wechat', value: 'oUnion1', strength: 'strong' },
      ],
      _mobile: '13800138000',
      _tags: ['VIP'],
      _followers: [
        { userid: 'LiNa', createtime: 1_760_000_100, tags: ['VIP', '金卡'], state: '渠道01' },
        { userid: 'WangWei', remark: '张三-老客', tags: [] },
      ],
    });
  });

  it('is told anew by a later pass only where something has changed, or somebody has let go of it', async () => {
    const running = await begin({ pageSize: 5 }, { membersPerCall: 1 });
    const { session, simulator } = running;
    const [first = '', second = '', ...others] = seed(simulator, 12);
    const whole = await listAll(session, 'external-contact');
    expect(ids(whole.items)).toEqual([first, second, ...others].sort());

    const quiet = await listAll(session, 'external-contact', whole.cursor);
    expect(quiet.items).toEqual([]);

    simulator.remark('LiNa', first, { remark: '新备注' });
    simulator.memberDeletes('WangWei', second);
    const later = await listAll(session, 'external-contact', quiet.cursor);
    expect(ids(later.items)).toEqual([first, second].sort());
    expect((await listAll(session, 'external-contact', later.cursor)).items).toEqual([]);
  });

  it('is told again when its page was not kept', async () => {
    const { session, simulator } = await begin();
    const seeded = seed(simulator, 3);
    const { cursor } = await listAll(session, 'external-contact');
    simulator.remark('LiNa', seeded[0] ?? '', { remark: '新备注' });
    const list = session.objects['external-contact']?.list;
    const lost = await list?.({ cursor, signal });
    const again = await list?.({ cursor, signal });
    expect(lost?.items).toHaveLength(1);
    expect(again?.items).toEqual(lost?.items);
  });

  it('goes on at the first row of the same members when the place is no longer accepted', async () => {
    const { session, simulator } = await begin({ pageSize: 2 });
    const seeded = seed(simulator, 4);
    const first = await session.objects['external-contact']?.list?.({ signal });
    const place = { ...first?.cursor, page: '2.0000000000000000' };
    const { items } = await listAll(session, 'external-contact', place);
    expect(ids(items)).toEqual([...seeded].sort());
  });

  it('has lost the member that deleted it, though the detail still shows that member', async () => {
    const { session, simulator } = await begin({ readingLagMs: 60_000 });
    const [id = ''] = seed(simulator, 1);
    simulator.follow('WangWei', id, { createtime: 1_760_000_001 });
    const left = (userid: string): JsonObject => ({
      ...{ change: 'del_external_contact', userid },
      at: new Date().toISOString(),
    });
    simulator.memberDeletes('LiNa', id);
    expect(await customer(session, id, left('LiNa'))).toMatchObject({ _followers: [{ userid: 'WangWei' }] });
    simulator.memberDeletes('WangWei', id);
    expect(await customer(session, id, left('WangWei'))).toMatchObject({ _followers: [] });
    expect(await customer(session, id)).toMatchObject({ _followers: [] });
    simulator.follow('LiNa', id, { createtime: Math.ceil(Date.now() / 1000) + 1 });
    expect(await customer(session, id)).toMatchObject({ _followers: [{ userid: 'LiNa' }] });
  });

  it('is told as one without followers by the event that took the last away, and is absent to anybody else', async () => {
    const { session, simulator } = await begin();
    const [id = ''] = seed(simulator, 1);
    simulator.memberDeletes('LiNa', id);
    const hint = { change: 'del_external_contact', userid: 'LiNa', at: new Date().toISOString() };
    expect(await customer(session, id, hint)).toMatchObject({ external_userid: id, _followers: [] });
    await expect(customer(session, id)).rejects.toThrow('wecom.no-relation');
  });
});

describe('what is written', () => {
  it("puts the hub's tags on the relation of every member and leaves all other tags alone", async () => {
    const running = await begin();
    const { simulator } = running;
    const [id = ''] = seed(simulator, 1);
    simulator.follow('WangWei', id);
    simulator.tag('LiNa', id, { group: '等级', add: ['金卡'] });
    simulator.tag('LiNa', id, { group: 'LianHub', add: ['旧'] });

    expect(await update(running, id, { _tags: ['VIP', '钻石'] })).toEqual({ ok: true, remoteId: id });
    expect(simulator.tagsOf('LiNa', id)).toEqual(['LianHub/VIP', 'LianHub/钻石', '等级/金卡']);
    expect(simulator.tagsOf('WangWei', id)).toEqual(['LianHub/VIP', 'LianHub/钻石']);

    const before = simulator.calls.get('externalcontact/mark_tag');
    await update(running, id, { _tags: ['钻石', 'VIP'] });
    expect(simulator.calls.get('externalcontact/mark_tag')).toBe(before);
    await update(running, id, { _tags: [] });
    expect(simulator.tagsOf('LiNa', id)).toEqual(['等级/金卡']);
  });

  it('makes a tag once, though many customers need it at the same time', async () => {
    const { session, simulator } = await begin();
    const items = seed(simulator, 8).map((remoteId) => ({
      key: remoteId,
      remoteId,
      body: { _tags: ['VIP'] },
    }));
    const results = await session.objects['external-contact']?.write?.({ step: 'update', items, signal });
    expect(results?.every(({ ok }) => ok)).toBe(true);
    expect(simulator.calls.get('externalcontact/add_corp_tag')).toBe(1);
    const tags = await listAll(session, 'corp-tag');
    expect(tags.items.map(({ body }) => [body?.group_name, body?.name])).toEqual([['LianHub', 'VIP']]);
  });

  it('makes a tag again that somebody has deleted in the console', async () => {
    const running = await begin();
    const { simulator } = running;
    const [id = ''] = seed(simulator, 1);
    await update(running, id, { _tags: ['VIP'] });
    simulator.deleteTag('LianHub', 'VIP');
    expect(await update(running, id, { _tags: ['VIP'] })).toMatchObject({ decision: { kind: 'retry' } });
    expect(await update(running, id, { _tags: ['VIP'] })).toMatchObject({ ok: true });
    expect(simulator.tagsOf('LiNa', id)).toEqual(['LianHub/VIP']);
  });

  it('writes the remark of the member that is named, and refuses one that WeCom would not take', async () => {
    const running = await begin();
    const { simulator } = running;
    const [id = ''] = seed(simulator, 1);
    simulator.follow('WangWei', id, { remark: '王的客户' });
    const remarks = (remark: string): JsonObject => ({
      _followers: [{ userid: 'LiNa', remark }, { userid: 'Nobody' }],
    });
    expect(await update(running, id, remarks('李娜的客户'))).toMatchObject({ ok: true });
    expect([simulator.remarkOf('LiNa', id), simulator.remarkOf('WangWei', id)]).toEqual([
      '李娜的客户',
      '王的客户',
    ]);
    expect(await update(running, id, remarks('一'.repeat(21)))).toMatchObject({
      ok: false,
      decision: { kind: 'reject', code: 'wecom.remark-too-long' },
    });
    expect(await update(running, id, { _tags: ['长'.repeat(31)] })).toMatchObject({
      decision: { code: 'wecom.tag-name' },
    });
  });

  it('does not claim to create a customer', async () => {
    const { session } = await begin();
    const results = await session.objects['external-contact']?.write?.({
      step: 'save',
      items: [{ key: 'C1', body: { _tags: ['VIP'] } }],
      signal,
    });
    expect(results).toMatchObject([{ ok: false, decision: { code: 'wecom.cannot-create' } }]);
  });
});

describe('other objects', () => {
  it('reads departments, members and group chats, ids as text', async () => {
    const { session, simulator } = await begin();
    const [id = ''] = seed(simulator, 1);
    const chat = simulator.addChat({ name: '老客户群', owner: 'LiNa', customers: [id] });
    const departments = await listAll(session, 'department');
    expect(departments.items.map(({ remoteId, body }) => [remoteId, body?.parentid])).toEqual([
      ['1', '0'],
      ['2', '1'],
    ]);
    const users = await listAll(session, 'user');
    expect(ids(users.items)).toEqual(['HanMei', 'LiNa', 'LiNa', 'WangWei']);
    expect(users.items[0]?.body).toMatchObject({ department: ['1', '2'] });
    const chats = await listAll(session, 'group-chat');
    const hints = [...chats.items, { object: 'group-chat', remoteId: 'wrNone' }];
    const found = await session.objects['group-chat']?.fetch?.({ hints, signal });
    expect(found).toMatchObject([
      {
        found: true,
        body: { chat_id: chat, name: '老客户群', member_list: [{ userid: 'LiNa' }, { userid: id }] },
      },
      { found: false, decision: { kind: 'absent' } },
    ]);
  });
});

describe('being refused', () => {
  async function decisionOf(call: Promise<unknown>): Promise<Decision> {
    const error = await call.catch((reason: unknown) => reason);
    if (error instanceof ConnectorError) return error.decision;
    throw new Error('the call was not refused', { cause: error });
  }

  it('tries a wrong secret ever more seldom, so that the address is never banned', async () => {
    let now = 1_760_000_000_000;
    const running = await begin({ bannedAfter: 50 }, { corpId: 'wwsimulated0000001' }, () => now);
    const { session, simulator, url } = running;
    const wrong = wecom.open({
      connection: 'wecom',
      config: wecomConfig.parse(simulator.connectionFor(url).config),
      secrets: { secret: 'wrong' },
      now: () => now,
    });
    // A call a minute for a day.
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      now += 60_000;
      expect((await wrong.test(signal)).ok).toBe(false);
    }
    expect(simulator.counts.wrongSecrets).toBeLessThan(30);
    const { message } = await wrong.test(signal);
    expect(message).toContain('check config.corpId and secrets');
    expect(message).toContain('errcode 40001: invalid credential');
    await wrong.close();
    expect((await session.test(signal)).ok).toBe(true);
  });

  it('rests when WeCom counts too many calls, and never gets there with the limit set', async () => {
    const over = await begin({ perMinute: 5 }, { limits: {} });
    seed(over.simulator, 10);
    const hints = (await listAll(over.session, 'external-contact')).items;
    const results = await over.session.objects['external-contact']?.fetch?.({ hints, signal });
    expect(results?.filter(({ found }) => found)).toHaveLength(5);
    expect(results?.at(-1)).toMatchObject({ decision: { kind: 'throttle', afterMs: 60_000 } });
    await over.close();
    const within = await begin({ perMinute: 5, concurrent: 2 }, { limits: { perMinute: 5 }, concurrency: 2 });
    seed(within.simulator, 10);
    const asked = (await listAll(within.session, 'external-contact')).items;
    await within.session.objects['external-contact']?.fetch?.({ hints: asked, signal });
    expect(within.simulator.counts.exceeded).toBe(0);
  });

  it('says what to do when the address is not trusted, without the noise of the answer', async () => {
    const { session, simulator } = await begin();
    simulator.trust(false);
    const decision = await decisionOf(listAll(session, 'corp-tag'));
    expect(decision).toMatchObject({ kind: 'fatal', code: 'wecom.address-not-trusted' });
    expect(decision.message).toContain('企业可信IP');
    expect(decision.message).not.toMatch(/hint:|127\.0\.0\.1/);
  });
});
