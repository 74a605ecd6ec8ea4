import { setTimeout as delay } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { type Fetching, fetchObjects, fetchRange } from '../ingest/fetch.ts';
import type { Database } from '../ledger/database.ts';
import { type FetchedRow, fetchedSince } from '../ledger/fetches.ts';
import { isObject, type JsonObject } from '../model/index.ts';
import { type DailyFlags, daily, deciderOf, momentOf, several } from './daily-options.ts';
import { perSecondOf } from './deadletters-filter.ts';
import { print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { columns } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

/** How often `--wait` looks, milliseconds. */
const lookMs = 250;

interface FetchFlags extends DailyFlags {
  readonly id?: readonly string[];
  readonly number?: readonly string[];
  readonly hint?: string;
  readonly since?: string;
  readonly until?: string;
  readonly rate?: string;
  readonly wait?: true;
}

/** `lianhub fetch`: read objects of a system once more. */
export function fetchCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(new Command('fetch'), around)
    .argument('<connection>', 'name in hub.yaml')
    .argument('<object>', "the connector's name of it, as in hub.yaml's mappings")
    .option('--id <id>', 'id of one there; several with commas, or given again', several)
    .option('--number <number>', 'number of one the hub knows', several)
    .option(
      '--hint <json>',
      'what the system needs beside the id, where it never told of it: \'{"account":"S01"}\'',
    )
    .option('--since <time>', 'instead: all that changed since then, 12h ago or a date')
    .option('--until <time>', 'and before then')
    .option('--rate <n>', 'of a range: so many rows at the most, 50/s')
    .option('--wait', 'of single objects: stay until they are applied')
    .description(
      'read objects of a system again, one, some, or a range of time: what was missed is taken in like anything told, ' +
        'what is known changes nothing. A running hub reads them',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub fetch pos order --id 20261101-0017 --reason "missing in the ERP" --wait\n' +
        '  lianhub fetch pos ticket --since 2026-11-01 --until 2026-11-02 --reason "till was offline"\n' +
        '\nExit codes:\n  0  done, asked for, or (--dry-run) told\n  1  refused; or with --wait some could not be applied\n',
    )
    .action((connection: string, object: string, flags: FetchFlags) =>
      inWorld(around, flags, async (world, { reach }) => {
        const by = deciderOf(flags);
        const { id: ids, number: numbers, dryRun } = flags;
        const since = momentOf('--since', flags.since);
        const until = momentOf('--until', flags.until);
        const isRange = since !== undefined;
        if (isRange === (ids !== undefined || numbers !== undefined))
          throw new HubError('daily.which', { expected: '--id or --number, or --since' });
        const ask = (one: string) => reach?.(one);
        if (isRange) {
          const rate = flags.rate === undefined ? undefined : perSecondOf(flags.rate);
          if (flags.rate !== undefined && rate === undefined)
            throw new HubError('daily.bad-option', {
              option: '--rate',
              value: flags.rate,
              expected: '50/s or 1000/m',
            });
          const row = await fetchRange(world, { connection, object, since, until, rate, dryRun }, by, ask);
          const span = `${since.toISOString()} to ${until?.toISOString() ?? 'now'}`;
          const told = { connection, object, since, until: until ?? null, backfill: row?.id ?? null };
          print(around, flags, told, () =>
            row
              ? `${object} of ${connection} is read, ${span}: lianhub backfill show ${row.id} --wait`
              : `${object} of ${connection} would be read, ${span}.`,
          );
          return;
        }
        const hint = hintOf(flags.hint);
        const asked = await fetchObjects(world, { connection, object, ids, numbers, hint, dryRun }, by, ask);
        if (dryRun || !flags.wait) {
          const verb = dryRun ? 'would be' : 'are';
          print(
            around,
            flags,
            asked,
            () => `${asked.ids.length} ${object} of ${connection} ${verb} read again.`,
          );
          return;
        }
        const found = await watched(flags, world.database, asked);
        if (found.some((row) => row.state === 'dead')) process.exitCode = 1;
        print(around, flags, { ...asked, objects: found }, () =>
          columns(found.map((row) => [row.remote_id, row.state, row.error ?? row.record_id ?? ''])),
        );
      }),
    );
}

/** Looks until all are applied, or cannot be; on a terminal with a bar. */
async function watched(flags: DailyFlags, database: Database, asked: Fetching): Promise<FetchedRow[]> {
  const bar =
    flags.json || !process.stderr.isTTY ? undefined : new SingleBar({ format: ' {bar} {value} of {total}' });
  bar?.start(asked.ids.length, 0);
  try {
    for (;;) {
      const { connection, object, ids } = asked;
      const found = await fetchedSince(database, connection, object, ids, new Date(asked.since));
      const done = found.filter((row) => row.state !== 'due');
      bar?.update(done.length);
      if (done.length >= ids.length) return found;
      await delay(lookMs);
    }
  } finally {
    bar?.stop();
  }
}

function hintOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  const wrong = new HubError('daily.bad-option', {
    option: '--hint',
    value: text,
    expected: 'a JSON object',
  });
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Not JSON.
  }
  throw wrong;
}
