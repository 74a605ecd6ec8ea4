/** The shipped mappings, read once from their files. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import {
  type CompiledMapping,
  checkMapping,
  compileMapping,
  formatProblem,
  type JsonSchema,
  type MappingDocument,
  readMapping,
} from '../../src/mapping/index.ts';
import { entities } from '../../src/model/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Names of all shipped mappings, `connector/object`. */
export function shippedNames(): string[] {
  return readdirSync(path.join(root, 'mappings'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -5).replaceAll(path.sep, '/'))
    .sort();
}

export function readShipped(name: string): MappingDocument {
  const file = `mappings/${name}.yaml`;
  const text = readFileSync(path.join(root, file), 'utf8');
  const read = readMapping(file, text);
  if (!read.ok) throw new Error(read.problems.map((problem) => formatProblem(problem, text)).join('\n'));
  return read.doc;
}

export function compileShipped(name: string): CompiledMapping {
  return compileMapping(readShipped(name));
}

/** Reads and checks every shipped mapping against both sides, the vendors' descriptions included; milliseconds. */
export function checkEverything(): number {
  const started = performance.now();
  const described = new Map<string, Readonly<Record<string, JsonSchema>>>();
  for (const name of shippedNames()) {
    const connector = name.split('/')[0] ?? '';
    let schemas = described.get(connector);
    if (schemas === undefined) {
      const text = readFileSync(path.join(root, 'openapi', `${connector}.yaml`), 'utf8');
      schemas = (parse(text) as { components: { schemas: Record<string, JsonSchema> } }).components.schemas;
      described.set(connector, schemas);
    }
    const doc = readShipped(name);
    const objectSchema = schemas[doc.object.value];
    if (objectSchema === undefined) throw new Error(`openapi/${connector}.yaml has no ${doc.object.value}.`);
    const problems = checkMapping(doc, { entities, objectSchema, components: schemas });
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  }
  return performance.now() - started;
}
