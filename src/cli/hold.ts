import { Command } from 'commander';
import type { HoldResult } from '../lanes/daily/hold.ts';
import { holdRecord, releaseRecord } from '../lanes/daily/hold.ts';
import { idOfRecord } from '../lanes/daily/record-named.ts';
import { listHolds } from '../ledger/holds.ts';
import { type DailyFlags, daily, deciderOf, exitCodes, whole } from './daily-options.ts';
import { common, type Flags, print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { columns } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

interface PlaceFlags extends DailyFlags {
  readonly connection?: string;
  readonly object?: string;
  readonly entity?: string;
}

function place(command: Command): Command {
  return command
    .argument('<record>', 'its id, or a number it is known by')
    .option('--connection <name>', 'only its copies in this system')
    .option('--object <name>', 'only this object there')
    .option('--entity <name>', 'where several kinds of records have that number: order, fulfilment, …');
}

/** `lianhub hold`: nothing of a record is written until it is released. */
export function holdCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(place(new Command('hold')), around)
    .description(
      'hold a record: whatever is told of it is taken in, and nothing of it is written, nor of documents that rules ' +
        'make of it alone. lianhub release lets it go',
    )
    .addHelpText(
      'after',
      `\nExamples:\n  lianhub hold WEB-1001 --reason "address is being checked"\n  lianhub hold WEB-1001 --connection erp --reason "customer is blocked" --dry-run\n${exitCodes}`,
    )
    .action((name: string, flags: PlaceFlags) =>
      inWorld(around, flags, async (world) => {
        const recordId = await idOfRecord(world.database, name, flags.entity);
        const { connection, object, dryRun } = flags;
        const done = await holdRecord(world, { recordId, connection, object, dryRun }, deciderOf(flags));
        const verb = dryRun ? 'would be held' : done.holds === 0 ? 'was held so already' : 'is held';
        print(around, flags, done, () => textOf(done, verb));
      }),
    );
}

/** `lianhub release`: lets go what was held. */
export function releaseCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(place(new Command('release')), around)
    .description('let go a record that is held; what stood still is written at once')
    .addHelpText('after', `\nExample:\n  lianhub release WEB-1001 --reason "address is right"\n${exitCodes}`)
    .action((name: string, flags: PlaceFlags) =>
      inWorld(around, flags, async (world) => {
        const recordId = await idOfRecord(world.database, name, flags.entity);
        const { connection, object, dryRun } = flags;
        const done = await releaseRecord(world, { recordId, connection, object, dryRun }, deciderOf(flags));
        const verb = done.holds === 0 ? 'was not held' : dryRun ? 'would be released' : 'is released';
        print(around, flags, done, () => textOf(done, verb));
      }),
    );
}

/** `lianhub holds`: what is held, by whom and why. */
export function holdsCommand(around: WorldSurroundings = worldTerminal): Command {
  return common(new Command('holds'))
    .option('-n, --limit <n>', 'so many', whole, 200)
    .description('what is held, by whom, why and since when; the oldest first')
    .addHelpText('after', '\nExample:\n  lianhub holds')
    .action((flags: Flags & { limit: number }) =>
      inWorld(around, flags, async ({ database }) => {
        const holds = await listHolds(database, flags.limit);
        print(around, flags, { holds }, () =>
          holds.length === 0
            ? 'Nothing is held.'
            : columns(
                holds.map((one) => [
                  one.at.toISOString(),
                  `${one.entity} ${one.number ?? one.record_id}`,
                  one.connection === '' ? 'everywhere' : `${one.connection} ${one.object}`.trim(),
                  `${one.author}: ${one.reason}`,
                ]),
              ),
        );
      }),
    );
}

function textOf(done: HoldResult, verb: string): string {
  const head = `${done.entity} ${done.number ?? done.recordId} ${verb}.`;
  const rows = done.copies.map((one) => [one.connection, one.object, one.state]);
  return rows.length === 0 ? head : `${head}\n${columns(rows)}`;
}
