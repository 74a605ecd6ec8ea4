/** Which mappings are in use while the hub runs: the files', or versions that somebody applied. */
import type { Connector } from '../../connectors/kit/types.ts';
import { type HubConfig, type Mode, type Problem, withModes } from '../config/index.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { Database } from '../ledger/database.ts';
import {
  activeMappings,
  type MappingVersion,
  mappingVersions,
  newestActivation,
} from '../ledger/mappings.ts';
import type { Logger } from '../log.ts';
import { formatProblem, isError } from '../problems/index.ts';
import { buildLandscape } from './landscape.ts';
import { checkMappingText, type LoadedMapping, MappingSurroundings } from './mappings.ts';
import { describeConnections } from './objects.ts';

type Mappings = ReadonlyMap<string, LoadedMapping>;

/** A mapping whose applied version is in use instead of its file. */
export interface Override {
  readonly name: string;
  readonly version: string;
  readonly author: string;
  readonly at: Date;
  /** Version of the file as it is now; undefined when there is no such file. */
  readonly fileVersion: string | undefined;
  /** The file was changed since the version was applied. */
  readonly isFileNewer: boolean;
}

export interface LiveOptions {
  readonly config: HubConfig;
  readonly connectors: Readonly<Record<string, Connector>>;
  readonly openapiFolder: string;
  /** The files, read and found right. */
  readonly files: Mappings;
  readonly database: Database;
  readonly log: Pick<Logger, 'warn' | 'error' | 'info'>;
}

/** What the hub goes by now. `keepUp` makes it as new as a decision that was seen in the database. */
export class LiveMappings {
  readonly #options: LiveOptions;
  readonly #surroundings: MappingSurroundings;
  #config: HubConfig;
  #mappings: Mappings;
  #landscape: Landscape;
  #overrides: readonly Override[] = [];
  #activation = 0;
  #reading: Promise<void> | undefined;

  private constructor(options: LiveOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#surroundings = new MappingSurroundings(
      options.openapiFolder,
      undefined,
      options.config,
      describeConnections(options.config, options.connectors).schemas,
    );
    this.#mappings = options.files;
    this.#landscape = buildLandscape(options.config, options.connectors, options.files).landscape;
  }

  /** Reads what is in use. A version that does not fit any more is told in the log; the file stands in for it. */
  static async open(options: LiveOptions): Promise<LiveMappings> {
    const live = new LiveMappings(options);
    await live.#read();
    return live;
  }

  get landscape(): Landscape {
    return this.#landscape;
  }

  get mappings(): Mappings {
    return this.#mappings;
  }

  /** Mappings for which the file does not count at present. */
  get overrides(): readonly Override[] {
    return this.#overrides;
  }

  /** What mappings are checked against, and what objects look like. */
  get surroundings(): MappingSurroundings {
    return this.#surroundings;
  }

  /** Takes over what is in use when `activation` is newer than what is known here. */
  async keepUp(activation: number): Promise<void> {
    while (activation > this.#activation) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
  }

  /** Goes by other modes of connections from now on; answers whether they are others. */
  followModes(modes: ReadonlyMap<string, Mode>): boolean {
    const isSame = ({ id, mode }: { readonly id: string; readonly mode: Mode }): boolean =>
      (modes.get(id) ?? mode) === mode;
    if ([...this.#landscape.connections.values()].every(isSame)) return false;
    this.#config = withModes(this.#options.config, modes);
    const built = this.#build(this.#mappings);
    if (built.problems.some(isError)) return false;
    this.#landscape = built.landscape;
    return true;
  }

  /**
   * The same landscape with another text of one mapping; problems when it does not fit. `bases`: texts of what it
   * extends, for a version that was stored.
   */
  async tryOut(
    file: string,
    text: string | Uint8Array,
    bases?: MappingVersion['bases'],
  ): Promise<{
    landscape: Landscape | undefined;
    mapping: LoadedMapping | undefined;
    problems: readonly Problem[];
  }> {
    const checked = await checkMappingText(file, text, this.#surroundings, bases);
    const { doc, compiled } = checked;
    if (doc === undefined || compiled === undefined)
      return { landscape: undefined, mapping: undefined, problems: checked.problems };
    const mapping = { name: compiled.name, file, text: checked.text, bases: checked.bases, doc, compiled };
    const built = this.#build(new Map(this.#mappings).set(compiled.name, mapping));
    const problems = [...checked.problems, ...built.problems];
    return { landscape: problems.some(isError) ? undefined : built.landscape, mapping, problems };
  }

  /** The landscape with another version of one mapping (null: the file's); undefined when it is not known or not right. */
  async with(name: string, version: string | null): Promise<Landscape | undefined> {
    const file = this.#options.files.get(name);
    if (version === null || version === file?.compiled.version) {
      return file && this.#build(new Map(this.#mappings).set(name, file)).landscape;
    }
    if (this.#mappings.get(name)?.compiled.version === version) return this.#landscape;
    const kept = (await mappingVersions(this.#options.database, name)).find((row) => row.version === version);
    if (!kept) return undefined;
    return (await this.tryOut(labelOf(kept), kept.content, kept.bases)).landscape;
  }

  #build(mappings: Mappings): ReturnType<typeof buildLandscape> {
    return buildLandscape(this.#config, this.#options.connectors, mappings);
  }

  async #read(): Promise<void> {
    const { database, files, log } = this.#options;
    // Read first: what is decided in between is read again.
    const activation = await newestActivation(database);
    const mappings = new Map(files);
    const overrides: Override[] = [];
    for (const row of await activeMappings(database)) {
      const fileVersion = files.get(row.name)?.compiled.version;
      if (row.version === null || row.content === null || row.version === fileVersion) continue;
      const version = { name: row.name, version: row.version, content: row.content };
      const checked = await checkMappingText(
        labelOf(version),
        row.content,
        this.#surroundings,
        row.bases ?? {},
      );
      if (checked.doc === undefined || checked.compiled === undefined) {
        const told = checked.problems.filter(isError).map((problem) => formatProblem(problem, checked.text));
        log.error(
          { problems: told },
          `the applied version of ${row.name} is not right any more; the file is used`,
        );
        continue;
      }
      const { file, text, bases, doc, compiled } = checked;
      mappings.set(row.name, { name: row.name, file, text, bases, doc, compiled });
      overrides.push({
        name: row.name,
        version: row.version,
        author: row.author,
        at: row.at,
        fileVersion,
        isFileNewer: fileVersion !== undefined && fileVersion !== (row.file_version ?? fileVersion),
      });
    }
    const built = this.#build(mappings);
    if (built.problems.some(isError)) {
      const told = built.problems.map((problem) => problem.message);
      log.error({ problems: told }, 'an applied mapping does not fit the configuration; nothing is changed');
    } else {
      this.#mappings = mappings;
      this.#landscape = built.landscape;
      this.#overrides = overrides;
    }
    this.#activation = Math.max(this.#activation, activation);
  }
}

/** How problems name a stored version. */
export function labelOf({ name, version }: Pick<MappingVersion, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

/** What is in use instead of a file, as one sentence for people. */
export function sentenceOf({ name, version, author, at, fileVersion, isFileNewer }: Override): string {
  const file = isFileNewer
    ? `; its file was changed since (${fileVersion}) and is NOT in use: lianhub mappings apply takes it over`
    : `; its file (${fileVersion ?? 'none'}) is not in use`;
  return `mapping ${name}: version ${version} is in use, applied by ${author} at ${at.toISOString()}${file}`;
}
