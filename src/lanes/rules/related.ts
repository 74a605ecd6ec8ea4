/**
 * When two events are about the same thing. Each event has *keys*, and two belong together when they share one. An event
 * is about its record and about the records that one names, directly or through one record in between: a shipment names
 * its instruction, and that its orders. `by` in hub.yaml says it in other words. Pure, but for the reading it is handed.
 */
import type { HubEvent } from '../../events/event.ts';
import { type EventExpression, EventFault } from '../../events/filter.ts';
import {
  type EntityName,
  entities,
  isEntityName,
  isList,
  isObject,
  type Json,
  type JsonObject,
  valueAt,
} from '../../model/index.ts';

/** Fields to follow, from the event's record on: the values of each but the last are ids of records. */
export type Route = readonly string[];

export interface Keys {
  /** The id of the event's record is a key. */
  readonly own: boolean;
  readonly routes: readonly Route[];
  /** What `by` computes; beside nothing else. */
  readonly expression?: EventExpression;
}

/** Fields of an entity that name records, without those of its lines. */
function references(entity: EntityName): [path: string, to: EntityName][] {
  return Object.entries(entities[entity].references).flatMap(([path, to]): [string, EntityName][] =>
    path.includes('[]') || !isEntityName(to) ? [] : [[path, to]],
  );
}

/** How records of one entity lead to those of another: directly, or through one in between. */
export function routesBetween(from: EntityName, to: EntityName): Route[] {
  if (from === to) return [];
  return references(from).flatMap(([path, next]): Route[] => {
    if (next === to) return [[path]];
    return references(next).flatMap(([further, last]): Route[] => (last === to ? [[path, further]] : []));
  });
}

/** What an event is about when nothing says so: its record, and those of the other side's entity that it leads to. */
export function relatedKeys(own: EntityName | undefined, other: EntityName | undefined): Keys {
  const routes = own === undefined || other === undefined ? [] : routesBetween(own, other);
  return { own: true, routes };
}

/** Whether events of these two entities can have a key in common, by what the model says. */
export function areRelated(one: EntityName | undefined, other: EntityName | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  return routesBetween(one, other).length > 0 || routesBetween(other, one).length > 0;
}

/**
 * `record.fulfilmentId.orderIds` as a route, where the names before the last are references; undefined: it is none, and
 * an expression like any other.
 */
export function routeOf(text: string, entity: EntityName | undefined): Route | undefined {
  const names = /^\s*record((?:\.[A-Za-z_]\w*)+)\s*$/.exec(text)?.[1]?.slice(1).split('.');
  if (names === undefined || entity === undefined) return undefined;
  const route: string[] = [];
  let at: EntityName = entity;
  let rest = names;
  for (;;) {
    const whole = rest.join('.');
    const step = references(at).find(([path]) => whole.startsWith(`${path}.`));
    if (step === undefined) return [...route, whole];
    const [path, next] = step;
    route.push(path);
    at = next;
    rest = rest.slice(path.split('.').length);
  }
}

/** The entities a route leads through, its first to its last step; the last step is a field of the last of them. */
export function entitiesAlong(route: Route, from: EntityName): EntityName[] {
  const along: EntityName[] = [from];
  for (const step of route.slice(0, -1)) {
    const next = entities[along.at(-1) ?? from].references[step];
    if (next !== undefined && isEntityName(next)) along.push(next);
  }
  return along;
}

/** An event whose keys are asked for. */
export interface Asked {
  readonly keys: Keys;
  readonly event: HubEvent;
}

/** Reads records by id: what they hold now. Those that are not there are left out. */
export type ReadData = (ids: readonly string[]) => Promise<ReadonlyMap<string, JsonObject>>;

/**
 * The keys of events, in the order given, or why they cannot be told. Records in between are read all at once, level by
 * level.
 */
export async function keysOf(
  asked: readonly Asked[],
  read: ReadData,
): Promise<readonly (readonly string[] | EventFault)[]> {
  const found = asked.map(firstKeys);
  let open = asked.flatMap(({ keys, event }, index) =>
    keys.routes.map((route) => ({
      index,
      route,
      from: isObject(event.data.record) ? [event.data.record] : [],
    })),
  );
  while (open.length > 0) {
    const reached = open.map(({ index, route: [step = '', ...rest], from }) => ({
      index,
      rest,
      values: from.flatMap((data) => textsOf(valueAt(data, step))),
    }));
    for (const { index, rest, values } of reached) {
      const keys = found[index];
      if (rest.length === 0 && keys instanceof Set) for (const value of values) keys.add(value);
    }
    const further = reached.filter(({ rest, values }) => rest.length > 0 && values.length > 0);
    if (further.length === 0) break;
    const records = await read([...new Set(further.flatMap(({ values }) => values))]);
    open = further.map(({ index, rest, values }) => ({
      index,
      route: rest,
      from: values.map((id) => records.get(id)).filter((data) => data !== undefined),
    }));
  }
  return found.map((keys) => (keys instanceof Set ? [...keys].sort() : keys));
}

function firstKeys({ keys, event }: Asked): Set<string> | EventFault {
  const own = keys.own && event.subject !== null ? [event.subject] : [];
  if (keys.expression === undefined) return new Set(own);
  try {
    return new Set([...own, ...textsOf(keys.expression.evaluate(event))]);
  } catch (error) {
    if (error instanceof EventFault) return error;
    throw error;
  }
}

function textsOf(value: Json | undefined): string[] {
  if (isList(value)) return value.flatMap(textsOf);
  if (typeof value === 'string') return value === '' ? [] : [value];
  return typeof value === 'number' ? [String(value)] : [];
}
