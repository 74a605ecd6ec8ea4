/**
 * OpenTelemetry: what becomes of one message, in one trace. The way leads through the database and maybe through several
 * processes; so that nothing has to be handed on, the ids of a trace are made from the id of its message, and every
 * process finds the same.
 */
import { createHash } from 'node:crypto';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** Where spans go. */
export interface TracingTarget {
  /** `http://host:4318/v1/traces`. */
  readonly url: string;
  /** @default lianhub */
  readonly service?: string | undefined;
  /** The part of all messages that is traced, 0 to 1. @default 1 */
  readonly ratio?: number | undefined;
}

export interface Tracing {
  readonly tracer: Tracer;
  /** Starts the span of a message, the root of its trace. @param at when it was received */
  message(tenant: string, message: number, name: string, at: Date, attributes: Attributes): Span;
  /** Where spans about a message belong; its root may have been made by another process. */
  behind(tenant: string, message: number): Context;
  stop(): Promise<void>;
}

export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The ids of a message's trace and of its root; the tenant is the schema of its tables. */
export function idsOf(tenant: string, message: number): TraceIds {
  const hash = createHash('sha256').update(`lianhub/${tenant}/${message}`).digest('hex');
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/**
 * Tracing by an SDK somebody has put into this process (`node --import …`), or by our own when a target is given;
 * undefined when there is neither. Packages that send are loaded only then.
 */
export async function openTracing(target: TracingTarget | undefined): Promise<Tracing | undefined> {
  if (target) {
    const { ownSdk } = await import('./sdk.ts');
    return ownSdk(target);
  }
  const tracer = trace.getTracer('lianhub');
  const probe = tracer.startSpan('lianhub started');
  const isWanted = probe.isRecording();
  probe.end();
  return isWanted ? tracingOver(tracer) : undefined;
}

/** @param withIds runs what starts a root so that it gets these ids; absent: the SDK cannot be told */
export function tracingOver(
  tracer: Tracer,
  withIds?: (ids: TraceIds, start: () => Span) => Span,
  stop: () => Promise<void> = () => Promise.resolve(),
): Tracing {
  const contextOf = (ids: TraceIds): Context =>
    trace.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags: TraceFlags.SAMPLED, isRemote: true });
  return {
    tracer,
    message(tenant, message, name, at, attributes) {
      const ids = idsOf(tenant, message);
      const options = { kind: SpanKind.CONSUMER, startTime: at, attributes };
      // Without its own ids the root is the child of one that nobody sees: still in the trace of its message.
      if (!withIds) return tracer.startSpan(name, options, contextOf(ids));
      return withIds(ids, () => tracer.startSpan(name, { ...options, root: true }, ROOT_CONTEXT));
    },
    behind: (tenant, message) => contextOf(idsOf(tenant, message)),
    stop,
  };
}

/** Ends a span; with a reason it failed. */
export function endSpan(span: Span, reason?: string, at?: Date): void {
  if (reason !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
  span.end(at);
}
