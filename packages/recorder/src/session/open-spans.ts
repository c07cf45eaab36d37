import type { Attributes, Span } from '@opentelemetry/api'
import { hrTime } from '../clock.js'
import type { Conversation } from '../exchange/request-head.js'
import { newSpanId } from '../ids.js'
import type { SpanStart } from '../spans/tracing.js'

/** What starts spans in a session's trace. */
export type StartSpan = (start: Omit<SpanStart, 'traceId'>) => Span

/** How spans of a conversation are started, placed and marked. */
export type SpanSource = {
  startSpan: StartSpan
  /** The span id of what a conversation is part of: its turn, or the run. */
  parentFor: (conversation: Conversation) => string
  /** What each span of a conversation says. */
  attributesFor: (conversation: Conversation) => Attributes
}

type Open = { spanId: string; span: Span; startedAt: number }

/** Spans of one kind that have started and not ended, each under the agent's own id for it. */
export class OpenSpans {
  readonly #startSpan: StartSpan
  readonly #open = new Map<string, Open>()

  constructor(startSpan: StartSpan) {
    this.#startSpan = startSpan
  }

  /** @returns the span's id; that of the open one where the key is known. */
  start(key: string, start: Omit<SpanStart, 'traceId' | 'spanId'>): string {
    const known = this.#open.get(key)
    if (known !== undefined) return known.spanId
    const spanId = newSpanId()
    this.#open.set(key, {
      spanId,
      span: this.#startSpan({ ...start, spanId }),
      startedAt: start.at,
    })
    return spanId
  }

  /** The id of an open span. */
  spanIdOf(key: string): string | undefined {
    return this.#open.get(key)?.spanId
  }

  /** When an open span started. */
  startedAt(key: string): number | undefined {
    return this.#open.get(key)?.startedAt
  }

  /** Marks a moment of an open span. */
  event(key: string, name: string, at: number): void {
    this.#open.get(key)?.span.addEvent(name, hrTime(at))
  }

  /** Adds attributes to an open span. */
  set(key: string, attributes: Attributes): void {
    this.#open.get(key)?.span.setAttributes(attributes)
  }

  /** @returns whether there was such a span. */
  end(key: string, at: number, attributes: Attributes = {}): boolean {
    const open = this.#open.get(key)
    if (open === undefined) return false
    this.#open.delete(key)
    open.span.setAttributes(attributes)
    open.span.end(hrTime(Math.max(at, open.startedAt)))
    return true
  }

  /** Links an open span to another of the same trace. */
  link(key: string, traceId: string, spanId: string): void {
    this.#open.get(key)?.span.addLink({ context: { traceId, spanId, traceFlags: 1 } })
  }

  keys(): string[] {
    return [...this.#open.keys()]
  }
}
