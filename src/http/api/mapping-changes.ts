import { z } from '@hono/zod-openapi';
import { shownPreview, shownRehearsal } from '../../explain/preview.ts';
import { insertAudit } from '../../ledger/audit.ts';
import type { JsonObject } from '../../model/index.ts';
import { preview, type Subject } from '../../rehearsal/preview.ts';
import { rehearse } from '../../rehearsal/rehearse.ts';
import { countProposal, type Proposal, putInUse, sideWith } from '../../rehearsal/versions.ts';
import type { ApiHub } from './environment.ts';
import { jobBegun, jobOf } from './jobs.ts';
import { byName, mappingInUse, proposalOf, proposed } from './mapping-text.ts';
import { nameOf } from './mappings.ts';
import { newApi, operation } from './operation.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { etagOf, expectMatch } from './preconditions.ts';
import { about, InvalidRequest } from './refusals.ts';
import { answer, anyJson, body, entityName, json, query, text, told } from './values.ts';

const tags = ['Mappings'];

const Trouble = z.object({ code: z.string(), field: z.string(), message: z.string() });
const Preview = z
  .object({
    mapping: z.string(),
    version: z.string(),
    way: z.enum(['in', 'out']),
    connection: z.string(),
    object: z.string(),
    subject: z.string(),
    applies: z.boolean().nullable().openapi({ description: 'Outward: whether the conditions let it out.' }),
    steps: z.array(
      z.object({
        canonical: z.string().nullable(),
        vendor: z.string().nullable(),
        raw: anyJson,
        converted: anyJson,
        how: z.string(),
        line: z.int(),
        waits: z.array(anyJson),
        errors: z.array(Trouble),
      }),
    ),
    ok: z.boolean(),
    document: anyJson.openapi({ description: 'What came out; null when it cannot be mapped whole.' }),
    waits: z.array(anyJson),
    errors: z.array(Trouble),
  })
  .openapi('MappingPreview');
const Applied = z
  .object({
    name: z.string(),
    version: z.string(),
    replaces: z.string(),
    applied: z.boolean().openapi({ description: 'False: a dry run, or it was in use already.' }),
    copies: z
      .object({
        looked: z.int(),
        due: z.object({ write: z.int(), wait: z.int(), park: z.int(), rest: z.int() }),
        reordered: z.int(),
      })
      .nullable()
      .openapi({
        description: 'Of a dry run: the copies that would become due, by what would happen to them.',
      }),
  })
  .openapi('MappingApplied');

