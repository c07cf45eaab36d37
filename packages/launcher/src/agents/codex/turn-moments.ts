import type { Conversation, Session } from '@tacho/recorder'

/** Where something stands that happened in a thread. */
export type TurnPlace = { session: Session; conversation: Conversation }

/**
 * Which turn of a thread was going on at a moment. Codex's log events tell their thread and not
 * their turn, and come up to a second late: the turn may be over by then, and another one begun.
 */
export class TurnMoments {
  readonly #threads = new Map<string, { place: TurnPlace; since: number }[]>()

  /** A sign of life of a conversation; the first one of a turn is its beginning. */
  note(conversation: Conversation, session: Session, at: number): void {
    const { threadId, turnId } = conversation
    if (threadId === undefined) return
    const turns = this.#threads.get(threadId) ?? []
    this.#threads.set(threadId, turns)
    if (turns.some(({ place }) => place.conversation.turnId === turnId)) return
    turns.push({ place: { session, conversation }, since: at })
  }

  /** Where a turn stands; nothing where it was never heard of. */
  ofTurn(turnId: string): TurnPlace | undefined {
    for (const turns of this.#threads.values()) {
      const turn = turns.findLast(({ place }) => place.conversation.turnId === turnId)
      if (turn !== undefined) return turn.place
    }
    return undefined
  }

  /** The turn that had begun last; nothing where the thread was never heard of. */
  at(threadId: string, at: number): TurnPlace | undefined {
    const turns = this.#threads.get(threadId)
    return (turns?.findLast(({ since }) => since <= at) ?? turns?.[0])?.place
  }
}
