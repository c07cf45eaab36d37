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
  /** Its agent tells when it ends: another turn of the same thread does not end it. */
  hasEnd: boolean
  /** How the agent was done with it, where it may go on all the same. */
  done: { at: number; status: string } | undefined
  isOver: boolean
}

/** What is known of a turn when it begins. */
type Begun = {
  name?: string | undefined
  parentSpanId?: string | undefined
  hasEnd?: boolean
}

/** What is known of a turn's end beside the agent's word for it. */
export type TurnEnd = {
  /** What that word means; left out where the agent is Codex, whose words are known. */
  outcome?: TurnOutcome
  /** What went wrong, where it tells. */
  error?: string | undefined
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

  /**
   * A turn begins, as the agent tells it, which tells its end, too: turns can go on side by side.
   *
   * @param begun `name`: the agent that works in it; `parentSpanId`: where it is a part of something.
   */
  begin(
    conversation: Conversation & { turnId: string },
    at: number,
    begun: { name: string | undefined; parentSpanId: string | undefined },
  ): void {
    if (this.#turns.has(conversation.turnId)) return
    this.#start(conversation.turnId, conversation, at, { ...begun, hasEnd: true })
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
  end(turnId: string, at: number, status: string, end: TurnEnd = {}): void {
    const turn = this.#turns.get(turnId)
    if (turn !== undefined) this.#end(turn, at, status, end)
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

  #start(
    turnId: string,
    conversation: Conversation,
    at: number,
    { name, parentSpanId, hasEnd = false }: Begun = {},
  ): Turn {
    const others = this.#ofThread.get(conversation.threadId) ?? []
    // Those before it ended when it started.
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
      isOver: false,
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
    if (turn.isOver) return
    turn.isOver = true
    const { outcome, error: message } = end
    const error = message === undefined ? undefined : { message }
    this.#spans.end(turn.spanId, at, encodeAttributes('invoke_agent', { status, outcome }), error)
  }

  #endSilently(turn: Turn): void {
    this.#end(turn, turn.done?.at ?? turn.lastActivity, turn.done?.status)
  }
}
