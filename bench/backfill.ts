import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { openDatabase } from '../src/ledger/database.ts';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';
import { tellLive } from './backfill/live.ts';
import type { BackfillSide, Reading } from './backfill/side.ts';
import type { Vendor } from './backfill/vendor.ts';
import { median, round } from './figures.ts';
import { type Remote, start } from './sync/remote.ts';

/** Least share of the bare loop's speed, and most that live work may slow down by. */
export const bars = { ratio: 0.25, live: 1.2 } as const;

export interface BackfillOptions {
  readonly n: number;
  readonly runs: number;
  /** Milliseconds the vendor takes for a page. */
  readonly answerMs: number;
  /** Also with a vendor that answers at once. */
  readonly instant: boolean;
  /** Orders told live in each turn (0: none, nothing is measured of them), and the milliseconds between two. */
  readonly live: number;
  readonly everyMs: number;
  /** Turns with and without a backfill beside them, each. */
  readonly turns: number;
  readonly profile?: string;
  readonly onRun?: (what: string) => void;
}

/** Live work alone and beside a backfill. */
export interface Live {
  /** Milliseconds from webhook to applied, 99th of 100: alone, beside a backfill; how many times as long. */
  readonly p99Ms: number;
  readonly p99BesideMs: number;
  readonly times: number;
  /** Rows a second the backfill went on with beside live work. */
  readonly rows: number;
}

export interface BackfillResult {
  /** Rows a second, read and applied; read and copied. Medians. */
  readonly hub: number;
  readonly limit: number;
  readonly ratio: number;
  /** Largest resident set of the hub up to a quarter of the rows, and to the end. */
  readonly rssQuarterMb: number;
  readonly rssMaxMb: number;
  /** The same with a vendor that answers at once, over a quarter of the rows: processor against processor. */
  readonly instant: { readonly hub: number; readonly limit: number; readonly ratio: number } | null;
  readonly live: Live | null;
}

