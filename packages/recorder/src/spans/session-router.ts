import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'

/**
 * Routes the spans of one provider to all sessions of a process, by trace id, which identifies a
 * span's session. Spans of no session are dropped.
 */
export class SessionRouter implements SpanProcessor {
  readonly #processors = new Map<string, SpanProcessor>()

  add(traceId: string, processor: SpanProcessor): void {
    this.#processors.set(traceId, processor)
  }

  remove(traceId: string): void {
    this.#processors.delete(traceId)
  }

  onStart(span: Span, parentContext: Context): void {
    this.#processorOf(span)?.onStart(span, parentContext)
  }

  onEnd(span: ReadableSpan): void {
    this.#processorOf(span)?.onEnd(span)
  }

  async forceFlush(): Promise<void> {
    await Promise.all([...this.#processors.values()].map((one) => one.forceFlush()))
  }

  async shutdown(): Promise<void> {
    await Promise.all([...this.#processors.values()].map((one) => one.shutdown()))
    this.#processors.clear()
  }

  #processorOf(span: ReadableSpan): SpanProcessor | undefined {
    return this.#processors.get(span.spanContext().traceId)
  }
}
