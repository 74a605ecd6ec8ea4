import { describe, expect, it } from 'vitest';
import { aesKeyOf, decryptText, encryptText, eventSignature } from './crypto.ts';
import { tokenSignature } from './signing.ts';

const appKey = 'appKeyDemo0001';
const appSecret = '11112222-3333-4444-5555-666677778888';
const encrypt =
  'PyIUVzyxdJYKF7Z6lmuhpvtJEhO54/sI08d4su9h+h2zrr0QjqIfvAMJW6o62S2RCc9G+AgpxyJUEZg9eiuJ652zCRMnJMhsDYvsogFlRn/ZU1FJF6gH/mdSnEtIVlVMW4EgPrIRT7q8ULlMKvLx2jErPpGP3lgNmjAdKcYtYOk=';
const envelope = { timestamp: '1700000000000', nonce: 'n0nceN0nceN0nce1', encrypt };
const event = '{"type":"CHECK_URL","eventId":"evt-1","timestamp":1700000000000,"tenantId":"t1"}';

describe('what is signed and encrypted', () => {
  it('asks for a token with the bytes of the digest, not its hexadecimal text', () => {
    expect(tokenSignature({ timestamp: '1700000000000', appKey }, appSecret)).toBe(
      'USESIaMWpqy2bC6+vaLNQ7DsO6ZcUwNjzQNpvVcbL88=',
    );
  });

  it.each([
    ['sha1', 'b17352bae3f84edde4d8693f2ed6f9d5be04bc97'],
    ['hmac-sha256', 'nM3q45s3FrTlSM04Szjzmsp08jEIpeoMBJHcP0c9aA0='],
    ['sha256', 'e66a9018890b072854fa6d7048c2bf44257ebb0a522eabd5be15f0d894303903'],
  ] as const)('signs an event by %s', (kind, signature) => {
    expect(eventSignature(kind, appSecret, envelope)).toBe(signature);
  });

  it('reads and makes the same bytes as the vendor describes', () => {
    const key = aesKeyOf(appSecret);
    const random = Buffer.from('0123456789ABCDEF');
    expect(encryptText(key, event, appKey, random)).toBe(encrypt);
    expect(decryptText(key, encrypt, appKey)).toBe(event);
    expect(encryptText(key, 'success', appKey, random)).toBe(
      'PyIUVzyxdJYKF7Z6lmuhptQRNBq32NHx8SDASDVMtsSX+NJ+V5zW/R/A34ZnsXJJTe1vZOyA5+1nHTuncWMX4A==',
    );
  });

  it('does not read what is for another app, cut or made under another secret', () => {
    const key = aesKeyOf(appSecret);
    expect(decryptText(key, encrypt, 'anotherApp')).toBeUndefined();
    expect(decryptText(key, encrypt.slice(0, 40), appKey)).toBeUndefined();
    expect(decryptText(key, '', appKey)).toBeUndefined();
    expect(decryptText(aesKeyOf('another-secret'), encrypt, appKey)).toBeUndefined();
  });
});
