/** What a Kingdee connection must know: where the site is, who signs in, and how this site behaves. */
import { z } from 'zod';

const formNumbers = z.record(z.string(), z.string());

export const configSchema = z.strictObject({
  /** The customer's own site, usually `https://<host>/k3cloud/`. There is no shared business host. */
  serverUrl: z.url(),
  /** Id of the account set (数据中心 id), not its name. */
  acctId: z.string().min(1),
  /** 2052 simplified Chinese, 1033 English, 3076 traditional Chinese. Error texts are known in Chinese. */
  lcid: z.number().int().default(2052),
  /** Organisation code the signed headers carry. */
  orgNum: z.string().default('0'),
  /** Three ways to log in, or `signed`: every request carries signatures and there is no login call. */
  auth: z.enum(['ValidateUser', 'LoginByAppSecret', 'LoginBySign', 'signed']).default('LoginBySign'),
  /** From 第三方系统登录授权; needed by every mode except ValidateUser. */
  appId: z.string().optional(),
  /** What `x-api-timestamp` counts in `signed` mode: the vendor's Java SDK sends milliseconds, the others seconds. */
  timestamp: z.enum(['seconds', 'milliseconds']).default('seconds'),
  /** How long a session is used before a new login, seconds. The site's own limit is not documented. */
  sessionSeconds: z.number().int().positive().default(900),
  /** The vendor's operation name lacks an e in its documents; some sites answer only to the other one. */
  excuteSpelling: z.enum(['ExcuteOperation', 'ExecuteOperation']).default('ExcuteOperation'),
  /** Rows one query may ask for: documents say 2000, newer ones 10000. */
  queryLimit: z.number().int().min(1).max(10_000).default(2000),
  /** Bills one BatchSave, Submit or Audit takes. The vendor names no limit. */
  batchSize: z.number().int().min(1).max(500).default(50),
  /**
   * Updates name the fields that differ (NeedUpDateFields) and leave all others alone, also what people changed there.
   * The vendor's documents say so; `false` saves the whole bill each time.
   */
  partialSaves: z.boolean().default(true),
  /**
   * Parents one Push takes. Many conversion rules join several orders of one customer into a single bill;
   * raise this above 1 only where the site's rule makes one bill per order.
   */
  pushBatchSize: z.number().int().min(1).max(200).default(1),
  /** Conversion rule id; absent: the form's default rule. */
  pushRuleId: z.string().optional(),
  /** Give a pushed bill our own number at once, so that it can be found by it afterwards. */
  renumberPushed: z.boolean().default(true),
  /** How this site numbers pushed bills by itself: tells a bill not yet ours from one we have renumbered. */
  automaticNumbers: z.string().default('^XSCKD\\d+$'),
  /** With `renumberPushed: false`: the text field of the head that takes our number instead. */
  pushMarkerField: z.string().default('FNote'),
  /** Lets an audit drive stock below zero (`STK_InvCheckResult`). Danger: the ERP no longer refuses. */
  allowNegativeStock: z.boolean().default(false),
  /** Stock statuses that count as sellable; empty counts everything. KCZT01_SYS is the stock 可用. */
  stockStatuses: z.array(z.string()).default(['KCZT01_SYS']),
  /** Every n-th stock poll reads everything: FUPDATETIME is not proved to move on every change. */
  fullEveryPolls: z.number().int().min(1).default(96),
  /** How far each window of changes reaches back into the one before, seconds; covers clock skew and late commits. */
  overlapSeconds: z.number().int().min(1).default(300),
  /** Own fields of the site (二开) to read along with a form's list: `{ BD_MATERIAL: ["F_ABC_Brand"] }`. */
  extraFields: z.record(z.string(), z.array(z.string())).default({}),
  /** Extra filter per form for lists, in the vendor's filter language: `{ BD_MATERIAL: "FUseOrgId.FNumber='100'" }`. */
  listFilters: formNumbers.default({}),
  /** Server's local zone: its times carry no offset. */
  zone: z.string().default('Asia/Shanghai'),
  limits: z
    .strictObject({
      perSecond: z.number().positive().optional(),
      perMinute: z.number().positive().optional(),
      perDay: z.number().positive().optional(),
      concurrent: z.number().int().positive().optional(),
    })
    .default({ perSecond: 5, concurrent: 4 }),
});

export type KingdeeConfig = z.output<typeof configSchema>;

const credentialSchema = z.strictObject({
  username: z.string().min(1),
  password: z.string().min(1).optional(),
  appSecret: z.string().min(1).optional(),
  /** Only where this credential belongs to another third-party application than the connection's. */
  appId: z.string().min(1).optional(),
});

/** Credentials by name; `default` is used where a step names none. */
export const secretsSchema = z
  .record(z.string(), credentialSchema)
  .refine((value) => value.default !== undefined, { message: 'secrets.default is missing' });

export type Credential = z.output<typeof credentialSchema>;
export type KingdeeSecrets = z.output<typeof secretsSchema>;
