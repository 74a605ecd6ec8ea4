import { Command } from 'commander';
import { closePeriod, openPeriod, type PeriodResult } from '../lanes/periods/decide.ts';
import { listPeriods, type PeriodRow } from '../ledger/periods.ts';
import { type DailyFlags, daily, deciderOf, exitCodes, whole } from './daily-options.ts';
import { common, type Flags, print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { columns } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

interface ListFlags extends Flags {
  readonly connection?: string;
  readonly closed?: true;
  readonly limit: number;
}

interface SetFlags extends DailyFlags {
  readonly book?: string;
}

/** `lianhub periods`: accounting periods of systems, and what waits for those that are closed. */
export function periodsCommand(around: WorldSurroundings = worldTerminal): Command {
  return new Command('periods')
    .description(
      'accounting periods: which are closed in which system, how that is known, and what waits for them. The hub learns of a ' +
        'closed period when a document is refused; close and open say it',
    )
    .addHelpText(
      'after',
      `\nExamples:\n  lianhub periods\n  lianhub periods close erp 2026-10 --reason "month-end closing" --dry-run\n  lianhub periods open erp 2026-10 --reason "reopened for late invoices"\n${exitCodes}`,
    )
    .addCommand(list(around), { isDefault: true })
    .addCommand(set(around, 'close'))
    .addCommand(set(around, 'open'));
}

function list(around: WorldSurroundings): Command {
  return common(new Command('list'))
    .option('--connection <name>', 'only of this system')
    .option('--closed', 'only those that are closed')
    .option('-n, --limit <n>', 'so many', whole, 200)
    .description('periods that anything is known of, with what waits for them')
    .action((flags: ListFlags) =>
      inWorld(around, flags, async ({ database }) => {
        const { connection, closed, limit } = flags;
        const state = closed ? 'closed' : undefined;
        const periods = await listPeriods(database, { connection, state }, limit);
        print(around, flags, { periods }, () =>
          periods.length === 0 ? 'Nothing is known of any period.' : columns(periods.map(rowOf)),
        );
      }),
    );
}

function rowOf(one: PeriodRow): string[] {
  const waits = one.count === 0 ? '' : `${one.count} wait ${amountsText(one.amounts)}`.trimEnd();
  const next = one.probe_at === null || one.count === 0 ? '' : `tried again at ${one.probe_at.toISOString()}`;
  const who = one.author === null ? one.known_by : `${one.known_by} by ${one.author}: ${one.note ?? ''}`;
  return [one.connection, one.book, one.period, one.state, one.since.toISOString(), who, waits, next];
}

function set(around: WorldSurroundings, verb: 'close' | 'open'): Command {
  return daily(new Command(verb), around)
    .argument('<connection>', 'the system whose books they are')
    .argument('<period>', 'a month: 2026-10')
    .option('--book <name>', 'only this book: an organisation or account set there (default: all of them)')
    .description(
      verb === 'close'
        ? 'hold all documents of a period before they are written, until it is opened'
        : 'let all documents of a period go on',
    )
    .addHelpText(
      'after',
      `\nExample:\n  lianhub periods ${verb} erp 2026-10 --reason "month-end" --dry-run\n${exitCodes}`,
    )
    .action((connection: string, period: string, flags: SetFlags) =>
      inWorld(around, flags, async (world) => {
        const { book, dryRun } = flags;
        const decide = verb === 'close' ? closePeriod : openPeriod;
        const done = await decide(world, { connection, book, period, dryRun }, deciderOf(flags));
        print(around, flags, done, () => textOf(done, dryRun === true));
      }),
    );
}

function textOf(
  { connection, book, period, state, changed, copies, amounts }: PeriodResult,
  isPreview: boolean,
): string {
  const name = `${period} of ${connection}${book === '' ? '' : ` (${book})`}`;
  const verb = isPreview ? `would be ${state}` : changed ? `is ${state}` : `was ${state} already`;
  const what = state === 'open' ? 'that waited for it go on' : 'dated in it are still to be written there';
  return `${name} ${verb}; ${copies} copies ${what}${copies === 0 ? '' : ` ${amountsText(amounts)}`.trimEnd()}.`;
}

function amountsText(amounts: Readonly<Record<string, string>>): string {
  const sums = Object.entries(amounts).map(([currency, sum]) => `${sum} ${currency}`.trim());
  return sums.length === 0 ? '' : `(${sums.join(' + ')})`;
}
