/** Where a value went: of each system's copy the request that carried it on, or why there is none yet. */
import type { Party } from '../lanes/landscape.ts';
import { shownRedate } from '../lanes/periods/posting.ts';
import { outContext, wanted } from '../lanes/push/plan.ts';
import { readKnown } from '../lanes/push/read.ts';
import {
  type CarriedTry,
  type LinkTrouble,
  triesOf,
  troubleOf,
  type WaitRow,
  waitsOf,
} from '../ledger/explain.ts';
import type { LinkRow } from '../ledger/links.ts';
import { linksOfRecords } from '../ledger/links.ts';
import type { RecordRow } from '../ledger/records.ts';
import { MappingFault, type TraceStep, traceMapping } from '../mapping/index.ts';
import { isList, isObject, type Json } from '../model/index.ts';
import type { Leaf } from './fields.ts';
import type { Setting } from './setting.ts';

/** A system's copy of a record. */
export interface Copy {
  readonly link: LinkRow;
  readonly party: Party | undefined;
  readonly trouble: LinkTrouble | undefined;
  /** The latest ones, the oldest of them first. */
  readonly tries: readonly CarriedTry[];
  readonly waits: readonly WaitRow[];
  /** The lines of the mapping that write there, as they would run now. */
  readonly steps: readonly TraceStep[];
}

/** Where one value stands with one copy. */
export interface CarriedTo {
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string | null;
  readonly remoteNumber: string | null;
  readonly state: string;
  /** The system that tells the value is not told it. */
  readonly told: boolean;
  /** What it is dated there instead, since its period was closed. */
  readonly redated?: { readonly from: string; readonly to: string; readonly period: string };
  /** Vendor paths it is written to, and the mapping that says so. */
  readonly mapping?: string;
  readonly written?: readonly { readonly vendor: string; readonly how: string; readonly sent?: Json }[];
  /** The request that carried it on first. */
  readonly request?: CarriedBy;
  /** The steps of the flow that were done after it. */
  readonly afterwards?: readonly CarriedBy[];
  /** Why it is not there, or not yet. */
  readonly why?: { readonly code: string; readonly sentence: string; readonly since: string | null };
}

export interface CarriedBy {
  readonly try: string;
  readonly step: string;
  readonly key: string;
  readonly at: string;
  readonly finishedAt: string | null;
  readonly outcome: string | null;
  readonly answer: Json;
}

/** Tries read of one copy; of a copy that is written more often than that the first request is not known any more. */
const triesRead = 300;

/** Every copy of a record, with what explains it. */
export async function copiesOf(setting: Setting, record: RecordRow): Promise<Copy[]> {
  const { database, live, tables } = setting;
  const links = await linksOfRecords(database, [record.id]);
  const ids = links.map((link) => link.id);
  const [tries, troubles, waits] = [
    await triesOf(database, ids, triesRead),
    await troubleOf(database, ids),
    await waitsOf(database, ids),
  ];
  const due = links.map((link) => ({ ...link, priority: 5, dirty_ms: 0, activation: 0 }));
  const { known, context } = await readKnown({ database, landscape: live.landscape, tables }, due, [record]);
  return links.map((link, index) => {
    const party = live.landscape.party(link.connection, link.object, link.entity);
    const doc = party && live.mappings.get(party.mapping.name)?.doc;
    const one = known[index];
    const steps =
      one?.record && party?.writes && doc
        ? stepsOf(
            () => traceMapping(doc).outward(one.record?.data ?? {}, outContext(one, party, context)).steps,
          )
        : [];
    return {
      link,
      party,
      trouble: troubles.find((row) => row.id === link.id),
      tries: tries.filter((row) => row.link_id === link.id),
      waits: waits.filter((row) => row.link_id === link.id),
      steps,
    };
  });
}

/** Nothing where the mapping cannot be run over the record at all: the copy's own trouble says so. */
function stepsOf(trace: () => readonly TraceStep[]): readonly TraceStep[] {
  try {
    return trace();
  } catch (error) {
    if (error instanceof MappingFault) return [];
    throw error;
  }
}

/**
 * Where a value, set at a version of the record, stands with a copy. Pure.
 *
 * @param data of the record, for the conditions of the party
 */
