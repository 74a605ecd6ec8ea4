import { type LinkRow, linksOfRecords } from '../../ledger/links.ts';
import { readShadows } from '../../ledger/shadows.ts';
import { addressOf, type Found } from './pairing.ts';
import type { Prepared } from './prepare.ts';
import type { Unit } from './unit.ts';

/**
 * An object nobody knew turns out to be the copy of a record that the hub itself is about to create in that very
 * system, or has created there without ever hearing of it. It is that copy: beside a second one the hub would create
 * it once more, and write to one of the two only.
 */
export async function adoptPending(
  unit: Unit,
  items: readonly Prepared[],
  found: Found,
  claims: ReadonlyMap<string, string>,
): Promise<void> {
  const wanted = new Map<string, string>();
  for (const { row } of items) {
    const address = addressOf(row.connection, row.object, row.remote_id);
    const record = claims.get(address);
    if (record === undefined || found.links.has(address)) continue;
    const copy = copyOf(record, row.connection, row.object);
    // Of two strangers with one key the first is the copy, the other one stays a stranger.
    if (!wanted.has(copy)) wanted.set(copy, address);
  }
  if (wanted.size === 0) return;
  const records = [...new Set([...wanted.values()].flatMap((address) => claims.get(address) ?? []))];
  const pending: LinkRow[] = [];
  for (const link of await linksOfRecords(unit.sql, records)) {
    const address = wanted.get(copyOf(link.record_id, link.connection, link.object));
    if (address === undefined || link.origin || link.remote_id !== null) continue;
    found.links.set(address, link);
    pending.push(link);
  }
  const ids = pending.map((link) => link.id);
  for (const shadow of await readShadows(unit.sql, ids)) found.shadows.set(shadow.link_id, shadow);
}

function copyOf(recordId: string, connection: string, object: string): string {
  return `${recordId}/${connection}/${object}`;
}
