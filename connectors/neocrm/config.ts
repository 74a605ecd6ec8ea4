/** What a Neocrm connection must know: which cell, who signs in, and what this company calls its own fields. */
import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

const apiKey = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'an API key: letters, digits, underscore');

/** Names of ours that have no settled field at the vendor, and what they are called where nothing else is set. */
export const ownNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  account: { accountNumber: '' },
  contact: {},
  product: { productCode: 'productCode' },
  order: { number: 'po' },
  orderProduct: {},
  consumption: {
    number: 'hubNumber__c',
    customer: 'hubCustomer__c',
    kind: 'hubKind__c',
    placedAt: 'hubPlacedAt__c',
    store: 'hubStore__c',
    channel: 'hubChannel__c',
    amount: 'hubAmount__c',
    quantity: 'hubQuantity__c',
    summary: 'hubSummary__c',
  },
};

export const decisionKinds = [
  'retry',
  'throttle',
  'reauth',
  'reject',
  'conflict',
  'absent',
  'closed',
  'unknown',
  'fatal',
] as const;

export const configSchema = z.strictObject({
  baseUrl: z
    .url()
    .default('https://api.xiaoshouyi.com')
    .describe('The API host of the cell this tenant is on, e.g. https://api-tencent.xiaoshouyi.com.'),
  tokenUrl: z
    .url()
    .default('https://login.xiaoshouyi.com/auc/oauth2/token')
    .describe('Where tokens come from; older tenants: <API host>/oauth2/token.'),
  followInstance: z
    .boolean()
    .default(true)
    .describe('Use the host a token names (instance_uri) instead of baseUrl.'),
  clientId: z.string().min(1).describe('client_id of the connected application.'),
  redirectUri: z.string().optional().describe('Only where the older token address asks for it.'),
  username: z.string().min(1).describe('Who signs in; sees and may do what this user sees and may do.'),
  bearer: z
    .boolean()
    .default(true)
    .describe('Send "Bearer" before the token. Both ways are seen in use; some older tenants want it bare.'),
  tokenSeconds: z
    .int()
    .positive()
    .default(3600)
    .describe('How long a token is used where its answer does not say expires_in.'),
  query: z
    .enum(['sql', 'xoql'])
    .default('sql')
    .describe('sql: GET /rest/data/v2/query. xoql: POST /rest/data/v2.0/query/xoql.'),
  owner: z.string().optional().describe('Id of the user who owns what is created here (ownerId).'),
  department: z.string().optional().describe('Id of the department of what is created here (dimDepart).'),
  entityTypes: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Id of the business type (业务类型) per object for what is created: { account: "11010045900001" }. Absent: the first one the CRM names.',
    ),
  accountKinds: z
    .record(z.string(), z.enum(['person', 'company']))
    .default({})
    .describe('What business types of accounts are: { "11010045900001": company }. Others say nothing.'),
  keyField: apiKey
    .default('hubKey__c')
    .describe(
      'Custom text field that each written object needs: it holds our key, so that a create whose answer was lost can be looked up. Make it unique.',
    ),
  keyFields: z
    .record(z.string(), apiKey)
    .default({})
    .describe('The same for objects where it is named otherwise.'),
  keysAreUnique: z
    .boolean()
    .default(false)
    .describe('The key fields are set to be unique. false: each create is preceded by a look-up.'),
  consumptionObject: apiKey
    .default('hubConsumption__c')
    .describe('API key of the custom object consumption records are written to, e.g. customEntity7__c.'),
  names: z
    .record(z.string(), z.record(z.string(), z.string()))
    .default({})
    .describe(
      'API keys of what mappings call otherwise, per object: { consumption: { store: "customItem5__c" } }. An empty one is neither read nor written.',
    ),
  extraFields: z
    .record(z.string(), z.array(apiKey))
    .default({})
    .describe('Fields of the company to read along: { account: ["customItem12__c"] }.'),
  numericFields: z
    .array(apiKey)
    .default([])
    .describe('Fields of the company that want JSON numbers: amounts, lookups (ids).'),
  listFilters: z
    .record(z.string(), z.string())
    .default({})
    .describe('One more condition per object for polls, in the query language: { order: "poStatus = 2" }.'),
  overlapSeconds: z
    .int()
    .nonnegative()
    .default(300)
    .describe('How far each poll reads back into the one before: other clocks and late commits.'),
  errorCodes: z
    .record(z.string(), z.enum(decisionKinds))
    .default({})
    .describe('What a code of the live system means, once learnt; goes before the built-in table.'),
  limits: limitsSchema
    .prefault({ perSecond: 5, concurrent: 4 })
    .describe('The vendor publishes none; integrators leave 200 to 800 ms between calls.'),
  timeoutMs: z.int().positive().max(60_000).default(20_000).describe('Deadline of one call, ms.'),
});
export type NeocrmConfig = z.output<typeof configSchema>;

export const secretsSchema = z.strictObject({
  clientSecret: z.string().min(1).describe('client_secret of the connected application.'),
  password: z.string().min(1).describe("The user's password, without the security token."),
  securityToken: z
    .string()
    .default('')
    .describe(
      '安全令牌, eight characters, sent right behind the password. New after each change of the password.',
    ),
});
export type NeocrmSecrets = z.output<typeof secretsSchema>;

/** API key of the field that holds our key. */
export function keyFieldOf(config: NeocrmConfig, object: string): string {
  const own = object === 'consumption' ? namesOf(config, object).get('number') : undefined;
  return config.keyFields[object] ?? (own || config.keyField);
}

/** Our names of an object's fields → API keys; an empty key: the company has no such field. */
export function namesOf(config: NeocrmConfig, object: string): ReadonlyMap<string, string> {
  return new Map(Object.entries({ ...ownNames[object], ...config.names[object] }));
}
