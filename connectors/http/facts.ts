/** What the engine builds its promises on, as far as the settings of an object say it. */
import { isJsonObject, type JsonObject, type ObjectFacts } from '../kit/index.ts';
import { mentions } from './config-checks.ts';
import { type ObjectConfig, objectSchema } from './config-objects.ts';

/** Facts of one object. */
export function factsOf(object: ObjectConfig, timeoutMs: number): ObjectFacts {
  const { create, update, deleted, remove } = object;
  return {
    payload: object.payload,
    createSafety: object.createSafety,
    latenessMs: object.latenessMs,
    searchLagMs: object.searchLagMs,
    batchSize: Math.max(create?.batch ?? 1, update?.batch ?? 1),
    writeDeadlineMs: timeoutMs,
    partialUpdate: update !== undefined && mentions(update, 'difference'),
    conditional: update !== undefined && mentions(update, 'revision'),
    readBeforeWrite: object.readBeforeWrite,
    listsAll: object.listsAll,
    tellsDeletions: deleted !== undefined,
    removes: remove !== undefined,
    ...(object.tokenValidMs === undefined ? {} : { tokenValidMs: object.tokenValidMs }),
  };
}

/** Facts per object of a connection's settings as written; undefined when its objects cannot be read. */
export function objectsOf(settings: JsonObject): Readonly<Record<string, ObjectFacts>> | undefined {
  const { objects = {}, timeoutMs = 30_000 } = settings;
  if (!isJsonObject(objects) || typeof timeoutMs !== 'number') return undefined;
  const facts: Record<string, ObjectFacts> = {};
  for (const [name, told] of Object.entries(objects)) {
    const object = objectSchema.safeParse(told);
    if (!object.success) return undefined;
    facts[name] = factsOf(object.data, timeoutMs);
  }
  return facts;
}
