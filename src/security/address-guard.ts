/**
 * Keeps what is posted to addresses of others' choosing out of networks it has no business in (SSRF). An address is
 * checked when a subscription is made, as far as its text can tell, and again whenever a connection is made: the
 * addresses a name resolves to are judged, and the connection is made to these very addresses. A name that resolves
 * to something else a moment later (DNS rebinding) changes nothing.
 */
import { promises as dns, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { HubError } from '../errors.ts';
import { kindOfAddress } from './address-kind.ts';
import { AllowedPlaces, hostKey } from './allowed-places.ts';

export interface AddressGuardOptions {
  /**
   * Hosts and networks of one's own: `hooks.inner.example`, `*.inner.example`, `10.20.0.0/16`. A host opens private
   * and local addresses and plain http; a network also reserved ones. Metadata services stay closed. @default none
   */
  readonly allow?: readonly string[];
  /** Who resolves names. @default the system's resolver */
  readonly resolve?: (host: string, options: LookupOptions) => Promise<readonly LookupAddress[]>;
}

/** A good address, or what is wrong with it and where: from and to are places in the text. */
export type AddressVerdict =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly error: HubError; readonly from: number; readonly to: number };

/** Longest address taken, characters. */
const longest = 2048;
/** Addresses whose verdict is remembered: a hub posts to a handful of places again and again. */
const remembered = 1000;

export class AddressGuard {
  readonly #allow: AllowedPlaces;
  readonly #resolve: NonNullable<AddressGuardOptions['resolve']>;
  readonly #verdicts = new Map<string, AddressVerdict>();
  readonly #looking = new Map<string, Promise<readonly LookupAddress[]>>();

  constructor(options: AddressGuardOptions = {}) {
    this.#allow = new AllowedPlaces(options.allow ?? []);
    this.#resolve = options.resolve ?? ((host, how) => dns.lookup(host, { ...how, all: true }));
  }

  /**
   * Judges an address by its text alone: form, scheme, port, and hosts that are addresses in whatever notation.
   * Errors: `destination.*`. A name is only judged when it is connected to, by `lookup`.
   */
  check(text: string): AddressVerdict {
    const known = this.#verdicts.get(text);
    if (known) return known;
    const verdict = this.#judge(text);
    if (this.#verdicts.size >= remembered) this.#verdicts.clear();
    this.#verdicts.set(text, verdict);
    return verdict;
  }

  /**
   * What a connection is to resolve names with (`lookup` of an agent or a socket): fails with a `destination.*` error
   * when any address of the answer is closed. Node asks no lookup for a host that is an address: `check` its URL.
   */
  lookup(scheme: 'http' | 'https'): LookupFunction {
    return (host, options, callback) => {
      this.#look(host, options).then(
        (found) => {
          const [first] = found;
          const refusal = found
            .map(({ address }) => this.#refusalOf(host, address, scheme))
            .find((one) => one !== undefined);
          if (refusal) callback(refusal, []);
          else if (first === undefined) callback(noAddress(host), []);
          else if (options.all) callback(null, [...found]);
          else callback(null, first.address, first.family);
        },
        (error: unknown) => callback(error instanceof Error ? error : noAddress(host), []),
      );
    };
  }

  /** One question at a time for a name: many connections to it are often made at once. */
  #look(host: string, options: LookupOptions): Promise<readonly LookupAddress[]> {
    const key = `${host} ${options.family ?? 0} ${options.hints ?? 0}`;
    const asked = this.#looking.get(key);
    if (asked) return asked;
    const asking = this.#resolve(host, options).finally(() => this.#looking.delete(key));
    this.#looking.set(key, asking);
    return asking;
  }

  #judge(text: string): AddressVerdict {
    const parts = /^([^:/?#]*):(?:\/\/(?:([^/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?)?/d.exec(text);
    const refuse = (error: HubError, part?: number): AddressVerdict => {
      const [from, to] = (part === undefined ? undefined : parts?.indices?.[part]) ?? [0, text.length];
      return { ok: false, error, from, to };
    };
    if (text.length > longest) return refuse(badUrl(`it is longer than ${longest} characters`));
    // Readers of addresses disagree about these, so they are good for nothing but tricks.
    const odd = /[\s\\\p{Cc}]/u.exec(text);
    if (odd) {
      const error = badUrl('it has a space, a control character or a backslash in it');
      return { ok: false, error, from: odd.index, to: odd.index + 1 };
    }
    const scheme = parts?.[1]?.toLowerCase();
    if (scheme !== undefined && scheme !== 'https' && scheme !== 'http') {
      return refuse(new HubError('destination.scheme', { scheme: scheme === '' ? 'none' : scheme }), 1);
    }
    if (scheme === undefined || parts?.[3] === undefined) return refuse(badUrl('it has no scheme and host'));
    if (parts[2] !== undefined) return refuse(new HubError('destination.userinfo', {}), 2);
    if (!URL.canParse(text)) return refuse(badUrl('its host or port cannot be read'), 3);
    const url = new URL(text);
    const host = bare(url.hostname);
    if (isIP(host) !== 0) {
      const refusal = this.#refusalOf(host, host, scheme);
      if (refusal) return refuse(refusal, refusal.code === 'destination.plain-http' ? 1 : 3);
      if (!this.#allow.hasAddress(kindOfAddress(host).address) && isClosedPort(url)) {
        return refuse(closedPort(url), 4);
      }
      return { ok: true, url };
    }
    if (this.#allow.hasHost(host)) return { ok: true, url };
    if (/(^|\.)localhost$/.test(hostKey(host)) && this.#refusalOf(host, '127.0.0.1', scheme)) {
      return refuse(inner(host, 'the machine of the hub itself'), 3);
    }
    if (scheme === 'http' && !this.#allow.hasNetworks) return refuse(plainHttp(host), 1);
    return isClosedPort(url) ? refuse(closedPort(url), 4) : { ok: true, url };
  }

  /** Why a connection to this address, for this host, must not be made. */
  #refusalOf(host: string, text: string, scheme: 'http' | 'https'): HubError | undefined {
    const { reach, what, address } = kindOfAddress(text);
    if (reach === 'never') return new HubError('destination.never', { host, kind: what });
    if (this.#allow.hasAddress(address)) return undefined;
    const isNamed = this.#allow.hasHost(host);
    if (reach === 'special' || (reach === 'inner' && !isNamed)) return inner(host, what);
    return scheme === 'http' && !isNamed ? plainHttp(host) : undefined;
  }
}

/** Ports above 1023 that the fetch standard closes, and those of common databases. */
const closedPorts = new Set([
  1433, 1521, 1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666,
  6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
]);

function isClosedPort({ port }: URL): boolean {
  // Without one it is the scheme's own.
  if (port === '' || port === '80' || port === '443') return false;
  return Number(port) < 1024 || closedPorts.has(Number(port));
}

function bare(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function badUrl(reason: string): HubError {
  return new HubError('destination.bad-url', { reason });
}

function closedPort({ port }: URL): HubError {
  return new HubError('destination.port', { port });
}

function plainHttp(host: string): HubError {
  return new HubError('destination.plain-http', { host });
}

function inner(host: string, kind: string): HubError {
  return new HubError('destination.inner-address', { host, kind });
}

function noAddress(host: string): Error {
  return Object.assign(new Error(`${host} has no address`), { code: 'ENODATA' });
}
