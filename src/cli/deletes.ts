import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { decideDeletes } from '../lanes/deletes/decide.ts';
import { type ListedDeletion, listDeletions, listOddCopies, type OddCopy } from '../ledger/deletions.ts';
import { listPasses, type PassOverview, passNow } from '../ledger/full-passes.ts';
import { common, type Flags, print } from './desk.ts';
import { atHub, type HubSurroundings, hubTerminal } from './opened.ts';
import { columns, cut } from './table.ts';

interface DecideFlags extends Flags {
  readonly all?: true;
  readonly dryRun?: true;
  readonly author: string;
  readonly note?: string;
}

/** `lianhub deletes`: what was deleted where, and what a person decides about it. */
export function deletesCommand(around: HubSurroundings = hubTerminal): Command {
  const command = new Command('deletes').description(
    'deletions that wait for a person because they are too many at once or cannot be proven, and copies that are gone ' +
      'or were left. Works beside a running hub and without one',
  );
  command.addCommand(list(around));
  command.addCommand(decide(around, 'confirm', 'they were deleted there: so are the records'));
  command.addCommand(decide(around, 'reject', 'they are not to be deleted: the records live on'));
  command.addCommand(look(around));
  return command;
}

function list(around: HubSurroundings): Command {
  return common(new Command('list'))
    .argument('[connection]', 'only of this connection')
    .option('--limit <count>', 'how many of each, the oldest first', (text) => Number.parseInt(text, 10), 200)
    .description('deletions that wait, copies that are gone or left, and the complete listings')
    .action((connection: string | undefined, flags: Flags & { limit: number }) =>
      atHub(around, flags, async ({ database }) => {
        const [waiting, copies, passes] = await Promise.all([
          listDeletions(database, { connection }, flags.limit),
          listOddCopies(database, connection, flags.limit),
          listPasses(database),
        ]);
        print(around, flags, { waiting, copies, passes }, () => listText(waiting, copies, passes));
      }),
    );
}

function decide(around: HubSurroundings, decision: 'confirm' | 'reject', meaning: string): Command {
  return common(new Command(decision))
    .argument('<connection>')
    .argument('<object>', 'as list prints it')
    .argument('[ids...]', 'ids in that system')
    .option('--all', 'all that wait of this object')
    .option('--dry-run', 'only tell what would be decided')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .option('--note <text>', 'why; kept with it')
    .description(meaning)
    .addHelpText(
      'after',
      `\nExample:\n  lianhub deletes ${decision} crm customer 4711 --note "checked there"`,
    )
    .action((connection: string, object: string, ids: string[], flags: DecideFlags) =>
      atHub(around, flags, async ({ database, live }) => {
        if ((ids.length === 0) !== (flags.all === true)) throw new HubError('deletes.nothing-meant', {});
        const { author, note, dryRun } = flags;
        const question = { connection, object, ids: flags.all ? undefined : ids };
        const hub = { database, landscape: live.landscape };
        const decided = await decideDeletes(hub, question, { decision, author, note, dryRun });
        print(around, flags, { applied: dryRun !== true, decided }, () =>
          [
            `${dryRun ? 'Would' : 'Did'} ${decision} ${decided.length} of ${connection}/${object}:`,
            ...decided.slice(0, 20).map((one) => `  ${one.entity} ${one.number} (${one.remote_id})`),
            ...(decided.length > 20 ? [`  … and ${decided.length - 20} more`] : []),
          ].join('\n'),
        );
      }),
    );
}

function look(around: HubSurroundings): Command {
  return common(new Command('look'))
    .argument('<connection>')
    .argument('<object>')
    .description('have a running hub list all ids of this object now instead of when it is due')
    .action((connection: string, object: string, flags: Flags) =>
      atHub(around, flags, async ({ database }) => {
        if (!(await passNow(database, connection, object)))
          throw new HubError('deletes.no-pass', { connection, object });
        print(around, flags, { connection, object }, () => `${connection}/${object} is listed now.`);
      }),
    );
}

function listText(
  waiting: readonly ListedDeletion[],
  copies: readonly OddCopy[],
  passes: readonly PassOverview[],
): string {
  const parts = [
    waiting.length === 0
      ? 'No deletion waits.'
      : columns(
          [
            ['waits', 'connection', 'object', 'id', 'record', 'since', 'why'],
            ...waiting.map((one) => [
              one.state,
              one.connection,
              one.object,
              one.remote_id,
              `${one.entity} ${one.number}`,
              one.found_at.toISOString(),
              cut(one.error ?? 'not proven yet', 80),
            ]),
          ],
          '',
        ),
  ];
  if (copies.length > 0) {
    const rows = copies.map((one) => [
      one.kind,
      one.connection,
      one.object,
      one.remote_id,
      `${one.entity} ${one.number}`,
      one.since.toISOString(),
    ]);
    parts.push(columns([['copy', 'connection', 'object', 'id', 'record', 'since'], ...rows], ''));
  }
  if (passes.length > 0) {
    const rows = passes.map((one) => [
      `${one.connection}/${one.object}`,
      one.complete_at?.toISOString() ?? 'never',
      one.due_at.toISOString(),
      one.error ?? '',
    ]);
    parts.push(columns([['listed completely', 'last', 'next', ''], ...rows], ''));
  }
  return parts.join('\n\n');
}
