/** What is said about a REST or JSON system under `config` and `secrets`. */
import { z } from 'zod';
import { digestShape, limitsSchema } from '../kit/index.ts';
import { wrongWith } from './config-checks.ts';
import { endpointSchema, objectSchema } from './config-objects.ts';
import { momentKinds } from './moments.ts';

const value = z.union([z.string(), z.number(), z.boolean()]);
const path = z.string().describe('Names with dots between them, positions in lists as numbers: data.items.');

const signedRequest = z.strictObject({
  type: z.literal('signed'),
  ...digestShape,
  keyId: z.string().optional().describe('The public half; {{keyId}} in the texts below.'),
  sign: z
    .string()
    .min(1)
    .describe(
      'What is signed. {{method}}, {{path}}, {{query}} (as sent), {{sortedQuery}}, {{body}}, {{timestamp}}, {{nonce}}, {{keyId}}, {{secret}}.',
    ),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Sent with it; {{signature}} and what is signed.'),
  query: z.record(z.string(), z.string()).default({}).describe('The same as query parameters.'),
  timestamp: z.enum(['seconds', 'milliseconds', 'iso']).default('seconds'),
});

const auth = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('none') }),
    z
      .strictObject({
        type: z.literal('header'),
        name: z.string().min(1).default('authorization'),
        prefix: z.string().default('').describe('Before the key, e.g. "Token ".'),
      })
      .describe('A key in a header: secrets.key.'),
    z
      .strictObject({ type: z.literal('query'), name: z.string().min(1) })
      .describe('A key as query parameter: secrets.key.'),
    z.strictObject({ type: z.literal('basic'), user: z.string() }).describe('User and secrets.password.'),
    z.strictObject({ type: z.literal('bearer') }).describe('A lasting token: secrets.token.'),
    z
      .strictObject({
        type: z.literal('oauth2'),
        tokenUrl: z.url(),
        clientId: z.string().min(1),
        scope: z.string().optional(),
        audience: z.string().optional(),
        sendAs: z.enum(['basic', 'body']).default('basic').describe('How id and secret are sent.'),
      })
      .describe(
        'Client credentials: secrets.clientSecret. One token for all processes, fetched again when it is over.',
      ),
    signedRequest.describe('Every request is signed: secrets.signingSecret.'),
  ],
  { error: 'expected type: none, header, query, basic, bearer, oauth2 or signed' },
);

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

const errorRow = z.strictObject({
  status: z
    .union([z.int(), z.array(z.int())])
    .optional()
    .describe('HTTP status.'),
  code: z
    .union([value, z.array(value)])
    .optional()
    .describe("The system's own code."),
  text: z
    .string()
    .refine(isPattern, { error: 'is not a regular expression' })
    .optional()
    .describe('A regular expression found in its message.'),
  kind: decisionKind.describe('What it means for the work.'),
  message: z.string().optional().describe('For the operator: what to do. {code} and {text} are filled in.'),
  afterMs: z.int().positive().optional().describe('With throttle: how long to wait, ms.'),
});

const webhookSignature = z.strictObject({
  ...digestShape,
  header: z.string().min(1).describe('Where it stands.'),
  prefix: z.string().min(1).optional().describe('What stands before it in the header, e.g. "sha256=".'),
  pattern: z
    .string()
    .refine(isPattern, { error: 'is not a regular expression' })
    .optional()
    .describe(
      'Finds signatures in the header by its first group; one of them must be right. Default: the whole.',
    ),
  sign: z
    .string()
    .refine((text) => text.includes('{{body}}'), { error: 'must contain {{body}}, or nothing is proven' })
    .default('{{body}}')
    .describe('What is signed: {{body}}, {{timestamp}}, {{id}}, {{method}}, {{url}}, {{query}}, {{secret}}.'),
  url: z
    .url()
    .refine((url) => !url.includes('?'), { error: 'is without query: that is added as it came' })
    .optional()
    .describe('For {{url}}: the address of this webhook as the system was given it, without query.'),
});

