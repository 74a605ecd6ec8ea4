import { ConnectorError, connectorFor, rotating } from '../../../connectors/kit/index.ts';
import type { components } from '../generated/parcels.d.ts';
import { createClient } from './client.ts';
import { config, secrets } from './config.ts';
import * as depot from './objects/depot.ts';
import * as parcel from './objects/parcel.ts';
import { createReceiver } from './webhook.ts';

/** Parcels, through the part of its API that openapi/parcels.yaml describes. */
export default connectorFor<components['schemas']>()({
  name: 'parcels',
  title: { en: 'Parcels', zh: 'Parcels' },
  config,
  secrets,
  objects: { Parcel: parcel.facts, Depot: depot.facts },
  open(context) {
    const client = createClient(context);
    return {
      objects: { Parcel: parcel.operations(client, context.config), Depot: depot.operations(client) },
      webhook: rotating(context, (known) => createReceiver(known, context.webhook?.toleranceMs)),
      async test(signal) {
        try {
          await client.call({ operation: 'listParcel', method: 'GET', path: '/parcels', signal });
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
