/** Hosts and networks of one's own that events may be posted to, as `outbound.allow` names them. Pure. */
import ipaddr from 'ipaddr.js';

export type AllowedPlace =
  | { readonly host: string; readonly below: boolean }
  | { readonly network: readonly [ipaddr.IPv4 | ipaddr.IPv6, number] };

/**
 * Reads one entry: a host name, `*.` and a domain (every host below it), an address, or a network
 * (`10.20.0.0/16`, `fd12:3456::/32`). Answers what is wrong with it as text.
 */
export function readAllowedPlace(text: string): AllowedPlace | string {
  const network = readNetwork(text);
  if (network !== undefined) return network;
  const below = text.startsWith('*.');
  const name = below ? text.slice(2) : text;
  if (!/^[\p{L}\p{N}_-][\p{L}\p{N}._-]*$/u.test(name) || !URL.canParse(`http://${name}`)) {
    return 'expected a host name, *.domain, an address or a network such as 10.20.0.0/16';
  }
  const host = hostKey(new URL(`http://${name}`).hostname);
  if (ipaddr.isValid(host)) return `that is read as the address ${host}; write it so`;
  return { host, below };
}

function readNetwork(text: string): AllowedPlace | string | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const isFour = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!isFour && !ipaddr.IPv6.isValid(address)) return undefined;
  if (more.length > 0 || address.includes('%')) return 'expected a network such as 10.20.0.0/16';
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress()) return 'write it as an IPv4 address';
  const most = isFour ? 32 : 128;
  if (bits === undefined) return { network: [parsed, most] };
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (length < 0 || length > most) return `the number after the / is between 0 and ${most}`;
  return { network: [parsed, length] };
}

/** A host name as it is compared: without the dot that ends it. */
export function hostKey(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

/** What `outbound.allow` says, ready to be asked. */
export class AllowedPlaces {
  readonly #hosts = new Set<string>();
  readonly #domains: string[] = [];
  readonly #networks: (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[] = [];

  /** Entries must be readable: the configuration has been checked. Throws otherwise. */
  constructor(entries: readonly string[]) {
    for (const text of entries) {
      const place = readAllowedPlace(text);
      if (typeof place === 'string') throw new Error(`${text}: ${place}`);
      if ('network' in place) this.#networks.push(place.network);
      else if (place.below) this.#domains.push(`.${place.host}`);
      else this.#hosts.add(place.host);
    }
  }

  hasHost(host: string): boolean {
    const name = hostKey(host);
    return this.#hosts.has(name) || this.#domains.some((domain) => name.endsWith(domain));
  }

  hasAddress(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
    return this.#networks.some(([net, bits]) => address.kind() === net.kind() && address.match(net, bits));
  }

  /** Whether a name may turn out to be in an allowed network once it is looked up. */
  get hasNetworks(): boolean {
    return this.#networks.length > 0;
  }
}
