import type { DocumentStates } from '../../../connectors/kit/types.ts';
import type { LinkRow } from '../../ledger/links.ts';
import type { FlowStep } from '../../mapping/index.ts';
import { isObject, type JsonObject } from '../../model/index.ts';
import type { Party } from '../landscape.ts';
import { shows, statusOf, takesContent } from './flow.ts';

/** What to do about a copy that differs from its record. */
export type Amendment =
  | { readonly kind: 'edit' }
  /** A step that brings it nearer to where it may be edited. */
  | { readonly kind: 'back'; readonly step: FlowStep }
  | { readonly kind: 'park'; readonly code: string; readonly error: string };

/**
 * What the mapping's `amend:` says for the stage a copy is in. Unsaid, it is edited where its system takes that as
 * it is; taking back what was handed in or decided is only done where the mapping says so. Pure.
 */
export function amendment(party: Party, link: LinkRow, record: JsonObject): Amendment {
  const { states } = party.facts;
  const status = statusOf(link, states);
  const { stage, policy } = policyFor(party, link, record, status);
  const what = `${party.object} ${link.remote_number ?? link.remote_id} in ${party.connection}`;
  if (policy === 'park') {
    return {
      kind: 'park',
      code: 'push.amend-parked',
      error: `${what} is ${stage} and its record has changed since; ${party.mapping.name} leaves this to a person (amend: ${stage}: park): change it there, or decide otherwise in the mapping`,
    };
  }
  if (policy !== undefined && policy !== 'edit' && policy !== 'unauditEditAudit') {
    return {
      kind: 'park',
      code: 'push.amend-not-offered',
      error: `${what} is ${stage} and its record has changed since; ${party.mapping.name} says ${policy}, which ${party.connection} does not offer: use another word in amend:`,
    };
  }
  if (takesContent(party, link) || states === undefined || status === undefined) return { kind: 'edit' };
  const back =
    policy === undefined
      ? undefined
      : (states.withdraw[status] ?? (policy === 'unauditEditAudit' ? states.reopen[status] : undefined));
  if (back !== undefined) {
    const as = credentialOf(party.mapping.flow, states, status);
    return { kind: 'back', step: { name: back, create: false, ...(as === undefined ? {} : { as }) } };
  }
  const said = policy === undefined ? 'nothing' : `${stage}: ${policy}`;
  return {
    kind: 'park',
    code: 'push.amend-not-possible',
    error: `${what} has status ${status}, in which it cannot be edited, and its record has changed since; amend: of ${party.mapping.name} says ${said}: say what is to be done at that stage (unauditEditAudit, park), or change it there`,
  };
}

interface Policy {
  readonly stage: string;
  readonly policy: string | undefined;
}

/** The line of `amend:` for where a copy stands: its last step, else the word its status or its record has. */
function policyFor(party: Party, link: LinkRow, record: JsonObject, status: string | undefined): Policy {
  const { mapping, facts } = party;
  const done = mapping.flow.filter((step) => shows(facts.states, step.name, status)).at(-1)?.name;
  const word =
    facts.states === undefined || status === undefined ? undefined : mapping.words[facts.states.at]?.[status];
  const stages = [done ?? link.step ?? undefined, ...(word === undefined ? wordsOf(record) : [word])].filter(
    (stage) => stage !== undefined,
  );
  const stage = stages.find((one) => mapping.amend[one] !== undefined);
  return {
    stage: stage ?? word ?? status ?? '',
    policy: stage === undefined ? undefined : mapping.amend[stage],
  };
}

/** The words of a record's states: approved, shipped … */
function wordsOf(record: JsonObject): string[] {
  return isObject(record.states)
    ? Object.values(record.states).filter((value) => typeof value === 'string')
    : [];
}

/** Whoever did a step takes it back. */
function credentialOf(flow: readonly FlowStep[], states: DocumentStates, status: string): string | undefined {
  return flow.filter((step) => shows(states, step.name, status)).at(-1)?.as;
}

/** The words of `amend:` that an object can be treated by, by what its system offers. */
export function offered(states: DocumentStates | undefined): readonly string[] {
  const reopens = Object.keys(states?.reopen ?? {}).length > 0;
  return ['edit', ...(reopens ? ['unauditEditAudit'] : []), 'park'];
}
