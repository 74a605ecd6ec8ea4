import type { Queryable } from '../../ledger/database.ts';
import { copiesReferred, type DueLink, type LinkRow } from '../../ledger/links.ts';
import { type RecordRow, readRecords } from '../../ledger/records.ts';
import { reservedAt } from '../../ledger/reservations.ts';
import { readShadows } from '../../ledger/shadows.ts';
import { openTries } from '../../ledger/tries.ts';
import { type Promised, withSellable } from '../../merge/index.ts';
import { valueAt } from '../../model/index.ts';
import type { CodeTables } from '../code-tables.ts';
import type { Landscape } from '../landscape.ts';
import type { ClosedPeriods } from '../periods/closed-periods.ts';
import { zoneOf } from '../periods/gate.ts';
import { withNewDates } from '../periods/posting.ts';
import type { Known, PlanContext } from './plan.ts';

/** What planning reads from; a world is one. */
export interface Readable {
  readonly database: Queryable;
  readonly landscape: Landscape;
  readonly tables: Pick<CodeTables, 'lookup'>;
  /** Absent: as if all accounting periods were open. */
  readonly periods?: ClosedPeriods | undefined;
}

/**
 * Reads everything that planning these links needs, in a handful of statements whatever their number. `given` stand in
 * for records of the database.
 */
export async function readKnown(
  world: Readable,
  links: readonly DueLink[],
  given?: readonly RecordRow[],
): Promise<{ known: Known[]; context: PlanContext }> {
  const { database, landscape, tables } = world;
  const linkIds = links.map((link) => link.id);
  const [rows, shadows, tries] = await Promise.all([
    given ?? readRecords(database, [...new Set(links.map((link) => link.record_id))]),
    readShadows(database, linkIds),
    openTries(database, linkIds),
  ]);
  const records = new Map((await sellableNow(world, rows)).map((row) => [row.id, row]));
  const shadowOf = new Map(shadows.map((row) => [row.link_id, row]));
  const tryOf = new Map(tries.map((row) => [row.link_id, row]));
  const known = links.map((link) => ({
    link,
    record: asDated(world, link, records.get(link.record_id)),
    shadow: shadowOf.get(link.id),
    openTry: tryOf.get(link.id),
  }));
  const wanted = new Set<string>();
  /** Of those, records the system keeps no copy of: it is told our own number. */
  const numbered = new Set<string>();
  for (const { link, record } of known) {
    const party = landscape.party(link.connection, link.object, link.entity);
    if (!record || !party) continue;
    for (const { entity, id } of party.mapping.references(record.data)) {
      wanted.add(id);
      if (landscape.holder(link.connection, entity) === undefined) numbered.add(id);
    }
    const named = [party.mapping.target, ...party.mapping.flow.map((step) => step.from?.of)];
    for (const path of named) {
      const id = path === undefined ? undefined : valueAt(record.data, path);
      if (typeof id === 'string') wanted.add(id);
    }
  }
  const connections = [...new Set(links.map((link) => link.connection))];
  const references = await findReferences(world, [...wanted], numbered, connections);
  return {
    known,
    context: {
      landscape,
      periods: world.periods,
      ...references,
      lookup: (connection, table, key, date) => tables.lookup(connection, table, key, date),
    },
  };
}

/** The record as this copy is dated: by its own day, unless that was in a closed period. */
function asDated(world: Readable, link: LinkRow, record: RecordRow | undefined): RecordRow | undefined {
  if (!record || !link.redated) return record;
  const zone = zoneOf(world, link.connection);
  return { ...record, data: withNewDates(record.entity, record.data, link.redated, zone) };
}

/** What can be asked about referenced records: their copies, and our own number for systems that keep none. */
interface ReferenceFinder {
  readonly linkOf: PlanContext['linkOf'];
  readonly ownNumber: PlanContext['ownNumber'];
  readonly survivor: PlanContext['survivor'];
}

/** Reads the copies that connections have of records, and their numbers; merged records are followed to the one that lives on. */
async function findReferences(
  world: Readable,
  recordIds: readonly string[],
  numbered: ReadonlySet<string>,
  connections: readonly string[],
): Promise<ReferenceFinder> {
  if (recordIds.length === 0) {
    return { linkOf: () => undefined, ownNumber: () => undefined, survivor: (id) => id };
  }
  const { alive, copies } = await copiesReferred(world.database, recordIds, connections);
  const records = await readRecords(world.database, [
    ...new Set([...numbered].map((id) => alive.get(id) ?? id)),
  ]);
  const numbers = new Map(records.map((row) => [row.id, row.data.number ?? row.data.code]));
  const byRecord = new Map<string, LinkRow[]>();
  // What was deleted there cannot be referred to, and is not among them.
  for (const row of copies) {
    const list = byRecord.get(row.record_id);
    if (list) list.push(row);
    else byRecord.set(row.record_id, [row]);
  }
  return {
    linkOf(connection, recordId, object) {
      const own = byRecord.get(alive.get(recordId) ?? recordId) ?? [];
      const holder = object ?? world.landscape.holder(connection, own[0]?.entity ?? '')?.object;
      return own.find(
        (link) => link.connection === connection && (holder === undefined || link.object === holder),
      );
    },
    survivor: (recordId) => alive.get(recordId) ?? recordId,
    ownNumber(recordId) {
      const number = numbers.get(alive.get(recordId) ?? recordId);
      return typeof number === 'string' ? number : undefined;
    },
  };
}

/**
 * For how long a reading of the stock that has begun may lack what was booked before, ms: clocks of this process and of the
 * database differ by less, or the doctor says so.
 */
const bookedMs = 5_000;

/** What channels may sell is computed when it is looked at: stock told minus what is promised and not in it yet. */
async function sellableNow(
  { database, landscape }: Readable,
  rows: readonly RecordRow[],
): Promise<RecordRow[]> {
  const places = rows.flatMap(({ id, entity, data: { skuId, locationId } }) =>
    entity === 'inventory' && typeof skuId === 'string' && typeof locationId === 'string'
      ? [{ id, skuId, locationId }]
      : [],
  );
  if (places.length === 0) return [...rows];
  const found = await reservedAt(database, places);
  const reserved = new Map(places.map(({ id }, n) => [id, found[n] ?? []]));
  /** The moment of a sum of movements says nothing of a movement that is still on its way. */
  const acknowledged = (released: Date | null): Pick<Promised, 'acknowledgedAt'> =>
    released === null || landscape.tellsMovements
      ? {}
      : { acknowledgedAt: new Date(released.getTime() + bookedMs).toISOString() };
  return rows.map((row) => {
    if (row.entity !== 'inventory') return row;
    const promised = (reserved.get(row.id) ?? []).map(({ quantity, released_at: released }) => ({
      quantity,
      ...acknowledged(released),
    }));
    const safety = landscape.stock.safety.get(String(row.data.locationId)) ?? '0';
    return { ...row, data: withSellable(row.data, promised, safety) };
  });
}
