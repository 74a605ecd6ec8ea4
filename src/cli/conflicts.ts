import { Command, InvalidArgumentError } from 'commander';
import { HubError } from '../errors.ts';
import { type Asked, type Choice, resolveConflicts } from '../lanes/conflicts/resolve.ts';
import { ClosedPeriods } from '../lanes/periods/closed-periods.ts';
import type { World } from '../lanes/world.ts';
import { type ListedConflict, listConflicts } from '../ledger/conflicts.ts';
import { createLogger } from '../log.ts';
import type { Json } from '../model/json.ts';
import { conflictText, listText, resolutionText } from './conflicts-text.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { openHub } from './opened.ts';

interface Filter {
  readonly entity?: string;
  readonly connection?: string;
  readonly path?: string;
}

/** A resolution has consequences: it also needs what the configuration connects and derives. */
export interface ConflictSurroundings extends Surroundings {
  openWorld(configFile: string | undefined): Promise<{ readonly world: World; close(): Promise<void> }>;
}

const atTerminal: ConflictSurroundings = {
  ...terminal,
  async openWorld(configFile) {
    const { database, tables, now, close } = await openHub(configFile);
    const world: World = {
      database,
      landscape: now.landscape,
      tables,
      periods: new ClosedPeriods(),
      log: createLogger({ level: 'warn', destination: process.stderr }),
      session: (connection) => {
        throw new Error(`a command opens no session of ${connection}`);
      },
      // What becomes due is found by the sweep of the running hub.
      ring: () => undefined,
      keepUp: async () => undefined,
      now: Date.now,
    };
    return { world, close };
  },
};

/** `lianhub conflicts`: values that systems disagree about, and what a person decides. */
export function conflictsCommand(around: ConflictSurroundings = atTerminal): Command {
  const command = new Command('conflicts').description(
    'values that two systems have changed differently and that wait for a person (conflict: park): what each shows, ' +
      'and which is to be. Works beside a running hub and without one',
  );
  for (const make of [list, show, resolve]) command.addCommand(make(around));
  return command;
}

function list(around: ConflictSurroundings): Command {
  return filtered(new Command('list'))
    .option('--resolved', 'those that are over, instead of the open ones')
    .option('--limit <count>', 'how many at most, the oldest first', counted, 1_000)
    .description('conflicts with the values each system shows')
    .addHelpText(
      'after',
      '\nExample:\n  lianhub conflicts list --entity product --connection erp --path name',
    )
    .action((flags: Flags & Filter & { resolved?: true; limit: number }) =>
      opened(around, flags, async ({ database }) => {
        const state = flags.resolved ? 'resolved' : 'open';
        const { entity, connection, path, limit } = flags;
        const conflicts = await listConflicts(database, { state, entity, connection, path, limit });
        print(around, flags, { conflicts }, () => listText(conflicts, Date.now()));
      }),
    );
}

function show(around: ConflictSurroundings): Command {
  return common(new Command('show'))
    .argument('<conflict>', 'as conflicts list prints it')
    .description('who shows what, what it was before, and which message and mapping told it when')
    .addHelpText('after', '\nExample:\n  lianhub conflicts show 019a…@2')
    .action((name: string, flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const { id } = named(name);
        const [conflict] = await listConflicts(database, { ids: [id] });
        if (!conflict) throw new HubError('conflicts.unknown', { id });
        print(around, flags, conflict, () => conflictText(conflict, Date.now()));
      }),
    );
}

interface ResolveFlags extends Flags, Filter {
  readonly take?: string;
  readonly value?: string;
  readonly all?: true;
  readonly dryRun?: true;
  readonly author: string;
}

function resolve(around: ConflictSurroundings): Command {
  return filtered(new Command('resolve'))
    .argument(
      '[conflict]',
      'as conflicts list prints it: with @version, one that has changed since is refused',
    )
    .option('--take <system>', 'a connection, one copy as conflicts show prints it, or golden')
    .option('--value <json>', 'the value itself: \'"text"\', true, null (none)')
    .option('--all', 'every open conflict of --entity, --connection and --path')
    .option('--dry-run', 'only count and tell what would be decided and written')
    .option('--author <name>', 'who decides; kept with the value', around.user)
    .description('decide: the record gets the value, and copies that show another one are written')
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub conflicts resolve 019a…@2 --take erp\n' +
        '  lianhub conflicts resolve 019a…@2 --value \'"Green tea"\'\n' +
        '  lianhub conflicts resolve --all --entity product --path name --take erp --dry-run',
    )
    .action(async (name: string | undefined, flags: ResolveFlags) => {
      const choice = choiceOf(flags);
      if ((name === undefined) !== (flags.all === true)) {
        const reason =
          name === undefined ? 'give a conflict, or --all' : 'a conflict and --all exclude each other';
        throw new HubError('conflicts.bad-choice', { reason });
      }
      const { world, close } = await around.openWorld(flags.config);
      try {
        const asked = name === undefined ? (await openOnes(world, flags)).map(reference) : [named(name)];
        const { author, dryRun } = flags;
        const resolution = await resolveConflicts(world, asked, choice, { author, dryRun });
        const [refusal] = resolution.refused;
        if (name !== undefined && refusal) throw refusal.error;
        const { resolved, refused } = resolution;
        const told = refused.map(({ id, error }) => ({ id, code: error.code, message: error.message }));
        print(around, flags, { applied: dryRun !== true, resolved, refused: told }, () =>
          resolutionText(resolution, dryRun === true),
        );
        if (refused.length > 0) process.exitCode = 1;
      } finally {
        await close();
      }
    });
}

function openOnes({ database }: World, { entity, connection, path }: Filter): Promise<ListedConflict[]> {
  return listConflicts(database, { state: 'open', entity, connection, path });
}

function reference({ id, version }: ListedConflict): Asked {
  return { id, version };
}

function filtered(command: Command): Command {
  return common(command)
    .option('--entity <name>', 'only of this entity, e.g. product')
    .option('--connection <name>', 'only where this connection takes part')
    .option('--path <path>', 'only of this field; lists without keys: barcodes[].unitId');
}

function counted(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('expected a whole number above 0');
}

/** A conflict as people name it: its id, and after @ the version they have seen. */
function named(name: string): Asked {
  const [, id, version] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@(\d{1,9}))?$/i.exec(name) ?? [];
  if (id === undefined) throw new HubError('conflicts.unknown', { id: name });
  return { id: id.toLowerCase(), version: version === undefined ? undefined : Number(version) };
}

function choiceOf({ take, value }: ResolveFlags): Choice {
  if ((take === undefined) === (value === undefined)) {
    throw new HubError('conflicts.bad-choice', { reason: 'give either --take or --value' });
  }
  if (take !== undefined) return { take };
  try {
    return { value: JSON.parse(value ?? '') as Json };
  } catch {
    const reason = `it is no JSON; a text stands in quotes: --value '"${value}"'`;
    throw new HubError('conflicts.bad-value', { value: value ?? '', path: '--value', reason });
  }
}
