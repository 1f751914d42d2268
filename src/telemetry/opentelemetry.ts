import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { ProviderError } from "../core/errors.ts";
import type { SpanValues, Telemetry } from "../core/ports/telemetry.ts";
import { VERSION } from "../core/version.ts";

/** Spans that wait to be sent; a simulated model ends thousands a second. Beyond, they are dropped. */
const QUEUE = 65_536;

export interface TelemetrySettings {
  readonly content: boolean;
  /** Where spans are sent: OTLP over HTTP. */
  readonly url: string;
  readonly service: string;
  /** Told what could not be delivered. */
  say(words: string): void;
}

/**
 * Sends spans to a collector: one trace a command, in it one span a model call. Batch sizes and headers are those of the
 * usual variables (OTEL_EXPORTER_OTLP_HEADERS, ...), which the exporter reads itself.
 */
export function openTelemetry({ content, url, service, say }: TelemetrySettings): Telemetry {
  const lost = { spans: 0, why: "" };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "service.version": VERSION }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: counting(new OTLPTraceExporter({ url }), lost),
        maxQueueSize: QUEUE,
      }),
    ],
  });
  const tracer = provider.getTracer("apm-bench", VERSION);
  const root = tracer.startSpan("apm-bench", { kind: SpanKind.INTERNAL });
  const within = trace.setSpan(ROOT_CONTEXT, root);
  return {
    content,
    async span(name, values, work, told) {
      const span = tracer.startSpan(
        name,
        { kind: SpanKind.CLIENT, attributes: attributesOf(values) },
        within,
      );
      try {
        const result = await work();
        span.setAttributes(attributesOf(told(result)));
        return result;
      } catch (error) {
        // A message may quote what a server said, or what it was asked.
        span.setAttribute("error.type", errorType(error));
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    async close() {
      root.end();
      await provider.shutdown().catch((error: unknown) => {
        lost.why = (error as Error).message;
      });
      if (lost.why !== "")
        say(`note: ${lost.spans} spans could not be delivered to ${new URL(url).origin}: ${lost.why}`);
    },
  };
}

/** An exporter that counts what it could not deliver. */
function counting(exporter: SpanExporter, lost: { spans: number; why: string }): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error !== undefined || result.code !== 0) {
          lost.spans += spans.length;
          lost.why = result.error?.message ?? "refused";
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}

const attributesOf = (values: SpanValues) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? [...value] : (value as string),
    ]),
  );

function errorType(error: unknown): string {
  if (error instanceof ProviderError)
    return error.status === undefined ? error.failure : String(error.status);
  return error instanceof Error ? error.name : "_OTHER";
}
