/** Faults a simulator can be told to make, so that the rare cases happen on purpose and in order. */
import type { Context, MiddlewareHandler } from 'hono';
import { type Mangling, mangled } from './mangled.ts';
import type { JsonObject } from './types.ts';

/**
 * - `error500`            HTTP 500 before anything is done
 * - `error500AfterEffect` does the work, then answers HTTP 500
 * - `timeoutAfterEffect`  does the work, then never answers (the connection stays open until the end)
 * - `refuse`              drops the connection, nothing is done
 * - `slow`                does the work `slowMs` later
 * - `garbage`             answers 200 with an HTML login page, nothing is done
 * - `truncated`           does the work, then answers with the first half of the document
 * - `huge`                does the work, then answers with 50 MB
 * - `wrongCharset`        does the work, then answers in GBK without saying so
 * - `nul`                 does the work, then answers with NUL bytes in its texts
 * - `halfPage`            a page lacks its second half; made by the simulators themselves, see `take`
 */
export type FaultKind =
  | 'error500'
  | 'error500AfterEffect'
  | 'timeoutAfterEffect'
  | 'refuse'
  | 'slow'
  | 'halfPage'
  | 'garbage'
  | Mangling;

/** What a vendor answers instead of doing anything; a JSON value is sent as JSON. */
export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | JsonObject;
}

interface QueuedFault {
  readonly kind: FaultKind;
  readonly operation: string | undefined;
  left: number;
}

const allKinds: readonly FaultKind[] = [
  'error500',
  'error500AfterEffect',
  'timeoutAfterEffect',
  'refuse',
  'slow',
  'halfPage',
  'garbage',
  'truncated',
  'huge',
  'wrongCharset',
  'nul',
];
const kindsOfMiddleware: readonly FaultKind[] = allKinds.filter((kind) => kind !== 'halfPage');

/** The faults waiting to happen, in the order they were asked for. */
export class Faults {
  /** Every answer comes at least this much later, ms. */
  latencyMs = 0;
  /** Delay of one `slow` fault, ms. */
  slowMs = 1000;
  #queue: QueuedFault[] = [];
  #answers: { readonly answer: CannedAnswer; readonly operation: string | undefined; left: number }[] = [];

  /** The next `count` calls (of this operation, see `next`) are answered so, and nothing is done. */
  answer(count: number, answer: CannedAnswer, operation?: string): void {
    if (count > 0) this.#answers.push({ answer, operation, left: count });
  }

  /** Uses up one answer for this operation; undefined when there is none. */
  takeAnswer(operation?: string): CannedAnswer | undefined {
    const found = this.#answers.find((one) => concerns(one.operation, operation));
    if (!found) return undefined;
    found.left--;
    if (found.left <= 0) this.#answers = this.#answers.filter((one) => one !== found);
    return found.answer;
  }

  /**
   * The next `count` calls fail in this way (Infinity: until `clear`). With `operation` only calls of that
   * operation do: its whole name, or one of its parts between `/ . ? & =` (`Save` for `…Service.Save.common`).
   */
  next(count: number, kind: FaultKind, operation?: string): void {
    if (count > 0) this.#queue.push({ kind, operation, left: count });
  }

  /** Uses up one fault of this kind for this operation; false when there is none. */
  take(kind: FaultKind, operation?: string): boolean {
    return this.takeFirst([kind], operation) !== undefined;
  }

  /** Uses up the first fault of any of these kinds for this operation. */
  takeFirst(kinds: readonly FaultKind[], operation?: string): FaultKind | undefined {
    const found = this.#queue.find(
      (fault) => kinds.includes(fault.kind) && concerns(fault.operation, operation),
    );
    if (!found) return undefined;
    found.left--;
    if (found.left <= 0) this.#queue = this.#queue.filter((fault) => fault !== found);
    return found.kind;
  }

  /** How many faults are still to happen. */
  get waiting(): number {
    return [...this.#queue, ...this.#answers].reduce((sum, fault) => sum + fault.left, 0);
  }

  /** Forgets the faults still waiting and the latency. */
  clear(): void {
    this.#queue = [];
    this.#answers = [];
    this.latencyMs = 0;
  }
}

