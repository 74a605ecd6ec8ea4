/** Where a request comes from and how: what the connection tells, and what trusted proxies do. */
import type { Context } from 'hono';
import type { ApiEnv } from '../api/environment.ts';
import { clientAddress, type TrustedProxies } from '../client-address.ts';

export interface CallerPlace {
  /** IP address, or `unknown`. */
  readonly address: string;
  /** The browser speaks https, to the hub's proxy. */
  readonly https: boolean;
}

export function callerPlace(
  context: Context<ApiEnv>,
  proxies: TrustedProxies | undefined,
  publicUrl: string | undefined,
): CallerPlace {
  const incoming = context.env?.incoming;
  const peer = incoming?.socket?.remoteAddress;
  const headers = (incoming?.headers ?? {}) as Readonly<Record<string, string>>;
  const address = clientAddress(peer, headers, proxies) ?? 'unknown';
  const told = proxies?.networks.includes(clientAddress(peer, headers, undefined))
    ? headers['x-forwarded-proto']?.split(',')[0]?.trim()
    : undefined;
  const named =
    publicUrl?.startsWith('https:') === true && new URL(publicUrl).host === context.req.header('host');
  return { address, https: told === undefined ? named : told === 'https' };
}
