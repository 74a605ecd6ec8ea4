/** What one box finds, as it is shown: by what it was found, and as much of it as tells it from others. */
import { HubError } from '../errors.ts';
import { type Database, sqlState } from '../ledger/database.ts';
import { type Found, type FoundBy, findAnything } from '../ledger/find.ts';
import { linksOfRecords } from '../ledger/links.ts';
import type { CopyPlaces } from '../ledger/record-search.ts';
import { readPhone } from '../mapping/index.ts';
import { displayStage, isObject, type Json } from '../model/index.ts';
import { isPersonal } from './personal.ts';

export interface ShownFind {
  readonly id: string;
  readonly entity: string;
  readonly state: string;
  readonly number: string | null;
  /** Of a person `***` unless personal values are shown. */
  readonly name: string | null;
  readonly by: FoundBy;
  readonly what: string | null;
  /** Of an order. */
  readonly stage: string | null;
  readonly placedAt: string | null;
  readonly updatedAt: string;
  readonly copies: readonly {
    readonly connection: string;
    readonly object: string;
    readonly remoteNumber: string | null;
  }[];
}

/** A box is typed into: an answer that takes longer is of no use, and would hold up the hub's own work. */
const longestMs = 3_000;

/**
 * Finds records by whatever somebody has in hand. A telephone number, a name or an id of a person finds who has it only as
 * a whole: whoever asks knows it; what begins alike is found for those who may see personal values. `people` are records
 * found by a personal value. Errors: `records.search-too-wide`.
 */
export async function findInBox(
  database: Database,
  text: string,
  places: CopyPlaces,
  limit: number,
  showPersonal: boolean,
): Promise<{ readonly items: ShownFind[]; readonly people: readonly string[] }> {
  const e164 = /^[+\d() -]{6,30}$/.test(text) ? readPhone(text)?.e164 : undefined;
  const phone = typeof e164 === 'string' ? e164 : undefined;
  const query = { text, phone, beginsPersonal: showPersonal };
  const found = await database
    .transaction((sql) => findAnything(sql, query, places, limit, longestMs))
    .catch((thrown: unknown) => {
      if (sqlState(thrown) !== '57014') throw thrown;
      throw new HubError('records.search-too-wide', { seconds: longestMs / 1_000 }, thrown);
    });
  const links = await linksOfRecords(
    database,
    found.map((one) => one.id),
  );
  return {
    items: found.map((one) => shown(one, links, showPersonal)),
    people: found.filter(isByPerson).map((one) => `record/${one.id}`),
  };
}

/** Whether it was found by something that tells about a person. */
function isByPerson({ by, entity }: Found): boolean {
  return by === 'phone' || by === 'identity' || (by === 'name' && isPersonal(entity, 'name'));
}

function shown(
  row: Found,
  links: Awaited<ReturnType<typeof linksOfRecords>>,
  showPersonal: boolean,
): ShownFind {
  const { id, entity, state, data, by, what } = row;
  const number = textOf(data.number ?? data.code);
  const name = textOf(data.name ?? (isObject(data.receiver) ? data.receiver.name : undefined));
  const isHidden = !showPersonal && isPersonal(entity, data.name === undefined ? 'receiver.name' : 'name');
  return {
    ...{ id, entity, state, by, what },
    number:
      !showPersonal && isPersonal(entity, data.number === undefined ? 'code' : 'number') ? null : number,
    name: name !== null && isHidden ? '***' : name,
    stage: entity === 'order' ? displayStage(data) : null,
    placedAt: textOf(data.placedAt),
    updatedAt: row.updated_at.toISOString(),
    copies: links
      .filter((link) => link.record_id === id)
      .map(({ connection, object, remote_number: remoteNumber }) => ({ connection, object, remoteNumber })),
  };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
