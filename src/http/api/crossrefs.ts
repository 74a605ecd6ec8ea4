import { z } from '@hono/zod-openapi';
import { type ChangeReport, endCode, importSheet, setCode } from '../../crossrefs/change.ts';
import { readTableFile, writeTableFile } from '../../crossrefs/files.ts';
import { tablesOverview } from '../../crossrefs/overview.ts';
import { dayBefore } from '../../crossrefs/plan.ts';
import { tableNamed } from '../../crossrefs/table.ts';
import { HubError } from '../../errors.ts';
import { maskedText } from '../../explain/personal.ts';
import { Today } from '../../lanes/today.ts';
import { insertAudit } from '../../ledger/audit.ts';
import {
  type CrossrefRow,
  listCrossrefs,
  pageOfCrossrefs,
  readCrossrefTables,
} from '../../ledger/crossrefs.ts';
import { missingCodes } from '../../ledger/missing.ts';
import type { ApiHub, Caller } from './environment.ts';
import { newApi, operation } from './operation.ts';
import { pageFrom, pageOf, paging, placeAt } from './paging.ts';
import { etagOf, expectMatch } from './preconditions.ts';
import { about, InvalidRequest } from './refusals.ts';
import { answer, body, iso, query, text, told, yesOrNo } from './values.ts';

const tags = ['Code tables'];
const day = z.iso.date().openapi({ example: '2026-11-01' });

const Table = z
  .object({
    table: z.string(),
    keys: z.array(z.string()),
    values: z.array(z.string()),
    rows: z.int(),
    connections: z.array(z.object({ connection: z.string(), rows: z.int() })),
    changedAt: z.string().nullable(),
    missing: z.int().openapi({ description: 'Codes that something waits for.' }),
  })
  .openapi('CodeTable');
const Row = z
  .object({
    connection: z.string().openapi({ description: 'Empty: every connection without a row of its own.' }),
    key: z.string(),
    value: z.string(),
    more: z.record(z.string(), z.string()),
    validFrom: z.string().openapi({ description: '0001-01-01: it always held.' }),
    validTo: z.string().nullable(),
    position: z.int(),
    author: z.string(),
    at: z.string(),
    removedAt: z.string().nullable(),
    removedBy: z.string().nullable(),
  })
  .openapi('CodeRow');
const Missing = z
  .object({
    table: z.string(),
    connection: z.string(),
    code: z.string(),
    back: z.boolean().openapi({ description: 'It is their code that ours is missing for.' }),
    count: z.int(),
    links: z.int(),
    messages: z.int(),
    filled: z.int(),
    amounts: z.array(z.object({ currency: z.string(), amount: z.string() })),
    oldest: z.string(),
    objects: z.array(z.string()),
    says: z.string().nullable(),
  })
  .openapi('MissingCode');
const Report = z
  .object({
    table: z.string(),
    applied: z.boolean(),
    changed: z.int().openapi({ description: 'Keys whose rows change.' }),
    changes: z
      .array(z.looseObject({ connection: z.string(), key: z.string(), from: z.string() }))
      .openapi({ description: 'The first 200 of them.' }),
    touched: z
      .array(z.looseObject({}))
      .openapi({ description: 'Copies last written with one of these codes.' }),
    waiting: z.int().openapi({ description: 'Copies and messages that may go on.' }),
    released: z.int(),
    due: z.int().openapi({ description: 'Copies that are compared again.' }),
  })
  .openapi('CodeChange');

const Rows = pageOf(Row);
const byTable = { params: z.object({ table: z.string().min(1).max(100) }) };
const key = text(500).openapi({
  description: 'Ours; parts of several key columns with a bar between: S01|CNY.',
});
const connection = text(80, 0).openapi({
  description: 'A connection; empty: every one without a row of its own.',
});
const options = {
  dryRun: z.boolean().default(false).openapi({ description: 'Only tell what would change.' }),
  writeAgain: z.boolean().default(false).openapi({ description: 'Compare the copies it touches again.' }),
};
const changed = { 200: answer('What changes, and what that touches.', Report) };
const Place = z.object({
  connection: z.string().max(200),
  key: z.string().max(1_000),
  value: z.string().max(1_000),
  validFrom: day,
});

