/** What a Kingdee connection must know: where the site is, who signs in, and how this site behaves. */
import { z } from 'zod';
import { limitsSchema, namedCredentials } from '../kit/index.ts';

const formNumbers = z.record(z.string(), z.string());

export const configSchema = z.strictObject({
  serverUrl: z
    .url()
    .describe(
      "The customer's own site, usually `https://<host>/k3cloud/`. There is no shared business host.",
    ),
  acctId: z.string().min(1).describe('Id of the account set (数据中心 id), not its name.'),
  lcid: z
    .number()
    .int()
    .default(2052)
    .describe(
      '2052 simplified Chinese, 1033 English, 3076 traditional Chinese. Error texts are known in Chinese.',
    ),
  orgNum: z.string().default('0').describe('Organisation code the signed headers carry.'),
  auth: z
    .enum(['ValidateUser', 'LoginByAppSecret', 'LoginBySign', 'signed'])
    .default('LoginBySign')
    .describe(
      'Three ways to log in, or `signed`: every request carries signatures and there is no login call.',
    ),
  appId: z.string().optional().describe('From 第三方系统登录授权; needed by every mode except ValidateUser.'),
  timestamp: z
    .enum(['seconds', 'milliseconds'])
    .default('seconds')
    .describe(
      "What `x-api-timestamp` counts in `signed` mode: the vendor's Java SDK sends milliseconds, the others seconds.",
    ),
  sessionSeconds: z
    .number()
    .int()
    .positive()
    .default(900)
    .describe(
      "How long a session is used before a new login, seconds. The site's own limit is not documented.",
    ),
  excuteSpelling: z
    .enum(['ExcuteOperation', 'ExecuteOperation'])
    .default('ExcuteOperation')
    .describe(
      "The vendor's operation name lacks an e in its documents; some sites answer only to the other one.",
    ),
  queryLimit: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(2000)
    .describe('Rows one query may ask for: documents say 2000, newer ones 10000.'),
  batchSize: z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(50)
    .describe('Bills one BatchSave, Submit or Audit takes. The vendor names no limit.'),
  partialSaves: z
    .boolean()
    .default(true)
    .describe(
      'Updates name the fields that differ (NeedUpDateFields) and leave all others alone, also what people changed there. The vendor documents it so; `false` saves the whole bill each time.',
    ),
  pushBatchSize: z
    .number()
    .int()
    .min(1)
    .max(200)
    .default(1)
    .describe(
      "Parents one Push takes. Many conversion rules join several orders of one customer into a single bill; raise this above 1 only where the site's rule makes one bill per order.",
    ),
  pushRuleId: z.string().optional().describe("Conversion rule id; absent: the form's default rule."),
  renumberPushed: z
    .boolean()
    .default(true)
    .describe('Give a pushed bill our own number at once, so that it can be found by it afterwards.'),
  automaticNumbers: z
    .string()
    .default('^XSCKD\\d+$')
    .describe(
      'How this site numbers pushed bills by itself: tells a bill not yet ours from one we have renumbered.',
    ),
  pushMarkerField: z
    .string()
    .default('FNote')
    .describe('With `renumberPushed: false`: the text field of the head that takes our number instead.'),
  allowNegativeStock: z
    .boolean()
    .default(false)
    .describe(
      'Lets an audit drive stock below zero (`STK_InvCheckResult`). Danger: the ERP no longer refuses.',
    ),
  stockStatuses: z
    .array(z.string())
    .default(['KCZT01_SYS'])
    .describe(
      'Stock statuses that count as sellable; empty counts everything. KCZT01_SYS is the stock 可用.',
    ),
  fullEveryPolls: z
    .number()
    .int()
    .min(1)
    .default(96)
    .describe('Every n-th stock poll reads everything: FUPDATETIME is not proved to move on every change.'),
  overlapSeconds: z
    .number()
    .int()
    .min(1)
    .default(300)
    .describe(
      'How far each window of changes reaches back into the one before, seconds; covers clock skew and late commits.',
    ),
  extraFields: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe(
      'Own fields of the site (二开) to read along with the list of a form: `{ BD_MATERIAL: ["F_ABC_Brand"] }`.',
    ),
  listFilters: formNumbers
    .default({})
    .describe(
      'Extra filter per form for lists, in the filter language of Kingdee: `{ BD_MATERIAL: "FUseOrgId.FNumber=\'100\'" }`.',
    ),
  zone: z.string().default('Asia/Shanghai').describe("Server's local zone: its times carry no offset."),
  limits: limitsSchema.prefault({ perSecond: 5, concurrent: 4 }),
});

export type KingdeeConfig = z.output<typeof configSchema>;

const credentialSchema = z.strictObject({
  username: z.string().min(1).describe('The user who signs in.'),
  password: z.string().min(1).optional().describe('Of the user; for ValidateUser.'),
  appSecret: z
    .string()
    .min(1)
    .optional()
    .describe('应用密钥 from 第三方系统登录授权; for all modes but ValidateUser.'),
  appId: z
    .string()
    .min(1)
    .optional()
    .describe("Only where this credential belongs to another third-party application than the connection's."),
});

/** Credentials by name; `default` is used where a step names none. */
export const secretsSchema = namedCredentials(credentialSchema);

export type Credential = z.output<typeof credentialSchema>;
export type KingdeeSecrets = z.output<typeof secretsSchema>;
