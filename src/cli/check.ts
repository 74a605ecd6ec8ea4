import { Command } from 'commander';
import { invalid } from '../config/index.ts';
import { buildLandscape } from '../setup/landscape.ts';
import { loadMappings } from '../setup/mappings.ts';
import { checkSessions } from '../setup/sessions.ts';
import { readEnvironment } from './environment.ts';

/** `lianhub check`: reads configuration and mappings and reports everything that is wrong, without starting. */
export function checkCommand(): Command {
  return new Command('check')
    .description(
      'read hub.yaml, the mappings it uses and the settings of each connection, and list all that is wrong ' +
        'with its place; exit 1 when anything is. Nothing is started and no vendor is called',
    )
    .option('-c, --config <file>', 'configuration (default: HUB_CONFIG, else the shipped hub.yaml)')
    .action(async (flags: { config?: string }) => {
      const { config, connectors, openapiFolder } = await readEnvironment(flags.config);
      const loaded = await loadMappings(config, openapiFolder);
      const built = buildLandscape(config, connectors, loaded.mappings);
      const settings = await checkSessions(config, connectors);
      const problems = [...settings, ...loaded.problems, ...built.problems];
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
