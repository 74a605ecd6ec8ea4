import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type JsonObject, runAction } from '../kit/index.ts';
import { signal } from '../kit/testing.ts';
import wecom from './index.ts';
import { type Running, seed, start } from './testing.ts';

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.close());

let tries = 0;

/** Runs an action as the hub does; answers the vendor's id and what else it said. */
async function run(name: string, input: Json): Promise<JsonObject & { readonly id: string }> {
  tries += 1;
  const answer = await runAction(wecom, running.session, name, { input, key: `A-${tries}`, signal });
  if (!answer.ok) throw new Error(answer.decision.message);
  return { id: answer.id ?? '', ...answer.answer };
}

const failure = (kind: string, code: string) => ({ decision: { kind, code } });

describe('application messages', () => {
  it.each([
    [
      { type: 'text', content: '到货了' },
      { msgtype: 'text', text: { content: '到货了' } },
    ],
    [
      { type: 'markdown', content: '**到货**' },
      { msgtype: 'markdown', markdown: { content: '**到货**' } },
    ],
    [
      { type: 'textcard', title: '订单', description: 'W1', url: 'https://example.com/o/1', button: '查看' },
      { textcard: { title: '订单', description: 'W1', url: 'https://example.com/o/1', btntxt: '查看' } },
    ],
    [
      { type: 'templateCard', card: { card_type: 'button_interaction', task_id: 't1' } },
      { msgtype: 'template_card', template_card: { card_type: 'button_interaction', task_id: 't1' } },
    ],
  ])('%o reaches those it can, and says who it did not', async (message, sent) => {
    const answer = await run('send-message', { to: { users: ['LiNa', 'Nobody'] }, message });
    expect(answer).toMatchObject({ id: expect.stringMatching(/^msg/), invalidUsers: ['nobody'] });
    const last = running.simulator.messages.at(-1);
    expect(last?.members).toEqual(['LiNa']);
    expect(last?.body).toMatchObject({ agentid: running.simulator.agentId, ...sent });
  });

  it('goes to all, to departments, and not twice within a time', async () => {
    const message = { type: 'text', content: '盘点通知' };
    await run('send-message', { to: 'all', message });
    expect(running.simulator.messages.at(-1)?.members).toHaveLength(3);
    for (let time = 0; time < 2; time += 1) {
      await run('send-message', { to: { departments: ['2'] }, message, onceWithin: 600 });
    }
    const [first, second] = running.simulator.messages.slice(-2);
    expect([first?.members.length, second?.members.length]).toEqual([2, 0]);
  });

  it('is refused before it is sent when it is too long, has no receiver, or would be dropped without a word', async () => {
    const text = { type: 'text', content: '字'.repeat(683) };
    await expect(run('send-message', { to: 'all', message: text })).rejects.toMatchObject(
      failure('reject', 'wecom.too-long'),
    );
    const message = { type: 'text', content: '短' };
    await expect(run('send-message', { to: {}, message })).rejects.toMatchObject(
      failure('reject', 'wecom.receivers'),
    );
    await expect(run('send-message', { to: { users: ['No'] }, message })).rejects.toMatchObject(
      failure('reject', 'wecom.no-receiver'),
    );
    await expect(
      run('send-message', { to: { users: ['LiNa'] }, message: { type: 'fax' } }),
    ).rejects.toThrow();
    running.simulator.addMember({ userid: 'NewHere' });
    const sends = Array.from({ length: 31 }, () =>
      run('send-message', { to: { users: ['NewHere'] }, message }).catch((error: unknown) => error),
    );
    const answers = await Promise.all(sends);
    expect(answers.filter((one) => one instanceof Error)).toMatchObject([
      { decision: { kind: 'throttle', code: 'wecom.member-limit' } },
    ]);
    expect(running.simulator.messages.every(({ dropped }) => dropped.length === 0)).toBe(true);
  });

  it('can be recalled', async () => {
    const sent = await run('send-message', { to: 'all', message: { type: 'text', content: '发错了' } });
    await run('recall-message', { msgid: sent.id });
    expect(running.simulator.messages.at(-1)?.recalled).toBe(true);
  });
});

describe('mass messages', () => {
  it('sends nothing before the member presses send, and then says who has received it', async () => {
    const { simulator } = running;
    const [first = '', second = ''] = seed(simulator, 3);
    const made = await run('create-mass-message', { customers: [first, second], text: '双十一预告' });
    expect(made).toMatchObject({ notReached: [] });
    const msgid = made.id;
    expect(await run('mass-message-result', { msgid })).toMatchObject({
      members: [
        { userid: 'LiNa', state: 'notSent', receivers: [] },
        { userid: 'WangWei', state: 'notSent' },
      ],
    });
    simulator.pressSend(msgid, 'LiNa');
    expect(await run('mass-message-result', { msgid })).toMatchObject({
      members: [
        { userid: 'LiNa', state: 'sent', receivers: [{ customer: first, state: 'sent' }] },
        { userid: 'WangWei', state: 'notSent', receivers: [] },
      ],
    });
    await expect(run('create-mass-message', { customers: [first], text: '又来了' })).rejects.toMatchObject(
      failure('reject', 'wecom.nobody-to-send-to'),
    );
    await expect(run('create-mass-message', { groupChats: ['wr1'], text: '群' })).rejects.toThrow('sender');
  });
});
