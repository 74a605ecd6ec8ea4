/**
 * `POST /hooks/<connection>`: raw bytes → the connector verifies and splits → committed → the vendor's own
 * acknowledgement. Never waits for a worker or the queue. Speaks to Node's server itself: a router and the objects of
 * the fetch API would cost as much as all the rest.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  ConnectorSession,
  WebhookAnswer,
  WebhookReceiver,
  WebhookRequest,
} from '../../connectors/kit/types.ts';
import { HubError } from '../errors.ts';
import type { Delivery } from '../ingest/door.ts';
import { entryOf } from '../ingest/entries.ts';
import { keptMessage } from '../ingest/kept-message.ts';
import type { WebhookCounter } from '../ingest/webhook-counts.ts';
import type { Landscape } from '../lanes/landscape.ts';
import type { Logger } from '../log.ts';
import { type Network, Networks } from '../security/networks.ts';
import { Allowance } from './allowance.ts';
import { clientAddress, type TrustedProxies } from './client-address.ts';
import { internalProblem } from './problem.ts';

/** What hub.yaml says about the webhooks of a connection. */
export interface HookSettings {
  readonly from?: readonly Network[] | undefined;
  /** Bytes. */
  readonly bodyLimit?: number | undefined;
  readonly rate?: { readonly perSecond: number; readonly burst?: number | undefined } | undefined;
}

export interface HooksOptions {
  readonly landscape: () => Landscape;
  readonly session: (connection: string) => ConnectorSession;
  /** Resolves once it is committed. */
  readonly keep: (delivery: Delivery) => Promise<void>;
  /** Of connections about which something is said. */
  readonly settings: Readonly<Record<string, HookSettings | undefined>>;
  readonly proxies: TrustedProxies | undefined;
  /** Largest body accepted where nothing else is said, bytes. */
  readonly bodyLimit: number;
  /** Whether accepted messages are kept as they came. */
  readonly keepsMessages: boolean;
  readonly counter: WebhookCounter;
  /** Told how each webhook ended, and how long that took, milliseconds. */
  readonly hooked?: (connection: string, outcome: 'kept' | 'refused' | 'failed', tookMs: number) => void;
  readonly log: Pick<Logger, 'error'>;
}

