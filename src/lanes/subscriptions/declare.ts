/** Subscriptions of hub.yaml, and what all of them listen to, when a hub starts. */
import { newSecret } from '../../deliver/signature.ts';
import { HubError } from '../../errors.ts';
import { typesOf } from '../../events/catalog.ts';
import { declareInterest } from '../../ledger/events.ts';
import { newId } from '../../ledger/ids.ts';
import type { Sql } from '../../ledger/sql.ts';
import {
  deleteSubscription,
  insertSubscription,
  listSubscriptions,
  type SubscriptionRow,
  type SubscriptionWrite,
  updateSubscription,
} from '../../ledger/subscriptions.ts';
import type { Keyring } from '../../security/index.ts';
import { openSecrets, type SubscriptionSecrets, sealSecrets } from '../deliver/sealed.ts';
import type { SubscriptionInput } from './check.ts';
import { keepSecretMs } from './manage.ts';

/**
 * Puts the subscriptions of hub.yaml beside those people have made; one that is not written there any more is removed.
 * A name that was taken by people becomes the file's. Types that are new since are listened to.
 */
export async function declareSubscriptions(
  sql: Sql,
  declared: readonly SubscriptionInput[],
  keys: Keyring,
): Promise<void> {
  const known = new Map((await listSubscriptions(sql)).map((one) => [one.name, one]));
  for (const input of declared) {
    const before = known.get(input.name);
    const id = before?.id ?? newId();
    const secrets = secretsOf(input, before, keys);
    const write: SubscriptionWrite = {
      id,
      name: input.name,
      declared: true,
      types: input.events,
      filter: input.filter ?? null,
      url: input.url,
      secrets: before && isSame(secrets, before, keys) ? before.secrets : sealSecrets(keys, id, secrets),
      ordered: input.ordered ?? false,
      per_second: input.rate ?? null,
      personal: input.personal ?? 'masked',
      shards: input.shards ?? 1,
    };
    if (!before) await insertSubscription(sql, write, 'hub.yaml');
    else if (isChanged(before, write)) await updateSubscription(sql, write);
  }
  const names = new Set(declared.map(({ name }) => name));
  for (const one of known.values()) {
    if (one.declared && !names.has(one.name)) await deleteSubscription(sql, one.id);
  }
  for (const { id, types } of await listSubscriptions(sql)) {
    const heard = typesOf(types).map(({ type }) => type);
    await declareInterest(sql, `subscription/${id}`, heard);
  }
}

/** A secret that is written counts, and the one before signs beside it for a while; without one, what was made stays. */
function secretsOf(
  { secret, headers = {} }: SubscriptionInput,
  before: SubscriptionRow | undefined,
  keys: Keyring,
): SubscriptionSecrets {
  const signing = opened(before, keys, secret !== undefined)?.signing ?? [];
  if (secret === undefined || signing[0]?.secret === secret) {
    return { signing: signing.length > 0 ? signing : [{ secret: newSecret(), until: null }], headers };
  }
  const until = new Date(Date.now() + keepSecretMs).toISOString();
  const last = signing.slice(0, 1).map((one) => ({ secret: one.secret, until }));
  return { signing: [{ secret, until: null }, ...last], headers };
}

/** What was kept. Where the key it was sealed with is gone, a secret that is written anew is enough. */
function opened(
  before: SubscriptionRow | undefined,
  keys: Keyring,
  isWritten: boolean,
): SubscriptionSecrets | undefined {
  if (!before) return undefined;
  try {
    return openSecrets(keys, before.id, before.secrets);
  } catch (error) {
    if (isWritten && error instanceof HubError) return undefined;
    throw error;
  }
}

function isSame(secrets: SubscriptionSecrets, before: SubscriptionRow, keys: Keyring): boolean {
  return JSON.stringify(secrets) === JSON.stringify(opened(before, keys, true));
}

function isChanged(before: SubscriptionRow, now: SubscriptionWrite): boolean {
  return Object.entries(now).some(([name, value]) => {
    const was: unknown = Reflect.get(before, name);
    return Buffer.isBuffer(value) ? was !== value : JSON.stringify(was) !== JSON.stringify(value);
  });
}
