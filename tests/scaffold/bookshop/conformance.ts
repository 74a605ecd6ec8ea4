/** What the conformance suite has to know about this connector. */
import type { Conformance } from '../../../connectors/kit/conformance/subject.ts';
import type { ErrorRow, JsonObject, WebhookRequest } from '../../../connectors/kit/index.ts';
import { startAgainst } from '../../../connectors/kit/testing.ts';
import type { Config, Secrets } from './config.ts';
import { errorTable } from './errors.ts';
import bookshop from './index.ts';
import { type BookshopSimulator, createSimulator } from './simulator/index.ts';

/** A good object of each kind, as the description asks for it. */
const samples = {
  order: {
    reference: 'text',
    status: 'open',
    placedAt: '2026-01-31T16:00:00.000Z',
    customer: {
      name: 'text',
    },
    lines: [
      {
        isbn: 'text',
        quantity: 1,
        price: '19.90',
      },
    ],
  },
  book: {
    isbn: 'text',
    title: 'text',
    price: '19.90',
  },
} satisfies Record<string, JsonObject>;

function answerOf(row: ErrorRow) {
  if (row.status === undefined) return { status: 200, body: '<html>Login</html>' };
  const status = { '4xx': 422, '5xx': 503 }[String(row.status)] ?? Number(row.status);
  return { status, body: { message: 'as the suite says' } };
}

function pushed(simulator: BookshopSimulator, text: string, time = Date.now()): WebhookRequest {
  return { method: 'POST', query: '', ...simulator.signed(text, time), receivedAt: new Date() };
}

const push = JSON.stringify({ id: 'push-1', object: 'order', objectId: '1' });

export const subject: Conformance<Config, Secrets, BookshopSimulator> = {
  connector: bookshop,
  start: () =>
    startAgainst(bookshop, createSimulator(), { connection: 'bookshop', config: { pageSize: 10 } }),
  flags: {
    session: {
      logins: (simulator) => simulator.signIns(),
      expire: (simulator) => simulator.expireTokens(),
    },
    wrongSecret: {
      secrets: { clientSecret: 'not-the-secret' },
      words: 'invalid_client',
      attempts: (simulator) => simulator.signIns(),
    },
    limits: {
      call: async (session, signal) => session.objects.order?.list?.({ signal }),
    },
    errors: {
      tables: [errorTable],
      answer: answerOf,
      operation: 'GET .v1.orders',
      call: async (session, signal) => session.objects.order?.list?.({ signal }),
    },
    list: {
      object: 'order',
      operation: 'GET .v1.orders',
      seed: (simulator, count) =>
        simulator.seed(
          'order',
          Array.from({ length: count }, () => samples.order),
        ),
      clear: () => {},
    },
    create: {
      object: 'order',
      step: 'create',
      operation: 'POST .v1.orders',
      item: (key) => ({ key, body: samples.order }),
      stored: (simulator, key) => simulator.held('order').filter((one) => one.reference === key).length,
    },
    webhook: {
      object: 'order',
      good: ({ simulator }) => pushed(simulator, push),
      stale: ({ simulator }) => pushed(simulator, push, Date.now() - 3_600_000),
      senseless: ({ simulator }) => pushed(simulator, 'what?'),
    },
  },
};
