/** Creates, updates, further steps and removals, one by one or several in one call. */
import {
  ConnectorError,
  type Decision,
  fail,
  isJsonObject,
  type Json,
  type JsonObject,
  type WriteItem,
  type WriteRequest,
  type WriteResult,
} from '../../kit/index.ts';
import type { Reply } from '../client.ts';
import type { HttpConfig } from '../config.ts';
import type { Write } from '../config-objects.ts';
import { judge, refusalOf, unclear } from '../errors.ts';
import { isOneOf, textAt, valueAt } from '../paths.ts';
import { type Item, itemAt } from './item.ts';
import { inTurns, lookUp, notOffered, type Reading } from './read.ts';

export interface Writing extends Reading {
  readonly settings: Pick<HttpConfig, 'success' | 'failure' | 'error' | 'errors'>;
  readonly now: () => number;
}

/** One result per item, in the order given. */
export async function writeAll(writing: Writing, request: WriteRequest): Promise<WriteResult[]> {
  const { items, step } = request;
  const results: (WriteResult | undefined)[] = new Array<undefined>(items.length);
  const groups = new Map<Write, number[]>();
  for (const [at, item] of items.entries()) {
    const endpoint = endpointOf(writing, step, item);
    groups.set(endpoint, [...(groups.get(endpoint) ?? []), at]);
  }
  for (const [endpoint, places] of groups) {
    const size = endpoint.batch ?? 1;
    const chunks: number[][] = [];
    for (let from = 0; from < places.length; from += size) chunks.push(places.slice(from, from + size));
    await inTurns(chunks, async (chunk) => {
      const written = await chunkWritten(
        writing,
        request,
        endpoint,
        chunk.map((at) => items[at] as WriteItem),
      );
      chunk.forEach((at, index) => {
        results[at] = written[index];
      });
    });
  }
  return results.map((result) => result ?? { ok: false, decision: noWord(writing.name) });
}

/** A call that fails as a whole is the outcome of each of its items, but of nobody else's. */
async function chunkWritten(
  writing: Writing,
  request: WriteRequest,
  endpoint: Write,
  items: readonly WriteItem[],
): Promise<WriteResult[]> {
  try {
    if (endpoint.batch !== undefined) return await batchWritten(writing, request, endpoint, items);
    const [item] = items;
    return item ? [await oneWritten(writing, request, endpoint, item)] : [];
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return items.map(() => ({ ok: false, decision: error.decision }));
  }
}

function endpointOf({ name, object }: Writing, step: string, item: WriteItem): Write {
  const own = object.steps[step];
  if (own) return own;
  const operation = item.remoteId === undefined ? 'create' : 'update';
  return object[operation] ?? fail(notOffered(name, operation));
}

async function oneWritten(
  writing: Writing,
  { step, signal }: WriteRequest,
  endpoint: Write,
  item: WriteItem,
): Promise<WriteResult> {
  const { name, object, client } = writing;
  const creates = item.remoteId === undefined;
  const what = `${creates ? 'create' : step} ${name}`;
  const reply = await client.call({
    what,
    endpoint: { ...endpoint, method: endpoint.method ?? (creates || step in object.steps ? 'POST' : 'PUT') },
    values: valuesOf(item),
    body: '{{body}}',
    write: true,
    namesObject: !creates,
    numbers: object.numbers,
    signal,
  });
  const shown = endpoint.item === undefined ? undefined : itemAt(reply.json, endpoint.item, object);
  const id = item.remoteId ?? idOf(endpoint, reply, shown);
  if (id !== undefined) return written(id, shown);
  const found = object.find ? await lookUp(writing, item, signal) : undefined;
  if (found) return written(found.id, found);
  return {
    ok: false,
    decision: unclear({ what, write: true }, 'names no id: say with id or item where it is'),
  };
}

