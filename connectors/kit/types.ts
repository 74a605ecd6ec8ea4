/**
 * The contract between the hub and a connector.
 *
 * A connector is data plus a few functions: what it needs to know (config, secrets), what it can do
 * per object, how it verifies webhooks, and how each vendor answer is to be read (a decision).
 *
 * What is *not* in this contract: retries, queues, mapping, merging, idempotency bookkeeping. A
 * connector does one thing once and tells what happened; the hub decides what happens next.
 */
import type { ZodType } from 'zod';
import type { JsonObject } from '../../src/model/json.ts';
import type { ConnectorAbout } from './about.ts';
import type { ActionFacts, ActionOperation } from './actions.ts';
import type { CallKind, SharedConnection } from './shared.ts';
import type { WebhookManners, WebhookSettings } from './webhook-manners.ts';

export type { Json, JsonObject } from '../../src/model/json.ts';

/**
 * What an error means for the work that met it. One table per vendor maps (status, code, body) to this.
 * - `retry`     a passing trouble; nothing happened at the vendor
 * - `throttle`  too fast; wait `afterMs` (the whole connection slows down)
 * - `reauth`    the session is gone; sign in again and repeat once
 * - `reject`    this item will never be accepted as it is
 * - `conflict`  the remote object changed or is locked; read it again
 * - `absent`    the remote object does not exist
 * - `closed`    the accounting period is closed
 * - `unknown`   the write may have happened; look it up before writing again
 * - `fatal`     the configuration is wrong (secret, permission); stop the connection, do not hammer
 */
export type DecisionKind =
  | 'retry'
  | 'throttle'
  | 'reauth'
  | 'reject'
  | 'conflict'
  | 'absent'
  | 'closed'
  | 'unknown'
  | 'fatal';

export interface Decision {
  readonly kind: DecisionKind;
  /** Stable code, `<connector>.<what>`, e.g. `kingdee.session-lost`. */
  readonly code: string;
  /** One sentence for the operator: what was wrong and what to do. Never contains a secret. */
  readonly message: string;
  /** For `throttle`: how long to wait, milliseconds. */
  readonly afterMs?: number;
  /** For `reject`: the vendor's field name, if told. */
  readonly field?: string;
  /** For `closed`: the period, if told. */
  readonly period?: string;
}

/** Facts about one object of a vendor that the engine builds its promises on. */
export interface ObjectFacts {
  /** Whether list/webhook items carry the whole object, part of it, or only its id. */
  readonly payload: 'full' | 'partial' | 'hint';
  /** What makes a create safe to look up after an ambiguous answer. `none` parks such a write. */
  readonly createSafety: 'uniqueKey' | 'token' | 'marker' | 'none';
  /** How long after its deadline a write may still take effect at the vendor, milliseconds. */
  readonly latenessMs: number;
  /** How long a written object may stay invisible to `find`, milliseconds. */
  readonly searchLagMs: number;
  /** Largest number of items one write call takes; 1 when the vendor has no batch. */
  readonly batchSize: number;
  /** How long a write waits for others to share its call, milliseconds; for systems that count calls. @default 0 */
  readonly gatherMs?: number;
  /** Deadline of one write call, milliseconds. */
  readonly writeDeadlineMs: number;
  /** An update is told apart from what was last sent: `WriteItem.difference` is all the vendor has to be sent. */
  readonly partialUpdate: boolean;
  /**
   * Within what the object of an id has to be the only one of its business key, e.g. its store account. Objects of
   * different scopes with one key are copies of one thing. @default the whole connection
   */
  readonly scopeOf?: (remoteId: string) => string;
  /**
   * With `createSafety: token`: how long after its first use the vendor knows a token again, milliseconds. Absent:
   * nobody knows, so a write that may have happened is looked up instead of sent again.
   */
  readonly tokenValidMs?: number;
  /** An update may name the revision it goes on from; changed since, it is refused as `conflict`. @default false */
  readonly conditional?: boolean;
  /**
   * Nothing at the vendor guards against overwriting what somebody changed meanwhile: an object is fetched right
   * before each update, and what it shows for the first time is merged before anything is written. Costs one read
   * per update. @default false
   */
  readonly readBeforeWrite?: boolean;
  /** `list` from an empty cursor shows every object there is: what it does not show may be deleted. @default false */
  readonly listsAll?: boolean;
  /** Deletions are told, by webhook or in lists, as notices with `deleted`. @default false */
  readonly tellsDeletions?: boolean;
  /** Objects can be deleted there: the operations have `remove`. @default false */
  readonly removes?: boolean;
  /** For documents that pass through states at the vendor. */
  readonly states?: DocumentStates;
  /** What this object's system can be asked about one of its objects, and may refuse. Absent: nothing. */
  readonly requests?: readonly RequestKind[];
}

