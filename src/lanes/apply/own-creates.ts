import type { InboxOutcome } from '../../ledger/inbox.ts';
import type { LinkRow } from '../../ledger/links.ts';
import type { Sql } from '../../ledger/sql.ts';
import { type OpenCreates, unresolvedCreates } from '../../ledger/tries.ts';
import type { PendingReference } from '../../mapping/index.ts';
import { entities, isEntityName } from '../../model/index.ts';
import { type BackoffPolicy, backoff } from '../retry.ts';
import type { World } from '../world.ts';
import { dropped, postponed } from './outcomes.ts';
import { aboutId, addressOf, type Found } from './pairing.ts';
import type { Prepared } from './prepare.ts';
import { type Resolved, withReferences } from './references.ts';

const heldBack = 'apply.own-create-open';

/** How long past its deadline the outcome of a create is waited for before strangers are let in, milliseconds. */
const patienceMs = 15 * 60_000;

/**
 * What is held back has failed at nothing: however long the create took to be found out, it is looked at soon after,
 * milliseconds.
 */
const again: BackoffPolicy = { baseMs: 250, capMs: 5_000 };

/** Clocks of the hub's processes and of the database are taken to differ by no more than this, milliseconds. */
const skewMs = 10_000;

/** By `<connection>/<object>`: creates of ours under way, in the systems the items come from. */
export function openCreates(
  world: World,
  sql: Sql,
  items: readonly Prepared[],
): Promise<Map<string, OpenCreates>> {
  const telling = new Set(items.flatMap(({ row }) => (row.via === 'answer' ? [] : [row.connection])));
  const kinds = world.landscape.parties.flatMap(({ connection, object, entity, writes, mapping }) =>
    telling.has(connection) && writes?.create === true && mapping.target === undefined
      ? [{ connection, object, entity }]
      : [],
  );
  return unresolvedCreates(sql, kinds, patienceMs);
}

/**
 * While a create of ours is unresolved, an object nobody knows may be just that one, and so may what a message
 * speaks of: both are held back. A document that was is as old as the create, whose answers have told more since, unless
 * it was told after them. A state may have been edited there in the meantime; what of it is our own write is known.
 * Only a create that had begun when the message came can have made what it tells of, and the wait for it is bounded:
 * after that only what names our number is still held back, until a person says what became of that write.
 */
export function ownCreate(
  world: World,
  item: Prepared,
  found: Found,
  creating: ReadonlyMap<string, OpenCreates>,
  resolved: Resolved,
): InboxOutcome | undefined {
  const { row } = item;
  if (row.via === 'answer') return undefined;
  const link = item.about ? undefined : found.links.get(addressOf(row.connection, row.object, row.remote_id));
  if (link && !link.origin && row.error_code === heldBack && !mayTellMore(item, link)) {
    return dropped(row, link.record_id, 'apply.own-create', 'it is what the hub itself created');
  }
  if (creating.size === 0) return undefined;
  const missing = missingReference(item, resolved);
  const spokenOf = missing && world.landscape.holder(row.connection, missing.entity)?.object;
  const isStranger = !item.about && !link;
  const mayBe =
    (isStranger && mayHaveMade(creating.get(`${row.connection}/${row.object}`), item)) ||
    (spokenOf !== undefined && mayHaveMade(creating.get(`${row.connection}/${spokenOf}`), item));
  if (!mayBe) return undefined;
  const why = `may be about what the hub itself is just creating in ${row.connection}; looked at again when that is known`;
  return postponed(row, heldBack, why, backoff(row.attempts, Math.random(), again));
}

/** Whether what an item tells or speaks of can have come of one of these creates. */
function mayHaveMade(creates: OpenCreates | undefined, { row, body }: Prepared): boolean {
  if (creates === undefined) return false;
  if (creates.began !== null && creates.began.getTime() <= row.received_at.getTime() + skewMs) return true;
  if (creates.keys.length === 0) return false;
  const told = JSON.stringify(body);
  return creates.keys.some((key) => key === row.remote_id || told.includes(JSON.stringify(key)));
}

function mayTellMore({ row, party }: Prepared, link: LinkRow): boolean {
  if (isEntityName(party.entity) && entities[party.entity].nature === 'state') return true;
  return link.written_at !== null && row.received_at > link.written_at;
}

/** What an item speaks of that nobody knows. */
export function missingReference(item: Prepared, resolved: Resolved): PendingReference | undefined {
  const settled = withReferences(item, resolved);
  if (!settled.ok) return settled.missing;
  return item.about && aboutId(item, resolved).length === 0 ? item.about : undefined;
}
