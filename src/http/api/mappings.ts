import { z } from '@hono/zod-openapi';
import { mappedLines } from '../../mapping/index.ts';
import { mappingHistory, mappingsInUse } from '../../rehearsal/in-use.ts';
import { lineDiff } from '../../rehearsal/line-diff.ts';
import { findVersion } from '../../rehearsal/versions.ts';
import type { ApiHub } from './environment.ts';
import { byName, fileOf, mappingInUse, mappingText } from './mapping-text.ts';
import { newApi, operation } from './operation.ts';
import { etagOf } from './preconditions.ts';
import { answer, body, iso, query, text } from './values.ts';

const tags = ['Mappings'];

const InUse = z
  .object({
    name: z.string(),
    version: z.string(),
    from: z.enum(['file', 'applied']),
    fileVersion: z.string().nullable(),
    isFileNewer: z.boolean().openapi({ description: 'The file was changed since the version was applied.' }),
    author: z.string().nullable(),
    at: z.string().nullable(),
    note: z.string().nullable(),
    releasing: z.boolean().openapi({ description: 'Copies that it concerns are still being made due.' }),
    entity: z.string(),
    object: z.string(),
    usedBy: z
      .array(
        z.object({
          sync: z.string(),
          connection: z.string(),
          object: z.string(),
          reads: z.boolean(),
          writes: z.boolean(),
        }),
      )
      .openapi({ description: 'The parties that speak it.' }),
  })
  .openapi('MappingInUse');
const Mapping = InUse.extend({
  extends: z.array(z.string()),
  text: z.string(),
  lines: z
    .array(
      z.object({
        canonical: z.string().nullable(),
        vendor: z.string().nullable(),
        direction: z.string(),
        how: z.string(),
        line: z.int(),
      }),
    )
    .openapi({ description: 'As it was understood, what it extends resolved.' }),
}).openapi('Mapping');
/** A problem in a text of a mapping. */
const MappingProblem = z
  .object({
    file: z.string(),
    line: z.int(),
    column: z.int(),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    severity: z.enum(['error', 'warning']),
  })
  .openapi('MappingProblem');
const History = z
  .object({
    inUse: z.string().nullable(),
    decisions: z.array(
      z.object({
        version: z.string().nullable().openapi({ description: 'Null: the file is followed.' }),
        replaces: z.string().nullable(),
        author: z.string(),
        note: z.string().nullable(),
        at: z.string(),
        madeDue: z.int().openapi({ description: 'Copies that became due by it so far.' }),
        finished: z.boolean(),
      }),
    ),
    versions: z.array(
      z.object({
        version: z.string(),
        author: z.string().nullable().openapi({ description: 'Null: it came with the files.' }),
        note: z.string().nullable(),
        since: z.string(),
      }),
    ),
  })
  .openapi('MappingHistory');
const Diff = z
  .object({
    from: z.string(),
    to: z.string(),
    lines: z.array(
      z.object({
        change: z.enum(['same', 'removed', 'added']),
        before: z.int().nullable(),
        after: z.int().nullable(),
        text: z.string(),
      }),
    ),
  })
  .openapi('MappingDiff');

const version = z.string().regex(/^[0-9a-f]{1,64}$/);

