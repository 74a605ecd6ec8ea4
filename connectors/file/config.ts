/** What is said about a place with files under `config` and `secrets`. */
import { z } from 'zod';
import { limitsSchema } from '../kit/index.ts';

const column = z.string().min(1);
const value = z.union([z.string(), z.number(), z.boolean()]);
const plainName = z
  .string()
  .regex(/^(?!\.)[^/\\\p{Cc}]+$/u, 'expected the name of a file in this folder, without a path');

const place = z.discriminatedUnion(
  'type',
  [
    z
      .strictObject({
        type: z.literal('folder'),
        path: z.string().min(1).describe('From the folder of hub.yaml, unless it is absolute.'),
      })
      .describe('A folder this machine reaches.'),
    z
      .strictObject({
        type: z.literal('sftp'),
        host: z.string().min(1),
        port: z.int().positive().max(65_535).default(22),
        user: z.string().min(1),
        hostKey: z
          .string()
          .regex(
            /^SHA256:[A-Za-z0-9+/]{43}$/,
            'expected SHA256:…, as ssh-keygen -lf shows it; the connection test says which key the server has',
          )
          .describe('Fingerprint of the key of the server: without it anybody could answer in its place.'),
        path: z.string().min(1).default('.'),
      })
      .describe('A folder of an SFTP server; secrets.password or secrets.privateKey.'),
  ],
  { error: 'expected type: folder or sftp' },
);

const write = z.strictObject({
  file: plainName.describe(
    'Name of the file; with as: drop it must contain {{time}}, which makes every file a new one.',
  ),
  as: z
    .enum(['table', 'drop'])
    .default('table')
    .describe(
      'table: one file, in which the row of an object is replaced. drop: every write call puts a new file there, for somebody who fetches them.',
    ),
  bom: z.boolean().default(true).describe('UTF-8 with the mark by which Excel knows it.'),
});

export const objectSchema = z.strictObject({
  files: plainName
    .optional()
    .describe('Names of the files that are read: products-*.csv. * and ? stand for any letters.'),
  format: z.enum(['csv', 'xlsx']).default('csv'),
  encoding: z
    .enum(['utf-8', 'gbk', 'gb18030', 'utf-16le'])
    .default('utf-8')
    .describe('Of CSV. Excel in Chinese saves CSV in gbk, and CSV UTF-8 as it says.'),
  separator: z.string().length(1).default(',').describe('Of CSV; "\\t" for tabs.'),
  sheet: z
    .union([z.int().positive(), z.string().min(1)])
    .default(1)
    .describe('Of Excel: number or name.'),
  headingRow: z
    .int()
    .positive()
    .default(1)
    .describe('Row with the names of the columns; rows above are left out.'),
  id: z
    .union([column, z.array(column).min(1)])
    .transform((told) => (Array.isArray(told) ? told : [told]))
    .describe('Column, or columns, that tell one object from another.'),
  number: column.optional().describe('Column with the number people know it by.'),
  deleted: z
    .strictObject({ column, is: z.array(value).min(1) })
    .optional()
    .describe('How a row says that its object was deleted.'),
  columns: z
    .array(column)
    .min(1)
    .optional()
    .describe('All columns, in the order they are written in; mappings are checked against them.'),
  numbers: z.array(column).default([]).describe('Columns Excel is to take as numbers.'),
  listsAll: z
    .boolean()
    .default(false)
    .describe(
      'The files that are there hold all objects there are: what they lack was deleted. Danger if not so.',
    ),
  done: z
    .union([
      z.literal('keep'),
      z.literal('delete'),
      z.strictObject({ move: plainName.describe('Folder in this one.') }),
    ])
    .default('keep')
    .describe('What becomes of a file once all its rows are kept.'),
  settleMs: z
    .int()
    .nonnegative()
    .default(5_000)
    .describe('A file that was changed less long ago is still being written, ms.'),
  pageSize: z.int().positive().max(5_000).default(500).describe('Rows of one page.'),
  write: write.optional(),
});
export type FileObject = z.infer<typeof objectSchema>;

export const fileConfig = z
  .strictObject({
    place,
    largestExcel: z
      .int()
      .positive()
      .default(20_971_520)
      .describe('Largest Excel file, bytes: it is read as a whole, unlike CSV.'),
    limits: limitsSchema.prefault({}).describe('Not used: a folder has no limits of calls.'),
    objects: z
      .record(z.string().regex(/^[A-Za-z][\w-]*$/, 'letters, digits, - and _'), objectSchema)
      .default({}),
  })
  .superRefine(({ objects }, context) => {
    for (const [name, object] of Object.entries(objects)) {
      const tell = (path: string[], message: string): void =>
        context.addIssue({ code: 'custom', path: ['objects', name, ...path], message });
      if (object.files === undefined && object.write === undefined)
        tell([], 'nothing is read or written: add files, write or both');
      if (object.write?.as === 'drop' && !object.write.file.includes('{{time}}'))
        tell(['write', 'file'], 'with as: drop each file needs a name of its own: put {{time}} into it');
      if (object.write?.as === 'table' && object.write.file.includes('{{'))
        tell(['write', 'file'], 'with as: table there is one file: leave {{…}} out of its name');
      const { columns } = object;
      for (const [setting, names] of [
        ['id', object.id],
        ['number', [object.number]],
        ['deleted', [object.deleted?.column]],
        ['numbers', object.numbers],
      ] as const) {
        for (const one of names) {
          if (columns && one !== undefined && !columns.includes(one))
            tell([setting], `columns has no ${one}: add it there, or correct the name`);
        }
      }
    }
  });
export type FileConfig = z.infer<typeof fileConfig>;
export type PlaceConfig = FileConfig['place'];

export const fileSecrets = z.strictObject({
  password: z.string().min(1).optional().describe('Of an SFTP user.'),
  privateKey: z.string().min(1).optional().describe('Instead: the key itself, in OpenSSH or PEM form.'),
  passphrase: z.string().min(1).optional().describe('Of the private key.'),
});
export type FileSecrets = z.infer<typeof fileSecrets>;
