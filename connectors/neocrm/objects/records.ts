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
  type Json,
  type JsonObject,
  type ObjectFacts,
  type ObjectOperations,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import { type NeocrmClient, pageSize, textOf } from '../client.ts';
import { keyFieldOf, type NeocrmConfig, namesOf } from '../config.ts';
import { idLiteral, isOneOf, quoted } from '../query.ts';

export const writeDeadlineMs = 20_000;

/**
 * A create is looked up by the field that holds our key. The record is read right before an update: the vendor offers no
 * condition on a revision.
 */
export const recordFacts: ObjectFacts = {
  payload: 'full',
  createSafety: 'marker',
  latenessMs: 10_000,
  searchLagMs: 2_000,
  batchSize: 1,
  writeDeadlineMs,
  partialUpdate: true,
  readBeforeWrite: true,
  listsAll: true,
};

export interface Context {
  readonly client: NeocrmClient;
  readonly config: NeocrmConfig;
  readonly now: () => number;
  /** Id of the business type new records of an object get; undefined where the CRM names none. */
  entityType(kind: Kind, signal: AbortSignal): Promise<string | undefined>;
}

/** How one object differs from the others. */
export interface Kind {
  /** Our name of it: that of the connector's object. */
  readonly object: string;
  /** Its name at the vendor. */
  readonly apiKey: string;
  /** Fields every tenant has; the query language has no `*`. */
  readonly fields: readonly string[];
  /** Added to what is shown: the kind of an account, the lines of an order. */
  added?(context: Context, rows: readonly JsonObject[], signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** Business type that a body asks for. */
  entityTypeOf?(config: NeocrmConfig, body: JsonObject): string | undefined;
  /** What of a difference cannot be written to a record that exists. */
  refuses?(item: WriteItem): Decision | undefined;
  /** Steps of its own beside create and update. */
  readonly steps?: Readonly<
    Record<
      string,
      (context: Context, item: WriteItem, id: string, signal: AbortSignal) => Promise<WriteResult>
    >
  >;
  /** Whether a step has taken effect on a record that is there; absent: only its creation can be seen. */
  done?(
    context: Context,
    item: WriteItem,
    row: JsonObject,
    step: string,
    signal: AbortSignal,
  ): Promise<StepSeen>;
}

export interface StepSeen {
  readonly stepDone: boolean;
  readonly lineIds?: Readonly<Record<string, string>>;
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
export function writingOnly({ find, write }: ObjectOperations): ObjectOperations {
  return { ...(find ? { find } : {}), ...(write ? { write } : {}) };
}

/** All rows that fulfil some conditions, by id: no page is skipped whatever changes meanwhile. */
export async function allRows(
  { client }: Context,
  from: string,
  fields: readonly string[],
  where: readonly string[],
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  for (;;) {
    const last = rows.at(-1);
    const behind = last ? `id > ${idLiteral(textOf(last.id))}` : '';
    const select = { fields, from, where: [...where, behind], orderBy: 'id', limit: pageSize };
    const page = await client.select(select, signal);
    rows.push(...page);
    if (page.length < pageSize) return rows;
  }
}

/** A body with API keys in place of our names; what only the connector knows is left out. */
export function sentFields(config: NeocrmConfig, object: string, body: JsonObject): JsonObject {
  const names = namesOf(config, object);
  const fields: Record<string, Json> = {};
  for (const [name, value] of Object.entries(body)) {
    const target = name.startsWith('_') ? '' : (names.get(name) ?? name);
    if (target !== '' && value !== undefined) fields[target] = value;
  }
  return fields;
}

/** A row with our names in place of the company's API keys. */
export function shownFields(config: NeocrmConfig, object: string, row: JsonObject): JsonObject {
  const ours = new Map([...namesOf(config, object)].map(([name, key]) => [key, name]));
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [ours.get(key) ?? key, value]));
}

/** Fields to ask for: every tenant's, those with a name of ours, and the company's further ones. */
export function fieldsOf(config: NeocrmConfig, object: string, fixed: readonly string[]): string[] {
  const named = [...namesOf(config, object).values()].filter((key) => key !== '');
  return [...new Set([...fixed, ...named, ...(config.extraFields[object] ?? [])])];
}

