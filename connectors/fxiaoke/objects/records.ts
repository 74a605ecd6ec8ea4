/** What all objects have in common: bodies both ways, changes, look-ups, creates and updates. */

import { listByModification, type ModifiedRow, type ModifiedWindow } from '../../kit/by-modification.ts';
import {
  ConnectorError,
  type Decision,
  type FetchRequest,
  type FetchResult,
  type FindRequest,
  type FindResult,
  fail,
  isDecision,
  isJsonObject,
  type Json,
  type JsonObject,
  type ObjectFacts,
  type ObjectOperations,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import { type Filter, type FxiaokeClient, pageSize } from '../client.ts';
import { type FxiaokeConfig, keyFieldOf } from '../config.ts';

/** One call; writes of this platform take a second or two. */
export const writeDeadlineMs = 20_000;

/**
 * A create is looked up by the field that holds our key. A query may lag behind a write by seconds (unverified), a
 * `get` does not. The record is read right before an update: the platform offers no condition on a revision.
 */
export const recordFacts: ObjectFacts = {
  payload: 'full',
  createSafety: 'marker',
  latenessMs: 10_000,
  searchLagMs: 5_000,
  batchSize: 1,
  writeDeadlineMs,
  partialUpdate: true,
  readBeforeWrite: true,
  listsAll: true,
};

export interface Context {
  readonly client: FxiaokeClient;
  readonly config: FxiaokeConfig;
  readonly now: () => number;
}

/** How one object differs from the others. */
export interface Kind {
  /** Our name of it: that of the connector's object. */
  readonly object: string;
  /** Its name at the vendor. */
  readonly apiName: string;
  /** Rows as the vendor gives them → bodies as the hub sees them, in the same order. */
  shown(context: Context, rows: readonly JsonObject[], signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** A body of the hub → fields of the record, and its detail records by object. */
  sent(context: Context, body: JsonObject, creating: boolean): { fields: JsonObject; details?: JsonObject };
  /** What of a difference cannot be written to a record that exists. */
  refuses?(item: WriteItem): Decision | undefined;
  /** Our line key → id of the detail record, of a body and the record as it is shown. */
  lineIds?(body: JsonObject, shown: JsonObject): Readonly<Record<string, string>> | undefined;
}

export function operationsOf(context: Context, kind: Kind): ObjectOperations {
  return {
    list: (request) =>
      listByModification(
        {
          object: kind.object,
          pageSize,
          overlapMs: context.config.overlapSeconds * 1000,
          now: context.now,
          page: (window, signal) => changedRows(context, kind, window, signal),
        },
        request,
      ),
    fetch: (request) => fetchRecords(context, kind, request),
    find: (request) => findRecords(context, kind, request),
    write: (request) => writeRecords(context, kind, request),
  };
}

/** Objects without operations that read: they are only written. */
export function writingOnly(operations: ObjectOperations): ObjectOperations {
  const { find, write } = operations;
  return { ...(find ? { find } : {}), ...(write ? { write } : {}) };
}

/** Fields as they are, without those that only the connector knows. */
export function plainFields(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => !name.startsWith('_') && value !== undefined),
  );
}

export function is(field: string, ...values: readonly (string | number)[]): Filter {
  return { field_name: field, operator: values.length === 1 ? 'EQ' : 'IN', field_values: [...values] };
}

/** All rows a narrow filter has, by id: no page is skipped whatever changes meanwhile. */
export async function allRows(
  { client }: Context,
  apiName: string,
  filters: readonly Filter[],
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (;;) {
    const last = rows.at(-1);
    const behind: Filter[] = last
      ? [{ field_name: '_id', operator: 'GT', field_values: [textOf(last._id)] }]
      : [];
    const page = await client.query({ apiName, filters: [...filters, ...behind], orderBy: '_id', signal });
    rows.push(...page);
    if (page.length < pageSize) return rows;
  }
}

async function changedRows(
  context: Context,
  kind: Kind,
  window: ModifiedWindow,
  signal: AbortSignal,
): Promise<readonly ModifiedRow[]> {
  const time = 'last_modified_time';
  const [from, to] = 'at' in window ? [window.at, window.at + 1] : [window.from, window.to];
  const behind = 'at' in window ? window.after : '';
  const filters: Filter[] = [
    { field_name: time, operator: 'GTE', field_values: [from] },
    { field_name: time, operator: 'LT', field_values: [to] },
    ...(behind === '' ? [] : [{ field_name: '_id', operator: 'GT', field_values: [behind] }]),
  ];
  const rows = await context.client.query({
    apiName: kind.apiName,
    filters: [...filters, ...(context.config.listFilters[kind.object] ?? [])],
    orderBy: 'at' in window ? '_id' : time,
    signal,
  });
  const bodies = await kind.shown(context, rows, signal);
  return bodies.map((body) => ({ id: idOf(body), modified: modifiedOf(body), body }));
}

