/**
 * The shape of a mapping file, for editors: what there is to write, what each option does. The reader of
 * mappings (grammar.ts, fields.ts) knows more and says it better; a test holds the two together.
 */
import { z } from 'zod';

const expression = z
  .union([z.string().min(1).max(2000), z.boolean(), z.number()])
  .meta({ id: 'expression', description: 'A CEL expression. Quote what YAML would read as something else.' });
const vendorPath = z
  .string()
  .min(1)
  .max(300)
  .meta({ id: 'vendorPath', description: "Dotted path in the vendor's object; never a position." });
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const direction = z.enum(['in', 'out', 'both']);
const onCreate = z.enum(['create']).describe('Written only by the write that creates the object.');
const optional = z.boolean().describe('Inward: a whole object may be told without it. Default false.');
const clears = z
  .boolean()
  .describe('An empty value clears ours. Default false: empty, absent and masked mean "not told".');
const fieldWhen = expression.describe('CEL: only if this is true.');

const key = z
  .strictObject({
    key: vendorPath.describe("Path of the element's id, inside the element."),
    assigned: z
      .enum(['ours', 'remote'])
      .optional()
      .describe(
        'remote: the vendor gives ids and the hub keeps the pairs. ours: our key is kept there. Default remote.',
      ),
  })
  .describe('What elements are known by: an id, never a position.');

const enumWord = z.strictObject({
  write: scalar.describe('What is written.'),
  read: z
    .union([scalar, z.array(scalar)])
    .optional()
    .describe('All that is read as it. Default: what is written.'),
});

/** In a mapping that extends another: takes away what that one says. */
const nothing = z.null();

const field = z
  .strictObject({
    at: vendorPath.optional(),
    as: z
      .enum(['text', 'decimal', 'integer', 'boolean', 'money', 'datetime', 'date', 'epoch', 'phone', 'json'])
      .optional()
      .describe("What the vendor's value is turned into, and back. Default text."),
    direction: direction.optional().describe('Only this way. Default both.'),
    enum: z
      .record(z.string(), z.union([scalar, z.array(scalar).min(1), enumWord]))
      .optional()
      .describe("Canonical value → the vendor's, or several, the first of which is the way back."),
    else: z
      .union([z.string(), z.strictObject({ in: z.string().optional(), out: scalar.optional() })])
      .optional()
      .describe('With enum: what every other value becomes; { in, out } for both ways.'),
    table: z.string().optional().describe('Through this code table; an unknown code waits.'),
    ref: z.string().optional().describe('A reference to a record of this entity.'),
    by: z.enum(['id', 'number']).optional().describe('What the vendor names that record by. Default number.'),
    from: expression.optional().describe('Outward: this instead of the canonical value (record, line).'),
    inward: expression.optional().describe("Inward: this instead of the vendor's value (remote)."),
    when: fieldWhen.optional(),
    optional: optional.optional(),
    required: z.boolean().optional().describe('Outward: an error when it is absent. Default: left out.'),
    default: z.json().optional().describe('Inward: this when it is absent.'),
    clears: clears.optional(),
    constant: scalar.optional().describe('Always this.'),
    format: z
      .string()
      .optional()
      .describe('How the vendor writes it: yyyy-MM-dd HH:mm:ss for times and days, yes|no for booleans.'),
    zone: z.string().optional().describe('Time zone of the vendor. Default Asia/Shanghai.'),
    unit: z.enum(['fen', 'yuan', 's', 'ms']).optional().describe('Of money or of an epoch.'),
    scale: z.int().min(0).max(20).optional().describe('Decimals the vendor takes.'),
    rounding: z.enum(['half-up', 'half-even', 'down', 'up']).optional().describe('How to get to scale.'),
    join: z.string().min(1).optional().describe('A list of plain values in one text, joined by this.'),
    extension: z
      .string()
      .min(1)
      .optional()
      .describe('With as: phone: what stands before an extension (分机).'),
    on: onCreate.optional(),
    patch: z
      .boolean()
      .optional()
      .describe(
        'With ref: created without it while it does not exist there, written when it does. Default false.',
      ),
  })
  .meta({ id: 'field', description: 'One value on both sides.' });