/** What a system may be asked, in the order people read it. */
export const requestKinds = ['cancel', 'hold', 'release', 'changeAddress', 'agreeRefund'] as const;
export type RequestKind = (typeof requestKinds)[number];

/** How the status of a document tells which steps were done, and what may still be done with it. */
export interface DocumentStates {
  /** Path of the status in what the object shows: `FDocumentStatus`. */
  readonly at: string;
  /** Step → statuses that show it done, whoever did it. A step that is not named here cannot be seen. */
  readonly shows: Readonly<Record<string, readonly string[]>>;
  /** Statuses in which the content may be written. */
  readonly editable: readonly string[];
  /** Status → step that takes back what nobody has decided on yet: a submission. */
  readonly withdraw: Readonly<Record<string, string>>;
  /** Status → step that takes back a decision: an audit. */
  readonly reopen: Readonly<Record<string, string>>;
}

/**
 * One thing a vendor told us about one object, as the door splits it out of a webhook or a page.
 * `Body` is the object's shape where the connector has it from the vendor's description (`Told`).
 */
export interface Notice<Body extends JsonObject = JsonObject> {
  /** Object name as in the connector's `objects`. */
  readonly object: string;
  /** The vendor's id of the object, as text. */
  readonly remoteId: string;
  /** The vendor's message id, when it has one: seen twice means dropped. */
  readonly messageId?: string;
  /** The object as told; absent when the notice is only a hint and must be fetched. */
  readonly body?: Body;
  /**
   * Vendor revision or modification time: a number, a time, or a text that sorts. A time without a zone cannot be put in
   * order with one that has it, and is taken for no moment in UTC.
   */
  readonly revision?: string;
  /** Whatever `fetch` needs beside the id (account, time, …). */
  readonly hint?: JsonObject;
  /**
   * Of a list: told this once and not again by the next poll (a row of a file that is read once), so it is taken for a
   * message and not for a reading of what is there now. Needs a revision to be put in order.
   */
  readonly once?: true;
  /** The object was deleted there; the notice needs no body, and its revision is that of the deletion, if it has one. */
  readonly deleted?: true;
}

export interface ListRequest {
  /** Where to continue: opaque to the hub, as the previous page returned it; absent at the first call. */
  readonly cursor?: JsonObject;
  /** Never older than this (UTC ISO-8601); used when there is no cursor. */
  readonly since?: string;
  readonly signal: AbortSignal;
}

export interface ListPage<Body extends JsonObject = JsonObject> {
  readonly items: readonly Notice<Body>[];
  /** Where the next call goes on, also after the last page (then: the next poll). Stored with the rows. */
  readonly cursor: JsonObject;
  /** More is waiting right now. */
  readonly more: boolean;
  /** How many items the pass has in all, where the vendor tells; only to show how far it is. */
  readonly total?: number;
}

export interface FetchRequest {
  readonly hints: readonly Notice[];
  readonly signal: AbortSignal;
}
/** Answer per hint, in the order asked. */
export type FetchResult<Body extends JsonObject = JsonObject> =
  | { readonly found: true; readonly body: Body; readonly revision?: string }
  | { readonly found: false; readonly decision: Decision };

