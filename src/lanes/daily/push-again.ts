/** Pushing a record to one system again. */
import { HubError } from '../../errors.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { newId } from '../../ledger/ids.ts';
import { holdLinks, insertLinks, type LinkRow, linksOfRecords, markDue } from '../../ledger/links.ts';
import { holdRecords, type RecordRow, readRecords } from '../../ledger/records.ts';
import { writeShadows } from '../../ledger/shadows.ts';
import type { Party } from '../landscape.ts';
import { whyNever } from '../push/blocked.ts';
import { mustBeWritten } from '../push/own-values.ts';
import type { World } from '../world.ts';
import type { Decider } from './decider.ts';
import { type Foreseen, foresee } from './foresee.ts';

export interface PushInput {
  readonly recordId: string;
  readonly connection: string;
  readonly object?: string | undefined;
  /** Write all of it, also what the hub believes is there already. */
  readonly whole?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface PushResult {
  readonly recordId: string;
  /** What is done with each copy there, now that it is looked at again. */
  readonly copies: readonly Foreseen[];
}

/**
 * Looks at a record's copies in one system again, at once: whatever stopped them counts no longer, and (`whole`) neither
 * does what they have. A copy that was to be there and is not is begun. Errors: `records.unknown`,
 * `connections.unknown`, `push.nothing-to-write`, `push.unknown-write`.
 */
export async function pushAgain(world: World, input: PushInput, by: Decider): Promise<PushResult> {
  const { recordId, connection, object, whole = false } = input;
  if (!world.landscape.connections.has(connection)) throw new HubError('connections.unknown', { connection });
  const { links, fresh, record } = await meant(world, input);
  const copies = await foresee(world, [...links, ...fresh.map(asRow)], { whole, records: [record] });
  if (input.dryRun) return { recordId, copies };
  const ids = links.map((link) => link.id);
  await world.database.transaction(async (sql) => {
    await holdRecords(sql, [recordId]);
    await holdLinks(sql, ids);
    await insertLinks(sql, fresh);
    if (whole) {
      const there = links.filter((link) => link.remote_id !== null);
      await writeShadows(
        sql,
        there.map((link) => ({ link_id: link.id, sent_hash: mustBeWritten })),
      );
    }
    await markDue(sql, ids);
    await insertAudit(
      sql,
      [...links, ...fresh].map((link) => ({
        author: by.author,
        action: 'records.push',
        subject: `record/${recordId}`,
        details: {
          ...{ connection: link.connection, object: link.object, whole, reason: by.reason },
          ...(object === undefined ? {} : { asked: object }),
          link: link.id,
        },
      })),
    );
  });
  world.ring(new Set([...links, ...fresh].map((link) => link.lane)));
  return { recordId, copies };
}

type Fresh = Parameters<typeof insertLinks>[1][number];

/** The copies that are meant, and those that are begun because there are none. */
async function meant(
  world: World,
  { recordId, connection, object }: PushInput,
): Promise<{ links: LinkRow[]; fresh: Fresh[]; record: RecordRow }> {
  const [record] = await readRecords(world.database, [recordId]);
  if (!record) throw new HubError('records.unknown', { name: recordId });
  const writers = world.landscape
    .writersOf(record.entity)
    .filter((one) => one.connection === connection && (object === undefined || one.object === object));
  const have = await linksOfRecords(world.database, [recordId]);
  const links = have.filter((link) =>
    writers.some((party) => party.connection === link.connection && party.object === link.object),
  );
  const unknown = links.find((link) => link.state === 'unknown');
  if (unknown) throw new HubError('push.unknown-write', { connection, name: `push/${unknown.id}` });
  const fresh = writers
    .filter((party) => !links.some((link) => link.object === party.object))
    .filter((party) => whyNever(world.landscape, connection, party.object, record) === undefined)
    .map((party) => begun(world, party, record));
  if (links.length + fresh.length === 0) {
    const entity = record.entity;
    const why =
      writers.length === 0
        ? `the configuration writes no ${entity} there`
        : (whyNever(world.landscape, connection, writers[0]?.object ?? entity, record) ?? 'there is no copy');
    throw new HubError('push.nothing-to-write', { connection, entity, why });
  }
  return { links, fresh, record };
}

function begun(world: World, party: Party, record: RecordRow): Fresh {
  const { orderId } = record.data;
  const shardKey = typeof orderId === 'string' ? orderId : record.id;
  return {
    ...{ id: newId(), record_id: record.id, entity: record.entity, connection: party.connection },
    ...{ object: party.object, origin: false, remote_id: null, remote_number: null, state: 'due' as const },
    lane: world.landscape.pushLane(party.connection, party.object, shardKey),
    ...{ priority: 5, seen_revision: null, seen_hash: null },
  };
}

/** A copy that is not there yet, as planning sees one. */
function asRow(link: Fresh): LinkRow {
  return {
    ...link,
    ...{ remote_status: null, step: null, attempts: 0, dirty_since: null, pushed_version: null, marks: 0 },
    ...{ written_at: null, seen_at: null },
  };
}
