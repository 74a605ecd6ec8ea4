// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configuration files look like this
/** `subscriptions:` of hub.yaml: who gets which events. */
import { z } from 'zod';

const numberOf = (schema: z.ZodNumber) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value),
    schema,
  );

export const subscription = z.strictObject({
  events: z
    .array(z.string().min(1))
    .min(1)
    .describe('Types of events, `order.created`; `order.*` for all below a name, `*` for all there are.'),
  filter: z
    .string()
    .min(1)
    .optional()
    .describe(
      'CEL over `record` and `event`: only events for which it is true, e.g. `record.amounts.payable != null`.',
    ),
  url: z.string().min(1).describe('Where they are posted to.'),
  secret: z
    .string()
    .optional()
    .describe(
      'Signs what is posted: `whsec_` and 24 to 64 random bytes in base64; use ${VARIABLES}. Default: one is made, and `lianhub subscriptions rotate` shows a new one.',
    ),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Sent along, for example a token of your own. Kept sealed, never logged.'),
  ordered: z
    .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
    .default(false)
    .describe(
      'Events about one record one after the other: one that is not taken holds those behind it back until it is taken or given up after 28 hours. Default false.',
    ),
  rate: numberOf(z.number().positive().max(100_000))
    .optional()
    .describe('Posts a second, at most, over all processes. Default: as fast as they are taken.'),
  personal: z
    .enum(['masked', 'full'])
    .default('masked')
    .describe(
      'Whether personal values are in it. Danger: full gives names, phones and addresses to whoever runs the receiver. Default masked.',
    ),
  shards: numberOf(z.number().int().min(1).max(16))
    .default(1)
    .describe('Lanes it is delivered by at once, each with up to 32 posts under way. Default 1.'),
});
