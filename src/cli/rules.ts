import { Command, InvalidArgumentError } from 'commander';
import { HubError } from '../errors.ts';
import { decide } from '../lanes/rules/decide.ts';
import { auditOf } from '../ledger/audit.ts';
import {
  type ListedTimer,
  listTimers,
  type RuleStatus,
  statusOfRules,
  type TimerDecision,
  timersNamed,
} from '../ledger/rule-desk.ts';
import type { TimerState } from '../ledger/rule-timers.ts';
import type { Sql } from '../ledger/sql.ts';
import { common, type Flags, opened, print, type Surroundings, terminal } from './desk.ts';
import { columns, cut } from './table.ts';

const states: readonly TimerState[] = [
  'due',
  'running',
  'done',
  'cancelled',
  'met',
  'missed',
  'failed',
  'unknown',
  'skipped',
];

/** `lianhub rules`: what rules and milestones wait for, have done, and could not do. */
export function rulesCommand(around: Surroundings = terminal): Command {
  const command = new Command('rules').description(
    'what rules and milestones of hub.yaml wait for, have done, and could not do. Works beside a running hub and ' +
      'without one',
  );
  for (const make of [status, list, show, retry, skip, resolve]) command.addCommand(make(around));
  return command;
}

function status(around: Surroundings): Command {
  return common(new Command('status'))
    .description(
      'each rule and milestone: what waits, what needs a person, and what became of it within 30 days',
    )
    .action((flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const rules = await statusOfRules(database);
        print(around, flags, { rules }, () => statusText(rules, Date.now()));
      }),
    );
}

interface ListFlags extends Flags {
  readonly state?: TimerState;
  readonly rule?: string;
  readonly code?: string;
  readonly all?: true;
  readonly limit: number;
}

function list(around: Surroundings): Command {
  return common(new Command('list'))
    .option('--state <state>', `only those that are ${states.join(', ')}`, stateOf)
    .option('--rule <name>', 'only those of this rule or milestone')
    .option('--code <code>', 'only those with this code')
    .option('--all', 'whatever their state; without it, what failed or is unknown')
    .option('--limit <count>', 'how many at most, the oldest first', counted, 200)
    .description('what cannot go on by itself, and why')
    .addHelpText('after', '\nExample:\n  lianhub rules list --state due --rule remind-of-parcel')
    .action((flags: ListFlags) =>
      opened(around, flags, async ({ database }) => {
        const { state, rule, code, all, limit } = flags;
        const chosen = state === undefined ? (['failed', 'unknown'] as const) : [state];
        const timers = await listTimers(database, {
          rule,
          code,
          limit,
          ...(all && state === undefined ? {} : { states: chosen }),
        });
        print(around, flags, { timers }, () => listText(timers, Date.now()));
      }),
    );
}

function show(around: Surroundings): Command {
  return common(new Command('show'))
    .argument('<id>', 'as list prints it; its beginning is enough')
    .description('one of them: its event, what its action is told, what came of it, and what people decided')
    .action((id: string, flags: Flags) =>
      opened(around, flags, async ({ database }) => {
        const [timer] = await listTimers(database, { id: await named(database, id) });
        if (!timer) throw new HubError('rules.unknown', { id });
        const decisions = await auditOf(database, `rule/${timer.id}`);
        print(around, flags, { timer, decisions }, () => showText(timer, Date.now()));
      }),
    );
}

interface DecideFlags extends Flags {
  readonly rule?: string;
  readonly code?: string;
  readonly author: string;
  readonly note?: string;
}

function retry(around: Surroundings): Command {
  return many(around, 'retry', 'due again')
    .description(
      'what failed is tried again: made anew from its event by the rule as it is now, as long as the event is kept',
    )
    .addHelpText('after', '\nExample:\n  lianhub rules retry --rule remind-of-parcel --code rules.input');
}

function skip(around: Surroundings): Command {
  return many(around, 'skip', 'skipped').description(
    'what waits, failed or is unknown will not be done (any more): nobody waits for it',
  );
}

/** A decision about one, or about all of a rule or with a code. */
function many(around: Surroundings, decision: TimerDecision, became: string): Command {
  return common(new Command(decision))
    .argument('[id]', 'as list prints it; its beginning is enough')
    .option('--rule <name>', 'all of this rule or milestone')
    .option('--code <code>', 'all with this code')
    .option('--note <text>', 'why; kept with it')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .action((id: string | undefined, flags: DecideFlags) =>
      opened(around, flags, async ({ database }) => {
        const { rule, code, author, note } = flags;
        if (id === undefined && rule === undefined && code === undefined)
          throw new HubError('rules.which', {});
        const filter = id === undefined ? { rule, code } : { id: await named(database, id) };
        const decided = await decide(database, filter, decision, { author, note });
        print(around, flags, { decided }, () => `${decided.length} ${became}.`);
      }),
    );
}

