/** What requests and answers of daily work have in common: why, looking before leaping, and what would happen. */
import { z } from '@hono/zod-openapi';
import { maskedText } from '../../explain/personal.ts';
import type { Foreseen } from '../../lanes/daily/foresee.ts';
import { text, uuid } from './values.ts';

/** Members of every body. */
export const why = {
  reason: text(500).openapi({ description: 'Why; kept in the audit log.' }),
  dryRun: z.boolean().default(false).openapi({ description: 'Say what would be done, and do nothing.' }),
};

export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

export const answered = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  200: { description, content: { 'application/json': { schema } } },
});

export const ofRecord = { params: z.object({ id: uuid }) };

export const connectionName = text(80);
export const objectName = text(200);
/** An id or number of an object there. */
export const remoteName = text(512);

export const ForeseenCopy = z
  .object({
    connection: z.string(),
    object: z.string(),
    remoteId: z.string().nullable(),
    remoteNumber: z.string().nullable(),
    next: z
      .enum(['write', 'note', 'lookUp', 'wait', 'person', 'held', 'refuse', 'nothing'])
      .openapi({ description: 'note: the connection is not live. person: somebody does the step there.' }),
    step: z.string().optional(),
    code: z.string().optional(),
    why: z.string().optional(),
  })
  .openapi('ForeseenCopy');

/** What is next for a copy, as it may be told. */
export function shownForeseen({
  link: _link,
  why: sentence,
  ...copy
}: Foreseen): z.infer<typeof ForeseenCopy> {
  return { ...copy, ...(sentence === undefined ? {} : { why: maskedText(sentence, []) }) };
}
