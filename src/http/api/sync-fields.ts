import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { fieldsOf } from '../../explain/sync-fields.ts';
import type { Party } from '../../lanes/landscape.ts';
import { mappedLines } from '../../mapping/index.ts';
import type { ApiHub } from './environment.ts';
import { mappingInUse } from './mapping-text.ts';
import { newApi, operation } from './operation.ts';
import { answer, query } from './values.ts';

const Owner = z
  .object({
    connection: z
      .string()
      .nullable()
      .openapi({ description: 'Whose word counts; with by: at every other stage.' }),
    by: z.string().nullable().openapi({ description: 'Canonical path whose value says whose turn it is.' }),
    at: z.record(z.string(), z.string()).openapi({ description: 'Value there → connection.' }),
    declaredFor: z.string().openapi({ description: 'The path it is written for: this one, or one above.' }),
  })
  .openapi('FieldOwner');
const Cell = z.object({
  party: z.string(),
  reads: z.boolean(),
  writes: z.boolean(),
  onCreateOnly: z.boolean().openapi({ description: 'Written when the object is made, not later.' }),
  vendor: z.array(z.string()).openapi({ description: 'What it is called there.' }),
  how: z
    .array(z.string())
    .openapi({ description: 'Conversions and expressions, in the words of the mapping.' }),
});
const SyncFields = z
  .object({
    name: z.string(),
    entity: z.string(),
    parties: z.array(
      z.object({
        name: z.string(),
        connection: z.string(),
        object: z.string(),
        mapping: z.string(),
        made: z.int().openapi({
          description: 'Fields of the vendor that are written from expressions over several fields.',
        }),
      }),
    ),
    fields: z.array(z.object({ path: z.string(), owner: Owner.nullable(), cells: z.array(Cell) })),
  })
  .openapi('SyncFields');

/** Field by field, who reads, writes and owns it. */
export const syncFields = newApi().openapi(
  operation({
    method: 'get',
    path: '/v1/syncs/{name}/fields',
    operationId: 'listSyncFields',
    tags: ['Syncs'],
    summary: 'Field by field, which party reads and writes it, and who owns it',
    scope: 'read',
    request: { params: z.object({ name: z.string().min(1).max(80) }), query: query({}) },
    responses: { 200: answer('Every field a mapping of the sync names.', SyncFields) },
  }),
  async (context) => {
    const { hub } = context.var;
    const { name } = context.req.valid('param');
    const { parties, merging } = hub.world.landscape;
    const own = parties.filter((party) => party.sync === name);
    const [first] = own;
    if (!first) {
      const known = [...new Set(parties.map((party) => party.sync))].sort().join(', ');
      throw new HubError('syncs.unknown', { name, known });
    }
    const entity = (own.find((party) => party.mapping.about === undefined) ?? first).entity;
    const fields = fieldsOf(own, (party) => linesOf(hub, party), merging.get(entity)?.owners ?? {});
    const shown = own.map((party) => ({
      name: party.name,
      connection: party.connection,
      object: party.object,
      mapping: party.mapping.name,
      made: linesOf(hub, party).filter((line) => line.canonical === null && line.vendor !== null).length,
    }));
    return context.json({ name, entity, parties: shown, fields }, 200);
  },
);

function linesOf(hub: ApiHub, party: Party) {
  return mappedLines(mappingInUse(hub, party.mapping.name).doc);
}
