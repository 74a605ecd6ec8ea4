import { setTimeout as delay } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { HubError } from '../errors.ts';
import {
  backfillNamed,
  continueBackfill,
  progressOf,
  startBackfill,
  stopBackfill,
} from '../lanes/backfills.ts';
import { type BackfillRow, listBackfills, type ShownBackfill } from '../ledger/backfills.ts';
import type { Database } from '../ledger/database.ts';
import { backfillsText, backfillText, secondsText } from './backfill-text.ts';
import { perSecondOf } from './deadletters-filter.ts';
import { common, type Flags, print } from './desk.ts';
import { readMoment } from './moment.ts';
import { atHub, type HubSurroundings, hubTerminal } from './opened.ts';

/** How often `--wait` looks, milliseconds. */
const lookMs = 250;

/** `lianhub backfill`: read all a system has of an object, beside what is live. */
export function backfillCommand(around: HubSurroundings = hubTerminal): Command {
  return new Command('backfill')
    .description(
      'read everything a system has of an object: `lianhub backfill <connection> <object>`. A running hub does it, beside ' +
        'and behind what is live; stopped or killed it goes on where it was',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub backfill pos customer\n  lianhub backfill pos ticket --since 2026-01-01 --rate 50/s --wait',
    )
    .addCommand(start(around), { isDefault: true })
    .addCommand(list(around))
    .addCommand(show(around))
    .addCommand(cancel(around))
    .addCommand(resume(around));
}

interface WaitFlags {
  readonly wait?: true;
}
interface AuthorFlags {
  readonly author: string;
  readonly note?: string;
}

function deciding(command: Command, around: HubSurroundings): Command {
  return command
    .option('--author <name>', 'who decides; kept with it', around.user)
    .option('--note <text>', 'why; kept with it');
}

function waiting(command: Command): Command {
  return command.option('--wait', 'stay, and show how far it is, until all is read and applied');
}

function start(around: HubSurroundings): Command {
  return waiting(deciding(common(new Command('start')), around))
    .argument('<connection>', 'name in hub.yaml')
    .argument('<object>', "the connector's name of it, as in hub.yaml's mappings")
    .option('--since <time>', 'only what changed in the last 30d, 12h, … or since a date')
    .option('--rate <n>', 'so many rows at the most: 50/s, 1000/m')
    .description('start one')
    .addHelpText('after', '\nExample:\n  lianhub backfill pos ticket --since 90d --rate 50/s')
    .action(
      (
        connection: string,
        object: string,
        flags: Flags & WaitFlags & AuthorFlags & { since?: string; rate?: string },
      ) =>
        atHub(around, flags, async (hub) => {
          const wanted = { connection, object, since: sinceOf(flags.since), rate: rateOf(flags.rate) };
          const made = await startBackfill(hub.database, hub.live.landscape, wanted, flags);
          await tell(around, flags, hub.database, made, 'is started');
        }),
    );
}

function list(around: HubSurroundings): Command {
  return common(new Command('list'))
    .option('-n, --limit <n>', 'so many', whole, 20)
    .description('the backfills there were, the latest first')
    .addHelpText('after', '\nExample:\n  lianhub backfill list')
    .action((flags: Flags & { limit: number }) =>
      atHub(around, flags, async ({ database }) => {
        const found = await listBackfills(database, flags.limit);
        print(around, flags, { backfills: found.map(told) }, () => backfillsText(found));
      }),
    );
}

function show(around: HubSurroundings): Command {
  return waiting(common(new Command('show')))
    .argument('<id>', 'as list prints it', whole)
    .description(
      'how far one is: rows read, applied, a second, and the time left where the system tells how many there are',
    )
    .addHelpText('after', '\nExample:\n  lianhub backfill show 3 --wait')
    .action((id: number, flags: Flags & WaitFlags) =>
      atHub(around, flags, async ({ database }) => {
        await backfillNamed(database, id);
        const shown = flags.wait ? await watched(flags, database, id) : await backfillNamed(database, id);
        print(around, flags, told(shown), () => backfillText(shown));
      }),
    );
}

function cancel(around: HubSurroundings): Command {
  return deciding(common(new Command('cancel')), around)
    .argument('<id>', 'as list prints it', whole)
    .description('stop one. What it has read stays and is applied; resume lets it go on')
    .addHelpText('after', '\nExample:\n  lianhub backfill cancel 3')
    .action((id: number, flags: Flags & AuthorFlags) =>
      atHub(around, flags, async ({ database }) => {
        const row = await stopBackfill(database, id, flags);
        await tell(around, flags, database, row, 'is stopped');
      }),
    );
}

function resume(around: HubSurroundings): Command {
  return waiting(deciding(common(new Command('resume')), around))
    .argument('<id>', 'as list prints it', whole)
    .description('let one that was cancelled or has failed go on where it stopped')
    .addHelpText('after', '\nExample:\n  lianhub backfill resume 3')
    .action((id: number, flags: Flags & WaitFlags & AuthorFlags) =>
      atHub(around, flags, async ({ database }) => {
        const row = await continueBackfill(database, id, flags);
        await tell(around, flags, database, row, 'goes on');
      }),
    );
}

/** Says what became of one; with `--wait` first stays until it has ended. */
async function tell(
  around: HubSurroundings,
  flags: Flags & WaitFlags,
  database: Database,
  row: BackfillRow,
  what: string,
): Promise<void> {
  if (!flags.wait) {
    const sentence = `Backfill ${row.id} of ${row.object} of ${row.connection} ${what}.`;
    print(around, flags, told(row), () => sentence);
    return;
  }
  const ended = await watched(flags, database, row.id);
  print(around, flags, told(ended), () => backfillText(ended));
}

/** Looks until it has stopped and all it has read is applied; on a terminal with a bar. Status 1 when it failed. */
async function watched(flags: Flags, database: Database, id: number): Promise<ShownBackfill> {
  const bar =
    flags.json || !process.stderr.isTTY
      ? undefined
      : new SingleBar({ format: ' {bar} {percentage}%  {value} of {total} rows, {rate}/s, {left}' });
  let shown = await backfillNamed(database, id);
  bar?.start(shown.total ?? 0, 0, { rate: 0, left: '' });
  while (shown.state === 'running' || shown.unapplied > 0) {
    const { rate, secondsLeft } = progressOf(shown);
    bar?.setTotal(shown.total ?? shown.done);
    bar?.update(shown.done, { rate: Math.round(rate), left: secondsText(secondsLeft) });
    await delay(lookMs);
    shown = await backfillNamed(database, id);
  }
  bar?.stop();
  if (shown.state === 'failed') process.exitCode = 1;
  return shown;
}

function told<R extends BackfillRow>(row: R): object {
  const { seconds: _seconds, lately: _lately, ...rest } = row;
  const { rate, secondsLeft } = progressOf(row);
  return { ...rest, rowsPerSecond: Math.round(rate), secondsLeft };
}

function sinceOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = readMoment(text);
  if (moment) return moment;
  const expected = 'a duration (12h, 30d) or a date (2026-11-01)';
  throw new HubError('backfill.bad-option', { option: '--since', value: text, expected });
}

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = perSecondOf(text);
  if (rate === undefined) {
    const expected = 'rows in a time, as 50/s or 1000/m';
    throw new HubError('backfill.bad-option', { option: '--rate', value: text, expected });
  }
  return rate;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('expected a whole number from 1');
  return value;
}
