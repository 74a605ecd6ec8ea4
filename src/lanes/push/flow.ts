import type { ObjectFacts } from '../../../connectors/kit/types.ts';
import type { LinkRow } from '../../ledger/links.ts';
import type { FlowStep } from '../../mapping/index.ts';
import type { Party } from '../landscape.ts';

/** Steps that carry the object itself; the others only name it. */
export function carriesBody(step: FlowStep): boolean {
  return (step.create && step.from === undefined) || step.name === 'save' || step.name === 'update';
}

/** Whether a copy has yet to get its content: it is not there, or was only made from another object so far. */
export function isBare(party: Party, link: Pick<LinkRow, 'remote_id' | 'step'>): boolean {
  return (
    link.remote_id === null ||
    party.mapping.flow.some(({ name, from }) => name === link.step && from !== undefined)
  );
}

type States = ObjectFacts['states'];

/** Whether a status shows a step done, whoever did it. */
export function shows(states: States, step: string, status: string | undefined): boolean {
  return status !== undefined && (states?.shows[step]?.includes(status) ?? false);
}

/** The status of a copy: what its system last showed, else what our last step must have left. */
export function statusOf(link: Pick<LinkRow, 'remote_status' | 'step'>, states: States): string | undefined {
  return link.remote_status ?? (link.step === null ? undefined : states?.shows[link.step]?.[0]);
}

export interface Position {
  /** What comes next; absent: nothing is left. */
  readonly next?: FlowStep;
  /** A step behind the one the link knows of that the object shows done. */
  readonly reached?: string;
}

/**
 * Where a copy stands in its flow. Steps the object shows done are left out, whoever did them. A step that carries
 * the content is never left out: a status says nothing about content.
 */
export function positionOf(party: Party, link: LinkRow): Position {
  const { flow } = party.mapping;
  const done = link.step === null ? -1 : flow.findIndex((step) => step.name === link.step);
  let at = done;
  if (link.remote_id !== null && done >= 0) {
    const status = statusOf(link, party.facts.states);
    for (let step = flow[at + 1]; step !== undefined; step = flow[at + 1]) {
      if (step.create || carriesBody(step) || !shows(party.facts.states, step.name, status)) break;
      at += 1;
    }
  }
  const next = flow[at + 1];
  const reached = at > done ? flow[at]?.name : undefined;
  return { ...(next === undefined ? {} : { next }), ...(reached === undefined ? {} : { reached }) };
}

/** Whether the content of a copy may be written as it stands. */
export function takesContent({ facts: { states } }: Party, link: LinkRow): boolean {
  const status = statusOf(link, states);
  return states === undefined || status === undefined || states.editable.includes(status);
}

/** The last step of a flow that still holds in a status, after a later one was taken back. */
export function lastHeld(
  flow: readonly FlowStep[],
  states: States,
  status: string | undefined,
): string | null {
  let held: string | null = null;
  for (const step of flow) {
    if (!step.create && !carriesBody(step) && !shows(states, step.name, status)) break;
    held = step.name;
  }
  return held;
}

/** Whether a step takes an earlier one back instead of going on. */
export function takesBack(states: States, step: string): boolean {
  return (
    states !== undefined && [states.withdraw, states.reopen].some((one) => Object.values(one).includes(step))
  );
}

/** Whether what is sent to a party is kept, so that a later update can be told apart from it. */
export function keepsSent(party: Party): boolean {
  const { partialUpdate, states } = party.facts;
  return party.writes?.update === true && (partialUpdate || states !== undefined);
}
