/** Objects by their id, and what became of writes nobody answered. */
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
  type WriteItem,
} from '../../kit/index.ts';
import type { RestClient } from '../client.ts';
import type { ObjectConfig } from '../config-objects.ts';
import { unclear } from '../errors.ts';
import { shows, textAt, valueAt } from '../paths.ts';
import { fillText } from '../template.ts';
import { type Item, itemAt } from './item.ts';

export interface Reading {
  readonly name: string;
  readonly object: ObjectConfig;
  readonly client: RestClient;
  /** Throws unless the system answers something it can only answer when we are let in. */
  control(signal: AbortSignal): Promise<void>;
}

/** Calls for single objects that are under way at once; the connection's own limits hold beside. */
const atOnce = 8;

/** Answers per hint, in the order asked. */
export async function fetchAll(reading: Reading, { hints, signal }: FetchRequest): Promise<FetchResult[]> {
  const ids = hints.map((hint) => hint.remoteId);
  const { get } = reading.object;
  if (!get) fail(notOffered(reading.name, 'get'));
  if (get.many === undefined) return inTurns(ids, (id) => fetchOne(reading, id, signal));
  const found = new Map<string, Item>();
  const unique = [...new Set(ids)];
  for (let from = 0; from < unique.length; from += get.many) {
    for (const item of await getMany(reading, unique.slice(from, from + get.many), signal))
      found.set(item.id, item);
  }
  return ids.map((id) => resultOf(reading.name, found.get(id)));
}

async function fetchOne(reading: Reading, id: string, signal: AbortSignal): Promise<FetchResult> {
  try {
    return resultOf(reading.name, await getOne(reading, id, signal));
  } catch (error) {
    if (!isDecision(error, 'absent', 'reject', 'conflict')) throw error;
    return { found: false, decision: error.decision };
  }
}

function resultOf(name: string, item: Item | undefined): FetchResult {
  if (!item) return { found: false, decision: absent(name) };
  return {
    found: true,
    body: item.body,
    ...(item.revision === undefined ? {} : { revision: item.revision }),
  };
}

/** One object by its id. Throws ConnectorError, `absent` when there is none. */
export async function getOne(
  { name, object, client }: Reading,
  id: string,
  signal: AbortSignal,
): Promise<Item> {
  const get = object.get ?? fail(notOffered(name, 'get'));
  const what = `get ${name}`;
  const values = { id, ids: get.many === undefined ? id : [id] };
  const { json } = await client.call({
    what,
    endpoint: get,
    values: get.many === undefined ? values : { ids: asIds(get.body, [id]) },
    write: false,
    namesObject: true,
    signal,
  });
  const place = get.many === undefined ? get.item : `${get.item === '' ? '' : `${get.item}.`}0`;
  const item = itemAt(json, place, object);
  if (item) return item;
  // Nothing where the object should be: there is none.
  if (json !== undefined && valueAt(json, get.item) !== undefined) return fail(absent(name));
  throw new ConnectorError(unclear({ what, write: false }, `has no object at ${get.item || 'its top'}`));
}

async function getMany(
  { name, object, client }: Reading,
  ids: string[],
  signal: AbortSignal,
): Promise<Item[]> {
  const get = object.get ?? fail(notOffered(name, 'get'));
  const what = `get ${name}`;
  const { json } = await client.call({
    what,
    endpoint: get,
    values: { ids: asIds(get.body, ids) },
    write: false,
    namesObject: false,
    signal,
  });
  const list = valueAt(json, get.item);
  if (!Array.isArray(list))
    throw new ConnectorError(unclear({ what, write: false }, `has no list at ${get.item || 'its top'}`));
  return list.flatMap((element: Json) => itemAt(element, '', object) ?? []);
}

/** A list where a body may hold one, else a text. */
function asIds(body: Json | undefined, ids: string[]): Json {
  return body === undefined ? ids.join(',') : ids;
}

/** What became of each item, in the order given. */
export async function findAll(reading: Reading, { step, items, signal }: FindRequest): Promise<FindResult[]> {
  return inTurns(items, (item) => findOne(reading, step, item, signal));
}

async function findOne(
  reading: Reading,
  step: string,
  item: WriteItem,
  signal: AbortSignal,
): Promise<FindResult> {
  if (item.remoteId === undefined || !reading.object.get) {
    const hit = await lookUp(reading, item, signal);
    const done = item.remoteId === undefined || (step !== 'remove' && shows(hit?.body, item.body));
    return hit ? foundAs(hit, done) : { found: false };
  }
  try {
    const shown = await getOne(reading, item.remoteId, signal);
    return foundAs(shown, step !== 'remove' && shows(shown.body, item.body));
  } catch (error) {
    if (!isDecision(error, 'absent')) throw error;
    await reading.control(signal);
    return { found: false };
  }
}

/** The object that bears our key; undefined when a system that lets us in knows none. */
export async function lookUp(
  reading: Reading,
  item: WriteItem,
  signal: AbortSignal,
): Promise<Item | undefined> {
  const { name, object, client } = reading;
  const find = object.find ?? fail(notOffered(name, 'find'));
  const what = `find ${name}`;
  const values = { key: item.key, number: item.remoteNumber ?? item.key, id: item.remoteId, body: item.body };
  let json: Json | undefined;
  try {
    ({ json } = await client.call({
      what,
      endpoint: find,
      values,
      write: false,
      namesObject: find.items === undefined,
      signal,
    }));
  } catch (error) {
    if (!isDecision(error, 'absent')) throw error;
    await reading.control(signal);
    return undefined;
  }
  const hits = find.items === undefined ? [valueAt(json, '')] : valueAt(json, find.items);
  if (!Array.isArray(hits))
    throw new ConnectorError(unclear({ what, write: false }, `has no list at ${find.items || 'its top'}`));
  const found = hits.flatMap((hit: Json | undefined) => itemAt(hit, find.item, object) ?? []);
  const wanted = fillText(find.match.is, values);
  return found.find((hit) => hit.id !== '' && wanted !== '' && textAt(hit.body, find.match.at) === wanted);
}

function foundAs(item: Item, stepDone: boolean): FindResult {
  return {
    found: true,
    remoteId: item.id,
    ...(item.number === undefined ? {} : { remoteNumber: item.number }),
    ...(item.status === undefined ? {} : { remoteStatus: item.status }),
    answer: item.body,
    stepDone,
  };
}

/** Runs one after the other in each of a few turns; results in the order given. */
export async function inTurns<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array<R>(all.length);
  let next = 0;
  const turn = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) results[at] = await run(all[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, turn));
  return results;
}

function absent(name: string): Decision {
  return { kind: 'absent', code: 'rest.absent', message: `The system has no such ${name}.` };
}

/** Somebody asks for what the settings do not describe. */
export function notOffered(name: string, operation: string): Decision {
  return {
    kind: 'fatal',
    code: 'rest.not-offered',
    message: `The settings do not say how to ${operation} ${name}: add ${operation} under objects.${name}`,
  };
}
