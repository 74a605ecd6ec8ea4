import { Command } from 'commander';
import { bindCopy, unbindCopy } from '../lanes/daily/bind.ts';
import { idOfRecord } from '../lanes/daily/record-named.ts';
import { type DailyFlags, daily, deciderOf, exitCodes } from './daily-options.ts';
import { print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

interface BindFlags extends DailyFlags {
  readonly object?: string;
  readonly entity?: string;
  readonly id?: string;
  readonly number?: string;
}

function which(command: Command): Command {
  return command
    .argument('<record>', 'its id, or a number it is known by')
    .argument('<connection>', 'name in hub.yaml')
    .option('--object <name>', 'where the system keeps it as several objects')
    .option('--entity <name>', 'where several kinds of records have that number: order, fulfilment, …');
}

/** `lianhub bind`: what somebody entered there by hand is the record's copy. */
export function bindCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(which(new Command('bind')), around)
    .option('--id <id>', 'id of the object there')
    .option('--number <number>', 'its number there; alone where the system can be asked for the id')
    .description(
      'bind a record to an object that somebody has entered there by hand: nothing is created, and what waited for it ' +
        'goes on. The system is asked whether it is there, where it can be',
    )
    .addHelpText(
      'after',
      `\nExamples:\n  lianhub bind WEB-1001 erp --number XSDD000123 --reason "entered by hand during the outage"\n  lianhub bind WEB-1001 erp --id 100017 --number XSDD000123 --reason "same" --dry-run\n${exitCodes}`,
    )
    .action((name: string, connection: string, flags: BindFlags) =>
      inWorld(around, flags, async (world, { reach }) => {
        const recordId = await idOfRecord(world.database, name, flags.entity);
        const { object, dryRun, id: remoteId, number: remoteNumber } = flags;
        const input = { recordId, connection, object, remoteId, remoteNumber, dryRun };
        const done = await bindCopy(world, input, deciderOf(flags), (one) => reach?.(one));
        print(around, flags, done, () => {
          const verb = dryRun ? 'would be' : 'is';
          const said = done.checked ? 'which the system shows' : `not checked: ${done.unchecked}`;
          const number = done.remoteNumber === null ? '' : ` (${done.remoteNumber})`;
          const freed = done.freed === 0 ? '' : ` ${done.freed} copies that waited for it go on.`;
          return `${name} ${verb} ${done.object} ${done.remoteId}${number} of ${connection}, ${said}.${freed}`;
        });
      }),
    );
}

/** `lianhub unbind`: takes a copy off a record. */
export function unbindCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(which(new Command('unbind')), around)
    .description(
      'take a record off its object in a system: the object stays there and is nobody’s. The record is held for that ' +
        'system until it is bound anew or released: releasing lets the hub create another object',
    )
    .addHelpText(
      'after',
      `\nExample:\n  lianhub unbind WEB-1001 erp --reason "bound to the wrong bill"\n${exitCodes}`,
    )
    .action((name: string, connection: string, flags: BindFlags) =>
      inWorld(around, flags, async (world) => {
        const recordId = await idOfRecord(world.database, name, flags.entity);
        const { object, dryRun } = flags;
        const done = await unbindCopy(world, { recordId, connection, object, dryRun }, deciderOf(flags));
        print(around, flags, done, () => {
          const verb = dryRun ? 'would be taken' : 'is taken';
          return `${name} ${verb} off ${done.object} ${done.remoteNumber ?? done.remoteId} of ${connection}.`;
        });
      }),
    );
}
