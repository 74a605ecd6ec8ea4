import { hash } from 'node:crypto';
import type { Difference } from '../../../connectors/kit/types.ts';
import { type Worth, worthOf } from '../../crossrefs/worth.ts';
import type { DueLink, LinkRow } from '../../ledger/links.ts';
import type { PeriodName, Redated } from '../../ledger/periods.ts';
import type { RecordRow } from '../../ledger/records.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import type { TryRow } from '../../ledger/tries.ts';
import { codeTarget } from '../../ledger/waits.ts';
import type { FlowStep, MappingError, OutContext, Wait } from '../../mapping/index.ts';
import { projectPaths } from '../../merge/index.ts';
import { isObject, type JsonObject, valueAt } from '../../model/index.ts';
import { isBefore, isHistory } from '../history.ts';
import type { Landscape, Party } from '../landscape.ts';
import type { ClosedPeriods } from '../periods/closed-periods.ts';
import type { Posting } from '../periods/gate.ts';
import { amendment } from './amend.ts';
import { differenceOf } from './difference.ts';
import { carriesBody, isBare, positionOf, takesContent } from './flow.ts';
import { carriedBy, heldThere, underWay, withUnshown } from './held.ts';
import { hasIt, mustBeWritten, ownCopy, ownHash, undecidedCopy } from './own-values.ts';
import { removalOf } from './removal.ts';

/** What planning knows of one due link; read before, outside any transaction. */
export interface Known {
  readonly link: DueLink;
  readonly record: RecordRow | undefined;
  readonly shadow: ShadowRow | undefined;
  readonly openTry: TryRow | undefined;
}

/** A write to be sent. */
export interface PlannedWrite {
  readonly link: DueLink;
  readonly record: RecordRow;
  readonly party: Party;
  readonly step: FlowStep;
  /** Our number of the object. */
  readonly key: string;
  readonly body: JsonObject;
  /** Hash of the outward body; null for steps that carry none. */
  readonly bodyHash: string | null;
  /** Codes the body was made with, as table/key, sorted; null for steps that carry no body. */
  readonly codes: readonly string[] | null;
  readonly remoteId?: string;
  readonly remoteNumber?: string;
  readonly parent?: { readonly object: string; readonly remoteId: string; readonly remoteNumber?: string };
  /** Of an update: what differs from what was last sent. Absent: nobody knows. */
  readonly difference?: Difference;
  /**
   * Of an update of parts: the canonical values it carries (null: not known, only what of the body differs from the one
   * sent before), and all that are under way once it is sent. Absent: all the mapping writes.
   */
  readonly part?: { readonly carried: JsonObject | null; readonly outstanding?: JsonObject };
  /** Of an update: nobody knows what the copy has. It is read first, where that is possible. */
  readonly blind?: true;
  /** A create that was sent before under its token, maybe with another body. */
  readonly sentBefore?: true;
  /** Of a document: whose books it is for, and when it is dated. */
  readonly posting?: Posting;
  /** Our line key → the vendor's entry id, as far as they are known. */
  readonly lineIds?: Readonly<Record<string, string>>;
}

export type Plan =
  | { readonly kind: 'write'; readonly write: PlannedWrite }
  | {
      readonly kind: 'inStep';
      readonly link: DueLink;
      readonly version: number;
      /** It has all of this body, although it was not sent it. */
      readonly sentHash?: string;
      /** A step somebody else has done: the flow stands there now. */
      readonly reached?: string;
      /** With `reached`: nothing of the flow is left. */
      readonly completed?: boolean;
    }
  | {
      /** Somebody else has to do a step; that is as it should be. */
      readonly kind: 'waitStep';
      readonly link: DueLink;
      readonly reached?: string;
      readonly error: string;
    }
  | { readonly kind: 'resolve'; readonly link: DueLink; readonly party: Party; readonly openTry: TryRow }
  | { readonly kind: 'wait'; readonly link: DueLink; readonly waits: readonly PlannedWait[] }
  | { readonly kind: 'park'; readonly link: DueLink; readonly code: string; readonly error: string }
  /** Its period is closed, and a rule dates it another day. */
  | { readonly kind: 'redate'; readonly link: DueLink; readonly redated: Redated }
  /** A person holds it: nothing is written until it is released. */
  | { readonly kind: 'held'; readonly link: DueLink; readonly error: string };