async function shown(
  context: Context,
  kind: Kind,
  rows: readonly JsonObject[],
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const bodies = rows.map((row) => shownFields(context.config, kind.object, row));
  return kind.added ? kind.added(context, bodies, signal) : bodies;
}

async function changedRows(
  context: Context,
  kind: Kind,
  window: ModifiedWindow,
  signal: AbortSignal,
): Promise<readonly ModifiedRow[]> {
  const { client, config } = context;
  const [from, to] = 'at' in window ? [window.at, window.at + 1] : [window.from, window.to];
  const behind = 'at' in window && window.after !== '' ? `id > ${idLiteral(window.after)}` : '';
  const where = [`updatedAt >= ${from}`, `updatedAt < ${to}`, behind];
  const rows = await client.select(
    {
      fields: fieldsOf(config, kind.object, kind.fields),
      from: kind.apiKey,
      where: [...where, config.listFilters[kind.object] ?? ''],
      orderBy: 'at' in window ? 'id' : 'updatedAt',
      limit: pageSize,
    },
    signal,
  );
  const bodies = await shown(context, kind, rows, signal);
  return bodies.map((body) => ({ id: textOf(body.id), modified: modifiedOf(body), body }));
}

/** One hint: the record itself. Several: one query for up to a hundred. */
async function fetchRecords(
  context: Context,
  kind: Kind,
  { hints, signal }: FetchRequest,
): Promise<readonly FetchResult[]> {
  const ids = [...new Set(hints.map((hint) => hint.remoteId))].filter((id) => /^\d{1,19}$/.test(id));
  const rows: JsonObject[] = [];
  const [single] = ids;
  if (ids.length === 1 && single !== undefined) {
    try {
      rows.push(await context.client.get(kind.apiKey, single, signal));
    } catch (error) {
      if (!isDecision(error, 'absent')) throw error;
    }
  }
  for (let from = 0; ids.length > 1 && from < ids.length; from += pageSize) {
    const where = [isOneOf('id', ids.slice(from, from + pageSize))];
    const fields = fieldsOf(context.config, kind.object, kind.fields);
    rows.push(...(await allRows(context, kind.apiKey, fields, where, signal)));
  }
  const bodies = new Map((await shown(context, kind, rows, signal)).map((body) => [textOf(body.id), body]));
  return hints.map(({ remoteId }): FetchResult => {
    const body = bodies.get(remoteId);
    if (body) return { found: true, body, revision: String(modifiedOf(body)) };
    const message = `Neocrm has no such ${kind.apiKey}, or the user may not see it.`;
    return { found: false, decision: { kind: 'absent', code: 'neocrm.absent', message } };
  });
}

/**
 * Looks records up by their id where it is known, else by our key. When not one of them is there, it is first made sure
 * that the user sees anything at all: a lost permission looks exactly like an absent record.
 */
async function findRecords(
  context: Context,
  kind: Kind,
  { step, items, signal }: FindRequest,
): Promise<readonly FindResult[]> {
  const keyField = keyFieldOf(context.config, kind.object);
  const found = new Map<string, JsonObject>();
  const fields = [...new Set(['id', keyField, ...kind.fields])];
  for (const [by, name, literals] of [
    ['id', 'id', items.flatMap((item) => (item.remoteId ? idLiteral(item.remoteId) : []))],
    ['key', keyField, items.flatMap((item) => (item.remoteId ? [] : quoted(item.key)))],
  ] as const) {
    for (let from = 0; from < literals.length; from += 50) {
      const where = [isOneOf(name, literals.slice(from, from + 50))];
      for (const row of await allRows(context, kind.apiKey, fields, where, signal))
        found.set(`${by} ${textOf(row[name])}`, row);
    }
  }
  if (found.size === 0) await provesSight(context, kind, signal);
  const results: FindResult[] = [];
  for (const item of items) {
    const row = found.get(item.remoteId ? `id ${item.remoteId}` : `key ${item.key}`);
    const seen = row && (await kind.done?.(context, item, row, step, signal));
    results.push(
      row
        ? // An update leaves no trace that proves it: it is repeated, which changes nothing if it had happened.
          { found: true, remoteId: textOf(row.id), ...(seen ?? { stepDone: item.remoteId === undefined }) }
        : { found: false },
    );
  }
  return results;
}