export interface WriteItem {
  /** Our number of the object: the key that makes a create repeatable, where the vendor honours one. */
  readonly key: string;
  /** Set once the object exists at the vendor. */
  readonly remoteId?: string;
  readonly remoteNumber?: string;
  /** The object in the vendor's shape, as the mapping made it. */
  readonly body: JsonObject;
  /** For a step that makes this object from another one (Kingdee push-down): that one at the vendor. */
  readonly parent?: { readonly object: string; readonly remoteId: string; readonly remoteNumber?: string };
  /** Of an update with `partialUpdate`: what of `body` differs from what was last sent. Absent: nobody knows. */
  readonly difference?: Difference;
  /** Of an update with `conditional`: the revision it goes on from. */
  readonly revision?: string;
  /** Our line key → the vendor's entry id, as writes of this object have told so far. */
  readonly lineIds?: Readonly<Record<string, string>>;
}

/** What an update changes. Never empty. */
export interface Difference {
  /** The members of the body that differ. A list holds the elements that are new or differ; those with their entry id. */
  readonly body: JsonObject;
  /** Path of a list → entry ids of elements that are gone. */
  readonly removed: Readonly<Record<string, readonly string[]>>;
}

export interface WriteRequest {
  /** Step of the document flow, e.g. `save`, `submit`, `audit`, `push`, `update`. */
  readonly step: string;
  /** Named credential this step runs under, e.g. `auditor`; absent: the default one. */
  readonly as?: string;
  readonly items: readonly WriteItem[];
  readonly signal: AbortSignal;
}

/** Answer per item, in the order given. A whole call that failed throws ConnectorError instead. */
export type WriteResult =
  | {
      readonly ok: true;
      readonly remoteId: string;
      readonly remoteNumber?: string;
      readonly remoteStatus?: string;
      readonly revision?: string;
      /** What the vendor showed in its answer, in the vendor's shape, possibly partial: goes through the mapping's inward side. */
      readonly answer?: JsonObject;
      /** Our line key → the vendor's entry id, per list path of the vendor's object. */
      readonly lineIds?: Readonly<Record<string, string>>;
      /**
       * A later step of the flow that the object shown here makes needless: one that somebody else has made and that
       * holds just what `body` says. Absent: the step that was asked for.
       */
      readonly reached?: string;
    }
  | {
      readonly ok: false;
      readonly decision: Decision;
      /** The status the object showed, where the vendor was asked why it refuses. */
      readonly remoteStatus?: string;
    };

export interface FindRequest {
  /** The step whose outcome is unclear. */
  readonly step: string;
  readonly items: readonly WriteItem[];
  readonly signal: AbortSignal;
}
export type FindResult =
  | {
      readonly found: true;
      readonly remoteId: string;
      readonly remoteNumber?: string;
      readonly remoteStatus?: string;
      readonly answer?: JsonObject;
      readonly lineIds?: Readonly<Record<string, string>>;
      /** True when the step in question has taken effect (e.g. the bill is already submitted). */
      readonly stepDone: boolean;
    }
  | { readonly found: false };

/** One object that something is asked about. */
export interface RequestItem {
  /** Our number of the object. */
  readonly key: string;
  readonly remoteId?: string;
  readonly remoteNumber?: string;
  /** What is asked for, in canonical terms: `{ receiver }`, `{ reason }`; empty where the kind says it all. */
  readonly payload: JsonObject;
  /** The object in the vendor's shape as the mapping makes it now; absent where it cannot be made. */
  readonly body?: JsonObject;
}

export interface AskRequest {
  readonly kind: RequestKind;
  /** Named credential it is asked under; absent: the default one. */
  readonly as?: string;
  readonly items: readonly RequestItem[];
  readonly signal: AbortSignal;
}

/** Answer per item, in the order given. `pending`: it was taken, the verdict comes later. */
export type RequestAnswer =
  | { readonly answer: 'accepted' }
  | { readonly answer: 'refused'; readonly reason: string }
  | { readonly answer: 'pending' }
  | { readonly answer: 'failed'; readonly decision: Decision };

/** What became of a request, where the vendor can be asked. `open`: nothing shows that it took effect. */
export type RequestStanding =
  | { readonly answer: 'accepted' }
  | { readonly answer: 'refused'; readonly reason: string }
  | { readonly answer: 'pending' }
  | { readonly answer: 'open' };

