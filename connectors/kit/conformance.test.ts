import {
  createSimulator,
  type ExampleSimulator,
  exampleConnector,
  exampleErrors,
} from './conformance/example.ts';
import { conformance } from './conformance.ts';
import { serve } from './simulator.ts';

conformance('the example', {
  connector: exampleConnector,
  async start() {
    const simulator = createSimulator();
    const { url, close } = await serve(simulator.app);
    const { config, secrets } = simulator.connectionFor(url);
    const session = exampleConnector.open({
      connection: 'example',
      config: exampleConnector.config.parse(config),
      secrets: exampleConnector.secrets.parse(secrets),
      now: Date.now,
    });
    return { session, simulator, url, close };
  },
  flags: {
    session: {
      logins: (simulator) => simulator.calls.get('login') ?? 0,
      expire: (simulator) => simulator.tokens.clear(),
    },
    wrongSecret: {
      secrets: { key: 'wrong-key-123' },
      attempts: (simulator) => simulator.calls.get('login') ?? 0,
    },
    limits: { call: (session, signal) => session.test(signal) },
    errors: {
      tables: [exampleErrors],
      operation: 'list',
      answer: (row) => {
        const status = Number(row.status);
        return { status, body: { code: row.code === undefined ? 'no' : String(row.code) } };
      },
      call: async (session, signal) => session.objects.thing?.list?.({ signal }),
    },
    list: { object: 'thing', seed, operation: 'list', halfPage: true, clear: () => {} },
    moved: {
      object: 'thing',
      seed,
      disturb: (simulator, id) => {
        simulator.things.delete(`N-${id}`);
        return 'gone';
      },
    },
    actions: {
      tell: {
        input: { to: '张三', text: '到货了 🎁' },
        wrong: { to: '', text: 'x' },
        operation: 'tell',
        done: (simulator) => simulator.told.size,
      },
    },
    values: {
      text: {
        written: {
          object: 'thing',
          step: 'save',
          item: (_key, value) => ({ key: value, body: { number: value } }),
          held: (simulator, value) => simulator.things.get(value)?.number,
        },
      },
    },
    lacks: {
      revisions: 'a thing never changes',
      decimals: 'a thing has no amounts',
      times: 'a thing has no times',
    },
    create: {
      object: 'thing',
      step: 'save',
      item: (key) => ({ key, body: { number: key } }),
      operation: 'save',
      stored: (simulator, key) => (simulator.things.has(key) ? 1 : 0),
    },
    batch: {
      object: 'thing',
      step: 'save',
      items: [
        { key: 'B-1', body: { number: 'B-1' } },
        { key: 'B-2', body: { number: '' } },
        { key: 'B-3', body: { number: 'B-3' } },
      ],
    },
    webhook: {
      object: 'thing',
      good: ({ simulator }) => simulator.signed('{"id":"1","number":"N"}', Date.now()),
      stale: ({ simulator }) => ({
        ...simulator.signed('{"id":"1","number":"N"}', Date.now() - 3_600_000),
        receivedAt: new Date(),
      }),
      otherSecrets: { key: 'another-key-456' },
      senseless: ({ simulator }) => simulator.signed('"what?"', Date.now()),
    },
  },
});

function seed(simulator: ExampleSimulator, count: number): string[] {
  const first = simulator.things.size + 1;
  return Array.from({ length: count }, (_, index) => {
    const id = String(first + index).padStart(6, '0');
    simulator.things.set(`N-${id}`, { id, number: `N-${id}`, changed: '2024-01-01' });
    return id;
  });
}