/** Throws unless the user sees a record of this object or, where there is none yet, some user. */
export async function provesSight({ client }: Context, kind: Kind, signal: AbortSignal): Promise<void> {
  for (const from of [kind.apiKey, 'user']) {
    const rows = await client.select({ fields: ['id'], from, where: [], orderBy: 'id', limit: 1 }, signal);
    if (rows.length > 0) return;
  }
  fail({
    kind: 'retry',
    code: 'neocrm.blind',
    message: `The user sees no ${kind.apiKey} and no user: check data permissions before anything is written again.`,
  });
}

/** Objects that cannot be written yet, because the field for our key is not there, in the vendor's words. */
export async function unready(
  { client, config }: Context,
  kinds: readonly Kind[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { object, apiKey } of kinds) {
    const keyField = keyFieldOf(config, object);
    const where = [isOneOf(keyField, [quoted('-')])];
    try {
      await client.select({ fields: ['id'], from: apiKey, where, orderBy: 'id', limit: 1 }, signal);
    } catch (error) {
      if (!isDecision(error, 'reject', 'absent')) throw error;
      told.push(`${object} cannot be written until ${apiKey} has the field ${keyField}: ${error.message}`);
    }
  }
  return told;
}

async function writeRecords(
  context: Context,
  kind: Kind,
  { step, items, signal }: WriteRequest,
): Promise<readonly WriteResult[]> {
  const results: WriteResult[] = [];
  for (const item of items) {
    try {
      results.push(await writeRecord(context, kind, step, item, signal));
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

function writeRecord(
  context: Context,
  kind: Kind,
  step: string,
  item: WriteItem,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { remoteId } = item;
  if (step === 'create' && remoteId === undefined) return createRecord(context, kind, item, signal);
  if (step === 'update' && remoteId !== undefined) return updateRecord(context, kind, item, remoteId, signal);
  const own = kind.steps?.[step];
  if (own && remoteId !== undefined) return own(context, item, remoteId, signal);
  const known = ['create', ...Object.keys(kind.steps ?? {})].join(', ');
  return fail({
    kind: 'fatal',
    code: 'neocrm.step',
    message: `${kind.object} has no step "${step}" here; a flow is made of ${known}.`,
  });
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
  const fields = sentFields(config, kind.object, item.body);
  const entityType =
    textOf(fields.entityType) ||
    kind.entityTypeOf?.(config, item.body) ||
    (await context.entityType(kind, signal));
  const data: JsonObject = {
    ...(config.owner === undefined ? {} : { ownerId: config.owner }),
    ...(config.department === undefined ? {} : { dimDepart: config.department }),
    ...fields,
    ...(entityType === undefined ? {} : { entityType }),
    [keyField]: item.key,
  };
  try {
    return { ok: true, remoteId: await client.create(kind.apiKey, data, signal) };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.decision.code !== 'neocrm.duplicate') throw error;
    // Either our own record, which the look-up then finds, or somebody else's that looks the same to the CRM.
    if (await holdsKey(context, kind, keyField, item.key, signal)) fail(exists, error);
    return fail({ ...error.decision, kind: 'reject' }, error);
  }
}

async function holdsKey(
  { client }: Context,
  kind: Kind,
  keyField: string,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  const where = [isOneOf(keyField, [quoted(key)])];
  const select = { fields: ['id'], from: kind.apiKey, where, orderBy: 'id', limit: 1 };
  return (await client.select(select, signal)).length > 0;
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
  const fields = sentFields(context.config, kind.object, item.difference?.body ?? item.body);
  if (Object.keys(fields).length > 0) await context.client.update(kind.apiKey, id, fields, signal);
  return { ok: true, remoteId: id };
}

const exists: Decision = {
  kind: 'unknown',
  code: 'neocrm.exists',
  message: 'Neocrm has a record with this key already; it is looked up before anything is written again.',
};

function modifiedOf(row: JsonObject): number {
  const moment = Number(textOf(row.updatedAt) || Number.NaN);
  if (Number.isFinite(moment)) return moment;
  return fail({
    kind: 'retry',
    code: 'neocrm.senseless',
    message: 'Neocrm showed a record without updatedAt.',
  });
}
