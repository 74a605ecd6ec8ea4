import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

/**
 * Settings of a Pospal connection. One connection serves any number of store accounts of a chain, because
 * Pospal gives every store its own appId, its own host and its own ids.
 */
const account = z.strictObject({
  appId: z.string().min(1).describe('appId of the store account, as the vendor handed it out.'),
  baseUrl: z
    .url()
    .describe('V1 base, e.g. https://area1-win.pospal.cn:443/pospal-api2/openapi/v1/. Never guessed.'),
  baseUrlV2: z
    .url()
    .optional()
    .describe('V2 base, e.g. https://openapi1.pospal.cn/openinterface/. Absent: online orders use V1.'),
  storeCode: z
    .string()
    .min(1)
    .describe("The store's code in the company; told as `_store` with every object."),
  online: z
    .boolean()
    .default(false)
    .describe('Whether this account holds the online orders (网单) of the chain.'),
});

const accountName = z.string().regex(/^[A-Za-z0-9_.-]+$/, 'letters, digits, dot, dash and underscore only');

const decisionKind = z.enum([
  'retry',
  'throttle',
  'reauth',
  'reject',
  'conflict',
  'absent',
  'closed',
  'unknown',
  'fatal',
]);

export const pospalConfig = z.strictObject({
  accounts: z
    .record(accountName, account)
    .refine((all) => Object.keys(all).length > 0, 'at least one store account')
    .describe(
      'Store accounts by a name of ours: each has an appId, a host (baseUrl) and the code of its store.',
    ),
  onlineOrderAccount: z
    .string()
    .optional()
    .describe('The only account whose online orders are listed. Default: every account with online: true.'),
  productAccounts: z
    .array(z.string())
    .optional()
    .describe(
      'Accounts whose products are listed and whose stock is written. Default: the online ones, else all. More than one makes a product have several remote ids.',
    ),
  customerAccounts: z
    .array(z.string())
    .optional()
    .describe('Accounts whose members are listed. Default: all.'),
  zone: z.literal('Asia/Shanghai').default('Asia/Shanghai').describe('Zone of all times in the API.'),
  quota: z
    .strictObject({
      perDay: z
        .int()
        .positive()
        .optional()
        .describe(
          'Calls per store account and day that this process allows itself. Default: only the vendor counts; `lianhub check` then plans with the 300 of a free account.',
        ),
      retryAfterMs: z
        .int()
        .positive()
        .default(900_000)
        .describe(
          'Pause after the vendor says the quota is used up, ms; never longer than until midnight in `zone`.',
        ),
    })
    .prefault({}),
  limits: limitsSchema
    .prefault({})
    .describe(
      'Pace of calls per store account. The vendor documents none; integrators leave 300 ms between calls.',
    ),
  timeoutMs: z.int().positive().max(15_000).default(10_000).describe('Deadline of one call, ms.'),
  clockToleranceMs: z
    .int()
    .positive()
    .default(600_000)
    .describe('A push whose timestamp is further away than this is stale, ms.'),
  overlapMs: z
    .int()
    .nonnegative()
    .default(600_000)
    .describe(
      'How far each poll reads back before the previous one, ms: covers clock differences and tills that upload late.',
    ),
  historyMs: z
    .int()
    .positive()
    .default(86_400_000)
    .describe('How far the first poll goes back when nobody says since when, ms.'),
  noLimitTimeRange: z
    .boolean()
    .default(true)
    .describe(
      'Ask for tickets of more than a day at once (seen in use, undocumented). false: one query per day.',
    ),
  orderWindowMs: z
    .int()
    .positive()
    .optional()
    .describe('Longest window of queryOrderPages, ms. Default: unlimited, no limit is documented.'),
  fetchCacheMs: z
    .int()
    .nonnegative()
    .default(30_000)
    .describe(
      'How long a ticket read as a bystander of a page may answer a later hint, ms; saves quota. 0 = never.',
    ),
  fetchWindowMarginMs: z
    .int()
    .positive()
    .default(120_000)
    .describe('Margin around the times of hints when they are fetched by one window, ms.'),
  totalIncludesShipping: z
    .boolean()
    .default(true)
    .describe('Whether totalAmount of an online order contains shippingFee. Not documented.'),
  customerPoll: z
    .enum(['created', 'all'])
    .default('created')
    .describe(
      'After a first full reading of the members: only new ones, or all again (a call per 100 members each time).',
    ),
  roundingLimit: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .default('1')
    .describe(
      'Difference between an order and its lines, in yuan, that counts as rounding; a larger missing amount is a discount on the whole order.',
    ),
  orderCommands: z
    .array(z.string())
    .default(['order.new', 'order.edit'])
    .describe('Push commands that mean an online order changed. Not documented.'),
  completeAddsTicket: z
    .boolean()
    .default(false)
    .describe(
      'Let completeOrder book a till ticket too. Danger: the sale then arrives twice, as order and as ticket.',
    ),
  shipOrderTracking: z
    .union([
      z.literal(false),
      z.strictObject({ carrierField: z.string().min(1), numberField: z.string().min(1) }),
    ])
    .default(false)
    .describe(
      'Field names that carry carrier and tracking number in shipOrder. Only orderNo is documented, so nothing is sent by default.',
    ),
  errorCodes: z
    .record(z.string().regex(/^-?\d+$/), decisionKind)
    .default({})
    .describe('What an errorCode of the live system means, once learnt; goes before the built-in table.'),
});
export type PospalConfig = z.infer<typeof pospalConfig>;

