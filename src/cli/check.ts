import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { formatProblems, InvalidConfig, type Problem } from '../config/index.ts';
import type { HubOptions } from '../hub.ts';
import { packageRoot } from '../hub.ts';
import { inOrder, isError, problemReport } from '../problems/index.ts';
import { redacted } from '../security/index.ts';
import { inspect } from '../setup/inspect.ts';
import { checkMappingFile, MappingSurroundings, mappingNames } from '../setup/mappings.ts';
import { describeConnections } from '../setup/objects.ts';
import { checkSessions } from '../setup/sessions.ts';
import { tableFacts } from '../setup/table-facts.ts';
import { inspectTableSeeds } from '../setup/tables.ts';
import { readEnvironment } from './environment.ts';

interface Checked {
  readonly problems: readonly Problem[];
  readonly textOf: (file: string) => string;
  /** What was looked at, for the line that says that all is well. */
  readonly seen: string;
}

/** `lianhub check`: reads configuration and mappings and reports everything that is wrong, without starting. */
export function checkCommand(): Command {
  return new Command('check')
    .argument('[files...]', 'mappings, or configurations with all they use (default: the configuration)')
    .description(
      'read hub.yaml, the mappings it uses and the settings of each connection, and list all that is wrong ' +
        'with its place; exit 1 when anything is. Nothing is started and no vendor is called',
    )
    .option('-c, --config <file>', 'configuration (default: HUB_CONFIG, else the shipped hub.yaml)')
    .option('--json', 'print one JSON document: { ok, problems: [{ file, line, column, code, … }] }')
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub check -c deploy/hub.yaml\n  lianhub check mappings/kingdee/order.yaml --json',
    )
    .action(async (files: readonly string[], flags: { config?: string; json?: true }) => {
      const { problems, textOf, seen } = await checkAll(files, flags.config);
      const failed = problems.some(isError);
      if (flags.json) {
        process.stdout.write(`${redacted.text(JSON.stringify(problemReport(problems)))}\n`);
      } else {
        if (problems.length > 0) process.stderr.write(`${redacted.text(formatProblems(problems, textOf))}\n`);
        process.stdout.write(failed ? '' : `ok: ${seen}\n`);
        if (failed) process.stderr.write(`${countOf(problems)}\n`);
      }
      if (failed) process.exitCode = 1;
    });
}

/** Configurations among the files are checked with everything they use, the others as mappings. */
async function checkAll(files: readonly string[], configFile: string | undefined): Promise<Checked> {
  const configurations: string[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (/^connections:/m.test(text)) configurations.push(file);
  }
  const mappings = files.filter((file) => !configurations.includes(file));
  const parts = [
    ...(mappings.length > 0 || files.length === 0 ? [await check(mappings, configFile)] : []),
    ...(await Promise.all(configurations.map((file) => check([], file)))),
  ];
  return {
    problems: parts.flatMap((part) => part.problems),
    textOf: (file) =>
      parts.find((part) => part.problems.some((one) => one.file === file))?.textOf(file) ?? '',
    seen: parts.map((part) => part.seen).join('; '),
  };
}

async function check(files: readonly string[], configFile: string | undefined): Promise<Checked> {
  let options: HubOptions;
  try {
    options = await readEnvironment(configFile);
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    if (files.length > 0) return checkFiles(files, undefined);
    // What the configuration says is not known; the mappings beside it can be checked all the same.
    const folder = error.mappings;
    const names = folder === undefined ? [] : await mappingNames(folder);
    const beside = await checkFiles(
      names.map((name) => path.join(folder ?? '', `${name}.yaml`)),
      undefined,
    );
    const mine = new Set(error.problems.map((problem) => problem.file));
    return {
      problems: [...error.problems, ...beside.problems],
      textOf: (file) => (mine.has(file) ? error.textOf(file) : beside.textOf(file)),
      seen: '',
    };
  }
  if (files.length > 0) return checkFiles(files, options);
  const { landscape, mappings, errors, warnings, textOf } = await inspect(options);
  const settings = await checkSessions(options.config, options.connectors);
  return {
    problems: inOrder([...settings, ...errors, ...warnings]),
    textOf,
    seen:
      `${landscape.connections.size} connections, ${landscape.parties.length} parties, ` +
      `${mappings.size} mappings, ${landscape.rules.length} derivations`,
  };
}

/** Mapping files alone; `options` tell which code tables and fields of their own there are. */
async function checkFiles(files: readonly string[], options: HubOptions | undefined): Promise<Checked> {
  const openapiFolder = options?.openapiFolder ?? path.join(packageRoot, 'openapi');
  const tables = options && tableFacts(await inspectTableSeeds(options.config.tables));
  const own = options && describeConnections(options.config, options.connectors).schemas;
  const surroundings = new MappingSurroundings(openapiFolder, tables, options?.config, own);
  const problems: Problem[] = [];
  const texts = new Map<string, string>();
  for (const file of files) {
    const checked = await checkMappingFile(path.resolve(file), surroundings);
    if (checked === undefined) {
      const message = 'the file cannot be read';
      problems.push({ file, line: 1, column: 1, code: 'mapping.unreadable', message });
      continue;
    }
    for (const [base, text] of checked.extended) texts.set(base, text);
    texts.set(checked.file, checked.text);
    problems.push(...checked.problems);
  }
  const count = files.length === 1 ? 'a mapping' : `${files.length} mappings`;
  return { problems, textOf: (file) => texts.get(file) ?? '', seen: count };
}

function countOf(problems: readonly Problem[]): string {
  const errors = problems.filter(isError).length;
  const warnings = problems.length - errors;
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  return warnings === 0
    ? counted(errors, 'error')
    : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
}
