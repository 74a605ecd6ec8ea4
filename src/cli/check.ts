import { Command } from 'commander';
import { invalid } from '../config/index.ts';
import { buildLandscape } from '../setup/landscape.ts';
import { loadMappings } from '../setup/mappings.ts';
import { readEnvironment } from './environment.ts';

/** `lianhub check`: reads configuration and mappings and reports everything that is wrong, without starting. */
export function checkCommand(): Command {
  return new Command('check')
    .description('check hub.yaml and the mappings it uses; exit 1 when anything is wrong')
    .option('-c, --config <file>', 'configuration (default: HUB_CONFIG, else the shipped hub.yaml)')
    .action(async (flags: { config?: string }) => {
      const { config, connectors, openapiFolder } = await readEnvironment(flags.config);
      const loaded = await loadMappings(config, openapiFolder);
      const built = buildLandscape(config, connectors, loaded.mappings);
      const problems = [...loaded.problems, ...built.problems];
      if (problems.length > 0) {
        throw invalid(problems, (file) => loaded.texts.get(file) ?? config.source.text);
      }
      const { landscape } = built;
      process.stdout.write(
        `ok: ${landscape.connections.size} connections, ${landscape.parties.length} parties, ` +
          `${loaded.mappings.size} mappings, ${landscape.rules.length} derivations\n`,
      );
    });
}
