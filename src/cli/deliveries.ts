import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/index.ts';
import { HubError } from '../errors.ts';
import { typesOf } from '../events/catalog.ts';
import { subscriptionNamed } from '../lanes/subscriptions/manage.ts';
import { defaultReplayRate, replayDelivery, replaySince } from '../lanes/subscriptions/replay.ts';
import { type Delivery, type DeliveryState, listDeliveries } from '../ledger/deliveries.ts';
import { common, type Flags, print } from './desk.ts';
import { type OutwardSurroundings, outwards, outwardTerminal } from './subscriptions.ts';
import { columns, cut } from './table.ts';

const states: readonly DeliveryState[] = ['due', 'done', 'failed', 'cancelled'];

/** `lianhub deliveries`: what was posted to whom, and posting it again. */
export function deliveriesCommand(around: OutwardSurroundings = outwardTerminal): Command {
  const command = new Command('deliveries').description(
    'what was posted to whom and what they answered, and posting it again. A running hub does the posting',
  );
  for (const make of [list, replay]) command.addCommand(make(around));
  return command;
}

interface ListFlags extends Flags {
  readonly subscription?: string;
  readonly state?: DeliveryState;
  readonly type?: string;
  readonly event?: string;
  readonly limit: number;
}

function list(around: OutwardSurroundings): Command {
  return common(new Command('list'))
    .option('--subscription <name>', 'only those of this subscription')
    .option('--state <state>', `only those that are ${states.join(', ')}`, stateOf)
    .option('--type <type>', 'only events of this type, with wildcards')
    .option('--event <id>', 'only those of this event')
    .option('--limit <count>', 'how many at most, the newest first', countOf, 100)
    .description('the log of deliveries: status, answer, duration, tries')
    .action((flags: ListFlags) =>
      outwards(around, flags, async ({ database }) => {
        const { subscription, state, type, event: eventId, limit } = flags;
        const of = subscription === undefined ? undefined : await subscriptionNamed(database, subscription);
        const types = type === undefined ? undefined : [type, ...typesOf([type]).map((one) => one.type)];
        const filter = { subscriptionId: of?.id, state, types, eventId };
        const deliveries = await listDeliveries(database, filter, limit);
        print(around, flags, { deliveries }, () => listText(deliveries));
      }),
    );
}

interface ReplayFlags extends Flags {
  readonly subscription?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly filter?: string;
  readonly missing?: true;
  readonly rate: number;
  readonly author: string;
}

function replay(around: OutwardSurroundings): Command {
  return common(new Command('replay'))
    .argument('[id]', 'one delivery, as list prints it')
    .option('--subscription <name>', 'with --since: to whom')
    .option(
      '--since <moment>',
      'everything from then on: 2026-11-01T08:00:00Z, or 2h for two hours ago',
      momentOf,
    )
    .option('--until <moment>', 'up to then; default: now', momentOf)
    .option('--filter <cel>', 'only events for which it is true')
    .option('--missing', 'only what was not taken so far')
    .option('--rate <posts>', 'posts a second', countOf, defaultReplayRate)
    .option('--author <name>', 'who decides; kept with it', around.user)
    .description('post events again, under the ids they have: receivers know those they have seen')
    .addHelpText(
      'after',
      '\nExample:\n  lianhub deliveries replay --subscription board --since 2h --missing --rate 50',
    )
    .action((id: string | undefined, flags: ReplayFlags) =>
      outwards(around, flags, async (desk) => {
        const { subscription, since, until, filter, missing, rate: perSecond, author } = flags;
        if (id === undefined && (subscription === undefined || since === undefined))
          throw new HubError('deliveries.nothing-kept', {});
        const done =
          id === undefined
            ? await replaySince(
                desk,
                subscription ?? '',
                { since: since ?? new Date(), until, filter, missing, perSecond },
                author,
              )
            : await replayDelivery(desk, id, author);
        const { count } = done;
        print(around, flags, { count }, () => `${count} to be posted again, ${perSecond} a second.`);
      }),
    );
}

function listText(deliveries: readonly Delivery[]): string {
  if (deliveries.length === 0) return 'Nothing was sent.';
  return columns(
    [
      ['id', 'at', 'subscription', 'type', 'state', 'status', 'tries', 'answer'],
      ...deliveries.map((one) => [
        one.id,
        one.at.toISOString(),
        one.subscription,
        one.type,
        one.replay ? `${one.state}, replay` : one.state,
        String(one.status ?? ''),
        String(one.attempts),
        cut((one.error ?? one.answer ?? '').replaceAll('\n', ' '), 60),
      ]),
    ],
    '',
  );
}

function stateOf(text: string): DeliveryState {
  const found = states.find((state) => state === text);
  if (found === undefined) throw new InvalidArgumentError(`expected one of ${states.join(', ')}`);
  return found;
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isFinite(count) && count > 0) return count;
  throw new InvalidArgumentError('expected a number above 0');
}

function momentOf(text: string): Date {
  const ago = parseDuration(text);
  if (ago !== undefined) return new Date(Date.now() - ago);
  const moment = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(moment.getTime())) return moment;
  throw new InvalidArgumentError('expected for example 2026-11-01T08:00:00Z, or 2h for two hours ago');
}
