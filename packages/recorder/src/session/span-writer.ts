import { type Span, SpanStatusCode } from '@opentelemetry/api'
import type { SpanChange } from '@tacho/model'
import { hrTime } from '../clock.js'
import type { Tracing } from '../spans/tracing.js'

/** Turns changes to a session's spans into OpenTelemetry spans. */
export class SpanWriter {
  readonly #tracing: Tracing
  readonly #traceId: string
  readonly #open = new Map<string, Span>()

  constructor(tracing: Tracing, traceId: string) {
    this.#tracing = tracing
    this.#traceId = traceId
  }

  write(change: SpanChange): void {
    if (change.change === 'start') {
      const { change: _, ...start } = change
      const span = this.#tracing.start({ ...start, traceId: this.#traceId })
      this.#open.set(change.spanId, span)
      return
    }
    const span = this.#open.get(change.spanId)
    if (span === undefined) return
    switch (change.change) {
      case 'event':
        span.addEvent(change.name, hrTime(change.at))
        break
      case 'set':
        span.setAttributes(change.attributes)
        break
      case 'rename':
        span.updateName(change.name)
        break
      case 'link':
        span.addLink({ context: { traceId: this.#traceId, spanId: change.to, traceFlags: 1 } })
        break
      case 'end':
        this.#end(span, change)
        break
      default:
        change satisfies never
    }
  }

  #end(span: Span, { spanId, at, attributes, error }: SpanChange & { change: 'end' }): void {
    this.#open.delete(spanId)
    if (attributes !== undefined) span.setAttributes(attributes)
    if (error !== undefined) {
      const { message } = error
      span.setStatus({
        code: SpanStatusCode.ERROR,
        ...(message !== undefined && { message }),
      })
    }
    span.end(hrTime(at))
  }
}
