/** Who is let in: tokens, trusted addresses, bans, and how often. */
import { createHash } from 'node:crypto';
import { equalConstantTime } from '../../kit/index.ts';
import { Refusal } from './refusal.ts';

export interface GateOptions {
  readonly corpId: string;
  /** Secret → the app it belongs to. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly tokenSeconds: number;
  /** Wrong secrets after which the address is banned for an hour. */
  readonly bannedAfter: number;
  readonly perMinute: number;
  readonly perHour: number;
  readonly concurrent: number;
  readonly now: () => number;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;

interface Token {
  readonly text: string;
  readonly app: string;
  readonly until: number;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #tokens = new Map<string, Token>();
  readonly #newest = new Map<string, Token>();
  readonly #starts = new Map<string, number[]>();
  readonly #blocked = new Map<string, number>();
  readonly #running = new Map<string, number>();
  #bannedUntil = 0;
  #made = 0;
  /** Tokens asked for. */
  logins = 0;
  /** Of these with a secret nobody has. */
  wrongSecrets = 0;
  /** Calls refused because there were too many. */
  exceeded = 0;
  /** Whether the caller's address is one of 企业可信IP. */
  trusted = true;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** The same token as long as it lives (an older page of the vendor says so). */
  signIn(corpId: string, secret: string): { access_token: string; expires_in: number } {
    const { now, secrets, tokenSeconds, bannedAfter } = this.#options;
    this.logins += 1;
    if (now() < this.#bannedUntil) throw new Refusal(45009, 'api freq out of limit');
    if (corpId !== this.#options.corpId) throw new Refusal(40013, 'invalid corpid');
    const app = Object.entries(secrets).find(([known]) => equalConstantTime(known, secret))?.[1];
    if (app === undefined) {
      this.wrongSecrets += 1;
      if (this.wrongSecrets % bannedAfter === 0) this.#bannedUntil = now() + hourMs;
      throw new Refusal(40001, 'invalid credential');
    }
    const living = this.#newest.get(app);
    const token = living && now() < living.until ? living : this.#newToken(app, tokenSeconds);
    return { access_token: token.text, expires_in: Math.floor((token.until - now()) / 1000) };
  }

  #newToken(app: string, seconds: number): Token {
    this.#made += 1;
    const text = createHash('sha512').update(`${app}#${this.#made}`).digest('base64url');
    const token = { text, app, until: this.#options.now() + seconds * 1000 };
    this.#tokens.set(text, token);
    this.#newest.set(app, token);
    return token;
  }

  /** Ends all tokens before their time, as the vendor may. */
  expire(): void {
    this.#tokens.clear();
    this.#newest.clear();
  }

  /** The app a call is made by. */
  admit(accessToken: string | undefined): string {
    if (!accessToken) throw new Refusal(41001, 'access_token missing');
    if (!this.trusted) throw new Refusal(60020, 'not allow to access from your ip');
    const token = this.#tokens.get(accessToken);
    if (!token) throw new Refusal(40014, 'invalid access_token');
    if (this.#options.now() >= token.until) throw new Refusal(42001, 'access_token expired');
    return token.app;
  }

  /** Counts a call of an API; the function it answers ends it. */
  enter(api: string): () => void {
    const { now, perMinute, perHour, concurrent } = this.#options;
    const moment = now();
    if (moment < (this.#blocked.get(api) ?? 0)) this.#refuse(45009, 'api freq out of limit');
    const starts = (this.#starts.get(api) ?? []).filter((at) => at > moment - hourMs);
    this.#starts.set(api, starts);
    const inMinute = starts.filter((at) => at > moment - minuteMs).length;
    if (starts.length >= perHour) this.#block(api, moment + hourMs);
    if (inMinute >= perMinute) this.#block(api, moment + minuteMs);
    const running = this.#running.get(api) ?? 0;
    if (running >= concurrent) this.#refuse(45033, 'api concurrent out of limit');
    starts.push(moment);
    this.#running.set(api, running + 1);
    return () => this.#running.set(api, (this.#running.get(api) ?? 1) - 1);
  }

  #block(api: string, until: number): never {
    this.#blocked.set(api, until);
    return this.#refuse(45009, 'api freq out of limit');
  }

  #refuse(errcode: number, text: string): never {
    this.exceeded += 1;
    throw new Refusal(errcode, text);
  }
}
