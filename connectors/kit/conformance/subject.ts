/** What the conformance suite has to be told about one connector. */

import type { Simulator } from '../simulator.ts';
import type { JsonObject, Notice, WebhookRequest, WriteItem } from '../types.ts';
import { type Connector, ConnectorError, type ConnectorSession, type DecisionKind } from '../types.ts';

/** A connector opened against its simulator, served on loopback. */
export interface Running<Sim extends Simulator> {
  readonly session: ConnectorSession;
  readonly simulator: Sim;
  readonly url: string;
  /** Stops serving. The suite closes the session and stops the simulator itself. */
  close(): Promise<void>;
}

export interface Conformance<Config, Secrets, Sim extends Simulator> {
  readonly connector: Connector<Config, Secrets>;
  start(): Promise<Running<Sim>>;
  readonly flags: ConformanceFlags<Sim>;
}

/** Each group absent means: the vendor has no such thing. */
export interface ConformanceFlags<Sim extends Simulator> {
  readonly session?: SessionFlags<Sim>;
  readonly wrongSecret?: WrongSecretFlags<Sim>;
  readonly list?: ListFlags<Sim>;
  readonly create?: CreateFlags<Sim>;
  readonly batch?: BatchFlags;
  readonly webhook?: WebhookFlags<Sim>;
}

/** For vendors with a login or token that runs out. */
export interface SessionFlags<Sim> {
  /** Logins (token requests) the simulator has seen. */
  logins(simulator: Sim): number;
  /** Makes all sessions handed out so far invalid. */
  expire(simulator: Sim): void;
}

export interface WrongSecretFlags<Sim> {
  /** Laid over the right secrets. */
  readonly secrets: JsonObject;
  /** Calls that carried the wrong secret to the vendor. */
  attempts(simulator: Sim): number;
  /** Most of them that twenty calls in a row may cause. Default 2; vendors without login need 20. */
  readonly most?: number;
}

export interface ListFlags<Sim> {
  readonly object: string;
  /**
   * Adds this many objects, several with the very same modification time, more than one page of them when
   * `count` allows; returns their remote ids as text.
   */
  seed(simulator: Sim, count: number): readonly string[];
  /** How many to seed so that there are at least three pages. Default 25. */
  readonly count?: number;
  /** Name of the operation that lists, as `faults` knows it. Absent: any call. */
  readonly operation?: string;
  /** Whether the simulator makes `halfPage`. */
  readonly halfPage?: boolean;
}

export interface CreateFlags<Sim> {
  readonly object: string;
  /** The step that creates. */
  readonly step: string;
  /** A good item under this key; whatever it refers to must be there. */
  item(key: string, simulator: Sim): WriteItem;
  /** Name of the operation that writes, as `faults` knows it. */
  readonly operation: string;
  /** How many objects with this key the vendor holds. */
  stored(simulator: Sim, key: string): number;
  /** How long to wait for an answer that never comes, ms. Default 300. */
  readonly patienceMs?: number;
}

export interface BatchFlags {
  readonly object: string;
  readonly step: string;
  /** Good, bad, good: in this order. */
  readonly items: readonly [WriteItem, WriteItem, WriteItem];
  /** What the bad one's decision must be. Default `reject`. */
  readonly kind?: DecisionKind;
}

export interface WebhookFlags<Sim extends Simulator> {
  /** A request as the vendor would sign it right now. */
  good(running: Running<Sim>): WebhookRequest;
  /** Object name of its notices. */
  readonly object: string;
  /** The same with something changed after signing. Default: one byte of the body, or of the query. */
  forged?(good: WebhookRequest, running: Running<Sim>): WebhookRequest;
  /** Rightly signed, but too long ago. Absent when the vendor signs no time. */
  stale?(running: Running<Sim>): WebhookRequest;
  /** Rightly signed, but the payload makes no sense. Absent when that cannot be signed. */
  senseless?(running: Running<Sim>): WebhookRequest;
}

export type Start<Sim extends Simulator> = () => Promise<Running<Sim>>;

/** A signal that never fires. */
export function patient(): AbortSignal {
  return new AbortController().signal;
}

/** The ConnectorError a call ends with; fails the test when it ends otherwise. */
export async function failureOf(call: Promise<unknown>): Promise<ConnectorError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw new Error('Expected a ConnectorError; other errors carry no decision.', { cause: error });
  }
  throw new Error('Expected the call to fail with a ConnectorError, and it succeeded.');
}

/** Follows pages to the end, the cursor stored and read back between them as the hub does. */
export async function listAll(
  session: ConnectorSession,
  object: string,
  from?: JsonObject,
): Promise<{ items: Notice[]; cursor: JsonObject | undefined; pages: number }> {
  const list = session.objects[object]?.list;
  if (!list) throw new Error(`The connector has no list for ${object}.`);
  const items: Notice[] = [];
  let cursor = from;
  for (let pages = 1; pages <= 1000; pages++) {
    const page = await list({
      ...(cursor === undefined ? { since: '2000-01-01T00:00:00.000Z' } : { cursor }),
      signal: patient(),
    });
    items.push(...page.items);
    cursor = JSON.parse(JSON.stringify(page.cursor)) as JsonObject;
    if (!page.more) return { items, cursor, pages };
  }
  throw new Error(`The list of ${object} does not end: it said "more" a thousand times.`);
}
