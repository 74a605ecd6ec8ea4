import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/index.ts';
import { type Outward, openOutward } from '../lanes/deliver/outward.ts';
import type { SubscriptionInput } from '../lanes/subscriptions/check.ts';
import {
  addSubscription,
  keepSecretMs,
  removeSubscription,
  rotateSecret,
  switchSubscription,
} from '../lanes/subscriptions/manage.ts';
import { pingSubscription } from '../lanes/subscriptions/ping.ts';
import { listSubscriptions, type SubscriptionRow } from '../ledger/subscriptions.ts';
import { createLogger } from '../log.ts';
import { loadKeys } from '../security/index.ts';
import { common, type Flags, print, type Surroundings, terminal } from './desk.ts';
import { readEnvironment } from './environment.ts';
import { openLedger } from './ledger.ts';
import { columns, cut } from './table.ts';

/** Where commands about events find what they need, who uses them, and where they print. */
export interface OutwardSurroundings extends Pick<Surroundings, 'write' | 'user'> {
  open(configFile: string | undefined): Promise<Outward>;
}

export const outwardTerminal: OutwardSurroundings = {
  write: terminal.write,
  user: terminal.user,
  async open(configFile) {
    const options = await readEnvironment(configFile);
    // What a command prints goes to standard output alone.
    const log = createLogger({ level: 'warn', destination: process.stderr });
    const { database, close } = await openLedger({ ...options, log });
    const keys = await loadKeys({ secretKey: options.secretKey, dataDir: options.dataDir });
    const { server, outbound } = options.config;
    const { publicUrl = `http://${server.host}:${server.port}` } = server;
    const outward = openOutward(database, keys, { publicUrl, allow: outbound.allow });
    return {
      ...outward,
      async close() {
        await outward.close();
        await close();
      },
    };
  },
};

/** Runs a command with everything open, and closes it whatever happens. */
export async function outwards(
  around: OutwardSurroundings,
  flags: Flags,
  work: (outward: Outward) => Promise<void>,
): Promise<void> {
  const outward = await around.open(flags.config);
  try {
    await work(outward);
  } finally {
    await outward.close();
  }
}

/** `lianhub subscriptions`: who gets which events. */
export function subscriptionsCommand(around: OutwardSurroundings = outwardTerminal): Command {
  const command = new Command('subscriptions').description(
    'who gets which events. What was sent, and sending it again: lianhub deliveries. Works beside a running hub and ' +
      'without one',
  );
  for (const make of [list, add, remove, test, rotate, enable, disable]) command.addCommand(make(around));
  return command;
}

function list(around: OutwardSurroundings): Command {
  return common(new Command('list'))
    .description('all subscriptions, whether they work, and since when not')
    .action((flags: Flags) =>
      outwards(around, flags, async ({ database }) => {
        const subscriptions = await listSubscriptions(database);
        const shown = subscriptions.map(({ secrets: _sealed, ...rest }) => rest);
        print(around, flags, { subscriptions: shown }, () => listText(subscriptions));
      }),
    );
}

interface AddFlags extends Flags {
  readonly url: string;
  readonly events: string[];
  readonly filter?: string;
  readonly secret?: string;
  readonly header?: Record<string, string>;
  readonly ordered?: true;
  readonly rate?: number;
  readonly personal?: 'masked' | 'full';
  readonly shards?: number;
  readonly author: string;
}

function add(around: OutwardSurroundings): Command {
  return common(new Command('add'))
    .argument('<name>', 'what it is called')
    .requiredOption('--url <address>', 'where events are posted to')
    .requiredOption('--events <type...>', 'types: order.created, order.*, *')
    .option('--filter <cel>', 'only events for which it is true, over record and event')
    .option('--secret <whsec>', 'signs what is posted; default: one is made and printed')
    .option('--header <name=value>', 'sent along; may be given several times', headerOf)
    .option('--ordered', 'events about one record one after the other')
    .option('--rate <posts>', 'posts a second, at most', numberOf)
    .option('--personal <how>', 'full: with names, phones and addresses; default: masked', personalOf)
    .option('--shards <count>', 'lanes it is delivered by at once, up to 16', numberOf)
    .option('--author <name>', 'who decides; kept with it', around.user)
    .description('post events to an address from now on; its secret is printed this once')
    .addHelpText(
      'after',
      '\nExample:\n  lianhub subscriptions add board --url https://board.example.com/hook --events "order.*" deadletter.opened',
    )
    .action((name: string, flags: AddFlags) =>
      outwards(around, flags, async (desk) => {
        const { url, events, filter, secret, header, ordered, rate, personal, shards, author } = flags;
        const input: SubscriptionInput = {
          name,
          url,
          events,
          filter,
          secret,
          headers: header,
          ordered,
          rate,
          personal,
          shards,
        };
        const added = await addSubscription(desk, input, author);
        const { id } = added.subscription;
        print(around, flags, { id, name, secret: added.secret }, () =>
          [`${name} (${id}) gets what happens from now on.`, `Its secret: ${added.secret}`].join('\n'),
        );
      }),
    );
}

