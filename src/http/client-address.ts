import { type Networks, plainAddress } from '../security/networks.ts';

/** Proxies whose word about where a request comes from is believed. */
export interface TrustedProxies {
  readonly networks: Networks;
  /** Lower case. */
  readonly header: string;
}

/**
 * Where a request comes from: the other end of its connection; behind trusted proxies the last address of their header
 * that is not one of theirs. Whatever stands before that anybody could have written. Undefined: it cannot be told.
 */
export function clientAddress(
  peer: string | undefined,
  headers: Readonly<Record<string, string>>,
  proxies: TrustedProxies | undefined,
): string | undefined {
  const own = peer === undefined ? undefined : plainAddress(peer);
  if (!proxies?.networks.includes(own)) return own;
  for (const text of (headers[proxies.header] ?? '').split(',').reverse()) {
    const address = plainAddress(withoutPort(text.trim()));
    if (!proxies.networks.includes(address)) return address;
  }
  return own;
}

/** Some proxies add the port: `203.0.113.7:4711`, `[2001:db8::7]:4711`. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([^:]+):\d+$/.exec(text)?.[1] ?? text;
}
