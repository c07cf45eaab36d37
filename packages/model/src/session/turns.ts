import { encodeAttributes, spanName, withAttributes } from '@tacho/format'
import type { Conversation } from '../conversation.js'
import type { SpanBook } from '../spans/span-book.js'
import type { Places } from './places.js'

type Turn = {
  spanId: string
  conversation: Conversation
  startedAt: number
  lastActivity: number
  /** How the agent was done with it, where it may go on all the same. */
  done: { at: number; status: string } | undefined
  isOver: boolean
}

/** The turns of a run: one `invoke_agent` span each, from the first sign of life to the last. */
export class Turns {
  readonly #spans: SpanBook
  readonly #places: Places
  readonly #agent: string
  /** Ended ones too: a late sign of one must not begin it anew. */
  readonly #turns = new Map<string, Turn>()
  /** Those of each thread, in the order in which they started. */
  readonly #ofThread = new Map<string | undefined, Turn[]>()

  constructor(options: { spans: SpanBook; places: Places; agent: string }) {
    this.#spans = options.spans
    this.#places = options.places
    this.#agent = options.agent
  }

  /**
   * Something happens in a turn. One that is not known yet starts with it, and ends the turn before
   * it of the same thread.
   *
   * @returns the span that it happens in: the turn's, or the run's.
   */
  within(conversation: Conversation, at: number): string {
    const { turnId } = conversation
    if (turnId === undefined) return this.#places.run
    const turn = this.#turns.get(turnId) ?? this.#start(turnId, conversation, at)
    this.#recordActivity(turn, at)
    return this.#spans.isOpen(turn.spanId) ? turn.spanId : this.#places.run
  }

  /** The span of a turn that is known, ended or not. */
  spanOf(turnId: string | undefined): string | undefined {
    return turnId === undefined ? undefined : this.#turns.get(turnId)?.spanId
  }

  /** What a thread is for was told after its turn had begun. */
  sourceKnown(threadId: string, threadSource: string): void {
    for (const { conversation, spanId } of this.#turns.values()) {
      if (conversation.threadId === threadId)
        this.#spans.set(spanId, encodeAttributes('invoke_agent', { threadSource }))
    }
  }

  recordActivity(turnId: string | undefined, at: number): void {
    const turn = turnId === undefined ? undefined : this.#turns.get(turnId)
    if (turn !== undefined) this.#recordActivity(turn, at)
  }

  /** The agent is done with a turn, unless something makes it go on: then it is not done. */
  done(turnId: string, at: number, status: string): void {
    const turn = this.#turns.get(turnId)
    if (turn !== undefined && !turn.isOver) turn.done = { at, status }
  }

  isDone(turnId: string): boolean {
    return this.#turns.get(turnId)?.done !== undefined
  }

  /** @param status as the agent tells it: `completed`, `interrupted`, `failed`. */
  end(turnId: string, at: number, status: string): void {
    const turn = this.#turns.get(turnId)
    if (turn !== undefined) this.#end(turn, at, status)
  }

  isRunning(turnId: string): boolean {
    return this.#turns.get(turnId)?.isOver === false
  }

  /** Whether it is known to have ended. */
  isOver(turnId: string | undefined): boolean {
    return turnId !== undefined && this.#turns.get(turnId)?.isOver === true
  }

  /** Where the turns stand that are going on. */
  running(): Conversation[] {
    return [...this.#turns.values()]
      .filter(({ isOver }) => !isOver)
      .map(({ conversation }) => conversation)
  }

  /** Which turn of a thread was going on at a moment; its first one before that. */
  at(threadId: string, at: number): Conversation {
    const turns = this.#ofThread.get(threadId) ?? []
    const turn = turns.findLast(({ startedAt }) => startedAt <= at) ?? turns[0]
    return turn?.conversation ?? { threadId }
  }

  /** Where a turn stands, by its id alone. */
  placeOf(turnId: string): Conversation | undefined {
    return this.#turns.get(turnId)?.conversation
  }

  /** Ends what nobody has ended, each with its last sign of life. */
  endAll(): void {
    for (const turn of this.#turns.values()) this.#endSilently(turn)
  }

  #start(turnId: string, conversation: Conversation, at: number): Turn {
    const others = this.#ofThread.get(conversation.threadId) ?? []
    // Those before it ended when it started.
    const before = others.at(-1)
    if (before !== undefined) this.#endSilently(before)
    const turn: Turn = {
      spanId: this.#spans.idOf('turn', turnId),
      conversation,
      startedAt: at,
      lastActivity: at,
      done: undefined,
      isOver: false,
    }
    this.#turns.set(turnId, turn)
    this.#ofThread.set(conversation.threadId, others)
    others.push(turn)
    this.#spans.start({
      spanId: turn.spanId,
      parentSpanId: this.#places.run,
      name: spanName('invoke_agent', this.#agent),
      at,
      attributes: withAttributes(
        encodeAttributes('invoke_agent', {
          operation: 'invoke_agent',
          agent: this.#agent,
          threadSource: this.#places.sourceOf(conversation.threadId),
        }),
        this.#places.attributes(conversation),
      ),
    })
    return turn
  }

  #recordActivity(turn: Turn, at: number): void {
    turn.lastActivity = Math.max(turn.lastActivity, at)
    if (at > (turn.done?.at ?? at)) turn.done = undefined
  }

  #end(turn: Turn, at: number, status: string | undefined): void {
    if (turn.isOver) return
    turn.isOver = true
    this.#spans.end(turn.spanId, at, encodeAttributes('invoke_agent', { status }))
  }

  #endSilently(turn: Turn): void {
    this.#end(turn, turn.done?.at ?? turn.lastActivity, turn.done?.status)
  }
}