/** What a link waits for; `asks` tells people which mapping and field ask for it. */
export type PlannedWait = { readonly asks: string } & (
  | { readonly kind: 'ref'; readonly recordId: string; readonly what: string }
  | {
      readonly kind: 'table';
      readonly table: string;
      readonly key: string;
      readonly worth: Worth | undefined;
    }
  | {
      readonly kind: 'period';
      readonly period: PeriodName;
      readonly target: string;
      readonly worth: Worth | undefined;
    }
);

export interface PlanContext {
  readonly landscape: Landscape;
  /** Absent: as if all accounting periods were open. */
  readonly periods?: Pick<ClosedPeriods, 'of' | 'today'> | undefined;
  /** Link of a record in a connection: for references, parents and targets. */
  linkOf(connection: string, recordId: string, object?: string): LinkRow | undefined;
  lookup(connection: string, table: string, key: string, date?: string): string | undefined;
  /** The record that lives on where this one was merged. */
  survivor(recordId: string): string;
  /** Our own number of a record, for systems that keep no copy of it. */
  ownNumber(recordId: string): string | undefined;
}

const updateStep: FlowStep = { name: 'update', create: false };

/** Decides what one due link needs next. Pure: reads only what it is given. */
export function planLink(known: Known, context: PlanContext): Plan {
  const { link, record } = known;
  const party = context.landscape.party(link.connection, link.object, link.entity);
  // What was sent is settled whatever has changed since: others may be held back until it is known.
  if (known.openTry && party) return { kind: 'resolve', link, party, openTry: known.openTry };
  if (link.held) return { kind: 'held', link, error: `held by ${link.held}` };
  // What is gone there stays gone.
  if (link.gone_at) return { kind: 'inStep', link, version: record?.version ?? 0 };
  const removal = removalOf(link, record, party, keyOf);
  if (removal) return { kind: 'write', write: removal };
  if (!record || !party?.writes || party.mode === 'observe' || record.state !== 'live') {
    return { kind: 'inStep', link, version: record?.version ?? 0 };
  }
  const flow = party.mapping.flow;
  const creates = flow.some((step) => step.create);
  const exists = link.remote_id !== null;
  const started = link.step !== null || exists;
  if (!started && (!creates || !party.writes.create) && party.mapping.target === undefined) {
    return { kind: 'inStep', link, version: record.version };
  }
  if (!started && !wanted(party, record.data)) return { kind: 'inStep', link, version: record.version };
  // What the hub itself has made there is no history.
  if (link.step === null && isHistory(context.landscape, record, party))
    return { kind: 'inStep', link, version: record.version };

  const inFlow = creates && (!exists || link.step !== null);
  const { next, reached } = inFlow ? positionOf(party, link) : {};
  if (next && (!exists || carriesBody(next))) {
    const plan = planStep(known, record, party, next, context);
    return exists && !takesContent(party, link) ? atStage(known, plan, party) : plan;
  }
  let sentHash: string | undefined;
  // A difference from what was sent goes first: nobody is asked to go on with content that is no longer right.
  if (party.writes.update) {
    const step = creates ? updateStep : (flow[0] ?? updateStep);
    const plan = planStep(known, record, party, step, context, known.shadow?.sent_hash ?? undefined);
    if (plan.kind !== 'inStep') return atStage(known, plan, party);
    sentHash = plan.sentHash;
  }
  const noted = reached === undefined ? {} : { reached };
  if (next?.wait !== undefined) {
    const number = link.remote_number ?? keyOf(record);
    const error = `${next.name} of ${link.object} ${number} in ${link.connection} is done by ${next.wait}; it goes on when the status there shows it done`;
    return { kind: 'waitStep', link, ...noted, error };
  }
  if (next) return planStep(known, record, party, next, context);
  const completed = reached === undefined ? {} : { completed: true };
  const has = sentHash === undefined ? {} : { sentHash };
  return { kind: 'inStep', link, version: record.version, ...noted, ...completed, ...has };
}

