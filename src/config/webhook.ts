/** What hub.yaml says about webhooks: per connection, about proxies, and how long what was received is kept. */
import { z } from 'zod';
import { networkOf } from '../security/networks.ts';

/** Schemas of this file's neighbours that it is made of. */
interface Parts {
  readonly duration: z.ZodType<number>;
  readonly wait: z.ZodType<number>;
  readonly wholeNumber: (least: number, most: number) => z.ZodType<number>;
}

const network = z.string().transform((text, context) => {
  const read = networkOf(text);
  if (read !== undefined) return read;
  context.addIssue({
    code: 'custom',
    message: `${text} is no address and no network`,
    params: {
      hint: 'expected for example 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32; the bits below the prefix are 0',
    },
  });
  return z.NEVER;
});
const networks = z.array(network.meta({ title: 'address or network' })).min(1);

/** `webhook:` of a connection. */
export function webhookSchema({ wait, wholeNumber }: Parts) {
  return z
    .strictObject({
      from: networks
        .optional()
        .describe(
          'Addresses messages may come from; others are answered 403. Behind a proxy say `server.proxy`, or all come from it. Default: any, what counts is the signature.',
        ),
      tolerance: wait
        .optional()
        .describe(
          "How far the time of a message may be from the hub's clock. Default: the connector's own. Too long: an old message can be sent again by somebody who has seen it.",
        ),
      bodyLimit: wholeNumber(1_024, 104_857_600)
        .optional()
        .describe('Largest message, bytes. Default: server.bodyLimit.'),
      rate: z
        .strictObject({
          perSecond: wholeNumber(1, 100_000).describe('Messages a second over some time.'),
          burst: wholeNumber(1, 1_000_000)
            .optional()
            .describe('Messages that may come at once. Default: those of one second.'),
        })
        .optional()
        .describe(
          'More genuine messages than that are told to come again later, in the words this system understands; forged ones do not count. Each process counts for itself. Default: no limit.',
        ),
    })
    .describe('How messages of this system are taken.');
}

/** `server.proxy`. */
export const proxySchema = z
  .strictObject({
    addresses: networks.describe('Addresses of your own proxies. Only what they say is believed.'),
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/, { error: 'expected the name of a header' })
      .refine((name) => name.toLowerCase() !== 'forwarded', {
        error: 'is not read',
        params: { hint: 'let the proxy set x-forwarded-for or x-real-ip' },
      })
      .default('x-forwarded-for')
      .describe(
        'Header in which they say whom a request comes from; of a list the last address that is no proxy. Default x-forwarded-for.',
      ),
  })
  .describe(
    'Proxies before the hub. Absent: the address a request comes from is that of its connection, whatever its headers say.',
  );

/** `retention:`. */
export function retentionSchema({ duration }: Parts) {
  return z
    .strictObject({
      webhooks: duration
        .default(7 * 86_400_000)
        .describe(
          'How long accepted webhook messages are kept as they came, for `lianhub replay`; they go a week at a time, so up to a week longer. They hold personal data. 0ms: not kept. Default 7d.',
        ),
      messages: duration
        .default(400 * 86_400_000)
        .describe(
          'How long what systems told is kept (the inbox), in weeks of which nothing is left to be done. Older values can no longer be explained by their message. Default 400d.',
        ),
      writes: duration
        .default(400 * 86_400_000)
        .describe('How long writes to systems are kept as evidence, likewise. Default 400d.'),
      history: duration
        .default(1_100 * 86_400_000)
        .describe('How long the history of records is kept, likewise. Default 1100d.'),
      messageIds: duration
        .default(30 * 86_400_000)
        .describe(
          'How long the ids of messages are remembered, by which one that comes twice is known. More than the longest time a vendor sends again. Default 30d.',
        ),
    })
    .describe('How long things are kept.');
}
