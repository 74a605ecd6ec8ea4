import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { HubConfig, Problem } from '../config/index.ts';
import {
  type CompiledMapping,
  checkMapping,
  compileMapping,
  type JsonSchema,
  readMapping,
} from '../mapping/index.ts';
import { entities } from '../model/index.ts';

export interface LoadedMapping {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly compiled: CompiledMapping;
}

export interface LoadedMappings {
  readonly mappings: ReadonlyMap<string, LoadedMapping>;
  readonly problems: readonly Problem[];
  /** Text of every file that problems speak about. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Names of all mappings in a folder, `<connector>/<object>`. */
export async function mappingNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory() || entry.name === 'tables') continue;
    for (const file of await readdir(path.join(folder, entry.name))) {
      if (file.endsWith('.yaml')) names.push(`${entry.name}/${file.slice(0, -5)}`);
    }
  }
  return names.sort();
}

/** Reads, checks and compiles the mappings the configuration uses; reports every problem of every file. */
export async function loadMappings(config: HubConfig, openapiFolder: string): Promise<LoadedMappings> {
  const wanted = new Set(
    Object.values(config.syncs).flatMap((sync) => Object.values(sync.parties).map((party) => party.mapping)),
  );
  const mappings = new Map<string, LoadedMapping>();
  const problems: Problem[] = [];
  const texts = new Map<string, string>();
  const descriptions = new Map<string, Promise<Record<string, JsonSchema> | undefined>>();
  for (const name of [...wanted].sort()) {
    const absolute = path.join(config.mappings, `${name}.yaml`);
    const relative = path.relative(process.cwd(), absolute);
    const file = relative.startsWith('..') ? absolute : relative;
    let text: Buffer;
    try {
      text = await readFile(absolute);
    } catch {
      // The configuration's own check has already said that there is no such mapping.
      continue;
    }
    texts.set(file, text.toString('utf8'));
    const read = readMapping(file, text);
    const connector = name.split('/')[0] ?? '';
    const described = descriptions.get(connector) ?? schemasOf(openapiFolder, connector);
    descriptions.set(connector, described);
    const schemas = await described;
    const checked = read.doc
      ? checkMapping(read.doc, {
          entities,
          ...(schemas === undefined
            ? {}
            : { objectSchema: schemas[read.doc.object.value] ?? {}, components: schemas }),
        })
      : [];
    problems.push(...read.problems, ...checked);
    if (!read.ok || checked.length > 0) continue;
    mappings.set(name, { name, file, text: text.toString('utf8'), compiled: compileMapping(read.doc) });
  }
  return { mappings, problems, texts };
}

async function schemasOf(folder: string, connector: string): Promise<Record<string, JsonSchema> | undefined> {
  let text: string;
  try {
    text = await readFile(path.join(folder, `${connector}.yaml`), 'utf8');
  } catch {
    // A connector without an API description: its paths cannot be checked.
    return undefined;
  }
  const document = parse(text) as { components?: { schemas?: Record<string, JsonSchema> } };
  return document.components?.schemas;
}
