/** What of a subscription is kept sealed: the secrets that sign, and headers, which often hold a token. */
import { z } from 'zod';
import { type Keyring, seal, unseal } from '../../security/index.ts';

export interface SubscriptionSecrets {
  /** The newest first. */
  readonly signing: readonly {
    readonly secret: string;
    /** Until when it signs beside the newer ones; null: no end. UTC ISO-8601. */
    readonly until: string | null;
  }[];
  readonly headers: Readonly<Record<string, string>>;
}

const shape = z.object({
  signing: z.array(z.object({ secret: z.string(), until: z.string().nullable() })),
  headers: z.record(z.string(), z.string()),
});

export function sealSecrets(keys: Keyring, id: string, secrets: SubscriptionSecrets): Buffer {
  return Buffer.from(seal(keys, JSON.stringify(secrets), contextOf(id)));
}

/** Errors: `secrets.unknown-key`, `secrets.unreadable`. */
export function openSecrets(keys: Keyring, id: string, sealed: Buffer): SubscriptionSecrets {
  return shape.parse(JSON.parse(unseal(keys, sealed.toString('utf8'), contextOf(id))));
}

/** Secrets that sign at a moment, the newest first. */
export function liveSecrets({ signing }: SubscriptionSecrets, now: number): string[] {
  return signing.filter(({ until }) => until === null || Date.parse(until) > now).map(({ secret }) => secret);
}

function contextOf(id: string): string {
  return `subscriptions/${id}`;
}
