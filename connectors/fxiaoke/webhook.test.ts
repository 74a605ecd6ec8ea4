import { describe, expect, it } from 'vitest';
import type { JsonObject, WebhookRequest } from '../kit/index.ts';
import { createSimulator } from './simulator/index.ts';
import { createWebhook, decrypt, encrypt, signatureOf } from './webhook.ts';

// A worked example with a made-up key; the order of the parts is verified against the vendor's demo.
const aesKey = 'AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=';
const plain =
  '{"tenantId":"90001","eventType":"update","apiName":"AccountObj","dataId":"65f0000000000000000000a1","timestamp":1772676900000,"messageId":"m-0001"}';
const encryptedContent =
  'oR94xfVZK4B1SON/uc4/GPBHtu52iyy1J2XFdGmgfMdPxgOFujR81QQ4LYBDdiZ7V+O7egXNEWwLNZ5b+XGfXT6KfEbdvbxvtWltJWS9trkpTOje54CDECtvCjmPhM6KFLd3OxcM+FKDlFtKSPj+siQnmYEIqusfct0FdJvywJ6B7AYofh8YwM34D1eDkUBhjMLQuKBTzBTc3Q5/YlKVGg==';
const pushed = {
  signature: '5357f9b27b8729382e19dcd7859d5a7601fbebca',
  timestamp: 1772676900123,
  nonce: 'n0nce01',
  messageId: 'm-0001',
  enterpriseAccount: 'demo90001',
  encryptedContent,
};

function receiver(enterpriseAccount?: string) {
  return createWebhook({
    aesKey,
    enterpriseAccount,
    toleranceMs: 600_000,
    now: () => 1772676901000,
    objects: new Map([['AccountObj', 'AccountObj']]),
  });
}

function request(body: JsonObject | string, receivedAt = new Date(1772676900500)): WebhookRequest {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { method: 'POST', query: '', headers: {}, body: Buffer.from(text), receivedAt };
}

describe('events', () => {
  it('are signed and encrypted as the vendor does it, first sent and sent again', () => {
    expect(encrypt(aesKey, plain)).toBe(encryptedContent);
    expect(decrypt(aesKey, encryptedContent)).toBe(plain);
    const expected = { object: 'AccountObj', remoteId: '65f0000000000000000000a1', messageId: 'm-0001' };
    expect(receiver().receive(request(pushed))).toMatchObject({ ok: true, notices: [expected] });
    const again = { ...pushed, retryTimes: 1, signature: 'a7cd008d7cac8295203957cf76f8d0d73e26e9e7' };
    expect(receiver().receive(request(again))).toMatchObject({ ok: true, notices: [expected] });
  });

  it('are answered as the vendor checks it', () => {
    expect(encrypt(aesKey, 'success')).toBe('FxYG9SBK1IxOQFrSrObbqA==');
    expect(signatureOf('1772676901000', 'n0nce02', 'FxYG9SBK1IxOQFrSrObbqA==', aesKey)).toBe(
      '1443e834dbba5c74aebfe53570945571565f8354',
    );
    const answer = JSON.parse(receiver().acknowledge.body) as Record<string, string>;
    const { timestamp, nonce = '', encryptedResult = '', signature } = answer;
    expect(signature).toBe(signatureOf(String(timestamp), nonce, encryptedResult, aesKey));
  });

  it.each([
    ['with another word', { messageId: 'm-0002' }, 'bad-signature'],
    ['without the count of its re-sends', { retryTimes: 2 }, 'bad-signature'],
    ['with another signature', { signature: 'a7cd008d7cac8295203957cf76f8d0d73e26e9e7' }, 'bad-signature'],
    ['without a signature', { signature: undefined }, 'unparseable'],
  ])('are refused %s', (_what, change, reason) => {
    const { signature: _none, ...rest } = pushed;
    const changed = { ...rest, ...('signature' in change ? {} : { signature: pushed.signature }), ...change };
    expect(receiver().receive(request(JSON.parse(JSON.stringify(changed)) as JsonObject))).toMatchObject({
      ok: false,
      reason,
    });
  });

  it('are refused when they are too old or too new, or of another enterprise', () => {
    for (const apart of [-700_000, 700_000]) {
      const at = new Date(1772676900123 + apart);
      expect(receiver().receive(request(pushed, at))).toMatchObject({ ok: false, reason: 'stale' });
    }
    expect(receiver('other').receive(request(pushed))).toMatchObject({ ok: false, reason: 'bad-signature' });
  });

  it('that make no sense are kept as unknown; those of objects nobody reads are taken and dropped', () => {
    const simulator = createSimulator({ now: () => 1772676900123 });
    const senseless = receiver().receive(request(simulator.event('no json at all')));
    expect(senseless).toMatchObject({ ok: true, notices: [{ object: 'unknown' }] });
    const leads = simulator.event({ eventType: 'update', apiName: 'LeadsObj', dataId: '65f1' });
    expect(receiver().receive(request(leads))).toEqual({ ok: true, notices: [] });
  });

  it('noise is refused without falling over', () => {
    for (const text of ['', '\u0000', 'null', '[]', '{"a":', '<a>', 'x'.repeat(100_000)]) {
      expect(receiver().receive(request(text))).toMatchObject({ ok: false, reason: 'unparseable' });
    }
  });

  it('need a key of 32 bytes', () => {
    expect(() => encrypt('c2hvcnQ=', 'x')).toThrow(/aesKey/);
  });
});
