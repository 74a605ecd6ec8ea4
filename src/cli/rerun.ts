import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { defaultPerSecond } from '../rehearsal/activation.ts';
import { type Rerun, rerunMapping } from '../rehearsal/rerun.ts';
import { type DailyFlags, daily, deciderOf, exitCodes, whole } from './daily-options.ts';
import { print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

/** `lianhub rerun`: compute once more what a change of a mapping touches. */
export function rerunCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(new Command('rerun'), around)
    .argument('<mapping>', 'kingdee/order')
    .option('--from <version>', 'version the copies were written with (default: the one in use before)')
    .option('--rate <n>', 'so many copies in a second', whole, defaultPerSecond)
    .description(
      'compute once more every copy that the version in use writes otherwise than the one before, at a rate: after the ' +
        'file of a mapping was changed and the hub started anew. A running hub does it',
    )
    .addHelpText(
      'after',
      `\nExamples:\n  lianhub rerun kingdee/order --reason "new tax field" --dry-run\n  lianhub rerun kingdee/order --reason "new tax field" --rate 5\n${exitCodes}`,
    )
    .action((name: string, flags: DailyFlags & { from?: string; rate: number }) =>
      inWorld(around, flags, async (world, { live }) => {
        if (!live) throw new HubError('internal.unexpected', { what: 'no mappings are open' });
        const { from, rate: perSecond, dryRun } = flags;
        const done = await rerunMapping(world, live, { name, from, perSecond, dryRun }, deciderOf(flags));
        print(around, flags, done, () => textOf(done));
      }),
    );
}

function textOf({ name, from, to, perSecond, copies }: Rerun): string {
  const head = `${name}: copies of version ${from} as ${to} writes them, ${perSecond} in a second.`;
  if (!copies) return `${head} lianhub mappings list shows how far it is.`;
  const { write, wait, park, rest } = copies.due;
  return `${head}\n  ${copies.looked} looked at: ${write} would be written, ${wait} wait, ${park} be refused, ${rest} rest.`;
}
