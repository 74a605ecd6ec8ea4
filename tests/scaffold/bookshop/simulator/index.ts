/** Bookshop over memory: its secrets, pages, creates, error bodies and signed pushes. */
import { type Context, Hono } from 'hono';
import {
  countCalls,
  equalConstantTime,
  Faults,
  faultMiddleware,
  type JsonObject,
  jsonObject,
  parseForm,
  parseJson,
  type Simulator,
  TokenDesk,
  WebhookSender,
} from '../../../../connectors/kit/index.ts';
import { signatureOf } from '../webhook.ts';

export interface BookshopSimulator extends Simulator {
  /** Puts objects in, whole; answers their ids. */
  seed(object: string, bodies: readonly JsonObject[]): readonly string[];
  /** What it holds of an object. */
  held(object: string): readonly JsonObject[];
  /** A push as it would be sent at this moment (ms): for tests of the receiver. */
  signed(text: string, time: number): { readonly headers: Record<string, string>; readonly body: Buffer };
  /** Tokens asked for. */
  signIns(): number;
  expireTokens(): void;
}

export interface SimulatorOptions {
  readonly now?: () => number;
}

/** How each object is served. */
interface Served {
  readonly path: string;
  readonly id: string;
  readonly changed?: string;
  /** Member of a page that holds its rows; absent: the page is the list. */
  readonly rows?: string;
  /** Parameters that say which page. */
  readonly page?: string;
  readonly offset?: string;
  readonly cursor?: string;
  /** Member of a page that tells the next cursor. */
  readonly next?: string;
  readonly size?: string;
  readonly since?: string;
  /** Parameter by which objects are looked up, and the property it compares. */
  readonly find?: readonly [string, string];
  readonly creates: boolean;
}

const objects: Readonly<Record<string, Served>> = {
  order: {
    path: '/v1/orders',
    id: 'id',
    changed: 'updatedAt',
    rows: 'orders',
    page: 'page',
    size: 'page_size',
    since: 'updated_since',
    find: ['reference', 'reference'],
    creates: true,
  },
  book: {
    path: '/v1/books',
    id: 'id',
    rows: 'data',
    cursor: 'cursor',
    next: 'next_cursor',
    size: 'limit',
    creates: false,
  },
};

const webhookSecret = 'simulated-webhook-secret';
const account = { clientId: 'simulated', clientSecret: 'simulated-client-secret' };

export function createSimulator(options: SimulatorOptions = {}): BookshopSimulator {
  const now = options.now ?? Date.now;
  const faults = new Faults();
  const calls = new Map<string, number>();
  const stores = new Map(Object.keys(objects).map((name) => [name, new Map<string, JsonObject>()]));
  let lastId = 0;
  const desk = new TokenDesk({ ttlMs: 3_600_000, now });
  const pushes = new WebhookSender<JsonObject>({
    prepare: (message, target) => ({ url: target, ...signed(JSON.stringify(message), now()) }),
    acknowledged: ({ status }) => status === 200,
  });

  function signed(text: string, time: number) {
    const body = Buffer.from(text, 'utf8');
    const timestamp = String(Math.floor(time / 1000));
    const headers = {
      'content-type': 'application/json',
      'x-timestamp': timestamp,
      'x-signature': signatureOf(webhookSecret, timestamp, body),
    };
    return { headers, body };
  }

  function storeOf(object: string): Map<string, JsonObject> {
    const store = stores.get(object);
    if (!store) throw new Error(`The simulator has no ${object}.`);
    return store;
  }

  function put(object: string, body: JsonObject): JsonObject {
    const served = objects[object];
    if (!served) throw new Error(`The simulator has no ${object}.`);
    lastId += 1;
    const told = {
      ...body,
      [served.id]: String(lastId).padStart(8, '0'),
      ...(served.changed === undefined ? {} : { [served.changed]: new Date(now()).toISOString() }),
    };
    storeOf(object).set(told[served.id] as string, told);
    pushes.send({ id: `push-${lastId}`, object, objectId: told[served.id] as string, data: told });
    return told;
  }

  function page(context: Context, object: string, served: Served): Response {
    const asked = (name: string | undefined): string => (name && context.req.query(name)) || '';
    const [parameter, property] = served.find ?? [];
    const since = Date.parse(asked(served.since)) || 0;
    const rows = [...storeOf(object).values()].filter(
      (one) =>
        (parameter === undefined || asked(parameter) === '' || one[property ?? ''] === asked(parameter)) &&
        (served.changed === undefined || Date.parse(String(one[served.changed])) >= since),
    );
    const size = Number(asked(served.size)) || 100;
    const start = served.page
      ? ((Number(asked(served.page)) || 1) - 1) * size
      : Number(asked(served.offset ?? served.cursor)) || 0;
    const isPaged = (served.page ?? served.offset ?? served.cursor) !== undefined;
    const whole = isPaged ? rows.slice(start, start + size) : rows;
    if (served.rows === undefined) return context.json(whole);
    const next =
      served.next && start + size < rows.length ? { [served.next]: String(start + size) } : undefined;
    return context.json({ [served.rows]: whole, ...next });
  }

  const app = new Hono();
  const operationOf = ({ req }: Context): string => `${req.method} ${req.path}`.replaceAll('/', '.');
  app.use(countCalls(calls, operationOf), faultMiddleware(faults, operationOf));
  app.post('/oauth/token', async (context) => {
    const form = parseForm(await context.req.text());
    const basic = /^Basic (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    const right = id === account.clientId && equalConstantTime(secret, account.clientSecret);
    const token = desk.issue(id, right && form.get('grant_type')?.[0] === 'client_credentials');
    if (typeof token === 'string') return context.json({ error: 'invalid_client' }, 401);
    return context.json({ access_token: token.token, token_type: 'Bearer', expires_in: token.ttlMs / 1000 });
  });
  app.use(async (context, next) => {
    const token = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1];
    if (desk.subjectOf(token) !== undefined) return next();
    return context.json({ message: 'The token is missing or over.' }, 401);
  });
  for (const [object, served] of Object.entries(objects)) {
    app.get(served.path, (context) => page(context, object, served));
    app.get(`${served.path}/:id`, (context) => {
      const found = storeOf(object).get(context.req.param('id'));
      return found ? context.json(found) : context.json({ message: `No such ${object}.` }, 404);
    });
    if (!served.creates) continue;
    app.post(served.path, async (context) => {
      const body = jsonObject(parseJson(await context.req.text()));
      const property = served.find?.[1];
      const known = [...storeOf(object).values()].some(
        (one) => property !== undefined && one[property] === body[property],
      );
      if (known) return context.json({ message: `This ${property} exists already.` }, 409);
      return context.json(put(object, body), 201);
    });
  }
  app.notFound((context) => context.json({ message: 'No such address.' }, 404));

  return {
    app,
    faults,
    calls,
    connectionFor: (url) => ({
      config: { url },
      secrets: { ...account, webhookSecret },
    }),
    notifyAt: (target) => pushes.notifyAt(target),
    seed: (object, bodies) => bodies.map((body) => String(put(object, body)[objects[object]?.id ?? ''])),
    held: (object) => [...storeOf(object).values()],
    signed,
    signIns: () => desk.asked,
    expireTokens: () => desk.expireAll(),
    stop: () => pushes.stop(),
  };
}
