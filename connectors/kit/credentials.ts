/** Keys that travel as they are: in a header or on the address. What is signed stands in `signature.ts`. */

/** `Authorization: Bearer …`. */
export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** `Authorization: Basic …`, user and password as UTF-8. */
export function basic(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` };
}

/** Where a static key goes. */
export type KeyPlace = { readonly header: string; readonly prefix?: string } | { readonly query: string };

export interface StaticKey {
  readonly headers: Readonly<Record<string, string>>;
  /** For `withQuery`. */
  readonly query: Readonly<Record<string, string>>;
}

/** A static key in its place: headers and query parameters to lay over those of a request. */
export function staticKey(place: KeyPlace, key: string): StaticKey {
  if ('query' in place) return { headers: {}, query: { [place.query]: key } };
  return { headers: { [place.header.toLowerCase()]: `${place.prefix ?? ''}${key}` }, query: {} };
}
