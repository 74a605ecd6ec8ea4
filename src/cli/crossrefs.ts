import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { endCode, importSheet, setCode } from '../crossrefs/change.ts';
import { fileKind, readTableFile, writeTableFile } from '../crossrefs/files.ts';
import { tablesOverview } from '../crossrefs/overview.ts';
import { tableNamed } from '../crossrefs/table.ts';
import { HubError, reasonOf } from '../errors.ts';
import { listCrossrefs } from '../ledger/crossrefs.ts';
import type { Database } from '../ledger/database.ts';
import { missingCodes } from '../ledger/missing.ts';
import { changeText, missingText, rowsText, tablesText, yesterday } from './crossrefs-text.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';

interface ChangeFlags extends Flags {
  readonly author: string;
  readonly dryRun?: true;
  readonly writeAgain?: true;
}

/** `lianhub crossrefs`: the code tables as people keep them. */
export function crossrefsCommand(around: Surroundings = terminal): Command {
  const command = new Command('crossrefs').description(
    'code tables (基础资料对照): what one of our keys is called in each system, since when and by whom; ' +
      'what is missing, and who waits for it. Works beside a running hub and without one',
  );
  for (const make of [list, show, missing, set, end, importing, exporting]) command.addCommand(make(around));
  return command;
}

function list(around: Surroundings): Command {
  return common(new Command('list'))
    .description('the tables, their columns, how many rows each has, and how many codes are missing')
    .action((flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const tables = await tablesOverview(database);
        print(around, flags, { tables }, () => tablesText(tables));
      }),
    );
}

function show(around: Surroundings): Command {
  return common(new Command('show'))
    .argument('<table>', 'e.g. warehouses')
    .option('--connection <name>', 'only rows of this connection; all: rows that serve every connection')
    .option('--key <key>', 'only this key; parts of several key columns with a bar between them: S01|CNY')
    .option('--on <day>', 'only rows that hold on this day, e.g. 2026-11-01', day)
    .option('--removed', 'also rows that were removed or replaced')
    .description('the rows of a table: of several for one key the one that began last counts')
    .addHelpText('after', '\nExample:\n  lianhub crossrefs show warehouses --connection erp --on 2026-11-01')
    .action(
      (name: string, flags: Flags & { connection?: string; key?: string; on?: string; removed?: true }) =>
        opened(around, flags, async ({ database, connections }) => {
          const table = await tableNamed(database, name);
          const connection =
            flags.connection === undefined ? undefined : named(flags.connection, connections);
          const { key, on, removed } = flags;
          const rows = await listCrossrefs(database, { name, connection, key, on, removed });
          const { keys, values } = table;
          print(around, flags, { table: name, keys, values, rows }, () => rowsText(table, rows));
        }),
    );
}

function missing(around: Surroundings): Command {
  return common(new Command('missing'))
    .option('--table <name>', 'only of this table')
    .option('--connection <name>', 'only of this connection')
    .description('codes something waits for: how many wait, what they are worth and since when')
    .addHelpText('after', '\nExample:\n  lianhub crossrefs missing --connection erp')
    .action((flags: Flags & { table?: string; connection?: string }) =>
      opened(around, flags, async ({ database, connections }) => {
        const connection = flags.connection === undefined ? undefined : named(flags.connection, connections);
        const codes = await missingCodes(database, { table: flags.table, connection });
        print(around, flags, { missing: codes }, () => missingText(codes));
      }),
    );
}

function set(around: Surroundings): Command {
  return changing(around, new Command('set'))
    .argument('<table>', 'e.g. warehouses')
    .argument('<connection>', 'a connection of hub.yaml; all: every connection without a row of its own')
    .argument('<key>', 'our key; parts of several key columns with a bar between them: S01|CNY')
    .argument('<values...>', 'what it is called there; further columns as column=value')
    .option(
      '--from <day>',
      'first business day it holds (default: all days; what there was is replaced)',
      day,
    )
    .option('--to <day>', 'last business day it holds; what was in force goes on after it', day)
    .option('--also', 'understood beside what there is, and not written')
    .option('--create', 'make a table of this name')
    .description('set what a key is called, tell what that touches, and let go on what waited for it')
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub crossrefs set warehouses erp W07 CK007\n' +
        '  lianhub crossrefs set settle-customers erp S01 CUST-9 --from 2026-12-01 --dry-run\n' +
        "  lianhub crossrefs set tax-rates erp 'S01|13' T13 account=2221.01",
    )
    .action(
      (
        table: string,
        connection: string,
        key: string,
        values: string[],
        flags: ChangeFlags & { from?: string; to?: string; also?: true; create?: true },
      ) =>
        opened(around, flags, async ({ database, connections }) => {
          const report = await setCode(database, {
            ...flags,
            table,
            connection: named(connection, connections),
            key,
            values: await valuesFrom(database, table, values),
          });
          print(around, flags, report, () => changeText(report));
        }),
    );
}