/** One hint: `get`, which never lags. Several: one query for up to a hundred, and `get` for what it does not show. */
async function fetchRecords(
  context: Context,
  kind: Kind,
  { hints, signal }: FetchRequest,
): Promise<readonly FetchResult[]> {
  const ids = [...new Set(hints.map((hint) => hint.remoteId))];
  const rows = new Map<string, JsonObject>();
  if (ids.length > 1) {
    for (let from = 0; from < ids.length; from += pageSize) {
      const some = ids.slice(from, from + pageSize);
      for (const row of await allRows(context, kind.apiName, [is('_id', ...some)], signal))
        rows.set(idOf(row), row);
    }
  }
  const refused = new Map<string, Decision>();
  for (const id of ids.filter((one) => !rows.has(one))) {
    try {
      rows.set(id, await getRecord(context, kind, id, signal));
    } catch (error) {
      if (!isDecision(error, 'absent', 'reject')) throw error;
      refused.set(id, error.decision);
    }
  }
  const found = [...rows.values()];
  const bodies = await kind.shown(context, found, signal);
  const shown = new Map(bodies.map((body) => [idOf(body), body]));
  return hints.map(({ remoteId }): FetchResult => {
    const body = shown.get(remoteId);
    if (body) return { found: true, body, revision: String(modifiedOf(body)) };
    return { found: false, decision: refused.get(remoteId) ?? absent(kind) };
  });
}

async function getRecord(
  { client }: Context,
  kind: Kind,
  id: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  const body = { data: { dataObjectApiName: kind.apiName, objectDataId: id } };
  const { data } = await client.call('get', kind.apiName, body, signal);
  if (!isJsonObject(data) || textOf(data._id) === '') throw new ConnectorError(absent(kind));
  return data;
}

/**
 * Looks records up by their id where it is known, else by our key. When not one of them is there, it is first made
 * sure that the employee sees anything at all: a lost permission looks exactly like an absent record.
 */
async function findRecords(
  context: Context,
  kind: Kind,
  { items, signal }: FindRequest,
): Promise<readonly FindResult[]> {
  const keyField = keyFieldOf(context.config, kind.object);
  const keys = items.filter((item) => !item.remoteId).map((item) => item.key);
  const found = new Map<string, JsonObject>();
  for (let from = 0; from < keys.length; from += 50) {
    const filter = is(keyField, ...keys.slice(from, from + 50));
    for (const row of await allRows(context, kind.apiName, [filter], signal))
      found.set(`key ${textOf(row[keyField])}`, row);
  }
  for (const { remoteId } of items) {
    if (!remoteId) continue;
    try {
      found.set(`id ${remoteId}`, await getRecord(context, kind, remoteId, signal));
    } catch (error) {
      if (!isDecision(error, 'absent')) throw error;
    }
  }
  if (found.size === 0) await provesSight(context, kind, signal);
  const results: FindResult[] = [];
  for (const item of items) {
    const row = found.get(item.remoteId ? `id ${item.remoteId}` : `key ${item.key}`);
    if (!row) {
      results.push({ found: false });
      continue;
    }
    const [body = row] = kind.lineIds ? await kind.shown(context, [row], signal) : [];
    const lineIds = kind.lineIds?.(item.body, body);
    results.push({
      found: true,
      remoteId: textOf(row._id),
      ...(textOf(row.name) === '' ? {} : { remoteNumber: textOf(row.name) }),
      ...(lineIds ? { lineIds } : {}),
      // An update leaves no trace that proves it: it is repeated, which changes nothing if it had happened.
      stepDone: item.remoteId === undefined,
    });
  }
  return results;
}

/** Throws unless the employee sees a record of this object or, where there is none yet, some employee. */
async function provesSight({ client }: Context, kind: Kind, signal: AbortSignal): Promise<void> {
  for (const apiName of [kind.apiName, 'PersonnelObj']) {
    const rows = await client.query({ apiName, filters: [], orderBy: '_id', limit: 1, signal });
    if (rows.length > 0) return;
  }
  fail({
    kind: 'retry',
    code: 'fxiaoke.blind',
    message: `The employee in userId sees no ${kind.apiName} and no employee: check data permissions before anything is written again.`,
  });
}

/** Objects that cannot be written yet, because the field for our key is not there, in the vendor's words. */
export async function unready(
  { client, config }: Context,
  kinds: readonly Kind[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { object, apiName } of kinds) {
    const keyField = keyFieldOf(config, object);
    try {
      await client.query({ apiName, filters: [is(keyField, '-')], orderBy: '_id', limit: 1, signal });
    } catch (error) {
      if (!isDecision(error, 'reject', 'absent')) throw error;
      told.push(`${object} cannot be written until ${apiName} has the field ${keyField}: ${error.message}`);
    }
  }
  return told;
}

