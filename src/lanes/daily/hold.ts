/** Holding what must not be written for now, and letting it go. */
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { type Hold, holdsOf, insertHolds, linksHeldBy, removeHolds } from '../../ledger/holds.ts';
import { type LinkRow, linksByIds, linksOfRecords, markDue } from '../../ledger/links.ts';
import { holdRecords, readRecords } from '../../ledger/records.ts';
import type { World } from '../world.ts';
import type { Decider } from './decider.ts';

export interface HoldInput {
  readonly recordId: string;
  /** Only the copies in this system; absent: all of them, and those of documents that rules make of the record alone. */
  readonly connection?: string | undefined;
  /** Only this object there. */
  readonly object?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface HoldResult {
  readonly recordId: string;
  readonly entity: string;
  readonly number: string | null;
  /** New, or (of a release) taken away; 0: it was so already. */
  readonly holds: number;
  /** Copies that stand still from now on, or go on. */
  readonly copies: readonly {
    readonly connection: string;
    readonly object: string;
    readonly state: string;
  }[];
}

/**
 * Holds a record, or its copies in one system: whatever is told of it is taken in, and nothing of it is written. What is
 * on its way to a vendor at this moment arrives. Errors: `records.unknown`, `connections.unknown`, `holds.no-copy`.
 */
export async function holdRecord(world: World, input: HoldInput, by: Decider): Promise<HoldResult> {
  const { recordId, connection = '', object = '' } = input;
  return world.database.transaction(async (sql) => {
    await holdRecords(sql, [recordId]);
    const { entity, number } = await recordOf(sql, recordId);
    const meant = await copiesMeant(world, sql, input);
    const result = { recordId, entity, number, copies: meant.map(shown) };
    if (input.dryRun) return { ...result, holds: 1 };
    const made = await insertHolds(sql, [
      { record_id: recordId, connection, object, author: by.author, reason: by.reason },
    ]);
    await insertAudit(
      sql,
      made.map(() => ({
        author: by.author,
        action: 'records.hold',
        subject: `record/${recordId}`,
        details: { reason: by.reason, ...placeOf(connection, object) },
      })),
    );
    return { ...result, holds: made.length };
  });
}

/**
 * Lets go what was held, at once; every hold of the record, or those of one system. Releasing what nobody holds does
 * nothing. Errors: `records.unknown`.
 */
export async function releaseRecord(world: World, input: HoldInput, by: Decider): Promise<HoldResult> {
  const { recordId, connection, object } = input;
  const { result, lanes } = await world.database.transaction(async (sql) => {
    await holdRecords(sql, [recordId]);
    const { entity, number } = await recordOf(sql, recordId);
    const gone = input.dryRun
      ? (await holdsOf(sql, [recordId])).filter((one) => isMeant(one, input))
      : await removeHolds(sql, recordId, { connection, object });
    const links = gone.length === 0 ? [] : await linksHeldBy(sql, recordId);
    const copies = (await linksOf(sql, links)).map(shown);
    const told = { recordId, entity, number, holds: gone.length, copies };
    if (input.dryRun) return { result: told, lanes: [] };
    await markDue(
      sql,
      links.map((link) => link.id),
    );
    await insertAudit(
      sql,
      gone.map((one) => entryOf(one, by)),
    );
    return { result: told, lanes: links.map((link) => link.lane) };
  });
  world.ring(new Set(lanes));
  return result;
}

type Sql = Parameters<Parameters<World['database']['transaction']>[0]>[0];

async function recordOf(sql: Sql, id: string): Promise<{ entity: string; number: string | null }> {
  const [record] = await readRecords(sql, [id]);
  if (!record) throw new HubError('records.unknown', { name: id });
  const number = record.data.number ?? record.data.code;
  return { entity: record.entity, number: typeof number === 'string' ? number : null };
}

async function copiesMeant(world: World, sql: Sql, input: HoldInput): Promise<LinkRow[]> {
  const { recordId, connection, object } = input;
  if (connection !== undefined && !world.landscape.connections.has(connection))
    throw new HubError('connections.unknown', { connection });
  const links = (await linksOfRecords(sql, [recordId])).filter(
    (link) =>
      (connection === undefined || link.connection === connection) &&
      (object === undefined || link.object === object),
  );
  if (links.length === 0 && object !== undefined)
    throw new HubError('holds.no-copy', { connection: connection ?? '', object });
  return links;
}

function isMeant(hold: Hold, { connection, object }: HoldInput): boolean {
  return (
    (connection === undefined || hold.connection === connection) &&
    (object === undefined || hold.object === object)
  );
}

function linksOf(sql: Sql, links: readonly { id: string }[]): Promise<LinkRow[]> {
  return linksByIds(
    sql,
    links.map((link) => link.id),
  );
}

function shown({ connection, object, state }: LinkRow): HoldResult['copies'][number] {
  return { connection, object, state };
}

function placeOf(connection: string, object: string): Record<string, string> {
  return { ...(connection === '' ? {} : { connection }), ...(object === '' ? {} : { object }) };
}

function entryOf(hold: Hold, by: Decider) {
  const { record_id, connection, object, author, reason, at } = hold;
  return {
    author: by.author,
    action: 'records.release',
    subject: `record/${record_id}`,
    details: {
      reason: by.reason,
      ...placeOf(connection, object),
      before: { author, reason, at: at.toISOString() },
    },
  };
}
