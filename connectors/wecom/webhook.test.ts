import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, WebhookRequest } from '../kit/index.ts';
import { wecomConfig, wecomSecrets } from './config.ts';
import { encrypted, seal } from './simulator/callbacks.ts';
import { type Running, received, start } from './testing.ts';
import { createWebhook } from './webhook.ts';

let running: Running;
beforeAll(async () => {
  running = await start({}, { events: ['external-contact', 'corp-tag', 'group-chat', 'user', 'department'] });
});
afterAll(() => running.close());

function told(fields: Readonly<Record<string, string>>) {
  return running.session.webhook?.receive(received(running.simulator.sealedEvent(fields)));
}

describe('the address', () => {
  const keys = { corpId: 'ww1', token: 'T0ken', encodingAesKey: 'A'.repeat(43) };
  const config = wecomConfig.parse({ corpId: 'ww1' });
  const secrets = wecomSecrets.parse({ secret: 's', callbackToken: 'T0ken', encodingAesKey: 'A'.repeat(43) });
  const receiver = createWebhook(config, secrets, () => undefined);

  function asked(change: JsonObject = {}, corpId = 'ww1', at = Date.now()): WebhookRequest {
    const cipher = encrypted({ ...keys, corpId }, '1616140317555161061');
    const query = seal(keys, cipher, Math.floor(at / 1000));
    query.set('echostr', cipher);
    for (const [name, value] of Object.entries(change)) query.set(name, String(value));
    return {
      method: 'GET',
      query: query.toString(),
      headers: {},
      body: new Uint8Array(),
      receivedAt: new Date(),
    };
  }

  it('is proven by the bare echo, whether or not its plus signs were escaped', () => {
    const good = asked();
    const answer = { status: 200, contentType: 'text/plain', body: '1616140317555161061' };
    expect(receiver?.receive(good)).toEqual({ ok: true, notices: [], answer });
    const bare = { ...good, query: good.query.replaceAll('%2B', '+') };
    expect(receiver?.receive(bare)).toEqual({ ok: true, notices: [], answer });
  });

  it('echoes nothing that was not signed, is old, or was sealed for another corp', () => {
    expect(receiver?.receive(asked({ echostr: 'AAAA' }))).toMatchObject({
      ok: false,
      reason: 'bad-signature',
    });
    expect(receiver?.receive(asked({ msg_signature: '' }))).toMatchObject({ ok: false });
    expect(receiver?.receive(asked({}, 'ww1', Date.now() - 3_600_000))).toMatchObject({ reason: 'stale' });
    expect(receiver?.receive(asked({}, 'ww2'))).toMatchObject({ ok: false, reason: 'bad-signature' });
    expect(receiver?.receive({ ...asked(), query: '' })).toMatchObject({ ok: false });
  });

  it('receives nothing without the two values that open what comes', () => {
    expect(createWebhook(config, wecomSecrets.parse({ secret: 's' }), () => undefined)).toBeUndefined();
  });
});

describe('events', () => {
  const contact = { Event: 'change_external_contact', UserID: 'LiNa', ExternalUserID: 'wm1' };

  it.each(['add_external_contact', 'edit_external_contact', 'del_external_contact', 'del_follow_user'])(
    '%s says that the customer is to be read',
    (ChangeType) => {
      expect(told({ ...contact, ChangeType })).toMatchObject({
        ok: true,
        notices: [
          { object: 'external-contact', remoteId: 'wm1', hint: { change: ChangeType, userid: 'LiNa' } },
        ],
      });
    },
  );

  it.each([
    [
      { Event: 'change_external_tag', TagType: 'tag', Id: 'et1', ChangeType: 'create' },
      'corp-tag',
      'et1',
      false,
    ],
    [
      { Event: 'change_external_tag', TagType: 'tag', Id: 'et1', ChangeType: 'delete' },
      'corp-tag',
      'et1',
      true,
    ],
    [{ Event: 'change_external_chat', ChatId: 'wr1', ChangeType: 'update' }, 'group-chat', 'wr1', false],
    [{ Event: 'change_external_chat', ChatId: 'wr1', ChangeType: 'dismiss' }, 'group-chat', 'wr1', true],
    [{ Event: 'change_contact', ChangeType: 'create_user', UserID: 'Li' }, 'user', 'Li', false],
    [{ Event: 'change_contact', ChangeType: 'delete_user', UserID: 'Li' }, 'user', 'Li', true],
    [{ Event: 'change_contact', ChangeType: 'delete_party', Id: '7' }, 'department', '7', true],
  ] as const)('%o is about its object', (fields, object, remoteId, deleted) => {
    const verdict = told(fields);
    expect(verdict).toMatchObject({ ok: true, notices: [{ object, remoteId }] });
    expect(verdict?.ok === true && verdict.notices[0]?.deleted === true).toBe(deleted);
  });

  it('of a member that got another id is about both, each with a message id of its own', () => {
    const verdict = told({
      Event: 'change_contact',
      ChangeType: 'update_user',
      UserID: 'Li',
      NewUserID: 'LiNa',
    });
    expect(verdict).toMatchObject({ notices: [{ remoteId: 'Li', deleted: true }, { remoteId: 'LiNa' }] });
    const names = verdict?.ok === true ? verdict.notices.map((one) => one.messageId) : [];
    expect(new Set(names).size).toBe(2);
  });

  it('that are no news of an object, or not to be passed on, are acknowledged and forgotten', () => {
    for (const fields of [
      { ...contact, ChangeType: 'add_half_external_contact' },
      { Event: 'enter_agent' },
      { MsgType: 'text', Content: '你好' },
    ]) {
      expect(told(fields)).toEqual({ ok: true, notices: [] });
    }
    const narrow = createWebhook(
      wecomConfig.parse({ corpId: running.simulator.corpId }),
      wecomSecrets.parse(running.simulator.connectionFor('http://x').secrets),
      () => undefined,
    );
    const chat = running.simulator.sealedEvent({
      Event: 'change_external_chat',
      ChatId: 'wr1',
      ChangeType: 'create',
    });
    expect(narrow?.receive(received(chat))).toEqual({ ok: true, notices: [] });
  });

  it('that nobody knows are kept, as unknown', () => {
    for (const fields of [{ Event: 'brand_new' }, { ...contact, ChangeType: 'brand_new' }]) {
      expect(told(fields)).toMatchObject({ ok: true, notices: [{ object: 'unknown', body: fields }] });
    }
  });

  it('have one message id however often they are delivered, and another one each', () => {
    const { simulator, session } = running;
    const edit = { ...contact, ChangeType: 'edit_external_contact' };
    const once = simulator.sealedEvent(edit);
    const idOf = (event: typeof once): string | undefined => {
      const verdict = session.webhook?.receive(received(event));
      return verdict?.ok === true ? verdict.notices[0]?.messageId : undefined;
    };
    expect(idOf(once)).toMatch(/^[0-9a-f]{40}$/);
    expect(idOf(once)).toBe(idOf(once));
    expect(idOf(simulator.sealedEvent(edit))).not.toBe(idOf(once));
  });
});
