import { Command } from 'commander';
import { mergeRecords } from '../lanes/merging/merge-records.ts';
import { unmergeRecord } from '../lanes/merging/unmerge-record.ts';
import { common, type Flags, print, terminal } from './desk.ts';
import { recordNamed } from './record-name.ts';
import { inWorld, openWorld, type WorldSurroundings } from './world.ts';

/** Commands of people at a terminal, over the configured hub. */
export const worldTerminal: WorldSurroundings = { ...terminal, open: openWorld };

/** `lianhub records`: two golden records that are one, and one that is two. */
export function recordsCommand(around: WorldSurroundings = worldTerminal): Command {
  const command = new Command('records').description(
    'make two golden records of one person, product or place one record, or take them apart again. Works beside a ' +
      'running hub and without one',
  );
  for (const make of [merge, unmerge]) command.addCommand(make(around));
  return command;
}

function merge(around: WorldSurroundings): Command {
  return common(new Command('merge'))
    .argument('<keep>', 'the record that lives on: its id, or a number it is known by')
    .argument('<other>', 'the record that becomes part of it')
    .option('--author <name>', 'who decides; kept in the history of both', around.user)
    .description(
      'the record that is kept gets the copies of the other one, what only that one knew, and what it knew newer; its ' +
        'own number stays. Copies of both are compared with the result, whatever refers to the other follows',
    )
    .addHelpText('after', '\nExample:\n  lianhub records merge M-S01-7 M-S02-3')
    .action((keep: string, other: string, flags: Flags & { author: string }) =>
      inWorld(around, flags, async (world) => {
        const kept = await recordNamed(world.database, keep);
        const merged = await recordNamed(world.database, other);
        const done = await mergeRecords(world, kept, merged, flags.author);
        print(around, flags, done, () => `${merged} lives on in ${kept}.`);
      }),
    );
}

function unmerge(around: WorldSurroundings): Command {
  return common(new Command('unmerge'))
    .argument('<other>', 'id of the record that was merged into another one')
    .option('--author <name>', 'who decides; kept in the history of both', around.user)
    .description(
      'the record comes back with its own copies, what it was then, and what its own systems told since; the one that ' +
        'was kept loses that. What named it by its id names it again',
    )
    .addHelpText('after', '\nExample:\n  lianhub records unmerge 019ac3f2-5b1e-7c40-9d7e-2f3b6a8c1d55')
    .action((other: string, flags: Flags & { author: string }) =>
      inWorld(around, flags, async (world) => {
        const id = await recordNamed(world.database, other);
        const done = await unmergeRecord(world, id, flags.author);
        print(around, flags, done, () => `${id} is a record of its own again.`);
      }),
    );
}
