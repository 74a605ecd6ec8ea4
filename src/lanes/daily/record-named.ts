import { HubError } from '../../errors.ts';
import { recordsNamed } from '../../ledger/explain.ts';
import { recordsNamed as recordsOfAll } from '../../ledger/record-merges.ts';
import type { Sql } from '../../ledger/sql.ts';

/**
 * The record a person means: by id, or by a number it is known by; of one entity, if that is said. Throws
 * `records.unknown` and `records.ambiguous-name`.
 */
export async function idOfRecord(sql: Sql, name: string, entity?: string): Promise<string> {
  const all = entity === undefined ? await recordsOfAll(sql, name) : await recordsNamed(sql, entity, name);
  const byId = all.find((one) => one.id === name.toLowerCase());
  if (byId) return byId.id;
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
