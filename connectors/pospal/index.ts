import { ConnectorError, defineConnector } from '../kit/index.ts';
import { budgets } from './budgets.ts';
import { createClient } from './client.ts';
import { pospalConfig, pospalSecrets, resolveAccounts } from './config.ts';
import { customerFacts, customerOperations } from './objects/customer.ts';
import { onlineOrderFacts, onlineOrderOperations } from './objects/online-order.ts';
import { productFacts, productOperations } from './objects/product.ts';
import { ticketFacts, ticketOperations } from './objects/ticket.ts';
import { createShop } from './shop.ts';
import { createWebhook } from './webhook.ts';

/** Pospal (银豹): tills and online orders of a chain, one connection for all its store accounts. */
export default defineConnector({
  name: 'pospal',
  title: { en: 'Pospal', zh: '银豹' },
  config: pospalConfig,
  secrets: pospalSecrets,
  objects: {
    'online-order': onlineOrderFacts,
    ticket: ticketFacts,
    product: productFacts,
    customer: customerFacts,
  },
  budgets,
  open(context) {
    const accounts = resolveAccounts(context.config, context.secrets);
    const client = createClient(context);
    const shop = createShop({ config: context.config, accounts, client, now: context.now });
    return {
      objects: {
        'online-order': onlineOrderOperations(shop),
        ticket: ticketOperations(shop),
        product: productOperations(shop),
        customer: customerOperations(shop),
      },
      webhook: createWebhook(context.config, accounts),
      async test(signal) {
        for (const account of accounts.byName.values()) {
          try {
            await shop.control(account, signal);
          } catch (error) {
            if (!(error instanceof ConnectorError)) throw error;
            return { ok: false, message: `Account ${account.name}: ${error.decision.message}` };
          }
        }
        return { ok: true, message: `All ${accounts.all.length} store accounts answer.` };
      },
      close: async () => client.close(),
    };
  },
});
