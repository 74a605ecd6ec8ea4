// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configuration files look like this
/** The shape of hub.yaml. Every option: what it is, its default, its unit, what is dangerous about it. */
import { z } from 'zod';
import { closedPeriodSchema } from './closed-period-schema.ts';
import { closingSchema } from './closing-schema.ts';
import { consoleSchema } from './console-schema.ts';
import { parseDuration } from './duration.ts';
import { outbound, publicUrl } from './outbound-schema.ts';
import { milestoneConfig, ruleConfig, ruleName } from './rules.ts';
import { subscription } from './subscriptions.ts';
import { proxySchema, retentionSchema, webhookSchema } from './webhook.ts';

const duration = z
  .string()
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue({
      code: 'custom',
      message: `${text} is not a duration`,
      params: { hint: 'expected for example 500ms, 30s, 15m, 2h or 1d' },
    });
    return z.NEVER;
  })
  .meta({ title: 'duration' });

/** A duration somebody waits for by a timer, which has room for 24 days. */
const wait = duration
  .refine((ms) => ms <= 86_400_000, { error: 'is too long', params: { hint: 'expected at most 1d' } })
  .meta({ title: 'duration' });

/** A number, also as the text a variable was filled in with. */
const wholeNumber = (least: number, most: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.int().min(least).max(most),
  );
const yesOrNo = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean(),
);
const parts = { duration, wait, wholeNumber };
const json: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);
type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
const jsonObject = z.record(z.string(), json);

const mode = z.enum(['observe', 'shadow', 'live']);
const decimal = z
  .preprocess(
    (value) => (typeof value === 'number' ? String(value) : value),
    z.string().regex(/^\d+(\.\d+)?$/, { error: 'expected a decimal number, not negative' }),
  )
  .meta({ title: 'decimal' });
