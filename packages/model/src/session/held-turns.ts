import type { Conversation } from '../conversation.js'
import type { SessionReducer } from './session-reducer.js'

/**
 * Turns kept open although the next one of their thread has begun, because an agent reports a
 * moment late how they ended.
 */
export class HeldTurns {
  readonly #session: SessionReducer
  readonly #held = new Map<string, () => void>()

  constructor(session: SessionReducer) {
    this.#session = session
  }

  /** @param until when nothing more is expected of it. */
  hold({ turnId }: Conversation, until: number): void {
    const { turns, deadlines } = this.#session
    if (turnId === undefined || this.#held.has(turnId) || turns.isOver(turnId)) return
    turns.hold(turnId)
    this.#held.set(
      turnId,
      deadlines.at(until, () => this.release(turnId)),
    )
  }

  /** Ends a held turn at its last sign of life, unless it has already ended. */
  release(turnId: string): void {
    const callOff = this.#held.get(turnId)
    if (callOff === undefined) return
    callOff()
    this.#held.delete(turnId)
    this.#session.turns.release(turnId)
  }

  /** Releases all turns that are settled. */
  releaseWhere(isSettled: (turnId: string) => boolean): void {
    for (const turnId of [...this.#held.keys()]) if (isSettled(turnId)) this.release(turnId)
  }
}
