import { z } from '@hono/zod-openapi';
import { HubError } from '../../errors.ts';
import { shownEntry } from '../../explain/audit-entry.ts';
import { listAudit, readAudit } from '../../ledger/audit.ts';
import { verifyAudit } from '../../ledger/audit-chain.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { notePersonal, personal, showsPersonal } from './personal.ts';
import { json, moment, query, text, told } from './values.ts';

const tags = ['Audit'];

const Entry = z
  .object({
    id: z.int(),
    at: z.string(),
    author: z.string().openapi({ description: 'A person, or token/<name>.' }),
    action: z.string(),
    subject: z.string(),
    details: json,
  })
  .openapi('AuditEntry');

const Entries = pageOf(Entry);

const Report = z
  .object({
    entries: z.int(),
    head: z.object({ seq: z.int(), hash: z.string() }).nullable().openapi({
      description: 'End of the chain. Noted elsewhere it shows later that nothing was rewritten.',
    }),
    findings: z.array(
      z.object({
        kind: z.enum(['changed', 'removed', 'added', 'erased']),
        seq: z.int().nullable(),
        auditId: z.int().nullable(),
      }),
    ),
  })
  .openapi('AuditReport');

export const audit = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/audit',
      operationId: 'listAudit',
      tags,
      summary: 'Who decided what, the latest first',
      scope: 'admin',
      request: {
        query: query({
          ...paging,
          ...personal,
          author: text(100).optional(),
          action: text(100).optional().openapi({ description: 'tokens.create, or tokens for all of them' }),
          subject: text(300).optional(),
          since: moment.optional(),
        }),
      },
      responses: {
        200: {
          description: 'A page of entries.',
          content: { 'application/json': { schema: Entries } },
        },
      },
    }),
    async (context) => {
      const { limit, cursor, author, action, subject, since, personal: asked } = context.req.valid('query');
      const shows = showsPersonal(context, asked);
      const before = placeAt(cursor, z.int().positive());
      const filter = {
        author,
        action,
        subject,
        since: since === undefined ? undefined : new Date(since),
        before,
      };
      const rows = await listAudit(context.var.hub.world.database, filter, limit + 1);
      await notePersonal(
        context,
        shows,
        rows.slice(0, limit).map((row) => `audit/${row.id}`),
      );
      const page = pageFrom(
        rows,
        limit,
        (row) => shownEntry(row, shows),
        (row) => row.id,
      );
      return context.json(told(Entries, page), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/audit/chain',
      operationId: 'verifyAudit',
      tags,
      summary: 'Whether the audit log is what was written: recomputes the chain, all of it',
      scope: 'admin',
      request: { query: query({}) },
      responses: {
        200: { description: 'What was found.', content: { 'application/json': { schema: Report } } },
      },
    }),
    async (context) => {
      const { entries, head, findings } = await verifyAudit(context.var.hub.world.database);
      return context.json({ entries, head: head ?? null, findings: [...findings] }, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/audit/{id}',
      operationId: 'getAuditEntry',
      tags,
      summary: 'One entry',
      scope: 'admin',
      request: { params: z.object({ id: z.string().regex(/^\d{1,15}$/) }), query: query(personal) },
      responses: { 200: { description: 'It.', content: { 'application/json': { schema: Entry } } } },
    }),
    async (context) => {
      const { id } = context.req.valid('param');
      const shows = showsPersonal(context, context.req.valid('query').personal);
      const row = await readAudit(context.var.hub.world.database, Number(id));
      if (!row) throw new HubError('audit.unknown', { id });
      await notePersonal(context, shows, [`audit/${id}`]);
      return context.json(told(Entry, shownEntry(row, shows)), 200);
    },
  );
