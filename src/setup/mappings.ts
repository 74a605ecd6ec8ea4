import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { HubConfig, Problem } from '../config/index.ts';
import {
  type CheckOptions,
  type CompiledMapping,
  checkMapping,
  compileMapping,
  findGaps,
  type JsonSchema,
  type MappingDocument,
  readMapping,
  type TableFacts,
} from '../mapping/index.ts';
import { entities, withExt } from '../model/index.ts';
import { inOrder, isError } from '../problems/index.ts';
import type { Schemas } from './objects.ts';

export interface LoadedMapping {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** Texts of the mappings it extends, by name. */
  readonly bases: Readonly<Record<string, string>>;
  readonly doc: MappingDocument;
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

/** What of the configuration concerns mappings. */
export type Surrounding = Pick<HubConfig, 'connections' | 'ext'> & {
  readonly mappings: string | undefined;
  readonly syncs?: HubConfig['syncs'];
};

/** What mappings are checked against, read once for any number of them. */
export class MappingSurroundings {
  readonly #openapiFolder: string;
  readonly #tables: ReadonlyMap<string, TableFacts> | undefined;
  readonly #config: Surrounding;
  readonly #entities: typeof entities;
  readonly #described = new Map<string, Promise<Record<string, JsonSchema> | undefined>>();
  readonly #own: ReadonlyMap<string, Schemas>;

  /**
   * `tables`: the code tables, where they are to be checked, too; `config` says whose rows concern whom, which fields
   * of their own the company has, and where its mappings are; `own`: what objects look like that connections bring.
   */
  constructor(
    openapiFolder: string,
    tables?: ReadonlyMap<string, TableFacts>,
    config: Surrounding = { connections: {}, ext: {}, mappings: undefined },
    own: ReadonlyMap<string, Schemas> = new Map(),
  ) {
    this.#own = own;
    this.#openapiFolder = openapiFolder;
    this.#tables = tables;
    this.#config = config;
    this.#entities = withExt(entities, config.ext);
  }

