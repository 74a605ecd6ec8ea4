/** What kind of place an IP address is. Pure; ranges are those of the IANA registries as `ipaddr.js` knows them. */
import ipaddr from 'ipaddr.js';

/**
 * `public`: anywhere on the internet. `inner`: a network of somebody's own, this machine included. `special`: kept
 * for a purpose, used inside here and there. `never`: nothing that could be a receiver, or a way around this guard.
 */
export type Reach = 'public' | 'inner' | 'special' | 'never';

export interface AddressKind {
  readonly reach: Reach;
  /** For a sentence: `a private address`. */
  readonly what: string;
  /** The address a connection really goes to: IPv4 where IPv6 only wraps it. */
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
}

/**
 * Where clouds answer their machines with credentials and secrets. Most lie in ranges that are closed anyway; they
 * are named so that no allowed network opens them, and because two lie among public or shared addresses.
 */
const metadata = new Set(
  [
    '169.254.169.254', // AWS, Azure, Google, Oracle, Huawei, OpenStack
    '169.254.170.2', // AWS, credentials of containers
    '169.254.170.23',
    '169.254.0.23', // Tencent
    '169.254.10.10',
    '100.100.100.200', // Alibaba
    '100.96.0.96', // Volcengine
    '168.63.129.16', // Azure, among public addresses
    '192.0.0.192', // Oracle
    'fd00:ec2::254', // AWS
    'fd00:ec2::23',
    'fd20:ce::254', // Google
    'fd00:c1::a9fe:a9fe', // Oracle
    'fd00:42::42', // Scaleway
  ].map((text) => ipaddr.parse(text).toString()),
);

const named: Readonly<Record<string, readonly [Reach, string]>> = {
  unicast: ['public', 'a public address'],
  private: ['inner', 'a private address'],
  uniqueLocal: ['inner', 'a private address'],
  loopback: ['inner', 'the machine of the hub itself'],
  carrierGradeNat: ['inner', "an address behind a provider's NAT"],
  linkLocal: ['special', 'a link-local address'],
  deprecatedSiteLocal: ['special', 'a private address'],
  unspecified: ['never', 'no address of a machine'],
  broadcast: ['never', 'a broadcast address'],
  multicast: ['never', 'a multicast address'],
  '6to4': ['never', 'an IPv4 address wrapped in IPv6'],
  teredo: ['never', 'an IPv4 address wrapped in IPv6'],
  rfc6145: ['never', 'an IPv4 address wrapped in IPv6'],
};
const reserved = ['special', 'a reserved address'] as const;

/** The kind of an address written as text, also with a zone (`fe80::1%eth0`). Throws when it is none. */
export function kindOfAddress(text: string): AddressKind {
  const address = ipaddr.process(text);
  if (metadata.has(address.toString().replace(/%.*/, ''))) {
    return { reach: 'never', what: 'where a cloud keeps credentials', address };
  }
  if (address instanceof ipaddr.IPv4) return kindOf(address.range(), address);
  const [wrapped] = wrappedBy(address);
  if (wrapped === undefined) {
    const range = address.range();
    // Everything given out so far is in 2000::/3; what is not, is not on the internet.
    const isGlobal = ((address.parts[0] ?? 0) & 0xe000) === 0x2000;
    return kindOf(range === 'unicast' && !isGlobal ? 'reserved' : range, address);
  }
  // A translator of the network (NAT64) is how machines with IPv6 only reach the rest; it must not lead inside.
  const isTranslated = address.range() === 'rfc6052';
  if (isTranslated && kindOfAddress(wrapped.toString()).reach === 'public') {
    return { reach: 'public', what: 'a public address', address };
  }
  return { reach: 'never', what: 'an IPv4 address wrapped in IPv6', address };
}

function kindOf(range: string, address: ipaddr.IPv4 | ipaddr.IPv6): AddressKind {
  const [reach, what] = named[range] ?? reserved;
  return { reach, what, address };
}

const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const compatible = ipaddr.IPv6.parseCIDR('::/96');

/** The IPv4 address in the last four bytes of one that is translated or IPv4-compatible; nothing for others. */
function wrappedBy(address: ipaddr.IPv6): readonly ipaddr.IPv4[] {
  const range = address.range();
  if (range === 'loopback' || range === 'unspecified') return [];
  if (!address.match(nat64) && !address.match(compatible)) return [];
  return [new ipaddr.IPv4(address.toByteArray().slice(12))];
}
