/** What people do with subscriptions; each decision is noted in the transaction that carries it out. */
import { newSecret } from '../../deliver/signature.ts';
import { HubError } from '../../errors.ts';
import { typesOf } from '../../events/catalog.ts';
import { insertAudit } from '../../ledger/audit.ts';
import type { Database } from '../../ledger/database.ts';
import { declareInterest } from '../../ledger/events.ts';
import { newId } from '../../ledger/ids.ts';
import type { Sql } from '../../ledger/sql.ts';
import {
  deleteSubscription,
  findSubscription,
  insertSubscription,
  type SubscriptionRow,
  type SubscriptionWrite,
  setSubscriptionState,
  updateSubscription,
  writeSubscriptionSecrets,
} from '../../ledger/subscriptions.ts';
import type { AddressGuard } from '../../security/address-guard.ts';
import type { Keyring } from '../../security/index.ts';
import { deliverLanes } from '../deliver/lane.ts';
import { openSecrets, type SubscriptionSecrets, sealSecrets } from '../deliver/sealed.ts';
import { problemsOf, type SubscriptionInput } from './check.ts';

/** What is needed to look after subscriptions. */
export interface SubscriptionDesk {
  readonly database: Database;
  readonly guard: AddressGuard;
  readonly keys: Keyring;
}

/** How long the secret before still signs after a rotation, unless somebody says otherwise. */
export const keepSecretMs = 24 * 3_600_000;

/** By name or id. Errors: `subscriptions.unknown`. */
export async function subscriptionNamed(sql: Sql, name: string): Promise<SubscriptionRow> {
  const found = await findSubscription(sql, name);
  if (!found) throw new HubError('subscriptions.unknown', { name: name.slice(0, 80) });
  return found;
}

function writeOf(
  id: string,
  input: SubscriptionInput,
  secrets: SubscriptionSecrets,
  keys: Keyring,
  declared: boolean,
): SubscriptionWrite {
  return {
    id,
    name: input.name,
    declared,
    types: input.events,
    filter: input.filter ?? null,
    url: input.url,
    secrets: sealSecrets(keys, id, secrets),
    ordered: input.ordered ?? false,
    per_second: input.rate ?? null,
    personal: input.personal ?? 'masked',
    shards: input.shards ?? 1,
  };
}

async function listen(sql: Sql, id: string, patterns: readonly string[]): Promise<void> {
  const types = typesOf(patterns).map(({ type }) => type);
  await declareInterest(sql, `subscription/${id}`, types);
}

/**
 * Adds a subscription: it gets what begins to happen from now on. Answers it with its secret, which is shown this once.
 * Errors: the first thing that is wrong, `subscriptions.name-taken`.
 */
export async function addSubscription(
  { database, guard, keys }: SubscriptionDesk,
  input: SubscriptionInput,
  author: string,
): Promise<{ readonly subscription: SubscriptionRow; readonly secret: string }> {
  const [wrong] = problemsOf(input, guard);
  if (wrong) throw wrong.error;
  const id = newId();
  const secret = input.secret ?? newSecret();
  const secrets = { signing: [{ secret, until: null }], headers: input.headers ?? {} };
  return database.transaction(async (sql) => {
    const write = writeOf(id, input, secrets, keys, false);
    if (!(await insertSubscription(sql, write, author)))
      throw new HubError('subscriptions.name-taken', { name: input.name });
    await listen(sql, id, input.events);
    await note(sql, author, 'subscriptions.add', write);
    return { subscription: await subscriptionNamed(sql, id), secret };
  });
}

/**
 * Gives a subscription other content; what is absent of `change` stays. Errors: the first thing that is wrong,
 * `subscriptions.unknown`, `subscriptions.declared`, `subscriptions.changed`.
 * @param version of the subscription the change was made for; undefined: whatever is there.
 */
