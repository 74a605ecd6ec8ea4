/** A vendor's schema that the order mapping of mapping.fixture.ts fits, for the tests of the checker. */
import { entities } from '../model/index.ts';
import { checkMapping } from './check.ts';
import { ORDER } from './mapping.fixture.ts';
import { readMapping } from './read.ts';
import type { JsonSchema, Problem } from './types.ts';

export const components: Record<string, JsonSchema> = {
  Ref: { type: 'object', properties: { FNumber: { type: 'string' } } },
  Entry: {
    type: 'object',
    required: ['FMaterial', 'FQty'],
    properties: {
      FEntryID: { type: 'integer' },
      FMaterial: { $ref: '#/components/schemas/Ref' },
      FQty: { type: ['string', 'number'] },
      FPrice: { type: 'string' },
      FIsFree: { type: 'boolean' },
    },
  },
  SalesOrder: {
    allOf: [
      {
        type: 'object',
        required: ['FBillNo', 'FOrg'],
        properties: { FBillNo: { type: 'string' }, FDate: { type: 'string' }, FAmount: { type: 'string' } },
      },
      {
        type: 'object',
        properties: {
          FOrg: { $ref: '#/components/schemas/Ref' },
          FCust: { $ref: '#/components/schemas/Ref' },
          FCurr: { $ref: '#/components/schemas/Ref' },
          FLinkMan: { type: 'string' },
          FLinkPhone: { type: 'string' },
          FNote: { type: 'string' },
          FStatus: { type: 'string', enum: ['A', 'B', 'C', 'Z'] },
          FFlag: { type: 'boolean' },
          Entries: { type: 'array', items: { $ref: '#/components/schemas/Entry' } },
        },
      },
    ],
  },
};

/** All problems of a text: reading and checking. */
export function problems(text: string): Problem[] {
  const result = readMapping('m.yaml', text);
  const checked =
    result.doc === undefined
      ? []
      : checkMapping(result.doc, { entities, objectSchema: components.SalesOrder ?? {}, components });
  return [...result.problems, ...checked];
}

/** The order mapping with one line replaced. */
export function changed(from: string, to: string): string {
  if (!ORDER.includes(from)) throw new Error(`no ${from}`);
  return ORDER.replace(from, to);
}
