import { Command } from 'commander';
import { HubError } from '../errors.ts';
import { type ReplayResult, replay } from '../ingest/replay.ts';
import { insertAudit } from '../ledger/audit.ts';
import { databaseNow } from '../ledger/clock.ts';
import { oldestMessage } from '../ledger/webhook-messages.ts';
import { hintFor } from '../problems/index.ts';
import { withReceiver } from '../setup/receiver.ts';
import { perSecondOf } from './deadletters-filter.ts';
import { common, type Flags, print, type Surroundings, terminal } from './desk.ts';
import { readMoment } from './moment.ts';
import { type OpenedHub, openHub } from './opened.ts';

/** Where the command finds its hub, who uses it, and where it prints. */
export interface ReplaySurroundings extends Pick<Surroundings, 'write' | 'user'> {
  open(configFile: string | undefined): Promise<Pick<OpenedHub, 'options' | 'live' | 'database' | 'close'>>;
}

interface ReplayFlags extends Flags {
  readonly connection: string;
  readonly since: string;
  readonly object?: string;
  readonly until?: string;
  readonly rate?: string;
  readonly dryRun?: true;
  readonly author: string;
  readonly note?: string;
}

/** `lianhub replay`: kept webhook messages go through the door once more. */
export function replayCommand(
  around: ReplaySurroundings = { open: openHub, write: terminal.write, user: terminal.user },
): Command {
  return common(new Command('replay'))
    .description(
      'tell the webhook messages of a system again, as they were kept when they came: after a mapping or a connector was ' +
        'corrected. They are split anew, count as verified, and are applied by a running hub; what was seen before is ' +
        'not dropped for that',
    )
    .requiredOption('--connection <name>', 'whose messages')
    .requiredOption('--since <time>', 'those of the last 2h, 3d, … or since a date')
    .option('--until <time>', 'none that came later (default: now)')
    .option('--object <name>', 'only what they tell of this object')
    .option('--rate <n>', 'so many messages at the most: 50/s, 1000/m')
    .option('--dry-run', 'only say what would be told')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .option('--note <text>', 'why; kept with it')
    .addHelpText(
      'after',
      '\nExamples:\n  lianhub replay --connection pos --since 2h --dry-run\n  lianhub replay --connection wms --object delivery-confirm --since 2026-11-01 --until 2026-11-02 --rate 50/s',
    )
    .action(async (flags: ReplayFlags) => {
      const hub = await around.open(flags.config);
      try {
        await run(around, flags, hub);
      } finally {
        await hub.close();
      }
    });
}

async function run(
  around: ReplaySurroundings,
  flags: ReplayFlags,
  { options, live, database }: Awaited<ReturnType<ReplaySurroundings['open']>>,
): Promise<void> {
  const { config, connectors, simulators } = options;
  const { connection, object, author, note } = flags;
  // By the clock messages are kept by, and past the last of them: it counts microseconds.
  const now = new Date(Date.parse(await databaseNow(database)) + 1);
  const since = timeOf('--since', flags.since, now);
  const until = flags.until === undefined ? now : timeOf('--until', flags.until, now);
  if (until <= since)
    throw bad('--until', flags.until ?? until.toISOString(), 'a time after that of --since');
  const perSecond = flags.rate === undefined ? undefined : perSecondOf(flags.rate);
  if (flags.rate !== undefined && perSecond === undefined)
    throw bad('--rate', flags.rate, 'messages in a time, as 50/s or 1000/m');
  const known = config.connections[connection];
  if (!known) {
    const names = Object.keys(config.connections);
    throw bad('--connection', connection, hintFor(connection, names) ?? 'a connection of hub.yaml');
  }
  const objects = live.landscape.parties.filter((party) => party.connection === connection);
  const names = [...new Set(objects.map((party) => party.object))];
  if (object !== undefined && !names.includes(object))
    throw bad('--object', object, hintFor(object, names) ?? `one of ${names.join(', ')}`);

  const dryRun = flags.dryRun === true;
  const result = await withReceiver(config, connectors, simulators, connection, async (receiver) => {
    if (!receiver) throw new HubError('replay.not-received', { connection });
    const { landscape } = live;
    const told = await replay({
      ...{ database, landscape, connection, receiver, since, until, object, perSecond, dryRun },
    });
    if (!dryRun) {
      const details = {
        ...{ since: since.toISOString(), until: until.toISOString(), messages: told.messages },
        ...{ told: told.told, outdated: told.outdated, unreadable: told.unreadable },
        ...(object === undefined ? {} : { object }),
        ...(note === undefined ? {} : { note }),
      };
      await insertAudit(database, [
        { author, action: 'webhooks.replay', subject: `connection/${connection}`, details },
      ]);
    }
    return told;
  });
  const keptSince = await oldestMessage(database);
  const shown = {
    ...{ connection, since, until, dryRun, ...result },
    keptSince: keptSince?.toISOString() ?? null,
  };
  print(around, flags, shown, () => textOf(result, dryRun, since, keptSince));
}

function textOf(result: ReplayResult, dryRun: boolean, since: Date, keptSince: Date | undefined): string {
  const { messages, told, previousSecret, outdated, unreadable } = result;
  const objects = Object.entries(told).map(([object, count]) => `${count} ${object}`);
  const list = objects.length === 0 ? 'nothing' : objects.join(', ');
  const rest = [
    previousSecret > 0 ? `${previousSecret} of them were signed with the secret before.` : '',
    outdated > 0
      ? `${outdated} left out: told of again since, and nothing in the message says that it is older.`
      : '',
    unreadable > 0
      ? `${unreadable} cannot be read: they are sealed with a key the connection no longer has.`
      : '',
    keptSince === undefined
      ? 'No messages are kept.'
      : keptSince > since
        ? `Messages are kept since ${keptSince.toISOString()}; nothing before can be told again.`
        : '',
  ].filter((line) => line !== '');
  const what = dryRun ? 'would tell' : 'told again';
  return [`${messages} message${messages === 1 ? '' : 's'}; ${what}: ${list}.`, ...rest].join('\n');
}

function timeOf(option: string, text: string, now: Date): Date {
  const moment = readMoment(text, now.getTime());
  if (moment) return moment;
  throw bad(option, text, 'a duration (2h, 3d) or a date (2026-11-01)');
}

function bad(option: string, value: string, expected: string): HubError {
  return new HubError('replay.bad-option', { option, value, expected });
}
