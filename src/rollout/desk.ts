/**
 * Changing the configuration of a running hub. There is one source: the file hub.yaml, which a start reads, `lianhub apply`
 * reads, and people keep in version control. A change made here is a change of that file, put in use as `lianhub apply`
 * does it, all or nothing; where the file cannot be written nothing is put in use, and the text is handed back.
 */
import type { Connector } from '../../connectors/kit/types.ts';
import {
  configOf,
  type Environment,
  type HubConfig,
  InvalidConfig,
  type Problem,
  readSource,
  variablesElsewhere,
  variablesIn,
  withoutSecrets,
  withSecretsOf,
} from '../config/index.ts';
import { HubError, reasonOf } from '../errors.ts';
import type { Decider } from '../lanes/daily/decider.ts';
import { insertAudit } from '../ledger/audit.ts';
import { newestConfiguration } from '../ledger/configurations.ts';
import type { Database } from '../ledger/database.ts';
import { entityNames, equal, isObject, type Json, type JsonObject } from '../model/index.ts';
import {
  type KeyOptions,
  type Keyring,
  redacted,
  storedVariables,
  storeVariables,
} from '../security/index.ts';
import { mappingNames } from '../setup/mappings.ts';
import { type Applied, applyConfiguration, type Planned, planConfiguration } from './configuration.ts';
import { readText, unwritable, writeText } from './file.ts';
import type { Stored } from './store.ts';
import { storedOf } from './stored.ts';

/** Where a process has its configuration from. */
export interface ConfigurationSource {
  /** Absolute path of hub.yaml. */
  readonly file: string;
  /** What its variables are filled in from, before what was told to the hub. */
  readonly env: Environment;
}

export interface DeskOptions extends KeyOptions {
  /** Absent: the process was not started from a file alone, and nothing can be changed. */
  readonly source: ConfigurationSource | undefined;
  /** What this process was started with. */
  readonly running: HubConfig;
  readonly connectors: Readonly<Record<string, Connector>>;
  readonly openapiFolder: string;
  readonly keys: Keyring;
  readonly database: Database;
}

/** Values of variables, told together with the text that names them. Null: nobody needs it any more. */
export type Variables = Readonly<Record<string, string | null>>;

export interface Current {
  readonly file: string;
  /** As it stands in the file; never shown as it is. */
  readonly text: string;
  /** Null: it can be changed here. */
  readonly readOnly: string | null;
  readonly inUse: Planned['base'];
  /** The file says something else than what this process was started with, beside mappings and code tables. */
  readonly restart: boolean;
  /** Connections of the file; one this process was not started with does not run here yet. */
  readonly connections: readonly {
    readonly id: string;
    readonly connector: string;
    readonly mode: string;
    readonly running: boolean;
  }[];
  readonly variables: readonly {
    readonly name: string;
    readonly from: 'environment' | 'told' | 'default' | 'nowhere';
  }[];
}

/** What a text would change, or what is wrong with it. */
export interface Proposal extends Planned {
  readonly problems: readonly Problem[];
  readonly restart: boolean;
}

export interface Change {
  readonly text: string;
  readonly variables?: Variables;
  /** The text the change was made of; the file must hold it still. Absent: whatever it holds. */
  readonly of?: string;
  readonly allowOrphans: boolean;
  readonly perSecond?: number;
}

/** The file cannot be written. `text` is what would have been: for whoever keeps it. */
export class ReadOnlyConfiguration extends HubError<'configuration.read-only'> {
  readonly text: string;
  constructor(file: string, reason: string, text: string) {
    super('configuration.read-only', { file, reason });
    this.text = withoutSecrets(text);
  }
}

export class ConfigurationDesk {
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** hub.yaml, as problems name it. */
  get file(): string {
    return this.#options.running.source.file;
  }

