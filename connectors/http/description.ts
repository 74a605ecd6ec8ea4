/** What the objects look like: from an OpenAPI file, or from samples of them. */
import { parse } from 'yaml';
import {
  isJsonObject,
  type Json,
  type JsonObject,
  type ObjectDescriptions,
  parseJson,
} from '../kit/index.ts';
import { nearestOf } from './nearest.ts';

/** Schemas for the mapping checker, and what is wrong with the files the settings name. */
export function describe(
  settings: JsonObject,
  read: (file: string) => string | undefined,
): ObjectDescriptions {
  const schemas: Record<string, JsonObject> = {};
  const problems: { path: string[]; message: string }[] = [];
  const components = typeof settings.openapi === 'string' ? componentsOf(settings.openapi, read) : undefined;
  if (typeof components === 'string') problems.push({ path: ['openapi'], message: components });
  else Object.assign(schemas, components);
  const objects = isJsonObject(settings.objects) ? settings.objects : {};
  for (const [name, object] of Object.entries(objects)) {
    if (!isJsonObject(object)) continue;
    const at = ['objects', name];
    if (typeof object.sample === 'string') {
      const schema = sampleOf(object.sample, read);
      if (typeof schema === 'string') problems.push({ path: [...at, 'sample'], message: schema });
      else schemas[name] = schema;
    } else if (components !== undefined && typeof components !== 'string') {
      const wanted = typeof object.schema === 'string' ? object.schema : name;
      const names = Object.keys(components);
      if (names.includes(wanted)) {
        if (wanted !== name) schemas[name] = { $ref: `#/components/schemas/${wanted}` };
      } else if (typeof object.schema === 'string') {
        const near = nearestOf(wanted, names);
        const hint = near === undefined ? `it has ${names.slice(0, 20).join(', ')}` : `did you mean ${near}?`;
        const message = `${String(settings.openapi)} has no schema ${wanted} under components.schemas; ${hint}`;
        problems.push({ path: [...at, 'schema'], message });
      }
    }
  }
  return { schemas, problems };
}

/** The schemas of an OpenAPI 3 file, or what is wrong with it. */
function componentsOf(
  file: string,
  read: (file: string) => string | undefined,
): Record<string, JsonObject> | string {
  const text = read(file);
  if (text === undefined) return `${file} cannot be read; the name starts at the folder of hub.yaml`;
  let document: Json;
  try {
    document = parse(text) as Json;
  } catch (error) {
    return `${file} is not YAML or JSON: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`;
  }
  const components = isJsonObject(document) ? document.components : undefined;
  const schemas = isJsonObject(components) ? components.schemas : undefined;
  if (!isJsonObject(schemas))
    return `${file} has no components.schemas; name an OpenAPI 3 file, or use sample`;
  return Object.fromEntries(
    Object.entries(schemas).flatMap(([name, one]) => (isJsonObject(one) ? [[name, one]] : [])),
  );
}

/** The schema that a sample, or several in a list, suggest; or what is wrong with the file. */
function sampleOf(file: string, read: (file: string) => string | undefined): JsonObject | string {
  const text = read(file);
  if (text === undefined) return `${file} cannot be read; the name starts at the folder of hub.yaml`;
  let sample: Json;
  try {
    sample = parseJson(text);
  } catch (error) {
    return `${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
  const samples = Array.isArray(sample) ? sample : [sample];
  if (samples.length === 0 || !samples.every((one: Json) => isJsonObject(one)))
    return `${file} must hold one object, or a list of objects`;
  return schemaOf(samples);
}

/** What several values have in common: the names any of them has, and the types seen. */
function schemaOf(values: readonly Json[]): JsonObject {
  const objects = values.filter((one) => isJsonObject(one));
  const lists = values.filter((one) => Array.isArray(one));
  const types = [...new Set(values.map(typeOf))];
  const names = [...new Set(objects.flatMap((one) => Object.keys(one)))];
  const properties = names.map((name) => [
    name,
    schemaOf(objects.flatMap((one) => (one[name] === undefined ? [] : [one[name]]))),
  ]);
  const elements = lists.flat() as Json[];
  return {
    // What was null in the sample may be anything.
    ...(types.includes('null') ? {} : { type: types }),
    ...(objects.length === 0
      ? {}
      : { properties: Object.fromEntries(properties), additionalProperties: false }),
    ...(elements.length === 0 ? {} : { items: schemaOf(elements) }),
  };
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  // A whole number in a sample says nothing about the next one.
  return typeof value === 'number' ? 'number' : typeof value;
}
