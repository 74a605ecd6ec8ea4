/** One mapping and what surrounds a run of it, for the tests of this folder. */

import { formatProblem } from '../problems/index.ts';
import { compileMapping } from './compile.ts';
import { readMapping } from './read.ts';
import type { CompiledMapping, InContext, MappingDocument, OutContext } from './types.ts';

export const ORDER = `mapping: erp/order
entity: order
object: SalesOrder
when: record.states.payment == "paid"
fields:
  number: { at: FBillNo, required: true }
  placedAt: { at: FDate, as: datetime, format: "yyyy-MM-dd HH:mm:ss", zone: Asia/Shanghai }
  settlePartyId: { at: FCust.FNumber, table: customers }
  currency: { at: FCurr.FNumber, table: currencies, optional: true }
  receiver.name: { at: FLinkMan, optional: true }
  receiver.phone: { at: FLinkPhone, as: phone, optional: true }
  notes: { at: FNote, clears: true }
  amounts.payable: { at: FAmount, as: money, default: "0" }
  states.approval: { at: FStatus, direction: in, optional: true, enum: { draft: [A, Z], submitted: B, approved: C } }
  lines:
    at: Entries
    key: { key: FEntryID }
    when: line.kind != "service"
    fields:
      skuId: { at: FMaterial.FNumber, ref: product }
      quantity: { at: FQty, as: decimal }
      price: { at: FPrice, as: decimal, scale: 4, optional: true }
      gift: { at: FIsFree, from: 'line.kind == "gift"' }
out:
  FOrg.FNumber: lookup("orgs", record.storeId)
in:
  channelId: '"erp"'
flow: [ { create: save }, submit, { audit: auditor } ]
amend: { approved: changeOrder }
`;

/** Reads a text that must be right. */
export function read(text: string): MappingDocument {
  const result = readMapping('test.yaml', text);
  if (!result.ok) throw new Error(result.problems.map((problem) => formatProblem(problem, text)).join('\n'));
  return result.doc;
}

export function compile(text: string): CompiledMapping {
  return compileMapping(read(text));
}

/** A mapping with only these field lines, on `order`. */
export function withFields(lines: string, more = ''): CompiledMapping {
  const indented = lines
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return compile(`mapping: x/y\nentity: order\nobject: Y\nfields:\n${indented}\n${more}`);
}

const CODES = new Map([
  ['customers c1', 'CUST1'],
  ['currencies CNY', 'PRE001'],
  ['orgs S1', '100'],
]);

export function inContext(more: Partial<InContext> = {}): InContext {
  return {
    connection: 'erp',
    payload: 'full',
    lookup: (table, key) => CODES.get(`${table} ${key}`),
    lookupBack: (table, value) =>
      [...CODES].find(([key, code]) => key.startsWith(`${table} `) && code === value)?.[0].split(' ')[1],
    lineKey: () => undefined,
    ...more,
  };
}

export function outContext(more: Partial<OutContext> = {}): OutContext {
  return {
    connection: 'erp',
    creating: true,
    lookup: (table, key) => CODES.get(`${table} ${key}`),
    remoteNumber: (entity, id) => (id.startsWith('unknown') ? undefined : `${entity}-${id}`),
    remoteId: (_entity, id) => (id.startsWith('unknown') ? undefined : `#${id}`),
    lineId: () => undefined,
    ...more,
  };
}

export const RECORD = {
  number: 'W1',
  storeId: 'S1',
  placedAt: '2026-11-01T04:00:00.000Z',
  settlePartyId: 'c1',
  currency: 'CNY',
  receiver: { name: '王小明', phone: { kind: 'real', e164: '+8613800138000', display: '13800138000' } },
  notes: '请放前台',
  amounts: { payable: '129.50' },
  states: { payment: 'paid' },
  lines: [
    { key: 'a', skuId: 'p1', quantity: '2', price: '12.95', kind: 'goods' },
    { key: 'b', skuId: 'p2', quantity: '1', kind: 'gift' },
    { key: 'c', skuId: 'p3', quantity: '1', kind: 'service' },
  ],
} as const;
