/** Mappings as they ship, read, checked and compiled, for tests of single ones. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import {
  type CompiledMapping,
  checkMapping,
  compileMapping,
  formatProblem,
  type InContext,
  type JsonSchema,
  type OutContext,
  readMapping,
} from '../../src/mapping/index.ts';
import { entities, type JsonObject } from '../../src/model/index.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A mapping by its name, e.g. `kingdee/order`, checked against its vendor's description. Throws with every problem it has. */
export function shippedMapping(name: string): CompiledMapping {
  return compiled(name, `mappings/${name}.yaml`, textOf(name), {}, entities);
}

/** A company's own variant of a shipped mapping: `own` goes below its `extends:`. `known`: entities with its own fields. */
export function variantOf(name: string, own: string, known: Known): CompiledMapping {
  const text = `mapping: ${name}-acme\nextends: ${name}\n${own}`;
  const base = { file: `mappings/${name}.yaml`, text: textOf(name) };
  return compiled(name, 'acme.yaml', text, { base: () => base, names: [name] }, known);
}

type Known = Parameters<typeof checkMapping>[1]['entities'];

function compiled(
  name: string,
  file: string,
  text: string,
  options: Parameters<typeof readMapping>[2],
  known: Known,
): CompiledMapping {
  const read = readMapping(file, text, options);
  if (!read.ok) throw new Error(read.problems.map((one) => formatProblem(one, text)).join('\n'));
  const schemas = schemasOf(name.split('/')[0] ?? '');
  const objectSchema = schemas[read.doc.object.value];
  if (objectSchema === undefined)
    throw new Error(`nothing describes ${read.doc.object.value}, which ${file} names`);
  const problems = checkMapping(read.doc, { entities: known, objectSchema, components: schemas });
  if (problems.length > 0) throw new Error(problems.map((one) => formatProblem(one, text)).join('\n'));
  return compileMapping(read.doc);
}

function textOf(name: string): string {
  return readFileSync(path.join(root, `mappings/${name}.yaml`), 'utf8');
}

function schemasOf(vendor: string): Record<string, JsonSchema> {
  const described = parse(readFileSync(path.join(root, `openapi/${vendor}.yaml`), 'utf8')) as {
    components: { schemas: Record<string, JsonSchema> };
  };
  return described.components.schemas;
}

/** A context that knows no codes and no lines, but for what is given. */
export function inContext(known: Partial<InContext> = {}): InContext {
  return {
    connection: 'vendor',
    payload: 'full',
    lookup: () => undefined,
    lookupBack: () => undefined,
    lineKey: () => undefined,
    ...known,
  };
}

/** The same outwards, of an object that is made. */
export function outContext(known: Partial<OutContext> = {}): OutContext {
  return {
    connection: 'vendor',
    creating: true,
    lookup: () => undefined,
    remoteNumber: () => undefined,
    remoteId: () => undefined,
    lineId: () => undefined,
    ...known,
  };
}

/** Canonical values of a vendor's body, as plain JSON. Throws with what the mapping says against it. */
export function inward(mapping: CompiledMapping, body: JsonObject, context = inContext()): JsonObject {
  const result = mapping.inward(body, context);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return JSON.parse(JSON.stringify(result.values)) as JsonObject;
}

/** The body a record makes. Throws with what it waits for or what the mapping says against it. */
export function outward(mapping: CompiledMapping, record: JsonObject, context = outContext()): JsonObject {
  const result = mapping.outward(record, context);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.body;
}
