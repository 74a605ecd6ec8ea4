/** hub.yaml → a checked configuration, or every problem in it at once. Pure: text and environment in. */
import path from 'node:path';
import type { z } from 'zod';
import { hintFor, inOrder, type Problem } from '../problems/index.ts';
import { checkNames, type KnownNames } from './references.ts';
import { hubSchema, type RawConfig } from './schema.ts';
import { readSource, type Source } from './source.ts';
import type { Environment } from './variables.ts';

type RawConnection = RawConfig['connections'][string];
type RawParty = RawConfig['syncs'][string]['parties'][string];
type RawSync = RawConfig['syncs'][string];

export type Mode = RawConnection['mode'];
export type ConnectionConfig = Readonly<RawConnection> & { readonly name: string };
/** Durations are milliseconds; times UTC ISO-8601. */
export type PartyConfig = Readonly<RawParty> & {
  readonly name: string;
  readonly connection: string;
  /** The lesser of the party's and the connection's mode. */
  readonly mode: Mode;
};
export type SyncConfig = Omit<Readonly<RawSync>, 'parties' | 'entity'> & {
  readonly name: string;
  readonly entity: string;
  readonly parties: Readonly<Record<string, PartyConfig>>;
};

export interface HubConfig {
  readonly connections: Readonly<Record<string, ConnectionConfig>>;
  readonly syncs: Readonly<Record<string, SyncConfig>>;
  /** Rules as written; whoever derives checks them and reports with `source.problem(['derive', rule, …], …)`. */
  readonly derive: RawConfig['derive'];
  /** When a system is asked for something that it may refuse. */
  readonly requests: RawConfig['requests'];
  /** What is done when something happens, and what has to happen in time. */
  readonly rules: RawConfig['rules'];
  readonly milestones: RawConfig['milestones'];
  /** Who gets which events. */
  readonly subscriptions: RawConfig['subscriptions'];
  readonly stock: RawConfig['stock'];
  /** Absolute path. */
  /** The company's own fields, by entity and name. */
  readonly ext: RawConfig['ext'];
  readonly mappings: string;
  /** Absolute path. */
  readonly tables: string;
  readonly server: RawConfig['server'];
  /** How people sign in to the console. */
  readonly console: RawConfig['console'];
  /** Hosts and networks that events may be posted to although they are inside. */
  readonly outbound: RawConfig['outbound'];
  readonly lanes: RawConfig['lanes'];
  readonly retention: RawConfig['retention'];
  readonly database: RawConfig['database'];
  /** For problems found later by those who know more: mappings, expressions, a connector's own settings. */
  readonly source: Source;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: HubConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ReadOptions {
  /** Shown in problems; its folder is what relative paths start from. */
  readonly file: string;
  readonly text: string;
  readonly env: Environment;
  readonly known?: KnownNames;
}

/** Reads and checks a configuration. Never throws for what is in the file. */
export function readConfig(options: ReadOptions): ConfigResult {
  const read = readSource(options.file, options.text, options.env);
  if (!read.ok) return read;
  const { source } = read;
  const parsed = hubSchema.safeParse(source.value ?? {});
  const problems = [
    ...read.problems,
    ...checkNames(source, options.known ?? {}),
    ...(parsed.success
      ? checkPairs(source, parsed.data)
      : parsed.error.issues.flatMap((issue) => toProblems(source, issue))),
  ];
  if (problems.length > 0 || !parsed.success) return { ok: false, problems: inOrder(problems) };
  return { ok: true, config: complete(parsed.data, source, path.dirname(path.resolve(options.file))) };
}

const modes: readonly Mode[] = ['observe', 'shadow', 'live'];

function complete(raw: RawConfig, source: Source, folder: string): HubConfig {
  const connections = mapValues(raw.connections, (connection, name) => ({ ...connection, name }));
  return {
    connections,
    syncs: mapValues(raw.syncs, ({ parties, entity, ...sync }, name) => ({
      ...sync,
      name,
      entity: entity ?? name,
      parties: mapValues(parties, (party, partyName) => {
        const connection = party.connection ?? partyName;
        const outer = connections[connection]?.mode ?? 'observe';
        return { ...party, name: partyName, connection, mode: lesser(party.mode ?? outer, outer) };
      }),
    })),
    derive: raw.derive,
    requests: raw.requests,
    rules: raw.rules,
    milestones: raw.milestones,
    subscriptions: raw.subscriptions,
    stock: raw.stock,
    ext: raw.ext,
    mappings: path.resolve(folder, raw.mappings),
    tables: path.resolve(folder, raw.tables),
    server: raw.server,
    console: raw.console,
    outbound: raw.outbound,
    lanes: raw.lanes,
    retention: raw.retention,
    database: raw.database,
    source,
  };
}

/** The configuration with other modes of its connections; what a party says of its own counts on. */
export function withModes(config: HubConfig, wanted: ReadonlyMap<string, Mode>): HubConfig {
  const syncs = valueAt(config.source.value, ['syncs']);
  const modeOf = (connection: string): Mode =>
    wanted.get(connection) ?? config.connections[connection]?.mode ?? 'observe';
  return {
    ...config,
    connections: mapValues(config.connections, (one, name) => ({ ...one, mode: modeOf(name) })),
    syncs: mapValues(config.syncs, (sync, name) => ({
      ...sync,
      parties: mapValues(sync.parties, (party, partyName) => {
        const own = modes.find((one) => one === valueAt(syncs, [name, 'parties', partyName, 'mode']));
        const outer = modeOf(party.connection);
        return { ...party, mode: lesser(own ?? outer, outer) };
      }),
    })),
  };
}

function lesser(one: Mode, other: Mode): Mode {
  return modes.indexOf(one) <= modes.indexOf(other) ? one : other;
}

/** Pairs of settings that are each fine and unsafe together. */
function checkPairs(source: Source, { lanes }: RawConfig): Problem[] {
  const problems: Problem[] = [];
  if (lanes.linger <= 50) {
    const hint = 'expected more than 50ms, the throttle of rings, or wake-ups are missed';
    problems.push(source.problem(['lanes', 'linger'], 'config.unsafe', 'linger is too short', { hint }));
  }
  if (lanes.lease < 3_000) {
    const hint = 'expected at least 3s, or lanes are taken from healthy workers';
    problems.push(source.problem(['lanes', 'lease'], 'config.unsafe', 'lease is too short', { hint }));
  }
  return problems;
}

function toProblems(source: Source, issue: z.core.$ZodIssue): Problem[] {
  const at = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      source.problem([...at, key], 'config.unknown-key', `${key} is not known here`, {
        hint: hintFor(key, keysAt(at)),
        key: true,
      }),
    );
  }
  if (issue.code === 'invalid_type' && issue.input === undefined && !isThere(source.value, at)) {
    const name = String(at.at(-1) ?? 'hub.yaml');
    const message = `${name} is missing`;
    return [
      source.problem(at.slice(0, -1), 'config.missing', message, {
        hint: `expected ${issue.expected}`,
        key: true,
      }),
    ];
  }
  const custom = issue.code === 'custom' ? issue.params?.hint : undefined;
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : undefined;
  const found = valueAt(source.value, at);
  const hint =
    choices !== undefined ? hintFor(String(found), choices) : typeof custom === 'string' ? custom : undefined;
  const message =
    choices !== undefined ? `${shown(found)} is not one of the choices` : readable(issue.message);
  return [source.problem(at, 'config.invalid', `${at.at(-1)}: ${message}`, { hint })];
}

