import type { components } from '../../openapi/generated/pospal.d.ts';
import { ConnectorError, connectorFor, rotating } from '../kit/index.ts';
import { about } from './about.ts';
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
export default connectorFor<components['schemas']>()({
  name: 'pospal',
  title: { en: 'Pospal', zh: '银豹' },
  about,
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
    const { toleranceMs = context.config.clockToleranceMs } = context.webhook ?? {};
    const webhook = rotating(context, (secrets) =>
      createWebhook(
        { ...context.config, clockToleranceMs: toleranceMs },
        resolveAccounts(context.config, secrets),
      ),
    );
    const shop = createShop({ config: context.config, accounts, client, now: context.now });
    return {
      objects: {
        'online-order': onlineOrderOperations(shop),
        ticket: ticketOperations(shop),
        product: productOperations(shop),
        customer: customerOperations(shop),
      },
      webhook,
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
