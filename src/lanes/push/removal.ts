/** Copies of deleted records are deleted where a party says so and its system offers it. */
import type { DueLink } from '../../ledger/links.ts';
import type { RecordRow } from '../../ledger/records.ts';
import type { FlowStep } from '../../mapping/index.ts';
import type { Party } from '../landscape.ts';
import { doneTry } from './done-try.ts';
import type { OutcomeRows, Told } from './outcome.ts';
import type { PlannedWrite } from './plan.ts';

export const removeStep: FlowStep = { name: 'remove', create: false };

/** The deletion a copy needs; undefined: none. */
export function removalOf(
  link: DueLink,
  record: RecordRow | undefined,
  party: Party | undefined,
  key: (record: RecordRow) => string,
): PlannedWrite | undefined {
  if (record?.state !== 'deleted' || party?.writes?.remove !== true || party.mode !== 'live')
    return undefined;
  if (link.remote_id === null || party.mapping.target !== undefined) return undefined;
  return {
    link,
    record,
    party,
    step: removeStep,
    key: key(record),
    body: {},
    bodyHash: null,
    codes: null,
    remoteId: link.remote_id,
    ...(link.remote_number === null ? {} : { remoteNumber: link.remote_number }),
  };
}

/** The copy is there no more: deleted by us just now, or by a try nobody knew the outcome of, or by somebody else. */
export function removed(told: Told, durationMs: number | undefined, how: 'removed' | 'absent'): OutcomeRows {
  return {
    party: told.party,
    recordId: told.link.record_id,
    attempt: doneTry(told, { remoteId: told.link.remote_id, gone: how }, durationMs),
    link: { id: told.link.id, marks: told.link.marks, state: 'idle', pushed_version: told.recordVersion },
    created: false,
    completed: false,
    removed: true,
  };
}
