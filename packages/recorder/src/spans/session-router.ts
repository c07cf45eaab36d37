import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'

/**
 * One provider serves all sessions of a process; a span's trace id is its session's, so the trace
 * id says whose it is. Spans of no session go nowhere.
 */
export class SessionRouter implements SpanProcessor {
  readonly #processors = new Map<string, readonly SpanProcessor[]>()

  /** @param processors are told in this order. */
  add(traceId: string, processors: readonly SpanProcessor[]): void {
    this.#processors.set(traceId, processors)
  }

  remove(traceId: string): void {
    this.#processors.delete(traceId)
  }

  onStart(span: Span, parentContext: Context): void {
    for (const one of this.#processorsOf(span)) one.onStart(span, parentContext)
  }

  onEnd(span: ReadableSpan): void {
    for (const one of this.#processorsOf(span)) one.onEnd(span)
  }

  async forceFlush(): Promise<void> {
    await Promise.all([...this.#processors.values()].flat().map((one) => one.forceFlush()))
  }

  async shutdown(): Promise<void> {
    await Promise.all([...this.#processors.values()].flat().map((one) => one.shutdown()))
    this.#processors.clear()
  }

  #processorsOf(span: ReadableSpan): readonly SpanProcessor[] {
    return this.#processors.get(span.spanContext().traceId) ?? []
  }
}
