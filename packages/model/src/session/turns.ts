import { encodeAttributes, spanName, withAttributes } from '@tacho/format'
import type { Conversation } from '../conversation.js'
import type { TurnOutcome } from '../parts/thread.js'
import type { SpanBook } from '../spans/span-book.js'
import type { Places } from './places.js'

type Turn = {
  spanId: string
  conversation: Conversation
  startedAt: number
  lastActivity: number
  /** Its agent reports its end, so another turn of the same thread does not end it. */
  hasEnd: boolean
  /** When and how the agent was done with it; the turn may still go on. */
  done: { at: number; status: string } | undefined
  endedAt: number | undefined
}

/** What is known about a turn when it begins. */
type Begun = {
  name?: string | undefined
  parentSpanId?: string | undefined
  hasEnd?: boolean
}

/** What is known about a turn's end, apart from the agent's word for it. */
export type TurnEnd = {
  /** What that word means; absent for Codex, whose words are known. */
  outcome?: TurnOutcome
  /** What went wrong, if the agent says so. */
  error?: string | undefined
}

/** The turns of a run: one `invoke_agent` span each, from the first sign of life to the last. */
export class Turns {
  readonly #spans: SpanBook
  readonly #places: Places
  readonly #agent: string
  /** Includes turns that have ended: a late sign of life must not start one again. */
  readonly #turns = new Map<string, Turn>()
  /** The turns of each thread, in the order in which they started. */
  readonly #ofThread = new Map<string | undefined, Turn[]>()

  constructor(options: { spans: SpanBook; places: Places; agent: string }) {
    this.#spans = options.spans
    this.#places = options.places
    this.#agent = options.agent
  }

  /**
   * Notes that something happens in a turn. An unknown turn starts with it, and ends the turn
   * before it in the same thread.
   *
   * @returns the span that it happens in: the turn's, or the run's if the turn had ended by then.
   */
  within(conversation: Conversation, at: number): string {
    const { turnId } = conversation
    if (turnId === undefined) return this.#places.run
    const turn = this.#turns.get(turnId) ?? this.#start(turnId, conversation, at)
    this.#recordActivity(turn, at)
    // A request is known to ask a model only by its body, and its turn may be over by then.
    return at <= (turn.endedAt ?? at) ? turn.spanId : this.#places.run
  }

  /**
   * The agent says that a turn begins. Such an agent also reports the end, so its turns can
   * overlap.
   *
   * @param begun `name`: the agent that works in it; `parentSpanId`: the span that it is part of,
   * if any.
   */
  begin(
    conversation: Conversation & { turnId: string },
    at: number,
    begun: { name: string | undefined; parentSpanId: string | undefined },
  ): void {
    if (this.#turns.has(conversation.turnId)) return
    this.#start(conversation.turnId, conversation, at, { ...begun, hasEnd: true })
  }

  /** Returns the span of a known turn, whether or not it has ended. */
  spanOf(turnId: string | undefined): string | undefined {
    return turnId === undefined ? undefined : this.#turns.get(turnId)?.spanId
  }

  /** Notes what a thread is for when that became known only after its turn had begun. */
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

  /** The agent is done with a turn, unless something makes it go on. */
  done(turnId: string, at: number, status: string): void {
    const turn = this.#turns.get(turnId)
    if (turn !== undefined && turn.endedAt === undefined) turn.done = { at, status }
  }

  isDone(turnId: string): boolean {
    return this.#turns.get(turnId)?.done !== undefined
  }

  /**
   * Keeps a turn open when the next one of its thread begins, because how it ended becomes known
   * later.
   */
  hold(turnId: string): void {
    const turn = this.#turns.get(turnId)
    if (turn !== undefined) turn.hasEnd = true
  }

  /** Ends a held turn at its last sign of life: nothing more is known about it. */
  release(turnId: string): void {
    const turn = this.#turns.get(turnId)
    if (turn !== undefined) this.#endSilently(turn)
  }

  /** @param status in the agent's words: `completed`, `interrupted`, `failed`. */
  end(turnId: string, at: number, status: string, end: TurnEnd = {}): void {
    const turn = this.#turns.get(turnId)
    if (turn !== undefined) this.#end(turn, at, status, end)
  }

  isRunning(turnId: string): boolean {
    const turn = this.#turns.get(turnId)
    return turn !== undefined && turn.endedAt === undefined
  }

  /** Returns whether a turn is known to have ended. */
  isOver(turnId: string | undefined): boolean {
    return turnId !== undefined && this.#turns.get(turnId)?.endedAt !== undefined
  }

  /** Returns the places of the turns in progress. */
  running(): Conversation[] {
    return [...this.#turns.values()]
      .filter(({ endedAt }) => endedAt === undefined)
      .map(({ conversation }) => conversation)
  }

  /** Returns the turn of a thread that was in progress at a time; before the first, that one. */
  at(threadId: string, at: number): Conversation {
    const turns = this.#ofThread.get(threadId) ?? []
    const turn = turns.findLast(({ startedAt }) => startedAt <= at) ?? turns[0]
    return turn?.conversation ?? { threadId }
  }

  /** Returns the place of a turn by its id alone. */
  placeOf(turnId: string): Conversation | undefined {
    return this.#turns.get(turnId)?.conversation
  }

  /** Ends the turns that are still open, each at its last sign of life. */
  endAll(): void {
    for (const turn of this.#turns.values()) this.#endSilently(turn)
  }

  #start(
    turnId: string,
    conversation: Conversation,
    at: number,
    { name, parentSpanId, hasEnd = false }: Begun = {},
  ): Turn {
    const others = this.#ofThread.get(conversation.threadId) ?? []
    // The earlier ones ended when the next one started.
    const before = others.at(-1)
    if (before !== undefined && !before.hasEnd) this.#endSilently(before)
    const agent = name ?? this.#agent
    const turn: Turn = {
      spanId: this.#spans.idOf('turn', turnId),
      conversation,
      startedAt: at,
      lastActivity: at,
      hasEnd,
      done: undefined,
      endedAt: undefined,
    }
    this.#turns.set(turnId, turn)
    this.#ofThread.set(conversation.threadId, others)
    others.push(turn)
    this.#spans.start({
      spanId: turn.spanId,
      parentSpanId: parentSpanId ?? this.#places.run,
      name: spanName('invoke_agent', agent),
      at,
      attributes: withAttributes(
        encodeAttributes('invoke_agent', {
          operation: 'invoke_agent',
          agent,
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

  #end(turn: Turn, at: number, status: string | undefined, end: TurnEnd = {}): void {
    if (turn.endedAt !== undefined) return
    turn.endedAt = at
    const { outcome, error: message } = end
    const error = message === undefined ? undefined : { message }
    this.#spans.end(turn.spanId, at, encodeAttributes('invoke_agent', { status, outcome }), error)
  }

  #endSilently(turn: Turn): void {
    this.#end(turn, turn.done?.at ?? turn.lastActivity, turn.done?.status)
  }
}
