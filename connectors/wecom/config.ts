import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

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

/** Objects whose events can be passed on. */
export const eventObjects = ['external-contact', 'corp-tag', 'group-chat', 'user', 'department'] as const;
export type EventObject = (typeof eventObjects)[number];

/** Settings of a WeCom connection: one self-built app (自建应用) of one corp. */
export const wecomConfig = z.strictObject({
  corpId: z.string().min(1).describe('corpid of the corp (企业ID), e.g. ww1234567890abcdef.'),
  agentId: z
    .int()
    .positive()
    .optional()
    .describe('AgentId of the app; needed for application messages only. A number, not the secret.'),
  baseUrl: z
    .url()
    .default('https://qyapi.weixin.qq.com/cgi-bin/')
    .describe('Where the API is; another one for a private deployment.'),
  openPlatform: z
    .string()
    .min(1)
    .default('wechat')
    .describe(
      'Name of the WeChat open platform account the unionids come from: the scope of unionid. Give every connection whose unionids are the same people the same name.',
    ),
  tagGroup: z
    .string()
    .min(1)
    .max(30)
    .default('LianHub')
    .describe(
      'Group of corp tags (企业标签组) that the hub writes. Tags of other groups are read only. Made with its first tag; the app can only change tags it made itself.',
    ),
  events: z
    .array(z.enum(eventObjects))
    .default(['external-contact'])
    .describe(
      'Objects whose events are passed on. Name those a party of hub.yaml reads; what nobody reads would pile up as dead letters.',
    ),
  membersPerCall: z
    .int()
    .min(1)
    .max(100)
    .default(50)
    .describe(
      'Members whose customers are asked for in one call. 100 is documented; refusals above 64 have been seen.',
    ),
  concurrency: z
    .int()
    .min(1)
    .max(32)
    .default(4)
    .describe(
      'Objects read or written at once. Higher ones meet errcode 45033, whose ceiling is not published.',
    ),
  limits: limitsSchema
    .prefault({ perMinute: 10_000, perHour: 150_000 })
    .describe(
      'Calls of each API. Default: what WeCom allows per corp and API, 10,000 a minute and 150,000 an hour (verified).',
    ),
  messages: z
    .strictObject({
      perMemberPerMinute: z
        .int()
        .positive()
        .default(30)
        .describe(
          'Application messages to one member in a minute. Beyond it WeCom drops them and answers success.',
        ),
      textBytes: z
        .int()
        .positive()
        .default(2048)
        .describe(
          'Longest text or markdown, bytes of UTF-8. Longer ones are cut by the vendor (not verified).',
        ),
    })
    .prefault({}),
  tokenSeconds: z
    .int()
    .positive()
    .default(7_000)
    .describe('How long a token is used, s. They live 7200 s and may end earlier, which is noticed.'),
  blockedForMs: z
    .int()
    .positive()
    .default(60_000)
    .describe(
      'Pause after errcode 45009, ms. WeCom blocks for as long as the rule that was broken counts (a minute, an hour, the day) and does not say which.',
    ),
  timeoutMs: z.int().positive().max(60_000).default(10_000).describe('Deadline of one call, ms.'),
  clockToleranceMs: z
    .int()
    .positive()
    .default(600_000)
    .describe('A callback whose timestamp is further away than this is stale, ms.'),
  ignoredEvents: z
    .array(z.string())
    .default(['subscribe', 'unsubscribe', 'enter_agent', 'LOCATION', 'click', 'view'])
    .describe('Events that are acknowledged and forgotten: they tell nothing about an object.'),
  errorCodes: z
    .record(z.string().regex(/^-?\d+$/), decisionKind)
    .default({})
    .describe('What an errcode means, once learnt; goes before the built-in table.'),
});
export type WecomConfig = z.infer<typeof wecomConfig>;

export const wecomSecrets = z.strictObject({
  secret: z.string().min(1).describe("The app's Secret."),
  contactsSecret: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Secret of the contacts sync (通讯录同步), for departments and users. Default: the app reads them.',
    ),
  callbackToken: z
    .string()
    .regex(/^[A-Za-z0-9]{1,32}$/, 'up to 32 letters and digits')
    .optional()
    .describe('Token of the callback; with encodingAesKey it opens the webhook.'),
  encodingAesKey: z
    .string()
    .regex(/^[A-Za-z0-9]{43}$/, 'exactly 43 letters and digits')
    .optional()
    .describe('EncodingAESKey of the callback.'),
});
export type WecomSecrets = z.infer<typeof wecomSecrets>;