/** Mappings: which version is in use, what it says, and what was before. */
export const mappings = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/mappings',
      operationId: 'listMappings',
      tags,
      summary: 'Mappings in use, by name',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: answer('All of them.', z.object({ items: z.array(InUse) })) },
    }),
    async (context) => {
      const { hub } = context.var;
      const all = await mappingsInUse(hub.setup);
      const items = all.map((one) => ({ ...one, at: iso(one.at), ...usesOf(hub, one.name) }));
      return context.json({ items }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/mappings/{folder}/{name}',
      operationId: 'getMapping',
      tags,
      summary: 'One mapping: its text, and how it was understood',
      scope: 'read',
      request: { ...byName, query: query({}) },
      responses: { 200: answer('With its ETag, which another version is applied with.', Mapping) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { name, told } = await shownMapping(hub, nameOf(context.req.valid('param')));
      context.header('etag', etagOf([name, told.version]));
      return context.json(told, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/mappings/{folder}/{name}/versions',
      operationId: 'listMappingVersions',
      tags,
      summary: 'Who put which version in use, and every version there was',
      scope: 'read',
      request: { ...byName, query: query({}) },
      responses: { 200: answer('The last decision first.', History) },
    }),
    async (context) => {
      const { setup } = context.var.hub;
      const { name } = mappingInUse(context.var.hub, nameOf(context.req.valid('param')));
      const { inUse, decisions, versions } = await mappingHistory(setup, name);
      return context.json(
        {
          inUse,
          decisions: decisions.map((one) => ({ ...one, at: one.at.toISOString() })),
          versions: versions.map((one) => ({ ...one, since: one.since.toISOString() })),
        },
        200,
      );
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/mappings/{folder}/{name}/versions/{version}',
      operationId: 'getMappingVersion',
      tags,
      summary: 'The text of one version',
      scope: 'read',
      request: { params: byName.params.extend({ version }), query: query({}) },
      responses: {
        200: answer('The text.', z.object({ name: z.string(), version: z.string(), text: z.string() })),
      },
    }),
    async (context) => {
      const { setup } = context.var.hub;
      const told = context.req.valid('param');
      const kept = await findVersion(setup.database, nameOf(told), told.version);
      return context.json({ name: kept.name, version: kept.version, text: kept.content }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/mappings/{folder}/{name}/diff',
      operationId: 'diffMapping',
      tags,
      summary: 'Two versions, line by line',
      scope: 'read',
      request: {
        ...byName,
        query: query({
          from: text(64).openapi({ description: 'Beginning of a version, active, or file.' }),
          to: text(64).default('active'),
        }),
      },
      responses: { 200: answer('Every line of both.', Diff) },
    }),
    async (context) => {
      const { hub } = context.var;
      const name = nameOf(context.req.valid('param'));
      const { from, to } = context.req.valid('query');
      const [one, two] = [await textNamed(hub, name, from), await textNamed(hub, name, to)];
      const lines = lineDiff(one.text, two.text);
      return context.json({ from: one.version, to: two.version, lines }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/mappings/check',
      operationId: 'checkMapping',
      tags,
      summary: 'What is wrong in a text of a mapping; stores nothing',
      scope: 'configure',
      request: {
        body: body(
          z.strictObject({
            text: mappingText,
            name: text(200)
              .optional()
              .openapi({ description: 'Beside which file it stands: what it extends is there.' }),
          }),
        ),
      },
      responses: {
        200: answer(
          'Every problem with its place.',
          z.object({ ok: z.boolean(), problems: z.array(MappingProblem) }),
        ),
      },
    }),
    async (context) => {
      const { hub } = context.var;
      const { text: given, name } = context.req.valid('json');
      const { landscape, problems } = await hub.setup.live.tryOut(
        name === undefined ? 'text' : fileOf(hub, name),
        given,
      );
      const told = problems.slice(0, 500).map((one) => ({
        ...one,
        // Where the folder lies is the business of this machine.
        file: one.file.split(/[\\/]/).slice(-2).join('/'),
        hint: one.hint ?? null,
        severity: one.severity ?? ('error' as const),
      }));
      return context.json({ ok: landscape !== undefined, problems: told }, 200);
    },
  );

/** A mapping's name from the two parts of its address. */
export function nameOf({ folder, name }: { readonly folder: string; readonly name: string }): string {
  return `${folder}/${name}`;
}

async function shownMapping(hub: ApiHub, wanted: string) {
  const { name, text: source, doc, bases } = mappingInUse(hub, wanted);
  const found = (await mappingsInUse(hub.setup)).find((one) => one.name === name);
  const told = {
    ...(found ?? {
      name,
      version: doc.version,
      from: 'file' as const,
      fileVersion: null,
      isFileNewer: false,
      author: null,
      note: null,
      releasing: false,
    }),
    at: iso(found?.at),
    ...usesOf(hub, name),
    extends: Object.keys(bases),
    text: source,
    lines: mappedLines(doc),
  };
  return { name, told };
}

/** What a mapping is between, and who speaks it. */
function usesOf(hub: ApiHub, name: string) {
  const { doc } = mappingInUse(hub, name);
  const usedBy = hub.world.landscape.parties.flatMap((party) => {
    if (party.mapping.name !== name) return [];
    const { sync, connection, object, reads } = party;
    return [{ sync, connection, object, reads, writes: party.writes !== undefined && party.mapping.writes }];
  });
  return { entity: doc.entity.value, object: doc.object.value, usedBy };
}

async function textNamed(
  hub: ApiHub,
  name: string,
  wanted: string,
): Promise<{ readonly version: string; readonly text: string }> {
  const inUse = mappingInUse(hub, name);
  const loaded = wanted === 'active' ? inUse : wanted === 'file' ? hub.setup.files.get(name) : undefined;
  if (loaded) return { version: loaded.compiled.version, text: loaded.text };
  const kept = await findVersion(hub.setup.database, name, wanted);
  return { version: kept.version, text: kept.content };
}
