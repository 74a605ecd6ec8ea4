/**
 * An enterprise of FXiaoke in memory: both ways to sign in, records with their query language, unique fields and
 * duplicate rules, limits per interface and per day, signed events.
 */
import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import {
  countCalls,
  Faults,
  faultMiddleware,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonObject,
  parseJson,
  type Simulator,
  WebhookSender,
} from '../../kit/index.ts';
import { encrypt, signatureOf } from '../webhook.ts';
import { Auth, appId, appSecret, enterprise, permanentCode, userIds } from './auth.ts';
import { Refusal, type Row, Store, shownOf } from './store.ts';

export interface FxiaokeSimulatorOptions {
  readonly now?: () => number;
  readonly auth?: 'oauth' | 'corp';
  /** Fields in which no two records of an object may say the same: `AccountObj.hub_key__c`. Default: none. */
  readonly uniqueFields?: readonly string[];
  /** Fields the CRM takes for the mark of a duplicate (查重), where `isDuplicateSearch` is asked for. Default: none. */
  readonly duplicateFields?: readonly string[];
  /** Fields the tenant has not made: `AccountObj.hub_key__c`. How the vendor says so is not known. Default: none. */
  readonly missingFields?: readonly string[];
  /** How long a new record stays invisible to queries, ms; `get` shows it at once. Default 0. */
  readonly searchLagMs?: number;
  /** Calls per interface. Default 100 in 20 s; false: no limit. */
  readonly interfaceLimit?: { readonly calls: number; readonly seconds: number } | false;
  /** Calls bought for a day. Default: no limit. */
  readonly perDay?: number;
  /** A workflow touches each record once more after a write that lets workflows run. Default false. */
  readonly workflow?: boolean;
  /** Pauses before an event is sent again, ms. */
  readonly resendAfterMs?: readonly number[];
}

export interface FxiaokeSimulator extends Simulator {
  readonly events: Pick<WebhookSender<never>, 'idle' | 'counts' | 'duplicateEvery' | 'reorderWithin'>;
  /** Somebody makes a record in the CRM; answers its id. Sends no event. */
  seed(apiName: string, fields: JsonObject): string;
  /** Somebody makes a record, and an event tells it. */
  add(apiName: string, fields: JsonObject): string;
  /** Somebody changes a record in the CRM, and an event tells it. */
  change(apiName: string, id: string, fields: JsonObject): void;
  /** Somebody voids a record (作废). */
  void(apiName: string, id: string): void;
  /** A record is locked, or not any more: nothing writes to it. */
  lock(id: string, locked: boolean): void;
  /** The employee's permissions hide everything. */
  hideData(hidden: boolean): void;
  records(apiName: string): JsonObject[];
  expireTokens(): void;
  /** Sign-ins asked for. */
  signIns(): number;
  /** Calls refused because an interface or the day had no more. */
  refusedForLimits(): number;
  /** An event as it would be sent now; for tests of the receiver. */
  event(payload: JsonObject | string, timestamp?: number, retryTimes?: number): JsonObject;
}

const aesKey = Buffer.from(Array.from({ length: 32 }, (_none, at) => at + 1)).toString('base64');
/** What a lookup has to name. */
const lookups: Readonly<Record<string, string>> = { account_id: 'AccountObj', product_id: 'ProductObj' };
const dataPath = /^\/cgi\/crm\/(custom\/)?v2\/data\/(query|get|create|update)$/;