/** The names a map may have at a path, from the schema itself. */
function keysAt(at: readonly (string | number)[]): string[] {
  let schema: unknown = hubSchema;
  for (const step of at) schema = inside(schema, String(step));
  const object = unwrapped(schema);
  return 'shape' in object && typeof object.shape === 'object' && object.shape !== null
    ? Object.keys(object.shape)
    : [];
}

function inside(schema: unknown, step: string): unknown {
  const object = unwrapped(schema);
  if ('shape' in object && typeof object.shape === 'object' && object.shape !== null) {
    return new Map(Object.entries(object.shape)).get(step);
  }
  return 'valueType' in object ? object.valueType : undefined;
}

function unwrapped(schema: unknown): object {
  let current = schema;
  while (
    typeof current === 'object' &&
    current !== null &&
    'unwrap' in current &&
    typeof current.unwrap === 'function'
  ) {
    current = current.unwrap();
  }
  return typeof current === 'object' && current !== null ? current : {};
}

function valueAt(value: unknown, at: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of at) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = new Map(Object.entries(current)).get(String(step));
  }
  return current;
}

function isThere(value: unknown, at: readonly (string | number)[]): boolean {
  return valueAt(value, at) !== undefined;
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'this' : JSON.stringify(value);
}

function readable(message: string): string {
  return message
    .replace(/^Invalid input: /, '')
    .replace(', received ', ', found ')
    .replace(/^Too (small|big): /, '');
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