/** Reads n orders with the hub and with a bare loop, in turns; then tells orders live with and without a backfill. */
export async function benchBackfill(options: BackfillOptions): Promise<BackfillResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lianhub-bench-'));
  const postgres = await startTemporary({ durable: true });
  const vendor = start<Vendor>(fileURLToPath(new URL('./backfill/vendor.ts', import.meta.url)));
  try {
    const address = await vendor.call('listen', undefined);
    const place = {
      databaseUrl: postgres.url,
      vendor: address,
      key: randomBytes(16).toString('hex'),
      dataDir,
    };
    const schema = (): string => `bench_${randomBytes(6).toString('hex')}`;
    const { n, runs, answerMs } = options;
    const race = (rows: number, takes: number, times: number) =>
      benchRace(options, vendor, () => ({ ...place, schema: schema() }), { rows, takes, times });
    const { hubs, ...first } = await race(n, answerMs, runs);
    const instant = options.instant ? await race(Math.ceil(n / 4), 0, 1) : undefined;
    await vendor.call('hold', { rows: n, takes: answerMs });
    return {
      ...first,
      rssQuarterMb: Math.round(Math.max(...hubs.map((one) => one.rssQuarterMb))),
      rssMaxMb: Math.round(Math.max(...hubs.map((one) => one.rssMaxMb))),
      instant: instant ? { hub: instant.hub, limit: instant.limit, ratio: instant.ratio } : null,
      live:
        options.live === 0
          ? null
          : await withSide(options, (side) => benchLive(options, side, { ...place, schema: schema() })),
    };
  } finally {
    await vendor.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Hub and bare loop in turns, over so many rows of a vendor that takes so long for a page. */
async function benchRace(
  options: BackfillOptions,
  vendor: Remote<Vendor>,
  place: () => Parameters<BackfillSide['start']>[0],
  { rows, takes, times }: { readonly rows: number; readonly takes: number; readonly times: number },
): Promise<{ hub: number; limit: number; ratio: number; hubs: readonly Reading[] }> {
  await vendor.call('hold', { rows, takes });
  const hubs: Reading[] = [];
  const limits: Reading[] = [];
  for (let run = 0; run < times; run += 1) {
    const turns = [
      () =>
        withSide(options, async (side) => {
          await side.call('start', place());
          hubs.push(await side.call('complete', { id: await side.call('begin', undefined), rows }));
          options.onRun?.(`hub, ${takes} ms a page: ${said(hubs.at(-1))}`);
        }),
      () =>
        withSide(options, async (side) => {
          limits.push(await side.call('bare', { ...place(), rows }));
          options.onRun?.(`limit, ${takes} ms a page: ${said(limits.at(-1))}`);
        }),
    ];
    for (const turn of run % 2 === 0 ? turns : turns.reverse()) await turn();
  }
  const hub = median(hubs.map(perSecond));
  const limit = median(limits.map(perSecond));
  return { hub: Math.round(hub), limit: Math.round(limit), ratio: round(hub / limit), hubs };
}

async function benchLive(
  options: BackfillOptions,
  side: Remote<BackfillSide>,
  place: Parameters<BackfillSide['start']>[0],
): Promise<Live> {
  const hub = await side.call('start', place);
  const { databaseUrl: url, schema, key } = place;
  const database = await openDatabase({ url, schema, max: 2 });
  try {
    let first = 50_000_000;
    const tell = async (count: number): Promise<number[]> => {
      first += count;
      return tellLive({ hub, key, database, first: first - count, count, everyMs: options.everyMs });
    };
    // The first ones are slower: code is compiled and plans are made.
    await tell(Math.min(200, options.live));
    const alone: number[] = [];
    const beside: number[] = [];
    let id = await side.call('begin', undefined);
    let seconds = 0;
    let rows = 0;
    let readBefore = 0;
    await side.call('cancel', { id });
    for (let turn = 0; turn < options.turns; turn += 1) {
      await side.call('settle', undefined);
      alone.push(...(await tell(options.live)));
      id = await side.call('resume', { id });
      const started = performance.now();
      beside.push(...(await tell(options.live)));
      seconds += (performance.now() - started) / 1000;
      const read = await side.call('cancel', { id });
      rows += read - readBefore;
      readBefore = read;
      options.onRun?.(
        `live p99 ${p99(alone).toFixed(1)} ms alone, ${p99(beside).toFixed(1)} ms beside ${rows} rows`,
      );
    }
    await side.call('stop', undefined);
    return {
      p99Ms: round(p99(alone)),
      p99BesideMs: round(p99(beside)),
      times: round(p99(beside) / p99(alone)),
      rows: Math.round(rows / seconds),
    };
  } finally {
    await database.close();
  }
}

async function withSide<R>(
  options: Pick<BackfillOptions, 'profile'>,
  work: (side: Remote<BackfillSide>) => Promise<R>,
): Promise<R> {
  const profiled = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
  const side = start<BackfillSide>(
    fileURLToPath(new URL('./backfill/side.ts', import.meta.url)),
    [],
    profiled,
  );
  try {
    const result = await work(side);
    await side.call('stop', undefined);
    return result;
  } finally {
    await side.stop();
  }
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

function perSecond(reading: Reading): number {
  return reading.rows / reading.seconds;
}

function said(reading: Reading | undefined): string {
  if (!reading) return '';
  const { seconds, rssQuarterMb, rssMaxMb } = reading;
  return `${Math.round(perSecond(reading))}/s in ${seconds.toFixed(1)} s, ${Math.round(rssQuarterMb)} MB at a quarter, ${Math.round(rssMaxMb)} MB`;
}

interface Flags {
  readonly json?: boolean;
  readonly n: number;
  readonly runs: number;
  readonly answerMs: number;
  readonly live: number;
  readonly profile?: string;
  readonly verbose?: boolean;
}

/** `bench backfill`: history read, merged and kept, against the bare loop that only copies it. */
export function backfillCommand(): Command {
  return new Command('backfill')
    .description(
      'history read and applied, beside a bare loop that copies the same pages; live work beside it',
    )
    .option('--json', 'one line of JSON')
    .option('--n <n>', 'rows', wholeNumber, 200_000)
    .option('--runs <n>', 'runs of each side, taking turns', wholeNumber, 1)
    .option('--answer-ms <n>', 'what the vendor takes for a page of 100 rows', wholeNumber, 20)
    .option('--live <n>', 'orders told live in each turn with and without a backfill', wholeNumber, 400)
    .option('--profile <folder>', 'write CPU profiles of both sides there')
    .option('--verbose', 'tell every run')
    .action(async (flags: Flags) => {
      const { n, runs, live, answerMs } = flags;
      const result = await benchBackfill({
        n,
        runs,
        live,
        instant: true,
        answerMs,
        everyMs: 40,
        turns: 3,
        ...(flags.profile === undefined ? {} : { profile: path.resolve(flags.profile) }),
        ...(flags.verbose ? { onRun: (what) => process.stderr.write(`${what}\n`) } : {}),
      });
      const met = result.ratio >= bars.ratio && (result.live?.times ?? 0) <= bars.live;
      const line = {
        name: 'backfill',
        ...result,
        bars,
        met,
        n,
        runs,
        // `live` tells what came of them.
        orders: live,
        cores: os.availableParallelism(),
      };
      process.stdout.write(flags.json ? `${JSON.stringify(line)}\n` : textOf(result, met));
      if (!met) process.exitCode = 1;
    });
}

function textOf({ live, instant, ...result }: BackfillResult, met: boolean): string {
  const lines = [
    `${result.hub} rows/s read and applied, ${result.limit} rows/s copied: ratio ${result.ratio}, bar ${bars.ratio}`,
    `${result.rssQuarterMb} MB at a quarter of the rows, ${result.rssMaxMb} MB at all`,
  ];
  if (instant)
    lines.push(
      `with a vendor that answers at once: ${instant.hub} and ${instant.limit} rows/s, ratio ${instant.ratio}`,
    );
  if (live)
    lines.push(
      `webhook to applied, p99: ${live.p99Ms} ms alone, ${live.p99BesideMs} ms beside a backfill of ${live.rows} rows/s: ` +
        `times ${live.times}, bar ${bars.live}`,
    );
  return `\n${lines.join('\n')}\n${met ? 'met' : 'missed'}\n\n`;
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
