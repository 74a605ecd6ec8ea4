/** For tests of what is planned: one party that keeps sales orders, over a mapping given as text. */
import type { ObjectFacts } from '../../../connectors/kit/types.ts';
import type { DueLink } from '../../ledger/links.ts';
import type { ShadowRow } from '../../ledger/shadows.ts';
import { compileMapping, readMapping } from '../../mapping/index.ts';
import type { JsonObject } from '../../model/index.ts';
import { Landscape, type Party } from '../landscape.ts';
import type { Known, Plan, PlanContext } from './plan.ts';
import { planApart } from './plan-apart.ts';

const fields = `fields:
  number: { at: FBillNo, direction: out }
  notes: { at: FNote, direction: out }
  states.approval: { at: FDocumentStatus, direction: in, optional: true, enum: { draft: [A, Z], submitted: B, approved: C, rejected: D } }
  lines:
    at: FEntry
    direction: out
    key: { key: FEntryID }
    fields:
      key: { at: _key }
      quantity: { at: FQty, as: decimal }
`;

export const facts: ObjectFacts = {
  payload: 'partial',
  createSafety: 'uniqueKey',
  latenessMs: 0,
  searchLagMs: 0,
  batchSize: 1,
  writeDeadlineMs: 1000,
  partialUpdate: true,
  states: {
    at: 'FDocumentStatus',
    shows: { submit: ['B', 'C'], audit: ['C'] },
    editable: ['Z', 'A', 'D'],
    withdraw: { B: 'withdraw' },
    reopen: { C: 'unaudit' },
  },
};

export interface Situation {
  /** `flow:` and `amend:` of the mapping. */
  readonly says?: string;
  readonly link?: Partial<DueLink>;
  readonly shadow?: Partial<ShadowRow>;
  readonly record?: JsonObject;
  readonly facts?: Partial<ObjectFacts>;
  readonly update?: boolean;
  readonly when?: Party['when'];
  readonly closedPeriod?: Party['closedPeriod'];
  readonly periods?: PlanContext['periods'];
}

export const flow = 'flow: [{ create: save }, submit, { audit: auditor }]\n';
export const record: JsonObject = { number: 'W1', notes: 'new', lines: [{ key: 'a', quantity: '2' }] };

/** What is planned for a copy that was saved with `shadow.sent_body`, if that is given. */
export function planOf(situation: Situation): Plan {
  const read = readMapping(
    'mappings/erp/order.yaml',
    `mapping: erp/order\nentity: order\nobject: Bill\n${fields}${situation.says ?? flow}`,
  );
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
  const party: Party = {
    ...{ sync: 'order', name: 'erp', connection: 'erp', object: 'Bill', entity: 'order' },
    mapping: compileMapping(read.doc),
    facts: { ...facts, ...situation.facts },
    reads: true,
    mode: 'live',
    writes: { create: true, update: situation.update ?? true },
    ...(situation.when === undefined ? {} : { when: situation.when }),
    ...(situation.closedPeriod === undefined ? {} : { closedPeriod: situation.closedPeriod }),
  };
  const landscape = new Landscape({
    connections: [],
    parties: [party],
    rules: [],
    stock: { safety: new Map() },
  });
  const context: PlanContext = {
    landscape,
    linkOf: () => undefined,
    lookup: () => undefined,
    survivor: (id) => id,
    ownNumber: () => undefined,
    periods: situation.periods,
  };
  const known: Known = {
    link: { ...link, ...situation.link },
    record: {
      ...{ id: 'r', entity: 'order', state: 'live', alias_of: null, version: 3, provenance: {} },
      ...{
        source_connection: 'pos',
        source_kind: null,
        source_number: null,
        source_part: '',
        mapping_version: null,
      },
      data: situation.record ?? record,
    },
    shadow: situation.shadow === undefined ? undefined : { ...shadow, ...situation.shadow },
    openTry: undefined,
  };
  return planApart(known, context);
}

const link: DueLink = {
  ...{ id: 'l', record_id: 'r', entity: 'order', connection: 'erp', object: 'Bill', origin: false },
  ...{
    remote_id: null,
    remote_number: null,
    remote_status: null,
    step: null,
    state: 'due',
    lane: 'push/erp/Bill/0',
  },
  ...{
    attempts: 0,
    seen_revision: null,
    seen_hash: null,
    seen_at: null,
    dirty_since: null,
    pushed_version: null,
    marks: 0,
  },
  ...{ written_at: null, priority: 5, dirty_ms: 0, activation: 0 },
};

const shadow: ShadowRow = {
  ...{ link_id: 'l', theirs: null, sent_hash: 'what was sent', outstanding: null },
  ...{ lines: null, earlier: null, mapping_version: null },
};
