/** What a YonBIP / YonSuite connection must know: whose tenant, which app, and how this tenant behaves. */
import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

const percent = z.string().regex(/^\d+(\.\d+)?$/);

export const configSchema = z.strictObject({
  tenantId: z
    .string()
    .min(1)
    .describe("The company's id at Yonyou (租户 id): finds the data centre its addresses are in."),
  lookupUrl: z
    .url()
    .default('https://apigateway.yonyoucloud.com')
    .describe('Where the data centre is looked up. Only another cloud has another address.'),
  gatewayUrl: z
    .url()
    .optional()
    .describe(
      'Both set: nothing is looked up. With their path, as the look-up tells them: `https://<host>/iuap-api-gateway`.',
    ),
  tokenUrl: z.url().optional(),
  lookupHours: z
    .number()
    .positive()
    .default(12)
    .describe(
      'How long a looked-up data centre is used, hours; it is also looked up again when it cannot be reached.',
    ),
  tokenSeconds: z
    .number()
    .int()
    .positive()
    .default(6900)
    .describe('How long a token is used, seconds. Yonyou says 7200; it is renewed early.'),
  tokenPath: z
    .enum(['2023', 'legacy'])
    .default('2023')
    .describe(
      '`2023`: the path documented since July 2023; `legacy`: the one before, which answers as well.',
    ),
  numberField: z
    .string()
    .min(1)
    .default('code')
    .describe(
      'Where our number of a bill stands: `code` where the tenant numbers by hand, else a text field of the head such as `headItem.define1`. Bills are found by it.',
    ),
  lineDefaults: z
    .strictObject({
      unitId: z.string().min(1).optional(),
      taxRate: percent.optional().describe('Percent, e.g. "13".'),
    })
    .default({})
    .describe(
      'What lines get that name no unit or tax rate of their own. Without it such a bill is refused before it is sent.',
    ),
  taxes: z
    .record(percent, z.string().min(1))
    .default({})
    .describe(
      'Tax item (税目) of each rate, e.g. `{ "13": VAT13, "9": VAT9 }`: Yonyou wants the item, not the rate.',
    ),
  priceScale: z
    .number()
    .int()
    .min(0)
    .max(8)
    .default(6)
    .describe("Decimals of prices; amounts have two. The currency's own record in the tenant says how many."),
  orgCode: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Organisation (使用组织) that products announced by an event are read for, where the event names none.',
    ),
  pageSize: z
    .number()
    .int()
    .min(1)
    .max(5000)
    .default(500)
    .describe('Rows a page of a list holds. 500 was seen to work for sale orders; customers allow 5000.'),
  overlapSeconds: z
    .number()
    .int()
    .min(1)
    .default(300)
    .describe(
      'How far each window of changes reaches back into the one before, seconds; covers clock skew and late commits.',
    ),
  batchSize: z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(50)
    .describe('Bills one batchsubmit or batchaudit takes. Yonyou names no limit.'),
  returnListPath: z
    .string()
    .startsWith('/')
    .default('/yonbip/sd/vouchersalereturn/list')
    .describe(
      'Where sale returns are listed: expected so, in no source. Without it a return nobody answered cannot be looked up.',
    ),
  resubmitAfterMs: z
    .number()
    .int()
    .min(0)
    .default(5000)
    .describe(
      'How long to wait before a save that is still running there is asked for again, milliseconds. Yonyou says about 5 s.',
    ),
  stock: z
    .strictObject({
      warehouses: z
        .array(z.string())
        .default([])
        .describe('Warehouse codes; one call each. Empty: one call for everything, which may be a lot.'),
      org: z.string().optional().describe('Organisation the stock is asked for; absent: all.'),
      quantity: z
        .enum(['currentqty', 'availableqty', 'planavailableqty'])
        .default('currentqty')
        .describe('Which number counts as on hand.'),
      statuses: z
        .array(z.string())
        .default([])
        .describe(
          'Names of stock statuses that count (`合格`); empty counts everything. Rows without a status always count.',
        ),
    })
    .default({ warehouses: [], quantity: 'currentqty', statuses: [] }),
  events: z
    .strictObject({
      signature: z
        .enum(['any', 'sha1', 'hmac-sha256', 'sha256'])
        .default('any')
        .describe(
          "Yonyou's own material has three ways to sign. `any` takes each of them; all need the app's secret.",
        ),
      acknowledge: z
        .enum(['encrypted', 'plain'])
        .default('encrypted')
        .describe('What an event is acknowledged with: `success` encrypted and signed, or the plain word.'),
      maxAgeSeconds: z
        .number()
        .int()
        .positive()
        .default(90_000)
        .describe(
          'An event older than this is refused, seconds. Yonyou sends again for 24 hours; whether it signs anew is unknown.',
        ),
      aesKey: z
        .string()
        .length(43)
        .optional()
        .describe(
          "EncodingAESKey of 43 characters, for apps that have one (ISV suites); absent: made from the app's secret.",
        ),
    })
    .default({ signature: 'any', acknowledge: 'encrypted', maxAgeSeconds: 90_000 }),
  limits: limitsSchema
    .prefault({ perMinute: 60, concurrent: 4 })
    .describe('Calls of each API (path): Yonyou counts these, 60 a minute for sale orders since March 2026.'),
});

export type YonyouConfig = z.output<typeof configSchema>;

/** Of the app (自建应用) in the open platform. */
export const secretsSchema = z.strictObject({
  appKey: z.string().min(1).describe('appKey of the app (自建应用) in the open platform.'),
  appSecret: z.string().min(1).describe('appSecret beside it.'),
});

export type YonyouSecrets = z.output<typeof secretsSchema>;
