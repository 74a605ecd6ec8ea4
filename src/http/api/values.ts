/** Schemas of what requests are made of. Bounded: what is longer or stranger than any real value is refused. */
import { z } from '@hono/zod-openapi';
import { entityNames } from '../../model/index.ts';

/** Control characters and halves of characters: no real text has one, and PostgreSQL does not keep all of them. */
const strange = /\p{Surrogate}|(?![\t\n\r])\p{Control}/u;

function isPlain(text: string): boolean {
  return !strange.test(text);
}

/** A text for people or a name, trimmed, with something in it. */
export function text(max: number, min = 1) {
  return z
    .string()
    .trim()
    .min(min)
    .max(max)
    .refine(isPlain, { message: 'control characters and halves of characters are not taken' });
}

/** Id of a record, token, subscription, … */
export const uuid = z.uuid().openapi({ example: '019ac3f2-5b1e-7c40-9d7e-2f3b6a8c1d55' });

/** An entity of the model. */
export const entityName = z.enum(entityNames);

/** A JSON object whose members the canonical model or a vendor knows. */
export const json = z.record(z.string(), z.unknown());

/** Any JSON value. */
export const anyJson = z.unknown();

/**
 * An answer as its schema says it is, where the compiler cannot follow: what records and messages hold is known by the
 * model and the vendors, and read-only on this side.
 */
export function told<Schema extends z.ZodType>(_schema: Schema, answer: object): z.infer<Schema> {
  return answer as z.infer<Schema>;
}

/** A whole number in the query. */
export function whole(min: number, max: number) {
  return z.coerce
    .number({ error: 'expected a whole number' })
    .int()
    .min(min)
    .max(max)
    .openapi({ type: 'integer' });
}

/** A moment, UTC ISO-8601. */
export const moment = z.iso.datetime({ offset: true }).openapi({ example: '2026-11-01T08:00:00Z' });

/** The query of an operation: what it does not name is refused. `pretty` is for people at a terminal. */
export function query<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({
    ...shape,
    pretty: z.string().max(5).optional().openapi({ description: 'JSON with line breaks, for people.' }),
  });
}

/** An answer of JSON, for `responses`. */
export function answer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

/** A body of JSON that must be there, for `request.body`. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } };
}

/** A moment for an answer; null stays null. */
export function iso(at: Date | null | undefined): string | null {
  return at?.toISOString() ?? null;
}

/** `true` or `false` in the query. */
export const yesOrNo = z.enum(['true', 'false']).transform((told) => told === 'true');
