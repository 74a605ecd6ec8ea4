/**
 * The API from TypeScript: addresses, parameters and answers typed by `openapi/hub.yaml`, and nothing else in between.
 *
 * @example
 * const hub = hubClient({ url: 'http://127.0.0.1:8080', token });
 * const { data, error } = await hub.GET('/v1/records', { params: { query: { number: 'W2026110100017' } } });
 * if (error) throw new Error(`${error.code}: ${error.detail}`);
 */
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from '../../openapi/generated/hub.d.ts';

export type HubClient = Client<paths>;

/** Every schema of the API by name: `HubSchemas['Record']`. */
export type HubSchemas = components['schemas'];

export interface HubClientOptions {
  /** `http://host:port` of a hub. */
  readonly url: string;
  /** Made with `lianhub tokens create`. */
  readonly token: string;
  /** Instead of the built-in one, e.g. to go through a proxy. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** A client for one hub and one token. Refusals are answered as `error`, a problem with a stable code; nothing is thrown. */
export function hubClient({ url, token, fetch }: HubClientOptions): HubClient {
  return createClient<paths>({
    baseUrl: url,
    headers: { authorization: `Bearer ${token}` },
    ...(fetch === undefined ? {} : { fetch }),
  });
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/**
 * Every item of a list, page after page.
 *
 * @param read reads one page; throws for a refusal
 *
 * @example
 * for await (const letter of everyItem((cursor) => hub.GET('/v1/deadletters', { params: { query: { cursor } } })
 *   .then(({ data, error }) => { if (!data) throw new Error(error.code); return data; }))) …
 */
export async function* everyItem<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    yield* page.items;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}
