/** Messages about people who were erased, on their way through the inbox. */
import { finishInbox, type InboxOutcome, type InboxRow } from '../../ledger/inbox.ts';
import { emptyInbox } from '../../ledger/tombstones.ts';
import type { JsonObject } from '../../model/index.ts';
import type { World } from '../world.ts';
import { erasedOf } from './tombstones.ts';

export interface ErasedRows {
  /** About the person: dropped. */
  readonly persons: InboxRow[];
  /** About something else that named them: taken in without them. */
  readonly documents: InboxRow[];
}

export function noErasedRows(): ErasedRows {
  return { persons: [], documents: [] };
}

/** What is kept of a body that named an erased person. */
export const erasedBody: JsonObject = { erased: true };

export function erasedOutcome(row: InboxRow): InboxOutcome {
  return {
    id: row.id,
    received_at: row.received_at,
    state: 'dropped',
    code: 'person.erased',
    error: `${row.object} of ${row.connection} is about a person who was erased; nothing of it is kept`,
  };
}

/** Drops rows that name an erased person by the address of their copy, before their system is asked; answers the others. */
export async function dropErased<Row extends InboxRow>(
  world: World,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const known = await erasedOf(world.database);
  if (!known) return rows;
  const entityOf = (row: Row): string | undefined =>
    world.landscape.partiesOf(row.connection, row.object)[0]?.entity;
  const gone = rows.filter((row) => known.ofRow(row, entityOf(row)));
  if (gone.length === 0) return rows;
  await world.database.transaction(async (sql) => {
    await emptyInbox(sql, gone, 'person');
    await finishInbox(sql, gone.map(erasedOutcome));
  });
  const ids = new Set(gone.map((row) => row.id));
  return rows.filter((row) => !ids.has(row.id));
}
