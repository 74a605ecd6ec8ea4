import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { defaultPerSecond } from '../rehearsal/activation.ts';
import {
  type Applied,
  applyConfiguration,
  type Planned,
  planConfiguration,
} from '../rollout/configuration.ts';
import { needsRestart } from '../rollout/desk.ts';
import type { Difference } from '../rollout/difference.ts';
import { exportConfiguration } from '../rollout/export.ts';
import type { Stored } from '../rollout/store.ts';
import { storedOf } from '../rollout/stored.ts';
import { redact, redacted } from '../security/index.ts';
import { whole } from './daily-options.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { readEnvironment } from './environment.ts';

/** Where these commands find the data and the files. */
export interface RolloutSurroundings extends Surroundings {
  /** Configuration and mappings on disk; throws `config.invalid` with everything that is wrong. */
  read(configFile: string | undefined): Promise<Stored>;
}

export const rolloutTerminal: RolloutSurroundings = {
  ...terminal,
  read: async (configFile) => storedOf(await readEnvironment(configFile)),
};

export { storedOf };

const planCodes =
  '\nExit codes:\n  0  nothing would be changed\n  1  the configuration is wrong, or cannot be read\n  2  something would be changed\n  3  something would be changed that apply refuses without --allow\n';

/** `lianhub plan`: what the files would change of what is in use. */
export function planCommand(around: RolloutSurroundings = rolloutTerminal): Command {
  return common(new Command('plan'))
    .description(
      'say what hub.yaml, mappings and code tables on disk would change of what is in use: connections, syncs, mappings ' +
        'by version, code tables, rules, subscriptions. Writes nothing',
    )
    .addHelpText(
      'after',
      `\nExamples:\n  lianhub plan\n  lianhub plan -c deploy/hub.yaml --json\n${planCodes}`,
    )
    .action((flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const planned = await planConfiguration(database, await around.read(flags.config));
        print(around, flags, shown(planned), () => redacted.text(planText(planned)));
        if (planned.orphans.length > 0) process.exitCode = 3;
        else if (planned.differences.length > 0) process.exitCode = 2;
      }),
    );
}

/** `lianhub apply`: put the files in use. */
export function applyCommand(around: RolloutSurroundings = rolloutTerminal): Command {
  return common(new Command('apply'))
    .requiredOption('--reason <text>', 'why; kept in the audit log')
    .option('--author <name>', 'who does it; kept in the audit log', around.user)
    .option(
      '--expect <n>',
      'refuse when another configuration than this (of plan --json: base.id) is in use',
      whole,
    )
    .option('--rate <n>', 'so many copies a second that a changed mapping concerns', whole, defaultPerSecond)
    .addOption(
      new Option('--allow <what...>', 'orphans: copies lose the place they are kept in').choices(['orphans']),
    )
    .description(
      'put hub.yaml, mappings and code tables on disk in use, all of it in one transaction or nothing. Mappings are used ' +
        'at once, everywhere, and what they change is written at a rate; the rest is used by hubs that start from now on',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub apply --reason "tax rate of gifts"\n  lianhub apply --reason "the old till is gone" --allow orphans\n' +
        '\nExit codes:\n  0  in use, or nothing was to be changed\n  1  refused; the error says why\n',
    )
    .action(
      (
        flags: Flags & {
          reason: string;
          author: string;
          expect?: number;
          rate: number;
          allow?: readonly string[];
        },
      ) =>
        opened(around, flags, async ({ database }) => {
          const { reason, author, expect: expected, rate: perSecond, allow = [] } = flags;
          const allowOrphans = allow.includes('orphans');
          const done = await applyConfiguration(
            database,
            await around.read(flags.config),
            { author, reason },
            { allowOrphans, expected, perSecond },
          );
          print(around, flags, { ...shown(done), id: done.id, reruns: done.reruns }, () =>
            redacted.text(appliedText(done)),
          );
        }),
    );
}

/** `lianhub export`: the configuration in use, as files. */
export function exportCommand(around: Surroundings = terminal): Command {
  return common(new Command('export'))
    .option('--folder <folder>', 'write hub.yaml and the mappings there (default: print hub.yaml)')
    .description(
      'write the configuration that is in use: hub.yaml with a variable in the place of each secret, and the mappings',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub export > hub.yaml\n  lianhub export --folder backup\n\nExit codes:\n  0  written\n  1  nothing was ever put in use, or a file cannot be written\n',
    )
    .action((flags: Flags & { folder?: string }) =>
      opened(around, flags, async ({ database }) => {
        const exported = await exportConfiguration(database);
        const { files, variables, at, author } = exported;
        if (flags.folder === undefined) {
          print(around, flags, exported, () => (files['hub.yaml'] ?? '').trimEnd());
          return;
        }
        for (const [name, text] of Object.entries(files)) {
          const file = path.join(flags.folder, name);
          await mkdir(path.dirname(file), { recursive: true });
          await writeFile(file, text);
        }
        const told = { at, author, folder: flags.folder, files: Object.keys(files), variables };
        print(around, flags, told, () => {
          const set = variables.length === 0 ? '' : ` Set before use: ${variables.join(', ')}.`;
          return `${Object.keys(files).length} files written to ${flags.folder}.${set}`;
        });
      }),
    );
}

/** Settings may hold what somebody should not have written there. */
function shown(planned: Planned): Planned {
  const { base, orphans } = planned;
  return { base, orphans, differences: redact(planned.differences) as unknown as Difference[] };
}

function planText({ base, differences, orphans }: Planned): string {
  const head = base
    ? `In use: configuration ${base.id}, by ${base.author} (${base.via}) at ${base.at}.`
    : 'Nothing was put in use yet: everything is new.';
  const lines = differences.flatMap(({ section, name, change, values }) => {
    const sign = { added: '+', removed: '-', changed: '~' }[change];
    const details = values.slice(0, 20).map((one) => {
      const at = one.path === '' ? '' : `${one.path}: `;
      return `      ${at}${JSON.stringify(one.before)} → ${JSON.stringify(one.after)}`;
    });
    const more = values.length > 20 ? [`      … and ${values.length - 20} more`] : [];
    return [`  ${sign} ${section} ${name}`.trimEnd(), ...details, ...more];
  });
  const lost = orphans.map(({ place, copies }) => `  ! ${copies} copies of ${place} would be kept nowhere`);
  const foot =
    orphans.length > 0
      ? ['lianhub apply refuses this without --allow orphans.']
      : differences.length === 0
        ? ['Nothing would be changed.']
        : [];
  return [head, ...lines, ...lost, ...foot].join('\n');
}

function appliedText(done: Applied): string {
  if (done.id === null && done.reruns.length === 0) return 'Nothing was to be changed.';
  const restart = needsRestart(done);
  return [
    planText({ ...done, orphans: [] }),
    `Configuration ${done.id ?? done.base?.id} is in use.`,
    ...(done.reruns.length > 0
      ? [`Copies of ${done.reruns.join(', ')} are computed once more: lianhub mappings list`]
      : []),
    ...(restart ? ['Start running hubs anew for the rest of it.'] : []),
  ].join('\n');
}
