/** What the conformance suite has to know about this connector. */
import type { Conformance } from '../../../connectors/kit/conformance/subject.ts';
import type { ErrorRow, JsonObject, WebhookRequest } from '../../../connectors/kit/index.ts';
import { startAgainst } from '../../../connectors/kit/testing.ts';
import type { Config, Secrets } from './config.ts';
import { errorTable } from './errors.ts';
import parcels from './index.ts';
import { createSimulator, type ParcelsSimulator } from './simulator/index.ts';

/** A good object of each kind, as the description asks for it. */
const samples = {
  Parcel: {
    weight: 1,
    depot: {
      name: 'text',
    },
  },
  Depot: {
    name: 'text',
  },
} satisfies Record<string, JsonObject>;

function answerOf(row: ErrorRow) {
  if (row.status === undefined) return { status: 200, body: '<html>Login</html>' };
  const status = { '4xx': 422, '5xx': 503 }[String(row.status)] ?? Number(row.status);
  return { status, body: { message: 'as the suite says' } };
}

function pushed(simulator: ParcelsSimulator, text: string, time = Date.now()): WebhookRequest {
  return { method: 'POST', query: '', ...simulator.signed(text, time), receivedAt: new Date() };
}

const push = JSON.stringify({ id: 'push-1', object: 'Parcel', objectId: '1' });

export const subject: Conformance<Config, Secrets, ParcelsSimulator> = {
  connector: parcels,
  start: () => startAgainst(parcels, createSimulator(), { connection: 'parcels', config: { pageSize: 10 } }),
  flags: {
    wrongSecret: {
      secrets: { apiKey: 'not-the-secret' },
      words: 'is wrong.',
      attempts: ({ calls }) => [...calls.values()].reduce((sum, count) => sum + count, 0),
      most: 20,
    },
    limits: {
      call: async (session, signal) => session.objects.Parcel?.list?.({ signal }),
    },
    errors: {
      tables: [errorTable],
      answer: answerOf,
      operation: 'GET .parcels',
      call: async (session, signal) => session.objects.Parcel?.list?.({ signal }),
    },
    list: {
      object: 'Parcel',
      operation: 'GET .parcels',
      seed: (simulator, count) =>
        simulator.seed(
          'Parcel',
          Array.from({ length: count }, () => samples.Parcel),
        ),
      clear: () => {},
    },
    webhook: {
      object: 'Parcel',
      good: ({ simulator }) => pushed(simulator, push),
      stale: ({ simulator }) => pushed(simulator, push, Date.now() - 3_600_000),
      senseless: ({ simulator }) => pushed(simulator, 'what?'),
    },
  },
};