export interface ObjectOperations<Body extends JsonObject = JsonObject> {
  /** Pages of what changed. */
  list?(request: ListRequest): Promise<ListPage<Body>>;
  /** The objects behind hints, by the cheapest covering calls (many hints → one list call). */
  fetch?(request: FetchRequest): Promise<readonly FetchResult<Body>[]>;
  /**
   * Looks objects up by `item.key` (or remoteId) after an ambiguous write. Must throw, not answer
   * `found: false`, when the session cannot be shown to see anything at all (positive control).
   */
  find?(request: FindRequest): Promise<readonly FindResult[]>;
  write?(request: WriteRequest): Promise<readonly WriteResult[]>;
  /**
   * Deletes objects there: step `remove`, items with their `remoteId` and an empty body. One that is not there (any
   * more) is answered with the decision `absent`, which counts as done. After an ambiguous answer `find` is asked with
   * step `remove`: `found: false` means that it is done.
   */
  remove?(request: WriteRequest): Promise<readonly WriteResult[]>;
  /**
   * Asks for something that may be refused; only kinds that the object's facts name. Asking for what is so already is
   * answered `accepted`: what nobody has answered is asked again. A whole call that failed throws ConnectorError.
   */
  request?(request: AskRequest): Promise<readonly RequestAnswer[]>;
  /** What became of requests that nobody has answered. Absent: they are asked again. */
  requestState?(request: AskRequest): Promise<readonly RequestStanding[]>;
}

export interface WebhookRequest {
  readonly method: string;
  /** Raw query text without `?`. */
  readonly query: string;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly the bytes received. */
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** It was verified when it came, and the hub has kept it: who sent it and when is not asked again. Set by nobody else. */
  readonly verified?: true;
}
export interface WebhookAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}
/** `bad-signature` and `stale` are answered 401, `unparseable` 400 (or what the vendor expects, see `refusal`). */
export type WebhookVerdict =
  | {
      readonly ok: true;
      readonly notices: readonly Notice[];
      /** Sent instead of `acknowledge`: the echo of a vendor that verifies the address. */
      readonly answer?: WebhookAnswer;
      /** The secret that is being replaced was used. */
      readonly previous?: true;
    }
  | {
      readonly ok: false;
      readonly reason: 'bad-signature' | 'stale' | 'unparseable';
      readonly message: string;
      /** The vendor's own words for a refusal; sent with the HTTP status as body instead of problem+json. */
      readonly refusal?: WebhookAnswer;
    };

export interface WebhookReceiver extends WebhookManners {
  /**
   * Verifies on raw bytes (constant time), checks freshness, splits into notices. A signed but senseless
   * payload is `ok` with one notice of object `unknown` (kept as dead in the inbox), never lost.
   */
  receive(request: WebhookRequest): WebhookVerdict;
  /** The vendor's acknowledgement, sent after the rows are committed. */
  readonly acknowledge: WebhookAnswer;
}

export interface TestResult {
  readonly ok: boolean;
  readonly message: string;
}

/** A live connection: made by `open`, used by one process, closed at the end. */
export interface ConnectorSession {
  readonly objects: Readonly<Record<string, ObjectOperations>>;
  readonly webhook?: WebhookReceiver;
  /** What it does beside keeping objects in step, by the names in the connector's `actions`; see `runAction`. */
  readonly actions?: Readonly<Record<string, ActionOperation>>;
  test(signal: AbortSignal): Promise<TestResult>;
  close(): Promise<void>;
}

export interface ConnectionContext<Config, Secrets> {
  readonly connection: string;
  readonly config: Config;
  readonly secrets: Secrets;
  /** Milliseconds since the epoch; injected so that tests can turn it. */
  readonly now: () => number;
  /** Called once per vendor HTTP call, for metrics and budgets. */
  readonly onCall?: (call: VendorCall) => void;
  /** What all processes of the hub share about this connection; to be handed to `createHttpClient` and `singleFlight`. */
  readonly shared?: SharedConnection;
  /** What hub.yaml says about webhooks of this connection; see `rotating`. */
  readonly webhook?: WebhookSettings<Secrets>;
  /** Absolute folder of hub.yaml, from which relative paths in settings start. @default the working directory */
  readonly folder?: string;
}
export interface VendorCall {
  readonly connection: string;
  readonly operation: string;
  /** What it was for; `other`: nobody said, as when signing in. */
  readonly kind: CallKind | 'other';
  /** How long it waited for its turn at the limits of the connection, ms. */
  readonly waitedMs: number;
  readonly durationMs: number;
  readonly outcome: 'ok' | DecisionKind;
}

