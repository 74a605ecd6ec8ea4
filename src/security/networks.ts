/** Addresses and networks of the internet, as people write them in settings. */
import { BlockList, isIP, isIPv4 } from 'node:net';

/** An address or a network: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Reads a network; undefined when it is none. Bits below the prefix must not be set: that is mostly a slip. */
export function networkOf(text: string): Network | undefined {
  const [written = '', bits, ...more] = text.trim().split('/');
  const address = plainAddress(written);
  if (address === undefined || more.length > 0) return undefined;
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const longest = family === 'ipv4' ? 32 : 128;
  if (bits === undefined) return { address, prefix: longest, family };
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > longest || written !== address) return undefined;
  const network = { address, prefix: Number(bits), family } as const;
  return startsNetwork(network) ? network : undefined;
}

/** Networks to look addresses up in. */
export class Networks {
  readonly #list = new BlockList();

  constructor(networks: readonly Network[]) {
    for (const { address, prefix, family } of networks) this.#list.addSubnet(address, prefix, family);
  }

  /** Whether an address is in one of them; never for what is no address. IPv4 written as IPv6 counts as IPv4. */
  includes(address: string | undefined): boolean {
    const plain = address === undefined ? undefined : plainAddress(address);
    return plain !== undefined && this.#list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  }
}

/** An address without zone, and as IPv4 where it is one in IPv6's clothes (`::ffff:10.0.0.1`); undefined: it is none. */
export function plainAddress(text: string): string | undefined {
  const bare = text.trim().replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(bare)?.[1];
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(bare);
  const [high, low] = [hex?.[1], hex?.[2]].map((part) => Number.parseInt(part ?? '', 16));
  const address =
    mapped ??
    (hex && high !== undefined && low !== undefined
      ? [high >> 8, high & 255, low >> 8, low & 255].join('.')
      : bare);
  return isIP(address) === 0 ? undefined : address;
}

function startsNetwork({ address, prefix, family }: Network): boolean {
  const bits = family === 'ipv4' ? 32 : 128;
  const value = numberOf(address, family);
  return prefix === bits || value % (1n << BigInt(bits - prefix)) === 0n;
}

function numberOf(address: string, family: Network['family']): bigint {
  if (family === 'ipv4') {
    return address.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
  }
  const [left = '', right] = address.split('::');
  const groups = (text: string): string[] => {
    const parts = text === '' ? [] : text.split(':');
    const last = parts.at(-1) ?? '';
    if (!last.includes('.')) return parts;
    const value = numberOf(last, 'ipv4');
    return [...parts.slice(0, -1), (value >> 16n).toString(16), (value & 0xffffn).toString(16)];
  };
  const [head, tail] = [groups(left), groups(right ?? '')];
  const zeros = right === undefined ? [] : Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].reduce((sum, part) => (sum << 16n) + BigInt(`0x${part}`), 0n);
}
