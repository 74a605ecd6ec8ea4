/** Schema of an explanation: of each value who set it, what it was made of, and where it went. */
import { z } from '@hono/zod-openapi';
import { anyJson, json, uuid } from './values.ts';

const nothing = z.string().nullable();

const Told = z.object({
  message: z.string().openapi({ description: 'inbox/<id>' }),
  connection: z.string(),
  object: z.string(),
  via: z.string(),
  receivedAt: z.string(),
  remoteId: z.string().optional(),
  editedFrom: z.string().optional().openapi({ description: 'The message it was put right from.' }),
});

const SetBy = z
  .object({
    kind: z.enum(['message', 'rule', 'unknown']),
    version: z.int().optional(),
    at: z.string().optional(),
    told: Told.optional(),
    mapping: z.string().optional().openapi({ description: 'name@version of the mapping that read it.' }),
    read: z
      .object({
        vendor: z.string().optional().openapi({ description: 'Where it stood in the message.' }),
        raw: anyJson.optional(),
        how: z.string().openapi({ description: 'Conversion or expression, in the words of the mapping.' }),
        line: z.int().openapi({ description: 'Line of the mapping file.' }),
      })
      .optional(),
    rule: z.string().optional(),
    origin: json.optional().openapi({ description: 'What else the change says of its cause.' }),
  })
  .openapi('SetBy');

const Share = z.object({
  recordId: uuid,
  entity: z.string(),
  number: nothing,
  version: z.int(),
  line: z.string().optional(),
  via: z.array(z.string()).optional(),
  sums: z.record(z.string(), z.string()),
  told: Told.optional(),
  mapping: z.string().optional(),
  rule: z.string().optional(),
});

const MadeFrom = z.object({
  rule: z.string(),
  group: z.string(),
  part: z.int(),
  sources: z.int().openapi({ description: 'How many records count in this part.' }),
  expression: z.string().optional(),
  shares: z.array(Share).optional(),
  copied: z
    .object({
      recordId: uuid,
      entity: z.string(),
      number: nothing,
      path: z.string(),
      value: anyJson,
      set: SetBy,
    })
    .optional(),
});

const Carried = z.object({
  try: uuid,
  step: z.string(),
  key: z.string(),
  at: z.string(),
  finishedAt: nothing,
  outcome: nothing,
  answer: anyJson,
});

const CarriedTo = z
  .object({
    connection: z.string(),
    object: z.string(),
    remoteId: nothing,
    remoteNumber: nothing,
    state: z.string(),
    told: z.boolean().openapi({ description: 'The system that tells the value is not told it.' }),
    mapping: z.string().optional(),
    written: z
      .array(z.object({ vendor: z.string(), how: z.string(), sent: anyJson.optional() }))
      .optional()
      .openapi({ description: 'Vendor paths it is written to.' }),
    request: Carried.optional().openapi({ description: 'The request that carried it on first.' }),
    afterwards: z.array(Carried).optional(),
    why: z
      .object({ code: z.string(), sentence: z.string(), since: nothing })
      .optional()
      .openapi({ description: 'Why it is not there, or not yet.' }),
  })
  .openapi('CarriedTo');

const Decided = z.object({
  version: z.int(),
  at: z.string(),
  decidedBy: z.string(),
  kept: z.string(),
  golden: anyJson,
  theirs: anyJson,
  incoming: anyJson,
});

const ExplainedField = z
  .object({
    path: z.string().openapi({ description: 'Keys of hidden values are [***].' }),
    value: anyJson,
    personal: z.boolean(),
    set: SetBy,
    madeFrom: MadeFrom.optional(),
    conflicts: z.array(Decided).openapi({ description: 'Decided about it, the last one first.' }),
    copies: z.array(CarriedTo),
  })
  .openapi('ExplainedField');

const HeldUp = z.object({
  connection: z.string(),
  object: z.string(),
  state: z.string(),
  code: nothing,
  sentence: nothing,
  since: nothing,
  waitsFor: z.array(
    z.object({
      kind: z.string(),
      target: z.string(),
      since: z.string(),
      entity: nothing,
      number: nothing,
      state: nothing,
      sentence: nothing,
    }),
  ),
});

export const Explanation = z
  .object({
    recordId: uuid,
    entity: z.string(),
    number: nothing,
    state: z.string(),
    version: z.int(),
    mergedInto: nothing,
    fields: z.array(ExplainedField),
    heldUp: z.array(HeldUp).openapi({ description: 'Copies that do not go on.' }),
    pending: z
      .array(
        z.object({
          name: z.string().openapi({ description: 'inbox/<id>' }),
          connection: z.string(),
          object: z.string(),
          state: z.string(),
          code: nothing,
          error: nothing,
          received_at: z.string(),
        }),
      )
      .openapi({ description: 'Messages about it that are not applied.' }),
    madeOfIt: z
      .array(
        z.object({
          rule: z.string(),
          group: z.string(),
          part: z.int(),
          recordId: uuid,
          entity: z.string(),
          number: nothing,
          state: z.string(),
        }),
      )
      .openapi({ description: 'Documents that rules have made of it.' }),
    masked: z.boolean(),
  })
  .openapi('Explanation');