/** What is done instead of writing content to a copy that has come too far to take it as it is. */
function atStage(known: Known, plan: Plan, party: Party): Plan {
  const { link, record } = known;
  if (plan.kind !== 'write' || !record || link.remote_id === null || party.mapping.target !== undefined)
    return plan;
  const amended = amendment(party, link, record.data);
  if (amended.kind === 'edit') return plan;
  if (amended.kind === 'park') return { ...amended, link };
  const { difference: _none, ...write } = plan.write;
  return {
    kind: 'write',
    write: { ...write, step: amended.step, body: {}, bodyHash: null, codes: null },
  };
}

/** Whether a record is to exist in this party's system at all. */
export function wanted(party: Party, data: JsonObject): boolean {
  if (isBefore(data, party.since)) return false;
  return (party.when?.(data) ?? true) && party.mapping.applies(data);
}

function planStep(
  known: Known,
  golden: RecordRow,
  party: Party,
  step: FlowStep,
  context: PlanContext,
  inStepWith?: string,
): Plan {
  const { link, shadow } = known;
  const record = undecidedCopy(golden, known.shadow, link.opening);
  let body: JsonObject = {};
  let bodyHash: string | null = null;
  let codes: string[] | null = null;
  let difference: Difference | undefined;
  let part: PlannedWrite['part'];
  let isDoubtful = false;
  const own = ownCopy(record, known.shadow);
  if (carriesBody(step) || step.create) {
    const used = new Set<string>();
    const out = party.mapping.outward(own.data, outContext(known, party, context, used));
    if (!out.ok) return notReady(link, record, party, out.waits, out.errors, context);
    codes = [...used].sort();
    body = out.body;
    bodyHash = hashOf(body);
    if (own !== record) {
      bodyHash = ownHash(
        party.mapping.outward(record.data, outContext(known, party, context)),
        hashOf,
        bodyHash,
      );
    }
    if (hasIt(inStepWith, bodyHash)) return { kind: 'inStep', link, version: record.version };
    const held =
      link.remote_id === null || step.create
        ? undefined
        : heldThere(party, link, known.shadow, (data) =>
            party.mapping.outward(data, outContext(known, party, context)),
          );
    // A copy that was overruled has not what it was sent: it gets everything.
    const isKnown = inStepWith !== undefined && inStepWith !== mustBeWritten;
    const sent = isKnown ? known.shadow?.sent_body : undefined;
    let before = held?.body ?? sent;
    if (held && sent) {
      const told = projectPaths(own.data, party.mapping.echoedPaths);
      const shownable = party.mapping.outward(told, outContext(known, party, context));
      if (shownable.ok) before = withUnshown(held.body, body, shownable.body, sent);
    }
    if (before) {
      difference = differenceOf(body, before, party.mapping.lists, known.shadow?.lines ?? {});
      if (difference === undefined) {
        // Whoever told it has it: from now on it counts as what was sent.
        const noted = held === undefined ? {} : { sentHash: bodyHash };
        return { kind: 'inStep', link, version: record.version, ...noted };
      }
    }
    isDoubtful = held?.isDoubtful === true;
    if (difference && party.facts.partialUpdate) {
      // What was never shown is what was sent before.
      const there = held?.data ?? shadow?.outstanding;
      const carried = there ? carriedBy(own.data, there, party.mapping.echoedPaths) : null;
      const outstanding = carried && underWay(carried, shadow?.outstanding ?? null);
      part = { carried, ...(outstanding ? { outstanding } : {}) };
    }
  }
  let remoteId = link.remote_id;
  let remoteNumber = link.remote_number;
  if (party.mapping.target !== undefined) {
    const owner = valueAt(record.data, party.mapping.target);
    const holder = typeof owner === 'string' ? context.linkOf(link.connection, owner) : undefined;
    if (typeof owner !== 'string') {
      return {
        kind: 'park',
        link,
        code: 'push.no-target',
        error: `${party.mapping.name} writes to the object of ${party.mapping.target}, which this record does not name`,
      };
    }
    if (!holder?.remote_id) {
      const entity = party.mapping.target;
      return { kind: 'wait', link, waits: [waitForRecord(party, entity, entity, owner, context)] };
    }
    remoteId = holder.remote_id;
    remoteNumber = holder.remote_number;
  }
  let parent: PlannedWrite['parent'];
  if (step.from) {
    const owner = valueAt(record.data, step.from.of);
    if (typeof owner !== 'string') {
      return {
        kind: 'park',
        link,
        code: 'push.no-parent',
        error: `${party.mapping.name} is made from ${step.from.object} of ${step.from.of}, which this record does not name`,
      };
    }
    const source = context.linkOf(link.connection, owner, step.from.object);
    if (!source?.remote_id) {
      const { object, of } = step.from;
      return { kind: 'wait', link, waits: [waitForRecord(party, of, object, owner, context)] };
    }
    parent = {
      object: step.from.object,
      remoteId: source.remote_id,
      ...(source.remote_number === null ? {} : { remoteNumber: source.remote_number }),
    };
  }
  return {
    kind: 'write',
    write: {
      link,
      record: own,
      party,
      step,
      key: keyOf(record),
      body,
      bodyHash,
      codes,
      ...(remoteId === null ? {} : { remoteId }),
      ...(remoteNumber === null ? {} : { remoteNumber }),
      ...(parent === undefined ? {} : { parent }),
      ...(difference === undefined ? {} : { difference }),
      ...(part === undefined ? {} : { part }),
      ...(known.shadow?.sent_hash !== mustBeWritten
        ? {}
        : step.create
          ? { sentBefore: true }
          : { blind: true }),
      ...(isDoubtful ? { blind: true } : {}),
      ...(known.shadow?.lines ? { lineIds: known.shadow.lines } : {}),
    },
  };
}