export function createSimulator(options: FxiaokeSimulatorOptions = {}): FxiaokeSimulator {
  const { now = Date.now, searchLagMs = 0, perDay = Number.POSITIVE_INFINITY } = options;
  const interfaceLimit = options.interfaceLimit ?? { calls: 100, seconds: 20 };
  const store = new Store(now);
  const auth = new Auth(now);
  const faults = new Faults();
  const calls = new Map<string, number>();
  const locked = new Set<string>();
  const recent = new Map<string, number[]>();
  let day = { name: '', used: 0 };
  let limited = 0;
  let isHidden = false;
  store.add('PersonnelObj', { name: '管理员', user_id: userIds.oauth });
  const events = new WebhookSender<{ payload: JsonObject; messageId: string }>({
    prepare: ({ payload, messageId }, target, attempt) => ({
      url: target,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(signedEvent(payload, now(), attempt > 1 ? attempt - 1 : undefined, messageId)),
    }),
    acknowledged: ({ status, body }) => status === 200 && isGoodAnswer(body),
    ...(options.resendAfterMs === undefined ? {} : { resendAfterMs: options.resendAfterMs }),
  });

  function signedEvent(
    payload: JsonObject | string,
    timestamp: number,
    retryTimes?: number,
    id: string = randomUUID(),
  ) {
    const nonce = randomUUID().slice(0, 8);
    const encryptedContent = encrypt(aesKey, typeof payload === 'string' ? payload : JSON.stringify(payload));
    const parts = [String(timestamp), nonce, id, retryTimes === undefined ? '' : String(retryTimes)];
    const signature = signatureOf(...parts, enterprise.ea, encryptedContent, aesKey);
    return {
      ...{ signature, timestamp, nonce, messageId: id, enterpriseAccount: enterprise.ea, encryptedContent },
      ...(retryTimes === undefined ? {} : { retryTimes }),
    };
  }

  function tell(eventType: string, apiName: string, row: Row): void {
    const messageId = randomUUID();
    const payload = {
      tenantId: '90001',
      eventType,
      apiName,
      dataId: row._id ?? '',
      timestamp: now(),
      messageId,
    };
    events.send({ payload, messageId });
  }

  function spend(path: string): void {
    const moment = now();
    const name = new Date(moment + 28_800_000).toISOString().slice(0, 10);
    if (day.name !== name) day = { name, used: 0 };
    day.used += 1;
    if (day.used > perDay) throw overLimit(30002, '当日调用次数已用完');
    if (interfaceLimit === false) return;
    const since = moment - interfaceLimit.seconds * 1000;
    const inWindow = [...(recent.get(path) ?? []).filter((one) => one > since), moment];
    recent.set(path, inWindow);
    if (inWindow.length > interfaceLimit.calls) throw overLimit(14001, '接口调用超限');
  }

  function overLimit(code: number, message: string): Refusal {
    limited += 1;
    return new Refusal(code, message);
  }

  function answer(path: string, headers: Headers, body: JsonObject, query: string): JsonObject {
    if (path === '/oauth2.0/token') return auth.signIn(body, 'oauth');
    if (path === '/cgi/corpAccessToken/get/V2') return auth.signIn(body, 'corp');
    const [, custom, operation = ''] = dataPath.exec(path) ?? [];
    if (operation === '') throw new Refusal(10006, 'request uri not exists');
    auth.admit(headers, body);
    if (headers.has('authorization') && !/thirdTraceId=[0-9a-f-]{36}/.test(query)) {
      throw new Refusal(15002, 'thirdTraceId为必填项');
    }
    spend(path);
    const data = jsonObject(body.data);
    const inner = operation === 'create' || operation === 'update' ? jsonObject(data.object_data) : data;
    const apiName = inner.dataObjectApiName;
    if (typeof apiName !== 'string') throw new Refusal(15002, 'dataObjectApiName为必填项');
    if (apiName.endsWith('__c') !== (custom !== undefined)) throw new Refusal(15002, '对象类型错误');
    switch (operation) {
      case 'query':
        return { data: page(apiName, jsonObject(data.search_query_info), path) };
      case 'get':
        return { data: shownOf(existing(apiName, data.objectDataId)) };
      case 'create':
        return { dataId: created(apiName, inner, data, body.triggerWorkFlow !== false) };
      default:
        updated(apiName, inner, body.triggerWorkFlow !== false);
        return {};
    }
  }

  function page(apiName: string, info: JsonObject, path: string): JsonObject {
    for (const { field_name: field } of rowsOf(info.filters)) {
      if (options.missingFields?.includes(`${apiName}.${String(field)}`)) {
        throw new Refusal(32000, `字段不存在: ${String(field)}`);
      }
    }
    const visibleAt = now() - searchLagMs;
    const isLate = (row: Row): boolean => searchLagMs > 0 && Number(row.create_time) > visibleAt;
    const rows = isHidden ? [] : store.query(apiName, info, isLate);
    const given = faults.take('halfPage', path) ? rows.slice(0, Math.ceil(rows.length / 2)) : rows;
    const { limit = 0, offset = 0 } = info;
    return { dataList: given.map(shownOf), limit, offset, total: 0 };
  }

  function existing(apiName: string, id: Json | undefined): Row {
    const row = typeof id === 'string' && !isHidden ? store.table(apiName).get(id) : undefined;
    if (!row) throw new Refusal(201110001, '数据不存在或已删除');
    return row;
  }

  function created(apiName: string, inner: JsonObject, data: JsonObject, workflow: boolean): string {
    const fields = ownFields(inner);
    checkLookups(fields);
    const searches = isJsonObject(data.optionInfo) && data.optionInfo.isDuplicateSearch === true;
    checkUnique(apiName, fields, searches);
    const details = Object.entries(isJsonObject(data.details) ? data.details : {});
    for (const [, lines] of details) for (const line of rowsOf(lines)) checkLookups(line);
    const row = store.add(apiName, fields);
    for (const [child, lines] of details) {
      for (const line of rowsOf(lines)) store.add(child, { ...ownFields(line), order_id: row._id ?? '' });
    }
    if (workflow && options.workflow) store.change(apiName, String(row._id), {});
    tell('insert', apiName, row);
    return String(row._id);
  }

  function updated(apiName: string, inner: JsonObject, workflow: boolean): void {
    const row = existing(apiName, inner._id);
    if (locked.has(String(row._id))) throw new Refusal(201110002, '数据已锁定，不可编辑');
    // Who owns a record is changed by a call of its own: here it is passed over.
    const { owner: _owner, ...fields } = ownFields(inner);
    checkLookups(fields);
    store.change(apiName, String(row._id), fields);
    if (workflow && options.workflow) store.change(apiName, String(row._id), {});
    tell('update', apiName, row);
  }

  function checkLookups(fields: JsonObject): void {
    for (const [field, target] of Object.entries(lookups)) {
      const id = fields[field];
      if (id !== undefined && !store.table(target).has(String(id))) {
        throw new Refusal(201112011, `关联的数据不存在: ${field}`);
      }
    }
  }

  function checkUnique(apiName: string, fields: JsonObject, searches: boolean): void {
    const rules = [...(options.uniqueFields ?? []), ...(searches ? (options.duplicateFields ?? []) : [])];
    for (const rule of rules) {
      const [object, field = ''] = rule.split('.');
      if (object !== apiName || fields[field] === undefined) continue;
      for (const row of store.table(apiName).values()) {
        if (row[field] === fields[field]) throw new Refusal(32000, `数据重复: ${field}的值必须唯一`);
      }
    }
  }

  const app = new Hono();
  app.use(countCalls(calls));
  app.use(faultMiddleware(faults, (context) => context.req.path));
  app.post('*', async (context: Context) => {
    const traceId = randomUUID();
    try {
      const body = jsonObject(parseJson(await context.req.text()));
      const told = answer(context.req.path, context.req.raw.headers, body, new URL(context.req.url).search);
      return context.json({
        errorCode: 0,
        errorMessage: 'OK',
        errorDescription: 'success',
        traceId,
        ...told,
      });
    } catch (error) {
      const { code, message } = error instanceof Refusal ? error : { code: 15002, message: '参数错误' };
      return context.json({ errorCode: code, errorMessage: message, errorDescription: message, traceId });
    }
  });

  return {
    app,
    faults,
    calls,
    events,
    connectionFor: (baseUrl) => ({
      config: { baseUrl, appId, auth: options.auth ?? 'oauth', userId: userIds[options.auth ?? 'oauth'] },
      secrets: { appSecret, permanentCode, aesKey },
    }),
    notifyAt: (url) => events.notifyAt(url),
    stop: () => events.stop(),
    seed: (apiName, fields) => String(store.add(apiName, fields)._id),
    add(apiName, fields) {
      const row = store.add(apiName, fields);
      tell('insert', apiName, row);
      return String(row._id);
    },
    change: (apiName, id, fields) => tell('update', apiName, store.change(apiName, id, fields)),
    void: (apiName, id) => tell('invalid', apiName, store.change(apiName, id, { life_status: 'invalid' })),
    lock: (id, isLocked) => void (isLocked ? locked.add(id) : locked.delete(id)),
    hideData: (hidden) => {
      isHidden = hidden;
    },
    records: (apiName) => [...store.table(apiName).values()].map(shownOf),
    expireTokens: () => auth.expireAll(),
    signIns: () => (calls.get('/oauth2.0/token') ?? 0) + (calls.get('/cgi/corpAccessToken/get/V2') ?? 0),
    refusedForLimits: () => limited,
    event: (payload, timestamp = now(), retryTimes) => signedEvent(payload, timestamp, retryTimes),
  };
}

/** Whether the hub's answer to an event is signed and says success, as the vendor checks it. */
function isGoodAnswer(text: string): boolean {
  const told = jsonObject(parseJson(text));
  const { timestamp, nonce, encryptedResult, signature } = told;
  const expected = signatureOf(String(timestamp), String(nonce), String(encryptedResult), aesKey);
  return signature === expected && encryptedResult === encrypt(aesKey, 'success');
}

function rowsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.flatMap((one: Json) => (isJsonObject(one) ? [one] : [])) : [];
}

function ownFields(fields: JsonObject): JsonObject {
  const { dataObjectApiName: _name, object_describe_api_name: _described, _id, ...own } = fields;
  return own;
}
