import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConnectorSession, JsonObject, WebhookRequest, WebhookVerdict } from '../kit/index.ts';
import http from './index.ts';

const key = Buffer.from('a key of thirty-two bytes, or so');
const objects = { product: { id: 'id', get: { path: '/p/{{id}}' }, revision: { at: 'at', as: 'seconds' } } };

function open(webhook: JsonObject, webhookSecret = `whsec_${key.toString('base64')}`): ConnectorSession {
  const config = http.config.parse({ baseUrl: 'https://x.example', objects, webhook });
  return http.open({ connection: 'shop', config, secrets: { webhookSecret }, now: Date.now });
}

function receive(
  webhook: JsonObject,
  request: Partial<WebhookRequest>,
  secret?: string,
): WebhookVerdict | undefined {
  const whole = {
    method: 'POST',
    query: '',
    headers: {},
    body: new Uint8Array(),
    receivedAt: new Date(),
    ...request,
  };
  return open(webhook, secret).webhook?.receive(whole);
}

describe('Standard Webhooks', () => {
  const settings: JsonObject = {
    object: 'product',
    items: 'data',
    messageId: { header: 'webhook-id' },
    deleted: { at: 'gone', is: [true] },
    signature: {
      header: 'webhook-signature',
      pattern: 'v1,([A-Za-z0-9+/=]+)',
      encoding: 'base64',
      secretEncoding: 'base64',
      sign: '{{id}}.{{timestamp}}.{{body}}',
    },
    timestamp: { header: 'webhook-timestamp' },
  };
  const body = Buffer.from(
    '{"data":[{"id":1,"at":1762000000,"name":"绿茶"},{"id":2,"gone":true},{"name":"no id"}]}',
  );
  const seconds = String(Math.floor(Date.now() / 1000));
  const sign = createHmac('sha256', key).update(`msg_1.${seconds}.`).update(body).digest('base64');
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,bm90IHRoaXMgb25l v1,${sign}`,
  };

  it('are taken by any of their signatures and split, each with an id of its own', () => {
    expect(receive(settings, { headers, body })).toEqual({
      ok: true,
      notices: [
        {
          object: 'product',
          remoteId: '1',
          revision: '2025-11-01T12:26:40.000Z',
          body: { id: 1, at: 1_762_000_000, name: '绿茶' },
          messageId: 'msg_1#0',
        },
        { object: 'product', remoteId: '2', deleted: true, messageId: 'msg_1#1' },
        { object: 'unknown', remoteId: '', body: { name: 'no id' }, messageId: 'msg_1#2' },
      ],
    });
  });

  it('are refused when id, time or a byte was changed, or the key is another one', () => {
    const refused = { ok: false, reason: 'bad-signature' };
    expect(receive(settings, { headers: { ...headers, 'webhook-id': 'msg_2' }, body })).toMatchObject(
      refused,
    );
    expect(receive(settings, { headers: { ...headers, 'webhook-timestamp': '1' }, body })).toMatchObject(
      refused,
    );
    expect(receive(settings, { headers, body: Buffer.concat([body, Buffer.from(' ')]) })).toMatchObject(
      refused,
    );
    expect(receive(settings, { headers, body }, 'whsec_AAAA')).toMatchObject(refused);
  });
});

it('a plain digest counts with the secret in it, and a hint names only the object', () => {
  const settings: JsonObject = {
    object: { at: 'event', is: { changed: 'product' } },
    id: 'data.ref',
    hint: true,
    signature: { header: 'sign', algorithm: 'md5', encoding: 'HEX', sign: '{{secret}}{{body}}{{secret}}' },
  };
  const body = Buffer.from('{"event":"changed","data":{"ref":"P-7"}}');
  // As md5sum tells it.
  const right = 'A279A84F04457892D6386D17EF18A019';
  const wrong = right.replace('A', '0');
  expect(receive(settings, { headers: { sign: wrong }, body }, 'k')).toMatchObject({
    reason: 'bad-signature',
  });
  expect(receive(settings, { headers: { sign: right }, body }, 'k')).toEqual({
    ok: true,
    notices: [{ object: 'product', remoteId: 'P-7' }],
  });
});

it.each([
  [{ algorithm: 'md5', sign: '{{body}}' }, 'md5 without a key proves nothing'],
  [{ sign: '{{timestamp}}' }, 'must contain {{body}}'],
  [{ sign: '{{timestamp}}.{{body}}' }, 'say under timestamp which header it comes in'],
])('a signature that proves nothing is no setting: %j', (signature, message) => {
  const webhook = { object: 'product', signature: { header: 'sign', ...signature } };
  const read = http.config.safeParse({ baseUrl: 'https://x.example', objects, webhook });
  expect(read.error?.issues.map((issue) => issue.message).join()).toContain(message);
});

it('without its secret no webhook is received at all', () => {
  const config = http.config.parse({
    baseUrl: 'https://x.example',
    objects,
    webhook: { object: 'product', signature: { header: 'sign' } },
  });
  expect(() => http.open({ connection: 'shop', config, secrets: {}, now: Date.now })).toThrow(
    'secrets.webhookSecret',
  );
});