const reading = newApi()
  .openapi(
    operation({
      method: 'get',
      path: '/v1/crossrefs',
      operationId: 'listCodeTables',
      tags,
      summary: 'Code tables: what our keys are called in each system',
      scope: 'read',
      request: { query: query({}) },
      responses: { 200: answer('All of them.', z.object({ items: z.array(Table) })) },
    }),
    async (context) => {
      const all = await tablesOverview(context.var.hub.world.database);
      const items = all.map((one) => ({ ...one, changedAt: iso(one.changedAt) }));
      return context.json(told(z.object({ items: z.array(Table) }), { items }), 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/crossrefs/{table}',
      operationId: 'listCodes',
      tags,
      summary: 'Rows of one table',
      scope: 'read',
      request: {
        ...byTable,
        query: query({
          ...paging,
          connection: text(80, 0).optional(),
          key: key.optional(),
          on: day.optional().openapi({ description: 'Only rows that hold on this day.' }),
          removed: yesOrNo
            .optional()
            .openapi({ type: 'string', description: 'true: also those that count no longer.' }),
        }),
      },
      responses: { 200: answer('A page of rows; ETag is that of the whole table.', Rows) },
    }),
    async (context) => {
      const { limit, cursor, pretty: _pretty, ...filter } = context.req.valid('query');
      const { database } = context.var.hub.world;
      const table = await tableNamed(database, context.req.valid('param').table);
      const rows = await pageOfCrossrefs(
        database,
        { ...filter, name: table.name },
        limit + 1,
        placeAt(cursor, Place),
      );
      context.header('etag', etagOf([table.name, table.version]));
      const page = pageFrom(rows, limit, shown, ({ connection: at, key: of, value, validFrom }) => ({
        connection: at,
        key: of,
        value,
        validFrom,
      }));
      return context.json(page, 200);
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/crossrefs/{table}/export',
      operationId: 'exportCodes',
      tags,
      summary: 'A table as a file that import takes back unchanged',
      scope: 'read',
      request: {
        ...byTable,
        query: query({
          format: z.enum(['csv', 'xlsx']).default('csv'),
          on: day.optional(),
        }),
      },
      responses: {
        200: {
          description: 'The file.',
          content: {
            'text/csv': { schema: z.string() },
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': {
              schema: z.string().openapi({ format: 'binary' }),
            },
          },
        },
      },
    }),
    async (context) => {
      const { format, on } = context.req.valid('query');
      const { database } = context.var.hub.world;
      const table = await tableNamed(database, context.req.valid('param').table);
      const rows = await listCrossrefs(database, { name: table.name, on });
      const bytes = await writeTableFile(format, table, rows);
      const type =
        format === 'csv'
          ? 'text/csv; charset=utf-8'
          : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
      context.header('etag', etagOf([table.name, table.version]));
      return context.body(new Uint8Array(bytes), 200, {
        'content-type': type,
        'content-disposition': `attachment; filename="${table.name.replace(/[^\w.-]/g, '_')}.${format}"`,
      }) as never;
    },
  )
  .openapi(
    operation({
      method: 'get',
      path: '/v1/missing-codes',
      operationId: 'listMissingCodes',
      tags,
      summary: 'Codes something waits for: how many wait, what they are worth and since when',
      scope: 'read',
      request: {
        query: query({ table: text(100).optional(), connection: text(80).optional() }),
      },
      responses: {
        200: answer('The one most wait for first, 500 at most.', z.object({ items: z.array(Missing) })),
      },
    }),
    async (context) => {
      const { table, connection: of } = context.req.valid('query');
      const found = await missingCodes(context.var.hub.world.database, { table, connection: of });
      const items = found.slice(0, 500).map((one) => ({
        ...one,
        amounts: [...one.amounts],
        objects: [...one.objects],
        oldest: one.oldest.toISOString(),
        // It quotes what was told.
        says: one.says === null ? null : maskedText(one.says, []),
      }));
      return context.json({ items }, 200);
    },
  );

