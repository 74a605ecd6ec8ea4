/** Reading again what a person asks for: single objects, or what changed in a range of time. */
import type { ConnectorSession } from '../../connectors/kit/types.ts';
import { HubError } from '../errors.ts';
import type { Decider } from '../lanes/daily/decider.ts';
import type { World } from '../lanes/world.ts';
import { insertAudit } from '../ledger/audit.ts';
import { type BackfillRow, insertBackfill } from '../ledger/backfills.ts';
import { clock } from '../ledger/cursors.ts';
import { idsOfNumbers, lastHints } from '../ledger/fetches.ts';
import { insertInbox } from '../ledger/inbox.ts';
import type { JsonObject } from '../model/json.ts';
import { entryOf } from './entries.ts';

/** Before everything that comes by itself: somebody waits for it. */
const priority = 3;

export interface FetchObjects {
  readonly connection: string;
  readonly object: string;
  readonly ids?: readonly string[] | undefined;
  /** Numbers of copies the hub knows. */
  readonly numbers?: readonly string[] | undefined;
  /** What the system needs beside the id, where it never told of the object: an account. */
  readonly hint?: JsonObject | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface FetchRange {
  readonly connection: string;
  readonly object: string;
  readonly since: Date;
  readonly until?: Date | undefined;
  /** Rows a second at the most. */
  readonly rate?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What is read again; `since` is when that was asked for, by the database's clock. */
export interface Fetching {
  readonly connection: string;
  readonly object: string;
  readonly ids: readonly string[];
  readonly since: string;
}

/** A session with a system, where there is one at hand. */
export type Reach = (connection: string) => ConnectorSession | undefined;

/**
 * Puts objects in the inbox as if they had just been told of, to be read by the cheapest calls and applied like
 * everything else. Errors: `fetch.not-read`, `fetch.not-offered`, `fetch.unknown-number`, `daily.which`.
 */
export async function fetchObjects(
  world: World,
  input: FetchObjects,
  by: Decider,
  reach: Reach,
): Promise<Fetching> {
  const { connection, object, numbers = [] } = input;
  refuseUnread(world, connection, object);
  const known = await idsOfNumbers(world.database, connection, object, numbers);
  for (const number of numbers) {
    if (!known.has(number)) throw new HubError('fetch.unknown-number', { connection, object, number });
  }
  const ids = [...new Set([...(input.ids ?? []), ...known.values()])];
  if (ids.length === 0) throw new HubError('daily.which', { expected: 'ids or numbers' });
  const operations = reach(connection)?.objects[object];
  if (operations && !operations.fetch) throw new HubError('fetch.not-offered', { connection, object });
  const hints = await lastHints(world.database, connection, object, ids);
  const entries = ids.map((remoteId) => {
    const hint = input.hint ?? hints.get(remoteId);
    const notice = { object, remoteId, ...(hint === undefined ? {} : { hint }) };
    return { ...entryOf(world.landscape, connection, notice, 'fetch'), priority };
  });
  const since = (await clock(world.database)).toISOString();
  if (input.dryRun) return { connection, object, ids, since };
  await world.database.transaction(async (sql) => {
    await insertInbox(sql, entries);
    const details = { connection, object, ids, reason: by.reason };
    await insertAudit(sql, [
      { author: by.author, action: 'fetch.objects', subject: `connection/${connection}`, details },
    ]);
  });
  world.ring(new Set(entries.map((entry) => entry.lane)));
  return { connection, object, ids, since };
}

/**
 * Reads what changed in a range of time, beside what is live; undefined for a preview. Errors: `fetch.not-read`,
 * `fetch.not-offered`, `backfill.running`, `daily.bad-option`.
 */
export async function fetchRange(
  world: World,
  input: FetchRange,
  by: Decider,
  reach: Reach,
): Promise<BackfillRow | undefined> {
  const { connection, object, since, until, rate } = input;
  refuseUnread(world, connection, object);
  const operations = reach(connection)?.objects[object];
  if (operations && !operations.list) throw new HubError('fetch.not-offered', { connection, object });
  if (until !== undefined && until <= since)
    throw new HubError('daily.bad-option', {
      option: 'until',
      value: until.toISOString(),
      expected: 'a moment after since',
    });
  if (input.dryRun) return undefined;
  const { author, reason } = by;
  const made = await world.database.transaction(async (sql) => {
    const row = await insertBackfill(sql, { connection, object, since, until, rate, author, via: 'fetch' });
    if (!row) throw new HubError('backfill.running', { connection, object });
    const details = {
      ...{ connection, object, since: since.toISOString(), reason },
      ...(until === undefined ? {} : { until: until.toISOString() }),
    };
    await insertAudit(sql, [{ author, action: 'fetch.range', subject: `backfill/${row.id}`, details }]);
    return row;
  });
  world.ring([`backfill/${connection}/${object}`]);
  return made;
}

function refuseUnread({ landscape }: World, connection: string, object: string): void {
  if (!landscape.connections.has(connection)) throw new HubError('connections.unknown', { connection });
  if (landscape.partiesOf(connection, object).some((party) => party.reads)) return;
  const objects = landscape.parties.filter((one) => one.reads && one.connection === connection);
  const known = [...new Set(objects.map((one) => one.object))].sort().join(', ') || 'nothing';
  throw new HubError('fetch.not-read', { connection, object, known });
}
