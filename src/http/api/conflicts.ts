import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { shownConflict } from '../../explain/conflicts.ts';
import { isPersonal } from '../../explain/personal.ts';
import { resolveConflicts } from '../../lanes/conflicts/resolve.ts';
import { listConflicts } from '../../ledger/conflicts.ts';
import type { Json } from '../../model/index.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { etagOf } from './preconditions.ts';
import { about, InvalidRequest } from './refusals.ts';
import { answer, anyJson, body, entityName, query, text, told, uuid } from './values.ts';

const tags = ['Conflicts'];

const Conflict = z
  .object({
    id: uuid,
    recordId: uuid,
    entity: z.string(),
    number: z.string().nullable().openapi({ description: 'Number or code of the record.' }),
    path: z.string().openapi({ description: 'With keys of list elements: barcodes[a].unitId.' }),
    golden: anyJson.openapi({ description: 'What the record has meanwhile; null: nothing.' }),
    told: z.array(
      z.object({
        copy: z.string().openapi({ description: 'What to give as take for just this copy.' }),
        connection: z.string(),
        value: anyJson,
        before: anyJson,
        at: z.string(),
        message: z.string().nullable(),
        mapping: z.string().nullable(),
      }),
    ),
    version: z.int(),
    state: z.enum(['open', 'resolved']),
    openedAt: z.string(),
    resolvedAt: z.string().nullable(),
    resolvedBy: z.string().nullable().openapi({ description: 'hub: the systems came to agree.' }),
    resolution: anyJson,
  })
  .openapi('Conflict');
const Decided = z
  .object({
    id: uuid,
    entity: z.string(),
    path: z.string(),
    value: anyJson,
    copies: z.array(z.string()).openapi({ description: 'Copies that are written.' }),
  })
  .openapi('ConflictDecided');

const Conflicts = pageOf(Conflict);
const byId = { params: z.object({ id: uuid }) };

/** Values that systems disagree about, and what a person decides. */
export const conflicts = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/conflicts',
      operationId: 'listConflicts',
      tags,
      summary: 'Values that two systems changed differently, the oldest first',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          ...personal,
          state: z.enum(['open', 'resolved']).default('open'),
          record: uuid.optional().openapi({ description: 'Of one record.' }),
          entity: entityName.optional(),
          connection: text(80).optional().openapi({ description: 'One of those that take part.' }),
          path: text(300).optional().openapi({ description: 'Lists without keys: barcodes[].unitId' }),
        }),
      },
      responses: { 200: answer('A page of them.', Conflicts) },
    }),
    async (context) => {
      const { limit, cursor, personal: asked, pretty: _pretty, ...filter } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const after = placeAt(cursor, uuid);
      const { record, ...more } = filter;
      const rows = await listConflicts(context.var.hub.world.database, {
        ...more,
        recordId: record,
        after,
        limit: limit + 1,
      });
      await notePersonal(
        context,
        shows,
        rows.slice(0, limit).map((row) => `record/${row.record_id}`),
      );
      const page = pageFrom(
        rows,
        limit,
        (row) => shownConflict(row, shows),
        (row) => row.id,
      );
      return context.json(told(Conflicts, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/conflicts/{id}',
      operationId: 'getConflict',
      tags,
      summary: 'Who shows what, what it was before, and which message told it when',
      scope: 'read',
      request: { ...byId, query: query(personal) },
      responses: { 200: answer('The conflict.', Conflict) },
    }),
    async (context) => {
      const shows = showsPersonal(context, context.req.valid('query').personal);
      const row = await conflictOf(context.var.hub, context.req.valid('param').id);
      await notePersonal(context, shows, [`record/${row.record_id}`]);
      context.header('etag', etagOf([row.id, row.version]));
      return context.json(told(Conflict, shownConflict(row, shows)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/conflicts/{id}/resolve',
      operationId: 'resolveConflict',
      tags,
      summary: 'Decide: the record gets the value, and copies that show another one are written',
      scope: 'operate',
      request: {
        ...byId,
        body: body(
          z.strictObject({
            take: text(500).optional().openapi({
              description: 'A connection, one copy as told names it, or golden. Or give value.',
            }),
            value: anyJson.optional().openapi({ description: 'The value itself; null: none.' }),
            version: z.int().min(1).max(2_000_000_000).optional().openapi({
              description: 'What you looked at; refused if it has changed since.',
            }),
            dryRun: z.boolean().default(false).openapi({ description: 'Only tell what would be done.' }),
          }),
        ),
      },
      responses: { 200: answer('What was decided, or would be.', Decided) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { id } = context.req.valid('param');
      const { take, value, version, dryRun } = context.req.valid('json');
      if ((take === undefined) === (value === undefined))
        throw new InvalidRequest([{ in: 'body', pointer: '', detail: 'give either take or value' }]);
      const row = await conflictOf(hub, id);
      const shows = caller.scopes.has('pii:read') || !isPersonal(row.entity, row.path);
      const choice = take === undefined ? { value: value as Json } : { take };
      const by = { author: caller.author, dryRun };
      const { resolved, refused } = await resolveConflicts(hub.world, [{ id, version }], choice, by);
      const [refusal] = refused;
      if (refusal) {
        // Its sentence quotes what the copies show.
        const error =
          refusal.error.code === 'conflicts.several-values' && !shows && take !== undefined
            ? new HubError('conflicts.several-values', { id, take, known: Object.keys(row.told).join(', ') })
            : refusal.error;
        await about({ in: 'body', pointer: take === undefined ? '/value' : '/take' }, Promise.reject(error));
      }
      const [done] = resolved;
      if (!done) throw new HubError('conflicts.unknown', { id });
      const { entity, path, copies } = done;
      const became = shows ? (done.value ?? null) : done.value === undefined ? null : '***';
      return context.json(told(Decided, { id, entity, path, value: became, copies: [...copies] }), 200);
    },
  );

async function conflictOf({ world }: ApiHub, id: string) {
  const [row] = await listConflicts(world.database, { ids: [id] });
  if (!row) throw new HubError('conflicts.unknown', { id });
  return row;
}