  /**
   * Reads the file of a mapping that another extends: beside the other, in the company's folder, or as it ships. A
   * company's variant under the same name goes on from the one that ships.
   */
  base(name: string, asker: string, beside: string): { file: string; text: Buffer } | undefined {
    // A text may come from anybody who may check one: it names mappings, not files elsewhere.
    if (name.split(/[\\/]/).includes('..')) return undefined;
    const shipped = path.join(this.#openapiFolder, '..', 'mappings');
    const folders = [beside, this.#config.mappings, shipped];
    for (const folder of name === asker ? [shipped] : folders) {
      if (folder === undefined) continue;
      const absolute = path.join(folder, `${name}.yaml`);
      try {
        return { file: shown(absolute), text: readFileSync(absolute) };
      } catch {
        // Not in this folder; the reader reports what is in none.
      }
    }
    return undefined;
  }

  /** The entities with the fields the company has declared. */
  get entities(): typeof entities {
    return this.#entities;
  }

  /** Options to check a mapping named `<connector>/<object>` with. */
  async for(name: string, object: string | undefined): Promise<CheckOptions> {
    const connector = name.split('/')[0] ?? '';
    const schemas = this.#ownOf(name, object) ?? (await this.schemas(connector));
    return {
      entities: this.#entities,
      ...(this.#tables === undefined ? {} : { tables: this.#tablesOf(this.#tables, connector) }),
      ...(schemas === undefined || object === undefined
        ? {}
        : { objectSchema: schemas[object] ?? {}, components: schemas }),
    };
  }

  /** What `openapi/<connector>.yaml` describes, by name; undefined when there is no such file. */
  schemas(connector: string): Promise<Readonly<Record<string, JsonSchema>> | undefined> {
    const described = this.#described.get(connector) ?? schemasOf(this.#openapiFolder, connector);
    this.#described.set(connector, described);
    return described;
  }

  /** What an object of a connection looks like, with the schemas it may refer to; undefined: nobody has described it. */
  async objectSchema(
    connection: string,
    connector: string,
    object: string,
  ): Promise<{ readonly schema: JsonSchema; readonly components: Schemas } | undefined> {
    const own = this.#own.get(connection);
    const components = own?.[object] === undefined ? await this.schemas(connector) : own;
    const schema = components?.[object];
    return schema === undefined || components === undefined ? undefined : { schema, components };
  }

  /** What the connection that uses a mapping says about its object; the mapping's folder may bear its name. */
  #ownOf(name: string, object: string | undefined): Schemas | undefined {
    const folder = name.split('/')[0] ?? '';
    const users = Object.values(this.#config.syncs ?? {}).flatMap((sync) =>
      Object.values(sync.parties).flatMap((party) => (party.mapping === name ? [party.connection] : [])),
    );
    const found = [...users, folder].map((connection) => this.#own.get(connection));
    return found.find((schemas) => object !== undefined && schemas?.[object] !== undefined);
  }

  #tablesOf(tables: ReadonlyMap<string, TableFacts>, connector: string): ReadonlyMap<string, TableFacts> {
    const concerns = (connection: string): boolean =>
      connection === '' ||
      connection === connector ||
      this.#config.connections[connection]?.connector === connector;
    return new Map(
      [...tables].map(([name, { shared }]) => [
        name,
        { shared: shared.filter(({ connection }) => concerns(connection)) },
      ]),
    );
  }
}

/** A mapping file, read and checked; `compiled` is there when it may run. */
export interface CheckedMapping {
  /** As problems name it: from the working directory where it lies below it. */
  readonly file: string;
  readonly text: string;
  /** Texts of the files it extends, by file. */
  readonly extended: ReadonlyMap<string, string>;
  /** The same by the name of the mapping. */
  readonly bases: Readonly<Record<string, string>>;
  readonly doc: MappingDocument | undefined;
  readonly compiled: CompiledMapping | undefined;
  readonly problems: readonly Problem[];
}

/** Reads and checks one file and compiles it when it is sound; undefined when it cannot be read at all. */
export async function checkMappingFile(
  absolute: string,
  surroundings: MappingSurroundings,
): Promise<CheckedMapping | undefined> {
  const bytes = await readFile(absolute).catch(() => undefined);
  return bytes === undefined ? undefined : checkMappingText(shown(absolute), bytes, surroundings);
}

/** A file as people see it: from the working directory where it lies below it. */
function shown(absolute: string): string {
  const relative = path.relative(process.cwd(), absolute);
  return relative.startsWith('..') ? absolute : relative;
}

/**
 * Reads and checks a text and compiles it when it is sound. `file` is what problems name. `stored` gives the texts of
 * what it extends, by name, instead of the files there are now.
 */
export async function checkMappingText(
  file: string,
  told: string | Uint8Array,
  surroundings: MappingSurroundings,
  stored?: Readonly<Record<string, string>>,
): Promise<CheckedMapping> {
  const text = typeof told === 'string' ? told : Buffer.from(told).toString('utf8');
  const beside = path.dirname(path.dirname(path.resolve(file)));
  const extended = new Map<string, string>();
  const bases: Record<string, string> = Object.create(null);
  const read = readMapping(file, told, {
    base: (name, asker) => {
      const kept = stored?.[name];
      const found =
        kept === undefined
          ? surroundings.base(name, asker, beside)
          : { file: `${name} (stored)`, text: kept };
      if (found === undefined) return undefined;
      bases[name] = found.text.toString();
      extended.set(found.file, bases[name]);
      return found;
    },
  });
  const { doc } = read;
  const checked =
    doc === undefined ? [] : checkMapping(doc, await surroundings.for(doc.name.value, doc.object.value));
  const problems = inOrder([...read.problems, ...checked, ...findGaps(file, text)]);
  const isSound = read.ok && !problems.some(isError);
  return {
    file,
    text,
    extended,
    bases,
    doc,
    compiled: isSound ? compileMapping(read.doc) : undefined,
    problems,
  };
}

/** Reads, checks and compiles the mappings the configuration uses; reports every problem of every file. */
export async function loadMappings(
  config: HubConfig,
  openapiFolder: string,
  tables?: ReadonlyMap<string, TableFacts>,
  own?: ReadonlyMap<string, Schemas>,
): Promise<LoadedMappings> {
  const wanted = new Set(
    Object.values(config.syncs).flatMap((sync) => Object.values(sync.parties).map((party) => party.mapping)),
  );
  const surroundings = new MappingSurroundings(openapiFolder, tables, config, own);
  const mappings = new Map<string, LoadedMapping>();
  const problems: Problem[] = [];
  const texts = new Map<string, string>();
  for (const name of [...wanted].sort()) {
    const checked = await checkMappingFile(path.join(config.mappings, `${name}.yaml`), surroundings);
    // The configuration's own check has already said when there is no such mapping.
    if (checked === undefined) continue;
    const { file, text, bases, doc, compiled } = checked;
    for (const [base, content] of checked.extended) texts.set(base, content);
    texts.set(file, text);
    problems.push(...checked.problems);
    if (doc !== undefined && compiled !== undefined)
      mappings.set(name, { name, file, text, bases, doc, compiled });
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