const changing = newApi()
  .openapi(
    operation({
      method: 'post',
      path: '/v1/crossrefs/{table}/set',
      operationId: 'setCode',
      tags,
      summary: 'Set what one key is called, and let go on what waited for it',
      scope: 'operate',
      request: {
        ...byTable,
        body: body(
          z.strictObject({
            connection,
            key,
            values: z.record(text(100, 0), text(500)).openapi({
              description: 'By value column; an empty name is the first.',
              example: { value: 'CK007' },
            }),
            from: day.optional().openapi({ description: 'First business day it holds; absent: all days.' }),
            to: day.optional(),
            also: z.boolean().default(false).openapi({ description: 'Understood beside what there is.' }),
            create: z.boolean().default(false).openapi({ description: 'Make a table of this name.' }),
            ...options,
          }),
        ),
      },
      responses: changed,
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { table } = context.req.valid('param');
      const given = context.req.valid('json');
      connectionMust(hub, given.connection);
      const change = setCode(hub.world.database, { ...given, table, author: caller.author });
      return context.json(await done(hub, caller, 'set', await about(atValues, change)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/crossrefs/{table}/end',
      operationId: 'endCode',
      tags,
      summary: 'End what a key is called; what needs it later waits',
      scope: 'operate',
      request: {
        ...byTable,
        body: body(
          z.strictObject({
            connection,
            key,
            value: text(500).optional().openapi({ description: 'Only this one of several.' }),
            lastDay: day
              .optional()
              .openapi({ description: 'Last business day it holds; absent: yesterday.' }),
            ...options,
          }),
        ),
      },
      responses: changed,
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { table } = context.req.valid('param');
      const { lastDay = yesterday(), ...given } = context.req.valid('json');
      connectionMust(hub, given.connection);
      const change = endCode(hub.world.database, { ...given, table, lastDay, author: caller.author });
      return context.json(await done(hub, caller, 'end', await about(atValues, change)), 200);
    },
  )
  .openapi(
    operation({
      method: 'post',
      path: '/v1/crossrefs/{table}/import',
      operationId: 'importCodes',
      tags,
      summary: 'Take a file into a table, whole or not at all: each key it names becomes what it says',
      scope: 'configure',
      conditional: true,
      request: {
        ...byTable,
        body: body(
          z.strictObject({
            csv: z.string().min(1).max(200_000).optional().openapi({
              description: 'connection, key, value, if wanted valid_from and valid_to; headings first.',
              example: 'connection,key,value\nerp,W07,CK007\n',
            }),
            xlsx: z.base64().min(1).max(240_000).optional().openapi({
              description: 'The same as a file of Excel, in base64; instead of csv.',
            }),
            replace: z.boolean().default(false).openapi({
              description: 'The file is the whole table: rows it does not have are removed.',
            }),
            ...options,
          }),
        ),
      },
      responses: changed,
    }),
    async (context) => {
      const { hub, caller } = context.var;
      const { database, landscape } = hub.world;
      const { table } = context.req.valid('param');
      const { csv, xlsx, ...given } = context.req.valid('json');
      if ((csv === undefined) === (xlsx === undefined))
        throw new InvalidRequest([{ in: 'body', pointer: '', detail: 'give either csv or xlsx' }]);
      const before = (await readCrossrefTables(database)).find((one) => one.name === table);
      expectMatch(context, etagOf([table, before?.version ?? 0]));
      const connections = [...landscape.connections.keys()];
      const at = { in: 'body', pointer: csv === undefined ? '/xlsx' : '/csv' } as const;
      const bytes = csv === undefined ? Buffer.from(xlsx ?? '', 'base64') : Buffer.from(csv);
      const file = `${table}.${csv === undefined ? 'xlsx' : 'csv'}`;
      const sheet = await about(at, readTableFile(bytes, { file, table, connections }));
      const change = importSheet(database, sheet, { ...given, author: caller.author });
      return context.json(await done(hub, caller, 'import', await about(at, change)), 200);
    },
  );

/** Code tables: reading and changing them. */
export const crossrefs = [reading, changing];

const atValues = { in: 'body', pointer: '/values' } as const;

function connectionMust({ world }: ApiHub, name: string): void {
  if (name === '' || world.landscape.connections.has(name)) return;
  const expected = `one of ${[...world.landscape.connections.keys()].join(', ')}, or nothing for all`;
  const { message } = new HubError('crossrefs.bad-value', { what: 'The connection', value: name, expected });
  throw new InvalidRequest([{ in: 'body', pointer: '/connection', detail: message }]);
}

/** The day before today, where business days begin. */
function yesterday(): string {
  return dayBefore(new Today(Date.now).day);
}

/** Rings what goes on, notes who did it, and tells what was done. */
async function done(
  { world }: ApiHub,
  { author }: Caller,
  what: 'set' | 'end' | 'import',
  report: ChangeReport,
): Promise<z.infer<typeof Report>> {
  world.ring(report.lanes);
  const { table, applied, changes, waiting, released, due } = report;
  if (applied && changes.length > 0) {
    const details = {
      keys: changes.slice(0, 50).map((one) => `${one.connection}/${one.key}`),
      count: changes.length,
    };
    await insertAudit(world.database, [
      { author, action: `crossrefs.${what}`, subject: `crossref/${table}`, details },
    ]);
  }
  return {
    ...{ table, applied, waiting, released, due, changed: changes.length },
    changes: changes.slice(0, 200).map((one) => ({ ...one })),
    touched: report.touched.slice(0, 200).map((one) => ({ ...one })),
  };
}

function shown(row: CrossrefRow): z.infer<typeof Row> {
  const { name: _name, at, removedAt, more, validTo, ...rest } = row;
  return {
    ...rest,
    more: { ...more },
    validTo: validTo ?? null,
    at: at.toISOString(),
    removedAt: iso(removedAt),
  };
}
