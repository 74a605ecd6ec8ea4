import { AsyncLocalStorage } from 'node:async_hooks';
import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { VendorCall } from '../../connectors/kit/types.ts';
import type { Trail, TrailedCall, TrailedWrite } from '../lanes/trail.ts';
import type { Database } from '../ledger/database.ts';
import { messagesBehind } from '../ledger/trail.ts';
import type { Logger } from '../log.ts';
import { endSpan, idsOf, type Tracing } from './tracing.ts';

/**
 * Follows messages in the log (level debug) and in traces: one line and one span for each message that was taken in, one
 * for each write, one for each call. Everything bears ids only, never what a record holds.
 */
export class Follower implements Trail {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #tracing: Tracing | undefined;
  /** Spans of writes under way, by their try. */
  readonly #open = new Map<string, Span>();
  /** The span calls belong to that are made now. */
  readonly #current = new AsyncLocalStorage<Span>();

  private constructor(database: Database, log: Logger, tracing: Tracing | undefined) {
    this.#database = database;
    this.#log = log;
    this.#tracing = tracing;
  }

  /** Undefined where nobody wants to know: then following costs nothing. */
  static open(database: Database, log: Logger, tracing: Tracing | undefined): Follower | undefined {
    return tracing || log.isLevelEnabled('debug') ? new Follower(database, log, tracing) : undefined;
  }

  applied(row: Parameters<Trail['applied']>[0], outcome: Parameters<Trail['applied']>[1]): void {
    const { id: message, connection, object, via } = row;
    const { state, code, record_id: record } = outcome;
    this.#log.debug(
      { message, connection, object, record, outcome: state, code, ...this.#traceOf(message) },
      'message applied',
    );
    const span = this.#tracing?.message(
      this.#database.schema,
      message,
      `message ${connection}/${object}`,
      row.received_at,
      { ...of({ message, connection, object, via, outcome: state }), ...of({ record, code }) },
    );
    if (span) endSpan(span, state === 'dead' ? (code ?? 'dead') : undefined);
  }

  async call<Result>(
    about: TrailedCall,
    writes: readonly TrailedWrite[],
    make: () => Promise<Result>,
  ): Promise<Result> {
    const tracing = this.#tracing;
    if (!tracing) return make();
    const { schema } = this.#database;
    const { connection, object, step } = about;
    const behind = await messagesBehind(
      this.#database,
      writes.map(({ recordId, recordVersion }) => ({ record_id: recordId, version: recordVersion })),
    ).catch(() => new Map<string, number>());
    let leading: Span | undefined;
    for (const { recordId, linkId, tryId } of writes) {
      const message = behind.get(recordId);
      const span = tracing.tracer.startSpan(
        `write ${connection}/${object} ${step}`,
        {
          kind: SpanKind.CLIENT,
          attributes: of({ connection, object, step, record: recordId, link: linkId, try: tryId }),
          // Writes that share a call: what is sent stands below the first, the others point at it.
          links: !leading ? [] : [{ context: leading.spanContext() }],
        },
        message === undefined ? ROOT_CONTEXT : tracing.behind(schema, message),
      );
      this.#open.set(tryId, span);
      leading ??= span;
    }
    try {
      return leading ? await this.#current.run(leading, make) : await make();
    } finally {
      // Ended as their outcomes are told, which is at once; those of a lane that was lost are told nothing.
      setImmediate(() => {
        for (const { tryId } of writes) this.#end(tryId, 'nobody knows');
      });
    }
  }

  written(about: TrailedCall, write: TrailedWrite, outcome: Parameters<Trail['written']>[2]): void {
    const { recordId: record, linkId: link, tryId } = write;
    const { state, code } = outcome.link;
    const became = outcome.attempt.outcome;
    this.#log.debug({ ...about, record, link, try: tryId, outcome: became, state, code }, 'write ended');
    this.#open.get(tryId)?.setAttributes(of({ outcome: became, code }));
    this.#end(tryId, became === 'done' ? undefined : (code ?? became));
  }

  #end(tryId: string, reason: string | undefined): void {
    const span = this.#open.get(tryId);
    if (span) endSpan(span, reason);
    this.#open.delete(tryId);
  }

  /** A call of a system has ended; it belongs to the writes it was made for, if it was made for any. */
  called({ connection, operation, kind, outcome, durationMs, waitedMs }: VendorCall): void {
    const parent = this.#current.getStore();
    if (!parent || !this.#tracing) return;
    const ended = Date.now();
    const span = this.#tracing.tracer.startSpan(
      `call ${connection} ${operation}`,
      {
        kind: SpanKind.CLIENT,
        startTime: new Date(ended - durationMs),
        attributes: of({ connection, operation, kind, outcome, waitedMs: Math.round(waitedMs) }),
      },
      trace.setSpan(ROOT_CONTEXT, parent),
    );
    endSpan(span, outcome === 'ok' ? undefined : outcome, new Date(ended));
  }

  #traceOf(message: number): { readonly trace?: string } {
    return this.#tracing ? { trace: idsOf(this.#database.schema, message).traceId } : {};
  }
}

/** Attributes under the hub's own prefix, without those that are not known. */
function of(values: Readonly<Record<string, string | number | undefined>>): Attributes {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[`lianhub.${name}`, value]],
    ),
  );
}