type AuthorFlags = Flags & { readonly author: string };

function withName(command: Command, around: OutwardSurroundings): Command {
  return common(command)
    .argument('<name>', 'its name or id')
    .option('--author <name>', 'who decides; kept with it', around.user);
}

function remove(around: OutwardSurroundings): Command {
  return withName(new Command('remove'), around)
    .description('post nothing to it any more; its log goes as well')
    .action((name: string, flags: AuthorFlags) =>
      outwards(around, flags, async (desk) => {
        const { id } = await removeSubscription(desk, name, flags.author);
        print(around, flags, { id, removed: true }, () => `${name} is removed.`);
      }),
    );
}

function test(around: OutwardSurroundings): Command {
  return withName(new Command('test'), around)
    .description('post a test to it now, whatever its state, and show what it answers')
    .action((name: string, flags: AuthorFlags) =>
      outwards(around, flags, async (desk) => {
        const { event, result } = await pingSubscription(desk, desk.send, name, new AbortController().signal);
        const { ok, status, durationMs, answer, error } = result;
        print(around, flags, { event, ...result }, () =>
          [
            `${ok ? 'taken' : 'not taken'}: ${status ?? 'no answer'} after ${durationMs} ms`,
            ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
            ...(answer === '' ? [] : [cut(answer, 400)]),
          ].join('\n'),
        );
        if (!ok) process.exitCode = 1;
      }),
    );
}

function rotate(around: OutwardSurroundings): Command {
  return withName(new Command('rotate'), around)
    .option('--keep <duration>', 'how long the secret before signs as well', durationOf, keepSecretMs)
    .description('a new secret, printed this once; what is posted bears both signatures for a while')
    .action((name: string, flags: AuthorFlags & { keep: number }) =>
      outwards(around, flags, async (desk) => {
        const { secret, until } = await rotateSecret(desk, name, flags.author, { keepMs: flags.keep });
        print(around, flags, { secret, before: until.toISOString() }, () =>
          [`The new secret: ${secret}`, `The one before signs as well until ${until.toISOString()}.`].join(
            '\n',
          ),
        );
      }),
    );
}

function enable(around: OutwardSurroundings): Command {
  return switching(around, new Command('enable'), true).description(
    'post to it again; what happened meanwhile comes with lianhub deliveries replay',
  );
}

function disable(around: OutwardSurroundings): Command {
  return switching(around, new Command('disable'), false).description(
    'post nothing to it until it is enabled; what waits for it goes on then',
  );
}

function switching(around: OutwardSurroundings, command: Command, on: boolean): Command {
  return withName(command, around).action((name: string, flags: AuthorFlags) =>
    outwards(around, flags, async (desk) => {
      const { subscription } = await switchSubscription(desk, name, on, flags.author);
      const { id, state } = subscription;
      print(around, flags, { id, state }, () => `${subscription.name}: ${state}.`);
    }),
  );
}

function listText(subscriptions: readonly SubscriptionRow[]): string {
  if (subscriptions.length === 0) return 'Nobody has subscribed to anything.';
  return columns(
    [
      ['name', 'state', 'events', 'to', 'last taken', 'remark'],
      ...subscriptions.map((one) => [
        one.name,
        one.state,
        cut(one.types.join(' '), 40),
        cut(one.url, 50),
        one.delivered_at?.toISOString() ?? 'never',
        cut(remarkOf(one), 80),
      ]),
    ],
    '',
  );
}

function remarkOf({ state, code, reason, failing_since: failing, declared }: SubscriptionRow): string {
  if (state !== 'enabled') return `${code}: ${reason}`;
  if (failing !== null) return `nothing taken since ${failing.toISOString()}`;
  return declared ? 'in hub.yaml' : '';
}

function headerOf(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected name=value');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function numberOf(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('expected a number above 0');
}

function personalOf(text: string): 'masked' | 'full' {
  if (text === 'masked' || text === 'full') return text;
  throw new InvalidArgumentError('expected masked or full');
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('expected for example 30m, 24h or 7d');
  return ms;
}
