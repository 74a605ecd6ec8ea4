/** Changing one connection of hub.yaml on request: what a form is told, and trying settings out. */
import type { Context } from 'hono';
import type { Connector, JsonObject as VendorSettings } from '../../../connectors/kit/types.ts';
import { HubError, reasonOf } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../model/index.ts';
import { type ConnectionText, settingIssues, writtenConnection } from '../../rollout/connection.ts';
import { isSecretName, redacted } from '../../security/index.ts';
import { splitSecrets } from '../../setup/rotation.ts';
import { configurationTag } from './configuration.ts';
import { asJson, checking, issueOf, pointerOf, shownChange } from './configuration-values.ts';
import type { ApiEnv, ApiHub } from './environment.ts';
import { InvalidRequest, type RequestIssue } from './refusals.ts';

/** A test that has not answered by then has failed. */
const testDeadlineMs = 20_000;

export interface ConnectionChange {
  readonly id: string;
  /** The text it was made of. */
  readonly of: string;
  readonly made: ConnectionText;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly allow: readonly string[];
}

/** Checks a change of a connection, setting by setting and then as a whole, and makes it unless it is a dry run. */
export async function changed(
  context: Context<ApiEnv>,
  { id, of, made, reason, dryRun, allow }: ConnectionChange,
) {
  const { hub, caller } = context.var;
  const { configuration: desk, connectors } = hub;
  const written = writtenConnection(made.text, id);
  const connector = connectors[String(written?.connector)];
  // The settings of a simulated connection are its simulator's.
  if (written && connector && (written.simulator === undefined || written.simulator === false))
    await filledConnection(hub, id, made, connector);
  const { file } = desk;
  const placed = placedIn(id);
  if (dryRun) {
    const planned = await desk.plan(made.text, made.variables);
    if (planned.problems.length > 0)
      throw new InvalidRequest(planned.problems.map((one) => issueOf(made.text, file, placed, one)));
    return shownChange(planned, made.text);
  }
  const change = { ...made, of, allowOrphans: allow.includes('orphans') };
  const done = await checking(made.text, file, placed, desk.apply(change, { author: caller.author, reason }));
  context.header('etag', configurationTag(made.text));
  return shownChange(done, made.text);
}

/** Where in a form a place of hub.yaml is: below its connection. */
function placedIn(id: string): (path: readonly string[]) => string | undefined {
  return ([section, name, ...rest]) =>
    section === 'connections' && name === id && rest.length > 0 ? pointerOf(rest) : undefined;
}

/** A connection as it is written. Errors: `connections.unknown`. */
export function found(text: string, id: string): JsonObject {
  const written = writtenConnection(text, id);
  if (!written) throw new HubError('connections.unknown', { connection: id });
  return written;
}

/** Errors: 422 at `/connector`. */
export function connectorNamed({ connectors }: ApiHub, name: string): Connector {
  const connector = Object.hasOwn(connectors, name) ? connectors[name] : undefined;
  if (connector) return connector;
  const detail = `there is no connector of this name; there are ${Object.keys(connectors).join(', ')}`;
  throw new InvalidRequest([{ in: 'body', pointer: '/connector', detail }]);
}

/** Settings with variables filled in, found right by the connector. Errors: 422 with a pointer per setting. */
export async function filledConnection(
  hub: ApiHub,
  id: string,
  made: ConnectionText,
  connector: Connector,
): Promise<{ readonly config: JsonObject; readonly secrets: JsonObject }> {
  const { configuration: desk } = hub;
  const placed = placedIn(id);
  const value = asJson(await checking(made.text, desk.file, placed, desk.valueOf(made.text, made.variables)));
  const connections = isObject(value) ? value.connections : undefined;
  const connection = isObject(connections) ? connections[id] : undefined;
  const { config, secrets, limits } = isObject(connection) ? connection : {};
  const given = { config: objectIn(config), secrets: objectIn(secrets) };
  redacted.addAll(given.secrets);
  const issues = settingIssues(connector, { ...given, limits });
  if (issues.length > 0)
    throw new InvalidRequest(
      issues.map(({ path, message }): RequestIssue => {
        return { in: 'body', pointer: pointerOf(path), detail: redacted.text(message) };
      }),
    );
  return { ...given, config: { ...given.config, ...(limits === undefined ? {} : { limits }) } };
}