export const pospalSecrets = z.strictObject({
  appKeys: z
    .record(accountName, z.string().min(1))
    .describe('appKey per store account; it signs and is never sent.'),
});
export type PospalSecrets = z.infer<typeof pospalSecrets>;

/** One store account with everything a call needs. */
export interface Account {
  readonly name: string;
  readonly appId: string;
  readonly appKey: string;
  readonly baseUrl: string;
  readonly baseUrlV2: string | undefined;
  readonly storeCode: string;
}

/** The accounts of a connection and which of them serve which object. */
export interface Accounts {
  readonly byName: ReadonlyMap<string, Account>;
  readonly byAppId: ReadonlyMap<string, Account>;
  readonly all: readonly string[];
  readonly online: readonly string[];
  readonly products: readonly string[];
  readonly customers: readonly string[];
}

/**
 * Joins config and secrets. Throws an Error that names the account when a key is missing, a named account does
 * not exist, or two accounts share an appId (a push could not be told apart).
 */
export function resolveAccounts(config: PospalConfig, secrets: PospalSecrets): Accounts {
  const byName = new Map<string, Account>();
  const byAppId = new Map<string, Account>();
  for (const [name, entry] of Object.entries(config.accounts)) {
    const appKey = secrets.appKeys[name];
    if (appKey === undefined)
      throw new Error(`Pospal account ${name} has no key: set secrets.appKeys.${name}.`);
    const resolved: Account = {
      name,
      appId: entry.appId,
      appKey,
      baseUrl: withSlash(entry.baseUrl),
      baseUrlV2: entry.baseUrlV2 === undefined ? undefined : withSlash(entry.baseUrlV2),
      storeCode: entry.storeCode,
    };
    if (byAppId.has(entry.appId))
      throw new Error(`Pospal account ${name} repeats the appId of another account.`);
    byName.set(name, resolved);
    byAppId.set(entry.appId, resolved);
  }
  const known = (names: readonly string[], setting: string): readonly string[] => {
    for (const name of names)
      if (!byName.has(name))
        throw new Error(`${setting} names the account ${name}, which is not configured.`);
    return names;
  };
  const all = [...byName.keys()];
  const flagged = all.filter((name) => config.accounts[name]?.online === true);
  const online =
    config.onlineOrderAccount === undefined
      ? flagged
      : known([config.onlineOrderAccount], 'onlineOrderAccount');
  return {
    byName,
    byAppId,
    all,
    online,
    products: known(config.productAccounts ?? (online.length > 0 ? online : all), 'productAccounts'),
    customers: known(config.customerAccounts ?? all, 'customerAccounts'),
  };
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** Joins an account and a vendor id to the id LianHub uses: Pospal's ids mean something per account only. */
export function remoteIdOf(account: string, vendorId: string): string {
  return `${account}/${vendorId}`;
}

/** Splits `account/vendorId`; undefined when the text has another form. */
export function splitRemoteId(remoteId: string): { account: string; vendorId: string } | undefined {
  const slash = remoteId.indexOf('/');
  if (slash < 1 || slash === remoteId.length - 1) return undefined;
  return { account: remoteId.slice(0, slash), vendorId: remoteId.slice(slash + 1) };
}

/** The account of an id: what is told by two accounts under one barcode or member number is one thing. */
export function accountOf(remoteId: string): string {
  return splitRemoteId(remoteId)?.account ?? '';
}
