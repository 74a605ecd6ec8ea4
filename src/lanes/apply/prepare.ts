import { type Worth, worthOf } from '../../crossrefs/worth.ts';
import type { InboxOutcome, InboxRow } from '../../ledger/inbox.ts';
import type { ToldWhen } from '../../ledger/shadows.ts';
import { codeTarget, type InboxWait } from '../../ledger/waits.ts';
import type { InContext, InwardObject, PendingReference } from '../../mapping/index.ts';
import { isObject, type JsonObject } from '../../model/index.ts';
import { Breath } from '../breath.ts';
import { type ErasedRows, erasedBody, erasedOutcome, noErasedRows } from '../erasure/rows.ts';
import { erasedOf, withoutPerson } from '../erasure/tombstones.ts';
import type { Party } from '../landscape.ts';
import type { LaneHold } from '../runner.ts';
import type { World } from '../world.ts';
import { bodiesOf } from './bodies.ts';
import { dead, withFetched } from './outcomes.ts';

/** An inbox row, read and mapped: what it says in canonical terms, references still in the vendor's words. */
export interface Prepared {
  readonly row: InboxRow;
  readonly party: Party;
  readonly body: JsonObject;
  readonly contentHash: string;
  readonly revision: string | null;
  /** When the reading that showed it was begun, by the database's clock; null for what was only told. */
  readonly readAt: Date | null;
  /** When that reading was done. */
  readonly readBy: Date | null;
  /** Whether it was asked for because of this row. */
  readonly fetched: boolean;
  readonly values: InwardObject;
  readonly about?: PendingReference;
}

export interface Preparation {
  readonly items: readonly Prepared[];
  /** Rows that go no further now, with the reason. */
  readonly outcomes: readonly InboxOutcome[];
  readonly waits: readonly InboxWait[];
  /** Rows about people who were erased: nothing of them is kept. */
  readonly erased: ErasedRows;
}

/** Fetches what hints point to, parses, and maps in. Outside any transaction; one bad row stops only itself. */
export async function prepare(world: World, hold: LaneHold, rows: readonly InboxRow[]): Promise<Preparation> {
  const outcomes: InboxOutcome[] = [];
  const waits: InboxWait[] = [];
  const items: Prepared[] = [];
  const erased = noErasedRows();
  const known = await erasedOf(world.database);
  const bodies = await bodiesOf(world, hold, rows, outcomes);
  const breath = new Breath();
  for (const row of rows) {
    if (breath.isDue) await breath.take();
    const told = bodies.get(row.id);
    if (!told) continue;
    const party = chooseParty(world, row);
    if (!party) {
      outcomes.push(
        dead(row, 'inbox.no-party', `nothing in the configuration reads ${row.object} of ${row.connection}`),
      );
      continue;
    }
    const context: InContext = {
      connection: row.connection,
      payload: row.via === 'answer' ? 'partial' : party.facts.payload === 'partial' ? 'partial' : 'full',
      lookup: (table, key, date) => world.tables.lookup(row.connection, table, key, date),
      lookupBack: (table, value, date) => world.tables.lookupBack(row.connection, table, value, date),
      lineKey: () => undefined,
    };
    const result = party.mapping.inward(told.body, context);
    if (result.ok) {
      const verdict = known?.ofValues(row, party.entity, result.values) ?? 'keep';
      if (verdict === 'drop') {
        outcomes.push(erasedOutcome(row));
        erased.persons.push(row);
        continue;
      }
      if (verdict === 'strip') erased.documents.push(row);
      items.push({
        row,
        party,
        body: verdict === 'strip' ? erasedBody : told.body,
        contentHash: told.hash,
        revision: told.revision,
        readAt: told.readAt,
        readBy: told.readBy,
        fetched: told.fetched,
        values: verdict === 'strip' ? withoutPerson(party.entity, result.values) : result.values,
        ...(result.about === undefined ? {} : { about: result.about }),
      });
      continue;
    }
    const [error] = result.errors;
    if (error) {
      outcomes.push(withFetched(dead(row, error.code, `mapping ${error.message}`), told.fetched, told.body));
      continue;
    }
    const why: string[] = [];
    const worth = worthWithout(party, told.body, context);
    for (const wait of result.waits) {
      if (wait.kind !== 'table') continue;
      const target = codeTarget(wait.table, wait.key);
      const { back } = wait;
      waits.push({ inboxId: row.id, receivedAt: row.received_at, kind: 'table', target, back, ...worth });
      why.push(
        `mapping ${party.mapping.name}, ${wait.field}: table ${wait.table} does not know ${wait.key} of ${row.connection}; add it`,
      );
    }
    outcomes.push({
      id: row.id,
      received_at: row.received_at,
      state: 'waiting',
      code: 'apply.waits-for-code',
      error: why.join('; '),
    });
  }
  return { items, outcomes, waits, erased };
}

/** What an object that waits for codes is worth: mapped once more, with the codes it lacks as they are. */
function worthWithout(party: Party, body: JsonObject, context: InContext): Worth | undefined {
  const result = party.mapping.inward(body, {
    ...context,
    lookup: (table, key, date) => context.lookup(table, key, date) ?? key,
    lookupBack: (table, value, date) => context.lookupBack(table, value, date) ?? value,
  });
  return result.ok ? worthOf(result.values) : undefined;
}

/** The party a row is for. An answer to our own write says whose; anything else goes to who reads the object. */
function chooseParty(world: World, row: InboxRow): Party | undefined {
  const parties = world.landscape.partiesOf(row.connection, row.object);
  if (row.via === 'answer') {
    const entity = isObject(row.hint) ? row.hint.entity : undefined;
    return parties.find((party) => party.entity === entity);
  }
  return parties.find((party) => party.reads);
}

/** When what an item says was heard, UTC: a body that was fetched is newer than the message that asked for it. */
export function heardAt({ row, readBy }: Pick<Prepared, 'row' | 'readBy'>): string {
  return (readBy !== null && readBy > row.received_at ? readBy : row.received_at).toISOString();
}

/** What says when an item was told. */
export function toldWhen({ readAt, revision }: Pick<Prepared, 'readAt' | 'revision'>): Omit<ToldWhen, 'at'> {
  return {
    ...(readAt === null ? {} : { readAt: readAt.toISOString() }),
    ...(revision === null ? {} : { revision }),
  };
}
