import { Command } from 'commander';
import { type ProblemGroup, problemGroups } from '../ledger/problems.ts';
import { whole } from './daily-options.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { columns, cut } from './table.ts';

interface ProblemFlags extends Flags {
  readonly connection?: string;
  readonly object?: string;
  readonly code?: string;
  readonly limit: number;
}

/** `lianhub problems`: what does not go on by itself, by cause. */
export function problemsCommand(around: Surroundings = terminal): Command {
  return common(new Command('problems'))
    .option('--connection <name>', 'only of this system')
    .option('--object <name>', 'only of this object')
    .option('--code <code>', 'only with this code')
    .option('-n, --limit <n>', 'so many causes', whole, 100)
    .description(
      'what does not go on by itself, by cause: how many, what the orders behind them come to, since when. Waits and ' +
        'what is tried again are among them',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub problems\n  lianhub problems --connection erp --json\n\nExit codes:\n  0  told, whether there are any or none\n',
    )
    .action((flags: ProblemFlags) =>
      opened(around, flags, async ({ database }) => {
        const { connection, object, code, limit } = flags;
        const problems = await problemGroups(database, { connection, object, code }, limit);
        print(around, flags, { problems }, () =>
          problems.length === 0 ? 'Everything goes on by itself.' : problems.map(textOf).join('\n'),
        );
      }),
    );
}

function textOf(one: ProblemGroup): string {
  const sums = Object.entries(one.amounts).map(([currency, amount]) => `${amount} ${currency}`.trim());
  const worth = sums.length === 0 ? '' : `  ${one.orders} orders of ${sums.join(' + ')}`;
  const place = `${one.connection} ${one.object}`.trim();
  return [
    `${one.count} × ${one.code}  ${place}  ${one.state} since ${one.oldest.toISOString()}${worth}`,
    columns([[cut(one.cause, 150)], [`as ${one.example}`]], '    '),
  ].join('\n');
}
