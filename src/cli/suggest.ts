import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { HubError, reasonOf } from '../errors.ts';
import { suggest } from '../mapping/index.ts';
import {
  entities,
  entityNames,
  isEntityName,
  isObject,
  type Json,
  type JsonObject,
  withExt,
} from '../model/index.ts';
import { hintFor } from '../problems/index.ts';
import { MappingSurroundings } from '../setup/mappings.ts';
import { describeConnections } from '../setup/objects.ts';
import { inspectTableSeeds } from '../setup/tables.ts';
import { readEnvironment } from './environment.ts';

interface Flags {
  readonly connector: string;
  readonly object: string;
  readonly entity: string;
  readonly samples?: string;
  readonly direction: string;
  readonly name?: string;
  readonly config?: string;
  readonly json?: true;
}

const directions = ['in', 'out', 'both'] as const;

/** `lianhub suggest`: a first draft of a mapping, for a person to go on with. */
export function suggestCommand(): Command {
  return new Command('suggest')
    .description(
      'draft a mapping from names (English and Chinese), types, formats and samples. The best guess comes first, ' +
        'with how alike it looks; what somebody must decide is a gap that lianhub check reports until it is decided',
    )
    .requiredOption(
      '--connector <name>',
      'the connector, a connection that describes its own objects, or the name of openapi/<name>.yaml',
    )
    .requiredOption('--object <name>', "the vendor's object, as in openapi/<connector>.yaml")
    .requiredOption('--entity <name>', `the canonical entity: ${entityNames.join(', ')}`)
    .option('--samples <file>', 'JSON file with one object of the vendor, or a list of them')
    .option('--direction <way>', `${directions.join(', ')}`, 'both')
    .option('--name <mapping>', 'name of the mapping (default: connector/object)')
    .option('-c, --config <file>', 'configuration, for the code tables there are')
    .option(
      '--json',
      'print one JSON document: { mapping, text, gaps, guesses: [{ path, at, score, others }] }',
    )
    .addHelpText(
      'after',
      '\nExample:\n  lianhub suggest --connector kingdee --object SAL_SaleOrder --entity order > mappings/kingdee/my-order.yaml',
    )
    .action(async (flags: Flags) => {
      const { config, connectors, openapiFolder } = await readEnvironment(flags.config);
      const direction = directions.find((way) => way === flags.direction);
      if (direction === undefined) throw refused('--direction', flags.direction, directions);
      if (!isEntityName(flags.entity)) throw refused('--entity', flags.entity, entityNames);
      const surroundings = new MappingSurroundings(openapiFolder);
      const own = describeConnections(config, connectors).schemas.get(flags.connector);
      const described = own ?? (await surroundings.schemas(flags.connector));
      const schema = described?.[flags.object];
      const samples = flags.samples === undefined ? [] : await readSamples(flags.samples);
      if (schema === undefined && samples.length === 0) {
        throw described === undefined
          ? new HubError('suggest.nothing-known', {
              what: `${path.join(path.relative(process.cwd(), openapiFolder), flags.connector)}.yaml does not exist`,
            })
          : refused('--object', flags.object, Object.keys(described));
      }
      const { tables } = await inspectTableSeeds(config.tables);
      const name = flags.name ?? `${flags.connector}/${flags.object}`;
      const made = suggest({
        name,
        object: flags.object,
        direction,
        entity: withExt(entities, config.ext)[flags.entity],
        tables: tables.map((table) => table.name),
        components: described ?? {},
        samples,
        ...(schema === undefined ? {} : { objectSchema: schema }),
      });
      const { text, gaps, guesses } = made;
      process.stdout.write(flags.json ? `${JSON.stringify({ mapping: name, text, gaps, guesses })}\n` : text);
      if (!flags.json) process.stderr.write(`${guesses.length} guesses, ${gaps} gaps to be decided\n`);
    });
}

async function readSamples(file: string): Promise<JsonObject[]> {
  let value: Json;
  try {
    value = JSON.parse(await readFile(file, 'utf8')) as Json;
  } catch (cause) {
    throw new HubError('suggest.bad-samples', { file, reason: reasonOf(cause) }, cause);
  }
  const samples = (Array.isArray(value) ? value : [value]).filter((one) => isObject(one));
  if (samples.length > 0) return samples;
  throw new HubError('suggest.bad-samples', { file, reason: 'it holds no object' });
}

function refused(option: string, value: string, known: readonly string[]): HubError<'suggest.unknown'> {
  return new HubError('suggest.unknown', {
    option,
    value,
    expected: hintFor(value, known) ?? 'something else',
  });
}
