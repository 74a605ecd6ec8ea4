/** What is said about one object of a system: where it is read and written, and what its answers look like. */
import { z } from 'zod';
import type { Json } from '../kit/index.ts';
import { momentKinds, momentShape, timeZone } from './moments.ts';

const path = z.string();
const value = z.union([z.string(), z.number(), z.boolean()]);
const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;

const endpointShape = {
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional().describe('Default: what is usual.'),
  path: z.string().describe('Below baseUrl; what is filled in is escaped.'),
  query: z
    .record(z.string(), value)
    .default({})
    .describe('A parameter that is nothing but a placeholder without a value is left out.'),
  headers: z.record(z.string(), z.string()).default({}),
  body: json.optional().describe('A template. Default of writes: "{{body}}".'),
  send: z.enum(['json', 'form']).default('json').describe('How the body is written.'),
} as const;
export const endpointSchema = z.strictObject(endpointShape);
export type Endpoint = z.infer<typeof endpointSchema>;

const size = z.int().positive().max(10_000).default(100).describe('Items of a page: {{size}}.');
const paging = z.discriminatedUnion(
  'by',
  [
    z.strictObject({ by: z.literal('none') }).describe('One call answers everything.'),
    z
      .strictObject({ by: z.literal('page'), first: z.int().default(1), size })
      .describe('Pages have numbers: {{page}}.'),
    z.strictObject({ by: z.literal('offset'), size }).describe('Items are skipped: {{offset}}.'),
    z
      .strictObject({
        by: z.literal('cursor'),
        size,
        next: path.optional().describe('Where an answer says what {{cursor}} the next page has.'),
        last: path.optional().describe('Instead: what of the last item is the next {{cursor}}.'),
        more: path.optional().describe('Where an answer says whether there is more.'),
      })
      .describe('An answer says where the next page begins: {{cursor}}.'),
    z.strictObject({ by: z.literal('link'), size }).describe('The header Link names the next page.'),
  ],
  { error: 'expected by: none, page, offset, cursor or link' },
);
export type Paging = z.infer<typeof paging>;

const changed = z.strictObject({
  as: z.enum(momentKinds).optional().describe('How {{since}} is written. Default: as the revision is.'),
  format: z.string().optional(),
  zone: timeZone.optional(),
  sorted: z
    .boolean()
    .default(false)
    .describe(
      'The list comes in the order of the revision, the oldest first. Then nothing is missed when items change while pages are read, and no clock has to be trusted.',
    ),
  exclusive: z
    .boolean()
    .default(false)
    .describe('The system lists what changed after {{since}}, without that very moment.'),
  overlapMs: z
    .int()
    .nonnegative()
    .default(60_000)
    .describe('How far each poll reads back before the last one, ms: for late commits and clocks apart.'),
});

const list = z.strictObject({
  ...endpointShape,
  items: path.default('').describe('Where the list is in the answer. Default: the answer is the list.'),
  item: path.default('').describe('Where the object is in each element.'),
  total: z
    .union([path, z.strictObject({ header: z.string().min(1) })])
    .optional()
    .describe('Where the number of all items is.'),
  paging: paging.default({ by: 'none' }),
  changed: changed
    .optional()
    .describe('It takes {{since}}: only what changed since then is listed. Needs `revision`.'),
});

const get = z.strictObject({
  ...endpointShape,
  item: path.default('').describe('Where the object is in the answer.'),
  many: z
    .int()
    .min(2)
    .max(1000)
    .optional()
    .describe(
      'It takes so many ids at once, {{ids}} (in a text joined by commas), and answers a list at `item`.',
    ),
});

const find = z.strictObject({
  ...endpointShape,
  items: path
    .optional()
    .describe('Where the list of hits is. Default: the answer is one object at `item`, or 404.'),
  item: path.default('').describe('Where the object is in the answer, or in each hit.'),
  match: z
    .strictObject({
      at: path,
      is: z.string().default('{{key}}').describe('What must stand there, e.g. "{{body.code}}".'),
    })
    .describe('Which hit it is: searches find more than was asked for.'),
});

const results = z
  .strictObject({
    at: path.default('').describe('Where the list of results is, in the order of the items.'),
    item: path.optional().describe('Where the object is in a result.'),
    id: path.optional().describe('Where its id is in a result. Default: the id of the object at `item`.'),
    success: z.strictObject({ at: path, is: z.array(value).min(1) }).optional(),
    code: path.optional().describe('Where a result says its error code.'),
    message: path.optional().describe('Where a result says what is wrong with its item.'),
  })
  .describe('Answers of a call that writes several items.');

const write = z.strictObject({
  ...endpointShape,
  item: path.optional().describe('Where the answer shows the object; "" is the whole answer.'),
  id: path
    .optional()
    .describe("Where the answer says the id. Default: the object's own, or the header Location."),
  batch: z.int().min(2).max(1000).optional().describe('Items of one call: {{items}}.'),
  results: results.optional(),
});
export type Write = z.infer<typeof write>;

export const objectSchema = z.strictObject({
  id: path.describe('Where the id is in an object.'),
  number: path.optional().describe('Where the number people know it by is.'),
  status: path.optional().describe('Where its status is.'),
  revision: z
    .strictObject({ at: path, ...momentShape })
    .optional()
    .describe('Where it says when it changed last, or how often.'),
  deleted: z
    .strictObject({ at: path, is: z.array(value).min(1) })
    .optional()
    .describe('How a listed object says that it was deleted.'),
  payload: z
    .enum(['full', 'partial', 'hint'])
    .default('full')
    .describe('What lists and webhooks show of it. hint: only its id, it is fetched with `get`.'),
  createSafety: z
    .enum(['uniqueKey', 'token', 'marker', 'none'])
    .default('none')
    .describe(
      'What shows whether a create nobody answered has happened. uniqueKey: `find` by our number, which exists once there. marker: `find` by something of ours. token: {{key}} is sent, and the same one is done once. none: such a create waits for a person.',
    ),
  tokenValidMs: z.int().positive().optional().describe('With token: how long it is known, ms.'),
  latenessMs: z
    .int()
    .nonnegative()
    .default(0)
    .describe('How long after its deadline a write may still happen, ms.'),
  searchLagMs: z.int().nonnegative().default(0).describe('How long `find` may not see what was written, ms.'),
  readBeforeWrite: z
    .boolean()
    .default(false)
    .describe(
      'Fetch it right before each update, so that nothing is overwritten unseen. One more call each.',
    ),
  listsAll: z
    .boolean()
    .default(false)
    .describe(
      'Without {{since}} the list shows all there are: what it lacks was deleted. Danger if that is not so.',
    ),
  numbers: z
    .array(z.string())
    .default([])
    .describe('Decimals the system wants as bare numbers: a name anywhere, or a path.'),
  schema: z.string().optional().describe('Its name under components.schemas of `openapi`. Default: its own.'),
  sample: z
    .string()
    .optional()
    .describe('JSON file with one object or a list of them, from the folder of hub.yaml.'),
  list: list.optional(),
  get: get.optional(),
  find: find.optional(),
  create: write.optional(),
  update: write.optional(),
  remove: endpointSchema.optional(),
  steps: z
    .record(z.string().regex(/^[a-z]\w*$/i), endpointSchema)
    .default({})
    .describe("Further steps of a mapping's flow: submit, audit."),
});
export type ObjectConfig = z.infer<typeof objectSchema>;
