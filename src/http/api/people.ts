/** Everything kept about one person, exported and erased. */
import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import {
  erasePerson,
  exportPerson,
  findPerson,
  isEmptyQuery,
  previewPerson,
} from '../../lanes/erasure/person.ts';
import { insertAudit } from '../../ledger/audit.ts';
import { newApi, operation, requireScope } from './operation.ts';
import { json, query, text, told } from './values.ts';

const tags = ['People'];

const Named = z
  .strictObject({
    number: text(200).optional().openapi({ description: 'Customer number.' }),
    phone: text(40).optional(),
    member: text(200).optional().openapi({ description: 'Member number.' }),
    unionId: text(200).optional(),
    oneId: text(200)
      .optional()
      .openapi({ description: 'Id of the golden record, or an identity of the kind oneId.' }),
  })
  .openapi('NamedPerson', { description: 'Everything given must hold; something must be given.' });

const counts = z.record(z.string(), z.int());
const Preview = z
  .object({
    records: z.array(z.string()),
    copies: z.array(
      z.object({ connection: z.string(), object: z.string(), remoteId: z.string().nullable() }),
    ),
    documents: counts,
    underWay: z.int().openapi({ description: 'Copies that are being written just now.' }),
    rows: counts.openapi({ description: 'Rows that hold something about them, by table.' }),
    shared: z.int().openapi({ description: 'Values that somebody else has, too: they stay there.' }),
  })
  .openapi('PersonPreview');
const Exported = z
  .looseObject({ records: z.array(json), documents: z.array(json), rows: json })
  .openapi('PersonExport');
const Erased = z
  .object({
    id: z.string(),
    rows: counts,
    audit: z.int().openapi({ description: 'Entries of the audit log whose details were erased.' }),
    left: z
      .int()
      .openapi({ description: 'Rows that still hold a value; 0 unless it has to be asked again.' }),
  })
  .openapi('PersonErasure');

const Order = z
  .strictObject({
    person: Named,
    reason: text(500),
    anyway: z
      .boolean()
      .default(false)
      .openapi({ description: 'Also while copies of theirs are being written.' }),
  })
  .openapi('PersonErasureOrder');

const body = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true as const, content: { 'application/json': { schema } } },
});
const answers = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { 'application/json': { schema } },
});

export const people = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/people/preview',
      operationId: 'previewPerson',
      tags,
      summary: 'What is kept about a person and what erasing would touch, counted',
      scope: 'admin',
      request: { query: query({}), ...body(Named) },
      responses: { 200: answers('What there is.', Preview) },
    }),
    async (context) => {
      const { database } = context.var.hub.world;
      const person = await findPerson(database, named(context.req.valid('json')));
      return context.json(told(Preview, await previewPerson(database, person)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/people/export',
      operationId: 'exportPerson',
      tags,
      summary: 'Everything kept about a person; needs admin, too, and is noted',
      scope: 'pii:read',
      request: { query: query({}), ...body(Named) },
      responses: { 200: answers('All of it.', Exported) },
    }),
    async (context) => {
      const { caller, hub } = context.var;
      requireScope(caller.scopes, 'admin');
      const { database } = hub.world;
      const person = await findPerson(database, named(context.req.valid('json')));
      await insertAudit(database, [
        {
          author: caller.author,
          action: 'person.export',
          subject: `record/${person.records[0]?.id ?? 'none'}`,
          details: { documents: person.documents.length },
        },
      ]);
      return context.json(told(Exported, await exportPerson(database, person)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/people/erase',
      operationId: 'erasePerson',
      tags,
      summary: 'Take a person out of everything; cannot be undone',
      scope: 'admin',
      request: { query: query({}), ...body(Order) },
      responses: { 200: answers('What was changed.', Erased) },
    }),
    async (context) => {
      const { caller, hub } = context.var;
      const { person: who, reason, anyway } = context.req.valid('json');
      const { database } = hub.world;
      const person = await findPerson(database, named(who));
      const { author } = caller;
      const done = await erasePerson(database, person, { keys: hub.keys, author, reason, anyway });
      return context.json(told(Erased, done), 200);
    },
  );

function named(who: z.infer<typeof Named>): z.infer<typeof Named> {
  if (isEmptyQuery(who)) throw new HubError('person.bad-query', { given: 'none of them was given' });
  return who;
}