function resolve(around: Surroundings): Command {
  return common(new Command('resolve'))
    .argument('<id>', 'as list prints it; its beginning is enough')
    .requiredOption(
      '--as <outcome>',
      'done: it has happened; not-done: it has not, and is done again',
      outcomeOf,
    )
    .option('--note <text>', 'how you know; kept with it')
    .option('--author <name>', 'who decides; kept with it', around.user)
    .description('you have found out what became of an action nobody answered')
    .addHelpText('after', '\nExample:\n  lianhub rules resolve 019ac3f2-5b1e --as done --note "Li Na has it"')
    .action((id: string, flags: DecideFlags & { readonly as: TimerDecision }) =>
      opened(around, flags, async ({ database }) => {
        const { author, note } = flags;
        const decided = await decide(database, { id: await named(database, id) }, flags.as, { author, note });
        print(around, flags, { decided }, () => decided.map((one) => `${one.id}: ${one.state}.`).join('\n'));
      }),
    );
}

async function named(sql: Sql, id: string): Promise<string> {
  const [found, second] = await timersNamed(sql, id);
  if (found === undefined || second !== undefined) throw new HubError('rules.unknown', { id });
  return found;
}

function statusText(rules: readonly RuleStatus[], now: number): string {
  if (rules.length === 0) return 'No rule has begun anything yet.';
  return columns(
    [
      ['rule', 'waits', 'next', 'failed', 'unknown', 'within 30 days'],
      ...rules.map(({ rule, waiting, next, failed, unknown, outcomes }) => [
        rule,
        String(waiting),
        next === null ? '' : whenText(next, now),
        String(failed),
        String(unknown),
        Object.entries(outcomes)
          .map(([outcome, count]) => `${outcome} ${count}`)
          .join(', '),
      ]),
    ],
    '',
  );
}

function listText(timers: readonly ListedTimer[], now: number): string {
  if (timers.length === 0) return 'There is nothing.';
  return columns(
    [
      ['id', 'rule', 'event', 'about', 'state', 'due', 'why'],
      ...timers.map((one) => [
        one.id,
        one.rule,
        one.event_type,
        aboutText(one),
        one.state,
        whenText(one.due_at, now),
        cut(one.code === null ? '' : `${one.code}: ${one.reason ?? ''}`, 70),
      ]),
    ],
    '',
  );
}

function showText(one: ListedTimer, now: number): string {
  const lines = [
    `${one.id}  ${one.rule}`,
    `begun by ${one.event_type} ${one.event_id} at ${one.event_at.toISOString()}, about ${aboutText(one)}`,
    `due ${one.due_at.toISOString()} (${whenText(one.due_at, now)})`,
    ...(one.action === null ? [] : [`does ${one.connection}.${one.action}`]),
    ...(one.input === null ? [] : [JSON.stringify(one.input)]),
    `${one.state}${one.attempts === 0 ? '' : ` after ${one.attempts} failed tries`}${one.reason === null ? '' : `: ${one.reason}`}${one.code === null ? '' : ` (${one.code})`}`,
    ...(one.ended_by === null ? [] : [`ended by event ${one.ended_by} at ${one.ended_at?.toISOString()}`]),
    ...(one.answer === null ? [] : [`answer ${JSON.stringify(one.answer)}`]),
  ];
  return lines.join('\n');
}

function aboutText({ entity, number }: ListedTimer): string {
  return number === null ? 'no record' : entity === null ? number : `${entity} ${number}`;
}

function whenText(at: Date, now: number): string {
  const ms = at.getTime() - now;
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  const age =
    minutes < 60
      ? `${minutes}m`
      : minutes < 2_880
        ? `${Math.floor(minutes / 60)}h`
        : `${Math.floor(minutes / 1_440)}d`;
  return ms > 0 ? `in ${age}` : `${age} ago`;
}

function stateOf(text: string): TimerState {
  const found = states.find((state) => state === text);
  if (found === undefined) throw new InvalidArgumentError(`expected one of ${states.join(', ')}`);
  return found;
}

function outcomeOf(text: string): TimerDecision {
  if (text === 'done' || text === 'not-done') return text;
  throw new InvalidArgumentError('expected done or not-done');
}

function counted(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('expected a whole number above 0');
}
