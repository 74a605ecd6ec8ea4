/** One connection of hub.yaml: how it is written there, and which text a change of it makes. */
import { createHash } from 'node:crypto';
import type { Connector } from '../../connectors/kit/types.ts';
import { patchBetween, readSource, variablesIn, withConnection } from '../config/index.ts';
import { isList, isObject, type Json, type JsonObject } from '../model/index.ts';
import { splitSecrets } from '../setup/rotation.ts';
import type { Variables } from './desk.ts';

/** Settings of a connection beside its secrets, by the names of hub.yaml. */
export type ConnectionSettings = JsonObject;

/** A text with a change of one connection, and the values its variables stand for. */
export interface ConnectionText {
  readonly text: string;
  readonly variables: Variables;
}

/** A connection as it is written, variables as variables; undefined: the text has none of that name, or cannot be read. */
export function writtenConnection(text: string, name: string): JsonObject | undefined {
  const connections = writtenConnections(text);
  const found = connections && Object.hasOwn(connections, name) ? connections[name] : undefined;
  return isObject(found) ? found : undefined;
}

/** All of them, by name; undefined: the text cannot be read. */
export function writtenConnections(text: string): JsonObject | undefined {
  const read = readSource('hub.yaml', text, itself(text));
  const value = read.ok ? (read.source.value as Json) : undefined;
  const connections = isObject(value) ? value.connections : undefined;
  return isObject(connections) ? connections : undefined;
}

export interface ConnectionInput {
  readonly name: string;
  /** All settings from now on; absent: they stay. */
  readonly settings?: ConnectionSettings | undefined;
  /** Secrets that are given anew; null takes one away. Others stay. */
  readonly secrets?: JsonObject | undefined;
  /**
   * What becomes of the secrets that were there. `begin`: one that is given anew stands before the old one, and both hold
   * (`[new, old]`). `end`: of those of which two hold the old ones go. @default 'replace'
   */
  readonly rotation?: 'replace' | 'begin' | 'end' | undefined;
}

/**
 * The text with that change. A secret is never written into it: it becomes the value of a variable that is named there.
 * @param isSet whether the environment sets a name, which then cannot be given a value
 */
export function changedConnection(
  text: string,
  { name, settings, secrets = {}, rotation = 'replace' }: ConnectionInput,
  isSet: (variable: string) => boolean,
): ConnectionText {
  const before = writtenConnection(text, name) ?? {};
  const { secrets: old = {}, ...rest } = before;
  const counts = countVariables(text);
  const values: Record<string, string | null> = {};
  const named = (path: readonly string[], was: Json | undefined): string => {
    const own = typeof was === 'string' ? /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(was)?.[1] : undefined;
    if (own !== undefined && counts.get(own) === 1 && !isSet(own)) return own;
    const wanted = variableOf([name, ...path]);
    for (let turn = 1; ; turn += 1) {
      const variable = turn === 1 ? wanted : `${wanted}_${turn}`;
      if (!isSet(variable) && !Object.hasOwn(values, variable) && !counts.has(variable)) return variable;
    }
  };
  const put = (value: Json | undefined, path: readonly string[], was: Json | undefined): Json => {
    if (value === null || value === undefined) return null;
    if (isObject(value))
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key,
          put(inner, [...path, key], isObject(was) ? was[key] : undefined),
        ]),
      );
    if (isList(value)) return value.map((inner, index) => put(inner, [...path, String(index)], undefined));
    const [current] = isList(was) ? was : [was];
    const stays = rotation === 'begin' && typeof current === 'string' ? current : undefined;
    const variable = named(path, stays === undefined ? was : undefined);
    values[variable] = String(value);
    const written = `\${${variable}}`;
    return stays === undefined ? written : [written, stays];
  };
  const ended = rotation === 'end' ? newOnes(old) : undefined;
  const patch = {
    ...(settings === undefined ? {} : patchBetween(rest, settings)),
    ...(ended === undefined ? {} : { secrets: ended }),
  };
  const base = Object.keys(patch).length === 0 ? text : withConnection(text, name, patch);
  const given = Object.keys(secrets).length > 0;
  const made = given ? withConnection(base, name, { secrets: put(secrets, [], ended ?? old) }) : base;
  return { text: made, variables: { ...forgotten(text, made), ...values } };
}

/** Secrets without the old ones of those of which two hold. */
function newOnes(secrets: Json): Json {
  if (isList(secrets)) return secrets[0] ?? null;
  if (!isObject(secrets)) return secrets;
  return Object.fromEntries(Object.entries(secrets).map(([name, inner]) => [name, newOnes(inner ?? null)]));
}

/** Variables only the old text names: what was told under them is not kept. */
export function forgotten(before: string, after: string): Variables {
  const kept = new Set(variablesIn(after).map((one) => one.name));
  const gone = variablesIn(before).filter(({ name }) => !kept.has(name));
  return Object.fromEntries(gone.map(({ name }) => [name, null]));
}

export interface SettingIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What a connector says of settings and secrets, each at its place: `config`, `serverUrl`. */
export function settingIssues(
  connector: Connector,
  given: { readonly config: JsonObject; readonly secrets: JsonObject; readonly limits?: Json | undefined },
): SettingIssue[] {
  const config = { ...given.config, ...(given.limits === undefined ? {} : { limits: given.limits }) };
  const checked = [
    ['config', connector.config.safeParse(config)],
    ['secrets', connector.secrets.safeParse(splitSecrets(given.secrets).current)],
  ] as const;
  return checked.flatMap(([part, result]) =>
    result.success
      ? []
      : result.error.issues.flatMap((issue): SettingIssue[] => {
          const at =
            part === 'config' && issue.path[0] === 'limits' && given.limits !== undefined ? [] : [part];
          const path = [...at, ...issue.path];
          if (issue.code === 'unrecognized_keys')
            return issue.keys.map((key) => ({ path: [...path, key], message: 'there is no such setting' }));
          const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
          return [{ path, message: isMissing ? 'it is missing' : issue.message }];
        }),
  );
}

/** `${ERP_DEFAULT_APPSECRET}`; names in other letters than these get something of their own, so that no two are one. */
function variableOf(path: readonly string[]): string {
  const name = path.join('_');
  const plain = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  const own = /^[\x20-\x7e]*$/.test(name)
    ? plain
    : `${plain}_${createHash('sha256').update(name).digest('hex').slice(0, 8).toUpperCase()}`;
  return /^[A-Z_]/.test(own) ? own : `_${own}`;
}

function countVariables(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, name = ''] of text.matchAll(/(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)/g))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** An environment in which every variable stands for itself. */
function itself(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^}\n]*)?\}/g)].map(([written, name = '']) => [
      name,
      written,
    ]),
  );
}
