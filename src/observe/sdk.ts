/** The hub's own OpenTelemetry SDK: spans are gathered and sent as OTLP over HTTP. Loaded only when it is wanted. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type TraceIds, type Tracing, type TracingTarget, tracingOver } from './tracing.ts';

/** Random ids, unless some are laid ready. */
class Ids implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  ready: TraceIds | undefined;
  generateTraceId = (): string => this.ready?.traceId ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.ready?.spanId ?? this.#random.generateSpanId();
}

export function ownSdk({ url, service = 'lianhub', ratio = 1 }: TracingTarget): Tracing {
  const ids = new Ids();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    idGenerator: ids,
    // By the id of the trace alone: every process takes and leaves the same messages.
    sampler: new TraceIdRatioBasedSampler(ratio),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }), scheduledDelayMillis: 1_000 }),
    ],
  });
  return tracingOver(
    provider.getTracer('lianhub'),
    (given, start) => {
      ids.ready = given;
      try {
        return start();
      } finally {
        ids.ready = undefined;
      }
    },
    () => provider.shutdown(),
  );
}
