import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { startTemporary } from '../src/ledger/embedded/temporary.ts';
import { median, round } from './figures.ts';
import { startHalfOpen } from './half-open.ts';
import type { Outside } from './sync/outside.ts';
import { runOnce, type Track } from './sync/race.ts';
import { start } from './sync/remote.ts';
import { Target } from './sync/target.ts';

/** What the others must still do beside a system that takes every connection and never answers. */
export const bar = 0.9;

export interface BlackholeResult {
  /** Records a second to the books, medians: beside a third system that answers, and beside one that never does. */
  readonly without: number;
  readonly with: number;
  readonly ratio: number;
  /** The same where no third system is configured at all: there every order makes one copy less. */
  readonly alone: number;
  /** Connections the silent system took: it was really tried. */
  readonly taken: number;
}

/** Orders to two systems, the second of which answers at once or never, in turns. */
export async function benchBlackhole(options: {
  readonly n: number;
  readonly runs: number;
  readonly onRun?: (what: string, perSecond: number) => void;
}): Promise<BlackholeResult> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lianhub-bench-'));
  const postgres = await startTemporary({ durable: true });
  const outside = start<Outside>(fileURLToPath(new URL('./sync/outside.ts', import.meta.url)));
  const hole = await startHalfOpen();
  const healthy = new Target();
  try {
    const track: Track = {
      databaseUrl: postgres.url,
      dataDir,
      outside,
      target: await outside.call('listen', undefined),
      databaseCpu: () => undefined,
      nodeOptions: [],
    };
    const answering = await healthy.listen();
    const speeds = { without: [] as number[], with: [] as number[], alone: [] as number[] };
    for (let run = 0; run < options.runs; run += 1) {
      const turns = [
        ['without', answering],
        ['with', hole.url],
        ['alone', undefined],
      ] as const;
      for (const [which, third] of run % 2 === 0 ? turns : turns.toReversed()) {
        healthy.reset();
        const { perSecond } = await runOnce(
          { ...track, ...(third === undefined ? {} : { third }) },
          { kind: 'hub', n: options.n, targetMs: 0 },
        );
        speeds[which].push(perSecond);
        options.onRun?.(which, perSecond);
      }
    }
    const without = median(speeds.without);
    const withHole = median(speeds.with);
    return {
      without: Math.round(without),
      with: Math.round(withHole),
      ratio: round(withHole / without),
      alone: Math.round(median(speeds.alone)),
      taken: hole.taken(),
    };
  } finally {
    healthy.close();
    await hole.close();
    await outside.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Flags {
  readonly json?: boolean;
  readonly n: number;
  readonly runs: number;
  readonly verbose?: boolean;
}

/** `bench blackhole`: what one dead connection takes from the others. */
export function blackholeCommand(): Command {
  return new Command('blackhole')
    .description('orders to the books beside a system that never answers, against one that does')
    .option('--json', 'one line of JSON')
    .option('--n <n>', 'orders per run', wholeNumber, 3_000)
    .option('--runs <n>', 'runs of each, taking turns', wholeNumber, 3)
    .option('--verbose', 'tell every run')
    .action(async (flags: Flags) => {
      const { n, runs } = flags;
      const result = await benchBlackhole({
        n,
        runs,
        ...(flags.verbose
          ? { onRun: (what, perSecond) => process.stderr.write(`${what}: ${Math.round(perSecond)}/s\n`) }
          : {}),
      });
      const met = result.ratio >= bar;
      const line = {
        name: 'blackhole',
        hub: result.with,
        limit: result.without,
        ...result,
        bar,
        met,
        n,
        runs,
      };
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(line)}\n`
          : `\nto the books ${result.with}/s beside a system that never answers, ${result.without}/s beside one that does, ${result.alone}/s with none: ` +
              `ratio ${result.ratio}, bar ${bar}, ${met ? 'met' : 'missed'}\n\n`,
      );
      if (!met) process.exitCode = 1;
    });
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('expected a whole number');
  return number;
}