export async function changeSubscription(
  { database, guard, keys }: SubscriptionDesk,
  name: string,
  change: Partial<Omit<SubscriptionInput, 'secret'>> & { readonly filter?: string | undefined },
  author: string,
  version?: number,
): Promise<SubscriptionRow> {
  return database.transaction(async (sql) => {
    const before = own(await subscriptionNamed(sql, name));
    if (version !== undefined && before.version !== version)
      throw new HubError('subscriptions.changed', { name: before.name });
    const secrets = openSecrets(keys, before.id, before.secrets);
    const input: SubscriptionInput = {
      name: before.name,
      events: before.types,
      filter: before.filter ?? undefined,
      url: before.url,
      headers: secrets.headers,
      ordered: before.ordered,
      rate: before.per_second ?? undefined,
      personal: before.personal,
      shards: before.shards,
      ...change,
    };
    const [wrong] = problemsOf(input, guard);
    if (wrong) throw wrong.error;
    const write = writeOf(before.id, input, { ...secrets, headers: input.headers ?? {} }, keys, false);
    await updateSubscription(sql, write);
    await listen(sql, before.id, input.events);
    await note(sql, author, 'subscriptions.change', write);
    return subscriptionNamed(sql, before.id);
  });
}

/** Takes a subscription away, with its log. Errors: `subscriptions.unknown`, `subscriptions.declared`. */
export async function removeSubscription(
  { database }: SubscriptionDesk,
  name: string,
  author: string,
): Promise<SubscriptionRow> {
  return database.transaction(async (sql) => {
    const found = own(await subscriptionNamed(sql, name));
    await deleteSubscription(sql, found.id);
    await note(sql, author, 'subscriptions.remove', found);
    return found;
  });
}

/**
 * A new secret, shown this once. The one before signs beside it until `keepMs` from now, so that receivers can change
 * over. Those before that one are gone.
 */
export async function rotateSecret(
  { database, keys }: SubscriptionDesk,
  name: string,
  author: string,
  {
    keepMs = keepSecretMs,
    secret = newSecret(),
  }: { readonly keepMs?: number; readonly secret?: string } = {},
): Promise<{ readonly subscription: SubscriptionRow; readonly secret: string; readonly until: Date }> {
  return database.transaction(async (sql) => {
    const found = await subscriptionNamed(sql, name);
    const { signing, headers } = openSecrets(keys, found.id, found.secrets);
    const until = new Date(Date.now() + keepMs);
    const before = signing.slice(0, 1).map((one) => ({ secret: one.secret, until: until.toISOString() }));
    const after = { signing: [{ secret, until: null }, ...before], headers };
    await writeSubscriptionSecrets(sql, found.id, sealSecrets(keys, found.id, after));
    await note(sql, author, 'subscriptions.rotate', found);
    return { subscription: found, secret, until };
  });
}

/** Switches a subscription on or off. Answers it, and the lanes to ring. */
export async function switchSubscription(
  { database }: Pick<SubscriptionDesk, 'database'>,
  name: string,
  on: boolean,
  author: string,
): Promise<{ readonly subscription: SubscriptionRow; readonly lanes: readonly string[] }> {
  return database.transaction(async (sql) => {
    const found = await subscriptionNamed(sql, name);
    const why = { code: 'subscriptions.switched-off', reason: `by ${author}` };
    const isChanged = await setSubscriptionState(
      sql,
      found.id,
      on ? 'enabled' : 'disabled',
      on ? undefined : why,
    );
    if (isChanged) await note(sql, author, on ? 'subscriptions.enable' : 'subscriptions.disable', found);
    return { subscription: await subscriptionNamed(sql, found.id), lanes: on ? deliverLanes(found) : [] };
  });
}

function own(found: SubscriptionRow): SubscriptionRow {
  if (found.declared) throw new HubError('subscriptions.declared', { name: found.name });
  return found;
}

/** Without secrets and headers. */
function note(
  sql: Sql,
  author: string,
  action: string,
  {
    id,
    name,
    types,
    filter,
    url,
    personal,
  }: Pick<SubscriptionWrite, 'id' | 'name' | 'types' | 'filter' | 'url' | 'personal'>,
): Promise<void> {
  const details = { name, types: [...types], filter, url, personal };
  return insertAudit(sql, [{ author, action, subject: `subscription/${id}`, details }]);
}
