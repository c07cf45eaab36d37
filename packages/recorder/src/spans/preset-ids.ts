import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace-node'
import { newSpanId } from '../ids.js'

/**
 * Gives the next span preset ids: a session's trace id comes from the session's id, and a `chat`
 * span's id is its exchange's, which is in the raw log before the span starts.
 */
export class PresetIds implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  #traceId: string | undefined
  #spanId: string | undefined

  /** Starts a span with these ids; the work must start it before it returns. */
  during<Result>(ids: { traceId?: string; spanId: string }, work: () => Result): Result {
    this.#traceId = ids.traceId
    this.#spanId = ids.spanId
    try {
      return work()
    } finally {
      this.#traceId = undefined
      this.#spanId = undefined
    }
  }

  generateTraceId = (): string => this.#traceId ?? this.#random.generateTraceId()

  generateSpanId = (): string => {
    const id = this.#spanId ?? newSpanId()
    this.#spanId = undefined
    return id
  }
}
