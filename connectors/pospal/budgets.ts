import type { CallBudget } from '../kit/index.ts';
import type { PospalConfig } from './config.ts';

/** Calls a day of a free account; more are bought per account. */
const freeAccount = 300;

/** Pospal counts calls per store account; a poll asks each account it concerns once at least. */
export function budgets(config: PospalConfig): readonly CallBudget[] {
  const names = Object.keys(config.accounts);
  const flagged = names.filter((name) => config.accounts[name]?.online === true);
  const online = config.onlineOrderAccount === undefined ? flagged : [config.onlineOrderAccount];
  const asked: Readonly<Record<string, readonly string[]>> = {
    'online-order': online,
    ticket: names,
    product: config.productAccounts ?? (online.length > 0 ? online : names),
    customer: config.customerAccounts ?? names,
  };
  const told = config.quota.perDay ?? config.limits.perDay;
  return names.map((name) => ({
    unit: `store account ${name}`,
    perDay: told ?? freeAccount,
    ...(told === undefined ? { assumed: true } : { divided: true }),
    setting: 'config.quota.perDay',
    perPoll: Object.fromEntries(
      Object.entries(asked).map(([object, accounts]) => [object, accounts.includes(name) ? 1 : 0]),
    ),
  }));
}
