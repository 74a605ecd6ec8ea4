/** A browser without a window: keeps cookies, and says where its requests come from as browsers do. */
import type { Database } from '../../src/ledger/database.ts';
import type { Role, Scope } from '../../src/security/index.ts';
import { passwordHash } from '../../src/security/passwords.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
}

export class TestBrowser {
  readonly cookies = new Map<string, string>();
  /** `Set-Cookie` of the last answer, as it came. */
  lastCookies: readonly string[] = [];

  constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Asks as a page of the hub would. */
  async ask(
    method: string,
    to: string,
    body?: unknown,
    headers: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Answered> {
    const sent = {
      origin: this.url,
      'x-lianhub-console': '1',
      ...(this.cookies.size === 0
        ? {}
        : { cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...this.headers,
      ...headers,
    };
    const answer = await fetch(new URL(to, this.url), {
      method,
      redirect: 'manual',
      headers: Object.entries(sent).filter((pair): pair is [string, string] => pair[1] !== undefined),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    this.lastCookies = answer.headers.getSetCookie();
    for (const text of this.lastCookies) {
      const [pair = ''] = text.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0(;|$)/i.test(text) || at === pair.length - 1) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  }

  get(to: string, headers: Readonly<Record<string, string | undefined>> = {}): Promise<Answered> {
    return this.ask('GET', to, undefined, headers);
  }

  post(to: string, body: unknown = {}, headers: Readonly<Record<string, string | undefined>> = {}) {
    return this.ask('POST', to, body, headers);
  }

  signIn(email: string, password: string): Promise<Answered> {
    return this.post('/auth/sign-in/email', { email, password });
  }
}

/** Status and code of a refusal. */
export function refusalOf({ status, body }: Answered): unknown[] {
  return [status, (body as { code?: string }).code];
}

/** Items of a list. */
export function itemsOf({ body }: Answered): Record<string, unknown>[] {
  return (body as { items: Record<string, unknown>[] }).items;
}

/** Signs somebody in for the first time with the password that was made for them, and chooses theirs. */
export async function firstSignIn(
  url: string,
  { email, password }: { readonly email: string; readonly password: string },
  chosen: string,
): Promise<TestBrowser> {
  const browser = new TestBrowser(url);
  for (const [to, body] of [
    ['/auth/sign-in/email', { email, password }],
    ['/auth/change-password', { currentPassword: password, newPassword: chosen }],
  ] as const) {
    const answer = await browser.post(to, body);
    if (answer.status !== 200) throw new Error(`${to}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return browser;
}

/** What a user is made from. */
export function wishFor(name: string, role: Role = 'viewer') {
  return { email: `${name}@example.com`, name, role, author: 'test' };
}

const hashes = new Map<string, Promise<string>>();

/** A user who has chosen a password before, signed in. Many share a hash, which costs its time once. */
export async function settledUser(
  { database, url }: { readonly database: Database; readonly url: string },
  user: {
    readonly email: string;
    readonly name: string;
    readonly role: Role;
    readonly scopes: readonly Scope[];
  },
  password: string,
): Promise<{ readonly id: string; readonly email: string; readonly browser: TestBrowser }> {
  const hash = hashes.get(password) ?? passwordHash(password);
  hashes.set(password, hash);
  const found = await database.query<{ id: string }>(
    `with u as (insert into users (id, email, email_verified, name, role, scopes, rights_from)
       values (gen_random_uuid(), $1, true, $2, $3, $4, 'hub') returning id)
     insert into accounts (id, provider_id, account_id, user_id, password)
     select gen_random_uuid(), 'credential', id::text, id, $5 from u returning user_id as id`,
    [user.email, user.name, user.role, user.scopes, await hash],
  );
  const browser = new TestBrowser(url);
  const answer = await browser.signIn(user.email, password);
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return { id: found.rows[0]?.id ?? '', email: user.email, browser };
}
