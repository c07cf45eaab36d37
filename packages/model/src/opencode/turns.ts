import type { Conversation } from '../conversation.js'
import type { TurnOutcome } from '../parts/thread.js'
import type { SessionReducer } from '../session/session-reducer.js'

type Turn = {
  conversation: Conversation & { turnId: string }
  /** The user's message that it answers, if known. */
  messageId?: string
}

/**
 * The turns of opencode's sessions, each of which is a thread here. Only requests to opencode's own
 * gateway name them, but the server reports the message that starts a turn, and that the session is
 * idle again. A turn first seen in a request is named after that exchange.
 */
export class OpencodeTurns {
  readonly #session: SessionReducer
  /** The turn in progress in each thread. */
  readonly #running = new Map<string, Turn>()

  constructor(session: SessionReducer) {
    this.#session = session
  }

  /** Returns the place of an exchange that does not name its turn. */
  placeOf(conversation: Conversation, exchange: string): Conversation | undefined {
    const { threadId } = conversation
    // Titles are requested outside the turn.
    if (threadId === undefined || threadId.endsWith('/title')) return undefined
    const turn = this.#running.get(threadId) ?? this.#begin(threadId, exchange, undefined)
    return turn.conversation
  }

  /** The user has sent a message, or a sub-agent has got its task. */
  prompted(threadId: string, messageId: string, at: number): void {
    const running = this.#running.get(threadId)
    if (running?.messageId === messageId) return
    // A request of this turn was seen before its message.
    if (running !== undefined && running.messageId === undefined) {
      running.messageId = messageId
      return
    }
    const { conversation } = this.#begin(threadId, messageId, messageId)
    this.#session.turns.within(conversation, at)
  }

  /** Returns the current place in a thread. */
  of(threadId: string): Conversation {
    return this.#running.get(threadId)?.conversation ?? { threadId }
  }

  ended(threadId: string, end: { status: string; outcome: TurnOutcome; at: number }): void {
    const turn = this.#running.get(threadId)
    if (turn === undefined) return
    this.#running.delete(threadId)
    this.#session.turnEnded(turn.conversation, end.status, end.at, { outcome: end.outcome })
  }

  #begin(threadId: string, turnId: string, messageId: string | undefined): Turn {
    const turn: Turn = {
      conversation: { threadId, turnId },
      ...(messageId !== undefined && { messageId }),
    }
    this.#running.set(threadId, turn)
    return turn
  }
}
