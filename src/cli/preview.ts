import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { InvalidConfig } from '../config/index.ts';
import { HubError, reasonOf } from '../errors.ts';
import { CodeTables } from '../lanes/code-tables.ts';
import { attachEmbedded } from '../ledger/embedded/index.ts';
import type { TraceStep } from '../mapping/index.ts';
import { isObject, type JsonObject } from '../model/index.ts';
import { isError } from '../problems/index.ts';
import { type Preview, type PreviewOptions, preview, type Subject } from '../rehearsal/preview.ts';
import { proposeText } from '../rehearsal/versions.ts';
import { inspect } from '../setup/inspect.ts';
import { buildLandscape } from '../setup/landscape.ts';
import { checkMappingFile, type LoadedMapping, MappingSurroundings } from '../setup/mappings.ts';
import { describeConnections } from '../setup/objects.ts';
import { codesOfSeeds } from '../setup/seed-codes.ts';
import { readTableSeeds } from '../setup/tables.ts';
import { readEnvironment } from './environment.ts';
import { textOf } from './mappings.ts';
import { withHub } from './opened.ts';
import { columns, cut } from './table.ts';

interface Flags {
  readonly config?: string;
  readonly json?: true;
  readonly sample?: string;
  readonly record?: readonly string[];
  readonly last?: true;
  readonly in?: true;
  readonly out?: true;
  readonly connection?: string;
}

/** `lianhub preview`: one object through one mapping, value by value. */
export function previewCommand(): Command {
  return new Command('preview')
    .argument('<mapping>', 'name of a mapping in use (kingdee/order), or a mapping file')
    .description(
      'show value by value what a mapping makes of one object: where it was found, what it becomes, and which line ' +
        'says so. Writes nothing; with a sample it needs no database. Exit 1 when the object cannot be mapped whole',
    )
    .option('-s, --sample <file>', 'JSON: a vendor object for --in, a golden record for --out')
    .option('-r, --record <entity and number...>', 'a real record, e.g. --record order W2026110100017')
    .option('-l, --last', 'the last real one there is')
    .option('-i, --in', 'what the vendor told becomes (default where the mapping reads)')
    .option('-o, --out', 'what the vendor would be told')
    .option('--connection <name>', 'whose, where several connections speak the mapping')
    .option('-c, --config <file>', 'configuration (default: HUB_CONFIG, else the shipped hub.yaml)')
    .option(
      '--json',
      'print one JSON document: { mapping, way, steps: [{ canonical, vendor, raw, converted, … }] }',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub preview kingdee/order --out --record order W2026110100017\n' +
        '  lianhub preview mappings/pospal/online-order.yaml --in --sample order.json --json',
    )
    .action(async (mapping: string, flags: Flags) => {
      const subject = await subjectOf(flags);
      const shown = await run(mapping, subject, flags);
      if (flags.json) process.stdout.write(`${JSON.stringify(shown)}\n`);
      else process.stdout.write(`${textOfPreview(shown)}\n`);
      if (!shown.result.ok) process.exitCode = 1;
    });
}

async function subjectOf(flags: Flags): Promise<Subject> {
  if (flags.sample !== undefined)
    return { kind: 'sample', name: flags.sample, value: await readSample(flags.sample) };
  const [entity, number, ...more] = flags.record ?? [];
  if (entity !== undefined && number !== undefined && more.length === 0)
    return { kind: 'record', entity, number };
  if (flags.record !== undefined)
    throw new InvalidArgumentError('--record takes an entity and a number, e.g. --record order W20261101');
  return { kind: 'last' };
}

async function readSample(file: string): Promise<JsonObject> {
  let reason = 'it is another kind of value';
  try {
    const value: unknown = JSON.parse(await readFile(path.resolve(file), 'utf8'));
    if (isObject(value)) return value;
  } catch (error) {
    reason = reasonOf(error);
  }
  throw new HubError('preview.bad-sample', { file, reason });
}