function notReady(
  link: DueLink,
  record: RecordRow,
  party: Party,
  waits: readonly Wait[],
  errors: readonly MappingError[],
  context: PlanContext,
): Plan {
  const [error] = errors;
  if (error) {
    return { kind: 'park', link, code: error.code, error: `mapping ${error.message}` };
  }
  return {
    kind: 'wait',
    link,
    waits: waits.map((wait) =>
      wait.kind === 'ref'
        ? waitForRecord(party, wait.field, wait.entity, wait.id, context)
        : {
            kind: 'table' as const,
            table: wait.table,
            key: wait.key,
            worth: worthOf(record.data),
            asks: `mapping ${party.mapping.name}, ${wait.field}`,
          },
    ),
  };
}

function waitForRecord(
  party: Party,
  field: string,
  what: string,
  recordId: string,
  context: PlanContext,
): PlannedWait {
  const asks = `mapping ${party.mapping.name}, ${field}`;
  return { kind: 'ref', recordId: context.survivor(recordId), what, asks };
}

/** What the outward side of a mapping may ask about other records, codes and lines; `used` takes note of the codes. */
export function outContext(
  known: { readonly link: LinkRow; readonly shadow: ShadowRow | undefined },
  party: Party,
  context: PlanContext,
  used?: Set<string>,
): OutContext {
  const { link, shadow } = known;
  return {
    connection: party.connection,
    creating: isBare(party, link),
    lookup: (table, key, date) => {
      used?.add(codeTarget(table, key));
      return context.lookup(party.connection, table, key, date);
    },
    remoteNumber: (entity, id) =>
      context.landscape.holder(party.connection, entity) === undefined
        ? context.ownNumber(id)
        : (context.linkOf(party.connection, id)?.remote_number ?? undefined),
    remoteId: (_entity, id) => context.linkOf(party.connection, id)?.remote_id ?? undefined,
    lineId: (_listPath, key) => shadow?.lines?.[key],
  };
}

/** Our number of the object: what makes a create repeatable. */
export function keyOf(record: RecordRow): string {
  const number = isObject(record.data) ? record.data.number : undefined;
  return typeof number === 'string' && number !== '' ? number : record.id;
}

/** Content hash of a body; key order is the mapping's and therefore stable. */
export function hashOf(body: JsonObject): string {
  return hash('sha1', JSON.stringify(body), 'base64url');
}
