import type { CallKind } from '../../connectors/kit/shared.ts';
import type { ConnectionConfig, HubConfig, Problem } from '../config/index.ts';
import { type Budget, defaultShares, sharesInUse, sumOf } from '../lanes/limits/budget.ts';

/** Where the vendors known so far count their days. */
const defaultZone = 'Asia/Shanghai';

/** How a connection's day is divided: as configured, what is never done here given to the rest. */
export function budgetOf(config: HubConfig, connection: ConnectionConfig): Budget {
  const { zone = defaultZone, ...told } = connection.budget ?? {};
  const parties = Object.values(config.syncs).flatMap((sync) =>
    Object.values(sync.parties).filter((party) => party.connection === connection.name),
  );
  const channel = Object.values(config.stock).some((stock) => stock.channel === connection.name);
  const unused = new Set<CallKind>();
  if (!parties.some((party) => party.read?.poll)) unused.add('poll');
  if (!parties.some((party) => party.read?.webhook)) unused.add('fetch');
  if (!channel && !parties.some((party) => party.write)) unused.add('write');
  return { zone, shares: sharesInUse(sharesTold(told), unused) };
}

/** Budgets that give away more than there is, at the connection. */
export function checkBudgets(config: HubConfig): Problem[] {
  return Object.values(config.connections).flatMap((connection) => {
    const { zone: _, ...told } = connection.budget ?? {};
    const total = sumOf(sharesTold(told));
    if (total <= 100) return [];
    const shares = Object.entries(sharesTold(told)).map(([kind, percent]) => `${kind} ${percent}%`);
    return [
      config.source.problem(
        ['connections', connection.name, 'budget'],
        'config.over-budget',
        `the shares of a day of ${connection.name} come to ${total}% (${shares.join(', ')})`,
        { hint: 'lower one of them; what is not set has its default', key: true },
      ),
    ];
  });
}

function sharesTold(
  told: Readonly<Partial<Record<CallKind, number | undefined>>>,
): Readonly<Record<CallKind, number>> {
  const given = Object.entries(told).filter((entry) => entry[1] !== undefined);
  return { ...defaultShares, ...Object.fromEntries(given) };
}
