import { z } from '@hono/zod-openapi';
import { maskedText } from '../../explain/personal.ts';
import { closePeriod, openPeriod } from '../../lanes/periods/decide.ts';
import { listPeriods } from '../../ledger/periods.ts';
import { answered, connectionName, jsonBody, why } from './daily-values.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { iso, query, text, told } from './values.ts';

const tags = ['Daily work'];

const period = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .openapi({ description: 'A month.', example: '2026-10' });
const book = text(200).openapi({
  description: 'An organisation or account set there. Absent: all its books.',
});
const amounts = z.record(z.string(), z.string()).openapi({ description: 'Currency → decimal text.' });

const Period = z
  .object({
    connection: z.string(),
    book: z.string().openapi({ description: "'': all books of the system." }),
    period: z.string(),
    state: z.enum(['open', 'closed']),
    since: z.string(),
    knownBy: z.enum(['refused', 'accepted', 'set']).openapi({
      description: 'refused: a write was. accepted: a write was taken again. set: a person said so.',
    }),
    author: z.string().nullable(),
    note: z.string().nullable(),
    nextTryAt: z.string().nullable().openapi({
      description: 'When one copy tries whether it is open; null: only a person opens it, or it is open.',
    }),
    waiting: z.object({ count: z.int(), amounts, oldest: z.string().nullable() }),
  })
  .openapi('Period');
const PeriodSet = z
  .object({
    connection: z.string(),
    book: z.string(),
    period: z.string(),
    state: z.enum(['open', 'closed']),
    changed: z.boolean().openapi({ description: 'False: a person has said so before.' }),
    copies: z.int().openapi({
      description:
        'Of opening: copies that go on. Of closing: copies dated in it that are still to be written, of all its books, counted up to 5000.',
    }),
    amounts,
  })
  .openapi('PeriodSet');
const Place = z.object({
  connection: z.string().max(80),
  book: z.string().max(200),
  period: z.string().max(10),
});
const body = jsonBody(z.strictObject({ ...why, connection: connectionName, book: book.optional(), period }));

export const periods = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/periods',
      operationId: 'listPeriods',
      tags,
      summary: 'Accounting periods that anything is known of, and what waits for those that are closed',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          connection: connectionName.optional(),
          state: z.enum(['open', 'closed']).optional(),
        }),
      },
      responses: answered('A page of them, by name.', pageOf(Period)),
    }),
    async (context) => {
      const { limit, cursor, connection, state } = context.req.valid('query');
      const after = placeAt(cursor, Place);
      const rows = await listPeriods(context.var.hub.world.database, { connection, state }, limit + 1, after);
      const page = pageFrom(
        rows,
        limit,
        ({ known_by, probe_at, count, amounts: sums, oldest, since, note, ...row }) => ({
          ...row,
          since: since.toISOString(),
          note: note === null ? null : maskedText(note, []),
          knownBy: known_by,
          nextTryAt: iso(probe_at),
          waiting: { count, amounts: { ...sums }, oldest: iso(oldest) },
        }),
        (row) => ({ connection: row.connection, book: row.book, period: row.period }),
      );
      return context.json(page, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/periods/close',
      operationId: 'closePeriod',
      tags,
      summary: 'Close an accounting period: its documents are held before they are written',
      description: 'Until a person opens it. What is on its way to that system at this moment arrives.',
      scope: 'operate',
      request: { body },
      responses: answered('What it holds, or would hold.', PeriodSet),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      const done = await closePeriod(hub.world, input, { author: caller.author, reason });
      return context.json(told(PeriodSet, done), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/periods/open',
      operationId: 'openPeriod',
      tags,
      summary: 'Open an accounting period: what waits for it goes on, in chunks',
      scope: 'operate',
      request: { body },
      responses: answered('What it frees, or would free.', PeriodSet),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      const done = await openPeriod(hub.world, input, { author: caller.author, reason });
      return context.json(told(PeriodSet, done), 200);
    },
  );
