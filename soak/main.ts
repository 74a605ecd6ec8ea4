import { Command, InvalidArgumentError } from 'commander';
import { transpile } from '../scripts/transpile.ts';
import { endProcess } from '../src/cli/ending.ts';
import { HubError } from '../src/errors.ts';
import { hasRedis } from '../src/queue/fixture-redis.ts';
import { type SoakResult, soak } from './run.ts';

interface Flags {
  readonly records: number;
  readonly kills: number;
  readonly freezes?: number;
  readonly freeze?: boolean;
  readonly redis?: boolean;
  readonly flush?: boolean;
  readonly pgRestart?: boolean;
  readonly blackhole?: boolean;
  readonly turns: boolean;
  readonly seed?: number;
  readonly minutes?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Asked twice, it ends at once; what it started ends with it.
    if (stopped.signal.aborted) process.exit(130);
    stopped.abort(new Error('stopped'));
  });
}

await new Command('soak')
  .description(
    'runs hubs against vendors that count, makes everything fail on the way, and counts at the vendors',
  )
  .requiredOption('--records <n>', 'records to send: cards, parts of slips, orders, tickets', wholeNumber)
  .option('--kills <n>', 'hub processes to kill (SIGKILL) on the way', wholeNumber, 0)
  .option('--freezes <n>', 'hub processes to freeze (SIGSTOP) for a while', wholeNumber)
  .option('--freeze', 'freeze some: as many as a third of the kills, two at least')
  .option('--redis', 'wake-ups over a Redis server of its own (default: over PostgreSQL)')
  .option('--flush', 'flush Redis on the way (with --redis)')
  .option('--pg-restart', 'restart PostgreSQL on the way without a goodbye')
  .option('--blackhole', 'let one vendor fall silent for stretches')
  .option('--no-turns', 'every field of a card is changed by one vendor only')
  .option('--seed <n>', 'repeat the draws of an earlier run', wholeNumber)
  .option('--minutes <n>', 'longest the run may take (default: by records and kills)', wholeNumber)
  .option('--json', 'one line of JSON')
  .option('--quiet', 'do not tell what happens meanwhile')
  .showHelpAfterError()
  .action(async (flags: Flags) => {
    if (flags.flush && !flags.redis) throw new Error('--flush empties Redis: give --redis too');
    if (flags.redis && !hasRedis()) throw new Error('--redis needs a redis-server on the PATH: install one');
    if (flags.records < 1) throw new Error('--records must be 1 or more');
    const seed = flags.seed ?? Date.now() % 1_000_000;
    const minutes = flags.minutes ?? 5 + flags.records / 1_000 + flags.kills / 4;
    const code = await transpile();
    const result = await soak({
      records: flags.records,
      kills: flags.kills,
      freezes: flags.freezes ?? (flags.freeze ? Math.max(2, Math.round(flags.kills / 3)) : 0),
      redis: flags.redis === true,
      flush: flags.flush === true,
      pgRestart: flags.pgRestart === true,
      blackhole: flags.blackhole === true,
      turns: flags.turns,
      seed,
      code: code.folder,
      patienceMs: minutes * 60_000,
      tell: (line) => {
        if (!flags.quiet) process.stderr.write(`${line}\n`);
      },
      signal: stopped.signal,
    }).finally(code.remove);
    process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : textOf(result));
    process.exitCode = result.ok ? 0 : 1;
  })
  .parseAsync()
  .catch((error: unknown) => {
    const text =
      error instanceof HubError ? error.toText() : error instanceof Error ? error.message : String(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = stopped.signal.aborted ? 130 : 2;
  });
await endProcess();

function textOf(result: SoakResult): string {
  const lines = Object.entries(result).map(([name, value]) => `  ${name.padEnd(20)} ${value}`);
  return `\n${lines.join('\n')}\n\n`;
}

function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('expected a whole number');
  return Number(value);
}
