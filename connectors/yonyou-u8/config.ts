/** What a U8 connection must know: who asks whom through Yonyou's relay, and how this U8 behaves. */
import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

export const configSchema = z.strictObject({
  baseUrl: z
    .url()
    .default('https://api.yonyouup.com')
    .describe("Yonyou's relay. The U8 server itself is not called: Yonyou's client beside it has to run."),
  fromAccount: z.string().min(1).describe('Caller (调用方) in the open platform.'),
  toAccount: z.string().min(1).describe('Provider (提供方): the company whose U8 it is.'),
  dsSequence: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Which data source (账套) of the company; absent: the first.'),
  tokenSeconds: z
    .number()
    .int()
    .positive()
    .default(6900)
    .describe(
      "How long a token is used, seconds. It lives two hours; the vendor's own SDK renews after 6900.",
    ),
  sync: z
    .boolean()
    .default(false)
    .describe(
      '`true`: an add answers with the bill itself, at the risk of a time-out on a slow U8. `false`: it is queued and the result asked for.',
    ),
  resultAfterMs: z
    .number()
    .int()
    .min(0)
    .default(3000)
    .describe('Pause before the result of a queued save is asked for, milliseconds. Yonyou: 3 to 7 s.'),
  resultTries: z
    .number()
    .int()
    .min(1)
    .default(20)
    .describe("How often it is asked for before nobody knows; the vendor's own SDK has 20."),
  numberField: z
    .string()
    .regex(/^(code|define\d{1,2})$/)
    .default('code')
    .describe(
      'Where our number of a bill stands: `code` where U8 numbers by hand, else a text field of the head, `define1` … Bills are found by it.',
    ),
  taxRate: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .optional()
    .describe('Tax rate of lines that tell none, percent; absent: what U8 has for the goods.'),
  priceScale: z.number().int().min(0).max(8).default(6).describe('Decimals of prices.'),
  pageSize: z
    .number()
    .int()
    .min(1)
    .max(8000)
    .default(500)
    .describe('Rows a page holds. The default of U8 is 20; 8000 has been used.'),
  lookbackDays: z
    .number()
    .int()
    .min(1)
    .default(7)
    .describe(
      'Bills are listed by their own date, not by when they changed: how far back a poll looks, days.',
    ),
  stock: z
    .strictObject({
      warehouses: z
        .array(z.string())
        .default([])
        .describe('Warehouse codes; one reading each. Empty: all at once.'),
      quantity: z.enum(['qty', 'availqty']).default('qty').describe('Which number counts as on hand.'),
    })
    .default({ warehouses: [], quantity: 'qty' }),
  limits: limitsSchema
    .prefault({ concurrent: 2 })
    .describe(
      'Yonyou names no limits; one client of the relay serves the whole company, so few calls at once are wise.',
    ),
});

export type U8Config = z.output<typeof configSchema>;

/** Of the app in the open platform. The secret travels in an address, as Yonyou wants it; addresses are never logged. */
export const secretsSchema = z.strictObject({
  appKey: z.string().min(1).describe('app_key of the app in the open platform.'),
  appSecret: z.string().min(1).describe('app_secret beside it.'),
});

export type U8Secrets = z.output<typeof secretsSchema>;
