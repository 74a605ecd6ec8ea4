/** Logins, sessions and signed requests of the simulated site. */
import { randomUUID } from 'node:crypto';
import { equalConstantTime, type Json, type JsonObject } from '../../kit/index.ts';
import { hexHmac, loginSign, signedHeaders } from '../signing.ts';
import { CallRefused, sessionLostText } from './answers.ts';
import { textOf } from './store.ts';

export interface Site {
  readonly acctId: string;
  readonly appId: string;
  readonly appSecret: string;
  /** User name → password. */
  readonly users: Readonly<Record<string, string>>;
  /** Users the third-party application may not sign in as. */
  readonly barred: readonly string[];
  readonly idleMs: number;
  /** `onprem`: a live cookie is enough and times are not looked at; `gateway`: HTTP 519 and a tight window. */
  readonly strictness: 'onprem' | 'gateway';
  readonly now: () => number;
}

/** Answered outside the usual shapes: the gateway's 519, or a bare text. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly body: Json;
  constructor(status: number, body: Json) {
    super('refused');
    this.status = status;
    this.body = body;
  }
}

const badTriesAllowed = 5;
const gatewayWindowMs = 300_000;

export class Auth {
  readonly #site: Site;
  readonly #sessions = new Map<string, { user: string; used: number }>();
  readonly #badTries = new Map<string, number>();
  /** Logins asked for, per user. */
  readonly logins = new Map<string, number>();

  constructor(site: Site) {
    this.#site = site;
  }

  expireAll(): void {
    this.#sessions.clear();
  }

  /** Answer of a login service and the session it opens, if it does. */
  login(service: string, parameters: readonly Json[]): { answer: JsonObject; session?: string } {
    const site = this.#site;
    const [acctId = '', user = '', ...rest] = parameters.map((one) => textOf(one));
    this.logins.set(user, (this.logins.get(user) ?? 0) + 1);
    if ((this.#badTries.get(user) ?? 0) >= badTriesAllowed)
      return refused(0, '登录失败次数超限，用户已被锁定');
    if (acctId !== site.acctId) return refused(0, '数据中心不存在');
    if (service !== 'ValidateUser' && site.barred.includes(user)) {
      return refused(0, `第三方应用：${site.appId} 不允许用户${user} 登录`);
    }
    const known = site.users[user];
    if (known === undefined || !this.#proves(service, user, rest)) {
      this.#badTries.set(user, (this.#badTries.get(user) ?? 0) + 1);
      const code = service === 'LoginBySign' ? '002005000003016' : '';
      return refused(2, service === 'ValidateUser' ? '用户或密码错误' : '签名不匹配', code);
    }
    this.#badTries.delete(user);
    const session = this.#open(user);
    const context = { SessionId: session, DBid: acctId, UserName: user, DataCenterName: 'LianHub demo' };
    const answer = {
      LoginResultType: 1,
      Message: null,
      MessageCode: null,
      KDSVCSessionId: session,
      Context: context,
    };
    return { answer, session };
  }

  /** The user behind a request, and a new session if a signature opened one. Throws when there is none. */
  user(headers: Headers, url: string): { user: string; session?: string } {
    const id =
      headers.get('kdservice-sessionid') ??
      /kdservice-sessionid=([^;]+)/.exec(headers.get('cookie') ?? '')?.[1];
    const session = id ? this.#sessions.get(id) : undefined;
    const now = this.#site.now();
    if (session && now - session.used < this.#site.idleMs) {
      session.used = now;
      return { user: session.user };
    }
    if (!headers.get('x-kd-signature')) throw new CallRefused(1, sessionLostText);
    return this.#signed(headers, url);
  }

  #signed(headers: Headers, url: string): { user: string; session: string } {
    const site = this.#site;
    const timestamp = headers.get('x-api-timestamp') ?? '';
    const data = Buffer.from(headers.get('x-kd-appdata') ?? '', 'base64').toString('utf8');
    const [acctId = '', user = '', lcid = '', orgNum = ''] = data.split(',');
    if (site.strictness === 'gateway') {
      const ms = timestamp.length > 11 ? Number(timestamp) : Number(timestamp) * 1000;
      if (!headers.get('x-kd-appkey')) throw gateway(4002, 'APP_ID is empty');
      if (Math.abs(site.now() - ms) > gatewayWindowMs)
        throw gateway(4006, 'X-Api-TimeStamp is invalid or expired');
    }
    if (acctId !== site.acctId) throw new HttpRefusal(500, 'Fail to verify thirty passport');
    const { appId, appSecret } = site;
    const expected = signedHeaders(
      { acctId, username: user, appId, appSecret, lcid: Number(lcid), orgNum },
      url,
      timestamp,
    );
    const good = ['X-Api-Signature', 'X-Kd-Signature'].every((name) =>
      equalConstantTime(headers.get(name) ?? '', expected[name] ?? hexHmac('', '')),
    );
    if (!good || site.users[user] === undefined || site.barred.includes(user))
      throw new CallRefused(1, sessionLostText);
    return { user, session: this.#open(user) };
  }

  #proves(service: string, user: string, rest: readonly string[]): boolean {
    const { acctId, appId, appSecret, users } = this.#site;
    if (service === 'ValidateUser') return rest[0] === users[user];
    if (service === 'LoginByAppSecret') return rest[0] === appId && rest[1] === appSecret;
    const [givenAppId = '', timestamp = '', sign = ''] = rest;
    return (
      givenAppId === appId &&
      equalConstantTime(sign, loginSign({ acctId, username: user, appId, appSecret }, timestamp))
    );
  }

  #open(user: string): string {
    const session = randomUUID();
    this.#sessions.set(session, { user, used: this.#site.now() });
    return session;
  }
}

/** Login parameters from either body form: an ordered array, or an object with names. */
export function loginParameters(service: string, body: JsonObject): readonly Json[] {
  if (Array.isArray(body.parameters)) return body.parameters as readonly Json[];
  if (typeof body.parameters === 'string') return JSON.parse(body.parameters) as Json[];
  const head = [body.acctID ?? body.acctid ?? body.acctId ?? '', body.username ?? ''];
  if (service === 'ValidateUser') return [...head, body.password ?? '', body.lcid ?? 2052];
  if (service === 'LoginByAppSecret')
    return [...head, body.appId ?? '', body.appSecret ?? '', body.lcid ?? 2052];
  return [...head, body.appId ?? '', body.timestamp ?? '', body.sign ?? '', body.lcid ?? 2052];
}

function refused(type: number, message: string, code = ''): { answer: JsonObject } {
  return {
    answer: { LoginResultType: type, Message: message, MessageCode: code, KDSVCSessionId: '', Context: null },
  };
}

function gateway(errcode: number, description: string): HttpRefusal {
  return new HttpRefusal(519, { errcode, description, description_cn: description });
}
