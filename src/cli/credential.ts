import { Command } from 'commander';
import { changeCredential } from '../lanes/daily/credential.ts';
import { idOfRecord } from '../lanes/daily/record-named.ts';
import { type DailyFlags, daily, deciderOf, exitCodes, several } from './daily-options.ts';
import { print } from './desk.ts';
import { worldTerminal } from './records.ts';
import { columns } from './table.ts';
import { inWorld, type WorldSurroundings } from './world.ts';

interface CredentialFlags extends DailyFlags {
  readonly use: string;
  readonly object?: string;
  readonly record?: readonly string[];
  readonly entity?: string;
}

/** `lianhub credential`: let records that stand before a step use another credential for it. */
export function credentialCommand(around: WorldSurroundings = worldTerminal): Command {
  return daily(new Command('credential'), around)
    .argument('<connection>', 'name in hub.yaml')
    .argument('<name>', 'credential the step names in the mapping: auditor')
    .requiredOption(
      '--use <name>',
      'credential of the connection that is used instead; the same name ends that',
    )
    .option('--object <name>', 'only copies of this object')
    .option('--record <number>', 'only of these records; several with commas, or given again', several)
    .option('--entity <name>', 'where several kinds of records have that number')
    .description(
      'let copies that stand before a step under one credential use another: an auditor is away or lacks the right. ' +
        'They are tried again at once; others go on by their mapping',
    )
    .addHelpText(
      'after',
      `\nExample:\n  lianhub credential erp auditor --use deputy --reason "Wang is on leave" --dry-run\n${exitCodes}`,
    )
    .action((connection: string, insteadOf: string, flags: CredentialFlags) =>
      inWorld(around, flags, async (world, { credentialsOf }) => {
        const { use: credential, object, dryRun, record } = flags;
        const records =
          record && (await Promise.all(record.map((name) => idOfRecord(world.database, name, flags.entity))));
        const known = credentialsOf?.(connection);
        const input = { connection, object, insteadOf, credential, records, dryRun, known };
        const done = await changeCredential(world, input, deciderOf(flags));
        print(around, flags, done, () => {
          const verb = dryRun ? 'would use' : 'use';
          const head = `${done.copies} copies in ${connection} ${verb} ${credential} instead of ${insteadOf}.`;
          const rows = done.examples.map((one) => [one.object, one.number ?? '', one.step]);
          return rows.length === 0 ? head : `${head}\n${columns(rows)}`;
        });
      }),
    );
}
