import type { components } from '../../openapi/generated/qimen.d.ts';
import {
  type ConnectionContext,
  ConnectorError,
  connectorFor,
  rotating,
  type TestResult,
} from '../kit/index.ts';
import { about } from './about.ts';
import { createClient } from './client.ts';
import { type Config, config, type Secrets, secrets } from './config.ts';
import * as confirm from './objects/delivery-confirm.ts';
import * as order from './objects/delivery-order.ts';
import * as process from './objects/delivery-process.ts';
import { createReceiver } from './webhook.ts';

/** QiMen (奇门): a warehouse behind Taobao's gateway, or a WMS that speaks the same format itself. */
export default connectorFor<components['schemas']>()({
  name: 'qimen',
  title: { en: 'QiMen WMS', zh: '奇门仓储' },
  about,
  config,
  secrets,
  objects: {
    'delivery-order': order.facts,
    'delivery-process': process.facts,
    'delivery-confirm': confirm.facts,
  },
  open(context: ConnectionContext<Config, Secrets>) {
    const client = createClient(context);
    const told = context.webhook?.toleranceMs;
    const { timestampToleranceMinutes } = context.config;
    const webhook = rotating(context, (secrets) =>
      createReceiver(
        {
          ...context.config,
          timestampToleranceMinutes: told === undefined ? timestampToleranceMinutes : told / 60_000,
        },
        secrets,
      ),
    );
    return {
      objects: {
        'delivery-order': order.deliveryOrder(client, context),
        'delivery-process': {},
        'delivery-confirm': {},
      },
      webhook,

      /** Asks for an order that cannot exist: any answer of the warehouse proves address, pairing and secret. */
      async test(signal): Promise<TestResult> {
        try {
          const answer = await client.call(
            'deliveryorder.query',
            {
              ownerCode: context.config.ownerCode ?? context.config.customerId,
              orderCode: 'LIANHUB-TEST',
              page: '1',
              pageSize: '1',
            },
            { write: false, signal },
          );
          return {
            ok: true,
            message: `The warehouse system answers${answer.success ? '' : ' and accepts our signature'}.`,
          };
        } catch (error) {
          if (error instanceof ConnectorError) return { ok: false, message: error.decision.message };
          throw error;
        }
      },
      close: async () => client.close(),
    };
  },
});
