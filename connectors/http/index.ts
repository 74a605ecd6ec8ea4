import { ConnectorError, defineConnector, type ObjectOperations, rotating } from '../kit/index.ts';
import { about } from './about.ts';
import { createClient, type RestClient } from './client.ts';
import { type HttpConfig, httpConfig, httpSecrets } from './config.ts';
import type { Endpoint } from './config-objects.ts';
import { describe } from './description.ts';
import { objectsOf } from './facts.ts';
import { listPage } from './objects/list.ts';
import { fetchAll, findAll } from './objects/read.ts';
import { removeAll, type Writing, writeAll } from './objects/write.ts';
import { createReceiver } from './webhook.ts';

/** Any system with a REST or JSON interface, described in hub.yaml alone. */
export default defineConnector({
  name: 'http',
  title: { en: 'REST and JSON systems', zh: '通用 REST/JSON 接口' },
  about,
  config: httpConfig,
  secrets: httpSecrets,
  objects: {},
  objectsOf,
  describe,
  open(context) {
    const { config, now } = context;
    const webhook = rotating(context, ({ webhookSecret }) =>
      config.webhook
        ? createReceiver(config, config.webhook, webhookSecret, context.webhook?.toleranceMs)
        : undefined,
    );
    const client = createClient(context);
    const control = (signal: AbortSignal): Promise<string> => ask(client, config, signal);
    const operations = Object.entries(config.objects).map(([name, object]): [string, ObjectOperations] => {
      const writing: Writing = {
        name,
        object,
        client,
        settings: config,
        now,
        control: async (signal) => void (await control(signal)),
      };
      const writes =
        object.create !== undefined || object.update !== undefined || Object.keys(object.steps).length > 0;
      return [
        name,
        {
          ...(object.list
            ? { list: (request) => listPage({ name, object, client, baseUrl: config.baseUrl, now }, request) }
            : {}),
          ...(object.get ? { fetch: (request) => fetchAll(writing, request) } : {}),
          ...(object.find ? { find: (request) => findAll(writing, request) } : {}),
          ...(writes ? { write: (request) => writeAll(writing, request) } : {}),
          ...(object.remove ? { remove: (request) => removeAll(writing, request) } : {}),
        },
      ];
    });
    return {
      objects: Object.fromEntries(operations),
      ...(webhook ? { webhook } : {}),
      async test(signal) {
        try {
          return { ok: true, message: await control(signal) };
        } catch (error) {
          if (!(error instanceof ConnectorError)) throw error;
          return { ok: false, message: error.decision.message };
        }
      },
      close: async () => client.close(),
    };
  },
});

/** Asks for something the system answers only to those it lets in; says what it answered. */
async function ask(client: RestClient, config: HttpConfig, signal: AbortSignal): Promise<string> {
  const asked = questionOf(config);
  if (!asked) return 'Nothing was asked: add test with a path that answers only to those let in.';
  const { what, endpoint, values } = asked;
  const { status } = await client.call({ what, endpoint, values, write: false, namesObject: false, signal });
  return `The system answers (${what}: HTTP ${status}).`;
}

interface Question {
  readonly what: string;
  readonly endpoint: Endpoint;
  readonly values: Readonly<Record<string, number>>;
}

function questionOf({ test, objects }: HttpConfig): Question | undefined {
  if (test) return { what: 'test', endpoint: test, values: {} };
  for (const [name, { list }] of Object.entries(objects)) {
    if (!list) continue;
    const first = list.paging.by === 'page' ? list.paging.first : 0;
    return { what: `list ${name}`, endpoint: list, values: { page: first, offset: 0, size: 1 } };
  }
  return undefined;
}