  /** How it stands. Where there is no file: what this process was started with. */
  async current(): Promise<Current> {
    const { source, running, database } = this.#options;
    const text = source ? await readText(source.file) : running.source.text;
    const readOnly = source
      ? await unwritable(source.file)
      : 'it was put together by whoever started the hub';
    const row = await newestConfiguration(database);
    const told = await storedVariables(this.#options);
    const read = readSource(this.file, text, { ...told, ...source?.env });
    return {
      file: this.file,
      text,
      readOnly: readOnly ?? null,
      inUse: row ? { id: row.id, author: row.author, via: row.via, at: row.at.toISOString() } : null,
      restart: read.ok && !equal(modeless(read.source.value), modeless(running.source.value)),
      connections: connectionsIn(read.ok ? read.source.value : undefined).map(([id, connection]) => ({
        id,
        connector: String(connection.connector ?? ''),
        mode: String(connection.mode ?? 'live'),
        running: Object.hasOwn(running.connections, id),
      })),
      variables: variablesIn(text).map(({ name, hasDefault }) => ({
        name,
        from:
          source?.env[name] !== undefined
            ? 'environment'
            : told[name] !== undefined
              ? 'told'
              : hasDefault
                ? 'default'
                : 'nowhere',
      })),
    };
  }

  /** The text with what was hidden in it. */
  async complete(text: string): Promise<string> {
    return withSecretsOf(text, (await this.current()).text);
  }

  /** Plain values of a text, variables filled in. Errors: `config.invalid`, of variables only. */
  async valueOf(text: string, variables: Variables = {}): Promise<unknown> {
    await this.#guard(text, variables);
    const read = readSource(this.file, text, await this.#environment(variables));
    return read.ok ? read.source.value : undefined;
  }

  /** Sections a text changes that say what the hub's machine does, and who may reach it. */
  async machineSections(text: string): Promise<string[]> {
    const { text: before } = await this.current();
    const env = await this.#environment({});
    const [was, is] = [before, text].map((one) => {
      const read = readSource(this.file, one, env);
      return read.ok ? (read.source.value as Json) : undefined;
    });
    if (!isObject(is)) return [];
    return ofMachine.filter((section) => !equal(isObject(was) ? was[section] : undefined, is[section]));
  }

  /** Names the environment sets: what is told under one of these would never be used. */
  isSet(name: string): boolean {
    return this.#options.source?.env[name] !== undefined;
  }

  /** What a text would change. Writes nothing. */
  async plan(text: string, variables: Variables = {}): Promise<Proposal> {
    try {
      const planned = await planConfiguration(this.#options.database, await this.#check(text, variables));
      return { ...planned, problems: [], restart: needsRestart(planned) };
    } catch (error) {
      if (!(error instanceof InvalidConfig)) throw error;
      const { inUse } = await this.current();
      return { base: inUse, differences: [], orphans: [], problems: error.problems, restart: false };
    }
  }

  /**
   * Puts a text in the file and in use, or does nothing. Errors: `config.invalid`, `config.orphans`, `request.stale`,
   * `configuration.no-file`, `configuration.read-only`.
   */
  async apply(change: Change, by: Decider): Promise<Applied & { readonly restart: boolean }> {
    const { source, database, keys, dataDir } = this.#options;
    const { text, variables = {}, of, allowOrphans, perSecond } = change;
    if (!source) throw new HubError('configuration.no-file', {});
    const stored = await this.#check(text, variables);
    const reason = await unwritable(source.file);
    if (reason !== undefined) throw new ReadOnlyConfiguration(source.file, redacted.text(reason), text);
    const isKept = ([, value]: [string, string | null]): boolean => value !== null;
    const told = Object.entries(variables);
    let before: string | undefined;
    try {
      const done = await applyConfiguration(database, stored, by, {
        allowOrphans,
        perSecond,
        keep: async (sql, isDifferent) => {
          const found = await readText(source.file);
          if (of !== undefined && found !== of) throw new HubError('request.stale', {});
          if (found === text && told.length === 0) return;
          if (!isDifferent) {
            const details = { reason: by.reason, changed: [] };
            await insertAudit(sql, [
              { author: by.author, action: 'config.apply', subject: 'configuration/text', details },
            ]);
          }
          // First what the text names: a text that names what is not there would not start.
          await storeVariables(dataDir, keys, Object.fromEntries(told.filter(isKept)));
          before = found;
          await writeText(source.file, text).catch((cause: unknown) => {
            throw new ReadOnlyConfiguration(source.file, redacted.text(reasonOf(cause)), text);
          });
        },
      });
      await storeVariables(dataDir, keys, Object.fromEntries(told.filter((one) => !isKept(one))));
      return { ...done, restart: needsRestart(done) };
    } catch (error) {
      // It was written and does not count after all.
      if (before !== undefined) await writeText(source.file, before).catch(() => undefined);
      throw error;
    }
  }

  async #check(text: string, variables: Variables): Promise<Stored> {
    const { connectors } = this.#options;
    await this.#guard(text, variables);
    const config = await configOf(this.file, text, await this.#environment(variables), {
      connectors: Object.keys(connectors),
      entities: entityNames,
      mappingsIn: mappingNames,
    });
    return storedOf({ ...this.#options, config });
  }

  /** Whoever may change the configuration may not learn what the environment and others' secrets hold. */
  async #guard(text: string, variables: Variables): Promise<void> {
    const told = await storedVariables(this.#options);
    const isSet = (name: string): boolean =>
      !(typeof variables[name] === 'string') && (this.isSet(name) || told[name] !== undefined);
    const { text: before } = await this.current();
    const elsewhere = variablesElsewhere(before, text, isSet);
    const read = elsewhere.length > 0 ? readSource(this.file, text, {}) : undefined;
    if (!read?.ok) return;
    const problems = elsewhere.map(({ name, path }) =>
      read.source.problem(path, 'config.variable-elsewhere', `the variable ${name} is not taken here`, {
        hint: 'give the value itself, or bring the variable in by editing the file',
      }),
    );
    throw new InvalidConfig(problems, () => text);
  }

  async #environment(variables: Variables): Promise<Environment> {
    const told = { ...(await storedVariables(this.#options)), ...variables };
    const known = Object.entries(told).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
    return { ...Object.fromEntries(known), ...this.#options.source?.env };
  }
}

const ofMachine = ['server', 'outbound', 'database', 'retention', 'mappings', 'tables'];

function connectionsIn(value: unknown): [string, JsonObject][] {
  const hub = value as Json;
  const connections = isObject(hub) ? hub.connections : undefined;
  return Object.entries(isObject(connections) ? connections : {}).flatMap(([id, one]) =>
    isObject(one) ? [[id, one]] : [],
  );
}

/**
 * Mappings, code tables, subscriptions and the modes of connections count at once; everything else for processes that
 * start from then on.
 */
export function needsRestart({ differences }: Planned): boolean {
  return differences.some(
    ({ section, change, values }) =>
      !['mappings', 'crossrefs', 'subscriptions'].includes(section) &&
      !(section === 'connections' && change === 'changed' && values.every(({ path }) => path === 'mode')),
  );
}

/** What a start reads of a file, beside what running processes follow. */
function modeless(value: unknown): Json {
  const hub = value as Json;
  if (!isObject(hub)) return null;
  const { connections, subscriptions: _followed, ...rest } = hub;
  if (!isObject(connections)) return { ...rest, connections: connections ?? null };
  const without = Object.entries(connections).map(([name, connection]): [string, Json] => {
    if (!isObject(connection)) return [name, connection ?? null];
    const { mode: _mode, ...others } = connection;
    return [name, others];
  });
  return { ...rest, connections: Object.fromEntries(without) };
}
