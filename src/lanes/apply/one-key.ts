import type { InboxOutcome } from '../../ledger/inbox.ts';
import { type LinkRow, linksOfRecords } from '../../ledger/links.ts';
import type { Sql } from '../../ledger/sql.ts';
import { entities, isEntityName, type JsonObject, matchValues } from '../../model/index.ts';
import { dead } from './outcomes.ts';
import type { Found } from './pairing.ts';
import type { Prepared } from './prepare.ts';
import type { Working } from './unit.ts';

/** Copies of the records that new objects claim by their keys. Asks nothing when none does. */
export function copiesClaimed(sql: Sql, claims: ReadonlyMap<string, string>): Promise<LinkRow[]> {
  return linksOfRecords(sql, [...new Set(claims.values())]);
}

/**
 * Two objects of one system under one key: which of them is meant is not ours to guess, so the one told later is put
 * aside. Objects of different scopes (a chain's tills) are copies of one thing.
 */
export function secondOfKey(
  item: Prepared,
  data: JsonObject,
  record: Working,
  found: Found,
  copies: readonly LinkRow[],
): InboxOutcome | undefined {
  const { row, party } = item;
  if (item.about || !isEntityName(record.entity) || entities[record.entity].nature === 'document') {
    return undefined;
  }
  const scopeOf = party.facts.scopeOf ?? (() => '');
  const scope = scopeOf(row.remote_id);
  const isOther = (link: LinkRow): boolean =>
    link.record_id === record.id &&
    link.connection === row.connection &&
    link.object === row.object &&
    link.remote_id !== null &&
    link.remote_id !== row.remote_id &&
    scopeOf(link.remote_id) === scope;
  const other = copies.find(isOther) ?? [...found.links.values()].find(isOther);
  if (!other) return undefined;
  const key = matchValues(entities[record.entity], data).find((match) => match.strength === 'strong');
  return dead(
    row,
    'apply.key-on-two-objects',
    `${row.object} ${row.remote_id} has the ${key?.name ?? 'key'} ${key?.value ?? ''} of ${other.remote_id}; correct or delete one of them in ${row.connection}`,
  );
}