/** Limits of a connection; each absent one is unlimited. */
export interface Limits {
  readonly perSecond?: number;
  readonly perMinute?: number;
  readonly perHour?: number;
  readonly perDay?: number;
  readonly concurrent?: number;
}

/** What one thing the vendor counts calls of (a store account, the whole connection) may ask in a day. */
export interface CallBudget {
  /** For a sentence: `store account WEB`. */
  readonly unit: string;
  /** Calls a day. Absent: no limit is known. */
  readonly perDay?: number;
  /** The limit is the vendor's usual one; nobody has said what holds for this connection. */
  readonly assumed?: true;
  /** The hub keeps to this number and divides it between kinds of work. */
  readonly divided?: true;
  /** Where somebody says what holds, e.g. `config.quota.perDay`. */
  readonly setting?: string;
  /** Calls one poll of an object costs at least. An object that is absent costs none. */
  readonly perPoll: Readonly<Record<string, number>>;
}

/** What the objects of one connection look like. */
export interface ObjectDescriptions {
  /** JSON schemas by object name, and those that `$ref: '#/components/schemas/…'` in them name. */
  readonly schemas: Readonly<Record<string, JsonObject>>;
  /** What is wrong with what the settings name; `path` leads to the place in the settings. */
  readonly problems: readonly { readonly path: readonly string[]; readonly message: string }[];
}

export interface Connector<Config = unknown, Secrets = unknown> {
  readonly name: string;
  readonly title: { readonly en: string; readonly zh: string };
  /** What it is for, for those who choose one. */
  readonly about?: ConnectorAbout;
  readonly config: ZodType<Config>;
  readonly secrets: ZodType<Secrets>;
  /** Static facts per object name. */
  readonly objects: Readonly<Record<string, ObjectFacts>>;
  /** What it can do beside keeping objects in step: send a message, print a label. Absent: nothing. */
  readonly actions?: Readonly<Record<string, ActionFacts>>;
  /**
   * Objects that a connection brings itself, beside `objects`. Takes the settings as they are written, unchecked: those
   * of a simulated connection are only its own. Undefined: they cannot be read, which is told where they are checked.
   */
  objectsOf?(settings: JsonObject): Readonly<Record<string, ObjectFacts>> | undefined;
  /**
   * What such objects look like, as far as the settings say so: mappings are checked against it.
   * @param read text of a file named from the folder of hub.yaml; undefined: it cannot be read
   */
  describe?(settings: JsonObject, read: (file: string) => string | undefined): ObjectDescriptions;
  /** False: there is no simulator; a connection cannot ask for one. @default true */
  readonly simulated?: false;
  /** What polling may cost with these settings. Absent: a poll is one call, and only `limits` bound them. */
  budgets?(config: Config): readonly CallBudget[];
  open(context: ConnectionContext<Config, Secrets>): ConnectorSession;
}

/** Keeps the types of config and secrets together; returns its argument. `connectorFor` knows the objects' types too. */
export function defineConnector<Config, Secrets>(
  connector: Connector<Config, Secrets>,
): Connector<Config, Secrets> {
  return connector;
}

/**
 * Thrown by a write that ended half-way: what is known of some items, in the order given, and nothing of those that
 * are undefined. `cause` says what is to be thought of these.
 */
export class HalfDone extends Error {
  readonly results: readonly (WriteResult | undefined)[];
  constructor(results: readonly (WriteResult | undefined)[], cause: unknown) {
    super('The write ended half-way.', { cause });
    this.name = 'HalfDone';
    this.results = results;
  }
}

/** Carries a decision. `cause` is for engineers and never shown to vendors or subscribers. */
export class ConnectorError extends Error {
  readonly decision: Decision;
  constructor(decision: Decision, cause?: unknown) {
    super(decision.message, cause === undefined ? undefined : { cause });
    this.name = 'ConnectorError';
    this.decision = decision;
  }
}