async function writeRecords(
  context: Context,
  kind: Kind,
  { step, items, signal }: WriteRequest,
): Promise<readonly WriteResult[]> {
  if (!['create', 'save', 'update'].includes(step)) {
    fail({
      kind: 'fatal',
      code: 'fxiaoke.step',
      message: `FXiaoke has no step "${step}": a flow here is create alone.`,
    });
  }
  const results: WriteResult[] = [];
  for (const item of items) {
    try {
      results.push(
        item.remoteId === undefined
          ? await createRecord(context, kind, item, signal)
          : await updateRecord(context, kind, item, item.remoteId, signal),
      );
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const { decision } = error;
      // Trouble of the whole connection meets the items after this one as well: they are not sent.
      const isWide = decision.kind === 'fatal' || decision.kind === 'throttle';
      if (isWide && results.length === 0) throw error;
      results.push({ ok: false, decision });
      if (isWide) break;
    }
  }
  const last = results.at(-1);
  return items.map((_item, at) => results[at] ?? last ?? fail(exists));
}

async function createRecord(
  context: Context,
  kind: Kind,
  item: WriteItem,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { client, config } = context;
  const keyField = keyFieldOf(config, kind.object);
  if (!config.keysAreUnique && (await holdsKey(context, kind, keyField, item.key, signal))) fail(exists);
  const { fields, details } = kind.sent(context, item.body, true);
  const owner = config.owner === undefined || 'owner' in fields ? {} : { owner: [config.owner] };
  const body = {
    data: {
      object_data: {
        dataObjectApiName: kind.apiName,
        object_describe_api_name: kind.apiName,
        ...owner,
        ...fields,
        [keyField]: item.key,
      },
      ...(details ? { details } : {}),
      optionInfo: {
        isDuplicateSearch: config.duplicateSearch,
        useValidationRule: true,
        skipFuncValidate: false,
      },
    },
    triggerApprovalFlow: config.approvalFlow,
    triggerWorkFlow: config.workFlow,
  };
  let id: string;
  try {
    id = textOf((await client.call('create', kind.apiName, body, signal)).dataId);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.decision.code !== 'fxiaoke.duplicate') throw error;
    // Either our own record, which the look-up then finds, or somebody else's that looks the same to the CRM.
    if (await holdsKey(context, kind, keyField, item.key, signal)) fail(exists, error);
    return fail({ ...error.decision, kind: 'reject' }, error);
  }
  if (id === '') fail(noId);
  if (!kind.lineIds) return { ok: true, remoteId: id };
  const shown = await shownAfterwards(context, kind, id, signal);
  const lineIds = shown && kind.lineIds(item.body, shown);
  return { ok: true, remoteId: id, ...(lineIds ? { lineIds } : {}) };
}

/** The record just made; undefined when it cannot be read now, which does not undo that it was made. */
async function shownAfterwards(context: Context, kind: Kind, id: string, signal: AbortSignal) {
  try {
    const [shown] = await kind.shown(context, [await getRecord(context, kind, id, signal)], signal);
    return shown;
  } catch (error) {
    if (error instanceof ConnectorError) return undefined;
    throw error;
  }
}

async function holdsKey(
  { client }: Context,
  kind: Kind,
  keyField: string,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  const filters = [is(keyField, key)];
  const rows = await client.query({ apiName: kind.apiName, filters, orderBy: '_id', limit: 1, signal });
  return rows.length > 0;
}

async function updateRecord(
  context: Context,
  kind: Kind,
  item: WriteItem,
  id: string,
  signal: AbortSignal,
): Promise<WriteResult> {
  const refusal = kind.refuses?.(item);
  if (refusal) return { ok: false, decision: refusal };
  const { fields } = kind.sent(context, item.difference?.body ?? item.body, false);
  // Who owns a record is changed by a call of its own, and by people only.
  const { owner: _owner, ...changed } = fields;
  if (Object.keys(changed).length > 0) {
    const object_data = {
      _id: id,
      dataObjectApiName: kind.apiName,
      object_describe_api_name: kind.apiName,
      ...changed,
    };
    const body = {
      data: { object_data },
      triggerApprovalFlow: context.config.approvalFlow,
      triggerWorkFlow: context.config.workFlow,
    };
    await context.client.call('update', kind.apiName, body, signal);
  }
  return { ok: true, remoteId: id };
}

const exists: Decision = {
  kind: 'unknown',
  code: 'fxiaoke.exists',
  message: 'FXiaoke has a record with this key already; it is looked up before anything is written again.',
};
const noId: Decision = {
  kind: 'unknown',
  code: 'fxiaoke.no-id',
  message: 'FXiaoke took the record and did not say its id; it is looked up before anything is repeated.',
};
function absent(kind: Kind): Decision {
  const message = `FXiaoke has no such ${kind.apiName}, or the employee in userId may not see it.`;
  return { kind: 'absent', code: 'fxiaoke.absent', message };
}

/** A value as text; empty for everything that is neither text nor number. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function idOf(row: JsonObject): string {
  const id = textOf(row._id);
  if (id !== '') return id;
  return fail({ kind: 'retry', code: 'fxiaoke.senseless', message: 'FXiaoke showed a record without _id.' });
}

function modifiedOf(row: JsonObject): number {
  const moment = Number(textOf(row.last_modified_time) || Number.NaN);
  if (Number.isFinite(moment)) return moment;
  return fail({
    kind: 'retry',
    code: 'fxiaoke.senseless',
    message: 'FXiaoke showed a record without last_modified_time.',
  });
}
