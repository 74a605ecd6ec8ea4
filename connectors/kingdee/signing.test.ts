import { describe, expect, it } from 'vitest';
import { loginSign, signedHeaders, signedPath, splitAppId } from './signing.ts';

const identity = {
  acctId: 'dcid-1',
  username: 'user-1',
  appId: '123456_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4',
  appSecret: 'test-app-secret-value',
  lcid: 2052,
  orgNum: '100',
};
const url =
  'https://erp.example.com/K3Cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.ExecuteBillQuery.common.kdsvc';

describe('the signed headers', () => {
  const headers = signedHeaders(identity, url, '1700000000');

  it('agree with the published vector', () => {
    expect(headers['X-Api-Signature']).toBe(
      'MjNhMzg5MmZiMWE1MTQ1ZGE5NWFkYmZiZWYxYzhlY2NjNzcwM2ZjNDJlZTczMzBhNzkxOTk1ODhjNDZkMTEzYw==',
    );
    expect(headers['X-Kd-Signature']).toBe(
      'NjI5MzRiZGVhNGJhOWY2N2Y2YzQ2MzQ5ODA3N2JiZTRiMDRmOTUwNjI3YWIzODU1ODBkZDdhNzgwMzdmMDgxMg==',
    );
    expect(headers['X-Kd-Appdata']).toBe('ZGNpZC0xLHVzZXItMSwyMDUyLDEwMA==');
    expect(headers['X-Api-ClientID']).toBe('123456');
  });

  it('encode the slashes of the path', () => {
    expect(signedPath(url)).toBe(
      '%2FK3Cloud%2FKingdee.BOS.WebApi.ServicesStub.DynamicFormService.ExecuteBillQuery.common.kdsvc',
    );
  });

  it('take the gateway secret out of the app id by the ASCII mask', () => {
    expect(splitAppId(identity.appId).gatewaySecret).toBe('UVJWUANVXl8KXFlfWV1YSBNCShcUQRNL');
  });

  it('give nothing for an app id of another form', () => {
    expect(splitAppId('a_b_c')).toEqual({ clientId: '', gatewaySecret: '' });
    expect(splitAppId('plain')).toEqual({ clientId: '', gatewaySecret: '' });
  });
});

describe('the signature of LoginBySign', () => {
  it('sorts the five texts before it hashes them', () => {
    const signer = { acctId: 'ac1', username: 'user1', appId: 'appid1', appSecret: 'secret1' };
    expect(loginSign(signer, '1700000000')).toBe(
      'e299bbc44e45515334acd1c33c2b82919e46ade237fd49689fe3af1ed066fae9',
    );
  });
});
