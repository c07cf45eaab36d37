import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { SessionFileSpanExporter } from './session-file-span-exporter.js'

/**
 * Writes each span when it starts and when it ends. OpenTelemetry's own processors see only the end
 * (opentelemetry-js issue 3835), so a crash hides the very span that crashed. Never throws, because
 * a processor's exceptions reach the application.
 */
export class SessionSpanProcessor implements SpanProcessor {
  readonly #exporter: SessionFileSpanExporter

  constructor(exporter: SessionFileSpanExporter) {
    this.#exporter = exporter
  }

  onStart(span: Span, _parentContext: Context): void {
    this.#exporter.exportStarted(span)
  }

  onEnd(span: ReadableSpan): void {
    this.#exporter.export([span], () => {})
  }

  forceFlush(): Promise<void> {
    return this.#exporter.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown()
  }
}
