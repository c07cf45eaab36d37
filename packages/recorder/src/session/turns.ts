import type { Conversation } from '../exchange/request-head.js'
import { OpenSpans, type SpanSource } from './open-spans.js'

export type TurnsOptions = Pick<SpanSource, 'startSpan' | 'attributesFor'> & {
  agent: string
  runSpanId: string
}

/** The `invoke_agent` spans of a session: one for each turn, from its first sign of life to its last. */
export class Turns {
  readonly #options: TurnsOptions
  readonly #open: OpenSpans
  /** Span ids of all turns, ended ones too: a late sign of one must not begin it anew. */
  readonly #spanIds = new Map<string, string>()
  readonly #conversations = new Map<string, Conversation>()
  readonly #lastSign = new Map<string, number>()
  /** How the agent was done with turns that may go on all the same. */
  readonly #done = new Map<string, { at: number; status: string }>()

  constructor(options: TurnsOptions) {
    this.#options = options
    this.#open = new OpenSpans(options.startSpan)
  }

  /**
   * The span id of a turn. One that is not known yet starts here, and ends the turn before it of
   * the same thread.
   */
  spanIdOf(turnId: string, conversation: Conversation, at: number): string {
    const known = this.#spanIds.get(turnId)
    if (known !== undefined) return known
    this.#endOthersOf(conversation.threadId)
    const { agent, runSpanId, attributesFor } = this.#options
    const spanId = this.#open.start(turnId, {
      name: `invoke_agent ${agent}`,
      parentSpanId: runSpanId,
      at,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': agent,
        ...attributesFor(conversation),
      },
    })
    this.#spanIds.set(turnId, spanId)
    this.#conversations.set(turnId, conversation)
    this.#lastSign.set(turnId, at)
    return spanId
  }

  /** A sign of life of a turn. */
  recordActivity(turnId: string | undefined, at: number): void {
    if (turnId === undefined || !this.#lastSign.has(turnId)) return
    this.#lastSign.set(turnId, at)
    if (at > (this.#done.get(turnId)?.at ?? at)) this.#done.delete(turnId)
  }

  /** The agent is done with a turn, unless something makes it go on: then it is not done. */
  done(turnId: string, at: number, status: string): void {
    if (this.isOpen(turnId)) this.#done.set(turnId, { at, status })
  }

  isDone(turnId: string): boolean {
    return this.#done.has(turnId)
  }

  /** @param status as the agent tells it: `completed`, `interrupted`, `failed`. */
  end(turnId: string, at: number, status: string): void {
    this.#open.end(turnId, at, { 'tacho.turn.status': status })
    this.#lastSign.delete(turnId)
    this.#done.delete(turnId)
  }

  isOpen(turnId: string): boolean {
    return this.#open.spanIdOf(turnId) !== undefined
  }

  /** The conversations of the turns that are going on. */
  open(): Conversation[] {
    return this.#open.keys().flatMap((turnId) => this.#conversations.get(turnId) ?? [])
  }

  /** Ends what nobody has ended, each with its last sign of life. */
  endAll(): void {
    for (const turnId of this.#open.keys()) this.#endSilently(turnId)
  }

  #endOthersOf(threadId: string | undefined): void {
    for (const turnId of this.#open.keys()) {
      if (this.#conversations.get(turnId)?.threadId === threadId) this.#endSilently(turnId)
    }
  }

  #endSilently(turnId: string): void {
    const done = this.#done.get(turnId)
    if (done !== undefined) {
      this.end(turnId, done.at, done.status)
      return
    }
    this.#open.end(turnId, this.#lastSign.get(turnId) ?? 0)
    this.#lastSign.delete(turnId)
  }
}
