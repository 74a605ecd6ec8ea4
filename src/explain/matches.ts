/** Who may be whom, for people who decide it. */
import { linksOfRecords } from '../ledger/links.ts';
import type { MatchRow } from '../ledger/matches.ts';
import { readRecords } from '../ledger/records.ts';
import type { Sql } from '../ledger/sql.ts';
import { entities, equal, isEntityName, isUnder, type Json } from '../model/index.ts';

/** One of the records a proposal is about. */
export interface MatchDetail {
  readonly recordId: string;
  readonly name: string;
  readonly state: string;
  /** Copies: connection, object and what that system calls it. */
  readonly copies: readonly string[];
  /** Values; of a personal one only whether it is told, and whether it equals that of the first record. */
  readonly fields: Readonly<Record<string, Json>>;
}

/** The records of a proposal side by side. What tells something about a person is only compared. */
export async function matchDetails(sql: Sql, match: MatchRow): Promise<MatchDetail[]> {
  const ids = [
    ...(match.recordId === null ? [] : [match.recordId]),
    ...match.candidates.map((one) => one.record),
  ];
  const records = new Map((await readRecords(sql, ids)).map((record) => [record.id, record]));
  const links = await linksOfRecords(sql, ids);
  const first = records.get(ids[0] ?? '');
  const personal = isEntityName(match.entity) ? entities[match.entity].personal : [];
  return [...new Set(ids)].flatMap((id) => {
    const record = records.get(id);
    if (record === undefined) return [];
    const fields = Object.entries(record.data).map(([name, value]): [string, Json] => {
      if (!isUnder(name, personal)) return [name, value];
      if (record === first) return [name, 'told'];
      return [name, equal(value, first?.data[name]) ? 'the same' : 'another'];
    });
    const copies = links
      .filter((link) => link.record_id === id)
      .map(
        (link) =>
          `${link.connection} ${link.object} ${link.remote_number ?? link.remote_id ?? 'not made yet'}`,
      );
    return [
      {
        recordId: id,
        name: calledOf(record),
        state: record.state,
        copies,
        fields: Object.fromEntries(fields),
      },
    ];
  });
}

/** What people call a record: its number or code, else its id. */
export function calledOf(record: {
  readonly id: string;
  readonly data: Readonly<Record<string, Json>>;
}): string {
  const name = record.data.number ?? record.data.code;
  return typeof name === 'string' ? name : record.id;
}
