/** Polling plans held against what the vendors allow: a plan that uses up a day's calls by noon is found before it runs. */
import type { CallBudget, Connector } from '../../connectors/kit/types.ts';
import type { ConnectionConfig, HubConfig, Problem } from '../config/index.ts';
import type { Party } from '../lanes/landscape.ts';
import { callsOf } from '../lanes/limits/budget.ts';
import { budgetOf } from './budgets.ts';

const day = 86_400_000;

/**
 * A problem per connection whose polls need more calls a day than it has, at the poll that costs most. It is a
 * warning where the limit is only the vendor's usual one.
 */
export function checkPlans(
  config: HubConfig,
  connectors: Readonly<Record<string, Connector>>,
  parties: readonly Party[],
): Problem[] {
  return Object.values(config.connections).flatMap((connection) => {
    const polled = pollsOf(parties, connection.name);
    const connector = connectors[connection.connector];
    if (polled.length === 0 || connector === undefined) return [];
    const tight = budgetsOf(connection, connector)
      .map((budget) => ({ budget, need: needOf(budget, polled) }))
      .map((one) => ({ ...one, forPolls: callsForPolls(config, connection, one.budget) }))
      .filter(({ need, forPolls }) => need.total > forPolls)
      .toSorted((a, b) => b.need.total - a.need.total);
    const [worst] = tight;
    return worst === undefined ? [] : [problemOf(config, connection, worst)];
  });
}

interface Poll {
  readonly party: Party;
  readonly everyMs: number;
}

interface Need {
  readonly total: number;
  /** Dearest first. */
  readonly parts: readonly { readonly poll: Poll; readonly calls: number }[];
}

/** One poll per object: parties that read the same object share the quickest. */
function pollsOf(parties: readonly Party[], connection: string): Poll[] {
  const quickest = new Map<string, Poll>();
  for (const party of parties) {
    if (party.connection !== connection || party.pollMs === undefined || party.pollMs === 0) continue;
    const known = quickest.get(party.object);
    if (known === undefined || party.pollMs < known.everyMs)
      quickest.set(party.object, { party, everyMs: party.pollMs });
  }
  return [...quickest.values()];
}

function budgetsOf(connection: ConnectionConfig, connector: Connector): readonly CallBudget[] {
  const { limits, simulator } = connection;
  const perPoll = Object.fromEntries(Object.keys(connector.objects).map((object) => [object, 1]));
  const rates = [
    limits?.perDay,
    times(limits?.perHour, 24),
    times(limits?.perMinute, 1_440),
    times(limits?.perSecond, 86_400),
  ];
  const perDay = Math.min(...rates.filter((rate) => rate !== undefined));
  const whole: CallBudget = {
    unit: 'the connection',
    setting: 'limits',
    perPoll,
    ...(perDay === Number.POSITIVE_INFINITY ? {} : { perDay }),
    // Rates of a minute or a second are not divided: they come again at once.
    ...(limits?.perDay !== undefined && perDay === limits.perDay ? { divided: true } : {}),
  };
  if (connector.budgets === undefined || simulator !== undefined) return [whole];
  const given = { ...connection.config, ...(limits === undefined ? {} : { limits }) };
  const settings = connector.config.safeParse(given);
  // Settings that are wrong are told elsewhere, each with its place.
  return settings.success ? connector.budgets(settings.data) : [whole];
}

/** Calls of a day that polls may use: their share of it, where a day's calls are known and divided. */
function callsForPolls(config: HubConfig, connection: ConnectionConfig, budget: CallBudget): number {
  const perDay = budget.perDay ?? Number.POSITIVE_INFINITY;
  if (budget.assumed === true || budget.divided !== true) return perDay;
  return callsOf(perDay, budgetOf(config, connection).shares).poll;
}

function times(rate: number | undefined, count: number): number | undefined {
  return rate === undefined ? undefined : rate * count;
}

function needOf(budget: CallBudget, polls: readonly Poll[]): Need {
  const parts = polls
    .map((poll) => ({
      poll,
      calls: Math.ceil((day / poll.everyMs) * (budget.perPoll[poll.party.object] ?? 0)),
    }))
    .filter(({ calls }) => calls > 0)
    .toSorted((a, b) => b.calls - a.calls);
  return { total: parts.reduce((sum, part) => sum + part.calls, 0), parts };
}

function problemOf(
  config: HubConfig,
  connection: ConnectionConfig,
  { budget, need, forPolls }: { readonly budget: CallBudget; readonly need: Need; readonly forPolls: number },
): Problem {
  const [dearest] = need.parts;
  const at =
    dearest === undefined
      ? ['connections', connection.name]
      : ['syncs', dearest.poll.party.sync, 'parties', dearest.poll.party.name, 'read', 'poll'];
  const parts = need.parts.map(({ poll, calls }) => `${poll.party.object} ${calls}`).join(', ');
  const { perDay = 0 } = budget;
  const whole = budget.assumed === true ? `usually has ${perDay}` : `has ${perDay}`;
  const has = need.total > perDay ? whole : `has ${perDay}, of which ${forPolls} are for polls`;
  const message = `polling asks ${budget.unit} of ${connection.name} ${need.total} times a day (${parts}), and it ${has}`;
  const share = need.total > perDay ? '' : ', give polls a larger share under budget';
  const setting = budget.setting === undefined ? '' : `, or say under ${budget.setting} what it really has`;
  const problem = config.source.problem(at, 'config.over-quota', message, {
    hint: `poll less often${share}${setting}`,
  });
  return budget.assumed === true ? { ...problem, severity: 'warning' } : problem;
}
