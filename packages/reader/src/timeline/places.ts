import { decodeAttributes } from '@tacho/format'
import type { SessionExchange, SessionParts } from '@tacho/model'
import { ancestorsOf, runOf } from '../left-open.js'
import type { Session } from '../read-session.js'
import type { Span } from '../read-spans.js'

/** Where something is in a session, as far as known. */
export type Place = {
  run: string | undefined
  /** The span of its turn. */
  turn: string | undefined
  threadId: string | undefined
}

/**
 * Finds the places of things. What a thing says about itself takes precedence over its parent span:
 * a turn can have ended before what belongs to it, and Tacho 0.1.0 assigned some by time alone.
 */
export class Places {
  readonly #session: Session
  /** For each turn id, its spans by run, in order. */
  readonly #turns = new Map<string, Map<string | undefined, string>>()
  readonly #turnSpans: ReadonlySet<string>

  constructor(session: Session, { turns }: SessionParts) {
    this.#session = session
    this.#turnSpans = new Set(turns.map(({ spanId }) => spanId))
    for (const { id, spanId } of turns) {
      if (id === undefined) continue
      const run = session.spans.get(spanId)?.parentSpanId
      const byRun = this.#turns.get(id) ?? new Map<string | undefined, string>()
      if (!byRun.has(run)) byRun.set(run, spanId)
      this.#turns.set(id, byRun)
    }
  }

  ofSpan(span: Span): Place {
    const { threadId, turnId } = decodeAttributes('session', span.attributes)
    const run = runOf(this.#session, span)?.id
    return { run, turn: this.#turnOf(turnId, run) ?? this.#turnAbove(span), threadId }
  }

  /** If it died before its span was written, the ids in its request give its place. */
  ofExchange({ id, run, threadId, turnId }: SessionExchange): Place {
    const span = this.#session.spans.get(id)
    const above = span === undefined ? undefined : this.#turnAbove(span)
    return { run, turn: this.#turnOf(turnId, run) ?? above, threadId }
  }

  // A turn that continues in another run has a span in each.
  #turnOf(turnId: string | undefined, run: string | undefined): string | undefined {
    const byRun = this.#turns.get(turnId ?? '')
    return byRun?.get(run) ?? byRun?.values().next().value
  }

  #turnAbove(span: Span): string | undefined {
    const ancestors = ancestorsOf(this.#session.spans, span)
    return ancestors.find(({ spanId }) => this.#turnSpans.has(spanId))?.spanId
  }
}
