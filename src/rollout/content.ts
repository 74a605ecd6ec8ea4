/** A configuration as it is kept beside the data: what hub.yaml says, with every secret as a checksum. Pure. */
import { createHmac } from 'node:crypto';
import type { HubConfig } from '../config/index.ts';
import type { Landscape } from '../lanes/landscape.ts';
import { isList, isObject, type Json, type JsonObject } from '../model/index.ts';
import type { SecretKey } from '../security/index.ts';

/** Stands for a secret: the same for the same text under the same key, and worth nothing to whoever reads it. */
const mark = 'checksum:';

export interface Content {
  /** What hub.yaml says, variables filled in, without its secrets. */
  readonly hub: JsonObject;
  /** Mapping → version that is in use. */
  readonly mappings: Readonly<Record<string, string>>;
  /** Code table → checksum of its file. */
  readonly crossrefs: Readonly<Record<string, string>>;
  /** `<connection>/<object>/<entity>` of every copy the configuration keeps. */
  readonly places: readonly string[];
  /** The key checksums were made with. */
  readonly key: string;
}

export interface ContentInput {
  readonly config: HubConfig;
  readonly landscape: Landscape;
  readonly mappings: Iterable<readonly [name: string, version: string]>;
  readonly crossrefs: Readonly<Record<string, string>>;
  readonly key: SecretKey;
}

export function contentOf({ config, landscape, mappings, crossrefs, key }: ContentInput): Content {
  const value = config.source.value;
  const hub = isObject(value as Json) ? (value as JsonObject) : {};
  const places = landscape.parties.map((one) => `${one.connection}/${one.object}/${one.entity}`);
  return {
    hub: withoutSecrets(hub, key),
    mappings: Object.fromEntries([...mappings].sort()),
    crossrefs,
    places: [...new Set(places)].sort(),
    key: key.id,
  };
}

/** Secrets of connections, and what signs and accompanies events: nothing else of hub.yaml is one. */
function withoutSecrets(hub: JsonObject, key: SecretKey): JsonObject {
  return mapped(hub, [], (text, path) => (isSecret(path) ? `${mark}${checksum(key, path, text)}` : text));
}

export function isSecret(path: readonly string[]): boolean {
  const [section, , member] = path;
  return (
    (section === 'connections' && member === 'secrets') ||
    (section === 'subscriptions' && (member === 'secret' || member === 'headers'))
  );
}

function checksum(key: SecretKey, path: readonly string[], text: string): string {
  return createHmac('sha256', key.bytes)
    .update(`${path.join('/')}\n${text}`)
    .digest('base64url')
    .slice(0, 22);
}

/** hub.yaml again, with a variable for each secret: `${ERP_DEFAULT_APPSECRET}`. Answers their names as well. */
export function withVariables(hub: JsonObject): {
  readonly hub: JsonObject;
  readonly variables: readonly string[];
} {
  const variables: string[] = [];
  const written = mapped(hub, [], (text, path) => {
    if (!isSecret(path) || !text.startsWith(mark)) return text;
    const [, owner = '', , ...rest] = path;
    const last = path[0] === 'subscriptions' ? [path[2] ?? '', ...rest] : rest;
    const name = [owner, ...last]
      .join('_')
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_');
    variables.push(name);
    return `\${${name}}`;
  });
  return { hub: written, variables };
}

function mapped(
  value: JsonObject,
  path: readonly string[],
  change: (text: string, path: readonly string[]) => string,
): JsonObject {
  const one = (child: Json, at: readonly string[]): Json => {
    if (isList(child)) return child.map((item, index) => one(item, [...at, String(index)]));
    if (isObject(child)) return mapped(child, at, change);
    if (isSecret(at) && child !== null) return change(String(child), at);
    return typeof child === 'string' ? change(child, at) : child;
  };
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      child === undefined ? child : one(child, [...path, name]),
    ]),
  );
}
