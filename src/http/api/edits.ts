import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { hideValue, isPersonal, maskedText } from '../../explain/personal.ts';
import { type EditResult, editRecords, namedByFilter, undoEdit } from '../../lanes/daily/edit.ts';
import { datesOfDocuments, redate } from '../../lanes/daily/redate.ts';
import { type EntityName, entities, isUnder, type Json, pathInfo } from '../../model/index.ts';
import { answered, ForeseenCopy, jsonBody, shownForeseen, why } from './daily-values.ts';
import type { ApiEnv } from './environment.ts';
import { newApi, operation, requireScope } from './operation.ts';
import { notePersonal } from './personal.ts';
import { anyJson, entityName, text, told, uuid } from './values.ts';

const tags = ['Daily work'];

/** More takes longer than a request may: the command line does it, with progress. */
const mostRecords = 1_000;
const perSecond = 10_000;

const Edit = z
  .object({
    edit: uuid.nullable().openapi({ description: 'Takes it back; null: nothing was changed.' }),
    matched: z.int(),
    changed: z.int(),
    unchanged: z.int().openapi({ description: 'Have the values already.' }),
    refused: z.array(z.object({ code: z.string(), reason: z.string(), count: z.int(), example: z.string() })),
    examples: z.array(
      z.object({
        recordId: uuid,
        entity: z.string(),
        number: z.string().nullable(),
        changes: z.array(z.object({ path: z.string(), before: anyJson, after: anyJson })),
        copies: z.array(ForeseenCopy).optional().openapi({ description: 'Of a dry run: what would follow.' }),
      }),
    ),
  })
  .openapi('Edit');

const which = {
  entity: entityName,
  records: z.array(text(200)).min(1).max(mostRecords).optional().openapi({ description: 'Ids or numbers.' }),
  where: text(2_000).optional().openapi({
    description: 'Or an expression over record. One that reads personal fields needs the scope pii:read.',
    example: 'record.storeId == "S01"',
  }),
};

export const edits = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/edits',
      operationId: 'editRecords',
      tags,
      summary: 'Set fields of many records by hand',
      description: `What a system or a rule owns is refused, record by record. At most ${mostRecords} records; lianhub edit takes more.`,
      scope: 'operate',
      request: {
        body: jsonBody(
          z.strictObject({
            ...why,
            ...which,
            set: z
              .record(text(300), anyJson)
              .refine((one) => Object.keys(one).length > 0 && Object.keys(one).length <= 50, {
                message: 'expected 1 to 50 fields',
              })
              .openapi({ description: 'Path → value; null takes the value away.' }),
          }),
        ),
      },
      responses: answered('What was, or would be, changed.', Edit),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, where, set, ...input } = context.req.valid('json');
      refuseProbing(context, input.entity, where);
      const settings: Record<string, Json> = told(z.record(z.string(), z.json()), set);
      const done = await editRecords(
        hub.world,
        { ...input, where, set: settings, most: mostRecords, perSecond },
        { author: caller.author, reason },
      );
      return context.json(told(Edit, await shown(context, done)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/edits/{id}/undo',
      operationId: 'undoEdit',
      tags,
      summary: 'Give records back what an edit took, where nobody has changed it since',
      scope: 'operate',
      request: { params: z.object({ id: uuid }), body: jsonBody(z.strictObject(why)) },
      responses: answered('What was, or would be, given back.', Edit),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, dryRun } = context.req.valid('json');
      const by = { author: caller.author, reason };
      const id = context.req.valid('param').id.toLowerCase();
      const done = await undoEdit(hub.world, id, by, { dryRun, perSecond });
      return context.json(told(Edit, await shown(context, done)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/redates',
      operationId: 'redateDocuments',
      tags,
      summary: 'Move documents to another day, and so to another period',
      scope: 'operate',
      request: {
        body: jsonBody(
          z.strictObject({
            ...why,
            ...which,
            to: z.iso.date().nullable().openapi({ description: 'Null: the day it has by itself.' }),
            field: z.enum(datesOfDocuments).default('postingDate'),
          }),
        ),
      },
      responses: answered('What was, or would be, moved.', Edit),
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { reason, ...input } = context.req.valid('json');
      refuseProbing(context, input.entity, input.where);
      const by = { author: caller.author, reason };
      const done = await redate(hub.world, { ...input, most: mostRecords, perSecond }, by);
      return context.json(told(Edit, await shown(context, done)), 200);
    },
  );

/** A filter that asks for personal values would tell them, by which records it finds. */
function refuseProbing(context: Context<ApiEnv>, entity: EntityName, where: string | undefined): void {
  if (where === undefined) return;
  const { scopes } = context.var.caller;
  if (!namedByFilter(where).every((path) => isHarmless(entity, path))) requireScope(scopes, 'pii:read');
}

/** Nothing at the path or below it is personal. */
function isHarmless(entity: EntityName, path: string): boolean {
  if (path === 'id') return true;
  const { personal } = entities[entity];
  return (
    pathInfo(entity, path) !== undefined &&
    !isPersonal(entity, path) &&
    !personal.some((one) => isUnder(one, [path]))
  );
}

async function shown(context: Context<ApiEnv>, done: EditResult): Promise<object> {
  const shows = context.var.caller.scopes.has('pii:read');
  const isHidden = (entity: string, path: string): boolean => !shows && isPersonal(entity, path);
  await notePersonal(
    context,
    shows,
    done.examples
      .filter((one) => one.changes.some((change) => isPersonal(one.entity, change.path)))
      .map((one) => `record/${one.recordId}`),
  );
  return {
    ...done,
    refused: done.refused.map((one) => ({ ...one, reason: maskedText(one.reason, []) })),
    examples: done.examples.map(({ copies, changes, ...one }) => ({
      ...one,
      changes: changes.map(({ path, before, after }) =>
        isHidden(one.entity, path)
          ? { path, before: hideValue(before), after: hideValue(after) }
          : { path, before, after },
      ),
      ...(copies === undefined ? {} : { copies: copies.map(shownForeseen) }),
    })),
  };
}
