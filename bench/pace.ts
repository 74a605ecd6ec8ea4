import { Command, InvalidArgumentError } from 'commander';
import { round, table } from './figures.ts';
import { openWatched, type Subject, subjects } from './pace/connection.ts';
import { benchRows, type RowRun } from './pace/rows.ts';
import { move, objectOf, type Way, waysOf } from './pace/work.ts';

/** What a limit allows must be used to this share. */
export const bar = 0.9;

export interface PaceOptions {
  /** Objects through each connector, each way it goes. */
  readonly n: number;
  /** How long a run is to take about, s: the limit told to the connector follows from it. */
  readonly seconds: number;
  readonly connector?: string;
  readonly onRun?: (run: PaceRun) => void;
}

export interface PaceRun {
  readonly connector: string;
  readonly way: Way;
  readonly object: string;
  readonly objects: number;
  readonly calls: number;
  /** The limit told, calls a second. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Of the time they took: what the calls need at the least under the limit. */
  readonly ratio: number;
  /** Calls the vendor counted beyond a limit. */
  readonly exceeded: number;
  /** Most calls in any second, as the vendor counted. */
  readonly mostInASecond: number;
}

/** Calls at once that are told as a limit beside the rate. */
const concurrent = 8;

/** Each connector in turn, each way it goes: first a few objects without a limit, to learn what a call takes. */
export async function benchPace(options: PaceOptions): Promise<readonly PaceRun[]> {
  const runs: PaceRun[] = [];
  for (const [connector, subject] of await subjects(options.connector)) {
    for (const way of waysOf(subject)) {
      const run = await runOf(connector, subject, way, options);
      options.onRun?.(run);
      runs.push(run);
    }
  }
  return runs;
}

async function runOf(
  connector: string,
  subject: Subject,
  way: Way,
  { n, seconds }: PaceOptions,
): Promise<PaceRun> {
  const perSecond = await limitFor(subject, way, n, seconds);
  const watched = await openWatched(subject, { perSecond, concurrent });
  try {
    const took = await move(subject, watched, way, n);
    const { calls, most } = watched.watch.counts;
    if (calls === 0) throw new Error(`${connector}: the vendor counted none of its calls.`);
    return {
      connector,
      way,
      object: objectOf(subject, way),
      objects: n,
      calls,
      perSecond,
      seconds: round(took),
      ratio: round(Math.min(1, leastSeconds(calls, perSecond) / took)),
      exceeded: watched.watch.violations,
      mostInASecond: most.perSecond,
    };
  } finally {
    await watched.close();
  }
}

/** A window's calls may all go at once: the last of them need no time but that of the windows before. */
function leastSeconds(calls: number, perSecond: number): number {
  const windows = Math.ceil(calls / perSecond) - 1;
  return windows <= 0 ? Number.POSITIVE_INFINITY : windows;
}

/**
 * A limit under which `n` objects take about so many seconds, and no more than a quarter of what this machine does now: it
 * may be busier later, and it is the limit that is to be in the way, not the machine. A list is
 * read whole for that: how long a page takes depends on how much there is.
 */
async function limitFor(subject: Subject, way: Way, n: number, seconds: number): Promise<number> {
  const few = way === 'read' ? n : Math.min(n, 400);
  const watched = await openWatched(subject, { concurrent });
  try {
    const took = await move(subject, watched, way, few);
    const { calls } = watched.watch.counts;
    return Math.max(1, Math.floor(Math.min((calls * n) / few / seconds, calls / took / 4)));
  } finally {
    await watched.close();
  }
}

interface Flags extends PaceOptions {
  readonly json?: boolean;
}

/** `bench pace`: thousands of objects through each connector while its vendor counts calls. */
export function paceCommand(): Command {
  return new Command('pace')
    .description('objects through each connector with limits on: none exceeded, and how much of them is used')
    .option('--json', 'one line of JSON')
    .option('--n <n>', 'objects each way', wholeNumber, 10_000)
    .option('--seconds <n>', 'about how long a run takes; the limit follows from it', wholeNumber, 15)
    .option('--connector <name>', 'this one only')
    .action(async (flags: Flags) => {
      const runs = await benchPace({
        ...flags,
        onRun: (run) => process.stderr.write(`${run.connector} ${run.way}: ${run.ratio}\n`),
      });
      const rows = await benchRows(flags.n, flags.connector);
      if (runs.length + rows.length === 0)
        throw new Error('There is no connector of that name, or it tells no way to go.');
      const line = lineOf(flags, runs, rows);
      process.stdout.write(flags.json ? `${JSON.stringify(line)}\n` : textOf(runs, rows));
      if (!line.met) process.exitCode = 1;
    });
}

function lineOf({ n }: PaceOptions, runs: readonly PaceRun[], rows: readonly RowRun[]) {
  // Nothing limits what is measured in rows.
  const ratio = Math.min(1, ...runs.map((run) => run.ratio));
  const exceeded = runs.reduce((sum, run) => sum + run.exceeded, 0);
  return {
    name: 'pace',
    hub: ratio,
    limit: 1,
    ratio,
    unit: 'share of the calls a limit allows; the least of all runs',
    n,
    bar,
    exceeded,
    runs,
    rows,
    met: exceeded === 0 && ratio >= bar,
  };
}

function textOf(runs: readonly PaceRun[], rowRuns: readonly RowRun[]): string {
  const paced = runs.map((run) => [
    `${run.connector} ${run.way} ${run.object}`,
    ...[run.objects, run.calls, run.perSecond, run.seconds, run.ratio, run.exceeded].map(String),
  ]);
  const head = ['', 'objects', 'calls', 'limit/s', 'seconds', 'used', 'exceeded'];
  const unlimited = rowRuns.map(({ connector, way, ...run }) => [
    `${connector} ${way}`,
    ...[run.rows, run.rowsPerSecond, run.byHand, run.ratio].map(String),
  ]);
  const rowHead = ['no limit of calls', 'rows', 'rows/s', 'by hand', 'ratio'];
  const parts = [
    ...(paced.length === 0
      ? []
      : [table([head, ...paced]), `At least ${bar} is to be used and nothing exceeded.`]),
    ...(unlimited.length === 0 ? [] : [table([rowHead, ...unlimited])]),
  ];
  return `\n${parts.join('\n\n')}\n\n`;
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
