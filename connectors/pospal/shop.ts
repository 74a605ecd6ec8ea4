import { ConnectorError, fail, isJsonObject, type JsonObject, type WriteItem } from '../kit/index.ts';
import type { Operation, PospalCall, PospalClient } from './client.ts';
import { type Account, type Accounts, type PospalConfig, splitRemoteId } from './config.ts';

/** What the objects of one open connection share. */
export interface Shop {
  readonly config: PospalConfig;
  readonly accounts: Accounts;
  readonly client: PospalClient;
  readonly now: () => number;
  /** The accounts of these names, in this order. */
  named(names: readonly string[]): readonly Account[];
  /** Start of the first poll when nobody says one, UTC. */
  firstSince(): string;
  /** A call whose data is one object. An answer without one means that there is none (assumed): `absent`. */
  object<Name extends Operation>(request: PospalCall<Name>): Promise<JsonObject>;
  /** Positive control: asks something that always has an answer. Throws when the account sees nothing at all. */
  control(account: Account, signal: AbortSignal): Promise<void>;
  /** Account and vendor id of an item, from its remote id or from this field of its body. Throws `reject`. */
  target(item: WriteItem, field: string): { account: Account; vendorId: string };
}

export function createShop(options: {
  config: PospalConfig;
  accounts: Accounts;
  client: PospalClient;
  now: () => number;
}): Shop {
  const { config, accounts, client, now } = options;
  return {
    ...options,
    named: (names) => names.flatMap((name) => accounts.byName.get(name) ?? []),
    firstSince: () => new Date(now() - config.historyMs).toISOString(),
    async object<Name extends Operation>(request: PospalCall<Name>) {
      const data = await client.call(request);
      if (isJsonObject(data)) return data;
      return fail({
        kind: 'absent',
        code: 'pospal.absent',
        message: `${request.account.name}: Pospal has no such object in this store account.`,
      });
    },
    async control(account, signal) {
      await client.call({
        account,
        operation: 'openApiLimitAccess/queryAccessTimes',
        params: {},
        write: false,
        signal,
      });
    },
    target(item, field) {
      const told = item.body[field];
      const id = item.remoteId ?? (typeof told === 'string' ? told : '');
      const split = splitRemoteId(id);
      const account = split === undefined ? undefined : accounts.byName.get(split.account);
      if (split !== undefined && account !== undefined) return { account, vendorId: split.vendorId };
      throw new ConnectorError({
        kind: 'reject',
        code: 'pospal.no-target',
        message: `Neither the link nor ${field} names an object of a configured store account (account/id).`,
        field,
      });
    },
  };
}
