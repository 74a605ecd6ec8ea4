/** What the engine builds its promises on, per table. */
import { isJsonObject, type JsonObject, type ObjectDescriptions, type ObjectFacts } from '../kit/index.ts';
import { objectSchema, type TableConfig } from './config.ts';

function factsOf({ deleted, remove, readBeforeWrite }: TableConfig, timeoutMs: number): ObjectFacts {
  return {
    payload: 'full',
    // A unique index is required before anything is created.
    createSafety: 'uniqueKey',
    // A statement that is cut off is rolled back by the server when it notices; its own time-out is the last moment.
    latenessMs: 1_000,
    searchLagMs: 0,
    batchSize: 1,
    writeDeadlineMs: timeoutMs * 2,
    partialUpdate: true,
    readBeforeWrite,
    listsAll: true,
    tellsDeletions: deleted !== undefined,
    removes: remove !== undefined,
  };
}

/** Facts per object of a connection's settings as written; undefined when its objects cannot be read. */
export function objectsOf(settings: JsonObject): Readonly<Record<string, ObjectFacts>> | undefined {
  const tables = tablesOf(settings);
  const { timeoutMs = 15_000 } = settings;
  if (!tables || typeof timeoutMs !== 'number') return undefined;
  return Object.fromEntries(tables.map(([name, table]) => [name, factsOf(table, timeoutMs)]));
}

/** Schemas of the objects whose columns are named. */
export function describe(settings: JsonObject): ObjectDescriptions {
  const schemas: Record<string, JsonObject> = {};
  for (const [name, { columns }] of tablesOf(settings) ?? []) {
    if (!columns) continue;
    const properties = Object.entries(columns).map(([column, type]): [string, JsonObject] => [
      column,
      type === 'json' ? {} : { type: type === 'text' ? 'string' : type },
    ]);
    schemas[name] = {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(properties),
    };
  }
  return { schemas, problems: [] };
}

function tablesOf({ objects = {} }: JsonObject): [string, TableConfig][] | undefined {
  if (!isJsonObject(objects)) return undefined;
  const tables: [string, TableConfig][] = [];
  for (const [name, told] of Object.entries(objects)) {
    const table = objectSchema.safeParse(told);
    if (!table.success) return undefined;
    tables.push([name, table.data]);
  }
  return tables;
}
