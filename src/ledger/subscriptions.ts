/** Subscriptions: who gets which events, and how they fare. */
import { rows, run, type Sql } from './sql.ts';

export type SubscriptionState = 'enabled' | 'disabled' | 'parked';

export interface SubscriptionRow {
  readonly id: string;
  readonly name: string;
  /** Written in hub.yaml: changed there alone. */
  readonly declared: boolean;
  /** Patterns, as written. */
  readonly types: readonly string[];
  readonly filter: string | null;
  readonly url: string;
  /** Sealed signing secrets and headers. */
  readonly secrets: Buffer;
  /** Of one key, one after the other. */
  readonly ordered: boolean;
  readonly per_second: number | null;
  readonly personal: 'masked' | 'full';
  /** Lanes it is delivered by at once. */
  readonly shards: number;
  readonly state: SubscriptionState;
  /** Why it is not enabled. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly state_at: Date;
  /** Since when nothing was taken; null while it works. */
  readonly failing_since: Date | null;
  readonly delivered_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly version: number;
}

const columns = `s.id, s.name, s.declared, s.types, s.filter, s.url, s.secrets, s.ordered, s.per_second,
  s.personal, s.shards, s.state, s.code, s.reason, s.state_at, s.failing_since, s.delivered_at, s.created_at,
  s.created_by, s.version`;

/** All of them, by name. */
export function listSubscriptions(sql: Sql): Promise<SubscriptionRow[]> {
  return rows<SubscriptionRow>(sql, `select ${columns} from subscriptions s order by s.name`);
}

/** Those that get events now. */
export function enabledSubscriptions(sql: Sql): Promise<SubscriptionRow[]> {
  return rows<SubscriptionRow>(
    sql,
    `select ${columns} from subscriptions s where s.state = 'enabled' order by s.created_at, s.id`,
  );
}

/** By its id or its name. */
export async function findSubscription(sql: Sql, name: string): Promise<SubscriptionRow | undefined> {
  const found = await rows<SubscriptionRow>(
    sql,
    `select ${columns} from subscriptions s where s.id::text = $1 or s.name = $1 order by s.id::text = $1 desc limit 1`,
    [name],
  );
  return found[0];
}

/** What of a subscription people say. */
export interface SubscriptionWrite {
  readonly id: string;
  readonly name: string;
  readonly declared: boolean;
  readonly types: readonly string[];
  readonly filter: string | null;
  readonly url: string;
  readonly secrets: Buffer;
  readonly ordered: boolean;
  readonly per_second: number | null;
  readonly personal: 'masked' | 'full';
  readonly shards: number;
}

/** Adds one. False: the name is taken. */
export async function insertSubscription(sql: Sql, one: SubscriptionWrite, author: string): Promise<boolean> {
  const added = await rows<{ id: string }>(
    sql,
    `insert into subscriptions (id, name, declared, types, filter, url, secrets, ordered, per_second, personal,
       shards, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (name) do nothing returning id`,
    [...valuesOf(one), author],
  );
  return added.length === 1;
}

/** Gives one new content. A parked one goes on: what it was parked for may be put right. */
export async function updateSubscription(sql: Sql, one: SubscriptionWrite): Promise<void> {
  await run(
    sql,
    `update subscriptions set name = $2, declared = $3, types = $4, filter = $5, url = $6, secrets = $7,
       ordered = $8, per_second = $9, personal = $10, shards = $11, version = version + 1,
       state = case when state = 'parked' then 'enabled' else state end,
       code = case when state = 'parked' then null else code end,
       reason = case when state = 'parked' then null else reason end
     where id = $1`,
    valuesOf(one),
  );
}

function valuesOf(one: SubscriptionWrite): unknown[] {
  const { id, name, declared, types, filter, url, secrets, ordered, per_second, personal, shards } = one;
  return [id, name, declared, types, filter, url, secrets, ordered, per_second, personal, shards];
}

/** Keeps other sealed secrets of one. */
export async function writeSubscriptionSecrets(sql: Sql, id: string, secrets: Buffer): Promise<void> {
  await run(sql, 'update subscriptions set secrets = $2, version = version + 1 where id = $1', [id, secrets]);
}

/** Takes one away, with the log of what it got. */
export async function deleteSubscription(sql: Sql, id: string): Promise<void> {
  await run(sql, 'delete from due_deliveries where subscription_id = $1', [id]);
  await run(sql, 'delete from deliveries where subscription_id = $1', [id]);
  await run(sql, `delete from event_interest where listener = 'subscription/' || $1`, [id]);
  await run(
    sql,
    `delete from lanes where kind = 'deliver' and split_part(lane, '/', 2) = $1 and holder is null`,
    [id],
  );
  await run(sql, 'delete from subscriptions where id = $1', [id]);
}

/**
 * Switches one on, off, or holds it because of itself. Answers whether that changed anything: one that a person has
 * switched off is not parked any more.
 */
export async function setSubscriptionState(
  sql: Sql,
  id: string,
  state: SubscriptionState,
  why: { readonly code: string; readonly reason: string } | undefined,
): Promise<boolean> {
  const changed = await rows<{ id: string }>(
    sql,
    `update subscriptions set state = $2, code = $3, reason = $4, state_at = clock_timestamp(), version = version + 1,
       failing_since = case when $2 = 'enabled' then null else failing_since end
     where id = $1 and state <> $2 and ($2 = 'enabled' or state = 'enabled' or $2 = 'disabled') returning id`,
    [id, state, why?.code ?? null, why?.reason ?? null],
  );
  return changed.length === 1;
}

/**
 * Notes how posts of a subscription went. Answers since when nothing was taken, or null. Written only where that
 * changes something, or once in a while: all lanes of a subscription share this row.
 */
export async function noteHealth(sql: Sql, id: string, isTaken: boolean): Promise<Date | null> {
  const found = await rows<{ failing_since: Date | null }>(
    sql,
    isTaken
      ? `update subscriptions set failing_since = null, delivered_at = clock_timestamp() where id = $1
           and (failing_since is not null or delivered_at is null or delivered_at < clock_timestamp() - interval '10 s')
         returning failing_since`
      : `with s as (select failing_since from subscriptions where id = $1),
         noted as (update subscriptions set failing_since = clock_timestamp() where id = $1 and failing_since is null)
         select failing_since from s`,
    [id],
  );
  return found[0]?.failing_since ?? null;
}

/** Takes so many turns of a subscription with a rate; answers how many milliseconds until the first of them. */
export async function takeTurns(sql: Sql, id: string, count: number): Promise<number> {
  const found = await rows<{ wait: number }>(
    sql,
    `with s as (select id, greatest(coalesce(next_at, clock_timestamp()), clock_timestamp()) as first
       from subscriptions where id = $1 for update)
     update subscriptions t set next_at = s.first + $2::float8 / t.per_second * interval '1 s' from s where t.id = s.id
     returning extract(epoch from s.first - clock_timestamp())::float8 * 1000 as wait`,
    [id, count],
  );
  return Math.max(0, found[0]?.wait ?? 0);
}