function end(around: Surroundings): Command {
  return changing(around, new Command('end'))
    .argument('<table>', 'e.g. warehouses')
    .argument('<connection>', 'a connection of hub.yaml; all: rows that serve every connection')
    .argument('<key>', 'our key')
    .option('--value <value>', 'only this one of several values')
    .option('--last-day <day>', 'last business day it holds (default: yesterday)', day)
    .description('end what a key is called, and tell what that touches; what needs it later waits')
    .addHelpText(
      'after',
      '\nExample:\n  lianhub crossrefs end warehouses erp W07 --last-day 2026-12-31 --dry-run',
    )
    .action(
      (
        table: string,
        connection: string,
        key: string,
        flags: ChangeFlags & { value?: string; lastDay?: string },
      ) =>
        opened(around, flags, async ({ database, connections }) => {
          const report = await endCode(database, {
            ...flags,
            table,
            connection: named(connection, connections),
            key,
            lastDay: flags.lastDay ?? yesterday(),
          });
          print(around, flags, report, () => changeText(report));
        }),
    );
}

function importing(around: Surroundings): Command {
  return changing(around, new Command('import'))
    .argument('<file>', 'CSV or Excel (.xlsx): connection, key, value, if wanted valid_from, valid_to')
    .option('--table <name>', 'default: the name of the file')
    .option('--replace', 'the file is the whole table: rows it does not have are removed')
    .addOption(
      new Option('--encoding <name>', 'of a CSV file').choices(['utf-8', 'gb18030']).default('utf-8'),
    )
    .description(
      'take a file into its table, whole or not at all: each key it names becomes what it says, other keys stay',
    )
    .addHelpText('after', '\nExample:\n  lianhub crossrefs import warehouses.xlsx --dry-run')
    .action(
      (
        file: string,
        flags: ChangeFlags & { table?: string; replace?: true; encoding: 'utf-8' | 'gb18030' },
      ) =>
        opened(around, flags, async ({ database, connections }) => {
          const table = flags.table ?? path.parse(file).name;
          const { encoding } = flags;
          const sheet = await readTableFile(await bytesOf(file), { file, table, connections, encoding });
          const report = await importSheet(database, sheet, flags);
          print(around, flags, report, () => changeText(report));
        }),
    );
}

function exporting(around: Surroundings): Command {
  return common(new Command('export'))
    .argument('<table>', 'e.g. warehouses')
    .argument('[file]', '.csv or .xlsx (default: CSV on standard output)')
    .option('--on <day>', 'only rows that hold on this day', day)
    .description('write a table to a file that import takes back unchanged')
    .addHelpText('after', '\nExample:\n  lianhub crossrefs export warehouses warehouses.xlsx')
    .action((name: string, file: string | undefined, flags: Flags & { on?: string }) =>
      opened(around, flags, async ({ database }) => {
        const table = await tableNamed(database, name);
        const rows = await listCrossrefs(database, { name, on: flags.on });
        const kind = file === undefined ? 'csv' : fileKind(file);
        if (kind === undefined) {
          const expected = 'a file that ends in .csv or .xlsx';
          throw new HubError('crossrefs.bad-value', { what: 'The file', value: file ?? '', expected });
        }
        const bytes = await writeTableFile(kind, table, rows, file !== undefined);
        if (file === undefined) {
          around.write(bytes);
          return;
        }
        await writeFile(file, bytes);
        print(
          around,
          flags,
          { table: name, file, rows: rows.length },
          () => `${rows.length} rows are in ${file}`,
        );
      }),
    );
}

function changing(around: Surroundings, command: Command): Command {
  return common(command)
    .option('--dry-run', 'only tell what would change, what that touches and what would go on')
    .option('--write-again', 'have the copies it touches compared with their systems again')
    .option('--author <name>', 'who says so; kept with the rows', around.user);
}

/** A connection by its name; `all` are the rows for every connection, which have none. */
function named(name: string, connections: readonly string[]): string {
  if (name === 'all') return '';
  if (connections.includes(name)) return name;
  const expected = `one of ${connections.join(', ')}, or all`;
  throw new HubError('crossrefs.bad-value', { what: 'The connection', value: name, expected });
}

/** `CK007 owner=100`: the first column by itself, others by name; a value with = in it is no column nobody knows. */
async function valuesFrom(
  database: Database,
  table: string,
  told: readonly string[],
): Promise<Record<string, string>> {
  const known = (await tablesOverview(database)).find((one) => one.table === table)?.values ?? ['value'];
  const values: Record<string, string> = {};
  for (const [index, text] of told.entries()) {
    const [column = '', ...rest] = text.split('=');
    if (rest.length > 0 && (known.includes(column) || index > 0)) values[column] = rest.join('=');
    else if (index === 0) values[''] = text;
    else {
      const expected = `column=value, of ${known.join(', ')}`;
      throw new HubError('crossrefs.bad-value', { what: 'A further value', value: text, expected });
    }
  }
  return values;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new HubError('config.unreadable', { file, reason: reasonOf(cause) }, cause);
  }
}

function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  throw new InvalidArgumentError('expected a day, for example 2026-11-01');
}
