/** What a FXiaoke connection must know: which cloud, who acts, and how this company has set its objects up. */
import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'an API name: letters, digits, underscore');

/** Our names of what a consumption record says, and the API names they have where nothing else is set. */
export const consumptionFields = {
  number: 'hub_number__c',
  customer: 'hub_customer__c',
  kind: 'hub_kind__c',
  placedAt: 'hub_placed_at__c',
  store: 'hub_store__c',
  channel: 'hub_channel__c',
  amount: 'hub_amount__c',
  quantity: 'hub_quantity__c',
  summary: 'hub_summary__c',
} as const;

export const configSchema = z.strictObject({
  baseUrl: z
    .url()
    .default('https://open.fxiaoke.com')
    .describe('The cloud this enterprise is on, e.g. https://open-hwcloud.fxiaoke.com. Not the web page.'),
  auth: z
    .enum(['oauth', 'corp'])
    .default('oauth')
    .describe('oauth: the newer /oauth2.0/token with headers. corp: the older corpAccessToken in each body.'),
  appId: z.string().min(1).describe('FSAID_…, from the self-built application (自建应用).'),
  userId: z
    .string()
    .min(1)
    .describe(
      'The employee every call acts as: an employee id such as 1000 with oauth, FSUID_… with corp. It sees and may do what that employee sees and may do.',
    ),
  tokenSeconds: z
    .int()
    .positive()
    .max(7200)
    .default(6600)
    .describe('How long a token is used. It lives 7200 s; a new one is given from 6600 s on.'),
  owner: z
    .string()
    .optional()
    .describe('Employee who owns what is created here; absent: the record says it, or the CRM decides.'),
  keyField: fieldName
    .default('hub_key__c')
    .describe(
      'Custom text field that each written object needs: it holds our key, so that a create whose answer was lost can be looked up. Make it unique (唯一).',
    ),
  keyFields: z
    .record(z.string(), fieldName)
    .default({})
    .describe('The same for objects where it is named otherwise: { AccountObj: "outer_no__c" }.'),
  keysAreUnique: z
    .boolean()
    .default(false)
    .describe(
      'The key fields are set to be unique. false: each create is preceded by a look-up, one more call.',
    ),
  accountKinds: z
    .record(z.string(), z.enum(['person', 'company']))
    .default({})
    .describe(
      'What the business types (record_type) of accounts are: { default__c: company, person__c: person }. A type that is not named says nothing.',
    ),
  consumption: z
    .strictObject({
      apiName: z
        .string()
        .regex(/__c$/, 'the API name of a custom object ends in __c')
        .default('hub_consumption__c')
        .describe('The custom object consumption records are written to.'),
      fields: z
        .partialRecord(z.enum(Object.keys(consumptionFields) as [keyof typeof consumptionFields]), z.string())
        .default({})
        .describe('API names of its fields; an empty one is not written. Absent ones are named hub_…__c.'),
    })
    .prefault({}),
  approvalFlow: z
    .boolean()
    .default(false)
    .describe('Let writes start approvals. The vendor would: a bulk import then floods the approvers.'),
  workFlow: z.boolean().default(false).describe('Let writes start workflows. The vendor would.'),
  duplicateSearch: z
    .boolean()
    .default(true)
    .describe('Creates keep to the duplicate rules (查重) of the CRM; what they refuse waits for a person.'),
  listFilters: z
    .record(
      z.string(),
      z.array(
        z.strictObject({
          field_name: z.string(),
          operator: z.string(),
          field_values: z.array(z.union([z.string(), z.number(), z.boolean()])),
        }),
      ),
    )
    .default({})
    .describe('More conditions per object for polls, in the vendor’s own form; all must hold.'),
  overlapSeconds: z
    .int()
    .nonnegative()
    .default(300)
    .describe('How far each poll reads back into the one before: other clocks, and a search that lags.'),
  enterpriseAccount: z
    .string()
    .optional()
    .describe('The enterprise account (ea) events must come from. Absent: any that is rightly signed.'),
  clockToleranceSeconds: z
    .int()
    .positive()
    .default(600)
    .describe('An event whose timestamp is further away than this is stale.'),
  interfaceLimit: z
    .strictObject({ calls: z.int().positive(), seconds: z.int().positive() })
    .default({ calls: 100, seconds: 20 })
    .describe('What the vendor allows per interface.'),
  limits: limitsSchema
    .prefault({ concurrent: 8 })
    .describe('Over all interfaces together; perDay is the quota the enterprise has bought.'),
  timeoutMs: z.int().positive().max(60_000).default(20_000).describe('Deadline of one call, ms.'),
});
export type FxiaokeConfig = z.output<typeof configSchema>;

export const secretsSchema = z.strictObject({
  appSecret: z.string().min(1).describe('App Secret of the self-built application (自建应用).'),
  permanentCode: z.string().min(1).describe('永久授权码 of the application for this enterprise.'),
  aesKey: z
    .string()
    .optional()
    .describe('Key of event pushes, base64 of 32 bytes. Absent: events are not received.'),
});
export type FxiaokeSecrets = z.output<typeof secretsSchema>;

/** API name of the field that holds our key. */
export function keyFieldOf(config: FxiaokeConfig, object: string): string {
  if (object === 'consumption') return consumptionField(config, 'number');
  return config.keyFields[object] ?? config.keyField;
}

/** API name of what a consumption record says; empty: it is not written. */
export function consumptionField(config: FxiaokeConfig, name: keyof typeof consumptionFields): string {
  return config.consumption.fields[name] ?? consumptionFields[name];
}
