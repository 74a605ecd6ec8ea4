import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { InvalidConfig } from '../config/index.ts';
import { readTableFile } from '../crossrefs/files.ts';
import { HubError } from '../errors.ts';
import { rehearseCrossref } from '../rehearsal/crossref.ts';
import { rehearseDerivation } from '../rehearsal/derivation.ts';
import type { Example, Rehearsal } from '../rehearsal/findings.ts';
import { rehearse } from '../rehearsal/rehearse.ts';
import { proposeText, sideWith } from '../rehearsal/versions.ts';
import { inspect } from '../setup/inspect.ts';
import { readEnvironment } from './environment.ts';
import { textOf } from './mappings.ts';
import { type OpenedHub, withHub } from './opened.ts';
import { columns, cut } from './table.ts';

interface Flags {
  readonly config?: string;
  readonly json?: true;
  readonly last: number;
}

/** `lianhub rehearse`: what a change would write differently, over real records; writes nothing. */
export function rehearseCommand(): Command {
  const command = new Command('rehearse').description(
    'run a changed mapping, derivation or code table over the last real messages and records and count what would be ' +
      'written differently, field by field, with examples. Writes nothing. Exit 1 when something would newly fail or wait',
  );
  command.addCommand(
    common(new Command('mapping'))
      .argument('<name>', 'mapping in use, e.g. kingdee/order')
      .option('-f, --file <file>', 'the changed mapping (default: its file in the folder of mappings)')
      .option(
        '--against <version>',
        'compare with: active, file, or the beginning of an earlier version',
        'active',
      )
      .addHelpText(
        'after',
        '\nExample:\n  lianhub rehearse mapping kingdee/order --file order.yaml --last 5000',
      )
      .action((name: string, flags: Flags & { file?: string; against: string }) =>
        show(flags, (hub) => overMapping(hub, name, flags)),
      ),
  );
  command.addCommand(
    common(new Command('derivation'))
      .argument('<rule>', 'name below derive: of hub.yaml')
      .requiredOption('-f, --file <file>', 'hub.yaml in which the rule is changed')
      .addHelpText('after', '\nExample:\n  lianhub rehearse derivation retailDay --file changed-hub.yaml')
      .action((rule: string, flags: Flags & { file: string }) =>
        show(flags, (hub) => overDerivation(hub, rule, flags)),
      ),
  );
  command.addCommand(
    common(new Command('crossref'))
      .argument('<table>', 'code table, e.g. settle-customers')
      .argument('<file>', 'CSV or Excel file with its rows')
      .option('--replace', 'the file is the whole table: keys it does not name are gone')
      .addHelpText('after', '\nExample:\n  lianhub rehearse crossref units units.csv')
      .action((table: string, file: string, flags: Flags & { replace?: true }) =>
        show(flags, async ({ database, live, tables }) => {
          const sheet = await readTableFile(await textOf(file), { file, table });
          const replace = flags.replace ?? false;
          const { last } = flags;
          return rehearseCrossref({ database, landscape: live.landscape, tables, sheet, replace, last });
        }),
      ),
  );
  return command;
}

function common(command: Command): Command {
  return command
    .option('-n, --last <n>', 'how many of the last messages and records of each party', whole, 1000)
    .option('-c, --config <file>', 'configuration (default: HUB_CONFIG, else the shipped hub.yaml)')
    .option('--json', 'print one JSON document: { compared, different, stuck, fields, troubles, notKept }');
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('expected a whole number above 0');
  return number;
}

async function overMapping(
  hub: OpenedHub,
  name: string,
  flags: Flags & { file?: string; against: string },
): Promise<Rehearsal> {
  const file = flags.file ?? path.join(hub.options.config.mappings, `${name}.yaml`);
  const proposed = await proposeText(hub, file, await textOf(file));
  if (proposed.name !== name)
    throw new HubError('mappings.unknown', { name, known: `${proposed.name} in ${file}` });
  const before = await sideWith(hub, name, flags.against);
  const { after, parties } = proposed;
  return rehearse({ database: hub.database, before, after, parties, last: flags.last });
}

async function overDerivation(
  hub: OpenedHub,
  name: string,
  flags: Flags & { file: string },
): Promise<Rehearsal> {
  const { errors, textOf: sourceOf, landscape } = await inspect(await readEnvironment(flags.file));
  if (errors.length > 0) throw new InvalidConfig(errors, sourceOf);
  const after = landscape.rules.find((rule) => rule.name === name);
  const known = landscape.rules.map((rule) => rule.name).join(', ');
  if (!after) throw new HubError('rehearsal.unknown-rule', { rule: name, file: flags.file, known });
  const before = hub.live.landscape.rules.find((rule) => rule.name === name);
  return rehearseDerivation({ database: hub.database, tables: hub.tables, before, after, last: flags.last });
}

async function show(
  flags: Flags & { config?: string },
  work: (hub: OpenedHub) => Promise<Rehearsal>,
): Promise<void> {
  const found = await withHub(flags.config, work);
  process.stdout.write(`${flags.json ? JSON.stringify(found) : textOfRehearsal(found)}\n`);
  if (found.troubles.some((trouble) => trouble.change === 'new' && trouble.kind !== 'not-let-out'))
    process.exitCode = 1;
}

const gone = { error: 'an error less', wait: 'no longer waits for', 'not-let-out': 'newly written' } as const;
const fresh = {
  error: 'a new error',
  wait: 'newly waits for',
  'not-let-out': 'not written any more',
} as const;

/** A rehearsal for people. */
export function textOfRehearsal({
  compared,
  different,
  stuck,
  fields,
  troubles,
  notKept,
}: Rehearsal): string {
  const counts = [
    ...(compared.in > 0 ? [`${compared.in} messages`] : []),
    ...(compared.out > 0 ? [`${compared.out} copies`] : []),
    ...(compared.derive > 0 ? [`${compared.derive} documents`] : []),
  ];
  const lines = [`${counts.join(', ') || 'nothing'} compared: ${different} would be different`];
  for (const { way, where, field, count, examples } of fields) {
    lines.push('', `${way} ${where} ${field}: ${count}`);
    lines.push(
      columns(
        examples.map((one) => [one.record, `${shownValue(one, 'before')} → ${shownValue(one, 'after')}`]),
        '    ',
      ),
    );
  }
  for (const trouble of troubles) {
    const { way, where, kind, what, count, examples } = trouble;
    const words = (trouble.change === 'gone' ? gone : fresh)[kind];
    const said = kind === 'not-let-out' ? words : `${words} ${what}`;
    lines.push(
      '',
      `${way} ${where} ${said}: ${count}`,
      columns(
        examples.map((one) => [one]),
        '    ',
      ),
    );
  }
  if (stuck > 0) lines.push('', `${stuck} cannot be mapped now, nor could they be then`);
  if (notKept > 0) lines.push('', `${notKept} messages were fetched and not kept; they cannot be repeated`);
  return lines.join('\n');
}

function shownValue(example: Example, side: 'before' | 'after'): string {
  const value = example[side];
  return value === undefined ? '—' : cut(typeof value === 'string' ? value : JSON.stringify(value), 60);
}
