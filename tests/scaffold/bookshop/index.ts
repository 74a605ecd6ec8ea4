import { ConnectorError, connectorFor, rotating } from '../../../connectors/kit/index.ts';
import type { components } from '../generated/bookshop.d.ts';
import { createClient } from './client.ts';
import { config, secrets } from './config.ts';
import * as book from './objects/book.ts';
import * as order from './objects/order.ts';
import { createReceiver } from './webhook.ts';

/** Bookshop, through the part of its API that openapi/bookshop.yaml describes. */
export default connectorFor<components['schemas']>()({
  name: 'bookshop',
  title: { en: 'Bookshop', zh: 'Bookshop' },
  config,
  secrets,
  objects: { order: order.facts, book: book.facts },
  open(context) {
    const client = createClient(context);
    return {
      objects: {
        order: order.operations(client, context.config, context.now),
        book: book.operations(client, context.config),
      },
      webhook: rotating(context, (known) => createReceiver(known, context.webhook?.toleranceMs)),
      async test(signal) {
        try {
          await client.call({ operation: 'listOrder', method: 'GET', path: '/v1/orders', signal });
          return { ok: true, message: `Signed in to ${context.config.url}.` };
        } catch (error) {
          if (error instanceof ConnectorError) return { ok: false, message: error.decision.message };
          throw error;
        }
      },
      close: async () => client.close(),
    };
  },
});
