import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { compareRecord } from '../../explain/comparison.ts';
import { recordById } from '../../ledger/record-search.ts';
import { newApi, operation } from './operation.ts';
import { cursorOf, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { etagOf } from './preconditions.ts';
import { answer, anyJson, query, told, uuid, yesOrNo } from './values.ts';

const Field = z
  .object({
    path: z.string().openapi({ description: 'With keys of list elements: lines[10].quantity.' }),
    personal: z.boolean(),
    value: anyJson.openapi({ description: 'What the hub has; null: nothing.' }),
    refersTo: z
      .object({ id: uuid, entity: z.string(), number: z.string().nullable() })
      .nullable()
      .openapi({ description: 'The record the value names.' }),
    set: z
      .object({
        kind: z.enum(['system', 'rule', 'person', 'unknown']),
        name: z.string().nullable().openapi({ description: 'The connection, the rule or the person.' }),
        at: z.string().nullable(),
        version: z.int().nullable(),
      })
      .openapi({ description: 'Who set it last; GET /v1/records/{id}/explain says why.' }),
    conflict: uuid.nullable().openapi({ description: 'The conflict that is open about it.' }),
    shown: z.array(
      z.object({
        link: uuid,
        as: z.enum(['same', 'alike', 'differs', 'none', 'untold']).openapi({
          description:
            'alike: the same, kept in its own way (rounded, trimmed). none: it shows that there is none. untold: nothing is known of it there.',
        }),
        by: z.enum(['told', 'written', 'sent']).nullable().openapi({
          description:
            'How that is known: the system told it, it was written there, or it is on its way there.',
        }),
        value: anyJson,
      }),
    ),
  })
  .openapi('ComparedField');
const Comparison = pageOf(Field)
  .extend({
    version: z.int().openapi({ description: 'Version of the record that was compared.' }),
    differences: z.int().openapi({ description: 'Fields of the whole record at which systems differ.' }),
  })
  .openapi('Comparison');

const Place = z.int().positive();

/** Records beside what systems show of them. */
export const comparisons = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/records/{id}/fields',
    operationId: 'compareRecord',
    tags: ['Records'],
    summary: 'Every value of a record, who set it, and what each of its copies shows',
    description: 'GET /v1/links?record= tells of the copies themselves.',
    scope: 'read',
    request: {
      params: z.object({ id: uuid }),
      query: query({
        ...paging,
        ...personal,
        differing: yesOrNo.optional().openapi({ description: 'true: only where systems differ.' }),
      }),
    },
    responses: { 200: answer('A page of fields, in their order.', Comparison) },
  }),
  async (context) => {
    const { limit, cursor, differing = false, personal: asked } = context.req.valid('query');
    const shows = showsPersonal(context, asked);
    const { database } = context.var.hub.world;
    const { id } = context.req.valid('param');
    const row = await recordById(database, id.toLowerCase());
    if (!row) throw new HubError('records.unknown', { name: id });
    const from = placeAt(cursor, Place) ?? 0;
    const found = await compareRecord(database, row, { differing, from, limit, showPersonal: shows });
    await notePersonal(context, shows, [`record/${row.id}`]);
    context.header('etag', etagOf([row.id, row.version]));
    const page = {
      version: row.version,
      differences: found.differences,
      items: found.fields,
      next: found.next === null ? null : cursorOf(found.next),
    };
    return context.json(told(Comparison, page), 200);
  },
);
