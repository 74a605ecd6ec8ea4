/** Asking a system for something, in the unit that holds the record. */
import type { RequestKind } from '../../../connectors/kit/types.ts';
import { newId } from '../../ledger/ids.ts';
import { type LinkRow, linksOfRecords } from '../../ledger/links.ts';
import { noteRequests, type RequestRow, unsentDocuments } from '../../ledger/requests.ts';
import { diff } from '../../merge/index.ts';
import type { JsonObject } from '../../model/index.ts';
import type { Unit, Working } from '../apply/unit.ts';
import type { Party } from '../landscape.ts';
import { effectOf } from './effect.ts';

export interface Asked {
  readonly kind: RequestKind;
  readonly payload: JsonObject;
  /** `rule:<name>` or `person:<name>`. */
  readonly by: string;
  /** Milliseconds. */
  readonly deadlineMs: number;
}

export const nothingSent = 'nothing had been sent there yet';
export const ruleEnded = 'the rule that asked does not hold any more';

/** What is known of copies before something is asked about them. */
export interface Copies {
  readonly links: readonly LinkRow[];
  /** Documents of rules that no system was asked to write, or every one has refused. */
  readonly unsent: ReadonlySet<string>;
}

/** To be read while the records are held: no write of a derived one begins meanwhile. */
export async function copiesOf(unit: Unit, recordIds: readonly string[]): Promise<Copies> {
  const links = await linksOfRecords(unit.sql, recordIds);
  return { links, unsent: await unsentDocuments(unit.sql, recordIds) };
}

/**
 * Asks a party's system about its copy of a record. What was never sent there needs no asking: the record changes at
 * once, and so does not go there any more. Answers the id of the request.
 */
export function place(unit: Unit, record: Working, party: Party, asked: Asked, copies: Copies): string {
  const id = newId();
  const link = copies.links.find(
    (one) =>
      one.record_id === record.id && one.connection === party.connection && one.object === party.object,
  );
  const row = {
    id,
    record_id: record.id,
    entity: record.entity,
    connection: party.connection,
    object: party.object,
    link_id: link?.id ?? null,
    kind: asked.kind,
    payload: asked.payload,
    asked_by: asked.by,
    deadline_ms: asked.deadlineMs,
  };
  // A copy of a document of ours that nobody was asked to write is not written before this is committed. Of another
  // one a write may begin any moment: its lane decides.
  if (link === undefined || copies.unsent.has(record.id)) {
    const undo = accept(unit, record, { ...asked, id });
    unit.requests.push({ ...row, accepted: { reason: nothingSent, undo } });
    return id;
  }
  unit.requests.push(row);
  unit.due.add(link.id);
  unit.rings.add(link.lane);
  return id;
}

/** Changes the record as the accepted request says; answers how that is taken back. */
export function accept(
  unit: Unit,
  record: Working,
  { id, kind, payload, by }: Pick<Asked, 'kind' | 'payload' | 'by'> & { readonly id: string },
): JsonObject {
  const { data, undo } = effectOf(kind, payload, record.data);
  const patch = diff(record.data, data) as unknown as JsonObject;
  if (Object.keys(patch).length > 0)
    unit.change(record, data, { patch, origin: { request: id, kind, by, via: 'request' } });
  return { ...undo };
}

/** Nobody wants it any more; its copy takes its usual turn again. */
export async function withdraw(unit: Unit, open: readonly RequestRow[], reason: string): Promise<void> {
  const done = await noteRequests(
    unit.sql,
    open.map(({ id }) => ({ id, state: 'withdrawn' as const, reason, answered: true })),
  );
  for (const row of open) if (done.has(row.id)) over(unit, row);
}

/** The copy of a request that is over is planned again, in its usual turn. */
export function over(unit: Unit, { id, link_id }: Pick<RequestRow, 'id' | 'link_id'>): void {
  unit.answered.push(id);
  if (link_id !== null) unit.due.add(link_id);
}
