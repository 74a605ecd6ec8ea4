import { z } from '@hono/zod-openapi';
import { maskedText } from '../../explain/personal.ts';
import { problemGroups, problemsOfGroup } from '../../ledger/problems.ts';
import { answered } from './daily-values.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { query, text, whole } from './values.ts';

const kinds = ['inbox', 'push', 'derive', 'poll'] as const;
const states = ['dead', 'parked', 'unknown', 'waiting', 'due'] as const;

const Problems = z
  .object({
    group: z.string(),
    kind: z.enum(kinds),
    state: z.string(),
    connection: z.string(),
    object: z.string(),
    code: z.string(),
    cause: z.string().openapi({ description: '… stands for what differs.' }),
    count: z.int(),
    orders: z.int().openapi({ description: 'Orders behind them, each counted once.' }),
    amounts: z
      .record(z.string(), z.string())
      .openapi({ description: 'Currency → what those orders, and other documents, come to: decimal text.' }),
    oldest: z.string(),
    newest: z.string(),
    example: z.string(),
  })
  .openapi('ProblemGroup');

const Problem = z
  .object({
    name: z.string().openapi({ example: 'inbox/17' }),
    kind: z.enum(kinds),
    state: z.enum(states),
    connection: z.string(),
    object: z.string(),
    code: z.string(),
    sentence: z.string(),
    recordId: z.string().nullable(),
    entity: z.string().nullable(),
    number: z
      .string()
      .nullable()
      .openapi({ description: 'Number or code of its record, else the id the system knows it by.' }),
    amount: z.string().nullable(),
    currency: z.string().nullable(),
    since: z.string(),
  })
  .openapi('StuckWork');
const Place = z.object({ since: z.iso.datetime(), name: z.string().max(2_000) });

/** `dead,parked`: some of the states. */
const someStates = z
  .string()
  .max(60)
  .transform((told) => told.split(','))
  .pipe(z.array(z.enum(states)).min(1))
  .optional()
  .openapi({
    type: 'string',
    example: 'dead,parked',
    description: 'Only these: dead, parked, unknown, waiting, due (tried again), with commas between.',
  });

/** What does not go on by itself. */
export const problems = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/problems',
      operationId: 'listProblems',
      tags: ['Daily work'],
      summary: 'What does not go on by itself, by cause, the most frequent first',
      description: 'Dead letters, waits, what is held, and what is tried again.',
      scope: 'read',
      request: {
        query: query({
          connection: text(80).optional(),
          object: text(200).optional(),
          code: text(200).optional(),
          kind: z.enum(kinds).optional(),
          state: someStates,
          group: text(40).optional(),
          limit: whole(1, 500).default(100),
        }),
      },
      responses: answered('Causes.', z.object({ items: z.array(Problems) })),
    }),
    async (context) => {
      const { limit, pretty: _pretty, state, ...filter } = context.req.valid('query');
      const { database } = context.var.hub.world;
      const groups = await problemGroups(database, { ...filter, states: state }, limit);
      const items = groups.map(({ oldest, newest, cause, amounts, kind, ...more }) => ({
        ...more,
        kind: kind as z.infer<typeof Problems>['kind'],
        amounts: { ...amounts },
        cause: maskedText(cause, []),
        oldest: oldest.toISOString(),
        newest: newest.toISOString(),
      }));
      return context.json({ items }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/problems/{group}',
      operationId: 'listProblemsOfGroup',
      tags: ['Daily work'],
      summary: 'What is stuck for one cause, that which lies longest first',
      scope: 'read',
      request: {
        params: z.object({ group: z.string().regex(/^[0-9a-f]{12}$/) }),
        query: query({ ...paging, state: someStates }),
      },
      responses: answered('A page of it.', pageOf(Problem)),
    }),
    async (context) => {
      const { limit, cursor, state } = context.req.valid('query');
      const { group } = context.req.valid('param');
      const place = placeAt(cursor, Place);
      const { database } = context.var.hub.world;
      const rows = await problemsOfGroup(
        database,
        { group, states: state },
        limit + 1,
        place && { since: new Date(place.since), name: place.name },
      );
      const page = pageFrom(
        rows,
        limit,
        ({ error, since, kind, state: how, ...more }) => ({
          ...more,
          kind: kind as z.infer<typeof Problem>['kind'],
          state: how as z.infer<typeof Problem>['state'],
          sentence: maskedText(error, []),
          since: since.toISOString(),
        }),
        ({ since, name }) => ({ since, name }),
      );
      return context.json(page, 200);
    },
  );
