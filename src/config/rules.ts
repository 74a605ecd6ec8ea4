/** `rules:` and `milestones:` of hub.yaml: what is done when something happens, and what has to happen in time. */
import { z } from 'zod';
import { parseDuration } from './duration.ts';

type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
const json: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);

/** Longer than this nobody waits for a timer; what is due once a year belongs into a calendar. */
const longestMs = 400 * 86_400_000;

const duration = z
  .string()
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms <= longestMs) return ms;
    context.addIssue({
      code: 'custom',
      message: ms === undefined ? `${text} is not a duration` : `${text} is too long`,
      params: { hint: 'expected for example 30s, 15m, 2h or 1d, at most 400d' },
    });
    return z.NEVER;
  })
  .meta({ title: 'duration' });

/** Rules and milestones are listed by name. */
export const ruleName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/, 'expected letters, digits, _ and -, at most 60');

const expression = z.string().min(1);

const occasion = {
  on: z.string().min(1).describe('Type of the event, e.g. order.completed.'),
  when: expression.optional().describe('CEL over `record` and `event`: only events for which it is true.'),
  by: expression
    .optional()
    .describe(
      'CEL or path over `record` and `event`: what it is about, to be compared with the other side. Default: its record and those that it names.',
    ),
};

/** An event may be written as its type alone. */
const withType = (value: unknown): unknown => (typeof value === 'string' ? { on: value } : value);

const begins = z.preprocess(withType, z.strictObject(occasion)).meta({ title: 'event type or map' });

const ends = z
  .preprocess(
    withType,
    z.strictObject({
      ...occasion,
      earlier: z
        .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
        .optional()
        .describe(
          'Whether it counts, too, when it was heard of before. Default true for documents, which only go on; false for what comes and goes, like stock.',
        ),
    }),
  )
  .meta({ title: 'event type or map' });

/** One rule, as written. Durations are milliseconds. */
export const ruleConfig = z.strictObject({
  ...occasion,
  after: duration.default(0).describe('How long after the event it is done. Default: at once.'),
  unless: ends
    .optional()
    .describe('An event about the same thing; when it comes first, nothing is done. Its type, or a map.'),
  do: z.strictObject({
    action: z
      .string()
      .min(1)
      .describe(
        'What is done: `<connection>.<action>`, e.g. wecom.send-message. See the list of connectors.',
      ),
    as: z.string().min(1).optional().describe('Named credential of the connection it is done under.'),
    input: z
      .record(z.string(), json)
      .default({})
      .describe('What the action is told. Texts may hold expressions: `{{ record.number }}`.'),
  }),
});

/** One milestone, as written. Durations are milliseconds. */
export const milestoneConfig = z.strictObject({
  from: begins.describe('The event the time runs from: its type, or a map. It begins once for each thing.'),
  to: ends.describe('The event that has to follow about the same thing: its type, or a map.'),
  within: duration.describe(
    'In which time. Once it is over, the milestone is missed: the event milestone.missed.',
  ),
});

export type RuleConfig = z.infer<typeof ruleConfig>;
export type MilestoneConfig = z.infer<typeof milestoneConfig>;
