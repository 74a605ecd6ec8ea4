/**
 * A tenant of Neocrm in memory: tokens by password and security token, records with their query language, the dialects
 * of errors, orders that are activated. Where the vendor's behaviour is not known there is an option.
 */
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import {
  countCalls,
  Faults,
  faultMiddleware,
  isJsonObject,
  type JsonObject,
  jsonObject,
  parseJson,
  type Simulator,
  stringifyJson,
} from '../../kit/index.ts';
import { parseSelect, Refusal, type Row, Store, textOf } from './store.ts';

export interface NeocrmSimulatorOptions {
  readonly now?: () => number;
  /** Seconds a token lives. Default 7200. */
  readonly tokenSeconds?: number;
  /** Whether token answers say expires_in. Default true. */
  readonly tellsExpiry?: boolean;
  /** Whether token answers name the host to use. Default true. */
  readonly tellsInstance?: boolean;
  /** How a lost token is told: HTTP 401, or an error body under HTTP 200. Default 401. */
  readonly lostToken?: '401' | 'body';
  /** `code` of an answer as text, as older tenants have it. Default false. */
  readonly textualCodes?: boolean;
  /** Fields in which no two records of an object may say the same: `account.hubKey__c`. Default: none. */
  readonly uniqueFields?: readonly string[];
  /** Fields the tenant takes for the mark of a duplicate (查重). Default: none. */
  readonly duplicateFields?: readonly string[];
  /** Fields the tenant has not made: `account.hubKey__c`. How the vendor says so is not known. Default: none. */
  readonly missingFields?: readonly string[];
  /** Calls in any second. Default: no limit, none is known. */
  readonly perSecond?: number;
  /** Business types of every object. Default: two. */
  readonly entityTypes?: readonly string[];
}

export interface NeocrmSimulator extends Simulator {
  /** Somebody makes a record in the CRM; answers its id. */
  seed(apiKey: string, fields: JsonObject): string;
  /** Somebody changes a record in the CRM. */
  change(apiKey: string, id: string, fields: JsonObject): void;
  remove(apiKey: string, id: string): void;
  lock(apiKey: string, id: string, locked: boolean): void;
  /** The user's permissions hide everything. */
  hideData(hidden: boolean): void;
  /** Records, ids and numbers as texts. */
  records(apiKey: string): JsonObject[];
  expireTokens(): void;
  signIns(): number;
  refusedForLimits(): number;
}

const clientId = 'simulated-client-0451';
const clientSecret = 'simulated-client-secret-77';
const username = 'integration@example.com';
const password = 'simulated-password';
const securityToken = 'aB3dE5gH';
const records = '/rest/data/v2.0/xobjects';
/** Written as bare numbers, whatever their length. */
const numeric = [
  ...[
    'id',
    'accountId',
    'ownerId',
    'entityType',
    'dimDepart',
    'productId',
    'orderId',
    'updatedAt',
    'createdAt',
  ],
  ...['amount', 'quantity', 'unitPrice', 'priceUnit', 'poStatus', 'level', 'enableStatus', 'lockStatus'],
];
const lookups: Readonly<Record<string, string>> = {
  accountId: 'account',
  productId: 'product',
  orderId: 'order',
};