/** Trying mappings out, and putting them in use. */
export const mappingChanges = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/mappings/{folder}/{name}/preview',
      operationId: 'previewMapping',
      tags,
      summary: 'One object through a mapping, value by value; writes nothing',
      description:
        'Without sample and record the last real object there is. Without text and version what is in use; of a real ' +
        'object through another text only the scope pii:read sees values.',
      scope: 'operate',
      request: {
        ...byName,
        query: query(personal),
        body: body(
          z.strictObject({
            ...proposed,
            way: z.enum(['in', 'out']),
            connection: text(80).optional(),
            sample: json
              .optional()
              .openapi({ description: 'A vendor object for in, a golden record for out.' }),
            record: z
              .strictObject({ entity: entityName, number: text(200) })
              .optional()
              .openapi({ description: 'A real record.' }),
          }),
        ),
      },
      responses: { 200: answer('What became of it.', Preview) },
    }),
    async (context) => {
      const { hub } = context.var;
      const { text: given, version, way, connection, sample, record } = context.req.valid('json');
      const shows = showsPersonal(context, context.req.valid('query').personal);
      if (sample !== undefined && record !== undefined)
        throw new InvalidRequest([{ in: 'body', pointer: '/sample', detail: 'give a sample or a record' }]);
      const inUse = mappingInUse(hub, nameOf(context.req.valid('param')));
      const isOther = given !== undefined || version !== undefined;
      const proposal = isOther ? await proposalOf(hub, inUse.name, { text: given, version }) : undefined;
      const subject: Subject =
        sample !== undefined
          ? { kind: 'sample', name: 'sample', value: sample as JsonObject }
          : record === undefined
            ? { kind: 'last' }
            : { kind: 'record', ...record };
      const mapping = proposal?.mapping ?? inUse;
      const { database, landscape, tables } = hub.world;
      const side = proposal?.after ?? { landscape, codes: tables };
      const found = await about(
        { in: 'body', pointer: '/way' },
        preview({ side, mapping, way, subject, connection, database }),
      );
      // Who sends a sample knows what is in it.
      const isReal = subject.kind !== 'sample';
      await notePersonal(context, shows, isReal ? [`${mapping.doc.entity.value}/${found.subject}`] : []);
      const extent = shows || !isReal ? 'all' : isOther ? 'none' : 'masked';
      return context.json(told(Preview, shownPreview(found, mapping.doc, extent)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/mappings/{folder}/{name}/apply',
      operationId: 'applyMapping',
      tags,
      summary:
        'Store a text as a version and put it in use in every process, or go back to a version there was',
      description:
        'Copies it concerns become due at a bounded pace: decisions of GET …/versions tell how far that is. With dryRun ' +
        'only what would become due is counted.',
      scope: 'configure',
      conditional: true,
      request: {
        ...byName,
        body: body(
          z.strictObject({
            ...proposed,
            note: text(500).optional().openapi({ description: 'Why; kept in its history.' }),
            perSecond: z
              .number()
              .min(0.01)
              .max(10_000)
              .default(20)
              .openapi({ description: 'Copies made due.' }),
            dryRun: z.boolean().default(false),
          }),
        ),
      },
      responses: { 200: answer('What was done, or would be.', Applied) },
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { text: given, version, note, perSecond, dryRun } = context.req.valid('json');
      const { name, compiled } = mappingInUse(hub, nameOf(context.req.valid('param')));
      expectMatch(context, etagOf([name, compiled.version]));
      const proposal = await proposalOf(hub, name, { text: given, version });
      const { author } = caller;
      const done = dryRun ? false : await putInUse(hub.setup, proposal, { author, note, perSecond });
      if (done) await noteApplied(hub, proposal, compiled.version, { author, note });
      const now = proposal.mapping.compiled.version;
      context.header('etag', etagOf([name, dryRun ? compiled.version : now]));
      const copies = dryRun ? await countProposal(hub.setup, proposal) : null;
      return context.json({ name, version: now, replaces: compiled.version, applied: done, copies }, 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/mappings/{folder}/{name}/rehearse',
      operationId: 'rehearseMapping',
      tags,
      summary: 'Run the last real messages and records through it, and count what would be different',
      description:
        'The job’s result counts fields and troubles with examples; personal values in examples are hidden from everybody.',
      scope: 'configure',
      request: {
        ...byName,
        body: body(
          z.strictObject({
            ...proposed,
            against: text(64)
              .default('active')
              .openapi({ description: 'active, file, or the beginning of a version.' }),
            last: z
              .int()
              .min(1)
              .max(1_000_000)
              .default(1_000)
              .openapi({ description: 'Objects of each party.' }),
          }),
        ),
      },
      responses: jobBegun,
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { text: given, version, against, last } = context.req.valid('json');
      const name = nameOf(context.req.valid('param'));
      const { after, parties, mapping } = await proposalOf(hub, name, { text: given, version });
      const before = await about({ in: 'body', pointer: '/against' }, sideWith(hub.setup, name, against));
      const { database } = hub.world;
      const job = { kind: 'rehearsal', subject: `mapping/${name}`, author: caller.author };
      const id = await hub.jobs.start(job, async (report) => {
        const progress = (compared: number) => report(compared);
        const found = await rehearse({ database, before, after, parties, last, progress });
        return shownRehearsal(found, mapping.doc);
      });
      context.header('location', `/v1/jobs/${id}`);
      return context.json(await jobOf(hub, id), 202);
    },
  );

async function noteApplied(
  { world }: ApiHub,
  { name, version }: Proposal,
  replaces: string,
  { author, note }: { readonly author: string; readonly note: string | undefined },
): Promise<void> {
  const details = { version: version?.version ?? 'file', replaces, ...(note === undefined ? {} : { note }) };
  await insertAudit(world.database, [
    { author, action: 'mappings.apply', subject: `mapping/${name}`, details },
  ]);
}
