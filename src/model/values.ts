/**
 * Value types every entity is built from. Each takes its description, so that no property is left
 * without one; what a value *is* (decimal, reference, personal, …) is kept in a registry beside the
 * schema and read by `paths.ts`.
 */
import { z } from 'zod';
import { DECIMAL_PATTERN } from './decimal.ts';
import type { Json } from './json.ts';

export type ValueType =
  | 'text'
  | 'decimal'
  | 'money'
  | 'integer'
  | 'boolean'
  | 'instant'
  | 'date'
  | 'code'
  | 'choice'
  | 'reference'
  | 'json';

/** What the schema alone does not say about a value. */
export interface ValueFacts {
  readonly type?: ValueType;
  /** Entity whose golden record the value names, for `reference`. */
  readonly entity?: string;
  /** Tells something about a person: masked, exported and erased as such. */
  readonly personal?: true;
}

export const valueFacts = z.registry<ValueFacts>();

export const Decimal = z
  .string()
  .regex(DECIMAL_PATTERN, 'must be a decimal in plain notation, like "12.50"')
  .register(valueFacts, { type: 'decimal' });
export const Money = z
  .string()
  .regex(DECIMAL_PATTERN, 'must be an amount in plain notation, like "12.50"')
  .register(valueFacts, { type: 'money' });
export const UtcInstant = z
  .string()
  .regex(
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/,
    'must be a UTC time like "2026-11-01T08:30:00Z"',
  )
  .register(valueFacts, { type: 'instant' });
export const BusinessDate = z.iso
  .date('must be a day like "2026-11-01"')
  .register(valueFacts, { type: 'date' });

const Code = z.string().min(1, 'must not be empty').register(valueFacts, { type: 'code' });
const Text = z.string().register(valueFacts, { type: 'text' });
const Flag = z.boolean().register(valueFacts, { type: 'boolean' });
const Integer = z.int().register(valueFacts, { type: 'integer' });
const JsonValue: z.ZodType<Json> = z.json().register(valueFacts, { type: 'json' });

/** Free text. */
export const text = (description: string) => Text.describe(description);
/** A hub-wide code or key: never empty. */
export const code = (description: string) => Code.describe(description);
/** A quantity, rate or other number as a decimal text. */
export const decimal = (description: string) => Decimal.describe(description);
/** An amount in the record's currency as a decimal text. */
export const money = (description: string) => Money.describe(description);
/** A moment, UTC ISO-8601 with Z. */
export const instant = (description: string) => UtcInstant.describe(description);
/** A calendar day, yyyy-MM-dd. */
export const date = (description: string) => BusinessDate.describe(description);
export const flag = (description: string) => Flag.describe(description);
export const integer = (description: string) => Integer.describe(description);
/** Any JSON value. */
export const json = (description: string) => JsonValue.describe(description);

/** One of a fixed set of words. */
export const choice = <const Words extends readonly [string, ...string[]]>(
  words: Words,
  description: string,
) => z.enum(words).register(valueFacts, { type: 'choice' }).describe(description);

/** The id (uuid) of another golden record. */
export const reference = (entity: string, description: string) =>
  z
    .string()
    .min(1, 'must name a record')
    .register(valueFacts, { type: 'reference', entity })
    .describe(description);

/** Marks a value as personal: everything below it is, too. */
export function personal<Schema extends z.ZodType>(schema: Schema): Schema {
  const description = schema.description;
  const marked = schema.clone();
  const facts = valueFacts.get(schema);
  valueFacts.add(marked, { ...facts, personal: true });
  if (description !== undefined) z.globalRegistry.add(marked, { description });
  return marked;
}

/** An object with exactly these properties: an unknown one is an error, not a passenger. */
export const part = <Shape extends z.ZodRawShape>(shape: Shape, description: string) =>
  z.strictObject(shape).describe(description);

/** A list whose elements carry `key`: unique in the list, stable over the record's life. Never a position. */
export const keyed = <Shape extends z.ZodRawShape>(shape: Shape, description: string) =>
  z
    .array(z.strictObject({ key: code('Key of the element, unique in its list and never reused'), ...shape }))
    .superRefine((elements, context) => {
      const seen = new Set<unknown>();
      elements.forEach((element, at) => {
        const key: unknown = Reflect.get(element, 'key');
        if (seen.has(key)) {
          context.addIssue({
            code: 'custom',
            message: `key ${JSON.stringify(key)} is used twice`,
            path: [at, 'key'],
          });
        }
        seen.add(key);
      });
    })
    .describe(description);

export const PhoneClaim = z
  .strictObject({
    kind: choice(
      ['real', 'masked', 'virtual', 'sealed'],
      'real: dialable; masked: digits hidden; virtual: a platform relay number; sealed: a platform cipher text',
    ),
    e164: text('The number in E.164, for real and virtual ones').optional(),
    extension: text('Extension of a virtual number').optional(),
    display: text('The number as the source showed it'),
  })
  .describe('A phone number and how far it can be trusted');
export type PhoneClaim = z.infer<typeof PhoneClaim>;
