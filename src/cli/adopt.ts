import { Command, InvalidArgumentError, Option } from 'commander';
import { HubError } from '../errors.ts';
import { decideOpenings } from '../lanes/adoption/decide.ts';
import { differencesOf } from '../lanes/adoption/differences.ts';
import { listOfPairs, type PairList, summaryOfPairs } from '../lanes/adoption/pairs.ts';
import type { World } from '../lanes/world.ts';
import { countIntents, listIntents } from '../ledger/adoption.ts';
import { decisionText, differencesText, pairsText, pairText, wouldText } from './adopt-text.ts';
import { common, type Flags, print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

/** `lianhub adopt`: taking over systems that already hold data, without writing to them by itself. */
export function adoptCommand(around: WorldSurroundings = worldTerminal): Command {
  const command = new Command('adopt').description(
    'take over systems that already hold data: what is paired and what is not, what would be written, and where copies ' +
      'differed when they were paired. Works beside a running hub and without one',
  );
  for (const make of [pairs, would, differences, decide]) command.addCommand(make(around));
  return command;
}

function paged(command: Command): Command {
  return common(command)
    .option('--limit <count>', 'how many at most', counted, 100)
    .option('--after <id>', 'go on behind this one, the last of the page before', identified);
}

interface Page extends Flags {
  readonly limit: number;
  readonly after?: string;
}

function pairs(around: WorldSurroundings): Command {
  return paged(new Command('pairs'))
    .argument('<sync>', 'name of a sync, or an entity')
    .addOption(
      new Option('--list <kind>', 'list these, instead of counting').choices([
        'paired',
        'ambiguous',
        'only-here',
        'only-there',
      ]),
    )
    .option('--connection <name>', 'with --list: the one that is here')
    .option('--with <name>', 'with --list: the one that is there; needed where there are several')
    .description('of each two systems: how many records both have, which may be one, and which only one has')
    .addHelpText('after', '\nExample:\n  lianhub adopt pairs product --list only-here --connection erp')
    .action((sync: string, flags: Page & { list?: PairList; connection?: string; with?: string }) =>
      inWorld(around, flags, async ({ database, landscape }) => {
        if (flags.list === undefined) {
          const found = await summaryOfPairs(database, landscape, sync);
          return print(around, flags, { pairs: found }, () => pairsText(found));
        }
        const { list, connection, with: other, limit, after } = flags;
        const found = await listOfPairs(database, landscape, sync, { list, connection, other, limit, after });
        print(around, flags, { list, rows: found }, () => pairText(found, limit));
      }),
    );
}

function would(around: WorldSurroundings): Command {
  return paged(new Command('would'))
    .argument('[connection]', 'only of this connection')
    .argument('[object]', 'only of this object')
    .description('what copies in mode shadow would be written, with counts')
    .addHelpText('after', '\nExample:\n  lianhub adopt would erp BD_MATERIAL --json')
    .action((connection: string | undefined, object: string | undefined, flags: Page) =>
      inWorld(around, flags, async (world) => {
        if (connection !== undefined) known(world, connection);
        const { limit, after } = flags;
        const counts = await countIntents(world.database, { connection, object });
        const writes = await listIntents(world.database, { connection, object, limit, after });
        print(around, flags, { counts, writes }, () => wouldText(counts, writes, limit));
      }),
    );
}

function differences(around: WorldSurroundings): Command {
  return common(new Command('differences'))
    .argument('<connection>', 'whose copies')
    .argument('[object]', 'only of this object')
    .option('--examples <count>', 'of each field', counted, 3)
    .description('where copies differed when they were paired, by field, as long as nobody has decided')
    .action((connection: string, object: string | undefined, flags: Flags & { examples: number }) =>
      inWorld(around, flags, async (world) => {
        known(world, connection);
        const told = await differencesOf(world.database, connection, object, flags.examples);
        print(around, flags, { differences: told }, () => differencesText(told));
      }),
    );
}

interface DecideFlags extends Flags {
  readonly take: 'hub' | 'theirs';
  readonly field?: string;
  readonly dryRun?: true;
  readonly rate: number;
  readonly author: string;
  readonly note?: string;
}

function decide(around: WorldSurroundings): Command {
  return common(new Command('decide'))
    .argument('<connection>', 'whose copies')
    .argument('[object]', 'only of this object')
    .addOption(
      new Option(
        '--take <whose>',
        'hub: the copies are written the golden values; theirs: their values become golden, and other copies get them',
      )
        .choices(['hub', 'theirs'])
        .makeOptionMandatory(),
    )
    .option('--field <path>', 'only this field; lists without keys: barcodes[].unitId')
    .option('--dry-run', 'only count what would be decided')
    .option('--rate <rate>', 'copies a second', paced, 50)
    .option('--author <name>', 'who decides; kept with the decision', around.user)
    .option('--note <text>', 'why')
    .description('decide about opening differences in bulk; doing it again goes on with what is left')
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub adopt decide pos product --take hub --field name --dry-run\n' +
        '  lianhub adopt decide pos product --take theirs --field barcodes --rate 20/s',
    )
    .action((connection: string, object: string | undefined, flags: DecideFlags) =>
      inWorld(around, flags, async (world) => {
        known(world, connection);
        const { take, field, dryRun, rate: perSecond, author, note } = flags;
        const choice = { connection, object, take, field, dryRun, perSecond, author, note };
        const decision = await decideOpenings(world, choice);
        print(around, flags, { applied: dryRun !== true, ...decision }, () =>
          decisionText(decision, dryRun === true),
        );
        if (decision.refused.length > 0) process.exitCode = 1;
      }),
    );
}

function known({ landscape }: World, connection: string): void {
  if (landscape.connections.has(connection)) return;
  const expected = [...landscape.connections.keys()].join(', ');
  throw new HubError('adopt.unknown', { what: `connection ${connection}`, expected });
}

function counted(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('expected a whole number above 0');
}

function paced(text: string): number {
  const [, rate] = /^(\d{1,5})(?:\/s)?$/.exec(text) ?? [];
  if (rate !== undefined && Number(rate) > 0) return Number(rate);
  throw new InvalidArgumentError('expected for example 50/s');
}

function identified(text: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
  throw new InvalidArgumentError('expected the id of the last row of the page before');
}