const split = z
  .strictObject({
    at: vendorPath,
    split: z
      .strictObject({
        by: z.string().min(1).describe('What stands between the values.'),
        into: z.array(z.string()).min(2).describe('Canonical paths in order; the last one takes the rest.'),
      })
      .describe('Several canonical values in one text of the vendor.'),
    direction: direction.optional().describe('Only this way. Default both.'),
    optional: optional.optional(),
    required: z.boolean().optional().describe('Outward: an error when all are absent.'),
    when: fieldWhen.optional(),
    on: onCreate.optional(),
  })
  .meta({ id: 'split', description: 'Several values in one text; the name of the line is a label.' });

const listOptions = {
  direction: direction.optional().describe('Only this way. Default both.'),
  optional: optional.optional(),
  required: z.boolean().optional().describe('Outward: an error when there is none.'),
  clears: clears.optional(),
  when: expression.or(nothing).optional().describe('CEL over `line` and `record`: only these elements.'),
  on: onCreate.optional(),
};

const list = z
  .strictObject({
    at: vendorPath.describe("Path of the list in the vendor's object."),
    key,
    get fields(): z.ZodType {
      return fields.describe('The fields of an element, relative to it on both sides.');
    },
    ...listOptions,
  })
  .meta({ id: 'list', description: 'A list, paired element by element by key.' });

const listGoingOn = z
  .strictObject({
    get fields(): z.ZodOptional<z.ZodType> {
      return fields.optional().describe('Added, replaced or taken away; all others stay.');
    },
    ...listOptions,
  })
  .meta({ id: 'listGoingOn', description: 'In a mapping that extends another: goes on from its list.' });

/** A path, or options of a value, or a list; `~` takes away what an extended mapping says. */
const entry = z.union([vendorPath, field, split, list, listGoingOn, nothing]).meta({ id: 'entry' });
const fields = z.record(z.string(), entry);

const step = z
  .union([
    z.string().min(1),
    z.record(
      z.string(),
      z.union([z.string(), z.null(), z.strictObject({ object: z.string(), of: z.string() })]),
    ),
  ])
  .describe(
    'submit, { create: save }, { audit: auditor }, { audit: ~, wait: workflow }, { create: push, from: { object, of } }.',
  );

/** Options by name, as the reader knows them; the schema of a whole file. */
export const mappingSchema = z.strictObject({
  mapping: z.string().min(1).describe("The mapping's own name: connector/object."),
  extends: z
    .string()
    .min(1)
    .optional()
    .describe('The mapping this one goes on from: it adds, replaces, or takes away with ~.'),
  entity: z.string().min(1).optional().describe('The canonical entity; needed without extends.'),
  object: z
    .string()
    .min(1)
    .optional()
    .describe("The vendor's object, described in openapi/<connector>.yaml; needed without extends."),
  direction: direction.optional().describe('For the whole file. Default both.'),
  about: z
    .strictObject({
      ref: z.string().describe('Entity of the record it speaks about.'),
      by: z.enum(['id', 'number']).optional().describe('Default number.'),
      at: vendorPath.describe('Where that record is named.'),
    })
    .optional()
    .describe("Inward: the document is another's; this object only tells stages of it."),
  target: z
    .string()
    .optional()
    .describe('Outward: the object written is that of the record this canonical path names.'),
  when: expression.or(nothing).optional().describe('CEL over `record`: outward only for these.'),
  fields: fields.optional().describe('Canonical path → vendor path, or options.'),
  out: z
    .record(z.string(), expression.or(nothing))
    .optional()
    .describe('Vendor path → CEL over record, connection; where a field is not enough.'),
  in: z
    .record(z.string(), expression.or(nothing))
    .optional()
    .describe('Canonical path → CEL over remote, connection; where a field is not enough.'),
  flow: z.array(step).min(1).optional().describe('Steps of a document; the first one creates it.'),
  amend: z
    .record(
      z.string(),
      z.enum(['edit', 'unauditEditAudit', 'changeOrder', 'reverse', 'nextPart', 'park']).or(nothing),
    )
    .optional()
    .describe('Stage → what a later difference does.'),
  custom: z
    .record(z.string(), z.enum(['text', 'texts', 'decimal', 'integer', 'boolean', 'json']))
    .optional()
    .describe('Vendor path → type: fields only this company has.'),
});

/** The shapes options stand in, by what they are of. */
export const mappingParts = { file: mappingSchema, field, split, list, key } as const;