const webhook = z.strictObject({
  object: z
    .union([
      z.string().min(1),
      z.strictObject({
        at: path,
        is: z.record(z.string(), z.string().min(1)).describe('What stands there → object.'),
      }),
    ])
    .describe('Which object it is about: always the same one, or by what the message says.'),
  signature: z
    .union([z.literal('standard-webhooks'), webhookSignature], {
      error: 'expected standard-webhooks, or a map that says in which header it stands and what is signed',
    })
    .describe(
      'How messages are signed. standard-webhooks: as standardwebhooks.com says, with a secret whsec_….',
    ),
  timestamp: z
    .strictObject({
      header: z.string().min(1),
      pattern: z.string().refine(isPattern, { error: 'is not a regular expression' }).optional(),
      as: z.enum(momentKinds).default('seconds'),
      toleranceMs: z.int().positive().default(300_000).describe('Older or newer is stale, ms.'),
    })
    .optional()
    .describe('When it was sent; without it an old message cannot be told from a new one.'),
  messageId: z
    .strictObject({ header: z.string().min(1).optional(), at: path.optional() })
    .optional()
    .describe('The id of the message: seen twice means dropped.'),
  items: path.optional().describe('A list of objects in the message. Default: it is about one.'),
  item: path.default('').describe('Where the object stands in it (or in each element).'),
  hint: z.boolean().default(false).describe('It carries only the id; the object is fetched.'),
  id: path.optional().describe("Where the id stands. Default: the object's own `id`."),
  deleted: z
    .strictObject({ at: path, is: z.array(value).min(1) })
    .optional()
    .describe('How it says that the object was deleted.'),
  acknowledge: z
    .strictObject({
      status: z.int().min(200).max(299).default(200),
      contentType: z.string().default('application/json'),
      body: z.string().default('{}'),
    })
    .prefault({}),
  busy: z
    .strictObject({
      status: z.int().min(400).max(599).default(429),
      contentType: z.string().default('application/json'),
      body: z.string().default('{"error":"busy"}'),
    })
    .prefault({})
    .describe(
      'What it is told while more comes than is taken; Retry-After is added. It must send again then.',
    ),
  deadlineMs: z
    .int()
    .positive()
    .max(60_000)
    .optional()
    .describe('How long it waits for an answer, ms; later it is told busy. Default 10 s.'),
});

export const httpConfig = z
  .strictObject({
    baseUrl: z.url().describe('What all paths are below, e.g. https://api.example.com/v1.'),
    auth: auth.default({ type: 'none' }),
    headers: z.record(z.string(), z.string()).default({}).describe('Sent with every request.'),
    timeoutMs: z.int().positive().max(120_000).default(30_000).describe('Deadline of one call, ms.'),
    limits: limitsSchema
      .prefault({})
      .describe('Calls the system allows; better told as `limits` of the connection.'),
    success: z
      .strictObject({ at: path, is: z.array(value).min(1) })
      .optional()
      .describe('A 2xx answer is a success only if this says so: { at: code, is: [0] }.'),
    failure: z
      .strictObject({ at: path })
      .optional()
      .describe('A 2xx answer that tells something here is a failure: { at: errors }.'),
    error: z
      .strictObject({ code: path.optional(), message: path.optional(), field: path.optional() })
      .default({})
      .describe('Where an answer says what is wrong. Default: error, message and code are looked for.'),
    errors: z
      .array(errorRow)
      .default([])
      .describe('What refusals mean; the first row that fits wins, then the HTTP status decides.'),
    test: endpointSchema.optional().describe('What the connection test asks for. Default: the first list.'),
    openapi: z.string().optional().describe('File that describes the objects, from the folder of hub.yaml.'),
    objects: z
      .record(z.string().regex(/^[A-Za-z][\w-]*$/, 'letters, digits, - and _'), objectSchema)
      .default({}),
    webhook: webhook.optional(),
  })
  .superRefine((config, context) => {
    for (const { path: at, message } of wrongWith(config))
      context.addIssue({ code: 'custom', path: at, message });
  });
export type HttpConfig = z.infer<typeof httpConfig>;
export type Auth = HttpConfig['auth'];
export type WebhookConfig = NonNullable<HttpConfig['webhook']>;

export const httpSecrets = z.strictObject({
  key: z.string().min(1).optional().describe('Of auth header and query.'),
  password: z.string().optional().describe('Of auth basic.'),
  token: z.string().min(1).optional().describe('Of auth bearer.'),
  clientSecret: z.string().min(1).optional().describe('Of auth oauth2.'),
  signingSecret: z.string().min(1).optional().describe('Of auth signed.'),
  webhookSecret: z.string().min(1).optional().describe('Webhooks are verified with it.'),
});
export type HttpSecrets = z.infer<typeof httpSecrets>;

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') !== undefined;
  } catch {
    // The schema says so.
    return false;
  }
}
