/** What is said about a database under `config` and `secrets`. */
import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

const name = z
  .string()
  .regex(/^[^\p{Cc}]{1,128}$/u, 'expected the plain name of a table or column, without quotes')
  .describe('As it is in the database; the dialect quotes it.');
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const timeZone = z
  .string()
  .refine((zone) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone), {
    error: 'expected a time zone such as Asia/Shanghai',
  });

const changed = z.strictObject({
  column: name,
  as: z
    .enum(['time', 'number'])
    .default('time')
    .describe('time: when the row changed last. number: a counter that grows with every change of any row.'),
  zone: timeZone
    .optional()
    .describe(
      'Of a time kept without a zone (timestamp, datetime). Needed to put it in order with other systems.',
    ),
  overlapMs: z
    .int()
    .nonnegative()
    .default(60_000)
    .describe('How far each poll reads back, ms: longer than the longest transaction that writes there.'),
});

const deleted = z.strictObject({
  column: name,
  is: z
    .array(value)
    .min(1)
    .optional()
    .describe('What stands there when the row is deleted. Default: anything but null, false, 0 and empty.'),
  live: value.optional().describe('What is written there when a row is created, or created again.'),
});

export const objectSchema = z.strictObject({
  table: name.describe('Table or view.'),
  schema: name.optional().describe('Where it is. Default: the schema of the connection.'),
  key: z
    .union([name, z.array(name).min(1)])
    .transform((told) => (Array.isArray(told) ? told : [told]))
    .describe('Column, or columns, that name a row: the remote id.'),
  unique: z
    .union([name, z.array(name).min(1)])
    .transform((told) => (Array.isArray(told) ? told : [told]))
    .optional()
    .describe(
      'Columns of a unique index that we fill in: an existing row is found by them. Default: the key.',
    ),
  number: name.optional().describe('Column with the number people know the row by.'),
  changed: changed
    .optional()
    .describe('Makes polls read what changed. Without it every poll reads the whole table.'),
  deleted: deleted.optional().describe('Rows are not deleted but marked.'),
  remove: z
    .enum(['row', 'mark'])
    .optional()
    .describe('How the hub deletes: the row itself, or by the mark. Absent: it does not.'),
  columns: z
    .record(name, z.enum(['text', 'number', 'boolean', 'json']))
    .optional()
    .describe(
      'The columns there are, and what they hold: only these are read, and mappings are checked against them.',
    ),
  pageSize: z.int().positive().max(10_000).default(500).describe('Rows of one query.'),
  readBeforeWrite: z
    .boolean()
    .default(true)
    .describe('Read a row right before it is updated, so that nothing is overwritten unseen.'),
});
export type TableConfig = z.infer<typeof objectSchema>;

export const sqlConfig = z
  .strictObject({
    dialect: z.enum(['postgres', 'mysql']).describe('mysql: MySQL and MariaDB.'),
    host: z.string().min(1).describe('Name or address of the database server.'),
    port: z.int().positive().max(65_535).optional().describe('Default: 5432 or 3306.'),
    database: z.string().min(1).describe('Name of the database.'),
    user: z.string().min(1).describe('Who signs in; may do what this user is granted.'),
    schema: name.optional().describe('PostgreSQL: default of the objects. Default public.'),
    tls: z
      .enum(['off', 'verify', 'unverified'])
      .default('off')
      .describe('unverified: encrypted, but anybody may be at the other end.'),
    maxConnections: z.int().positive().max(64).default(8).describe('Connections of each process of the hub.'),
    timeoutMs: z.int().positive().max(120_000).default(15_000).describe('Deadline of one statement, ms.'),
    limits: limitsSchema.prefault({}).describe('Transactions; better told as `limits` of the connection.'),
    objects: z
      .record(z.string().regex(/^[A-Za-z][\w-]*$/, 'letters, digits, - and _'), objectSchema)
      .default({}),
  })
  .superRefine(({ objects }, context) => {
    const tell = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path: ['objects', ...path], message });
    for (const [object, { columns, remove, deleted, ...table }] of Object.entries(objects)) {
      if (remove === 'mark' && !deleted)
        tell([object, 'remove'], 'remove: mark needs deleted: say which column is the mark');
      if (!columns) continue;
      const named: [string, readonly (string | undefined)[]][] = [
        ['key', table.key],
        ['unique', table.unique ?? []],
        ['number', [table.number]],
        ['changed', [table.changed?.column]],
        ['deleted', [deleted?.column]],
      ];
      for (const [setting, names] of named) {
        for (const one of names) {
          if (one !== undefined && !(one in columns))
            tell([object, setting], `columns has no ${one}: add it there, or correct the name`);
        }
      }
    }
  });
export type SqlConfig = z.infer<typeof sqlConfig>;

export const sqlSecrets = z.strictObject({ password: z.string().describe('Of the user.') });
export type SqlSecrets = z.infer<typeof sqlSecrets>;
