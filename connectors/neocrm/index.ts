/** Neocrm (销售易): accounts, contacts, products and orders both ways, consumption records out. */
import { ConnectorError, defineConnector } from '../kit/index.ts';
import { about } from './about.ts';
import { createClient } from './client.ts';
import { configSchema, secretsSchema } from './config.ts';
import { linesKind, order } from './objects/order.ts';
import {
  type Context,
  type Kind,
  operationsOf,
  recordFacts,
  unready,
  writingOnly,
} from './objects/records.ts';
import { account, consumption, contact, product } from './objects/simple.ts';

/** Documents are not edited by two sides: nothing is read before they are updated. */
const { readBeforeWrite: _read, listsAll: _lists, ...documentFacts } = recordFacts;

/** The connector as the hub's registry takes it. */
export default defineConnector({
  name: 'neocrm',
  title: { en: 'Neocrm', zh: '销售易' },
  about,
  config: configSchema,
  secrets: secretsSchema,
  objects: {
    account: recordFacts,
    contact: recordFacts,
    product: recordFacts,
    order: documentFacts,
    consumption: documentFacts,
  },
  open(context) {
    const { config, now } = context;
    const client = createClient(context);
    const types = new Map<string, Promise<string | undefined>>();
    const shared: Context = { client, config, now, entityType };

    /** Asked once per object; a question that failed is asked again. */
    function entityType({ object, apiKey }: Kind, signal: AbortSignal): Promise<string | undefined> {
      const set = config.entityTypes[object];
      if (set !== undefined) return Promise.resolve(set);
      const asked = types.get(apiKey) ?? client.firstEntityType(apiKey, signal);
      types.set(apiKey, asked);
      return asked.catch((error: unknown) => {
        types.delete(apiKey);
        throw error;
      });
    }

    const read = [account, contact, product, order];
    const bought = consumption(config);
    return {
      objects: {
        ...Object.fromEntries(read.map((kind) => [kind.object, operationsOf(shared, kind)])),
        consumption: writingOnly(operationsOf(shared, bought)),
      },
      async test(signal) {
        try {
          const select = { fields: ['id'], from: 'user', where: [], orderBy: 'id', limit: 1 };
          const rows = await client.select(select, signal);
          if (rows.length > 0) {
            const lacking = await unready(shared, [...read, linesKind, bought], signal);
            return { ok: true, message: [`Signed in as ${config.username}.`, ...lacking].join(' ') };
          }
          return { ok: false, message: 'Signed in, but this user sees nobody: check data permissions.' };
        } catch (error) {
          if (!(error instanceof ConnectorError)) throw error;
          return { ok: false, message: error.message };
        }
      },
      close: async () => client.close(),
    };
  },
});
