import type { RecordRow } from '../../ledger/records.ts';
import type { Landscape, Party } from '../landscape.ts';
import { wanted } from './plan.ts';

/**
 * Why a record will not come to a system as things are now, for people; undefined when it may still come by itself.
 * Whatever waits for it goes on all the same should it come: somebody makes it there by hand, a condition turns, or
 * it is told again. Pure.
 *
 * @param what What is waited for: the vendor's object, or the entity, as the asking mapping says it.
 */
export function whyNever(
  landscape: Landscape,
  connection: string,
  what: string,
  record: RecordRow | undefined,
): string | undefined {
  if (record === undefined) return 'is no record of the hub any more; correct the reference at its source';
  if (record.state === 'deleted') return `was deleted; restore it, or make it in ${connection}`;
  // One that was only spoken of so far comes as soon as somebody tells what it is.
  if (record.state !== 'live') return undefined;
  const object = (
    landscape.party(connection, what, record.entity) ?? landscape.holder(connection, record.entity)
  )?.object;
  const parties = landscape
    .partiesOf(connection, object ?? what)
    .filter((one) => one.entity === record.entity);
  const creators = parties.filter(creates);
  if (creators.length === 0) {
    // A system that is only read makes its own: it is told here as soon as it is there.
    if (parties.some((one) => one.reads && one.writes === undefined)) return undefined;
    return `is not made there by the hub (no party of ${connection} has write: { create: true } for ${record.entity}); make it in ${connection}`;
  }
  const reasons = creators.map((one) => outOfScope(one, record));
  return reasons.every((reason) => reason !== undefined)
    ? `is out of the scope of ${connection}: ${reasons[0]}`
    : undefined;
}

function creates({ writes, mapping }: Party): boolean {
  return writes?.create === true && mapping.target === undefined && mapping.flow.some((step) => step.create);
}

function outOfScope(party: Party, record: RecordRow): string | undefined {
  const place = `party ${party.name} of ${party.sync}`;
  if (party.mode !== 'live') return `${place} only runs in mode ${party.mode}`;
  try {
    if (wanted(party, record.data)) return undefined;
    const { since: _since, ...ageless } = party;
    return party.since !== undefined && wanted(ageless, record.data)
      ? `it is history, from before ${party.since} (since of ${place})`
      : `a condition (when) of ${place} or of ${party.mapping.name} leaves it out`;
  } catch {
    // What a condition cannot read is told where its own copy is written.
    return undefined;
  }
}
