import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { letterNamed, letterVersion, showLetter } from '../../explain/letter.ts';
import { maskedText } from '../../explain/personal.ts';
import { type Handling, retryLetters, skipLetters } from '../../lanes/dead-letters.ts';
import {
  countLetters,
  groupLetters,
  type Letter,
  type LetterFilter,
  listLetters,
} from '../../ledger/dead-letters.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { etagOf } from './preconditions.ts';
import { InvalidRequest } from './refusals.ts';
import { anyJson, entityName, json, moment, query, text, told } from './values.ts';

const tags = ['Dead letters'];

const DeadLetter = z
  .object({
    name: z.string().openapi({ example: 'inbox/17' }),
    kind: z.enum(['inbox', 'push']),
    state: z.string(),
    connection: z.string(),
    object: z.string(),
    entity: z.string().nullable(),
    key: z.string().nullable(),
    recordId: z.string().nullable(),
    remoteId: z.string().nullable(),
    code: z.string(),
    sentence: z.string(),
    attempts: z.int(),
    since: z.string(),
    group: z.string().openapi({ description: 'Letters of one cause have the same.' }),
  })
  .openapi('DeadLetter');
const Group = z
  .object({
    group: z.string(),
    kind: z.string(),
    connection: z.string(),
    object: z.string(),
    code: z.string(),
    cause: z.string(),
    count: z.int(),
    oldest: z.string(),
    newest: z.string(),
    example: z.string(),
  })
  .openapi('DeadLetterGroup');
const ShownLetter = DeadLetter.extend({
  told: z
    .object({
      receivedAt: z.string(),
      via: z.string(),
      revision: z.string().nullable(),
      body: anyJson.openapi({ description: 'Null: it only names the object.' }),
      hint: anyJson,
      editedFrom: z.int().nullable().openapi({ description: 'The message it stands in the place of.' }),
    })
    .optional()
    .openapi({ description: 'Of a message.' }),
  tries: z
    .array(
      z.object({
        step: z.string(),
        key: z.string(),
        startedAt: z.string(),
        finishedAt: z.string().nullable(),
        outcome: z.string().nullable(),
        lookups: z.int(),
        sent: anyJson,
        answer: anyJson,
      }),
    )
    .optional()
    .openapi({ description: 'Of a write: the latest, the last one first.' }),
  decisions: z.array(
    z.looseObject({ at: z.string(), author: z.string(), action: z.string(), details: json }),
  ),
  masked: z.boolean().openapi({ description: 'Some values are hidden.' }),
}).openapi('DeadLetterInFull');
const Done = z
  .object({
    done: z.int().openapi({ description: 'Tried again, or left; of a dry run: would be.' }),
    superseded: z.int().openapi({ description: 'Closed: their object was told and applied again since.' }),
    unknown: z.int().openapi({ description: 'Left alone: nobody can tell whether they were written.' }),
    gone: z.int().openapi({ description: 'No letters any more when their turn came.' }),
  })
  .openapi('DeadLettersHandled');

const filters = {
  connection: text(80).optional(),
  object: text(200).optional(),
  code: text(200).optional(),
  entity: entityName.optional(),
  since: moment.optional(),
  kind: z.enum(['inbox', 'push']).optional(),
  state: z.enum(['dead', 'parked', 'unknown']).optional(),
  group: text(40).optional(),
};
type Filters = Partial<{ [Name in keyof typeof filters]: z.infer<(typeof filters)[Name]> }>;

const Place = z.object({ since: z.iso.datetime(), seq: z.int(), name: z.string().max(100) });

/** Which letters, said in one of three ways, and why. */
const whichOf = {
  letters: z
    .array(z.string().regex(/^(inbox\/\d{1,18}|push\/[0-9a-f-]{36})$/, 'expected inbox/17 or push/<id>'))
    .min(1)
    .max(500)
    .optional(),
  filter: z
    .strictObject(filters)
    .refine((one) => Object.keys(one).length > 0, { message: 'it names nothing' })
    .optional(),
  all: z.literal(true).optional(),
  note: text(500).optional().openapi({ description: 'Why; kept with the decision.' }),
  dryRun: z.boolean().default(false).openapi({ description: 'Say what would be done, and do nothing.' }),
};

const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});
const handled = {
  200: { description: 'What became of them.', content: { 'application/json': { schema: Done } } },
};

