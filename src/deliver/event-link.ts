/** Links to the data of events that are too large to be posted. Whoever has the link may read it, for a while. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { HubError } from '../errors.ts';
import type { Keyring, SecretKey } from '../security/index.ts';

/** How long a link is good, ms: longer than an event is tried again. Each try bears a new one. */
const validMs = 7 * 86_400_000;

export interface LinkedEvent {
  readonly event: string;
  /** The subscription it was made for: what may be shown of personal data depends on it. */
  readonly subscription: string;
}

/** Makes and reads links `/v1/events/<event>/data?subscription=…&until=…&signature=…`. */
export class EventLinks {
  readonly #publicUrl: string;
  readonly #keys: readonly Buffer[];

  /** @param keys the newest signs; links made with an older one are still good. */
  constructor(options: { readonly publicUrl: string; readonly keys: Keyring }) {
    this.#publicUrl = options.publicUrl.replace(/\/+$/, '');
    this.#keys = options.keys.map(signingKey);
  }

  make(linked: LinkedEvent, at: Date): string {
    const until = String(Math.floor((at.getTime() + validMs) / 1000));
    const [key = Buffer.alloc(0)] = this.#keys;
    const query = new URLSearchParams({
      subscription: linked.subscription,
      until,
      signature: sign(key, linked, until).toString('base64url'),
    });
    return `${this.#publicUrl}/v1/events/${encodeURIComponent(linked.event)}/data?${query}`;
  }

  /** What a link is for. Throws `delivery.bad-link` when it was altered, made by somebody else, or is too old. */
  read(event: string, query: URLSearchParams, now: Date): LinkedEvent {
    const linked = { event, subscription: query.get('subscription') ?? '' };
    const until = query.get('until') ?? '';
    const told = Buffer.from(query.get('signature') ?? '', 'base64url');
    const isOurs = this.#keys.some((key) => {
      const expected = sign(key, linked, until);
      return told.length === expected.length && timingSafeEqual(told, expected);
    });
    if (!isOurs || Number(until) * 1000 < now.getTime()) throw new HubError('delivery.bad-link', {});
    return linked;
  }
}

function signingKey({ bytes }: SecretKey): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes, '', 'lianhub event links', 32));
}

function sign(key: Buffer, { event, subscription }: LinkedEvent, until: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([event, subscription, until]))
    .digest();
}
