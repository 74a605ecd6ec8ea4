import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import type { Party } from '../../lanes/landscape.ts';
import { entities, isEntityName } from '../../model/index.ts';
import type { ApiHub } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { answer, anyJson, query } from './values.ts';

const tags = ['Syncs'];

const PartyShown = z.object({
  name: z.string(),
  connection: z.string(),
  object: z.string(),
  mapping: z.string(),
  version: z.string().openapi({ description: 'Of the mapping in use.' }),
  mode: z.enum(['observe', 'shadow', 'live']),
  reads: z.boolean(),
  pollMs: z.int().nullable(),
  creates: z.boolean(),
  updates: z.boolean(),
  removes: z.boolean(),
  deletes: z.boolean().openapi({ description: 'A deletion there deletes the record.' }),
  conditional: z.boolean().openapi({ description: 'Only records that its when: lets out.' }),
  since: z.string().nullable().openapi({ description: 'Documents before this are history, never written.' }),
  flow: z.array(z.string()).openapi({ description: 'Steps a document goes through there.' }),
});
const Sync = z
  .object({
    name: z.string(),
    entity: z.string(),
    nature: z.string().nullable(),
    conflict: z.string().nullable().openapi({ description: 'What decides a field both sides changed.' }),
    owners: anyJson.openapi({ description: 'Canonical path → connection whose word counts, also by stage.' }),
    parties: z.array(PartyShown),
  })
  .openapi('Sync');

/** Who reads, writes and owns what. */
export const syncs = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/syncs',
      operationId: 'listSyncs',
      tags,
      summary: 'Who reads, writes and owns what',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: answer('All of hub.yaml.', z.object({ items: z.array(Sync) })) },
    }),
    async (context) => context.json({ items: shown(context.var.hub) }, 200),
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/syncs/{name}',
      operationId: 'getSync',
      tags,
      summary: 'One sync',
      scope: 'read',
      request: { params: z.object({ name: z.string().min(1).max(80) }), query: query({}) },
      responses: { 200: answer('The sync.', Sync) },
    }),
    async (context) => {
      const { name } = context.req.valid('param');
      const all = shown(context.var.hub);
      const found = all.find((one) => one.name === name);
      if (!found) throw new HubError('syncs.unknown', { name, known: all.map((one) => one.name).join(', ') });
      return context.json(found, 200);
    },
  );

function shown({ world }: ApiHub): z.infer<typeof Sync>[] {
  const { parties, merging } = world.landscape;
  const names = [...new Set(parties.map((party) => party.sync))].sort();
  return names.map((name) => {
    const own = parties.filter((party) => party.sync === name);
    // Parties that only speak about records of another entity are not what the sync is of.
    const entity = (own.find((party) => party.mapping.about === undefined) ?? own[0])?.entity ?? '';
    const rules = merging.get(entity);
    return {
      ...{ name, entity },
      nature: isEntityName(entity) ? entities[entity].nature : null,
      conflict: rules?.conflict ?? null,
      owners: rules?.owners ?? {},
      parties: own.map(partyShown),
    };
  });
}

function partyShown(party: Party): z.infer<typeof PartyShown> {
  const { name, connection, object, mapping, mode, reads, writes } = party;
  const can = mapping.writes ? writes : undefined;
  return {
    ...{ name, connection, object, mode, reads },
    mapping: mapping.name,
    version: mapping.version,
    pollMs: party.pollMs ?? null,
    creates: can?.create === true,
    updates: can?.update === true,
    removes: can?.remove === true,
    deletes: party.deletes !== undefined,
    conditional: party.when !== undefined,
    since: party.since ?? null,
    flow: mapping.flow.map((step) => step.name),
  };
}
