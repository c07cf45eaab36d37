import type { Span } from '@opentelemetry/api'
import { hrTime } from '../clock.js'
import { newSpanId } from '../ids.js'
import type { SpanStart } from '../spans/tracing.js'

export type TurnsOptions = {
  agent: string
  startSpan: (start: Omit<SpanStart, 'traceId'>) => Span
  runSpanId: string
}

type Turn = { id: string; threadId: string | undefined; spanId: string; span: Span; lastAt: number }

/** The `invoke_agent` spans of a session: one for each turn, from its first sign of life to its last. */
export class Turns {
  readonly #options: TurnsOptions
  readonly #open = new Map<string, Turn>()
  readonly #spanIds = new Map<string, string>()

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /**
   * The span id of a turn. One that is not known yet starts here, and ends the turn before it of
   * the same thread.
   */
  spanIdOf(
    id: string,
    threadId: string | undefined,
    at: number,
    attributes: Record<string, string>,
  ): string {
    const known = this.#spanIds.get(id)
    if (known !== undefined) return known
    for (const turn of this.#open.values())
      if (turn.threadId === threadId) this.end(turn.id, turn.lastAt)
    const spanId = newSpanId()
    const { agent, runSpanId, startSpan } = this.#options
    const span = startSpan({
      name: `invoke_agent ${agent}`,
      spanId,
      parentSpanId: runSpanId,
      at,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': agent,
        ...attributes,
      },
    })
    this.#open.set(id, { id, threadId, spanId, span, lastAt: at })
    this.#spanIds.set(id, spanId)
    return spanId
  }

  /** A sign of life of a turn. */
  touch(id: string | undefined, at: number): void {
    const turn = id === undefined ? undefined : this.#open.get(id)
    if (turn !== undefined) turn.lastAt = Math.max(turn.lastAt, at)
  }

  end(id: string, at: number, attributes: Record<string, string> = {}): void {
    const turn = this.#open.get(id)
    if (turn === undefined) return
    this.#open.delete(id)
    turn.span.setAttributes(attributes)
    turn.span.end(hrTime(Math.max(at, turn.lastAt)))
  }

  endAll(): void {
    for (const turn of [...this.#open.values()]) this.end(turn.id, turn.lastAt)
  }
}