export function createSimulator(options: NeocrmSimulatorOptions = {}): NeocrmSimulator {
  const { now = Date.now, perSecond = Number.POSITIVE_INFINITY } = options;
  const entityTypes = options.entityTypes ?? ['11010000100001', '11010000200001'];
  const livesMs = (options.tokenSeconds ?? 7200) * 1000;
  const store = new Store(now);
  const faults = new Faults();
  const calls = new Map<string, number>();
  const tokens = new Map<string, number>();
  let recent: number[] = [];
  let limited = 0;
  let isHidden = false;
  store.add('user', { name: '系统管理员' });

  function signIn(form: URLSearchParams, base: string): JsonObject {
    const given = (name: string): string => form.get(name) ?? '';
    if (given('client_id') !== clientId || given('client_secret') !== clientSecret) {
      throw new Refusal('invalid_client', 'client is not known');
    }
    if (given('username') !== username || given('password') !== password + securityToken) {
      throw new Refusal('invalid_grant', 'username or password error');
    }
    const token = randomUUID().replaceAll('-', '');
    tokens.set(token, now() + livesMs);
    return {
      access_token: token,
      token_type: 'Bearer',
      // The moment of issue, although its neighbours make one think of the end.
      issued_at: String(now()),
      ...(options.tellsExpiry === false ? {} : { expires_in: livesMs / 1000 }),
      ...(options.tellsInstance === false ? {} : { instance_uri: base }),
    };
  }

  function admit(authorization: string | undefined): void {
    const until = tokens.get((authorization ?? '').replace(/^Bearer\s+/, ''));
    if (until === undefined || now() >= until) throw new Refusal('20000002', 'access token expired');
    const moment = now();
    recent = [...recent.filter((one) => one > moment - 1000), moment];
    if (recent.length <= perSecond) return;
    limited += 1;
    throw new Refusal('20000010', '访问过于频繁');
  }

  function page(text: string, most: number): JsonObject {
    const select = parseSelect(text);
    for (const { field } of select.where) {
      if (options.missingFields?.includes(`${select.from}.${field}`)) {
        throw new Refusal('300001', `字段 ${field} 无效`);
      }
    }
    if (select.count > most) throw new Refusal('300001', `limit 超过 ${most}`);
    const { rows, total } = isHidden ? { rows: [], total: 0 } : store.select(select);
    const given = faults.take('halfPage', 'query') ? rows.slice(0, Math.ceil(rows.length / 2)) : rows;
    const shown = given.map((row) =>
      Object.fromEntries(
        select.fields.flatMap((field) => (field in row ? [[field, row[field] ?? null]] : [])),
      ),
    );
    return { totalSize: total, count: shown.length, records: shown };
  }

  function existing(apiKey: string, id: string): Row {
    const row = isHidden ? undefined : store.table(apiKey).get(id);
    if (!row) throw new Refusal('100002', '数据不存在');
    return row;
  }

  function checked(apiKey: string, fields: JsonObject, self?: string): void {
    for (const [field, target] of Object.entries(lookups)) {
      const id = fields[field];
      if (id !== undefined && !store.table(target).has(textOf(id))) {
        throw new Refusal('300001', `${field} 关联的对象无效`);
      }
    }
    for (const rule of [...(options.uniqueFields ?? []), ...(options.duplicateFields ?? [])]) {
      const [object, field = ''] = rule.split('.');
      if (object !== apiKey || fields[field] === undefined) continue;
      for (const row of store.table(apiKey).values()) {
        if (row.id !== self && textOf(row[field]) === textOf(fields[field])) {
          throw new Refusal('1002002', `${field} 重复`);
        }
      }
    }
  }

  function created(apiKey: string, fields: JsonObject): JsonObject {
    if (!entityTypes.includes(textOf(fields.entityType))) throw new Refusal('300001', 'entityType 不能为空');
    checked(apiKey, fields);
    if (apiKey === 'orderProduct') editable(existing('order', textOf(fields.orderId)));
    const row = store.add(apiKey, apiKey === 'order' ? { poStatus: '1', amount: '0', ...fields } : fields);
    if (apiKey === 'orderProduct') addUp(textOf(row.orderId));
    return { id: row.id ?? '', objectApiKey: apiKey };
  }

  function updated(apiKey: string, id: string, fields: JsonObject): void {
    editable(existing(apiKey, id));
    checked(apiKey, fields, id);
    store.change(apiKey, id, fields);
  }

  function editable(row: Row): void {
    if (row.lockStatus === '2') throw new Refusal('1003001', '数据已锁定');
    if (row.poStatus === '2') throw new Refusal('1003002', '订单已生效，不能修改');
  }

  /** The amount of an order is what its lines come to. */
  function addUp(id: string): void {
    const lines = [...store.table('orderProduct').values()].filter((line) => textOf(line.orderId) === id);
    const sum = lines.reduce((all, line) => all + Number(line.quantity) * Number(line.unitPrice ?? 0), 0);
    store.change('order', id, { amount: sum.toFixed(2) });
  }

  function activated(id: string): void {
    const row = existing('order', id);
    if (row.poStatus === '2') throw new Refusal('1003003', '订单已激活');
    store.change('order', id, { poStatus: '2' });
  }

  const app = new Hono();
  app.use(countCalls(calls, operationOf));
  app.use(faultMiddleware(faults, operationOf));
  app.onError((error, context) => {
    if (!(error instanceof Refusal)) return answered(context, { code: 500, msg: '参数错误' });
    const { code, message } = error;
    if (context.req.path.endsWith('/oauth2/token')) {
      return answered(context, { error: code, error_description: message });
    }
    if (code === '20000002' && options.lostToken !== 'body') {
      return answered(context, { error_code: code, message }, 401);
    }
    return answered(context, {
      code: options.textualCodes ? code : Number(code),
      msg: message,
      errorInfo: null,
    });
  });

  function answered(context: Context, body: JsonObject, status: 200 | 401 = 200): Response {
    const text = stringifyJson(body, { numbers: numeric });
    return context.body(text, status, { 'content-type': 'application/json;charset=UTF-8' });
  }

  function fine(context: Context, data: JsonObject, at: 'data' | 'result' = 'data'): Response {
    const code = options.textualCodes ? '200' : 200;
    return answered(context, { code, msg: 'OK', ext: [], [at]: data });
  }

  app.post('*', async (context, next) => {
    if (!context.req.path.endsWith('/oauth2/token')) return next();
    const base = new URL(context.req.url).origin;
    return answered(context, signIn(new URLSearchParams(await context.req.text()), base));
  });
  app.use('/rest/*', async (context, next) => {
    admit(context.req.header('authorization'));
    await next();
  });
  app.get('/rest/data/v2/query', (context) =>
    fine(context, page(context.req.query('q') ?? '', 100), 'result'),
  );
  app.post('/rest/data/v2.0/query/xoql', async (context) => {
    const form = new URLSearchParams(await context.req.text());
    return fine(context, page(form.get('xoql') ?? '', 3000));
  });
  app.get(`${records}/:object/busiType`, (context) =>
    fine(context, { records: entityTypes.map((id) => ({ id, label: '默认业务类型' })) }),
  );
  app.post(`${records}/:object`, async (context) => {
    const data = jsonObject(jsonObject(parseJson(await context.req.text())).data);
    return fine(context, created(context.req.param('object'), data));
  });
  app.patch(`${records}/order/actions/activation`, (context) => {
    activated(context.req.query('recordId') ?? '');
    return fine(context, {});
  });
  app.patch(`${records}/:object/:id`, async (context) => {
    const data = jsonObject(jsonObject(parseJson(await context.req.text())).data);
    updated(context.req.param('object'), context.req.param('id'), data);
    return fine(context, {});
  });
  app.get(`${records}/:object/:id`, (context) =>
    fine(context, existing(context.req.param('object'), context.req.param('id'))),
  );

  return {
    app,
    faults,
    calls,
    connectionFor: (baseUrl) => ({
      config: { baseUrl, tokenUrl: `${baseUrl}/auc/oauth2/token`, clientId, username },
      secrets: { clientSecret, password, securityToken },
    }),
    notifyAt() {},
    async stop() {},
    seed: (apiKey, fields) => textOf(store.add(apiKey, { entityType: entityTypes[0] ?? '', ...fields }).id),
    change: (apiKey, id, fields) => void store.change(apiKey, id, fields),
    remove: (apiKey, id) => void store.table(apiKey).delete(id),
    lock: (apiKey, id, locked) => void store.change(apiKey, id, { lockStatus: locked ? '2' : '1' }),
    hideData: (hidden) => {
      isHidden = hidden;
    },
    records: (apiKey) =>
      [...store.table(apiKey).values()].map((row) => (isJsonObject(row) ? { ...row } : {})),
    expireTokens: () => tokens.clear(),
    signIns: () => calls.get('token') ?? 0,
    refusedForLimits: () => limited,
  };
}

/** `query`, `create`, `update`, `get`, `busiType`, `activation`, `token`, and the object where there is one. */
function operationOf(context: Context): string {
  const { path, method } = context.req;
  if (path.endsWith('/oauth2/token')) return 'token';
  if (path.includes('/query')) return 'query';
  const [object = '', ...rest] = path.slice(records.length + 1).split('/');
  const last = rest.at(-1) ?? '';
  if (last === 'busiType' || last === 'activation') return last;
  const what = method === 'POST' ? 'create' : method === 'PATCH' ? 'update' : 'get';
  return `${what}/${object}`;
}