/** Opens a connection with these settings, asks it, and closes it again. */
export async function testSettings(
  connector: Connector,
  { config, secrets }: { readonly config: JsonObject; readonly secrets: JsonObject },
  folder: string,
): Promise<{ readonly ok: boolean; readonly message: string; readonly durationMs: number }> {
  const started = performance.now();
  const ask = async () => {
    const session = connector.open({
      connection: 'test',
      config: connector.config.parse(config as VendorSettings),
      // While one is replaced, the new one is what is tried.
      secrets: connector.secrets.parse(splitSecrets(secrets as VendorSettings).current),
      now: Date.now,
      folder,
    });
    try {
      return await session.test(AbortSignal.timeout(testDeadlineMs));
    } finally {
      await session.close();
    }
  };
  // That it fails is what is asked for.
  const result = await ask().catch((error: unknown) => ({ ok: false, message: reasonOf(error) }));
  const message = redacted.text(result.message).slice(0, 1_000);
  return { ok: result.ok, message, durationMs: Math.round(performance.now() - started) };
}

/** Whether a secret that is kept would go to an address it does not go to now. */
export function goesElsewhere(before: Json | undefined, after: Json | undefined): boolean {
  const known = new Set(addressesIn(before));
  return addressesIn(after).some((one) => !known.has(one));
}

function addressesIn(value: Json | undefined, name = ''): string[] {
  if (isObject(value)) return Object.entries(value).flatMap(([key, inner]) => addressesIn(inner, key));
  if (Array.isArray(value)) return value.flatMap((inner: Json) => addressesIn(inner, name));
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  const text = String(value);
  return text.includes('://') || /url|host|server|address|port|path|proxy/i.test(name)
    ? [`${name} ${text}`]
    : [];
}

/** What is told of settings: what is called like a secret is hidden. */
export function hiddenSecrets(value: JsonObject): Record<string, unknown> {
  const one = (name: string, inner: Json | undefined): unknown => {
    if (isSecretName(name) && inner !== null) return '***';
    if (isObject(inner)) return hiddenSecrets(inner);
    return Array.isArray(inner) ? inner.map((item: Json) => one(name, item)) : inner;
  };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, one(name, inner)]));
}

/** What somebody sends back of settings that were shown: what was hidden stays what it is. */
export function unhidden(told: Json | undefined, before: Json | undefined): Json | undefined {
  if (told === '***') return before ?? told;
  if (isObject(told))
    return Object.fromEntries(
      Object.entries(told).map(([name, inner]) => [
        name,
        unhidden(inner, isObject(before) ? before[name] : undefined) ?? null,
      ]),
    );
  if (!Array.isArray(told)) return told;
  return told.map(
    (inner: Json, index) => unhidden(inner, Array.isArray(before) ? before[index] : undefined) ?? null,
  );
}

/** Every text in secrets, with its path. */
export function leavesOf(
  value: Json | undefined,
  path: readonly string[] = [],
): { readonly path: readonly string[]; readonly value: string }[] {
  if (isObject(value))
    return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
  if (Array.isArray(value))
    return value.flatMap((inner: Json, index) => leavesOf(inner, [...path, String(index)]));
  return value === null || value === undefined ? [] : [{ path, value: String(value) }];
}

export function objectIn(value: unknown): JsonObject {
  const json = asJson(value);
  return isObject(json) ? json : {};
}

/** Without members nobody has given. */
export function given(members: Readonly<Record<string, unknown>>): JsonObject {
  return objectIn(Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)));
}
