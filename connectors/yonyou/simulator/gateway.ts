/** The platform before the business: data centre, tokens, and what the gateway refuses before a call is looked at. */
import { randomBytes } from 'node:crypto';
import { equalConstantTime, type JsonObject } from '../../kit/index.ts';
import { tokenSignature } from '../signing.ts';

export const tenantId = 'simulated-tenant';
export const appKey = 'simulatedAppKey0001';
export const appSecret = '11112222-3333-4444-5555-simulated666';

/** Refused by the platform or by the business; `status` only where Yonyou uses one. */
export class Refused extends Error {
  readonly code: string | number;
  readonly status: number;
  readonly data: JsonObject | undefined;
  constructor(code: string | number, message: string, status = 200, data?: JsonObject) {
    super(message);
    this.code = code;
    this.status = status;
    this.data = data;
  }
}

export interface GatewayOptions {
  readonly now: () => number;
  /** Calls of one API a minute; Infinity: no limit. */
  readonly callsPerMinute: number;
  readonly tokenSeconds: number;
  /** How far the time stamp of a token request may be off, milliseconds. */
  readonly toleranceMs: number;
  readonly unauthorised: readonly string[];
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #tokens = new Map<string, number>();
  readonly #starts = new Map<string, number[]>();
  /** Token requests, right or wrong. */
  logins = 0;
  /** Calls refused because of a limit. */
  overLimit = 0;
  /** Refusals on purpose: the next calls get these codes. */
  readonly queue: string[] = [];

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  token(query: Readonly<Record<string, string>>): JsonObject {
    this.logins++;
    const { now, tokenSeconds, toleranceMs } = this.#options;
    const { appKey: given = '', timestamp = '', signature = '' } = query;
    if (given !== appKey) return { code: '10018', message: '应用不存在或appKey已停用' };
    if (Math.abs(now() - Number(timestamp)) > toleranceMs) return { code: '10019', message: '时间戳已过期' };
    if (!equalConstantTime(signature, tokenSignature({ appKey: given, timestamp }, appSecret)))
      return { code: '10020', message: '签名错误' };
    // Long, and with characters that must be encoded in an address.
    const token = `YT4+${randomBytes(96).toString('base64')}/==`;
    this.#tokens.set(token, now() + tokenSeconds * 1000);
    return { code: '00000', message: '成功！', data: { access_token: token, expire: tokenSeconds } };
  }

  expireTokens(): void {
    this.#tokens.clear();
  }

  /** In the gateway's own order: path, token, authorisation, limits. Throws Refused. */
  admit(path: string, token: string | undefined, isKnown: boolean): void {
    if (!isKnown) throw new Refused('310404', `网关上没有注册此API[${path}]，请确认后重新调用`, 404);
    if (!token) throw new Refused('310001', 'access_token不能为空。');
    if ((this.#tokens.get(token) ?? 0) <= this.#options.now()) throw new Refused('310036', '非法token');
    if (this.#options.unauthorised.includes(path)) throw new Refused('310037', 'API未被授权');
    const wanted = this.queue.shift();
    if (wanted !== undefined) throw new Refused(wanted, '请稍后再试');
    const now = this.#options.now();
    const starts = (this.#starts.get(path) ?? []).filter((start) => start > now - 60_000);
    if (starts.length >= this.#options.callsPerMinute) {
      this.overLimit++;
      throw new Refused('310046', '触发了API级限流');
    }
    if (this.#options.callsPerMinute !== Number.POSITIVE_INFINITY) this.#starts.set(path, [...starts, now]);
  }
}

/** What a save under a token gave, for as long as the platform remembers it. */
export class Resubmits {
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly data: JsonObject; readonly at: number }>();
  /** Which of the two numbers in the documents a repeated save gets once the answer is forgotten. */
  code: '10004' | '100004' = '100004';

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The first answer for an hour, after that the refusal that names the object. */
  run(path: string, key: string, save: () => JsonObject): JsonObject {
    if (key.length > 32) throw new Refused('310015', 'resubmitCheckKey长度不能超过32');
    const known = this.#kept.get(`${path}/${key}`);
    if (known && this.#now() - known.at < 3_600_000) return known.data;
    if (known) throw new Refused(this.code, '重复提交', 200, { id: known.data.id ?? '' });
    const data = save();
    if (key !== '') this.#kept.set(`${path}/${key}`, { data, at: this.#now() });
    return data;
  }
}
