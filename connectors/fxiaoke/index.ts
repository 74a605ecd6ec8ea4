/** FXiaoke (纷享销客): accounts, contacts, products and orders both ways, consumption records out. */
import { ConnectorError, defineConnector, rotating } from '../kit/index.ts';
import { about } from './about.ts';
import { createClient } from './client.ts';
import { configSchema, secretsSchema } from './config.ts';
import { consumption } from './objects/consumption.ts';
import { order } from './objects/order.ts';
import { type Context, operationsOf, recordFacts, unready, writingOnly } from './objects/records.ts';
import { account, contact, product } from './objects/simple.ts';
import { createWebhook } from './webhook.ts';

/** Documents are not edited by two sides: nothing is read before they are updated. */
const { readBeforeWrite: _read, listsAll: _lists, ...documentFacts } = recordFacts;

/** The connector as the hub's registry takes it. */
export default defineConnector({
  name: 'fxiaoke',
  title: { en: 'FXiaoke', zh: '纷享销客' },
  about,
  config: configSchema,
  secrets: secretsSchema,
  objects: {
    AccountObj: recordFacts,
    ContactObj: recordFacts,
    ProductObj: recordFacts,
    SalesOrderObj: documentFacts,
    consumption: documentFacts,
  },
  open(context) {
    const { config, now } = context;
    const client = createClient(context);
    const shared: Context = { client, config, now };
    const read = [account, contact, product, order];
    const bought = consumption(config);
    const { toleranceMs = config.clockToleranceSeconds * 1000 } = context.webhook ?? {};
    const webhook = rotating(context, ({ aesKey }) =>
      aesKey === undefined
        ? undefined
        : createWebhook({
            aesKey,
            enterpriseAccount: config.enterpriseAccount,
            toleranceMs,
            now,
            objects: new Map(read.map(({ apiName, object }) => [apiName, object])),
          }),
    );
    return {
      objects: {
        ...Object.fromEntries(read.map((kind) => [kind.object, operationsOf(shared, kind)])),
        consumption: writingOnly(operationsOf(shared, bought)),
      },
      ...(webhook ? { webhook } : {}),
      async test(signal) {
        try {
          const rows = await client.query({
            ...{ apiName: 'PersonnelObj', filters: [], orderBy: '_id', limit: 1, signal },
          });
          if (rows.length > 0) {
            const lacking = await unready(shared, [...read, bought], signal);
            return { ok: true, message: [`Signed in to ${config.baseUrl}.`, ...lacking].join(' ') };
          }
          const message = `Signed in, but the employee ${config.userId} sees nobody: check data permissions.`;
          return { ok: false, message };
        } catch (error) {
          if (!(error instanceof ConnectorError)) throw error;
          return { ok: false, message: error.message };
        }
      },
      close: async () => client.close(),
    };
  },
});