/** Who sends, where the vendor does not say how long it waits; milliseconds. */
const defaultDeadlineMs = 10_000;
/** What of the vendor's time is left for the way back. */
const shareOfDeadline = 0.8;
/** How long what is left of a refused body is still taken, so that its sender can read the answer, milliseconds. */
const drainMs = 500;
const path = /^\/hooks\/([^/?#]+)(?:\?([^#]*))?$/;

interface Gate {
  readonly from: Networks | undefined;
  readonly bodyLimit: number;
  readonly allowance: Allowance | undefined;
}

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** A listener for Node's server: webhooks are taken, everything else goes to `next`. */
export function hooks(options: HooksOptions, next: Handler): Handler {
  const gates = new Map<string, Gate>();
  return (incoming, outgoing) => {
    const found = path.exec(incoming.url ?? '');
    const { method = '' } = incoming;
    if (!found || (method !== 'POST' && method !== 'GET')) {
      next(incoming, outgoing);
      return;
    }
    const connection = decoded(found[1] ?? '');
    const began = performance.now();
    const { hooked } = options;
    take(options, gates, { incoming, outgoing, connection, method, query: found[2] ?? '' }).then(
      (outcome) => hooked?.(connection, outcome, performance.now() - began),
      (error: unknown) => {
        // Names that are none would be remembered for ever.
        if (options.landscape().connections.has(connection)) {
          options.counter.refused(connection, error instanceof HubError ? error.code : 'internal.unexpected');
          const outcome = error instanceof HubError ? 'refused' : 'failed';
          hooked?.(connection, outcome, performance.now() - began);
        }
        if (!(error instanceof HubError)) options.log.error({ err: error, connection }, 'a webhook failed');
        answerProblem(incoming, outgoing, error);
      },
    );
  };
}

interface Knock {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly connection: string;
  readonly method: string;
  readonly query: string;
}

async function take(
  options: HooksOptions,
  gates: Map<string, Gate>,
  knock: Knock,
): Promise<'kept' | 'refused'> {
  const { incoming, outgoing, connection } = knock;
  const landscape = options.landscape();
  if (!landscape.connections.has(connection)) {
    throw new HubError('hook.unknown-connection', { connection: connection.slice(0, 80) });
  }
  const receiver = options.session(connection).webhook;
  if (!receiver) throw new HubError('hook.not-received', { connection });
  const gate = gates.get(connection) ?? gateOf(options, connection);
  gates.set(connection, gate);
  // Header names come in lower case, and only set-cookie, which no request has, as a list.
  const headers = incoming.headers as Readonly<Record<string, string>>;
  if (gate.from) {
    const address = clientAddress(incoming.socket.remoteAddress, headers, options.proxies);
    if (!gate.from.includes(address))
      throw new HubError('hook.forbidden-address', { connection, address: address ?? 'an unknown address' });
  }
  const body = await readLimited(incoming, gate.bodyLimit);
  if (!body) throw new HubError('request.too-large', { limit: gate.bodyLimit });
  const request: WebhookRequest = {
    method: knock.method,
    query: knock.query,
    headers,
    body,
    receivedAt: new Date(),
  };
  const verdict = receiver.receive(request);
  if (!verdict.ok) {
    const { reason, message, refusal } = verdict;
    const status = reason === 'unparseable' ? 400 : 401;
    options.counter.refused(connection, `hook.${reason}`);
    if (refusal) answer(outgoing, { ...refusal, status }, { 'x-problem-code': `hook.${reason}` });
    else answerDocument(outgoing, status, `hook.${reason}`, message);
    return 'refused';
  }
  const wait = gate.allowance?.take(performance.now()) ?? 0;
  if (wait > 0) {
    options.counter.refused(connection, 'hook.busy');
    answerBusy(outgoing, receiver, wait, new HubError('hook.busy', { connection }));
    return 'refused';
  }
  const previous = verdict.previous === true;
  // Whoever only asks whether the address is right has told nothing: that answer needs no database.
  const isMessage = verdict.notices.length > 0 || knock.method !== 'GET';
  try {
    await options.keep({
      connection,
      entries: verdict.notices.map((notice) => entryOf(landscape, connection, notice, 'webhook')),
      ...(isMessage && options.keepsMessages
        ? { message: keptMessage(connection, request, receiver, previous) }
        : {}),
      deadlineMs: (receiver.deadlineMs ?? defaultDeadlineMs) * shareOfDeadline,
    });
  } catch (error) {
    if (!(error instanceof HubError) || (error.code !== 'hook.busy' && error.code !== 'hook.too-late'))
      throw error;
    options.counter.refused(connection, error.code);
    answerBusy(outgoing, receiver, 1_000, error);
    return 'refused';
  }
  options.counter.accepted(connection, previous);
  answer(outgoing, verdict.answer ?? receiver.acknowledge);
  return 'kept';
}

function gateOf({ settings, bodyLimit }: HooksOptions, connection: string): Gate {
  const { from, bodyLimit: own, rate } = settings[connection] ?? {};
  return {
    from: from && new Networks(from),
    bodyLimit: own ?? bodyLimit,
    allowance: rate && new Allowance(rate.perSecond, rate.burst ?? rate.perSecond, performance.now()),
  };
}

/** Reads a body up to a limit; undefined when it is larger, whatever its headers say. Throws when its sender goes away. */
function readLimited(incoming: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        resolve(undefined);
        return;
      }
      if (first === undefined) first = chunk;
      else {
        chunks ??= [first];
        chunks.push(chunk);
      }
    });
    incoming.on('end', () => resolve(chunks ? Buffer.concat(chunks) : (first ?? new Uint8Array())));
    incoming.on('error', reject);
    incoming.on('close', () => {
      if (!incoming.complete) reject(new HubError('request.broken-off', {}));
    });
  });
}

function answer(
  outgoing: ServerResponse,
  { status, contentType, body }: WebhookAnswer,
  more: Readonly<Record<string, string>> = {},
): void {
  if (outgoing.destroyed) return;
  const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...more };
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}

/** "Come again later", in the words its sender understands. */
function answerBusy(
  outgoing: ServerResponse,
  { busy }: WebhookReceiver,
  waitMs: number,
  error: HubError,
): void {
  const more = { 'retry-after': String(Math.ceil(waitMs / 1000)), 'x-problem-code': error.code };
  if (busy) answer(outgoing, busy, more);
  else {
    const body = JSON.stringify(error.toProblem());
    answer(outgoing, { status: error.status, contentType: 'application/problem+json', body }, more);
  }
}

function answerDocument(outgoing: ServerResponse, status: number, code: string, detail: string): void {
  const body = JSON.stringify({ type: `urn:lianhub:${code}`, title: code, status, code, detail });
  answer(outgoing, { status, contentType: 'application/problem+json', body });
}

function answerProblem(incoming: IncomingMessage, outgoing: ServerResponse, error: unknown): void {
  const document = error instanceof HubError ? error.toProblem() : internalProblem;
  const body = JSON.stringify(document);
  const isLeft = !incoming.complete;
  answer(
    outgoing,
    { status: document.status, contentType: 'application/problem+json', body },
    isLeft ? { connection: 'close' } : {},
  );
  if (!isLeft) return;
  // Cut off while it is still sending, the other side might never see the answer.
  incoming.resume();
  const timer = setTimeout(() => incoming.destroy(), drainMs);
  incoming.once('close', () => clearTimeout(timer));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No name of a connection is written so.
    return text;
  }
}
