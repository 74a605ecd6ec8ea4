import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WebhookReceiver, WebhookRequest } from './types.ts';
import { rotating } from './webhook-manners.ts';
import { createVerifier, type SignatureScheme, standardWebhooks } from './webhook-verifier.ts';

const body = Buffer.from('{"order":"绿茶","n":1}');
const sentAt = 1_772_676_900_123;

function request(headers: Record<string, string>, more: Partial<WebhookRequest> = {}): WebhookRequest {
  return { method: 'POST', query: '', headers, body, receivedAt: new Date(sentAt), ...more };
}

function mac(algorithm: string, key: string | Buffer, text: string, encoding: 'hex' | 'base64'): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}

const hex: SignatureScheme = {
  algorithm: 'hmac-sha256',
  encoding: 'hex',
  secretEncoding: 'text',
  header: 'X-Hub-Signature-256',
  prefix: 'sha256=',
  sign: '{{body}}',
};

describe('the HMAC family', () => {
  it('is verified as GitHub documents it, with a prefix, in either case', () => {
    // The example of the vendor's own documentation.
    const hello = Buffer.from('Hello, World!');
    const right = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const verify = createVerifier(hex, "It's a Secret to Everybody");
    const from = (signature: string) =>
      verify(request({ 'x-hub-signature-256': signature }, { body: hello }));
    expect(from(`sha256=${right}`)).toBeUndefined();
    expect(from(`sha256=${right.toUpperCase()}`)).toBeUndefined();
    for (const wrong of [
      '',
      right,
      `sha1=${right}`,
      `sha256=${right.slice(0, -2)}`,
      'sha256=',
      `sha256=${right}00`,
    ])
      expect(from(wrong)).toMatchObject({ reason: 'bad-signature' });
  });

  it('is verified over method, address, body and time, as HubSpot signs', () => {
    const url = 'https://hub.example.test/webhooks/hubspot';
    const verify = createVerifier(
      {
        ...{ algorithm: 'hmac-sha256', encoding: 'base64', secretEncoding: 'text', url },
        header: 'X-HubSpot-Signature-v3',
        sign: '{{method}}{{url}}{{body}}{{timestamp}}',
        timestamp: { header: 'X-HubSpot-Request-Timestamp', at: Number, toleranceMs: 300_000 },
      },
      's',
    );
    const signed = (query: string, time = String(sentAt)) => ({
      'x-hubspot-signature-v3': mac('sha256', 's', `POST${url}${query}${body}${time}`, 'base64'),
      'x-hubspot-request-timestamp': time,
    });
    expect(verify(request(signed('')))).toBeUndefined();
    expect(verify(request(signed('?a=1'), { query: 'a=1' }))).toBeUndefined();
    expect(verify(request(signed(''), { query: 'a=1' }))).toMatchObject({ reason: 'bad-signature' });
    expect(verify(request(signed(''), { method: 'PUT' }))).toMatchObject({ reason: 'bad-signature' });
    const old = signed('', String(sentAt - 300_001));
    expect(verify(request(old))).toMatchObject({ reason: 'stale' });
    expect(verify(request(signed('', String(sentAt + 300_001))))).toMatchObject({ reason: 'stale' });
    expect(verify(request(signed('', 'soon')))).toMatchObject({ reason: 'stale' });
    // Whoever has not the key does not even learn that the time was wrong.
    expect(verify(request({ ...old, 'x-hubspot-signature-v3': 'AAAA' }))).toMatchObject({
      reason: 'bad-signature',
    });
  });

  it.each(['sha1', 'sha512', 'md5'] as const)('refuses %s where SHA-256 was agreed on', (algorithm) => {
    const verify = createVerifier(hex, 'k');
    const signature = mac(algorithm, 'k', String(body), 'hex');
    expect(verify(request({ 'x-hub-signature-256': `sha256=${signature}` }))).toMatchObject({
      reason: 'bad-signature',
    });
  });

  it('has no secret that lets everybody in', () => {
    for (const secret of ['', '====', 'whsec_'])
      expect(() => createVerifier({ ...hex, secretEncoding: 'base64' }, secret)).toThrow(
        'not written in base64',
      );
  });
});

describe('Standard Webhooks', () => {
  // The example of the specification's own libraries.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const payload = Buffer.from('{"test": 2432232314}');
  const right = 'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': `v1,${right}`,
  };
  const verify = createVerifier(standardWebhooks(300_000), secret);
  const at = (seconds: number, more: Record<string, string> = {}) =>
    verify({ ...request({ ...headers, ...more }), body: payload, receivedAt: new Date(seconds * 1000) });

  it('are taken with one right signature among several, of version 1 only', () => {
    expect(at(1614265330)).toBeUndefined();
    expect(at(1614265630)).toBeUndefined();
    expect(at(1614265330, { 'webhook-signature': `v1,bm90IHRoaXM= v1a,xx v1,${right}` })).toBeUndefined();
    for (const other of [`v2,${right}`, `v1a,${right}`, right, `v1,${right.slice(0, -4)}`, ''])
      expect(at(1614265330, { 'webhook-signature': other })).toMatchObject({ reason: 'bad-signature' });
  });

  it('are refused later, earlier, and with another id', () => {
    expect(at(1614265631)).toMatchObject({ reason: 'stale' });
    expect(at(1614265029)).toMatchObject({ reason: 'stale' });
    expect(at(1614265330, { 'webhook-id': 'msg_other' })).toMatchObject({ reason: 'bad-signature' });
  });
});

describe('while one secret replaces another', () => {
  const receiver = (secret: string): WebhookReceiver => ({
    acknowledge: { status: 200, contentType: 'text/plain', body: `ok ${secret}` },
    receive: ({ query }) =>
      query === secret
        ? { ok: true, notices: [] }
        : { ok: false, reason: query === `old ${secret}` ? 'stale' : 'bad-signature', message: secret },
  });
  const both = rotating({ secrets: 'new', webhook: { previous: 'old' } }, receiver);
  const ask = (query: string) => both.receive(request({}, { query }));

  it('whoever uses the old one is acknowledged with it', () => {
    expect(ask('new')).toEqual({ ok: true, notices: [] });
    expect(ask('old')).toEqual({
      ...{ ok: true, notices: [], previous: true },
      answer: { status: 200, contentType: 'text/plain', body: 'ok old' },
    });
  });

  it('what neither fits is refused as the new one says, and stale stays stale', () => {
    expect(ask('x')).toMatchObject({ reason: 'bad-signature', message: 'new' });
    expect(ask('old old')).toMatchObject({ reason: 'stale', message: 'old' });
    expect(ask('old new')).toMatchObject({ reason: 'stale', message: 'new' });
  });
});
