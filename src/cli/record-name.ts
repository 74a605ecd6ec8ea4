import { HubError } from '../errors.ts';
import { recordsNamed } from '../ledger/record-merges.ts';
import type { Sql } from '../ledger/sql.ts';

/** The record a person means: by id, or by a number it is known by. Throws when it is none, or several. */
export async function recordNamed(sql: Sql, name: string): Promise<string> {
  const all = await recordsNamed(sql, name);
  const byId = all.find((one) => one.id === name.toLowerCase());
  if (byId) return byId.id;
  // A number that was merged away means the record it lives on in, which has it as well.
  const living = all.filter((one) => one.state !== 'merged');
  const found = living.length > 0 ? living : all;
  const [only] = found;
  if (only === undefined) throw new HubError('records.unknown', { name });
  if (found.length > 1) {
    const list = found.map((one) => `${one.entity} ${one.id}`).join(', ');
    throw new HubError('records.ambiguous-name', { name, list });
  }
  return only.id;
}