export const deadLetters = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/deadletters',
      operationId: 'listDeadLetters',
      tags,
      summary: 'What cannot go on by itself, that which lies longest first',
      scope: 'read',
      request: { query: query({ ...paging, ...filters }) },
      responses: {
        200: {
          description: 'A page of letters.',
          content: { 'application/json': { schema: pageOf(DeadLetter) } },
        },
      },
    }),
    async (context) => {
      const { limit, cursor, pretty: _pretty, ...asked } = context.req.valid('query');
      const { hub } = context.var;
      const place = placeAt(cursor, Place);
      const after = place && { ...place, since: new Date(place.since), name: place.name as Letter['name'] };
      const rows = await listLetters(hub.world.database, filterOf(hub, asked), limit + 1, after);
      const page = pageFrom(rows, limit, shownLetter, ({ since, seq, name }) => ({ since, seq, name }));
      return context.json(page, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/deadletters/groups',
      operationId: 'listDeadLetterGroups',
      tags,
      summary: 'How many letters of each cause, the most frequent first',
      scope: 'read',
      request: { query: query(filters) },
      responses: {
        200: {
          description: 'All causes.',
          content: { 'application/json': { schema: z.object({ items: z.array(Group) }) } },
        },
      },
    }),
    async (context) => {
      const { pretty: _pretty, ...asked } = context.req.valid('query');
      const { hub } = context.var;
      const groups = await groupLetters(hub.world.database, filterOf(hub, asked));
      const items = groups.map(({ oldest, newest, cause, ...more }) => ({
        ...more,
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
      path: '/v1/deadletters/{kind}/{id}',
      operationId: 'getDeadLetter',
      tags,
      summary: 'One letter: what was told or sent, what came back, what was decided before',
      scope: 'read',
      request: {
        params: z.object({ kind: z.enum(['inbox', 'push']), id: z.string().regex(/^[0-9a-f-]{1,36}$/) }),
        query: query(personal),
      },
      responses: {
        200: { description: 'The letter.', content: { 'application/json': { schema: ShownLetter } } },
      },
    }),
    async (context) => {
      const { kind, id } = context.req.valid('param');
      const shows = showsPersonal(context, context.req.valid('query').personal);
      const letter = await showLetter(context.var.hub.setting, `${kind}/${id}`, { showPersonal: shows });
      await notePersonal(context, shows, [letter.name]);
      const version = await letterVersion(context.var.hub.setting, letter.name);
      if (version !== undefined) context.header('etag', etagOf(version));
      return context.json(told(ShownLetter, letter), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/deadletters/retry',
      operationId: 'retryDeadLetters',
      tags,
      summary: 'Try letters again, after what was wrong has been put right',
      description: 'Their turns are kept in the database: the request does not wait for them.',
      scope: 'operate',
      request: {
        body: jsonBody(
          z.strictObject({
            ...whichOf,
            perSecond: z.number().min(0.01).max(1_000).default(50).openapi({ description: 'Pace.' }),
          }),
        ),
      },
      responses: handled,
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { note, dryRun, perSecond, ...which } = context.req.valid('json');
      const filter = await meantBy(hub, which);
      if (dryRun) return context.json(await wouldBe(hub, filter), 200);
      const { database, landscape } = hub.world;
      const by = { author: caller.author, note };
      return context.json({ ...(await retryLetters({ database, landscape }, filter, by, perSecond)) }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/deadletters/skip',
      operationId: 'skipDeadLetters',
      tags,
      summary: 'Leave letters as they are',
      description: 'They do not come back unless the source tells the object again, or its record changes.',
      scope: 'operate',
      request: { body: jsonBody(z.strictObject(whichOf)) },
      responses: handled,
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { note, dryRun, ...which } = context.req.valid('json');
      const filter = await meantBy(hub, which);
      if (dryRun) return context.json(await wouldBe(hub, filter), 200);
      return context.json(
        { ...(await skipLetters(hub.world, filter, { author: caller.author, note })) },
        200,
      );
    },
  );

function filterOf({ world }: ApiHub, { since, entity, ...asked }: Filters): LetterFilter {
  // A message has no record yet: it is of an entity by the object it tells of.
  const places = world.landscape.parties.flatMap((party) =>
    party.entity === entity ? [`${party.connection}/${party.object}`] : [],
  );
  return { ...asked, entity, places, since: since === undefined ? undefined : new Date(since) };
}

interface Which {
  readonly letters?: readonly string[] | undefined;
  readonly filter?: Filters | undefined;
  readonly all?: true | undefined;
}

/** Exactly one of the ways to say which; those named one by one are looked at, so that nothing is passed over unsaid. */
async function meantBy(hub: ApiHub, { letters, filter, all }: Which): Promise<LetterFilter> {
  const ways = [letters, filter, all].filter((one) => one !== undefined).length;
  if (ways !== 1)
    throw new InvalidRequest([{ in: 'body', pointer: '', detail: 'say one of letters, filter, all: true' }]);
  if (letters === undefined) return filterOf(hub, filter ?? {});
  for (const name of letters) {
    const letter = await letterNamed(hub.setting, name);
    if (letter.state === 'unknown') throw new HubError('deadletters.unknown-write', { name: letter.name });
  }
  return { names: letters as readonly Letter['name'][] };
}

async function wouldBe({ world }: ApiHub, filter: LetterFilter): Promise<Handling> {
  const all = await countLetters(world.database, filter);
  const unknown = await countLetters(world.database, { ...filter, state: 'unknown' });
  return { done: all - unknown, superseded: 0, unknown, gone: 0 };
}

function shownLetter(letter: Letter): z.infer<typeof DeadLetter> {
  const { name, kind, state, connection, object, entity, key, code, attempts, group } = letter;
  return {
    ...{ name, state, connection, object, entity, key, code, attempts, group },
    kind: kind === 'inbox' ? 'inbox' : 'push',
    recordId: letter.record_id,
    remoteId: letter.remote_id,
    // Sentences quote values; a telephone number is one everywhere.
    sentence: maskedText(letter.error, []),
    since: letter.since.toISOString(),
  };
}