/** Where the answer says which object it made. */
function idOf(endpoint: Write, reply: Reply, shown: Item | undefined): string | undefined {
  if (endpoint.id !== undefined) return textAt(reply.json, endpoint.id);
  if (shown && shown.id !== '') return shown.id;
  const last = reply.headers.location?.split(/[?#]/)[0]?.replace(/\/+$/, '').split('/').at(-1);
  return last === undefined || last === '' ? undefined : decodeURIComponent(last);
}

async function batchWritten(
  writing: Writing,
  { step, signal }: WriteRequest,
  endpoint: Write,
  items: readonly WriteItem[],
): Promise<WriteResult[]> {
  const { name, object, client, settings, now } = writing;
  const creates = items[0]?.remoteId === undefined;
  const what = `${creates ? 'create' : step} ${name}`;
  const { json, status, headers } = await client.call({
    what,
    endpoint,
    values: {
      items: items.map((item) => item.body),
      ids: items.map((item) => item.remoteId ?? null),
    },
    write: true,
    namesObject: false,
    numbers: object.numbers,
    signal,
  });
  const { results } = endpoint;
  const list = results && valueAt(json, results.at);
  if (!results || !Array.isArray(list) || list.length !== items.length) {
    const message = `does not tell about each of the ${items.length} items`;
    return items.map(() => ({ ok: false, decision: unclear({ what, write: true }, message) }));
  }
  return list.map((result: Json, index): WriteResult => {
    const shown = results.item === undefined ? undefined : itemAt(result, results.item, object);
    const told = results.id === undefined ? shown?.id || undefined : textAt(result, results.id);
    const id = items[index]?.remoteId ?? told;
    const good = results.success
      ? isOneOf(result, results.success.at, results.success.is)
      : told !== undefined;
    if (good && id !== undefined) return written(id, shown);
    const usual = refusalOf(result, '', { error: { code: results.code, message: results.message } });
    const refusal = { ...usual, field: undefined };
    const about = {
      what: `${what} (item ${index + 1})`,
      write: true,
      namesObject: false,
      renewable: false,
      now: now(),
    };
    // The call as a whole went well: what this item is refused with is told in the answer, not by the status.
    const decision = judge(
      { status: status < 300 ? 422 : status, headers, json: result, refusal },
      settings,
      about,
    );
    return { ok: false, decision };
  });
}

/** Deletes objects; those that are gone already are answered `absent`. */
export async function removeAll(writing: Writing, { items, signal }: WriteRequest): Promise<WriteResult[]> {
  const { name, object, client } = writing;
  const remove = object.remove ?? fail(notOffered(name, 'remove'));
  return inTurns(items, async (item): Promise<WriteResult> => {
    try {
      await client.call({
        what: `remove ${name}`,
        endpoint: { ...remove, method: remove.method ?? 'DELETE' },
        values: valuesOf(item),
        write: true,
        namesObject: true,
        signal,
      });
      return { ok: true, remoteId: item.remoteId ?? '' };
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      return { ok: false, decision: error.decision };
    }
  });
}

function valuesOf(item: WriteItem): Readonly<Record<string, Json | undefined>> {
  return {
    id: item.remoteId,
    key: item.key,
    number: item.remoteNumber ?? item.key,
    body: item.body,
    difference: changedMembers(item),
    revision: item.revision,
  };
}

/** The members of the body in which anything differs, whole: lists cannot be merged by a system we do not know. */
function changedMembers({ body, difference }: WriteItem): JsonObject {
  if (!difference) return body;
  const names = new Set([
    ...Object.keys(difference.body),
    ...Object.keys(difference.removed).map((at) => at.split('.')[0] ?? ''),
  ]);
  return Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
}

function written(remoteId: string, shown: Item | undefined): WriteResult {
  return {
    ok: true,
    remoteId,
    ...(shown?.number === undefined ? {} : { remoteNumber: shown.number }),
    ...(shown?.status === undefined ? {} : { remoteStatus: shown.status }),
    ...(shown?.revision === undefined ? {} : { revision: shown.revision }),
    ...(shown && isJsonObject(shown.body) ? { answer: shown.body } : {}),
  };
}

function noWord(name: string): Decision {
  return unclear({ what: `write ${name}`, write: true }, 'tells nothing about this item');
}
