import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { SessionFileSpanExporter } from './session-file-span-exporter.js'

/**
 * Hands each span to the file when it starts and when it ends. OpenTelemetry's own processors see
 * only the end (opentelemetry-js issue 3835), so that a crash hides the very span that crashed.
 * What a processor throws reaches the application, so this one throws nothing.
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
