/** Tokens of the simulated platform, both generations. */
import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../kit/index.ts';
import { Refusal } from './store.ts';

export const appId = 'FSAID_5f5e248';
export const appSecret = 'simulated-app-secret-1b2c';
export const permanentCode = 'simulated-permanent-code-9d';
export const enterprise = { ea: 'demo90001', corpId: 'FSCID_3A7C' };
export const userIds = { oauth: '1000', corp: 'FSUID_77E1' } as const;

const livesMs = 7_200_000;
const renewedAfterMs = 6_600_000;
const signInsAMinute = 10;

export class Auth {
  readonly #now: () => number;
  #tokens: { readonly text: string; readonly made: number }[] = [];
  #signIns: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  expireAll(): void {
    this.#tokens = [];
  }

  /** Answer of either token call: the same token while it is young. */
  signIn(body: JsonObject, style: 'oauth' | 'corp'): JsonObject {
    const now = this.#now();
    this.#signIns = [...this.#signIns.filter((moment) => now - moment < 60_000), now];
    if (this.#signIns.length > signInsAMinute) throw new Refusal(14001, '接口调用超限');
    if (body.appId !== appId || body.appSecret !== appSecret)
      throw new Refusal(20006, 'appId或appSecret错误');
    if (body.permanentCode !== permanentCode) throw new Refusal(20015, '永久授权码错误');
    if (style === 'oauth' && body.grantType !== 'app_secret') throw new Refusal(15002, 'grantType错误');
    const newest = this.#tokens.at(-1);
    const token =
      newest && now - newest.made < renewedAfterMs
        ? newest
        : { text: randomBytes(16).toString('hex').toUpperCase(), made: now };
    if (token !== newest) this.#tokens.push(token);
    const expiresIn = Math.floor((livesMs - (now - token.made)) / 1000);
    return style === 'oauth'
      ? { accessToken: token.text, expiresIn, ea: enterprise.ea, openUserId: enterprise.corpId, appId }
      : { corpAccessToken: token.text, corpId: enterprise.corpId, expiresIn };
  }

  /** Throws unless a call carries a live token, its enterprise and an employee, in the headers or in the body. */
  admit(headers: Headers, body: JsonObject): void {
    const bearer = headers.get('authorization')?.replace(/^Bearer /, '');
    if (bearer === undefined && body.corpAccessToken === undefined) {
      throw new Refusal(20017, 'corpAccessToken为必填项');
    }
    const token = bearer ?? body.corpAccessToken;
    const isLive = this.#tokens.some(({ text, made }) => text === token && this.#now() - made < livesMs);
    if (!isLive)
      throw bearer === undefined ? new Refusal(20016, 'token过期') : new Refusal(20005, 'token过期');
    const tenant =
      bearer === undefined ? body.corpId === enterprise.corpId : headers.get('x-fs-ea') === enterprise.ea;
    if (!tenant) throw new Refusal(20017, '企业不存在');
    const user = bearer === undefined ? body.currentOpenUserId : headers.get('x-fs-userid');
    const known = bearer === undefined ? userIds.corp : userIds.oauth;
    if (user !== known) throw new Refusal(20012, 'openUserId不存在');
  }
}
