/** What the engine builds its promises on, per kind of file. */
import { isJsonObject, type JsonObject, type ObjectDescriptions, type ObjectFacts } from '../kit/index.ts';
import { type FileObject, objectSchema } from './config.ts';

function factsOf({ write, deleted, listsAll }: FileObject): ObjectFacts {
  return {
    payload: 'full',
    // A table shows what it holds. A file that was put down may have been fetched since: nobody can tell.
    createSafety: write?.as === 'drop' ? 'none' : 'uniqueKey',
    latenessMs: 0,
    searchLagMs: 0,
    batchSize: 500,
    // Writing one row writes the whole file.
    gatherMs: 250,
    writeDeadlineMs: 60_000,
    partialUpdate: false,
    listsAll,
    tellsDeletions: deleted !== undefined,
  };
}

/** Facts per object of a connection's settings as written; undefined when its objects cannot be read. */
export function objectsOf(settings: JsonObject): Readonly<Record<string, ObjectFacts>> | undefined {
  const objects = filesOf(settings);
  return objects && Object.fromEntries(objects.map(([name, object]) => [name, factsOf(object)]));
}

/** Schemas of the objects whose columns are named: all of them hold text. */
export function describe(settings: JsonObject): ObjectDescriptions {
  const schemas: Record<string, JsonObject> = {};
  for (const [name, { columns }] of filesOf(settings) ?? []) {
    if (!columns) continue;
    const properties = columns.map((column): [string, JsonObject] => [column, { type: 'string' }]);
    schemas[name] = {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(properties),
    };
  }
  return { schemas, problems: [] };
}

function filesOf({ objects = {} }: JsonObject): [string, FileObject][] | undefined {
  if (!isJsonObject(objects)) return undefined;
  const files: [string, FileObject][] = [];
  for (const [name, told] of Object.entries(objects)) {
    const object = objectSchema.safeParse(told);
    if (!object.success) return undefined;
    files.push([name, object.data]);
  }
  return files;
}