const readDay = z.string().transform((text, context) => {
  const iso = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00.000Z` : text;
  const time = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(iso) ? Date.parse(iso) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  context.addIssue({
    code: 'custom',
    message: `${text} is not a date`,
    params: { hint: 'expected 2026-11-01 or 2026-11-01T08:00:00Z' },
  });
  return z.NEVER;
});

const day = readDay.meta({ title: 'date' });

const limits = z
  .strictObject({
    perSecond: wholeNumber(1, 100_000).optional().describe('Calls in a second; paced, never in bursts.'),
    perMinute: wholeNumber(1, 1_000_000).optional().describe('Calls in a minute.'),
    perHour: wholeNumber(1, 10_000_000).optional().describe('Calls in an hour.'),
    perDay: wholeNumber(1, 100_000_000).optional().describe('Calls in a day.'),
    concurrent: wholeNumber(1, 1_000).optional().describe('Calls under way at once.'),
  })
  .describe(
    'Calls this system allows, over all processes of the hub together; where the system counts per account, per account.',
  );

const percent = z
  .preprocess(
    (value) => (typeof value === 'string' ? Number(value.replace(/%$/, '')) : value),
    z.number().min(0).max(100),
  )
  .meta({ title: 'percent' });

const budget = z
  .strictObject({
    fetch: percent.optional().describe('To read what a webhook told of. Default 20%.'),
    poll: percent.optional().describe('To ask for changes. Default 50%.'),
    write: percent.optional().describe('To write, and to look up what became of a write. Default 20%.'),
    backfill: percent.optional().describe('To read history. Default 5%.'),
    operator: percent.optional().describe('Kept for people: tests of the connection. Default 5%.'),
    zone: z
      .string()
      .refine((zone) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone), {
        error: 'expected a time zone such as Asia/Shanghai',
      })
      .default('Asia/Shanghai')
      .describe("The system's day begins at midnight here. Default Asia/Shanghai."),
  })
  .describe(
    "How a day's calls are divided where `limits.perDay` (or the connector's own quota) says how many there are. Work whose share is used up waits until midnight, other work goes on. The share of work this connection never does goes to the rest.",
  );

const deadlines = z
  .strictObject({
    write: wait
      .optional()
      .describe(
        "How long one write call may take before it counts as unclear. Default and longest: the connector's own. Too short: calls that succeed are looked up first.",
      ),
    lateness: duration
      .optional()
      .describe(
        "How long after that a write may still take effect there. Default: the connector's own. Danger: too short, and a write is looked up before it has happened.",
      ),
  })
  .describe('How long to wait for this system before an unanswered write is looked up.');

const connection = z.strictObject({
  connector: z.string().min(1).describe('Name of the connector, e.g. kingdee.'),
  config: jsonObject.default({}).describe("The connector's own settings; see its README."),
  secrets: jsonObject
    .default({})
    .describe(
      'Keys and passwords; use ${VARIABLES}. Never logged. [new, old] while one is replaced: the first is used, webhooks of both are taken.',
    ),
  mode: mode
    .default('live')
    .describe(
      'observe: read and pair, write nothing. shadow: also work out what would be written, and keep it (lianhub adopt would). live: write. Default live.',
    ),
  simulator: z
    .preprocess((value) => (value === true ? {} : value === false ? undefined : value), jsonObject.optional())
    .meta({ title: 'map or true' })
    .describe(
      "Start this connector's simulator with these options and talk to it; config and secrets come from it.",
    ),
  limits: limits.optional(),
  budget: budget.optional(),
  deadlines: deadlines.optional(),
  webhook: webhookSchema(parts).optional(),
  gather: wait
    .optional()
    .describe(
      "How long a write waits for others that can share its call, where the system takes several in one. 0ms: not at all. Default: the connector's own, 250ms for Kingdee bills.",
    ),
  authorisedUntil: day
    .optional()
    .describe(
      'The day its authorisation, licence or app secret ends there, if you know one. Health tells of it from 30 days before; the hub itself goes on until it is refused.',
    ),
  closing: closingSchema(wholeNumber).optional(),
});

/** What every connection has, whatever its connector. */
export const connectionOptions = connection.omit({
  connector: true,
  config: true,
  secrets: true,
  mode: true,
});

const party = z.strictObject({
  connection: z.string().min(1).optional().describe('Default: the name of the party.'),
  mapping: z
    .string()
    .regex(/^[a-z0-9-]+\/[A-Za-z0-9_-]+$/, { error: 'expected a mapping such as kingdee/order' })
    .describe('File in the folder of mappings, without .yaml: kingdee/order.'),
  read: z
    .strictObject({
      webhook: yesOrNo.default(false).describe('The vendor pushes. Default false.'),
      poll: duration.optional().describe('Ask for changes this often. Default: never. Costs vendor calls.'),
    })
    .optional()
    .describe('What this party tells. Absent: nothing.'),
  write: z
    .strictObject({
      create: yesOrNo.default(false).describe('Create what is missing there. Default false.'),
      update: yesOrNo.default(true).describe('Change what is there. Default true.'),
      remove: yesOrNo
        .default(false)
        .describe(
          'Delete the copy there when the record was deleted, where the system offers that; else it is left and listed. Default false.',
        ),
      paired: z
        .enum(['undecided', 'owned'])
        .optional()
        .describe(
          'What becomes of differences of a copy that was just paired. undecided: they wait for a decision. owned: fields that another party or the hub owns are written at once, as for customers who come every day. Danger: taking over old data, that is a write for each copy. Default undecided.',
        ),
    })
    .optional()
    .describe('What this party is told. Absent: nothing.'),
  when: z
    .string()
    .min(1)
    .optional()
    .describe('CEL over `record`: only records for which it is true are created.'),
  mode: mode.optional().describe("Never more than the connection's mode."),
  since: day
    .optional()
    .describe(
      'Documents before this are history: read and paired, never created or changed elsewhere, and nothing is derived from them.',
    ),
  closedPeriod: closedPeriodSchema(yesOrNo).optional(),
});

/** A party, or one per stage of the record. */
const owner = z.union(
  [
    z.string().min(1),
    z.object({ by: z.string().min(1), else: z.string().min(1).optional() }).catchall(z.string().min(1)),
  ],
  { error: 'expected a party, hub, or a map such as { by: ext.status, draft: pim, else: hub }' },
);

const deletes = z
  .strictObject({
    from: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        'Parties whose deletions delete the record. A deletion anywhere else only unlinks that copy.',
      ),
    brake: percent
      .default(5)
      .describe(
        'Largest share of the copies of an object that may be deleted by one full pass, or by messages within an hour. Above it nothing is deleted until a person decides: `lianhub deletes`. Default 5%.',
      ),
    max: wholeNumber(0, 10_000_000)
      .default(100)
      .describe('The same as a number: 0 asks a person about every deletion. Default 100.'),
    full: duration
      .default(86_400_000)
      .describe(
        'How often all ids of a party in `from` are listed to find what is gone, where its system can list them all. Costs vendor calls, paid from the share of polls. Default 1d.',
      ),
  })
  .describe(
    "What a deletion in one system means for the others. Absent: nobody's deletion deletes anything.",
  );

const sync = z.strictObject({
  entity: z.string().min(1).optional().describe('Default: the name of the sync.'),
  parties: z.record(z.string(), party),
  owners: z
    .record(z.string(), owner)
    .default({})
    .describe(
      'Field → the party whose value wins, or hub. By stage: `price: { by: ext.status, draft: pim, active: erp, else: hub }`.',
    ),
  conflict: z
    .enum(['newest', 'owner', 'park'])
    .default('newest')
    .describe('When two systems changed a field without an owner. Default newest.'),
  deletes: deletes.optional(),
  skew: duration
    .default(2_000)
    .describe(
      "How far the systems' clocks may be apart. Changes of two systems closer than this count as made at once, and the connection whose name sorts last wins, whichever was heard first; a time further ahead of its receipt is not believed. Default 2s.",
    ),
});

const stock = z.strictObject({
  from: z.string().min(1).describe('Connection that owns the stock.'),
  channel: z.string().min(1).describe('Connection that is told what can be sold.'),
  location: z.string().min(1).describe('Code of the location.'),
  safety: decimal.default('0').describe('Kept back, in base units. Default 0.'),
  low: decimal
    .optional()
    .describe(
      'When what can be sold of a product falls below this, the event inventory.low tells so. Default: never.',
    ),
});

const request = z.strictObject({
  from: z.string().min(1).describe('Entity whose records are looked at.'),
  when: z
    .string()
    .min(1)
    .describe(
      'CEL over `record`: asked once when it begins to be true; taken back when it ends before it was sent.',
    ),
  of: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Entity of the documents asked about: those a rule of derive makes of the record. Default: the record itself.',
    ),
  ask: z.string().min(1).describe('Connection whose copy it is about.'),
  kind: z
    .enum(['cancel', 'hold', 'release', 'changeAddress', 'agreeRefund'])
    .describe('What is asked. What a system can be asked is in the list of connectors.'),
  payload: jsonObject
    .default({})
    .describe(
      'What belongs to it: `{ reason: … }` of a hold or a cancellation, `{ receiver: { … } }` of another address.',
    ),
  deadline: duration
    .default(1_800_000)
    .describe('When an answer is expected. Later it shows as overdue; it is still asked for. Default 30m.'),
});

const server = z.strictObject({
  port: wholeNumber(0, 65_535).default(8080).describe('0: any free one. Default 8080.'),
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Default 127.0.0.1: reachable from this machine only.'),
  bodyLimit: wholeNumber(1_024, 104_857_600)
    .default(1_048_576)
    .describe('Largest body of a webhook, bytes. Default 1 MiB.'),
  proxy: proxySchema.optional(),
  metricsPort: wholeNumber(0, 65_535)
    .optional()
    .describe(
      'GET /metrics on a port of its own as well, without a token: for workers, which have no API. Danger: whoever reaches it can read it; let only Prometheus. Default: none.',
    ),
  publicUrl: publicUrl.optional(),
  requestsPerSecond: wholeNumber(1, 100_000)
    .default(50)
    .describe('Requests to /v1 each API token may make, over 10 s, in each process. Default 50.'),
});

const lanes = z.strictObject({
  shards: wholeNumber(1, 64).default(4).describe('Lanes per connection and object. Default 4.'),
  concurrency: wholeNumber(1, 256).default(16).describe('Lanes drained at once in one process. Default 16.'),
  linger: wait
    .default(100)
    .describe(
      'How long a drained lane is watched before it is released. Default 100ms; more than the 50 ms throttle.',
    ),
  lease: wait
    .default(10_000)
    .describe('After this without a sign of life a worker has lost its lane. Default 10s.'),
  sweep: wait.default(1_000).describe('How often due work is looked for. Default 1s.'),
  releasePerSecond: wholeNumber(1, 100_000)
    .default(200)
    .describe(
      'How many waiting copies and messages a second go on once the code they wait for is filled in, over all processes. Default 200. Too high: a code that held back a day of trade floods the systems behind it.',
    ),
});

const database = z.strictObject({
  connections: wholeNumber(4, 1_000)
    .default(16)
    .describe(
      'Connections one process opens at most, besides four for the queue where there is no Redis. All processes together must fit into max_connections of PostgreSQL: `lianhub doctor`. Default 16.',
    ),
});

const extField = z
  .strictObject({
    type: z
      .enum([
        'text',
        'decimal',
        'money',
        'integer',
        'boolean',
        'instant',
        'date',
        'code',
        'choice',
        'reference',
        'json',
      ])
      .describe('What it holds.'),
    title: z.string().min(1).describe('What people call it.'),
    words: z.array(z.string().min(1)).min(1).optional().describe('With choice: its words.'),
    entity: z.string().min(1).optional().describe('With reference: the entity of the record it names.'),
  })
  .refine((field) => (field.type === 'choice') === (field.words !== undefined), {
    error: 'words belong to type: choice, and it needs them',
    path: ['words'],
  })
  .refine((field) => (field.type === 'reference') === (field.entity !== undefined), {
    error: 'entity belongs to type: reference, and it needs one',
    path: ['entity'],
  });

export const hubSchema = z.strictObject({
  connections: z.record(z.string(), connection),
  syncs: z.record(z.string(), sync).default({}),
  derive: z.record(z.string(), jsonObject).default({}),
  requests: z.record(z.string(), request).default({}),
  rules: z.record(ruleName, ruleConfig).default({}),
  milestones: z.record(ruleName, milestoneConfig).default({}),
  subscriptions: z.record(z.string(), subscription).default({}),
  stock: z.record(z.string(), stock).default({}),
  ext: z
    .record(
      z.string(),
      z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,59}$/, 'expected letters and digits'), extField),
    )
    .default({})
    .describe("The company's own fields: entity → name → field; mappings name them ext.<name>."),
  mappings: z
    .string()
    .min(1)
    .default('mappings')
    .describe('Folder of mappings, from the folder of hub.yaml.'),
  tables: z.string().min(1).default('mappings/tables').describe('Folder of code tables.'),
  server: server.prefault({}),
  console: consoleSchema(parts).prefault({}),
  retention: retentionSchema(parts).prefault({}),
  outbound: outbound.prefault({}),
  lanes: lanes.prefault({}),
  database: database.prefault({}),
});

export type RawConfig = z.infer<typeof hubSchema>;