export function carriedTo(copy: Copy, record: RecordRow, leaf: Leaf, version: number | undefined): CarriedTo {
  const { link, party, tries } = copy;
  const head = {
    connection: link.connection,
    object: link.object,
    remoteId: link.remote_id,
    remoteNumber: link.remote_number,
    state: link.state,
    told: link.origin,
    ...(link.redated ? { redated: shownRedate(link.redated) } : {}),
  };
  const steps = copy.steps.filter((step) => writes(step, leaf));
  const carried = tries.find(
    (one) => one.carries && one.outcome === 'done' && one.record_version >= (version ?? 0),
  );
  if (!party?.writes || (link.origin && !carried && steps.length === 0)) {
    return link.origin
      ? head
      : { ...head, why: reason('explain.not-written', `nothing is written to ${link.connection}`) };
  }
  const { name } = party.mapping;
  if (steps.length === 0) {
    const why = reason('explain.not-mapped', `mapping ${name} writes nothing from it`);
    return { ...head, mapping: name, why };
  }
  const written = steps.map(({ vendor = '', how }) => {
    const sent = carried && sentAt(carried.body, vendor);
    return { vendor, how, ...(sent === undefined ? {} : { sent }) };
  });
  const base = { ...head, mapping: name, written };
  if (carried === undefined) return { ...base, why: whyNot(copy, record) };
  const afterwards = tries.filter(
    (one) => !one.carries && one.started_at >= carried.started_at && one.outcome === 'done',
  );
  const open = isHeldUp(link) ? { why: whyNot(copy, record) } : {};
  return {
    ...base,
    request: carriedBy(carried),
    ...(afterwards.length === 0 ? {} : { afterwards: afterwards.map(carriedBy) }),
    ...open,
  };
}

/** Whether a line of a mapping writes a value: it names it, or asks for it in an expression. */
function writes(step: TraceStep, leaf: Leaf): boolean {
  if (step.vendor === undefined) return false;
  const { canonical } = step;
  if (canonical !== undefined && (leaf.plain === canonical || leaf.plain.startsWith(`${canonical}.`)))
    return true;
  const own = /\[\]\.(.+)$/.exec(leaf.schema)?.[1];
  // An element's line speaks of its element; a line of the record may speak of any.
  const within = canonical?.includes(']') ? leaf.plain.slice(0, leaf.plain.lastIndexOf('].') + 1) : undefined;
  if (own !== undefined && within !== undefined) {
    return canonical?.startsWith(within) === true && asks(step.how, `line.${own}`);
  }
  return asks(step.how, `record.${leaf.schema.split('[]')[0]}`);
}

function asks(how: string, name: string): boolean {
  return new RegExp(`(?<![\\w.])${name.replace(/[.\\[\]]/g, '\\$&')}(?!\\w)`).test(how);
}

/** A value of a body that was sent, by a path with places: `FEntity[0].FRealQty`. */
function sentAt(body: Json, vendor: string): Json | undefined {
  let value: Json | undefined = body;
  for (const name of vendor.split(/\.|\[|\]\.?/).filter((part) => part !== '')) {
    if (isList(value)) value = value[Number(name)];
    else if (isObject(value) && Object.hasOwn(value, name)) value = value[name];
    else return undefined;
  }
  return value;
}

function isHeldUp({ state }: LinkRow): boolean {
  return state === 'parked' || state === 'waiting' || state === 'unknown';
}

function whyNot({ link, party, trouble, tries }: Copy, record: RecordRow): NonNullable<CarriedTo['why']> {
  const since = (link.dirty_since ?? (link.state === 'idle' ? null : trouble?.due_at))?.toISOString() ?? null;
  if (trouble?.code) return { code: trouble.code, sentence: trouble.error ?? '', since };
  const open = tries.find((one) => one.outcome === null || one.outcome === 'unknown');
  if (open)
    return {
      code: 'explain.under-way',
      sentence: `${open.step} is under way`,
      since: open.started_at.toISOString(),
    };
  if (link.state === 'due') return { code: 'explain.due', sentence: 'it is due and will be written', since };
  if (party?.mode !== 'live') {
    return reason(
      'explain.not-live',
      `${link.connection} is in mode ${party?.mode ?? 'none'}: nothing is written`,
    );
  }
  if (link.remote_id === null && !isWanted(party, record)) {
    return reason('explain.not-wanted', 'the conditions of the party do not let the record out');
  }
  return reason(
    'explain.in-step',
    'nothing had to be written: the copy was there, and what is sent does not differ',
  );
}

function isWanted(party: Party, record: RecordRow): boolean {
  try {
    return wanted(party, record.data);
  } catch {
    // A condition that fails on this record keeps it in.
    return false;
  }
}

function reason(code: string, sentence: string): NonNullable<CarriedTo['why']> {
  return { code, sentence, since: null };
}

function carriedBy(one: CarriedTry): CarriedBy {
  return {
    try: one.id,
    step: one.step,
    key: one.key,
    at: one.started_at.toISOString(),
    finishedAt: one.finished_at?.toISOString() ?? null,
    outcome: one.outcome,
    answer: one.answer,
  };
}