async function run(name: string, subject: Subject, flags: Flags): Promise<Preview> {
  const options = await readEnvironment(flags.config);
  const hasData = options.databaseUrl !== undefined || (await attachEmbedded(options.dataDir)) !== undefined;
  if (subject.kind === 'sample' && !hasData) return preview(await withoutData(name, subject, flags));
  return withHub(flags.config, async (hub) => {
    const isFile = name.endsWith('.yaml') && existsSync(path.resolve(name));
    const proposed = isFile ? await proposeText(hub, name, await textOf(name)) : undefined;
    const mapping = proposed?.mapping ?? hub.live.mappings.get(name);
    if (!mapping)
      throw new HubError('mappings.unknown', { name, known: [...hub.live.mappings.keys()].join(', ') });
    return preview({
      side: proposed?.after ?? hub.now,
      mapping,
      way: wayOf(mapping, flags),
      subject,
      connection: flags.connection,
      database: hub.database,
    });
  });
}

/** From files alone: codes are those of the seeds, references are not known. */
async function withoutData(name: string, subject: Subject, flags: Flags): Promise<PreviewOptions> {
  const options = await readEnvironment(flags.config);
  const { errors, textOf: sourceOf, mappings } = await inspect(options);
  if (errors.length > 0) throw new InvalidConfig(errors, sourceOf);
  const { config, connectors, openapiFolder } = options;
  const own = describeConnections(config, connectors).schemas;
  const given = await givenFile(name, new MappingSurroundings(openapiFolder, undefined, config, own));
  const mapping = given ?? mappings.get(name);
  if (!mapping) throw new HubError('mappings.unknown', { name, known: [...mappings.keys()].join(', ') });
  const { landscape } = buildLandscape(config, connectors, new Map(mappings).set(mapping.name, mapping));
  const codes = codesOfSeeds(await readTableSeeds(config.tables), new CodeTables());
  const way = wayOf(mapping, flags);
  return { side: { landscape, codes }, mapping, way, subject, connection: flags.connection };
}

async function givenFile(
  name: string,
  surroundings: MappingSurroundings,
): Promise<LoadedMapping | undefined> {
  if (!name.endsWith('.yaml')) return undefined;
  const checked = await checkMappingFile(path.resolve(name), surroundings);
  if (checked === undefined)
    throw new HubError('mappings.unreadable', { file: name, reason: 'there is no such file' });
  const { file, text, bases, doc, compiled, problems } = checked;
  if (doc === undefined || compiled === undefined)
    throw new InvalidConfig(problems.filter(isError), () => text);
  return { name: compiled.name, file, text, bases, doc, compiled };
}

function wayOf(mapping: LoadedMapping, flags: Flags): 'in' | 'out' {
  if (flags.out) return 'out';
  if (flags.in) return 'in';
  const reads = mapping.compiled.mappedPaths.some((one) => one !== 'states.approval');
  return reads && mapping.doc.direction !== 'out' ? 'in' : 'out';
}

function textOfPreview(shown: Preview): string {
  const { mapping, version, way, connection, object, subject, file } = shown;
  const arrow = way === 'in' ? `${connection} ${object} → hub` : `hub → ${connection} ${object}`;
  const rows = shown.steps.flatMap((step) => rowsOf(step, way));
  const { result } = shown;
  const end = result.ok
    ? []
    : [
        '',
        `It cannot be mapped whole: ${[...result.errors, ...result.waits].length} values stand in the way.`,
      ];
  const kept = shown.applies === false ? ["  The mapping's when: does not let it out."] : [];
  return [`${mapping} ${version} (${file})`, `${arrow}, ${subject}`, ...kept, '', columns(rows), ...end].join(
    '\n',
  );
}

function rowsOf(step: TraceStep, way: 'in' | 'out'): string[][] {
  const [from, to] = way === 'in' ? [step.vendor, step.canonical] : [step.canonical, step.vendor];
  const row = [
    `:${step.line}`,
    cut(`${from ?? ''} → ${to ?? ''}`, 70),
    `${valueText(step.raw)} → ${valueText(step.converted)}`,
    cut(step.how, 60),
  ];
  const trouble = [
    ...step.errors.map((error) => `${error.code}: ${error.message}`),
    ...step.waits.map((wait) =>
      wait.kind === 'ref'
        ? `waits for ${wait.entity} ${wait.id}`
        : `waits for table ${wait.table}/${wait.key}`,
    ),
  ];
  return [row, ...trouble.map((line) => ['', '', `! ${line}`])];
}

function valueText(value: TraceStep['raw']): string {
  return value === undefined ? '—' : cut(typeof value === 'string' ? value : JSON.stringify(value), 40);
}
