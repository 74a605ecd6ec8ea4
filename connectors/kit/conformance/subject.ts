/** What the conformance suite has to be told about one connector. */

import type { ErrorRow, ErrorTable } from '../errors.ts';
import type { CannedAnswer } from '../faults.ts';
import type { UnitOf } from '../limit-watch.ts';
import type { Simulator } from '../simulator.ts';
import type { JsonObject, Limits, Notice, WebhookAnswer, WebhookRequest, WriteItem } from '../types.ts';
import { type Connector, ConnectorError, type ConnectorSession, type DecisionKind } from '../types.ts';
import type { Stage } from './stages.ts';

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
  readonly limits?: LimitFlags<Sim>;
  readonly errors?: ErrorFlags;
  readonly moved?: MovedFlags<Sim>;
  readonly revisions?: RevisionFlags<Sim>;
  readonly values?: ValueFlags<Sim>;
  /** By the names in the connector's `actions`, all of them. */
  readonly actions?: Readonly<Record<string, ActionFlags<Sim>>>;
  /**
   * Stage → why there is nothing to test: what the vendor lacks. Where this is given, every stage must be claimed by the
   * flags above or be named here.
   */
  readonly lacks?: Readonly<Partial<Record<Stage, string>>>;
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
  /** Part of what the vendor says to them, which the connection test passes on. */
  readonly words?: string;
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
  /** Takes away what the list would show; a function that does nothing where it starts empty. */
  clear?(simulator: Sim): void;
  /** How often one reading of it may tell an object that did not change. Default 1. */
  readonly mostTellings?: number;
  /** How many objects a huge list has. Default 300. */
  readonly huge?: number;
}

export interface ActionFlags<Sim> {
  /** Good input; a function where something must have been done for it to be good. */
  readonly input: unknown | ((session: ConnectorSession) => Promise<unknown>);
  /** Input that its schema or the action refuses for one field. */
  readonly wrong: unknown;
  /** Name of the operation that does it, as `faults` knows it. */
  readonly operation: string;
  /** How often it was done at the vendor. */
  done(simulator: Sim): number;
}

/** How limits are told to the connector, and a call that is counted. */
export interface LimitFlags<Sim extends Simulator> {
  /** Settings that carry the limits, laid over the simulator's. Default: `{ limits }`. */
  config?(limits: Limits): JsonObject;
  /** Makes at least one call that counts. */
  call(session: ConnectorSession, signal: AbortSignal): Promise<unknown>;
  /** What the vendor counts a call under; undefined: it does not. Default: all calls together. */
  readonly unitOf?: UnitOf;
  /** Starts a simulator with pages of a usual size and room for thousands of objects. Default: as all stages do. */
  roomy?(): Promise<Running<Sim>>;
}

/** How the vendor says what the rows of the error table stand for, in the place of an answer to a read. */
export interface ErrorFlags {
  readonly tables: readonly ErrorTable[];
  /** The answer that says it. A text instead: why no read can be answered so. */
  answer(row: ErrorRow): CannedAnswer | string;
  /** Name of the operation that is answered so, as `faults` knows it. Absent: any call. */
  readonly operation?: string;
  /** The read. */
  call(session: ConnectorSession, signal: AbortSignal): Promise<unknown>;
  /** Rows that only a write can meet, by their hub code, and the write; an item's refusal is thrown. */
  readonly writes?: {
    readonly rows: readonly string[];
    readonly operation: string;
    call(session: ConnectorSession, signal: AbortSignal): Promise<unknown>;
  };
}

/** A list whose objects change or go away while it is read. */
export interface MovedFlags<Sim> {
  readonly object: string;
  /** Adds this many objects; their remote ids. */
  seed(simulator: Sim, count: number): readonly string[];
  /** Somebody changes an object (it is told again, then or later) or takes it away. */
  disturb(simulator: Sim, remoteId: string): 'changed' | 'gone';
  /** How many to seed so that there are at least three pages. Default 25. */
  readonly count?: number;
}

/** Two tellings of one object: `earlier` must sort before `later`, whichever comes first. */
export interface RevisionFlags<Sim extends Simulator> {
  tellings(running: Running<Sim>): Promise<{ readonly earlier: Notice; readonly later: Notice }>;
}

/** A value on its way out: the item that carries it, and what the vendor then holds. */
export interface WrittenValue<Sim> {
  readonly object: string;
  readonly step: string;
  item(key: string, value: string, simulator: Sim): WriteItem;
  held(simulator: Sim, key: string): string | undefined;
}
/** A value on its way in: an object that has it, and what the connector tells. */
export type ReadValue<Sim extends Simulator> = {
  told(notice: Notice): string | undefined;
} & (
  | {
      readonly object: string;
      /** The remote id of the object it makes, which a list then shows. */
      seed(simulator: Sim, value: string): string;
    }
  /** Where nothing is listed: the notice of a webhook that carries it. */
  | { notice(running: Running<Sim>, value: string): Notice }
);
export interface ValueFlags<Sim extends Simulator> {
  readonly text?: { readonly written?: WrittenValue<Sim>; readonly read?: ReadValue<Sim> };
  /** Decimals as text; `samples` where the vendor holds fewer digits than the suite tries. */
  readonly decimal?: {
    readonly written?: WrittenValue<Sim>;
    readonly read?: ReadValue<Sim>;
    readonly samples?: readonly string[];
  };
  /** Moments as UTC ISO-8601, whole seconds; `told` brings what the notice says to that. */
  readonly time?: ReadValue<Sim>;
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
  /** The same without its signature. Default: headers and query without whatever is named like one. */
  unsigned?(good: WebhookRequest, running: Running<Sim>): WebhookRequest;
  /** Rightly signed, but too long ago. Absent when the vendor signs no time. */
  stale?(running: Running<Sim>): WebhookRequest;
  /** Rightly signed, but the payload makes no sense. Absent when that cannot be signed. */
  senseless?(running: Running<Sim>): WebhookRequest;
  /** Other secrets than the right ones, laid over them. Absent: the connector cannot be told two at once. */
  readonly otherSecrets?: JsonObject;
  /** The same message signed with an algorithm that was not agreed on. Absent: the message says which one it is. */
  otherAlgorithm?(good: WebhookRequest, running: Running<Sim>): WebhookRequest;
  /** The same with its signature cut. Default: headers and query with the end taken from whatever is named like one. */
  shortened?(good: WebhookRequest, running: Running<Sim>): WebhookRequest;
  /** Whether the vendor takes an answer for an acknowledgement. Default: by its status, 2xx. */
  acknowledged?(answer: WebhookAnswer, running: Running<Sim>): boolean;
}

export type Start<Sim extends Simulator> = () => Promise<Running<Sim>>;

/** Ends a connection and all there is to it. */
export async function end<Sim extends Simulator>({ session, simulator, close }: Running<Sim>): Promise<void> {
  await session.close();
  await simulator.stop();
  await close();
}

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
