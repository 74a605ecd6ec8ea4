/** Asking the API of a test hub as one of several token holders. */
import { expect } from 'vitest';
import { issueToken } from '../../src/ledger/tokens.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Role, Scope } from '../../src/security/index.ts';
import type { TestHub } from '../harness.ts';

export type Page = { items: JsonObject[]; next: string | null } & JsonObject;

/** Token holders by name, and what they ask. `hub` is asked for when it is there. */
export function callersOf(hub: () => TestHub) {
  const secrets = new Map<string, string>();

  /** Makes a token; whoever holds it is known by its name from now on. */
  async function token(
    name: string,
    role: Role,
    scopes: readonly Scope[] = [],
    expiresAt?: Date,
  ): Promise<string> {
    const made = await hub().database.transaction((sql) =>
      issueToken(sql, { name, role, scopes, expiresAt, author: 'test' }),
    );
    secrets.set(name, made?.secret ?? '');
    return made?.secret ?? '';
  }
  const as = (who: string, to: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${hub().url}${to}`, {
      ...init,
      headers: { authorization: `Bearer ${secrets.get(who) ?? who}`, ...init.headers },
    });
  const post = (who: string, to: string, body?: unknown, headers = {}): Promise<Response> =>
    as(who, to, {
      method: 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    });
  /** Status and code of a refusal. */
  const problemOf = async (answer: Response): Promise<unknown[]> => {
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  const read = async (who: string, to: string): Promise<Page> => {
    const answer = await as(who, to);
    expect(answer.status, `${to}: ${await answer.clone().text()}`).toBe(200);
    return (await answer.json()) as Page;
  };
  return { secrets, token, as, post, problemOf, read };
}

/** What an answer says; a stream that never ends says nothing here. */
export async function textOf(answer: Response): Promise<string> {
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer.text();
  await answer.body?.cancel();
  return '';
}
