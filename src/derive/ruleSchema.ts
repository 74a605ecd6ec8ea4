/** How a rule is written under `derive:` in hub.yaml. Paths and expressions are checked by the reader. */
import { z } from 'zod';

const expression = (description: string) => z.string().min(1).max(2_000).describe(description);
const names = (description: string) => z.array(z.string().min(1)).min(1).max(200).describe(description);
const fields = (description: string) =>
  z
    .array(z.union([z.string().min(1), z.record(z.string(), z.string())]))
    .min(1)
    .max(200)
    .describe(description);
const expressions = (description: string) =>
  z.record(z.string(), z.string().max(2_000)).describe(description);

export const expandSchema = z
  .strictObject({
    bundles: z
      .union([
        z.literal('product'),
        z.strictObject({
          table: z
            .string()
            .min(1)
            .describe(
              'Code table of components: key columns bundle (its code) and sku, value columns quantity and, if wanted, weight.',
            ),
        }),
      ])
      .describe(
        'Where the components of a bundle come from: `product` (golden products, each component within its validFrom and validTo) or a code table.',
      )
      .optional(),
    keep: z
      .boolean()
      .describe(
        'The bundle line stays and carries the amount; its components allocate it. Absent: it gives way to them.',
      )
      .optional(),
    weight: expression(
      'CEL over `record`, `line` and `component` (sku, quantity, price, cost, taxRate): share of a component in the money of its bundle. Absent: list price × quantity.',
    ).optional(),
    list: z
      .string()
      .min(1)
      .describe(
        'A list inside each line, e.g. batches: one line per element, with the fields of the element.',
      )
      .optional(),
    quantity: z
      .string()
      .min(1)
      .describe('Field of an element that says how much of the line it is. Absent: qty.')
      .optional(),
  })
  .describe('Lines that take the place of a line: components of bundles first, then the elements of a list.');

export const appendSchema = z
  .strictObject({
    key: z
      .string()
      .min(1)
      .max(100)
      .describe('Key of the line; with `each: line` after the key of the line it goes with.'),
    each: z.enum(['record', 'line']).describe('Once per record (default), or once per line.').optional(),
    when: expression('CEL over `record` (and `line`): whether there is such a line.').optional(),
    sku: expression('CEL: code of the sku; its golden product becomes skuId.').optional(),
    fields: expressions('Field of the line → CEL over `record` (and `line`).'),
  })
  .describe('A line that the source does not tell.');

export const allocateSchema = z
  .strictObject({
    amount: expression('CEL over `record`: the total to spread. Not told: nothing is spread.'),
    to: z.string().min(1).describe('Decimal field of the lines; the share is added to what is there.'),
    by: expression('CEL over `record` and `line`: the weight, a decimal. All weights zero: equal parts.'),
    when: expression('CEL over `record` and `line`: lines that take part. Absent: all.').optional(),
    scale: z
      .int()
      .min(0)
      .max(12)
      .describe('Decimal places of a share. Absent: 2; more when the total has more.')
      .optional(),
  })
  .describe('A total spread over the lines by weight: largest remainder, the shares add up exactly.');

/** One rule. Steps run in this order: when, filter, expand, append, allocate, lines.when, then group, split or neither, copy, set. */
export const ruleSchema = z.strictObject({
  from: z.string().describe('Entity of the sources, e.g. order.'),
  entity: z.string().describe('Entity of the derived record. Absent: the name of the rule.').optional(),
  when: expression('CEL over `record`: which records are sources.').optional(),
  filter: expression('CEL over `record` and `line`: which lines of the source are read at all.').optional(),
  expand: expandSchema.optional(),
  append: z.array(appendSchema).min(1).max(50).describe('Lines added to those of the source.').optional(),
  allocate: z
    .array(allocateSchema)
    .min(1)
    .max(50)
    .describe('Totals spread over the lines, one after the other.')
    .optional(),
  group: fields(
    'Fields whose values make the group: names, or name: CEL over `record`. One document per group.',
  ).optional(),
  split: names('Fields of a line whose values make the part. One document per value.').optional(),
  lines: z
    .strictObject({
      when: expression(
        'CEL over `record` and `line`: which of the lines, expanded and appended ones too, go along.',
      ).optional(),
      group: fields(
        'With group: fields whose values make a line, names or name: CEL over `record` and `line`.',
      ).optional(),
      sum: fields(
        'With group: decimal fields that are added up, names or name: CEL over `record` and `line`.',
      ).optional(),
      set: expressions('Without group: field of the derived line → CEL over `record` and `line`.').optional(),
    })
    .describe('The lines of the derived record.')
    .optional(),
  tenders: z
    .union([
      z.literal(true),
      z.strictObject({
        from: z.string().describe('List of the source. Absent: payments.').optional(),
        group: fields('Fields whose values make a tender.'),
        sum: fields('Decimal fields that are added up.'),
      }),
    ])
    .describe('With group: what was paid with, added up. true: payments by method.')
    .optional(),
  amount: expression(
    'With group: CEL over `record`, what a source adds to the amount. Absent: its payable, else its lines and extras.',
  ).optional(),
  copy: z
    .union([z.array(z.string()).max(200), z.record(z.string(), z.string())])
    .describe('Without group: fields taken over as they are, a list of names or target: source.')
    .optional(),
  set: expressions(
    'Field → CEL over `record` (with group: the summary so far), `derived` (what is made so far) and `part`.',
  ).optional(),
  close: z
    .strictObject({
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like "04:00"')
        .describe('Not before this time of the day after the business date.')
        .optional(),
      quiet: z
        .string()
        .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'must be a duration like "2h"')
        .describe('Not before nothing has changed for this long.')
        .optional(),
      zone: z
        .string()
        .refine(isZone, 'is no time zone')
        .describe('Time zone of `at`. Absent: Asia/Shanghai.')
        .optional(),
    })
    .describe('With group: when the document is made. Absent: at once.')
    .optional(),
  leave: z
    .enum(['keep', 'cancel'])
    .describe(
      'Without group: `when` does not hold any more for the source of a document. keep: the document stays. cancel: it is cancelled before it is posted; after, `late` says what happens. Absent: keep.',
    )
    .optional(),
  late: z
    .enum(['amend', 'reopen', 'park'])
    .describe(
      'A source changes after its document was posted. amend: the difference is the next part. reopen: the document is revised. park: a person decides. Absent: park with group, else reopen.',
    )
    .optional(),
});
export type ToldRule = z.infer<typeof ruleSchema>;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false; // Intl has no other way to say that it does not know a zone
  }
}
