import { Command } from 'commander';
import type { Foreseen } from '../lanes/daily/foresee.ts';
import { pushAgain } from '../lanes/daily/push-again.ts';
import { idOfRecord } from '../lanes/daily/record-named.ts';
import { type DailyFlags, daily, deciderOf, exitCodes } from './daily-options.ts';
import { print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { columns } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

interface PushFlags extends DailyFlags {
  readonly object?: string;
  readonly entity?: string;
  readonly whole?: true;
}

/** `lianhub push`: look at a record's copy in one system again, and write what it lacks. */
export function pushCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(new Command('push'), around)
    .argument('<record>', 'its id, or a number it is known by')
    .argument('<connection>', 'name in hub.yaml')
    .option('--object <name>', 'only this object there')
    .option('--entity <name>', 'where several kinds of records have that number: order, fulfilment, …')
    .option('--whole', 'write all of it, also what the hub believes is there already')
    .description(
      'push a record to one system again, at once: what stopped its copies counts no longer. It is written once: what ' +
        'was created there is updated, what nobody knows the end of is looked up first',
    )
    .addHelpText(
      'after',
      `\nExamples:\n  lianhub push WEB-1001 erp --dry-run --reason "was the customer blocked?"\n  lianhub push WEB-1001 erp --reason "customer is known now"\n${exitCodes}`,
    )
    .action((name: string, connection: string, flags: PushFlags) =>
      inWorld(around, flags, async (world) => {
        const recordId = await idOfRecord(world.database, name, flags.entity);
        const { object, whole, dryRun } = flags;
        const done = await pushAgain(
          world,
          { recordId, connection, object, whole, dryRun },
          deciderOf(flags),
        );
        print(around, flags, done, () => foreseenText(done.copies));
      }),
    );
}

/** What is next for copies, one in a line. */
export function foreseenText(copies: readonly Foreseen[]): string {
  if (copies.length === 0) return '  no copies';
  return columns(
    copies.map((one) => [
      one.connection,
      one.object,
      one.remoteNumber ?? one.remoteId ?? '(not there yet)',
      nextText(one),
    ]),
  );
}

function nextText({ next, step, why }: Foreseen): string {
  switch (next) {
    case 'write':
      return `${step} is sent`;
    case 'note':
      return `${step} is noted only: the connection is not live`;
    case 'lookUp':
      return `what became of ${step} is looked up first`;
    case 'wait':
      return `waits: ${why}`;
    case 'nothing':
      return 'nothing to write';
    case 'person':
    case 'held':
    case 'refuse':
      return why ?? next;
  }
}
