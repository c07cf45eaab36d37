import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node'

/**
 * One provider serves all sessions of a process; a span's trace id is its session's, so the trace
 * id says into which session's file it goes. Spans of no session go nowhere.
 *
 * HTTP spans start and end while the bytes of a request or an answer stand in line to be passed on;
 * their lines are written right behind those.
 */
export class SessionRouter implements SpanProcessor {
  readonly #processors = new Map<string, SpanProcessor>()
  readonly #waiting: (() => void)[] = []

  add(traceId: string, processor: SpanProcessor): void {
    this.#processors.set(traceId, processor)
  }

  remove(traceId: string): void {
    this.#writeWaiting()
    this.#processors.delete(traceId)
  }

  onStart(span: Span, parentContext: Context): void {
    const processor = this.#processorOf(span)
    if (processor !== undefined) this.#inTurn(span, () => processor.onStart(span, parentContext))
  }

  onEnd(span: ReadableSpan): void {
    const processor = this.#processorOf(span)
    if (processor !== undefined) this.#inTurn(span, () => processor.onEnd(span))
  }

  async forceFlush(): Promise<void> {
    this.#writeWaiting()
    await Promise.all([...this.#processors.values()].map((one) => one.forceFlush()))
  }

  async shutdown(): Promise<void> {
    this.#writeWaiting()
    await Promise.all([...this.#processors.values()].map((one) => one.shutdown()))
    this.#processors.clear()
  }

  #processorOf(span: ReadableSpan): SpanProcessor | undefined {
    return this.#processors.get(span.spanContext().traceId)
  }

  #inTurn(span: ReadableSpan, work: () => void): void {
    if (span.instrumentationScope.name !== HTTP_SCOPE) work()
    else if (this.#waiting.push(work) === 1) {
      // undici writes a request one `setImmediate` after it was made.
      setImmediate(() => setImmediate(() => this.#writeWaiting()))
    }
  }

  #writeWaiting(): void {
    for (const work of this.#waiting.splice(0)) work()
  }
}

const HTTP_SCOPE = '@opentelemetry/instrumentation-undici'