export type OperationOf = (context: Context) => string | Promise<string>;

/**
 * Makes the faults happen; goes before the simulator's routes.
 *
 * @param operationOf names the operation of a call; default: its path and query
 */
export function faultMiddleware(faults: Faults, operationOf: OperationOf = pathAndQuery): MiddlewareHandler {
  return async (context, next) => {
    const operation = faults.waiting === 0 ? undefined : await operationOf(context);
    const canned = operation === undefined ? undefined : faults.takeAnswer(operation);
    if (canned) return cannedResponse(canned);
    const kind = operation === undefined ? undefined : faults.takeFirst(kindsOfMiddleware, operation);
    const delayMs = faults.latencyMs + (kind === 'slow' ? faults.slowMs : 0);
    if (delayMs > 0) await delay(delayMs);
    switch (kind) {
      case 'error500':
        return context.text('Internal Server Error', 500);
      case 'garbage':
        return context.html(
          '<!DOCTYPE html><html><head><title>Login</title></head><body>Login</body></html>',
        );
      case 'refuse':
        return dropConnection(context);
      case 'timeoutAfterEffect':
        await next();
        return holdConnection(context);
      case 'error500AfterEffect':
        await next();
        context.res = context.text('Internal Server Error', 500);
        return;
      case 'truncated':
      case 'huge':
      case 'wrongCharset':
      case 'nul': {
        await next();
        const spoilt = await mangled(context.res, kind);
        // Set to nothing first: otherwise the headers of the two are merged.
        context.res = undefined;
        context.res = spoilt;
        return;
      }
      default:
        await next();
    }
  };
}

/** Counts calls per operation into the map given; goes before the fault middleware to count those too. */
export function countCalls(
  calls: Map<string, number>,
  operationOf: OperationOf = (context) => context.req.path,
): MiddlewareHandler {
  return async (context, next) => {
    const operation = await operationOf(context);
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
    await next();
  };
}

function cannedResponse({ status, headers, body }: CannedAnswer): Response {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
  return new Response(isText ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': type, ...headers },
  });
}

function concerns(wanted: string | undefined, asked: string | undefined): boolean {
  if (wanted === undefined || wanted === asked) return true;
  return asked?.split(/[/.?&=]/).includes(wanted) ?? false;
}

function pathAndQuery(context: Context): string {
  const url = new URL(context.req.url);
  return url.pathname + url.search;
}

/** Tells the server that we have the raw connection and it must send nothing. */
function alreadySent(): Response {
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
}

function dropConnection(context: Context): Response {
  const connection = rawConnection(context);
  if (!connection) return context.body(null, 503);
  connection.destroy();
  return alreadySent();
}

/** Resolves when the other side, or the closing server, has given the connection up. */
async function holdConnection(context: Context): Promise<Response | undefined> {
  const connection = rawConnection(context);
  if (!connection) {
    context.res = context.body(null, 504);
    return undefined;
  }
  if (!connection.destroyed) await new Promise<void>((resolve) => connection.once('close', () => resolve()));
  context.res = alreadySent();
  return undefined;
}

interface RawConnection {
  readonly destroyed: boolean;
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** The node response behind a call; undefined when the app is called without a server (`app.request`). */
function rawConnection(context: Context): RawConnection | undefined {
  const bindings: unknown = context.env;
  if (typeof bindings !== 'object' || bindings === null || !('incoming' in bindings)) return undefined;
  const incoming = bindings.incoming;
  if (typeof incoming !== 'object' || incoming === null || !('socket' in incoming)) return undefined;
  return incoming.socket as RawConnection;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
