/** Which documents are history: older than the day from which a party takes part (`since`). Pure. */
import type { DeriveRule } from '../derive/index.ts';
import { entities, isEntityName, type JsonObject } from '../model/index.ts';
import type { Landscape, Party } from './landscape.ts';

/** Where a document says when it came to be, the most telling first. */
const moments = ['placedAt', 'askedAt', 'shippedAt', 'occurredAt', 'businessDate'] as const;

/** What is asked about a record; a row of the database or one that is being changed. */
export interface Told {
  readonly entity: string;
  readonly data: JsonObject;
  readonly source?: { readonly connection: string; readonly kind: string };
  readonly source_connection?: string | null;
  readonly source_kind?: string | null;
}

/**
 * Whether data is dated before an instant; never without one, or without a date. A date without a time is compared by
 * the day alone, so that the first day counts whole.
 */
export function isBefore(data: JsonObject, since: string | undefined): boolean {
  if (since === undefined) return false;
  const moment = moments.map((name) => data[name]).find((value) => typeof value === 'string');
  return typeof moment === 'string' && moment < since.slice(0, Math.max(moment.length, 10));
}

/**
 * Whether a document is history to a system: dated before `since` of the party that told it, or of the party that
 * would be told.
 */
export function isHistory(landscape: Landscape, record: Told, target?: Pick<Party, 'since'>): boolean {
  if (!isEntityName(record.entity) || entities[record.entity].nature !== 'document') return false;
  if (isBefore(record.data, target?.since)) return true;
  const connection = record.source?.connection ?? record.source_connection;
  const kind = record.source?.kind ?? record.source_kind;
  if (!connection || !kind) return false;
  return isBefore(record.data, landscape.party(connection, kind, record.entity)?.since);
}

/**
 * Whether nothing is derived from a document by a rule: it is history, or it is to every system that would get what is
 * derived.
 */
export function derivesNothing(landscape: Landscape, rule: DeriveRule, record: Told): boolean {
  if (isHistory(landscape, record)) return true;
  const writers = landscape.writersOf(rule.entity);
  return (
    writers.length > 0 &&
    writers.every(({ connection }) =>
      landscape.parties.some(
        (party) =>
          party.connection === connection &&
          party.entity === record.entity &&
          isHistory(landscape, record, party),
      ),
    )
  );
}
