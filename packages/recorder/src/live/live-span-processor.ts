import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'
import { tracesDataOf } from '../spans/span-line.js'
import type { LiveExport } from './live-export.js'

/**
 * Sends each span when it has ended, as its line in the file has it. Never a span that has only
 * started: Jaeger would show the span twice.
 */
export class LiveSpanProcessor implements SpanProcessor {
  readonly #live: LiveExport

  constructor(live: LiveExport) {
    this.#live = live
  }

  onStart(_span: Span, _parentContext: Context): void {}

  onEnd(span: ReadableSpan): void {
    const { traceId, spanId } = span.spanContext()
    try {
      this.#live.span(traceId, spanId, JSON.stringify(tracesDataOf(span)))
    } catch {
      // The file has it, or has counted it as lost.
    }
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
