import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { explainRecord } from '../../explain/explain.ts';
import { isPersonal } from '../../explain/personal.ts';
import {
  datesIn,
  findRecords,
  shownChange,
  shownCopies,
  shownHolds,
  shownRecord,
} from '../../explain/records.ts';
import { documentChain } from '../../ledger/document-chain.ts';
import { changesOf } from '../../ledger/explain.ts';
import { linksOfRecords } from '../../ledger/links.ts';
import { type CopyPlaces, type FoundRecord, recordById } from '../../ledger/record-search.ts';
import { entityNames, isEntityName, pathInfo } from '../../model/index.ts';
import type { ApiHub } from './environment.ts';
import { Explanation } from './explanation-values.ts';
import { newApi, operation, requireScope } from './operation.ts';
import { cursorOf, pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { etagOf } from './preconditions.ts';
import { InvalidRequest } from './refusals.ts';
import { answer, anyJson, entityName, json, query, text, told, uuid } from './values.ts';

const tags = ['Records'];

const members = {
  id: uuid,
  entity: z.string(),
  state: z.enum(['live', 'placeholder', 'merged', 'deleted']),
  number: z.string().nullable().openapi({ description: 'Number or code.' }),
  mergedInto: z.string().nullable().openapi({ description: 'The record it was merged into.' }),
  version: z.int(),
  updatedAt: z.string(),
  data: json.openapi({
    description: 'In the terms of the canonical model; personal values are hidden as ***.',
  }),
};
const Record = z.object(members).openapi('Record');
const Copy = z
  .object({
    connection: z.string(),
    object: z.string(),
    remoteId: z.string().nullable(),
    remoteNumber: z.string().nullable(),
    remoteStatus: z.string().nullable(),
    step: z.string().nullable(),
    state: z.string().openapi({ description: 'idle, due, waiting, unknown or parked.' }),
    code: z.string().nullable(),
    sentence: z.string().nullable().openapi({ description: 'What is the matter with it.' }),
  })
  .openapi('Copy');
const RecordWithCopies = z
  .object({
    ...members,
    copies: z.array(Copy),
    holds: z
      .array(
        z.object({
          connection: z.string().nullable().openapi({ description: 'Null: all systems.' }),
          object: z.string().nullable(),
          author: z.string(),
          reason: z.string(),
          since: z.string(),
        }),
      )
      .openapi({ description: 'Who holds it, or its copies in a system.' }),
    dates: z
      .record(z.string(), z.string().nullable())
      .openapi({ description: 'Days of it that can be moved (POST /v1/redates); null: none of its own.' }),
  })
  .openapi('RecordWithCopies');
const Change = z
  .object({
    version: z.int(),
    at: z.string(),
    mapping: z.string().nullable().openapi({ description: 'Mapping and version that read it.' }),
    origin: anyJson.openapi({ description: 'What caused it: a message, a rule, a person.' }),
    changes: z.array(z.object({ path: z.string(), from: anyJson, to: anyJson })),
  })
  .openapi('Change');

const ChainDocument = z
  .object({
    id: uuid,
    entity: z.string(),
    number: z.string().nullable(),
    state: z.string(),
    after: z.array(uuid).openapi({ description: 'Documents of the chain it was made for or of.' }),
    copies: z.array(
      z.object({
        link: uuid,
        connection: z.string(),
        object: z.string(),
        remoteId: z.string().nullable(),
        remoteNumber: z.string().nullable(),
        state: z.string(),
        step: z.string().nullable(),
      }),
    ),
  })
  .openapi('ChainDocument');

const Records = pageOf(Record);
const Changes = pageOf(Change);

const byId = { params: z.object({ id: uuid }) };

export const records = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/records',
      operationId: 'listRecords',
      tags,
      summary: 'Records by number, field or text, the latest made first',
      description:
        'number finds by any number a record is known by: its own, its source’s, its id or number in any system. field ' +
        'with value finds by one value and needs entity: entity=order&field=states.payment&value=paid. text finds what stands in the data; who may not see personal values does not find records by them. A page may hold ' +
        'fewer items than there are while next is not null.',
      scope: 'read',
      request: {
        query: query({
          ...paging,
          ...personal,
          entity: entityName.optional(),
          state: members.state.optional(),
          number: text(200).optional(),
          field: text(200).optional().openapi({ description: 'Lists as lines[].skuId.' }),
          value: text(200).optional().openapi({ description: 'What the field holds, as text.' }),
          text: text(100, 2).optional(),
        }),
      },
      responses: {
        200: { description: 'A page of them.', content: { 'application/json': { schema: Records } } },
      },
    }),
    async (context) => {
      const {
        limit,
        cursor,
        entity,
        state,
        number,
        field,
        value,
        text: wanted,
        personal: asked,
      } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const before = placeAt(cursor, uuid);
      const wantedField = fieldMeant(entity, field, value);
      if (wantedField && isPersonal(entity ?? '', wantedField.path))
        requireScope(context.var.caller.scopes, 'pii:read');
      const { database } = context.var.hub.world;
      const found = await findRecords(
        database,
        { entity, state, number, byIdentity: shows, field: wantedField, text: wanted, before },
        copyPlacesOf(context.var.hub),
        limit,
        shows,
      );
      await notePersonal(
        context,
        shows,
        found.records.map((one) => `record/${one.id}`),
      );
      const next = found.next === null ? null : cursorOf(found.next);
      return context.json(told(Records, { items: found.records, next }), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/records/{id}',
      operationId: 'getRecord',
      tags,
      summary: 'One record with its copies in all systems',
      scope: 'read',
      request: { ...byId, query: query(personal) },
      responses: {
        200: { description: 'The record.', content: { 'application/json': { schema: RecordWithCopies } } },
      },
    }),
    async (context) => {
      const shows = showsPersonal(context, context.req.valid('query').personal);
      const { world } = context.var.hub;
      const row = await recordOf(context.var.hub, context.req.valid('param').id);
      const copies = await shownCopies(world.database, row, shows);
      const holds = await shownHolds(world.database, row, shows);
      await notePersonal(context, shows, [`record/${row.id}`]);
      context.header('etag', etagOf([row.id, row.version]));
      const record = { ...shownRecord(row, shows), copies, holds, dates: datesIn(row) };
      return context.json(told(RecordWithCopies, record), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/records/{id}/history',
      operationId: 'listRecordChanges',
      tags,
      summary: 'What became of a record, the latest change first',
      scope: 'read',
      request: { ...byId, query: query({ ...paging, ...personal }) },
      responses: {
        200: {
          description: 'A page of changes.',
          content: { 'application/json': { schema: Changes } },
        },
      },
    }),
    async (context) => {
      const { limit, cursor, personal: asked } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const { world } = context.var.hub;
      const row = await recordOf(context.var.hub, context.req.valid('param').id);
      const before = placeAt(cursor, z.int().positive());
      const changes = await changesOf(world.database, row.id, limit + 1, before);
      await notePersonal(context, shows, [`record/${row.id}`]);
      const page = pageFrom(
        changes,
        limit,
        (change) => shownChange(row, change, shows),
        (change) => change.version,
      );
      return context.json(told(Changes, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/records/{id}/explain',
      operationId: 'explainRecord',
      tags,
      summary: 'Why a record is what it is, value by value',
      scope: 'read',
      request: {
        ...byId,
        query: query({
          ...personal,
          field: text(300)
            .optional()
            .openapi({ description: 'One value, or those below it: receiver, lines[].sku' }),
        }),
      },
      responses: {
        200: { description: 'The explanation.', content: { 'application/json': { schema: Explanation } } },
      },
    }),
    async (context) => {
      const { field, personal: asked } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const row = await recordOf(context.var.hub, context.req.valid('param').id);
      const options = { name: row.id, field, showPersonal: shows };
      const explained = await explainRecord(context.var.hub.setting, row, options);
      await notePersonal(context, shows, [`record/${row.id}`]);
      return context.json(told(Explanation, explained), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/records/{id}/chain',
      operationId: 'getRecordChain',
      tags,
      summary: 'The business transaction a record belongs to, document by document',
      description:
        'From what it names down to everything that was made of that, in the order it was made, each with its number in ' +
        'each system. Of what a summary is made GET /v1/derivations/{id} tells.',
      scope: 'read',
      request: { ...byId, query: query({}) },
      responses: { 200: answer('The documents, 200 at most.', z.object({ items: z.array(ChainDocument) })) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const row = await recordOf(context.var.hub, context.req.valid('param').id);
      const documents = await documentChain(database, row.id);
      const links = await linksOfRecords(
        database,
        documents.map((one) => one.id),
      );
      const items = documents.map((one) => ({
        ...one,
        after: [...one.after],
        copies: links
          .filter((link) => link.record_id === one.id)
          .map((link) => ({
            link: link.id,
            connection: link.connection,
            object: link.object,
            remoteId: link.remote_id,
            remoteNumber: link.remote_number,
            state: link.state,
            step: link.step,
          })),
      }));
      return context.json({ items }, 200);
    },
  );

/** A field to search by, with its value. Both, and an entity that has it, or neither. */
function fieldMeant(
  entity: string | undefined,
  field: string | undefined,
  value: string | undefined,
): { path: string; value: string } | undefined {
  if (field === undefined && value === undefined) return undefined;
  const wrong = (pointer: string, detail: string) => new InvalidRequest([{ in: 'query', pointer, detail }]);
  if (field === undefined) throw wrong('/field', 'value is searched for in a field: say which');
  if (value === undefined) throw wrong('/value', 'say which value the field holds');
  if (entity === undefined || !isEntityName(entity)) throw wrong('/entity', 'say whose field it is');
  if (!pathInfo(entity, field)) throw wrong('/field', `${entity} has no such field`);
  return { path: field, value };
}

/** Where copies are looked for. */
export function copyPlacesOf({ world }: ApiHub): CopyPlaces {
  return {
    entities: entityNames,
    connections: [...world.landscape.connections.keys()],
    objects: [...new Set(world.landscape.parties.map((party) => party.object))],
  };
}

async function recordOf(hub: ApiHub, id: string): Promise<FoundRecord> {
  const row = await recordById(hub.world.database, id.toLowerCase());
  if (!row) throw new HubError('records.unknown', { name: id });
  return row;
}
